//! The table of contents: every route, what it needs, and who serves it.

use actix_web::{HttpRequest, web};
use utoipa::OpenApi;

use super::groups::Groups;
use super::limits::Rate;
use super::{
    answer, attachments, audit, bulk, calendars, call_backs, challenge, clocks, complaints, corrective_actions,
    credentials, customers, drafts, events, health, links, macros, marks, observe, open_id, playbooks, policies,
    presence, privacy, problems, public, relations, reports, reviews, roles, routing, rules, sessions, staff, teams,
    texts, tokens, typing, views, work, work_profiles,
};
use crate::domain::staff::Permission;
use crate::web::routes::PAGES;

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: health, figures, documentation, and what customers use.
    Public,
    /// Valid credentials of any role.
    SignedIn,
    /// A person's session: what service tokens do not have.
    Person,
    /// A role with this permission.
    Needs(Permission),
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method, in capital letters.
    pub method: &'static str,
    /// The path, with `{names}` for what varies.
    pub path: &'static str,
    /// What it needs.
    pub access: Access,
    /// What it counts as.
    pub rate: Rate,
}

macro_rules! verb {
    (get) => {
        "GET"
    };
    (post) => {
        "POST"
    };
    (put) => {
        "PUT"
    };
    (patch) => {
        "PATCH"
    };
    (delete) => {
        "DELETE"
    };
}

pub(crate) use verb;

/// What a route counts as when its line does not say.
pub(crate) const fn usual(access: Access) -> Rate {
    match access {
        Access::Public => Rate::Open,
        _ => Rate::Staff,
    }
}

macro_rules! counted {
    ($access:expr) => {
        usual($access)
    };
    ($access:expr, $rate:ident) => {
        Rate::$rate
    };
}

pub(crate) use counted;

macro_rules! routes {
    ($($path:literal => { $($method:ident $access:expr $(, $rate:ident)? => $module:ident :: $handler:ident),+ $(,)? })+) => {
        /// Every route of the API.
        pub const ROUTES: &[Route] = &[
            $($(Route { method: verb!($method), path: $path, access: $access, rate: counted!($access $(, $rate)?) }),+),+
        ];

        /// Registers every route of the API.
        pub(super) fn configure(cfg: &mut web::ServiceConfig) {
            let mut groups = Groups::default();
            $({
                let allowed = [$(verb!($method)),+].join(", ");
                groups.add($path, |rest| {
                    web::resource(rest)
                        $(.route(web::$method().to($module::$handler)))+
                        .default_service(web::to(move |request: HttpRequest| {
                            let response = answer::method_not_allowed(&allowed, observe::id_of(&request).as_deref());
                            async move { response }
                        }))
                });
            })+
            groups.register(cfg);
        }

        /// The operations, for the OpenAPI file.
        #[derive(OpenApi)]
        #[openapi(paths($($($module::$handler),+),+))]
        pub(super) struct Operations;
    };
}

use Access::{Needs, Person, Public, SignedIn};
use Permission as P;

