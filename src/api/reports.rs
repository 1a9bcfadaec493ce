//! Reports: as JSON, as CSV, as a sheet for spreadsheet programs.

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};
use utoipa::IntoParams;

use super::answer;
use super::extract::{Ctx, Query};
use super::page::refused;
use super::sheets;
use crate::domain::audit::{Event, ObjectKind};
use crate::domain::reporting::measures::{Dimension, Time};
use crate::domain::reporting::query::{By, ReportForm};
use crate::domain::reporting::reports::{
    self, Kind, Report, ReportInfo, agents, ages, ahead, arrivals, backlog, breaches, call_backs, causes, dwell,
    first_contact, hand_overs, on_the_spot, queue_ages, reopen, response_times, step_times, types, volumes,
};
use crate::domain::reporting::review::{self, ReviewForm};
use crate::error::Result;
use crate::review::{self as page, Language};
use crate::text_enum;

text_enum! {
    /// In which form a report is given.
    Format {
        /// For programs.
        Json = "json",
        /// For anything that reads tables: the rows, without the totals.
        Csv = "csv",
        /// For spreadsheet programs (Office Open XML): the rows, the totals, and what was asked, each on a sheet.
        Xlsx = "xlsx",
    }
}

/// What is to be reported.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// The first day, in the desk's zone; 29 days before `to` when left out.
    from: Option<NaiveDate>,
    /// The last day; today when left out.
    to: Option<NaiveDate>,
    /// How long the periods are; days when left out.
    by: Option<By>,
    /// By which property; everything together when left out.
    dimension: Option<Dimension>,
    /// Only this value of the property.
    #[param(example = "phone")]
    value: Option<String>,
    /// How time is counted, in reports that have times; as it passes when left out.
    time: Option<Time>,
    /// In which form; what `Accept` asks for, or JSON, when left out.
    format: Option<Format>,
}

impl ReportQuery {
    fn form(&self) -> ReportForm {
        ReportForm {
            from: self.from,
            to: self.to,
            by: self.by,
            dimension: self.dimension,
            value: self.value.clone(),
            time: self.time,
        }
    }
}

/// The form that `Accept` asks for.
pub(super) struct Accepted(Format);

impl FromRequest for Accepted {
    type Error = crate::error::Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let wanted = req.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
        let formats = wanted.into_iter().flat_map(|text| text.split(',')).filter_map(|one| {
            match one.split(';').next().unwrap_or_default().trim() {
                "application/json" => Some(Format::Json),
                "text/csv" => Some(Format::Csv),
                sheets::XLSX => Some(Format::Xlsx),
                _ => None,
            }
        });
        // The first that we have; who asks for anything gets JSON.
        let first = formats.into_iter().next();
        ready(Ok(Self(first.unwrap_or(Format::Json))))
    }
}

/// List the reports.
///
/// What there is, by which properties each can be told apart, and its columns.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports",
    responses((status = 200, description = "The reports.", body = [ReportInfo])))]
pub(super) async fn list_reports() -> Result<HttpResponse> {
    answer::ok(&reports::all())
}

