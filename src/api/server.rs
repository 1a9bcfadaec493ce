//! The HTTP server.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App as HttpApp, HttpResponse, HttpServer, web};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::edge::Edge;
use super::extract::BodyLimit;
use super::{answer, auth, headers, limits, observe, openapi, routes};
use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::settings::edge::EdgeSettings;
use crate::web as web_pages;

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// HTTP threads; 0 for one for each processor.
    pub threads: usize,
    /// How long requests in progress may take to finish on shutdown.
    pub shutdown: Duration,
    /// The largest request body, bytes.
    pub body_limit: usize,
    /// The side that is turned to strangers.
    pub edge: EdgeSettings,
    /// Whether SIGTERM and SIGINT stop the server.
    pub signals: bool,
}

/// A server on `listener`. It stops on SIGTERM: it accepts no more, and finishes what it has.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(app: App, listener: TcpListener, options: &Options) -> Result<Server> {
    let limit = options.body_limit;
    let edge = Edge::new(&options.edge, &app.clock);
    edge.limits.keep_small();
    let origins = options.edge.cors_origins.clone();
    let mut server = HttpServer::new(move || {
        HttpApp::new()
            .app_data(web::Data::new(app.clone()))
            .app_data(web::Data::new(BodyLimit(limit)))
            .app_data(web::Data::new(edge.clone()))
            .wrap(from_fn(limits::by_principal))
            .wrap(from_fn(auth::authorise))
            .wrap(from_fn(limits::by_address))
            .wrap(Condition::new(!origins.is_empty(), headers::cors(&origins)))
            .wrap(from_fn(headers::guard))
            .wrap(from_fn(web_pages::errors::as_pages))
            .wrap(from_fn(observe::observe))
            .configure(routes::configure)
            .configure(web_pages::routes::configure)
            .route("/docs", web::get().to(to_docs))
            .route("/openapi.json", web::get().to(openapi::serve))
            .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")))
            .default_service(web::to(nothing_here))
    })
    .shutdown_timeout(options.shutdown.as_secs())
    .client_request_timeout(Duration::from_secs(options.edge.header_seconds.into()))
    .client_disconnect_timeout(Duration::from_secs(5))
    .max_connections(usize::try_from(options.edge.max_connections).unwrap_or(usize::MAX))
    .keep_alive(Duration::from_secs(75));
    if options.threads > 0 {
        server = server.workers(options.threads);
    }
    if !options.signals {
        server = server.disable_signals();
    }
    Ok(server
        .listen(listener)
        .map_err(|e| Error::internal(format!("cannot listen: {e}")))?
        .run())
}

async fn to_docs() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header(("location", "/docs/"))
        .finish()
}

async fn nothing_here() -> Result<HttpResponse> {
    Err(Error::problem(Code::NotFound, answer::NOTHING_HERE))
}