routes! {
    "/livez" => { get Public, Exempt => health::get_liveness }
    "/readyz" => { get Public, Exempt => health::get_readiness }
    "/metrics" => { get Public, Exempt => health::get_metrics }
    "/problems" => { get Public => problems::list_problems }
    "/problems/{code}" => { get Public => problems::get_problem }

    "/api/v1/me" => { get SignedIn => tokens::get_me }
    "/api/v1/me/drafts" => { get Needs(P::HandleComplaints) => drafts::list_my_drafts }
    "/api/v1/me/drafts/intake" => {
        get Needs(P::LogComplaints) => drafts::get_intake_draft,
        put Needs(P::LogComplaints) => drafts::put_intake_draft,
        delete Needs(P::LogComplaints) => drafts::discard_intake_draft,
    }
    "/api/v1/events" => { get Needs(P::ReadComplaints) => events::read_events }
    "/api/v1/service-tokens" => {
        get Needs(P::ManageTokens) => tokens::list_service_tokens,
        post Needs(P::ManageTokens) => tokens::create_service_token,
    }
    "/api/v1/service-tokens/{id}" => {
        get Needs(P::ManageTokens) => tokens::get_service_token,
        delete Needs(P::ManageTokens) => tokens::revoke_service_token,
    }
    "/api/v1/service-tokens/{id}/rotate" => { post Needs(P::ManageTokens) => tokens::rotate_service_token }

    "/api/v1/staff" => {
        get Needs(P::ReadStaff) => staff::list_staff,
        post Needs(P::ManageStaff) => staff::create_staff_member,
    }
    "/api/v1/staff/{id}" => {
        get Needs(P::ReadStaff) => staff::get_staff_member,
        patch Needs(P::ManageStaff) => staff::change_staff_member,
    }
    "/api/v1/staff/{id}/deactivate" => { post Needs(P::ManageStaff) => staff::deactivate_staff_member }
    "/api/v1/staff/{id}/reactivate" => { post Needs(P::ManageStaff) => staff::reactivate_staff_member }
    "/api/v1/staff/{id}/hand-over" => { get Needs(P::ReadComplaints) => staff::get_hand_over }
    "/api/v1/staff/{id}/work-profile" => {
        get Needs(P::ReadStaff) => work_profiles::get_work_profile,
        put Needs(P::ManageWork) => work_profiles::put_work_profile,
    }
    "/api/v1/staff/{id}/absences" => {
        get Needs(P::ReadStaff) => work_profiles::list_absences,
        post Needs(P::HandleComplaints) => work_profiles::note_absence,
    }
    "/api/v1/staff/{id}/absences/{absence}" => {
        delete Needs(P::HandleComplaints) => work_profiles::take_absence_back,
    }
    "/api/v1/roles" => { get Needs(P::ReadStaff) => roles::list_roles }
    "/api/v1/roles/{slug}" => {
        get Needs(P::ReadStaff) => roles::get_role,
        put Needs(P::ManageStaff) => roles::put_role,
        delete Needs(P::ManageStaff) => roles::delete_role,
    }
    "/api/v1/teams" => {
        get Needs(P::ReadStaff) => teams::list_teams,
        post Needs(P::ManageStaff) => teams::create_team,
    }
    "/api/v1/teams/{id}" => {
        get Needs(P::ReadStaff) => teams::get_team,
        patch Needs(P::ManageStaff) => teams::change_team,
    }
    "/api/v1/teams/{id}/members/{staff_id}" => {
        put Needs(P::ManageStaff) => teams::put_team_member,
        delete Needs(P::ManageStaff) => teams::remove_team_member,
    }

    "/api/v1/session" => {
        get Person => sessions::get_session,
        post Public, SignIn => sessions::sign_in,
        delete Person => sessions::sign_out,
    }
    "/api/v1/me/sessions" => { get Person => sessions::list_my_sessions }
    "/api/v1/me/sessions/{id}" => { delete Person => sessions::end_my_session }
    "/api/v1/me/password" => { put Person => credentials::change_password }
    "/api/v1/me/second-factor" => {
        get Person => credentials::get_second_factor,
        post Person => credentials::begin_second_factor,
    }
    "/api/v1/me/second-factor/confirm" => { post Person => credentials::confirm_second_factor }
    "/api/v1/me/second-factor/remove" => { post Person => credentials::remove_second_factor }
    "/api/v1/staff/{id}/sessions" => {
        get Needs(P::ManageStaff) => sessions::list_staff_sessions,
        delete Needs(P::ManageStaff) => sessions::end_staff_sessions,
    }
    "/api/v1/staff/{id}/second-factor" => { delete Needs(P::ManageStaff) => credentials::reset_second_factor }
    "/api/v1/staff/{id}/invitation" => { post Needs(P::ManageStaff) => credentials::invite_staff }
    "/api/v1/public/invitations/{token}" => {
        get Public, SignIn => credentials::get_invitation,
        post Public, SignIn => credentials::redeem_invitation,
    }
    "/api/v1/oidc/sign-in" => { get Public, SignIn => open_id::begin_open_id }
    "/api/v1/oidc/callback" => { get Public, SignIn => open_id::finish_open_id }

    "/api/v1/complaints" => {
        get Needs(P::ReadComplaints) => complaints::list_complaints,
        post Needs(P::LogComplaints) => complaints::receive_complaint,
    }
    "/api/v1/complaints/counts" => { get Needs(P::ReadFigures) => complaints::count_complaints }
    "/api/v1/complaints/{id}" => {
        get Needs(P::ReadComplaints) => complaints::get_complaint,
        patch Needs(P::HandleComplaints) => complaints::edit_complaint,
    }
    "/api/v1/complaints/{id}/steps" => { put Needs(P::HandleComplaints) => complaints::record_steps }
    "/api/v1/complaints/{id}/steps/{step}" => { put Needs(P::HandleComplaints) => complaints::record_step }
    "/api/v1/complaints/{id}/customer-type" => { put Needs(P::HandleComplaints) => complaints::set_customer_type }
    "/api/v1/complaints/{id}/assign" => { post Needs(P::AssignComplaints) => complaints::assign_complaint }
    "/api/v1/complaints/{id}/route" => { post Needs(P::AssignComplaints) => routing::route_complaint }
    "/api/v1/complaints/{id}/wait" => { post Needs(P::HandleComplaints) => complaints::wait_complaint }
    "/api/v1/complaints/{id}/resume" => { post Needs(P::HandleComplaints) => complaints::resume_complaint }
    "/api/v1/complaints/{id}/close" => { post Needs(P::HandleComplaints) => complaints::close_complaint }
    "/api/v1/complaints/{id}/redress" => { put Needs(P::HandleComplaints) => complaints::progress_redress }
    "/api/v1/complaints/{id}/reopen" => { post Needs(P::HandleComplaints) => complaints::reopen_complaint }
    "/api/v1/complaints/{id}/withdraw" => { post Needs(P::HandleComplaints) => complaints::withdraw_complaint }
    "/api/v1/complaints/{id}/links" => {
        get Needs(P::ReadComplaints) => relations::list_links,
        post Needs(P::HandleComplaints) => complaints::link_complaint,
    }
    "/api/v1/complaints/{id}/relations/{other}" => {
        put Needs(P::HandleComplaints) => relations::relate_complaint,
        delete Needs(P::HandleComplaints) => relations::unrelate_complaint,
    }
    "/api/v1/complaints/{id}/merge" => { post Needs(P::HandleComplaints) => relations::merge_complaint }
    "/api/v1/complaints/{id}/unmerge" => { post Needs(P::HandleComplaints) => relations::unmerge_complaint }
    "/api/v1/complaints/{id}/tags" => { put Needs(P::HandleComplaints) => marks::set_tags }
    "/api/v1/complaints/{id}/watchers" => { get Needs(P::ReadComplaints) => marks::list_watchers }
    "/api/v1/complaints/{id}/watchers/me" => {
        put Needs(P::ReadComplaints) => marks::watch_complaint,
        delete Needs(P::ReadComplaints) => marks::unwatch_complaint,
    }
    "/api/v1/complaints/{id}/canned-texts/{slug}" => { get Needs(P::ReadComplaints) => texts::preview_canned_text }
    "/api/v1/complaints/{id}/macros/{slug}" => {
        get Needs(P::ReadComplaints) => macros::preview_macro,
        post Needs(P::HandleComplaints) => macros::run_macro,
    }
    "/api/v1/complaints/{id}/notes" => { post Needs(P::HandleComplaints) => complaints::write_note }
    "/api/v1/complaints/{id}/messages" => {
        get Needs(P::ReadComplaints) => complaints::list_messages,
        post Needs(P::HandleComplaints) => complaints::write_message,
    }
    "/api/v1/complaints/{id}/clocks" => { get Needs(P::ReadComplaints) => clocks::get_clocks }
    "/api/v1/complaints/{id}/timeline" => { get Needs(P::ReadComplaints) => complaints::list_timeline }
    "/api/v1/complaints/{id}/tracking-link" => {
        post Needs(P::HandleComplaints) => complaints::renew_tracking_link,
        delete Needs(P::HandleComplaints) => links::revoke_tracking_link,
    }
    "/api/v1/complaints/{id}/attachments" => {
        get Needs(P::ReadComplaints) => attachments::list_attachments,
        post Needs(P::HandleComplaints) => attachments::add_attachment,
    }
    "/api/v1/complaints/{id}/attachments/{attachment}" => {
        delete Needs(P::RemoveAttachments) => attachments::remove_attachment,
    }
    "/api/v1/complaints/{id}/attachments/{attachment}/content" => {
        get Needs(P::ReadComplaints) => attachments::read_attachment,
    }
    "/api/v1/complaints/{id}/presence" => {
        get Needs(P::ReadComplaints) => presence::list_presence,
        put Needs(P::ReadComplaints) => presence::put_presence,
        delete Needs(P::ReadComplaints) => presence::end_presence,
    }
    "/api/v1/complaints/{id}/drafts/{kind}" => {
        get Needs(P::HandleComplaints) => drafts::get_draft,
        put Needs(P::HandleComplaints) => drafts::put_draft,
        delete Needs(P::HandleComplaints) => drafts::discard_draft,
    }
    "/api/v1/complaints/{id}/call-backs" => {
        get Needs(P::ReadComplaints) => call_backs::list_call_backs_of_complaint,
        post Needs(P::HandleComplaints) => call_backs::promise_call_back,
    }

    "/api/v1/call-backs" => { get Needs(P::ReadComplaints) => call_backs::list_call_backs }
    "/api/v1/call-backs/{id}" => { get Needs(P::ReadComplaints) => call_backs::get_call_back }
    "/api/v1/call-backs/{id}/attempts" => { post Needs(P::HandleComplaints) => call_backs::record_attempt }
    "/api/v1/call-backs/{id}/reschedule" => { post Needs(P::HandleComplaints) => call_backs::reschedule_call_back }
    "/api/v1/call-backs/{id}/cancel" => { post Needs(P::HandleComplaints) => call_backs::cancel_call_back }

    "/api/v1/work/take-next" => { post Needs(P::HandleComplaints) => work::take_next_work }
    "/api/v1/work/queue" => { get Needs(P::ReadComplaints) => work::list_work_queue }
    "/api/v1/routing" => {
        get Needs(P::ReadRouting) => routing::get_routing,
        put Needs(P::ManageRouting) => routing::write_routing,
    }
    "/api/v1/routing/dry-run" => { post Needs(P::ReadRouting) => routing::try_routing }
    "/api/v1/routing/deactivate" => { post Needs(P::ManageRouting) => routing::deactivate_routing }
    "/api/v1/routing/versions/{version}" => { get Needs(P::ReadRouting) => routing::get_routing_version }
    "/api/v1/routing/versions/{version}/activate" => { post Needs(P::ManageRouting) => routing::activate_routing }
    "/api/v1/rules" => {
        get Needs(P::ReadRules) => rules::get_rules,
        put Needs(P::ManageRules) => rules::write_rules,
    }
    "/api/v1/rules/dry-run" => { post Needs(P::ReadRules) => rules::try_rules }
    "/api/v1/rules/deactivate" => { post Needs(P::ManageRules) => rules::deactivate_rules }
    "/api/v1/rules/firings" => { get Needs(P::ReadRules) => rules::list_rule_firings }
    "/api/v1/rules/versions/{version}" => { get Needs(P::ReadRules) => rules::get_rules_version }
    "/api/v1/rules/versions/{version}/activate" => { post Needs(P::ManageRules) => rules::activate_rules }
    "/api/v1/work/load" => { get Needs(P::ReadReports) => work::get_work_load }
    "/api/v1/work/mine" => { get Needs(P::ReadComplaints) => work::list_my_work }

    "/api/v1/bulk-actions" => {
        get Needs(P::ReadComplaints) => bulk::list_bulk_actions,
        post Needs(P::HandleComplaints) => bulk::ask_for_bulk_action,
    }
    "/api/v1/bulk-actions/{id}" => { get Needs(P::ReadComplaints) => bulk::get_bulk_action }
    "/api/v1/bulk-actions/{id}/results" => { get Needs(P::ReadComplaints) => bulk::list_bulk_results }
    "/api/v1/bulk-actions/{id}/cancel" => { post Needs(P::HandleComplaints) => bulk::cancel_bulk_action }
    "/api/v1/views" => {
        get Needs(P::ReadComplaints) => views::list_views,
        post Needs(P::ReadComplaints) => views::create_view,
    }
    "/api/v1/views/{id}" => {
        get Needs(P::ReadComplaints) => views::get_view,
        put Needs(P::ReadComplaints) => views::change_view,
        delete Needs(P::ReadComplaints) => views::delete_view,
    }
    "/api/v1/canned-texts" => { get Needs(P::ReadComplaints) => texts::list_canned_texts }
    "/api/v1/canned-texts/{slug}" => {
        get Needs(P::ReadComplaints) => texts::get_canned_text,
        put Needs(P::ManageTexts) => texts::put_canned_text,
        delete Needs(P::ManageTexts) => texts::delete_canned_text,
    }
    "/api/v1/macros" => { get Needs(P::ReadComplaints) => macros::list_macros }
    "/api/v1/macros/{slug}" => {
        get Needs(P::ReadComplaints) => macros::get_macro,
        put Needs(P::ManageTexts) => macros::put_macro,
        delete Needs(P::ManageTexts) => macros::delete_macro,
    }

    "/api/v1/corrective-actions" => {
        get Needs(P::ReadActions) => corrective_actions::list_corrective_actions,
        post Needs(P::ManageActions) => corrective_actions::create_corrective_action,
    }
    "/api/v1/corrective-actions/{id}" => {
        get Needs(P::ReadActions) => corrective_actions::get_corrective_action,
        patch Needs(P::ManageActions) => corrective_actions::change_corrective_action,
    }
    "/api/v1/corrective-actions/{id}/close" => { post Needs(P::ReadActions) => corrective_actions::close_corrective_action }
    "/api/v1/corrective-actions/{id}/verify" => {
        post Needs(P::ManageActions) => corrective_actions::verify_corrective_action,
    }
    "/api/v1/corrective-actions/{id}/reopen" => {
        post Needs(P::ManageActions) => corrective_actions::reopen_corrective_action,
    }
    "/api/v1/corrective-actions/{id}/effect" => {
        get Needs(P::ReadActions) => corrective_actions::get_corrective_action_effect,
    }
    "/api/v1/corrective-actions/{id}/complaints" => {
        get Needs(P::ReadComplaints) => corrective_actions::list_complaints_of_corrective_action,
    }
    "/api/v1/corrective-actions/{id}/complaints/{complaint}" => {
        put Needs(P::ManageActions) => corrective_actions::link_complaint_to_corrective_action,
        delete Needs(P::ManageActions) => corrective_actions::unlink_complaint_from_corrective_action,
    }

    "/api/v1/review-form" => {
        get Needs(P::ReadReviews) => reviews::get_review_form,
        put Needs(P::ReviewCalls) => reviews::write_review_form,
    }
    "/api/v1/review-form/versions/{version}" => { get Needs(P::ReadReviews) => reviews::get_review_form_version }
    "/api/v1/review-picks" => {
        get Needs(P::ReviewCalls) => reviews::list_review_picks,
        post Needs(P::ReviewCalls) => reviews::draw_review_pick,
    }
    "/api/v1/review-picks/{id}" => { get Needs(P::ReviewCalls) => reviews::get_review_pick }
    "/api/v1/review-summary" => { get Needs(P::ReviewCalls) => reviews::get_review_summary }
    "/api/v1/call-reviews" => { get Needs(P::ReadReviews) => reviews::list_call_reviews }
    "/api/v1/call-reviews/{id}" => {
        get Needs(P::ReadReviews) => reviews::get_call_review,
        put Needs(P::ReviewCalls) => reviews::review_call,
    }
    "/api/v1/call-reviews/{id}/comments" => { post Needs(P::ReadReviews) => reviews::comment_on_call }
    "/api/v1/call-reviews/{id}/answer" => { put Needs(P::ReadReviews) => reviews::answer_call_review }

    "/api/v1/customers" => {
        get Needs(P::ReadCustomers) => customers::list_customers,
        post Needs(P::WriteCustomers) => customers::create_customer,
    }
    "/api/v1/customers/by-external-id/{system}/{external_id}" => {
        put Needs(P::WriteCustomers) => customers::put_customer_by_external_id,
    }
    "/api/v1/customers/{id}" => {
        get Needs(P::ReadCustomers) => customers::get_customer,
        patch Needs(P::WriteCustomers) => customers::change_customer,
    }
    "/api/v1/customers/{id}/complaints" => {
        get Needs(P::ReadComplaintStates) => customers::list_complaints_of_customer,
    }

    "/api/v1/customers/{id}/privacy" => { get Needs(P::ManagePrivacy) => privacy::get_privacy }
    "/api/v1/customers/{id}/restrict" => { post Needs(P::ManagePrivacy) => privacy::restrict_customer }
    "/api/v1/customers/{id}/lift-restriction" => { post Needs(P::ManagePrivacy) => privacy::lift_restriction }
    "/api/v1/customers/{id}/anonymise" => { post Needs(P::ManagePrivacy) => privacy::anonymise_customer }
    "/api/v1/customers/{id}/erase" => { post Needs(P::ManagePrivacy) => privacy::erase_customer }
    "/api/v1/customers/{id}/export" => { post Needs(P::ExportPersonalData) => privacy::export_customer }
    "/api/v1/customers/{id}/legal-hold" => {
        put Needs(P::ManagePrivacy) => privacy::hold_customer,
        delete Needs(P::ManagePrivacy) => privacy::release_customer,
    }
    "/api/v1/complaints/{id}/legal-hold" => {
        put Needs(P::ManagePrivacy) => privacy::hold_complaint,
        delete Needs(P::ManagePrivacy) => privacy::release_complaint,
    }
    "/api/v1/customers/{id}/consents" => {
        get Needs(P::ReadCustomers) => privacy::list_consents,
        post Needs(P::WriteCustomers) => privacy::record_consent,
    }
    "/api/v1/retention-rules" => {
        get Needs(P::ManagePrivacy) => privacy::get_retention_rules,
        put Needs(P::ManagePrivacy) => privacy::set_retention_rules,
    }
    "/api/v1/retention-rules/dry-run" => { post Needs(P::ManagePrivacy) => privacy::try_retention_rules }

    "/api/v1/calendars" => {
        get Needs(P::ReadCalendars) => calendars::list_calendars,
        post Needs(P::ManageCalendars) => calendars::create_calendar,
    }
    "/api/v1/calendars/{slug}" => {
        get Needs(P::ReadCalendars) => calendars::get_calendar,
        put Needs(P::ManageCalendars) => calendars::change_calendar,
    }
    "/api/v1/calendars/{slug}/versions/{version}" => { get Needs(P::ReadCalendars) => calendars::get_calendar_version }
    "/api/v1/calendars/{slug}/preview" => { get Needs(P::ReadCalendars) => calendars::preview_calendar }
    "/api/v1/calendars/{slug}/holidays" => { post Needs(P::ManageCalendars) => calendars::import_holidays }

    "/api/v1/audit/events" => { get Needs(P::ReadAudit) => audit::list_audit_events }
    "/api/v1/audit/events.csv" => { get Needs(P::ReadAudit) => audit::export_audit_events }
    "/api/v1/audit/events/{id}" => { get Needs(P::ReadAudit) => audit::get_audit_event }
    "/api/v1/audit/seals" => { get Needs(P::ReadAudit) => audit::list_audit_seals }

    "/api/v1/sla-policies" => {
        get Needs(P::ReadPolicies) => policies::list_policies,
        post Needs(P::ManagePolicies) => policies::create_policy,
    }
    "/api/v1/sla-policies/preview" => { post Needs(P::ReadPolicies) => policies::preview_policy }
    "/api/v1/sla-policies/{slug}" => {
        get Needs(P::ReadPolicies) => policies::get_policy,
        put Needs(P::ManagePolicies) => policies::write_policy,
    }
    "/api/v1/sla-policies/{slug}/activate" => { post Needs(P::ManagePolicies) => policies::activate_policy }
    "/api/v1/sla-policies/{slug}/deactivate" => { post Needs(P::ManagePolicies) => policies::deactivate_policy }
    "/api/v1/sla-policies/{slug}/versions/{version}" => { get Needs(P::ReadPolicies) => policies::get_policy_version }
    "/api/v1/sla-packs" => { get Needs(P::ReadPolicies) => policies::list_packs }
    "/api/v1/sla-packs/{slug}/install" => { post Needs(P::ManagePolicies) => policies::install_pack }

    "/api/v1/typing/suggestions" => { post Needs(P::LogComplaints) => typing::suggest_customer_type }
    "/api/v1/typing/report" => { get Needs(P::ReadFigures) => typing::get_typing_report }
    "/api/v1/typing/layers" => { get Needs(P::ReadFigures) => typing::list_typing_layers }
    "/api/v1/typing/layers/undo" => { post Needs(P::ManageTyping) => typing::undo_typing_layer }

    "/api/v1/reports" => { get Needs(P::ReadReports) => reports::list_reports }
    "/api/v1/reports/review" => { get Needs(P::ReadReports) => reports::get_review }
    "/api/v1/reports/volumes" => { get Needs(P::ReadReports) => reports::report_volumes }
    "/api/v1/reports/response-times" => { get Needs(P::ReadReports) => reports::report_response_times }
    "/api/v1/reports/dwell" => { get Needs(P::ReadReports) => reports::report_dwell }
    "/api/v1/reports/backlog" => { get Needs(P::ReadReports) => reports::report_backlog }
    "/api/v1/reports/ages" => { get Needs(P::ReadReports) => reports::report_ages }
    "/api/v1/reports/breaches" => { get Needs(P::ReadReports) => reports::report_breaches }
    "/api/v1/reports/types" => { get Needs(P::ReadReports) => reports::report_types }
    "/api/v1/reports/queue-ages" => { get Needs(P::ReadReports) => reports::report_queue_ages }
    "/api/v1/reports/first-contact" => { get Needs(P::ReadReports) => reports::report_first_contact }
    "/api/v1/reports/step-times" => { get Needs(P::ReadReports) => reports::report_step_times }
    "/api/v1/reports/hand-overs" => { get Needs(P::ReadReports) => reports::report_hand_overs }
    "/api/v1/reports/on-the-spot" => { get Needs(P::ReadReports) => reports::report_on_the_spot }
    "/api/v1/reports/call-backs" => { get Needs(P::ReadReports) => reports::report_call_backs }
    "/api/v1/reports/reopen" => { get Needs(P::ReadReports) => reports::report_reopen }
    "/api/v1/reports/arrivals" => { get Needs(P::ReadReports) => reports::report_arrivals }
    "/api/v1/reports/ahead" => { get Needs(P::ReadReports) => reports::report_ahead }
    "/api/v1/reports/causes" => { get Needs(P::ReadReports) => reports::report_causes }
    "/api/v1/reports/agents" => { get Needs(P::ReadReports) => reports::report_agents }

    "/api/v1/playbooks" => { get Needs(P::ReadPlaybooks) => playbooks::list_playbooks }
    "/api/v1/playbooks/{type}" => { get Needs(P::ReadPlaybooks) => playbooks::get_playbook }

    "/api/v1/public/challenge" => { get Public => challenge::get_challenge }
    "/api/v1/public/complaints" => { post Public, Filing => public::file_complaint }
    "/api/v1/public/complaints/{token}" => { get Public, Tracking => public::track_complaint }
    "/api/v1/public/complaints/{token}/attachments" => {
        get Public, Tracking => attachments::list_own_attachments,
        post Public, Tracking => attachments::send_attachment,
    }
    "/api/v1/public/complaints/{token}/attachments/{attachment}/content" => {
        get Public, Tracking => attachments::read_own_attachment,
    }
    "/api/v1/public/complaints/{token}/messages" => { post Public, Tracking => public::write_to_desk }
    "/api/v1/public/complaints/{token}/accept" => { post Public, Tracking => public::accept_decision }
    "/api/v1/public/complaints/{token}/dispute" => { post Public, Tracking => public::dispute_decision }
    "/api/v1/public/complaints/{token}/withdraw" => { post Public, Tracking => public::take_back_complaint }
    "/api/v1/public/complaints/{token}/call-backs/{id}/move" => { post Public, Tracking => public::move_call_back }
    "/api/v1/public/complaints/{token}/call-backs/{id}/decline" => { post Public, Tracking => public::decline_call_back }
}

