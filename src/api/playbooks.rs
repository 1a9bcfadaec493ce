//! How to handle each customer type.

use actix_web::HttpResponse;

use super::answer;
use super::extract::Id;
use crate::domain::typing::CustomerType;
use crate::domain::typing::playbooks::{self, Playbook};
use crate::error::Result;

/// List the playbooks.
///
/// How to handle each customer type, in both languages.
#[utoipa::path(get, path = "/api/v1/playbooks", tag = "playbooks",
    responses((status = 200, description = "The playbooks.", body = [Playbook])))]
pub(super) async fn list_playbooks() -> Result<HttpResponse> {
    answer::ok(&playbooks::all()?)
}

/// Read one playbook.
///
/// How to handle one customer type, in both languages.
#[utoipa::path(get, path = "/api/v1/playbooks/{type}", tag = "playbooks",
    params(("type" = CustomerType, Path, description = "The customer type.")),
    responses((status = 200, description = "The playbook.", body = Playbook)))]
pub(super) async fn get_playbook(customer_type: Id<CustomerType>) -> Result<HttpResponse> {
    answer::ok(playbooks::of(customer_type.0)?)
}
