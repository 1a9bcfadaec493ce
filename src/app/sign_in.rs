//! Signing in and what belongs to it, in the turns it takes: the database, the slow hash, the database.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{App, BELIEVED};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::sign_in::open_id::{self, Claims};
use crate::domain::staff::sign_in::passwords::{self, Verdict};
use crate::domain::staff::sign_in::refusals::{self, Tried};
use crate::domain::staff::sign_in::sessions::{self, Known, Method, Opened, Session};
use crate::domain::staff::sign_in::throttle::{self, Counters};
use crate::domain::staff::sign_in::{
    self, ChangePasswordForm, Invited, SignInForm, Surroundings, devices, invitations,
};
use crate::domain::staff::tokens::{Secret, hash};
use crate::domain::staff::{Act, Actor};
use crate::error::{Code, Error, Result};
use crate::ids::StaffId;
use crate::open_id::Provider;

/// How often a session's last use is written down.
const SEEN_EVERY: TimeDelta = TimeDelta::seconds(60);

/// How people reach the service.
#[derive(Debug, Clone, Default)]
pub struct Front {
    /// Whether cookies are for TLS only.
    pub secure_cookies: bool,
    /// Where people reach the service, without a slash at the end.
    pub public_url: Option<String>,
    /// The OpenID provider, if there is one.
    pub provider: Option<Provider>,
}

/// Who is signed in, and in which session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who acts.
    pub actor: Arc<Actor>,
    /// What they are called.
    pub called: Arc<str>,
    /// In which session.
    pub session: Arc<Session>,
    /// What a page sends along with its changes.
    pub csrf_token: Arc<str>,
}

/// A sign-in that succeeded.
#[derive(Debug, Clone)]
pub struct Welcome {
    /// The session.
    pub opened: Opened,
    /// The cookie by which the browser is known from now on.
    pub device: String,
}

impl App {
    /// Whose session a cookie belongs to.
    ///
    /// # Errors
    /// `auth.required` when the session is unknown or over.
    pub async fn authenticate_session(&self, secret: &str) -> Result<SignedIn> {
        let now = self.clock.now();
        let hash = hash(secret);
        if let Some(signed_in) = self.sessions.get(&hash, now) {
            return Ok(signed_in);
        }
        let since = self.sessions.since();
        let (policy, secret) = (Arc::clone(&self.policy), secret.to_owned());
        let found = self
            .db
            .read(move |conn| sessions::authenticate(conn, now, &policy, &secret))
            .await?;
        let Some(known) = found else {
            return Err(Error::problem(Code::Unauthenticated, "the session is unknown or over"));
        };
        if known.last_seen_at + SEEN_EVERY <= now {
            self.note_session_use(now, &known);
        }
        let until = known
            .good_until
            .min(now + TimeDelta::from_std(BELIEVED).unwrap_or_default());
        let signed_in = SignedIn {
            actor: Arc::new(known.actor),
            called: known.called.into(),
            csrf_token: sessions::csrf_token(&self.keys, known.session.id).into(),
            session: Arc::new(known.session),
        };
        self.sessions.believe(&since, &hash, signed_in.clone(), until);
        Ok(signed_in)
    }

    /// Whose session a cookie belongs to, without counting as a use of it: of a stream that is open by itself.
    ///
    /// # Errors
    /// `auth.required` when the session is unknown or over.
    pub async fn look_at_session(&self, secret: &str) -> Result<Arc<Actor>> {
        let now = self.clock.now();
        if let Some(signed_in) = self.sessions.get(&hash(secret), now) {
            return Ok(signed_in.actor);
        }
        let (policy, secret) = (Arc::clone(&self.policy), secret.to_owned());
        let found = self
            .db
            .read(move |conn| sessions::authenticate(conn, now, &policy, &secret))
            .await?;
        let known = found.ok_or_else(|| Error::problem(Code::Unauthenticated, "the session is unknown or over"))?;
        Ok(Arc::new(known.actor))
    }

    /// Writes down that a session is in use; nobody waits for it.
    fn note_session_use(&self, now: Moment, known: &Known) {
        let (db, id) = (self.db.clone(), known.session.id);
        tokio::spawn(async move {
            if let Err(error) = db.write(move |conn| sessions::seen(conn, now, id)).await {
                tracing::warn!(%error, "cannot note that a session is in use");
            }
        });
    }