/// POSTs that only ask: what they ask is too long for an address. They change nothing, so there is
/// nothing to do once, and no `Idempotency-Key`.
pub const ASKS: &[&str] = &[
    "/api/v1/typing/suggestions",
    "/api/v1/sla-policies/preview",
    "/api/v1/routing/dry-run",
    "/api/v1/rules/dry-run",
];

/// Whether an address is that of a page.
pub(crate) fn is_page(pattern: &str) -> bool {
    PAGES.iter().any(|page| page.path == pattern)
}

/// Everything that the two tables know of an address.
fn at(pattern: &str) -> impl Iterator<Item = &'static Route> + Clone {
    ROUTES.iter().chain(PAGES).filter(move |route| route.path == pattern)
}

/// What a request needs; `None` when the tables do not know it. Documentation is open to
/// everybody, and so is the answer that an address takes other methods.
pub(super) fn access(method: &str, pattern: &str) -> Option<Access> {
    let mut known = false;
    for route in at(pattern) {
        known = true;
        if route.method == method {
            return Some(route.access);
        }
    }
    let documentation = pattern.starts_with("/docs") || pattern == "/openapi.json";
    (known || documentation).then_some(Access::Public)
}

/// What a request counts as.
pub(super) fn rate(method: &str, pattern: &str) -> Rate {
    let mut rates = at(pattern);
    let first = rates.clone().next();
    rates
        .find(|route| route.method == method)
        .or(first)
        .map_or(Rate::Open, |route| route.rate)
}