async fn serve<K: Kind>(ctx: Ctx, query: ReportQuery, accepted: Accepted) -> Result<HttpResponse>
where
    K::Row: Send + 'static,
    Report<K::Row>: Serialize,
{
    let format = query.format.unwrap_or(accepted.0);
    if query.time.is_some() && !K::HAS_TIMES {
        return Err(refused("?time", "not_allowed", "this report has no times"));
    }
    let form = query.form();
    let about_people = K::ALWAYS.or(query.dimension) == Some(Dimension::Agent);
    let action = match format {
        Format::Json if about_people => Some("report.read"),
        Format::Json => None,
        _ => Some("report.exported"),
    };
    let (report, body) = ctx
        .read(move |conn, act| {
            let report = reports::report::<K>(conn, act, &form)?;
            let body = match format {
                Format::Json => serde_json::to_vec(&report)?,
                Format::Csv => sheets::csv(&report.rows)?,
                Format::Xlsx => sheets::xlsx(&report)?,
            };
            Ok((about(&report), body))
        })
        .await?;
    if let Some(action) = action {
        let mut fields = report.clone();
        fields.insert("format".to_owned(), serde_json::json!(format));
        let event = Event::about_many(ObjectKind::Report, action);
        ctx.disclose(event.with(fields.into())).await?;
    }
    let mut response = HttpResponse::Ok();
    match format {
        Format::Json => response.content_type("application/json"),
        Format::Csv => response.content_type("text/csv; charset=utf-8"),
        Format::Xlsx => response.content_type(sheets::XLSX),
    };
    if format != Format::Json {
        let text = |name: &str| {
            report
                .get(name)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let name = format!("{}-{}-{}.{format}", text("report"), text("from"), text("to"));
        response.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    }
    Ok(response.body(body))
}

/// What was reported, for the audit and the name of the file.
fn about<R>(report: &Report<R>) -> serde_json::Map<String, serde_json::Value> {
    let fields = serde_json::json!({
        "report": report.name, "from": report.from, "to": report.to, "by": report.by, "dimension": report.dimension,
        "value": report.value, "time": report.time,
    });
    match fields {
        serde_json::Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

/// Report volumes.
///
/// How many complaints came in, were closed and opened again; promises, calls and messages.
#[utoipa::path(get, path = "/api/v1/reports/volumes", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<volumes::VolumesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_volumes(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<volumes::Volumes>(ctx, query.0, accepted).await
}

/// Report response times.
///
/// From the receipt to the acknowledgement, the first answer and the resolution, counted on the day they ended: mean, p50, p90 and
/// p99, in calendar or business time. Percentiles are within 2.5 % of the exact ones.
#[utoipa::path(get, path = "/api/v1/reports/response-times", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<response_times::ResponseTimesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_response_times(
    ctx: Ctx,
    query: Query<ReportQuery>,
    accepted: Accepted,
) -> Result<HttpResponse> {
    serve::<response_times::ResponseTimes>(ctx, query.0, accepted).await
}

/// Report for how long the queue has been waiting.
///
/// What nobody has now, by the time it has been in its team's line, in calendar or business time; read from the queue itself.
#[utoipa::path(get, path = "/api/v1/reports/queue-ages", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<queue_ages::QueueAgesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_queue_ages(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<queue_ages::QueueAges>(ctx, query.0, accepted).await
}

/// Report first-contact resolution.
///
/// Complaints that the first contact settled and that stayed settled, among those closed on the merits; on the day of their first
/// closing, by the one who closed them too.
#[utoipa::path(get, path = "/api/v1/reports/first-contact", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<first_contact::FirstContactRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_first_contact(
    ctx: Ctx,
    query: Query<ReportQuery>,
    accepted: Accepted,
) -> Result<HttpResponse> {
    serve::<first_contact::FirstContact>(ctx, query.0, accepted).await
}

/// Report how long each step took.
///
/// Since the step before it, or the beginning of the round, until it was recorded. Steps that were recorded together share the
/// time.
#[utoipa::path(get, path = "/api/v1/reports/step-times", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<step_times::StepTimesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_step_times(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<step_times::StepTimes>(ctx, query.0, accepted).await
}

/// Report hand-overs.
///
/// How often complaints were given from one person or team to another, and how many went through one pair of hands.
#[utoipa::path(get, path = "/api/v1/reports/hand-overs", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<hand_overs::HandOversRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_hand_overs(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<hand_overs::HandOvers>(ctx, query.0, accepted).await
}

/// Report how long complaints stood where.
///
/// Stays in each state, counted on the day they ended.
#[utoipa::path(get, path = "/api/v1/reports/dwell", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<dwell::DwellRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_dwell(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<dwell::Dwell>(ctx, query.0, accepted).await
}

/// Report the backlog.
///
/// What came in and went out, and how much was open at the end of each period.
#[utoipa::path(get, path = "/api/v1/reports/backlog", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<backlog::BacklogRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_backlog(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<backlog::Backlog>(ctx, query.0, accepted).await
}

/// Report how old open complaints are.
///
/// As it is now: `from`, `to` and `by` are not looked at.
#[utoipa::path(get, path = "/api/v1/reports/ages", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<ages::AgesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_ages(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<ages::Ages>(ctx, query.0, accepted).await
}

/// Report deadlines that passed.
///
/// By policy, by what of it (`metric`), or by property of the complaint; on the day on which each passed.
#[utoipa::path(get, path = "/api/v1/reports/breaches", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<breaches::BreachesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_breaches(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<breaches::Breaches>(ctx, query.0, accepted).await
}

