//! Serving, and doing the background work.

use std::net::TcpListener;
use std::time::Duration;

use super::{people, say};
use crate::api::server::{self, Options};
use crate::app::App;
use crate::clock::Clock;
use crate::db::{Db, migrate};
use crate::domain::staff::tokens;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::settings::Settings;
use crate::worker::Worker;

fn app(settings: &Settings) -> Result<App> {
    let target = settings.target()?;
    let done = migrate::migrate(&target)?;
    if done > 0 {
        tracing::info!(migrations = done, "the schema is up to date");
    }
    let db = Db::open(&target, settings.connections_to(&target))?;
    let files = Files::open(&settings.edge, &settings.data_dir)?;
    let app = App::new(db, Clock::System, settings.policy(), settings.keys()?)?;
    Ok(app.with_front(settings.front()?).with_files(files))
}

fn worker_of(app: &App, settings: &Settings) -> Worker {
    Worker::new(app.clone(), Duration::from_secs(settings.job_seconds.into()))
}

/// Migrates, serves HTTP, and does the background work unless it is left to another process.
pub(super) fn serve(settings: &Settings, with_worker: bool) -> Result<()> {
    // First: a port that is taken should not leave anything behind.
    let listener = TcpListener::bind(settings.bind)
        .map_err(|e| Error::internal(format!("bind: cannot listen on {}: {e}", settings.bind)))?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let app = app(settings)?;
    let act = app.own_act();
    let keys = app.keys.clone();
    let first = app.db.write_blocking(move |conn| {
        let Some(token) = tokens::create_first(conn, &act)? else {
            return Ok(None);
        };
        Ok(Some((token, people::first_administrator(conn, &act, &keys)?)))
    })?;
    let base = settings.base_url(address);
    let options = Options {
        threads: settings.http_threads.into(),
        shutdown: Duration::from_secs(settings.shutdown_seconds.into()),
        body_limit: settings.body_limit,
        edge: settings.edge.clone(),
        signals: true,
    };
    actix_web::rt::System::new().block_on(async move {
        app.db.share_threads();
        let worker = with_worker.then(|| worker_of(&app, settings));
        let background = worker
            .clone()
            .map(|worker| actix_web::rt::spawn(async move { worker.run().await }));
        let server = actix_web::rt::spawn(server::server(app.clone(), listener, &options)?);
        // Its first turn sets up the signals: who reads the next line may already stop us.
        tokio::task::yield_now().await;
        let live = app.live.clone();
        // Streams never end by themselves: the server would wait for them until its patience ends.
        actix_web::rt::spawn(async move {
            if signalled().await.is_ok() {
                live.close();
            }
        });
        say(&format!("Hark listens on http://{address} ({:?})", app.db.target()));
        if let Some((token, invited)) = &first {
            let link = invited.as_ref().map(|made| people::link(&base, made));
            say(&welcome(&base, token.secret.reveal(), link.as_deref()));
        }
        server
            .await
            .map_err(Error::internal)?
            .map_err(|e| Error::internal(format!("the server failed: {e}")))?;
        if let Some(worker) = worker {
            worker.stop();
        }
        if let Some(background) = background {
            background
                .await
                .map_err(|e| Error::internal(format!("the worker failed: {e}")))?;
        }
        tracing::info!("stopped");
        Ok(())
    })
}

/// Does only the background work, until SIGTERM.
pub(super) fn worker(settings: &Settings) -> Result<()> {
    let app = app(settings)?;
    actix_web::rt::System::new().block_on(async move {
        app.db.share_threads();
        let worker = worker_of(&app, settings);
        let run = worker.clone();
        let background = actix_web::rt::spawn(async move { run.run().await });
        say("Hark does the background work.");
        signalled().await?;
        worker.stop();
        background
            .await
            .map_err(|e| Error::internal(format!("the worker failed: {e}")))?;
        tracing::info!("stopped");
        Ok(())
    })
}

#[cfg(unix)]
async fn signalled() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate()).map_err(Error::internal)?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        ended = tokio::signal::ctrl_c() => ended.map_err(Error::internal),
    }
}

#[cfg(not(unix))]
async fn signalled() -> Result<()> {
    tokio::signal::ctrl_c().await.map_err(Error::internal)
}

/// What the one who starts Hark for the first time needs to know.
fn welcome(url: &str, secret: &str, link: Option<&str>) -> String {
    let person = link.map_or_else(String::new, |link| {
        format!(
            "
  The first administrator is called `admin`. Open this page, once, within three days, and choose
  the password:

      {link}

  After that, sign in at  {url}/sign-in

  More people: hark admin create-person --handle HANDLE --name NAME --role agent
"
        )
    });
    format!(
        "
  Welcome to  {url}/
{person}
  Programs use a token. This one may do everything, works for a year, and is not shown again; the
  API is described at  {url}/docs/

      {secret}

  More tokens: hark admin create-token --name NAME --role agent
"
    )
}
