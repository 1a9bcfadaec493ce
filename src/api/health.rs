//! Is it alive, is it ready, what are the figures.

use std::sync::Arc;

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::desk_figures;
use crate::app::App;
use crate::clock::Moment;
use crate::db::{dialect, migrate};
use crate::domain::complaints::{call_backs, listing};
use crate::domain::notifications;
use crate::domain::reporting::desk;
use crate::domain::typing::report;
use crate::error::{Error, Result};

/// Whether the process is alive.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Liveness {
    /// Always `alive`.
    #[schema(example = "alive")]
    status: &'static str,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// One part that the service needs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Part {
    /// Which part.
    #[schema(example = "database")]
    name: &'static str,
    /// Whether it works.
    ready: bool,
    /// More about it.
    #[schema(example = "SQLite 3.53.0")]
    detail: String,
}

/// Whether the service can do its work, part by part.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// Whether every part works.
    ready: bool,
    /// The parts.
    parts: Vec<Part>,
}

/// Whether the process is alive.
///
/// Asks nothing of anybody else: a lost database does not make an orchestrator restart the process.
#[utoipa::path(get, path = "/livez", tag = "operations", responses((status = 200, description = "It is.", body = Liveness)))]
pub(super) async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Liveness {
        status: "alive",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Whether the service can do its work.
///
/// Names the part that fails.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "Every part works.", body = Readiness),
    (status = 503, description = "A part fails.", body = Readiness, content_type = "application/json"),
))]
pub(super) async fn get_readiness(app: web::Data<App>) -> HttpResponse {
    let database = app.db.read(dialect::version).await;
    let schema = app.db.read(migrate::is_pending).await;
    let parts = vec![
        match database {
            Ok(version) => Part {
                name: "database",
                ready: true,
                detail: version,
            },
            Err(error) => failing("database", &error),
        },
        match schema {
            Ok(false) => Part {
                name: "schema",
                ready: true,
                detail: "up to date".to_owned(),
            },
            Ok(true) => Part {
                name: "schema",
                ready: false,
                detail: "migrations are waiting: run `hark migrate`".to_owned(),
            },
            Err(error) => failing("schema", &error),
        },
    ];
    let ready = parts.iter().all(|part| part.ready);
    let mut builder = if ready {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    builder.json(Readiness { ready, parts })
}

fn failing(name: &'static str, error: &Error) -> Part {
    tracing::error!(part = name, %error, "not ready");
    Part {
        name,
        ready: false,
        detail: "does not answer; the log has the cause".to_owned(),
    }
}

/// Figures for Prometheus.
///
/// Text exposition format. Holds no personal data.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, description = "The figures.", body = String, content_type = "text/plain"),
))]
pub(super) async fn get_metrics(app: web::Data<App>) -> Result<HttpResponse> {
    let now = app.clock.now();
    app.metrics.set_streams(app.live.open());
    // Each part is worth having all the more when another is in trouble.
    without("the database", take_counts(&app, now).await);
    without("the proposals", take_proposals(&app, now).await);
    let mut text = app.metrics.text()?;
    if let Some(figures) = without("the desk", desk(&app, now).await) {
        text.push_str(&figures);
    }
    Ok(HttpResponse::Ok().insert_header(ContentType::plaintext()).body(text))
}

fn without<T>(part: &str, read: Result<T>) -> Option<T> {
    read.inspect_err(|error| tracing::warn!(%error, "figures without those of {part}"))
        .ok()
}

async fn take_counts(app: &App, now: Moment) -> Result<()> {
    let read = app.db.read(move |conn| {
        Ok((
            listing::counts(conn, now)?,
            call_backs::about_to_end(conn, now, listing::COUNTED)?,
            notifications::waiting(conn, listing::COUNTED)?,
        ))
    });
    let (counts, ends, waiting) = read.await?;
    app.metrics.set_counts(&counts);
    app.metrics.set_due(now, &ends);
    app.metrics.outbox.set(now, waiting);
    Ok(())
}

async fn take_proposals(app: &App, now: Moment) -> Result<()> {
    if app.metrics.typing.is_due(now) {
        let figures = app.db.read(move |conn| report::recent(conn, now)).await?;
        app.metrics.typing.set_recent(&figures);
    }
    Ok(())
}

/// The desk's own figures, at most a few seconds old: several who ask at once cost as much as one.
async fn desk(app: &App, now: Moment) -> Result<String> {
    if let Some(figures) = app.desk_figures.fresh(now) {
        return Ok(figures);
    }
    let policy = Arc::clone(&app.policy);
    let read = app.db.read(move |conn| desk::read(conn, &policy, now)).await?;
    let text = desk_figures::text(&read, now);
    app.desk_figures.keep(now, &text);
    Ok(text)
}