    /// Signs a person in. A try counts as a failure from its beginning until it has succeeded.
    ///
    /// # Errors
    /// `auth.sign_in_refused`, `auth.code_required`, `auth.too_many_tries`.
    pub async fn sign_in(
        &self,
        act: Act,
        form: SignInForm,
        around: Surroundings,
        device: Option<String>,
    ) -> Result<Welcome> {
        let (tried, by) = (Tried::Handle(form.handle.clone()), act.clone());
        let opened = self.sign_in_by_password(act, form, around, device).await;
        opened.map_err(|error| self.turn_away(&by, tried, error))
    }

    async fn sign_in_by_password(
        &self,
        act: Act,
        form: SignInForm,
        around: Surroundings,
        device: Option<String>,
    ) -> Result<Welcome> {
        let known = devices::known(&self.keys, device.as_deref(), &form.handle, act.now);
        let counters = Counters::of(&self.keys, &form.handle, act.address, known);
        self.count_try(act.now, &counters).await?;
        let handle = form.handle.clone();
        let candidate = self.db.read(move |conn| sign_in::candidate(conn, &handle)).await?;
        let (verdict, better) = self.compare(&form.password, &candidate.hash).await?;
        let person = match (verdict, candidate.person) {
            (Verdict::Right | Verdict::RightButOld, Some(person)) => person,
            _ => return Err(sign_in::refused()),
        };
        let handle = person.handle.clone();
        let keys = self.keys.clone();
        let opened = self
            .db
            .write(move |conn| {
                let code = form.code.as_ref().map(Secret::reveal);
                let opened = sign_in::finish(conn, &act, &keys, person.id, code, &around)?;
                if let Some(better) = &better {
                    sign_in::rehash(conn, person.id, &candidate.hash, better)?;
                }
                throttle::forgive(conn, &counters)?;
                Ok(opened)
            })
            .await?;
        self.metrics.sign_ins.with_label_values(&["ok"]).inc();
        self.doubt_sessions();
        let device = devices::noted(&self.keys, device.as_deref(), &handle, self.clock.now());
        Ok(Welcome { opened, device })
    }

    /// Signs in somebody whom the OpenID provider vouches for.
    ///
    /// # Errors
    /// `auth.open_id_refused`.
    pub async fn sign_in_by_open_id(&self, act: Act, claims: Claims, around: Surroundings) -> Result<Opened> {
        let by = act.clone();
        let opened = self
            .db
            .write(move |conn| {
                // Nobody has signed in yet: what is changed on the way is changed by Hark.
                let own = Act {
                    actor: Arc::new(Actor::system()),
                    ..act.clone()
                };
                let member = open_id::admit(conn, &own, &claims)?;
                sign_in::begin_session(conn, &act, &member, Method::OpenId, &around)
            })
            .await
            .map_err(|error| self.turn_away(&by, Tried::OpenId, error))?;
        self.metrics.sign_ins.with_label_values(&["ok"]).inc();
        self.doubt_all_tokens();
        Ok(opened)
    }

    /// Counts what did not succeed, and tells the audit, which nobody waits for: the time that an answer takes must
    /// not say whether there is such an account.
    pub(crate) fn turn_away(&self, act: &Act, tried: Tried, error: Error) -> Error {
        let why = error.code();
        self.metrics.sign_ins.with_label_values(&[why.as_str()]).inc();
        if refusals::is_told(why) {
            let (db, keys, act) = (self.db.clone(), self.keys.clone(), act.clone());
            tokio::spawn(async move {
                let told = db
                    .write(move |conn| refusals::tell(conn, &act, &keys, &tried, why))
                    .await;
                if let Err(error) = told {
                    tracing::error!(%error, "the audit could not be told of a sign-in that was refused");
                }
            });
        }
        error
    }

    async fn count_try(&self, now: Moment, counters: &Counters) -> Result<()> {
        let counters = counters.clone();
        self.db.write(move |conn| throttle::take(conn, now, &counters)).await
    }

    /// Compares a password with a hash; gives a better hash of the same password where that one is out of date.
    async fn compare(&self, password: &Secret, hash: &str) -> Result<(Verdict, Option<String>)> {
        let (password, hash) = (password.clone(), hash.to_owned());
        self.metrics.password_checks.inc();
        self.heavy
            .run(move || {
                let verdict = passwords::compare(password.reveal(), &hash)?;
                let better = match verdict {
                    Verdict::RightButOld => Some(passwords::hash(password.reveal())?),
                    Verdict::Right | Verdict::Wrong => None,
                };
                Ok((verdict, better))
            })
            .await
    }

