//! Signing in at an OpenID Connect provider: the code flow with PKCE, state and nonce. What the provider
//! says comes out as [`Claims`]; who that is here is for the domain to say.

mod http;

use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AccessToken, AdditionalClaims, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use self::http::Http;
pub use self::http::set_up_tls;
use crate::clock::{Clock, Moment};
use crate::domain::staff::sign_in::open_id::Claims;
use crate::error::{Code, Error, Result};

/// How long the provider's metadata and keys are believed.
const BELIEVED: Duration = Duration::from_secs(3600);
/// Keys that do not fit are asked for again, but not more often than this.
const DOUBTED_AFTER: Duration = Duration::from_secs(60);

/// What this service and the provider know of each other.
#[derive(Clone)]
pub struct Registration {
    /// The provider's issuer identifier.
    pub issuer: String,
    /// The name of this service there.
    pub client_id: String,
    /// Its secret there, if it has one.
    pub client_secret: Option<String>,
    /// Where the provider sends people back to.
    pub redirect_url: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that says which roles somebody has.
    pub role_claim: String,
}

/// An OpenID provider. Clones share what is known of it.
#[derive(Clone)]
pub struct Provider {
    registration: Arc<Registration>,
    http: Http,
    known: Arc<Mutex<Option<(Instant, CoreProviderMetadata)>>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Provider").field(&self.registration.issuer).finish()
    }
}

/// What a browser keeps, sealed, while it is at the provider.
#[derive(Clone, Serialize, Deserialize)]
pub struct Flow {
    /// Comes back with the browser: the answer belongs to the question.
    pub state: String,
    /// Comes back in the token: it was made for this sign-in.
    pub nonce: String,
    /// Proves to the provider that the code is used by the one who asked.
    pub verifier: String,
    /// When it began.
    pub begun_at: Moment,
}

/// Every claim that is not a standard one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct OtherClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Relying = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

fn unavailable(error: impl std::fmt::Display) -> Error {
    tracing::warn!(%error, "the OpenID provider does not answer as it should");
    Error::problem(
        Code::OpenIdUnavailable,
        "the provider cannot be reached, or answers unexpectedly",
    )
}

fn failed(why: &str) -> Error {
    Error::problem(Code::OpenIdFailed, why)
}

impl Provider {
    /// A provider that is reached by TLS, or, for trying things out, on this machine.
    ///
    /// # Errors
    /// When an address cannot be read, or goes over the network without TLS.
    pub fn new(registration: Registration) -> Result<Self> {
        let wrong = |e: &dyn std::fmt::Display| Error::internal(format!("oidc_issuer: {e}"));
        let issuer = Url::parse(&registration.issuer).map_err(|e| wrong(&e))?;
        let here = matches!(issuer.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let by_tls = issuer.scheme() == "https";
        if !(by_tls || here && issuer.scheme() == "http") {
            return Err(wrong(&"the provider must be reached by https"));
        }
        RedirectUrl::new(registration.redirect_url.clone()).map_err(|e| wrong(&e))?;
        Ok(Self {
            http: Http::new(by_tls)?,
            registration: Arc::new(registration),
            known: Arc::default(),
        })
    }

    /// What is known of the provider, asked for again when it is older than `believed`.
    async fn metadata(&self, believed: Duration) -> Result<CoreProviderMetadata> {
        let mut known = self.known.lock().await;
        if let Some((since, metadata)) = known.as_ref()
            && since.elapsed() < believed
        {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.registration.issuer.clone()).map_err(unavailable)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(unavailable)?;
        *known = Some((Clock::tick(), metadata.clone()));
        Ok(metadata)
    }

    fn relying(&self, metadata: CoreProviderMetadata) -> Result<Relying> {
        let known = &self.registration;
        let secret = known.client_secret.clone().map(ClientSecret::new);
        let redirect = RedirectUrl::new(known.redirect_url.clone()).map_err(Error::internal)?;
        let client = Relying::from_provider_metadata(metadata, ClientId::new(known.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect))
    }

    /// Begins a sign-in: where to send the browser, and what it has to keep meanwhile.
    ///
    /// # Errors
    /// `auth.open_id_unavailable`.
    pub async fn begin(&self, now: Moment) -> Result<(String, Flow)> {
        let client = self.relying(self.metadata(BELIEVED).await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let scopes = self.registration.scopes.iter().cloned().map(Scope::new);
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let flow = Flow {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            begun_at: now,
        };
        Ok((url.to_string(), flow))
    }

    /// Ends a sign-in: exchanges the code and checks the token.
    ///
    /// # Errors
    /// `auth.open_id_failed`, `auth.open_id_unavailable`.
    pub async fn finish(&self, flow: &Flow, code: String) -> Result<Claims> {
        let client = self.relying(self.metadata(BELIEVED).await?)?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unavailable)?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => {
                    tracing::info!(error = %answer.error(), "the OpenID provider refuses a code");
                    failed("the provider refuses the code")
                }
                other => unavailable(other),
            })?;
        let token = tokens
            .id_token()
            .ok_or_else(|| failed("the provider sent no ID token"))?;
        let nonce = Nonce::new(flow.nonce.clone());
        let claims = match token.claims(&client.id_token_verifier(), &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                // The provider may have changed its keys since.
                let newer = self.relying(self.metadata(DOUBTED_AFTER).await?)?;
                token.claims(&newer.id_token_verifier(), &nonce).cloned()
            }
            other => other.cloned(),
        }
        .map_err(|error| {
            tracing::warn!(%error, "an ID token does not hold");
            failed("the ID token does not hold")
        })?;
        let mut found = Claims {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified() == Some(true),
            name: claims
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.to_string()),
            preferred_username: claims.preferred_username().map(|name| name.to_string()),
            roles: self.roles(claims.additional_claims()),
        };
        if found.roles.is_empty() || found.email.is_none() {
            self.ask_further(&client, tokens.access_token(), claims.subject(), &mut found)
                .await?;
        }
        Ok(found)
    }

    /// Many providers put e-mail and roles not into the token but behind the access token.
    async fn ask_further(
        &self,
        client: &Relying,
        access: &AccessToken,
        subject: &SubjectIdentifier,
        found: &mut Claims,
    ) -> Result<()> {
        let Ok(request) = client.user_info(access.clone(), Some(subject.clone())) else {
            return Ok(());
        };
        let told: UserInfoClaims<OtherClaims, CoreGenderClaim> =
            request.request_async(&self.http).await.map_err(unavailable)?;
        if found.roles.is_empty() {
            found.roles = self.roles(told.additional_claims());
        }
        if found.email.is_none() {
            found.email = told.email().map(|email| email.to_string());
            found.email_verified = told.email_verified() == Some(true);
        }
        if found.name.is_none() {
            found.name = told.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        }
        if found.preferred_username.is_none() {
            found.preferred_username = told.preferred_username().map(|name| name.to_string());
        }
        Ok(())
    }

    /// The values of the role claim: one text, or a list of them.
    fn roles(&self, claims: &OtherClaims) -> Vec<String> {
        match claims.all.get(&self.registration.role_claim) {
            Some(Value::String(role)) => vec![role.clone()],
            Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}
