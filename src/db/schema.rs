//! The tables, as diesel sees them. A test compares this file with both databases.

#![expect(
    missing_docs,
    reason = "generated items; each column is described on the model that carries it"
)]

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    customers (id) {
        id -> Uid,
        kind -> Text,
        name -> Text,
        preferred_language -> Text,
        time_zone -> Text,
        tier -> Text,
        preferred_medium -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        version -> Integer,
        privacy -> Text,
        privacy_since -> Nullable<Instant>,
        segment -> Nullable<Text>,
        grade -> Nullable<Text>,
        style -> Nullable<Text>,
        stance -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    contact_points (value, kind) {
        kind -> Text,
        value -> Text,
        customer_id -> Uid,
        entered_as -> Text,
        is_primary -> Bool,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaints (id) {
        id -> Uid,
        seq -> BigInt,
        reference -> Text,
        kind -> Text,
        channel -> Text,
        state -> Text,
        ball_with -> Text,
        customer_id -> Uid,
        on_behalf_of -> Nullable<Text>,
        subject -> Text,
        category -> Text,
        language -> Text,
        customer_type -> Text,
        severity -> Text,
        owner -> Nullable<Text>,
        team_id -> Nullable<Uid>,
        round -> Integer,
        ever_waited -> Bool,
        step -> Nullable<Text>,
        call_back_due_at -> Nullable<Instant>,
        next_due_at -> Nullable<Instant>,
        received_at -> Instant,
        first_expressed_at -> Instant,
        logged_at -> Instant,
        updated_at -> Instant,
        closed_at -> Nullable<Instant>,
        decision -> Nullable<Text>,
        on_the_spot -> Bool,
        reopened_count -> Integer,
        duplicate_of -> Nullable<Uid>,
        tracking_hash -> Nullable<Binary>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_statements (complaint_id) {
        complaint_id -> Uid,
        statement -> Text,
        facts -> JsonDoc,
        opinions -> JsonDoc,
        product -> Nullable<Text>,
        order_ref -> Nullable<Text>,
        incident_at -> Nullable<Instant>,
        desired_remedy -> Nullable<Text>,
        safety -> Bool,
        complexity -> Text,
        impact -> Text,
        immediate_action -> Bool,
        preferred_medium -> Nullable<Text>,
        preferred_time -> Nullable<Text>,
        external_ref -> Nullable<Text>,
        given_contact -> JsonDoc,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    handling_steps (complaint_id, round, step) {
        complaint_id -> Uid,
        round -> Integer,
        step -> Text,
        recorded -> Nullable<JsonDoc>,
        skip_reason -> Nullable<Text>,
        skip_note -> Nullable<Text>,
        agent -> Text,
        done_at -> Instant,
        amended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    customer_type_changes (id) {
        id -> Uid,
        complaint_id -> Uid,
        customer_type -> Text,
        note -> Nullable<Text>,
        agent -> Text,
        changed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    call_backs (id) {
        id -> Uid,
        complaint_id -> Uid,
        purpose -> Text,
        state -> Text,
        window_start -> Instant,
        window_end -> Instant,
        time_zone -> Text,
        number -> Text,
        owner -> Text,
        note -> Nullable<Text>,
        round -> Integer,
        promised_by -> Text,
        promised_at -> Instant,
        rescheduled_from -> Nullable<Uid>,
        changed_by -> Nullable<Text>,
        change_reason -> Nullable<Text>,
        first_attempt_at -> Nullable<Instant>,
        attempts -> Integer,
        outcome -> Nullable<Text>,
        settled_at -> Nullable<Instant>,
        version -> Integer,
        last_attempt_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    call_back_attempts (id) {
        id -> Uid,
        call_back_id -> Uid,
        result -> Text,
        satisfied -> Nullable<Bool>,
        note -> Nullable<Text>,
        recording_ref -> Nullable<Text>,
        agent -> Text,
        attempted_at -> Instant,
        not_counted -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    closures (id) {
        id -> Uid,
        complaint_id -> Uid,
        round -> Integer,
        decision -> Text,
        decision_reason -> Text,
        ground -> Text,
        redress_type -> Nullable<Text>,
        redress_minor_units -> Nullable<BigInt>,
        redress_currency -> Nullable<Text>,
        redress_status -> Nullable<Text>,
        cause_category -> Nullable<Text>,
        root_cause -> Nullable<Text>,
        on_the_spot -> Bool,
        closed_by -> Text,
        closed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    timeline_entries (complaint_id, id) {
        complaint_id -> Uid,
        id -> Uid,
        action -> Text,
        actor_kind -> Text,
        actor -> Text,
        before -> Nullable<JsonDoc>,
        after -> Nullable<JsonDoc>,
        request_id -> Nullable<Text>,
        happened_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    messages (id) {
        id -> Uid,
        complaint_id -> Uid,
        direction -> Text,
        body -> Text,
        author -> Text,
        written_at -> Instant,
        not_sent -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    state_tallies (state, slot) {
        state -> Text,
        slot -> Integer,
        n -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    outbox (id) {
        id -> Uid,
        topic -> Text,
        payload -> JsonDoc,
        created_at -> Instant,
        next_try_at -> Instant,
        tries -> Integer,
        last_error -> Nullable<Text>,
        done_at -> Nullable<Instant>,
        complaint_id -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    staff_credentials (staff_id) {
        staff_id -> Uid,
        password_hash -> Nullable<Text>,
        password_set_at -> Nullable<Instant>,
        totp_sealed -> Nullable<Binary>,
        totp_confirmed_at -> Nullable<Instant>,
        totp_last_step -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    recovery_codes (staff_id, code_hash) {
        staff_id -> Uid,
        code_hash -> Binary,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    sessions (id) {
        id -> Uid,
        staff_id -> Uid,
        secret_hash -> Binary,
        method -> Text,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created_at -> Instant,
        last_seen_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    staff_invitations (id) {
        id -> Uid,
        staff_id -> Uid,
        token_hash -> Binary,
        purpose -> Text,
        created_by -> Text,
        created_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    staff_identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        staff_id -> Uid,
        linked_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    sign_in_failures (key_hash) {
        key_hash -> Binary,
        failures -> Integer,
        last_failed_at -> Instant,
        blocked_until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    idempotency_keys (key_hash) {
        key_hash -> Binary,
        fingerprint -> Binary,
        sealed_answer -> Binary,
        created_at -> Instant,
        expires_at -> Instant,
        subject -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    service_tokens (id) {
        id -> Uid,
        name -> Text,
        role -> Text,
        token_hash -> Binary,
        created_at -> Instant,
        created_by -> Text,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        scopes -> Nullable<JsonDoc>,
        teams -> Nullable<JsonDoc>,
        last_used_at -> Nullable<Instant>,
        previous_hash -> Nullable<Binary>,
        previous_until -> Nullable<Instant>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    custom_roles (slug) {
        slug -> Text,
        name -> Text,
        permissions -> JsonDoc,
        created_at -> Instant,
        updated_at -> Instant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    staff_members (id) {
        id -> Uid,
        handle -> Text,
        name -> Text,
        email -> Nullable<Text>,
        role -> Text,
        language -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        deactivated_at -> Nullable<Instant>,
        successor_id -> Nullable<Uid>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    teams (id) {
        id -> Uid,
        name -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> Integer,
        calendar -> Nullable<Text>,
        capacity -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    team_members (team_id, staff_id) {
        team_id -> Uid,
        staff_id -> Uid,
        leads -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    hand_overs (id) {
        id -> Uid,
        staff_id -> Uid,
        successor_id -> Uid,
        reason -> Text,
        brief -> JsonDoc,
        made_by -> Text,
        made_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    job_leases (job) {
        job -> Text,
        holder -> Text,
        until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    anonymised_complaints (complaint_id) {
        complaint_id -> Uid,
        anonymised_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    consents (id) {
        id -> Uid,
        customer_id -> Uid,
        purpose -> Text,
        given -> Bool,
        source -> Text,
        wording -> Nullable<Text>,
        evidence_ref -> Nullable<Text>,
        note -> Nullable<Text>,
        recorded_by -> Text,
        recorded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    legal_holds (id) {
        id -> Uid,
        customer_id -> Uid,
        complaint_id -> Nullable<Uid>,
        reason -> Text,
        until -> Nullable<Instant>,
        placed_by -> Text,
        placed_at -> Instant,
        lifted_by -> Nullable<Text>,
        lifted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    privacy_events (id) {
        id -> Uid,
        customer_id -> Uid,
        complaint_id -> Nullable<Uid>,
        action -> Text,
        legal_basis -> Nullable<Text>,
        reason -> Nullable<Text>,
        actor_kind -> Text,
        actor -> Text,
        happened_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    retention_rules (version) {
        version -> Integer,
        rules -> JsonDoc,
        active -> Bool,
        set_by -> Text,
        set_at -> Instant,
        dry_run_at -> Nullable<Instant>,
        dry_run -> Nullable<JsonDoc>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    retention_runs (id) {
        id -> Uid,
        rules_version -> Integer,
        day -> Text,
        complaints -> Integer,
        customers -> Integer,
        kept -> Integer,
        finished -> Bool,
        started_at -> Instant,
        last_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    word_purges (id) {
        id -> Uid,
        asked_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    audit_events (id) {
        id -> Uid,
        happened_at -> Instant,
        actor_kind -> Text,
        actor -> Text,
        actor_id -> Nullable<Uid>,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<Uid>,
        fields -> Nullable<JsonDoc>,
        purpose -> Nullable<Text>,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
        seal -> Nullable<BigInt>,
        place -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    audit_subjects (customer_id, event_id) {
        event_id -> Uid,
        customer_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    audit_values (id) {
        id -> Uid,
        customer_id -> Uid,
        salt -> Binary,
        value -> JsonDoc,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    audit_seals (number) {
        number -> BigInt,
        events -> BigInt,
        previous -> Binary,
        hash -> Binary,
        sealed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    typing_proposals (complaint_id) {
        complaint_id -> Uid,
        language -> Text,
        model_version -> Text,
        likeliest -> Text,
        second -> Text,
        confidence_permille -> Integer,
        confidence_bin -> Integer,
        unclear_permille -> Integer,
        abstained -> Bool,
        mode -> Text,
        proposed_at -> Instant,
        first_type -> Nullable<Text>,
        agent_type -> Nullable<Text>,
        decided_at -> Nullable<Instant>,
        to_learn -> Bool,
        sample_key -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    attachments (id) {
        id -> Uid,
        complaint_id -> Uid,
        name -> Text,
        media_type -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        scan -> Text,
        shared -> Bool,
        added_by_kind -> Text,
        added_by -> Text,
        added_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    typing_layers (version) {
        version -> Integer,
        edition -> Integer,
        state -> Text,
        lessons -> Integer,
        held_out -> Integer,
        right_before -> Integer,
        right_after -> Integer,
        weights -> Binary,
        created_at -> Instant,
        undone_by -> Nullable<Text>,
        undone_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    discarded_objects (object_key) {
        object_key -> Text,
        discarded_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    spent_challenges (nonce_hash) {
        nonce_hash -> Binary,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    calendars (slug) {
        slug -> Text,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    calendar_versions (slug, version) {
        slug -> Text,
        version -> Integer,
        name -> Text,
        time_zone -> Text,
        notation -> Text,
        holidays -> JsonDoc,
        source -> Nullable<Text>,
        reviewed_at -> Nullable<Instant>,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    sla_policies (slug) {
        slug -> Text,
        version -> Integer,
        active_version -> Nullable<Integer>,
        revision -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    sla_policy_versions (slug, version) {
        slug -> Text,
        version -> Integer,
        body -> JsonDoc,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    sla_policy_turns (id) {
        id -> Uid,
        slug -> Text,
        version -> Nullable<Integer>,
        turned_at -> Instant,
        turned_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    sla_stamp (id) {
        id -> Integer,
        stamp -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_clocks (id) {
        id -> Uid,
        complaint_id -> Uid,
        policy -> Text,
        policy_version -> Integer,
        metric -> Text,
        kind -> Text,
        regulatory -> Bool,
        cycle -> Integer,
        call_back_id -> Nullable<Uid>,
        calendar -> Nullable<Text>,
        calendar_version -> Nullable<Integer>,
        started_at -> Instant,
        due_at -> Nullable<Instant>,
        state -> Text,
        breached_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        next_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    clock_signals (clock_id, kind, level) {
        clock_id -> Uid,
        kind -> Text,
        level -> Integer,
        due_at -> Instant,
        fired_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    work_queue (complaint_id) {
        complaint_id -> Uid,
        team_id -> Nullable<Uid>,
        line -> Uid,
        owner -> Nullable<Text>,
        urgent_at -> Instant,
        basis -> Text,
        promised_from -> Nullable<Instant>,
        held_by -> Nullable<Text>,
        reserved -> Bool,
        free_from -> Nullable<Instant>,
        needs -> Text,
        within_minutes -> Nullable<Integer>,
        entered_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    work_profiles (staff_id) {
        staff_id -> Uid,
        languages -> JsonDoc,
        products -> JsonDoc,
        customer_types -> JsonDoc,
        capacity -> Nullable<Integer>,
        calendar -> Nullable<Text>,
        updated_at -> Instant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    absences (id) {
        id -> Uid,
        staff_id -> Uid,
        starts_at -> Instant,
        ends_at -> Instant,
        kind -> Text,
        deputy_id -> Nullable<Uid>,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    routing_versions (version) {
        version -> Integer,
        rules -> JsonDoc,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    routing_state (id) {
        id -> Integer,
        active_version -> Nullable<Integer>,
        revision -> Integer,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    routing_turns (id) {
        id -> Uid,
        version -> Nullable<Integer>,
        turned_at -> Instant,
        turned_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_routings (complaint_id) {
        complaint_id -> Uid,
        version -> Integer,
        rule -> Text,
        needs -> Text,
        within_minutes -> Nullable<Integer>,
        routed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    rule_versions (version) {
        version -> Integer,
        rules -> JsonDoc,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    rule_state (id) {
        id -> Integer,
        active_version -> Nullable<Integer>,
        revision -> Integer,
        updated_at -> Instant,
        stamp -> Uid,
        walking -> Bool,
        walked_to -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    rule_turns (id) {
        id -> Uid,
        version -> Nullable<Integer>,
        turned_at -> Instant,
        turned_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    rule_events (id) {
        id -> Uid,
        complaint_id -> Uid,
        told -> JsonDoc,
        chain -> JsonDoc,
        happened_at -> Instant,
        tries -> Integer,
        next_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    rule_timers (complaint_id, rule) {
        complaint_id -> Uid,
        rule -> Text,
        since_at -> Instant,
        due_at -> Instant,
        next_at -> Nullable<Instant>,
        fired_at -> Nullable<Instant>,
        tries -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    rule_firings (id) {
        id -> Uid,
        complaint_id -> Uid,
        rule -> Text,
        version -> Integer,
        occasion -> Text,
        event -> Text,
        happened_at -> Instant,
        fired_at -> Instant,
        outcome -> Text,
        messages -> Integer,
        told -> JsonDoc,
    }
}

diesel::joinable!(attachments -> complaints (complaint_id));
diesel::joinable!(calendar_versions -> calendars (slug));
diesel::joinable!(complaint_statements -> complaints (complaint_id));
diesel::joinable!(complaints -> customers (customer_id));
diesel::joinable!(call_backs -> complaints (complaint_id));
diesel::joinable!(team_members -> staff_members (staff_id));
diesel::joinable!(team_members -> teams (team_id));
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    report_rollups (generation, dimension, measure, day, value) {
        generation -> BigInt,
        dimension -> Text,
        measure -> Text,
        day -> Integer,
        value -> Text,
        n -> BigInt,
        total -> BigInt,
        histogram -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    report_deltas (id) {
        id -> BigInt,
        facts -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    report_state (id) {
        id -> Integer,
        generation -> BigInt,
        folds -> BigInt,
        paused_until -> Nullable<Instant>,
        basis -> Text,
        rebuilt_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_tags (complaint_id, tag) {
        complaint_id -> Uid,
        tag -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_watchers (complaint_id, watcher) {
        complaint_id -> Uid,
        watcher -> Text,
        since -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    canned_texts (slug) {
        slug -> Text,
        title -> Text,
        wordings -> JsonDoc,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    macros (slug) {
        slug -> Text,
        title -> Text,
        actions -> JsonDoc,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    bulk_actions (id) {
        id -> Uid,
        state -> Text,
        actions -> JsonDoc,
        requested_by -> Text,
        principal_kind -> Text,
        principal_id -> Uid,
        request_id -> Nullable<Text>,
        total -> Integer,
        next -> Integer,
        done -> Integer,
        unchanged -> Integer,
        refused -> Integer,
        failed -> Integer,
        created_at -> Instant,
        started_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        touched_at -> Instant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    bulk_items (bulk_id, n) {
        bulk_id -> Uid,
        n -> Integer,
        complaint_id -> Uid,
        outcome -> Text,
        code -> Nullable<Text>,
        done_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    saved_views (id) {
        id -> Uid,
        title -> Text,
        owner -> Text,
        team_id -> Nullable<Uid>,
        filter -> JsonDoc,
        shown -> JsonDoc,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_relations (complaint_id, other_id) {
        complaint_id -> Uid,
        other_id -> Uid,
        kind -> Text,
        reason -> Nullable<Text>,
        created_at -> Instant,
        created_by -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    complaint_merges (id) {
        id -> Uid,
        complaint_id -> Uid,
        survivor_id -> Uid,
        original_before -> Nullable<Uid>,
        reason -> Text,
        merged_at -> Instant,
        merged_by -> Text,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Text>,
        undone_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    events (xact, id) {
        xact -> BigInt,
        id -> BigInt,
        happened_at -> Instant,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    watcher_news (id) {
        id -> Integer,
        xact -> BigInt,
        event_id -> BigInt,
        looked_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    presences (complaint_id, who) {
        complaint_id -> Uid,
        who -> Uid,
        name -> Text,
        doing -> Text,
        since -> Instant,
        until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    drafts (about, kind, who) {
        about -> Uid,
        kind -> Text,
        who -> Uid,
        customer_id -> Nullable<Uid>,
        typed -> Text,
        based_on -> Nullable<Integer>,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    corrective_actions (id) {
        id -> Uid,
        state -> Text,
        cause -> Text,
        category -> Nullable<Text>,
        title -> Text,
        description -> Nullable<Text>,
        owner -> Text,
        due_day -> Integer,
        effective_day -> Nullable<Integer>,
        window_days -> Integer,
        closing_note -> Nullable<Text>,
        closed_by -> Nullable<Text>,
        closed_at -> Nullable<Instant>,
        helped -> Nullable<Text>,
        verification -> Nullable<Text>,
        verified_by -> Nullable<Text>,
        verified_at -> Nullable<Instant>,
        created_by -> Text,
        created_at -> Instant,
        updated_at -> Instant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    corrective_action_complaints (action_id, complaint_id) {
        action_id -> Uid,
        complaint_id -> Uid,
        linked_by -> Text,
        linked_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    review_form_versions (version) {
        version -> Integer,
        criteria -> JsonDoc,
        created_by -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    review_picks (id) {
        id -> Uid,
        seed -> Text,
        agent -> Nullable<Text>,
        team_id -> Nullable<Uid>,
        from_day -> Integer,
        to_day -> Integer,
        per_agent -> Integer,
        recorded_only -> Bool,
        candidates -> Integer,
        drawn -> Integer,
        drawn_by -> Text,
        drawn_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    call_reviews (id) {
        id -> Uid,
        pick_id -> Uid,
        kind -> Text,
        complaint_id -> Uid,
        attempt_id -> Nullable<Uid>,
        agent -> Text,
        team_id -> Nullable<Uid>,
        spoken_at -> Instant,
        form_version -> Nullable<Integer>,
        scores -> Nullable<JsonDoc>,
        score -> Nullable<Integer>,
        comment -> Nullable<Text>,
        reviewer -> Nullable<Text>,
        reviewed_at -> Nullable<Instant>,
        answer -> Nullable<Text>,
        answered_at -> Nullable<Instant>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{Instant, JsonDoc, Uid};

    call_review_comments (id) {
        id -> Uid,
        review_id -> Uid,
        complaint_id -> Uid,
        author -> Text,
        body -> Text,
        written_at -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    calendars,
    calendar_versions,
    typing_proposals,
    typing_layers,
    customers,
    contact_points,
    complaints,
    complaint_statements,
    handling_steps,
    customer_type_changes,
    attachments,
    discarded_objects,
    spent_challenges,
    call_backs,
    call_back_attempts,
    closures,
    timeline_entries,
    messages,
    state_tallies,
    report_rollups,
    report_deltas,
    report_state,
    outbox,
    staff_credentials,
    recovery_codes,
    sessions,
    staff_invitations,
    staff_identities,
    sign_in_failures,
    idempotency_keys,
    service_tokens,
    custom_roles,
    staff_members,
    teams,
    team_members,
    hand_overs,
    job_leases,
    anonymised_complaints,
    consents,
    legal_holds,
    privacy_events,
    retention_rules,
    retention_runs,
    word_purges,
    audit_events,
    audit_subjects,
    audit_values,
    audit_seals,
    sla_policies,
    sla_policy_versions,
    sla_policy_turns,
    sla_stamp,
    complaint_clocks,
    clock_signals,
    work_queue,
    work_profiles,
    absences,
    routing_versions,
    routing_state,
    routing_turns,
    complaint_routings,
    rule_versions,
    rule_state,
    rule_turns,
    rule_events,
    rule_timers,
    rule_firings,
    complaint_tags,
    complaint_watchers,
    canned_texts,
    macros,
    bulk_actions,
    bulk_items,
    saved_views,
    complaint_relations,
    complaint_merges,
    events,
    watcher_news,
    presences,
    drafts,
    corrective_actions,
    corrective_action_complaints,
    review_form_versions,
    review_picks,
    call_reviews,
    call_review_comments,
);