    /// The person who is signed in shows their password again. Those who have none need not.
    ///
    /// # Errors
    /// `auth.password_wrong`, `auth.too_many_tries`.
    pub async fn prove_password(&self, act: &Act, person: StaffId, password: Option<&Secret>) -> Result<()> {
        let has = self.db.read(move |conn| sign_in::has_password(conn, person)).await?;
        if !has {
            return Ok(());
        }
        let shown = self.compare_own(act.now, person, password).await;
        shown.map_err(|error| self.turn_away(act, Tried::Own(person), error))
    }

    async fn compare_own(&self, now: Moment, person: StaffId, password: Option<&Secret>) -> Result<()> {
        let counters = Counters::own(&self.keys, person);
        self.count_try(now, &counters).await?;
        let hash = self.db.read(move |conn| sign_in::own_hash(conn, person)).await?;
        let given = password.cloned().unwrap_or_else(|| Secret::new(String::new()));
        match self.compare(&given, &hash).await? {
            (Verdict::Wrong, _) => Err(Error::problem(
                Code::PasswordWrong,
                "the password is not that of the account",
            )),
            _ => self.db.write(move |conn| throttle::forgive(conn, &counters)).await,
        }
    }

    /// A person who is signed in shows a code, for which `work` asks: counted as a failure until it was right.
    ///
    /// # Errors
    /// `auth.too_many_tries`, `auth.code_wrong`, and what `work` answers.
    pub async fn with_code<T, F>(&self, act: &Act, person: StaffId, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &Act) -> Result<T> + Send + 'static,
    {
        let shown = self.try_code(act.clone(), person, work).await;
        shown.map_err(|error| self.turn_away(act, Tried::Own(person), error))
    }

    async fn try_code<T, F>(&self, act: Act, person: StaffId, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &Act) -> Result<T> + Send + 'static,
    {
        let counters = Counters::own(&self.keys, person);
        self.count_try(act.now, &counters).await?;
        let done = self.db.write(move |conn| work(conn, &act)).await?;
        // The code was right, and with it everything that may be done has changed.
        self.doubt_sessions();
        self.db.write(move |conn| throttle::forgive(conn, &counters)).await?;
        Ok(done)
    }

    /// Sets another password for the person who is signed in. Gives the new secret of their session.
    ///
    /// # Errors
    /// `auth.password_wrong`, `auth.no_password`, `auth.too_many_tries`, `request.invalid`.
    pub async fn change_password(&self, act: Act, session: &Session, form: ChangePasswordForm) -> Result<Secret> {
        let (own, person) = (session.id, session.staff_id);
        self.db.read(move |conn| sign_in::own_hash(conn, person)).await?;
        self.prove_password(&act, person, Some(&form.current)).await?;
        let member = self.db.read(move |conn| people::load(conn, person)).await?;
        let hash = self.new_hash("/new", form.new, member).await?;
        let secret = self
            .db
            .write(move |conn| sign_in::change_password(conn, &act, own, person, &hash))
            .await?;
        self.doubt_sessions();
        Ok(secret)
    }

    /// Sets the password that a link is for.
    ///
    /// # Errors
    /// `resource.not_found`, `request.invalid`.
    pub async fn redeem_link(&self, act: Act, token: String, password: Secret) -> Result<Invited> {
        let (now, known) = (act.now, token.clone());
        let member = self
            .db
            .read(move |conn| invitations::member_of(conn, now, &known))
            .await?;
        let hash = self.new_hash("/password", password, member).await?;
        let keys = self.keys.clone();
        let invited = self
            .db
            .write(move |conn| invitations::redeem(conn, &act, &keys, &token, &hash))
            .await?;
        self.doubt_sessions();
        Ok(invited)
    }

    /// The hash of a new password that is good enough.
    async fn new_hash(&self, pointer: &'static str, password: Secret, member: StaffMember) -> Result<String> {
        self.heavy
            .run(move || {
                let mut check = Check::new();
                let email = member.email.unwrap_or_default();
                let own = [member.handle.as_str(), &member.name, &email];
                passwords::check(&mut check, pointer, password.reveal(), &own);
                check.finish(())?;
                passwords::hash(password.reveal())
            })
            .await
    }

    /// Forgets which sessions were good; after one ended, or somebody may do something else than before.
    pub fn doubt_sessions(&self) {
        self.sessions.doubt();
    }
}