/// Report how the manner of customers changed.
///
/// The customer type at first and when the complaint was closed, as from angry to friendly; of complaints that stayed closed.
#[utoipa::path(get, path = "/api/v1/reports/types", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<types::TypesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_types(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<types::Types>(ctx, query.0, accepted).await
}

/// Report what was resolved on the spot.
///
/// The share of closings on the merits that were in the first contact.
#[utoipa::path(get, path = "/api/v1/reports/on-the-spot", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<on_the_spot::OnTheSpotRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_on_the_spot(
    ctx: Ctx,
    query: Query<ReportQuery>,
    accepted: Accepted,
) -> Result<HttpResponse> {
    serve::<on_the_spot::OnTheSpot>(ctx, query.0, accepted).await
}

/// Report on promised call-backs.
///
/// Promises made, kept, late, broken, moved and called off; how late the calls were.
#[utoipa::path(get, path = "/api/v1/reports/call-backs", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<call_backs::CallBacksRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_call_backs(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<call_backs::CallBacks>(ctx, query.0, accepted).await
}

/// Report how often complaints were opened again.
///
/// By the desk, by customers who did not accept the decision, and customers who were not satisfied on the call-back.
#[utoipa::path(get, path = "/api/v1/reports/reopen", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<reopen::ReopenRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_reopen(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<reopen::Reopen>(ctx, query.0, accepted).await
}

/// Report root causes.
///
/// The causes on our side, the commonest first, with what they make up together (Pareto); of complaints that stayed closed.
#[utoipa::path(get, path = "/api/v1/reports/causes", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<causes::CausesRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_causes(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<causes::Causes>(ctx, query.0, accepted).await
}

/// Report what each of us did.
///
/// `value` is the handle. For planning work, not for ranking people; reading it is told to the audit.
#[utoipa::path(get, path = "/api/v1/reports/agents", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<agents::AgentsRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_agents(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<agents::Agents>(ctx, query.0, accepted).await
}

/// Report when complaints come in.
///
/// By hour and day of the week, in the desk's zone, of the whole time together; `by` is not looked at. Every property is as it is
/// now, the customer type too.
#[utoipa::path(get, path = "/api/v1/reports/arrivals", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<arrivals::ArrivalsRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_arrivals(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<arrivals::Arrivals>(ctx, query.0, accepted).await
}

/// Report what comes due in the next hours.
///
/// Deadlines of the next four hours, by half hours from now on: `from`, `to` and `by` are not looked at.
#[utoipa::path(get, path = "/api/v1/reports/ahead", tag = "reports", params(ReportQuery),
    responses((status = 200, description = "The report.", content(
        (Report<ahead::AheadRow> = "application/json"),
        (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
pub(super) async fn report_ahead(ctx: Ctx, query: Query<ReportQuery>, accepted: Accepted) -> Result<HttpResponse> {
    serve::<ahead::DueAhead>(ctx, query.0, accepted).await
}

/// Which period to review.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReviewQuery {
    /// The first day, in the desk's zone; 29 days before `to` when left out.
    from: Option<NaiveDate>,
    /// The last day; today when left out. At most 400 days.
    to: Option<NaiveDate>,
    /// In which language; the desk's own when left out.
    language: Option<Language>,
}

/// Get the management review.
///
/// What management reviews (ISO 10002, 8.6), beside the period before: one page with charts and tables, without scripts and
/// with nothing from elsewhere, ready to be printed. Getting it is told to the audit.
#[utoipa::path(get, path = "/api/v1/reports/review", tag = "reports", params(ReviewQuery),
    responses((status = 200, description = "The page.", content_type = "text/html", body = String)))]
pub(super) async fn get_review(ctx: Ctx, query: Query<ReviewQuery>) -> Result<HttpResponse> {
    let ReviewQuery { from, to, language } = query.0;
    let language = language.unwrap_or_else(|| match ctx.app.policy.default_language.starts_with("zh") {
        true => Language::Zh,
        false => Language::En,
    });
    let (found, now) = ctx
        .read(move |conn, act| Ok((review::review(conn, act, ReviewForm { from, to })?, act.now)))
        .await?;
    let fields = serde_json::json!({ "report": "review", "from": found.from, "to": found.to, "format": "html" });
    ctx.disclose(Event::about_many(ObjectKind::Report, "report.exported").with(fields))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, page::content_security_policy()))
        .content_type("text/html; charset=utf-8")
        .body(page::page(&found, language, now)?))
}
