//! Customer records.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer;
use super::extract::{Body, Ctx, Id, IfMatch, Query};
use super::page::{self, Page};
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::complaints::listing::Cursor;
use crate::domain::complaints::states::{self, ComplaintStateView};
use crate::domain::customers::form::CustomerRecordForm;
use crate::domain::customers::model::{CustomerView, ExternalId, SeenCustomer};
use crate::domain::customers::record::{self, Lookup};
use crate::error::Result;
use crate::ids::CustomerId;

/// How to find customers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CustomerQuery {
    /// A phone number, e-mail address or external id, however it is written.
    #[param(example = "138 0013 8000")]
    contact: Option<String>,
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Where to go on in a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// List or find customers.
///
/// The newest first; by `contact`, the customers that a phone number, e-mail address or external id belongs to.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", params(CustomerQuery),
    responses((status = 200, description = "A page of customers.", body = Page<SeenCustomer>)))]
pub(super) async fn list_customers(ctx: Ctx, query: Query<CustomerQuery>) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<CustomerId>(query.0.cursor.as_deref())?;
    let lookup = Lookup {
        contact: query.0.contact.map(|text| text.replace('\0', "")),
        after,
        limit: limit + 1,
    };
    let rows = ctx.read(move |conn, act| record::list(conn, act, &lookup)).await?;
    let event = Event::about_many(ObjectKind::Customer, "customer.listed").of(rows.iter().map(SeenCustomer::id));
    ctx.disclose(event).await?;
    answer::ok(&Page::of(rows, limit, SeenCustomer::id)?)
}

/// Create a customer.
///
/// Refused when another customer has one of the contact points.
#[utoipa::path(post, path = "/api/v1/customers", tag = "customers", request_body = CustomerRecordForm,
    responses((status = 201, description = "The customer.", body = CustomerView)))]
pub(super) async fn create_customer(ctx: Ctx, body: Body<CustomerRecordForm>) -> Result<HttpResponse> {
    let made = ctx.once(body, record::create).await?;
    answer::created(&format!("/api/v1/customers/{}", made.id), made.version, &made)
}

/// Read a customer.
///
/// With every contact point. A record whose processing is restricted, or that is not shared with the caller, shows
/// only its id and version, and that it is restricted.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The customer.", body = SeenCustomer)))]
pub(super) async fn get_customer(ctx: Ctx, id: Id<CustomerId>) -> Result<HttpResponse> {
    let found = ctx.read(move |conn, act| record::see(conn, act, id.0)).await?;
    ctx.disclose(Event::on(ObjectKind::Customer, id.0.0, "customer.read").of([id.0]))
        .await?;
    answer::ok_version(found.version(), &found)
}

/// Change a customer.
///
/// Fields that are left out stay as they are. Needs `If-Match`.
#[utoipa::path(patch, path = "/api/v1/customers/{id}", tag = "customers", request_body = CustomerRecordForm,
    params(("id" = CustomerId, Path, description = "The customer.")),
    responses((status = 200, description = "The customer as it is now.", body = CustomerView)))]
pub(super) async fn change_customer(
    ctx: Ctx,
    id: Id<CustomerId>,
    version: IfMatch,
    body: Body<CustomerRecordForm>,
) -> Result<HttpResponse> {
    let version = version.required()?;
    let changed = ctx
        .write(move |conn, act| record::change(conn, act, id.0, version, &body.value))
        .await?;
    answer::ok_version(changed.version, &changed)
}

/// List the complaints of a customer, without what they say.
///
/// That they exist and where they stand, the newest first: for those who sell, and need to know before they call.
/// None of a customer whose record is restricted or not shared with the caller, unless they read complaints.
#[utoipa::path(get, path = "/api/v1/customers/{id}/complaints", tag = "customers",
    params(("id" = CustomerId, Path, description = "The customer."), PageQuery),
    responses((status = 200, description = "A page of complaints.", body = Page<ComplaintStateView>)))]
pub(super) async fn list_complaints_of_customer(
    ctx: Ctx,
    id: Id<CustomerId>,
    query: Query<PageQuery>,
) -> Result<HttpResponse> {
    let limit = page::limit(query.0.limit)?;
    let after = page::decode::<Cursor>(query.0.cursor.as_deref())?;
    let rows = ctx
        .read(move |conn, act| states::of_customer(conn, act, id.0, after, limit + 1))
        .await?;
    ctx.disclose(Event::on(ObjectKind::Customer, id.0.0, "customer.complaints_listed").of([id.0]))
        .await?;
    let page = Page::of(rows, limit, |(place, _)| *place)?;
    answer::ok(&Page {
        items: page.items.into_iter().map(|(_, state)| state).collect(),
        next_cursor: page.next_cursor,
    })
}

/// Create or change the customer that another system knows by its own id.
///
/// The same request twice is the same as once.
#[utoipa::path(put, path = "/api/v1/customers/by-external-id/{system}/{external_id}", tag = "customers",
    request_body = CustomerRecordForm,
    params(
        ("system" = String, Path, description = "The other system, a slug.", example = "crm"),
        ("external_id" = String, Path, description = "The customer's id there.", example = "C-20417"),
    ),
    responses(
        (status = 200, description = "The customer as it is now.", body = CustomerView),
        (status = 201, description = "The new customer.", body = CustomerView),
    ))]
pub(super) async fn put_customer_by_external_id(
    ctx: Ctx,
    external: Id<(String, String)>,
    version: IfMatch,
    body: Body<CustomerRecordForm>,
) -> Result<HttpResponse> {
    let (system, id) = external.0;
    let external = ExternalId { system, id };
    let (customer, new) = ctx
        .write(move |conn, act| record::put_by_external_id(conn, act, &external, version.0, &body.value))
        .await?;
    if new {
        return answer::created(
            &format!("/api/v1/customers/{}", customer.id),
            customer.version,
            &customer,
        );
    }
    answer::ok_version(customer.version, &customer)
}
