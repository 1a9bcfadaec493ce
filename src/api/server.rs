//! The HTTP server.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App as HttpApp, HttpResponse, HttpServer, web};
use utoipa_swagger_ui::SwaggerUi;

use super::extract::BodyLimit;
use super::{answer, auth, observe, openapi, routes};
use crate::app::App;
use crate::error::{Code, Error, Result};

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// HTTP threads; 0 for one for each processor.
    pub threads: usize,
    /// How long requests in progress may take to finish on shutdown.
    pub shutdown: Duration,
    /// The largest request body, bytes.
    pub body_limit: usize,
    /// Whether SIGTERM and SIGINT stop the server.
    pub signals: bool,
}

/// A server on `listener`. It stops on SIGTERM: it accepts no more, and finishes what it has.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(app: App, listener: TcpListener, options: &Options) -> Result<Server> {
    let document = openapi::document()?;
    let limit = options.body_limit;
    let mut server = HttpServer::new(move || {
        HttpApp::new()
            .app_data(web::Data::new(app.clone()))
            .app_data(web::Data::new(BodyLimit(limit)))
            .wrap(from_fn(auth::authorise))
            .wrap(from_fn(observe::observe))
            .configure(routes::configure)
            .route("/", web::get().to(to_docs))
            .route("/docs", web::get().to(to_docs))
            .service(SwaggerUi::new("/docs/{_:.*}").external_url_unchecked("/openapi.json", document.clone()))
            .default_service(web::to(nothing_here))
    })
    .shutdown_timeout(options.shutdown.as_secs())
    .client_request_timeout(Duration::from_secs(10))
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
