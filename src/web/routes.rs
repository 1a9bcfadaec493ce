//! The table of contents of the pages: every address, what it needs, what it counts as, and who serves it.

use actix_web::{HttpRequest, web};

use super::{assets, customers, desk, invitations, sign_in, start};
use crate::api::limits::Rate;
use crate::api::routes::{Access, Route, counted, usual, verb};
use crate::api::{answer, observe};

macro_rules! pages {
    ($($path:literal => { $($method:ident $access:expr $(, $rate:ident)? => $($module:ident)::+),+ $(,)? })+) => {
        /// Every page.
        pub const PAGES: &[Route] = &[
            $($(Route { method: verb!($method), path: $path, access: $access, rate: counted!($access $(, $rate)?) }),+),+
        ];

        /// Registers every page.
        pub(crate) fn configure(cfg: &mut web::ServiceConfig) {
            $({
                let allowed = [$(verb!($method)),+].join(", ");
                cfg.service(
                    web::resource($path)
                        $(.route(web::$method().to($($module)::+)))+
                        .default_service(web::to(move |request: HttpRequest| {
                            let response = answer::method_not_allowed(&allowed, observe::id_of(&request).as_deref());
                            async move { response }
                        })),
                );
            })+
        }
    };
}

use Access::{Person, Public};

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

    "/desk" => { get Person => desk::show_desk }
}
