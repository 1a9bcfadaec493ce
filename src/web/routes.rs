//! The table of contents of the pages: every address, what it needs, what it counts as, and who serves it.

use actix_web::{HttpRequest, web};

use super::{assets, customers, desk, invitations, lead, sign_in, start};
use crate::api::groups::Groups;
use crate::api::limits::Rate;
use crate::api::routes::{Access, Route, counted, usual, verb};
use crate::api::{answer, observe};
use crate::domain::staff::Permission;

macro_rules! pages {
    ($($path:literal => { $($method:ident $access:expr $(, $rate:ident)? => $($module:ident)::+),+ $(,)? })+) => {
        /// Every page.
        pub const PAGES: &[Route] = &[
            $($(Route { method: verb!($method), path: $path, access: $access, rate: counted!($access $(, $rate)?) }),+),+
        ];

        /// Registers every page.
        pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
            let mut groups = Groups::default();
            $({
                let allowed = [$(verb!($method)),+].join(", ");
                groups.add($path, |rest| {
                    web::resource(rest)
                        $(.route(web::$method().to($($module)::+)))+
                        .default_service(web::to(move |request: HttpRequest| {
                            let response = answer::method_not_allowed(&allowed, observe::id_of(&request).as_deref());
                            async move { response }
                        }))
                });
            })+
            groups.register(cfg);
        }
    };
}

use Access::{Needs, Person, Public};
use Permission as P;

