//! The table of contents: every route, what it needs, and who serves it.

use actix_web::{HttpRequest, web};
use utoipa::OpenApi;

use super::{
    answer, audit, call_backs, complaints, customers, health, observe, playbooks, problems, public, tokens, typing,
};
use crate::domain::staff::Permission;

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: health, figures, documentation, and what customers use.
    Public,
    /// Valid credentials of any role.
    SignedIn,
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

macro_rules! routes {
    ($($path:literal => { $($method:ident $access:expr => $module:ident :: $handler:ident),+ $(,)? })+) => {
        /// Every route of the API.
        pub const ROUTES: &[Route] = &[
            $($(Route { method: verb!($method), path: $path, access: $access }),+),+
        ];

        /// Registers every route of the API.
        pub(super) fn configure(cfg: &mut web::ServiceConfig) {
            $({
                let allowed = [$(verb!($method)),+].join(", ");
                cfg.service(
                    web::resource($path)
                        $(.route(web::$method().to($module::$handler)))+
                        .default_service(web::to(move |request: HttpRequest| {
                            let response = answer::method_not_allowed(&allowed, observe::id_of(&request).as_deref());
                            async move { response }
                        })),
                );
            })+
        }

        /// The operations, for the OpenAPI file.
        #[derive(OpenApi)]
        #[openapi(paths($($($module::$handler),+),+))]
        pub(super) struct Operations;
    };
}

use Access::{Needs, Public, SignedIn};
use Permission as P;

routes! {
    "/livez" => { get Public => health::get_liveness }
    "/readyz" => { get Public => health::get_readiness }
    "/metrics" => { get Public => health::get_metrics }
    "/problems" => { get Public => problems::list_problems }
    "/problems/{code}" => { get Public => problems::get_problem }

    "/api/v1/me" => { get SignedIn => tokens::get_me }
    "/api/v1/service-tokens" => {
        get Needs(P::ManageTokens) => tokens::list_service_tokens,
        post Needs(P::ManageTokens) => tokens::create_service_token,
    }
    "/api/v1/service-tokens/{id}" => { delete Needs(P::ManageTokens) => tokens::revoke_service_token }

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
    "/api/v1/complaints/{id}/wait" => { post Needs(P::HandleComplaints) => complaints::wait_complaint }
    "/api/v1/complaints/{id}/resume" => { post Needs(P::HandleComplaints) => complaints::resume_complaint }
    "/api/v1/complaints/{id}/close" => { post Needs(P::HandleComplaints) => complaints::close_complaint }
    "/api/v1/complaints/{id}/redress" => { put Needs(P::HandleComplaints) => complaints::progress_redress }
    "/api/v1/complaints/{id}/reopen" => { post Needs(P::HandleComplaints) => complaints::reopen_complaint }
    "/api/v1/complaints/{id}/withdraw" => { post Needs(P::HandleComplaints) => complaints::withdraw_complaint }
    "/api/v1/complaints/{id}/links" => { post Needs(P::HandleComplaints) => complaints::link_complaint }
    "/api/v1/complaints/{id}/notes" => { post Needs(P::HandleComplaints) => complaints::write_note }
    "/api/v1/complaints/{id}/messages" => {
        get Needs(P::ReadComplaints) => complaints::list_messages,
        post Needs(P::HandleComplaints) => complaints::write_message,
    }
    "/api/v1/complaints/{id}/timeline" => { get Needs(P::ReadComplaints) => complaints::list_timeline }
    "/api/v1/complaints/{id}/tracking-link" => { post Needs(P::HandleComplaints) => complaints::renew_tracking_link }
    "/api/v1/complaints/{id}/call-backs" => {
        get Needs(P::ReadComplaints) => call_backs::list_call_backs_of_complaint,
        post Needs(P::HandleComplaints) => call_backs::promise_call_back,
    }

    "/api/v1/call-backs" => { get Needs(P::ReadComplaints) => call_backs::list_call_backs }
    "/api/v1/call-backs/{id}" => { get Needs(P::ReadComplaints) => call_backs::get_call_back }
    "/api/v1/call-backs/{id}/attempts" => { post Needs(P::HandleComplaints) => call_backs::record_attempt }
    "/api/v1/call-backs/{id}/reschedule" => { post Needs(P::HandleComplaints) => call_backs::reschedule_call_back }
    "/api/v1/call-backs/{id}/cancel" => { post Needs(P::HandleComplaints) => call_backs::cancel_call_back }

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

    "/api/v1/audit/events" => { get Needs(P::ReadAudit) => audit::list_audit_events }
    "/api/v1/audit/events.csv" => { get Needs(P::ReadAudit) => audit::export_audit_events }
    "/api/v1/audit/events/{id}" => { get Needs(P::ReadAudit) => audit::get_audit_event }
    "/api/v1/audit/seals" => { get Needs(P::ReadAudit) => audit::list_audit_seals }

    "/api/v1/typing/suggestions" => { post Needs(P::LogComplaints) => typing::suggest_customer_type }
    "/api/v1/typing/report" => { get Needs(P::ReadFigures) => typing::get_typing_report }
    "/api/v1/typing/layers" => { get Needs(P::ReadFigures) => typing::list_typing_layers }
    "/api/v1/typing/layers/undo" => { post Needs(P::ManageTyping) => typing::undo_typing_layer }

    "/api/v1/playbooks" => { get Needs(P::ReadPlaybooks) => playbooks::list_playbooks }
    "/api/v1/playbooks/{type}" => { get Needs(P::ReadPlaybooks) => playbooks::get_playbook }

    "/api/v1/public/complaints" => { post Public => public::file_complaint }
    "/api/v1/public/complaints/{token}" => { get Public => public::track_complaint }
    "/api/v1/public/complaints/{token}/messages" => { post Public => public::write_to_desk }
    "/api/v1/public/complaints/{token}/dispute" => { post Public => public::dispute_decision }
    "/api/v1/public/complaints/{token}/withdraw" => { post Public => public::take_back_complaint }
    "/api/v1/public/complaints/{token}/call-backs/{id}/move" => { post Public => public::move_call_back }
    "/api/v1/public/complaints/{token}/call-backs/{id}/decline" => { post Public => public::decline_call_back }
}

/// POSTs that only ask: what they ask is too long for an address. They change nothing, so there is
/// nothing to do once, and no `Idempotency-Key`.
pub const ASKS: &[&str] = &["/api/v1/typing/suggestions"];

/// What a request needs; `None` when the table does not know it. Documentation is open to
/// everybody, and so is the answer that an address takes other methods.
pub(super) fn access(method: &str, pattern: &str) -> Option<Access> {
    let mut known = false;
    for route in ROUTES.iter().filter(|route| route.path == pattern) {
        known = true;
        if route.method == method {
            return Some(route.access);
        }
    }
    let documentation = pattern.starts_with("/docs") || pattern == "/openapi.json" || pattern == "/";
    (known || documentation).then_some(Access::Public)
}
