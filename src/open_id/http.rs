//! The way to the provider: no redirects (they could lead to addresses inside), short patience, small answers.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};

use crate::error::{Error, Result};

/// How long the provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer, bytes.
const LARGEST: usize = 1024 * 1024;

/// Says once for the process which code encrypts; later calls change nothing.
pub fn set_up_tls() {
    // An error means that somebody has said so already.
    let _already = rustls::crypto::ring::default_provider().install_default();
}

/// The client. Clones share its connections.
#[derive(Clone)]
pub(super) struct Http(reqwest::Client);

/// Why the provider could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Transport(#[from] reqwest::Error),
    #[error("{0}")]
    Shape(#[from] http::Error),
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
}

impl Http {
    pub(super) fn new(tls_only: bool) -> Result<Self> {
        set_up_tls();
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .https_only(tls_only)
            .connect_timeout(PATIENCE / 2)
            .timeout(PATIENCE)
            .build()
            .map(Self)
            .map_err(|e| Error::internal(format!("oidc_issuer: {e}")))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut builder = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            builder = builder.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Failure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(builder.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