pages! {
    "/" => { get Public => start::show_start }
    "/assets/{name}" => { get Public, Exempt => assets::get_asset }

    "/sign-in" => {
        get Public => sign_in::show_sign_in,
        post Public, SignIn => sign_in::sign_in,
    }
    "/sign-out" => { post Person => sign_in::sign_out }
    "/invitation/{token}" => {
        get Public, SignIn => invitations::show_invitation,
        post Public, SignIn => invitations::redeem_invitation,
    }

    "/complain" => {
        get Public => customers::complain::show_form,
        post Public, Filing => customers::complain::file_complaint,
    }
    "/complain/done/{token}" => { get Public, Tracking => customers::complain::show_receipt }
    "/track" => {
        get Public => customers::entrance::show_entrance,
        post Public => customers::entrance::enter,
    }
    "/track/{token}" => { get Public, Tracking => customers::track::show_complaint }
    "/track/{token}/messages" => { post Public, Tracking => customers::actions::write }
    "/track/{token}/files" => { post Public, Tracking => customers::actions::send_file }
    "/track/{token}/files/{attachment}" => { get Public, Tracking => customers::actions::read_file }
    "/track/{token}/accept" => { post Public, Tracking => customers::actions::accept }
    "/track/{token}/dispute" => { post Public, Tracking => customers::actions::dispute }
    "/track/{token}/withdraw" => { post Public, Tracking => customers::actions::withdraw }
    "/track/{token}/call-backs/{id}/move" => { post Public, Tracking => customers::actions::move_call }
    "/track/{token}/call-backs/{id}/decline" => { post Public, Tracking => customers::actions::decline_call }

    "/desk" => { get Person => desk::work::show_desk }
    "/desk/take-next" => { post Needs(P::HandleComplaints) => desk::take::take_next }
    "/desk/search" => { get Person => desk::search::show_search }
    "/desk/new" => {
        get Needs(P::LogComplaints) => desk::log_call::show_new,
        post Needs(P::LogComplaints) => desk::log_call::log_call,
    }
    "/desk/new/caller" => { post Needs(P::LogComplaints) => desk::log_call::beside::show_caller }
    "/desk/new/proposal" => { post Needs(P::LogComplaints) => desk::log_call::beside::show_proposal }
    "/desk/complaints" => {
        get Needs(P::ReadComplaints) => desk::list::show_list,
        post Needs(P::HandleComplaints) => desk::list::together::act_on_list,
    }
    "/desk/bulk/{id}/cancel" => { post Needs(P::HandleComplaints) => desk::list::together::call_off }
    "/desk/views" => { post Needs(P::ReadComplaints) => desk::list::views::keep }
    "/desk/views/{id}/remove" => { post Needs(P::ReadComplaints) => desk::list::views::remove }
    "/desk/complaints/{id}" => { get Needs(P::ReadComplaints) => desk::complaint::show_complaint }
    "/desk/complaints/{id}/steps" => { post Needs(P::HandleComplaints) => desk::deeds::record_steps }
    "/desk/complaints/{id}/promise" => { post Needs(P::HandleComplaints) => desk::deeds::promise }
    "/desk/complaints/{id}/type" => { post Needs(P::HandleComplaints) => desk::deeds::set_type }
    "/desk/complaints/{id}/sort" => { post Needs(P::HandleComplaints) => desk::deeds::sort }
    "/desk/complaints/{id}/assign" => { post Needs(P::AssignComplaints) => desk::deeds::assign }
    "/desk/complaints/{id}/wait" => { post Needs(P::HandleComplaints) => desk::deeds::wait }
    "/desk/complaints/{id}/resume" => { post Needs(P::HandleComplaints) => desk::deeds::resume }
    "/desk/complaints/{id}/close" => { post Needs(P::HandleComplaints) => desk::deeds::close }
    "/desk/complaints/{id}/redress" => { post Needs(P::HandleComplaints) => desk::deeds::redress }
    "/desk/complaints/{id}/reopen" => { post Needs(P::HandleComplaints) => desk::deeds::reopen }
    "/desk/complaints/{id}/withdraw" => { post Needs(P::HandleComplaints) => desk::deeds::withdraw }
    "/desk/complaints/{id}/link" => { post Needs(P::HandleComplaints) => desk::deeds::ties::link }
    "/desk/complaints/{id}/relate" => { post Needs(P::HandleComplaints) => desk::deeds::ties::relate }
    "/desk/complaints/{id}/unrelate" => { post Needs(P::HandleComplaints) => desk::deeds::ties::unrelate }
    "/desk/complaints/{id}/merge" => { post Needs(P::HandleComplaints) => desk::deeds::ties::merge }
    "/desk/complaints/{id}/unmerge" => { post Needs(P::HandleComplaints) => desk::deeds::ties::unmerge }
    "/desk/complaints/{id}/tags" => { post Needs(P::HandleComplaints) => desk::deeds::marks::tag }
    "/desk/complaints/{id}/watch" => { post Needs(P::ReadComplaints) => desk::deeds::marks::watch }
    "/desk/complaints/{id}/macro" => { post Needs(P::HandleComplaints) => desk::deeds::macros::run }
    "/desk/complaints/{id}/files" => { post Needs(P::HandleComplaints) => desk::deeds::files::add }
    "/desk/complaints/{id}/files/{attachment}" => { get Needs(P::ReadComplaints) => desk::deeds::files::read }
    "/desk/complaints/{id}/write" => { post Needs(P::HandleComplaints) => desk::deeds::write::write }
    "/desk/customers/{id}" => { get Needs(P::ReadCustomers) => desk::customer::show_customer }
    "/desk/call-backs/{id}" => { get Needs(P::ReadComplaints) => desk::call_back::show_call_back }
    "/desk/call-backs/{id}/attempt" => { post Needs(P::HandleComplaints) => desk::deeds::calls::attempt }
    "/desk/call-backs/{id}/move" => { post Needs(P::HandleComplaints) => desk::deeds::calls::move_call }
    "/desk/call-backs/{id}/cancel" => { post Needs(P::HandleComplaints) => desk::deeds::calls::cancel_call }

    "/ops" => { get Needs(P::ReadReports) => desk::ops::show_ops }
    "/ops/wall" => { get Needs(P::ReadReports) => desk::ops::show_wall }
    "/ops/cases" => { get Needs(P::ReadComplaints) => desk::ops::show_cases }

    "/admin" => { get Needs(P::ReadRouting) => desk::admin::show_admin }
    "/admin/people" => {
        get Needs(P::ReadStaff) => desk::admin::people::show_people,
        post Needs(P::ManageStaff) => desk::admin::people::add_person,
    }
    "/admin/people/{id}" => { get Needs(P::ReadStaff) => desk::admin::person::show_person }
    "/admin/people/{id}/change" => { post Needs(P::ManageStaff) => desk::admin::person::change_person }
    "/admin/people/{id}/invite" => { post Needs(P::ManageStaff) => desk::admin::person::invite }
    "/admin/people/{id}/sessions" => { post Needs(P::ManageStaff) => desk::admin::person::end_sessions }
    "/admin/people/{id}/second-factor" => { post Needs(P::ManageStaff) => desk::admin::person::reset_factor }
    "/admin/people/{id}/deactivate" => { post Needs(P::ManageStaff) => desk::admin::person::let_go }
    "/admin/people/{id}/reactivate" => { post Needs(P::ManageStaff) => desk::admin::person::take_back }
    "/admin/teams" => {
        get Needs(P::ReadStaff) => desk::admin::teams::show_teams,
        post Needs(P::ManageStaff) => desk::admin::teams::add_team,
    }
    "/admin/teams/{id}" => { get Needs(P::ReadStaff) => desk::admin::teams::show_team }
    "/admin/teams/{id}/change" => { post Needs(P::ManageStaff) => desk::admin::teams::change_team }
    "/admin/teams/{id}/members" => { post Needs(P::ManageStaff) => desk::admin::teams::put_member }
    "/admin/teams/{id}/remove" => { post Needs(P::ManageStaff) => desk::admin::teams::remove_member }
    "/admin/roles" => { get Needs(P::ReadStaff) => desk::admin::roles::show_roles }
    "/admin/roles/role" => {
        get Needs(P::ManageStaff) => desk::admin::roles::show_new,
        post Needs(P::ManageStaff) => desk::admin::roles::add_role,
    }
    "/admin/roles/role/{slug}" => {
        get Needs(P::ReadStaff) => desk::admin::roles::show_role,
        post Needs(P::ManageStaff) => desk::admin::roles::change_role,
    }
    "/admin/tokens" => {
        get Needs(P::ManageTokens) => desk::admin::tokens::show_tokens,
        post Needs(P::ManageTokens) => desk::admin::tokens::make_token,
    }
    "/admin/tokens/{id}/rotate" => { post Needs(P::ManageTokens) => desk::admin::tokens::rotate_token }
    "/admin/tokens/{id}/revoke" => { post Needs(P::ManageTokens) => desk::admin::tokens::revoke_token }
    "/admin/policies" => {
        get Needs(P::ReadPolicies) => desk::admin::policies::show_policies,
        post Needs(P::ManagePolicies) => desk::admin::policies::one::add_policy,
    }
    "/admin/policies/{slug}" => { get Needs(P::ReadPolicies) => desk::admin::policies::one::show_policy }
    "/admin/policies/{slug}/write" => { post Needs(P::ManagePolicies) => desk::admin::policies::one::write_policy }
    "/admin/policies/{slug}/activate" => { post Needs(P::ManagePolicies) => desk::admin::policies::one::activate_policy }
    "/admin/policies/{slug}/deactivate" => { post Needs(P::ManagePolicies) => desk::admin::policies::one::deactivate_policy }
    "/admin/packs/{slug}" => { post Needs(P::ManagePolicies) => desk::admin::policies::install_pack }
    "/admin/calendars" => {
        get Needs(P::ReadCalendars) => desk::admin::calendars::show_calendars,
        post Needs(P::ManageCalendars) => desk::admin::calendars::add_calendar,
    }
    "/admin/calendars/{slug}" => {
        get Needs(P::ReadCalendars) => desk::admin::calendars::show_calendar,
        post Needs(P::ManageCalendars) => desk::admin::calendars::change_calendar,
    }
    "/admin/calendars/{slug}/holidays" => {
        post Needs(P::ManageCalendars) => desk::admin::holidays::import_holidays,
    }
    "/admin/routing" => {
        get Needs(P::ReadRouting) => desk::admin::routing::show_routing,
        post Needs(P::ManageRouting) => desk::admin::routing::write_routing,
    }
    "/admin/routing/rule" => {
        get Needs(P::ManageRouting) => desk::admin::routing::show_new,
        post Needs(P::ManageRouting) => desk::admin::routing::add_rule,
    }
    "/admin/routing/rule/{slug}" => {
        get Needs(P::ReadRouting) => desk::admin::routing::show_rule,
        post Needs(P::ManageRouting) => desk::admin::routing::change_rule,
    }
    "/admin/routing/try" => { post Needs(P::ReadRouting) => desk::admin::routing::try_routing }
    "/admin/routing/deactivate" => { post Needs(P::ManageRouting) => desk::admin::routing::deactivate_routing }
    "/admin/routing/activate" => { post Needs(P::ManageRouting) => desk::admin::routing::activate_routing }
    "/admin/rules" => {
        get Needs(P::ReadRules) => desk::admin::rules::show_rules,
        post Needs(P::ManageRules) => desk::admin::rules::write_rules,
    }
    "/admin/rules/try" => { post Needs(P::ReadRules) => desk::admin::rules::try_rules }
    "/admin/rules/activate" => { post Needs(P::ManageRules) => desk::admin::rules::activate_rules }
    "/admin/rules/deactivate" => { post Needs(P::ManageRules) => desk::admin::rules::deactivate_rules }
    "/admin/rules/log" => { get Needs(P::ReadRules) => desk::admin::rules::log::show_log }
    "/admin/rules/rule" => {
        get Needs(P::ManageRules) => desk::admin::rules::show_new,
        post Needs(P::ManageRules) => desk::admin::rules::add_rule,
    }
    "/admin/rules/rule/{slug}" => {
        get Needs(P::ReadRules) => desk::admin::rules::show_rule,
        post Needs(P::ManageRules) => desk::admin::rules::change_rule,
    }
    "/admin/texts" => { get Needs(P::ReadComplaints) => desk::admin::texts::show_texts }
    "/admin/texts/text" => {
        get Needs(P::ManageTexts) => desk::admin::texts::show_new,
        post Needs(P::ManageTexts) => desk::admin::texts::add_text,
    }
    "/admin/texts/text/{slug}" => {
        get Needs(P::ReadComplaints) => desk::admin::texts::show_text,
        post Needs(P::ManageTexts) => desk::admin::texts::change_text,
    }
    "/admin/macros" => { get Needs(P::ReadComplaints) => desk::admin::macros::show_macros }
    "/admin/macros/macro" => {
        get Needs(P::ManageTexts) => desk::admin::macros::show_new,
        post Needs(P::ManageTexts) => desk::admin::macros::add_macro,
    }
    "/admin/macros/macro/{slug}" => {
        get Needs(P::ReadComplaints) => desk::admin::macros::show_macro,
        post Needs(P::ManageTexts) => desk::admin::macros::change_macro,
    }
    "/admin/review-form" => {
        get Needs(P::ReviewCalls) => desk::admin::review_form::show_form,
        post Needs(P::ReviewCalls) => desk::admin::review_form::write_form,
    }
    "/admin/typing" => { get Needs(P::ReadFigures) => desk::admin::typing::show_typing }
    "/admin/typing/undo" => { post Needs(P::ManageTyping) => desk::admin::typing::undo_layer }
    "/admin/audit" => { get Needs(P::ReadAudit) => desk::admin::audit::show_audit }
    "/admin/audit/verify" => { post Needs(P::ReadAudit) => desk::admin::audit::verify_seals }
    "/admin/audit/{id}" => { get Needs(P::ReadAudit) => desk::admin::audit::show_event }

    "/account" => { get Person => desk::admin::account::show_account }
    "/account/password" => { post Person => desk::admin::account::change_password }
    "/account/second-factor" => { post Person => desk::admin::account::begin_factor }
    "/account/second-factor/confirm" => { post Person => desk::admin::account::confirm_factor }
    "/account/second-factor/remove" => { post Person => desk::admin::account::remove_factor }
    "/account/sessions/{id}" => { post Person => desk::admin::account::end_session }
    "/lead" => { get Needs(P::ManageWork) => lead::board::show_board }
    "/lead/assign" => { post Needs(P::AssignComplaints) => lead::board::assign }
    "/lead/reports" => { get Needs(P::ReadReports) => lead::reports::show_reports }
    "/lead/actions" => {
        get Needs(P::ReadActions) => lead::actions::show_actions,
        post Needs(P::ManageActions) => lead::actions::create,
    }
    "/lead/actions/{id}" => { get Needs(P::ReadActions) => lead::action::show_action }
    "/lead/actions/{id}/change" => { post Needs(P::ManageActions) => lead::action::change }
    "/lead/actions/{id}/reopen" => { post Needs(P::ManageActions) => lead::action::reopen }
    "/lead/actions/{id}/unlink" => { post Needs(P::ManageActions) => lead::action::unlink }
    "/lead/actions/{id}/close" => { post Needs(P::ReadActions) => lead::actions::close }
    "/lead/actions/{id}/verify" => { post Needs(P::ManageActions) => lead::actions::verify }
    "/lead/actions/{id}/link" => { post Needs(P::ManageActions) => lead::actions::link }
    "/lead/reviews" => {
        get Needs(P::ReadReviews) => lead::reviews::show_reviews,
        post Needs(P::ReviewCalls) => lead::reviews::draw,
    }
    "/lead/reviews/{id}" => {
        get Needs(P::ReadReviews) => lead::reviews::call::show_call,
        post Needs(P::ReviewCalls) => lead::reviews::call::review,
    }
    "/lead/reviews/{id}/comment" => { post Needs(P::ReadReviews) => lead::reviews::call::comment }
    "/lead/reviews/{id}/answer" => { post Needs(P::ReadReviews) => lead::reviews::call::answer }
}
