//! One error type, and the table of every problem Hark can answer with.
//!
//! A *problem* is expected: the caller can do something about it. It carries a stable [`Code`],
//! and travels as `application/problem+json` (RFC 9457). Everything else is an internal error:
//! its text goes to the log under the request id, never to the caller.

mod conflict;

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::conflict::{ChangeSince, Conflict};

/// What every fallible operation answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $status:literal $word:literal $title:literal),+ $(,)?) => {
        /// Every problem Hark answers with. The words are stable: programs may match on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant),+ }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The HTTP status that goes with the problem.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// The stable word, as in the member `code` of a problem document.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The short title, the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What it means and what the caller can do.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+)),+ }
            }
        }
    };
}

codes! {
    /// The request line, a header, the query or the JSON text cannot be read. Mend the request; `errors` says where.
    BadRequest = 400 "request.malformed" "The request cannot be read",
    /// No credentials, or credentials that are unknown, expired or revoked. Send `Authorization: Bearer` with a valid token.
    Unauthenticated = 401 "auth.required" "Sign in first",
    /// The credentials are valid, but their role does not allow this operation.
    Forbidden = 403 "auth.forbidden" "Not allowed",
    /// The role allows this operation, but another team holds the complaint. Ask them, or have it assigned to one of your teams.
    OtherTeam = 403 "auth.other_team" "Another team's complaint",
    /// Signing in did not succeed. The answer is the same for a handle that nobody has, a wrong password, a wrong code and an account that has ended.
    SignInRefused = 401 "auth.sign_in_refused" "Signing in did not succeed",
    /// The password is right; the account also needs a code. Send both, with `code`.
    CodeRequired = 401 "auth.code_required" "A code is needed",
    /// Too many tries have failed. Wait `Retry-After` seconds; a try before that is not looked at.
    TooManyTries = 429 "auth.too_many_tries" "Wait before you try again",
    /// A change with a session cookie must come from a page of this service: with the session's own `X-CSRF-Token`, and not from another site.
    CrossSite = 403 "auth.cross_site" "Not from a page of this service",
    /// Only people have sessions, passwords and second factors; the request carries a service token.
    PeopleOnly = 403 "auth.people_only" "For people who are signed in",
    /// The role asks for a second factor, and the account has none. Set one up under `/api/v1/me/second-factor`; then everything else opens.
    SecondFactorRequired = 403 "auth.second_factor_required" "Set up a second factor first",
    /// The account has a second factor already.
    SecondFactorEnabled = 409 "auth.second_factor_enabled" "There is a second factor",
    /// The account has no second factor, or its set-up was not begun.
    SecondFactorMissing = 409 "auth.second_factor_missing" "There is no second factor",
    /// The code is not the present one, or it was used already. Wait for the next.
    CodeWrong = 422 "auth.code_wrong" "The code is not right",
    /// The password that was sent to confirm the change is not the one of the account.
    PasswordWrong = 422 "auth.password_wrong" "The password is not right",
    /// The account has no password: its owner signs in at the OpenID provider. An administrator can make a link that sets one.
    NoPassword = 409 "auth.no_password" "The account has no password",
    /// Signing in at the OpenID provider was not begun in this browser, took too long, or was broken off. Begin again.
    OpenIdFailed = 400 "auth.open_id_failed" "Signing in at the provider did not succeed",
    /// The OpenID provider vouches for somebody who may not sign in here; `detail` says why.
    OpenIdRefused = 403 "auth.open_id_refused" "Not let in",
    /// The OpenID provider cannot be reached, or does not answer as it should. Try again later.
    OpenIdUnavailable = 503 "auth.open_id_unavailable" "The provider does not answer",
    /// Nobody can give somebody, or change somebody who has, permissions that they do not have themselves. `detail` names one.
    Escalation = 403 "auth.escalation" "More than you may do yourself",
    /// There is nothing at this address, or nothing the caller may see.
    NotFound = 404 "resource.not_found" "Not found",
    /// The address exists, but not for this method. The header `Allow` lists the methods.
    MethodNotAllowed = 405 "request.method_not_allowed" "Method not allowed",
    /// The caller has asked too often. Repeat after `Retry-After` seconds; `RateLimit-Policy` names the limit. Nothing was changed.
    RateLimited = 429 "rate.limited" "Too many requests",
    /// The body did not come in time. Send it faster, or in smaller pieces; nothing was changed.
    TooSlow = 408 "request.too_slow" "The body came too slowly",
    /// The headers together are larger than this service takes.
    HeadersTooLarge = 431 "request.headers_too_large" "The headers are too large",
    /// This address has filed as many complaints without a proof of work as it may. Fetch `GET /api/v1/public/challenge`, solve it, and send the solution as `X-Challenge`.
    ChallengeRequired = 422 "challenge.required" "Solve a challenge first",
    /// The header `X-Challenge` holds no solution of a challenge of this service. Fetch a new challenge.
    ChallengeInvalid = 422 "challenge.invalid" "The challenge is not solved",
    /// The challenge is too old. Fetch a new one.
    ChallengeExpired = 422 "challenge.expired" "The challenge has expired",
    /// The challenge was used for another complaint. Fetch a new one; a repeated request needs its `Idempotency-Key`.
    ChallengeSpent = 409 "challenge.spent" "The challenge was used already",
    /// The content is none of the types that may be attached: JPEG, PNG, WebP, HEIC, PDF, plain text, MP3, M4A, Ogg, WAV, MP4. The name does not matter.
    AttachmentType = 415 "attachment.type_not_allowed" "This type of file cannot be attached",
    /// The complaint has as many attachments as it may, in number or together in size.
    AttachmentsFull = 409 "attachment.too_many" "No more can be attached",
    /// The virus scanner found something in the file. It was not kept.
    AttachmentInfected = 422 "attachment.infected" "The file is infected",
    /// The virus scanner does not answer, and nothing is kept unscanned. Repeat later.
    ScannerDown = 503 "attachment.scanner_down" "The file cannot be scanned now",
    /// The file waits for the virus scanner; nobody can read it before. Repeat later.
    AttachmentQuarantined = 409 "attachment.quarantined" "The file is not scanned yet",
    /// The body is larger than this operation takes.
    TooLarge = 413 "request.too_large" "The body is too large",
    /// The body must be `application/json`.
    UnsupportedMediaType = 415 "request.unsupported_media_type" "Send JSON",
    /// The request was read, but its values do not fit. `errors` names each field by JSON pointer. Nothing was changed.
    Invalid = 422 "request.invalid" "Some values do not fit",
    /// The resource has changed since it was read. Read it again, look at the difference, and repeat with the new `ETag`.
    PreconditionFailed = 412 "request.precondition_failed" "Changed in the meantime",
    /// This change needs `If-Match` with the `ETag` of what was read, so that nobody's work is overwritten unseen.
    PreconditionRequired = 428 "request.precondition_required" "Say which version you read",
    /// The same `Idempotency-Key` was used with another request. Use a new key for a new request.
    IdempotencyMismatch = 422 "idempotency.mismatch" "The key belongs to another request",
    /// A request with the same `Idempotency-Key` is being worked on right now. Repeat it after `Retry-After` seconds.
    IdempotencyInFlight = 409 "idempotency.in_flight" "The same request is in flight",
    /// The complaint is closed. Reopen it first.
    ComplaintClosed = 409 "complaint.closed" "The complaint is closed",
    /// The complaint is open; this is only possible once it is closed.
    ComplaintOpen = 409 "complaint.open" "The complaint is open",
    /// The complaint is waiting for somebody else. Resume it first.
    ComplaintWaiting = 409 "complaint.waiting" "The complaint is waiting",
    /// The complaint is not waiting, so there is nothing to resume.
    ComplaintNotWaiting = 409 "complaint.not_waiting" "The complaint is not waiting",
    /// The seven steps are worked in order: an earlier step is neither done nor skipped. `detail` names it.
    StepOutOfOrder = 409 "procedure.out_of_order" "An earlier step is missing",
    /// The policy does not allow this step to be skipped for this reason. `detail` lists the reasons that are allowed.
    SkipNotAllowed = 422 "procedure.skip_not_allowed" "This step cannot be skipped for that reason",
    /// Step 7 is recorded by promising a call-back and recording its attempts, not by hand.
    CallBackStepByHand = 409 "procedure.call_back_by_hand" "Record the call-back itself",
    /// A complaint cannot be closed while a promise to the customer is open. Keep, reschedule or cancel the call-back first.
    CloseOpenPromise = 409 "closing.open_promise" "A promise is still open",
    /// A complaint cannot be closed before the steps before the call-back are done or skipped with a reason. `detail` names the missing ones.
    CloseStepsMissing = 409 "closing.steps_missing" "Steps are missing",
    /// A complaint cannot be closed before the call-back has an outcome: satisfied, declined by the customer, or unreachable after the policy's attempts.
    CloseWithoutOutcome = 409 "closing.no_call_back_outcome" "The call-back has no outcome",
    /// A complaint cannot be closed while a part of it (a child) is open. Close the parts first, or take them off.
    CloseOpenChildren = 409 "closing.open_children" "A part of it is open",
    /// A decision `duplicate` needs a link to the complaint this one repeats. Link it first.
    CloseNoOriginal = 409 "closing.no_original" "Link the original first",
    /// There already is an open promise for this purpose. Reschedule that one.
    PromiseOpen = 409 "call_back.already_promised" "There is an open promise for this purpose",
    /// The promise is settled; nothing more can be recorded on it. Make a new promise.
    PromiseSettled = 409 "call_back.settled" "The promise is settled",
    /// Another customer already has this phone number, e-mail address or external id.
    ContactTaken = 409 "customer.contact_taken" "Another customer has this contact point",
    /// The processing of this customer's data is restricted (GDPR article 18), or the customer does not share the record with the caller. Ask whoever manages privacy to lift the restriction.
    CustomerRestricted = 409 "customer.restricted" "The customer's record is restricted",
    /// The customer's record was anonymised or erased; nothing can be added to it.
    CustomerAnonymised = 409 "customer.anonymised" "The customer's record is gone",
    /// The personal content of this complaint is gone; it counts in the figures, but cannot be changed any more.
    ComplaintAnonymised = 409 "complaint.anonymised" "The complaint's content is gone",
    /// A complaint of the customer is open. Finish it first.
    PrivacyOpenComplaint = 409 "privacy.open_complaint" "A complaint is open",
    /// A promise to call the customer back is open. Keep it, or let the customer cancel it, first.
    PrivacyOpenPromise = 409 "privacy.open_promise" "A promise is open",
    /// A legal hold keeps the data of this customer or complaint. Lift it first.
    PrivacyLegalHold = 409 "privacy.legal_hold" "A legal hold applies",
    /// The customer's privacy state does not allow this; `detail` names the state.
    PrivacyWrongState = 409 "privacy.wrong_state" "Not in this state",
    /// The customer does not want calls to be recorded (consent `call_recording`), so no recording is kept. Send the same without it.
    PrivacyRecordingRefused = 409 "privacy.recording_refused" "The customer does not want to be recorded",
    /// Retention rules can be activated only after a dry run of exactly this version, and unchanged.
    RetentionDryRunMissing = 409 "retention.dry_run_missing" "Do a dry run of these rules first",
    /// A complaint is merged only into another one of the same customer: whoever has the private link of one sees the other.
    MergeOtherCustomer = 409 "merge.other_customer" "Another customer's complaint",
    /// The complaint is not merged into another one, so there is nothing to undo.
    MergeNone = 409 "merge.none" "Not merged",
    /// The complaint is merged into another one. Undo that instead of opening it again.
    MergeStands = 409 "merge.stands" "Merged into another",
    /// A complaint cannot be linked to itself, nor to a duplicate of itself.
    LinkCircular = 409 "complaint.circular_link" "The link would go in a circle",
    /// Nothing was learnt that could be taken back: the model proposes as it was delivered.
    TypingNothingLearnt = 409 "typing.nothing_learnt" "Nothing was learnt",
    /// The person has as many open complaints as they take. Promised calls that are due are given all the same.
    WorkAtCapacity = 409 "work.at_capacity" "As much work as there is room for",
    /// The person is noted as away, so they get no work. Take the absence back first.
    WorkAway = 409 "work.away" "Away",
    /// Nobody of the team is there, has the skills and has room. Give it to somebody by name, or to the team.
    NobodyFree = 409 "work.nobody_free" "Nobody is free",
    /// The caller has as many bulk actions under way as there may be. Wait until one has ended, or call one off.
    BulkTooMany = 409 "bulk.too_many" "Too many bulk actions",
    /// The bulk action has ended; there is nothing to call off.
    BulkEnded = 409 "bulk.ended" "The bulk action has ended",
    /// The canned text has no wording in the complaint's language for its customer type, nor one for any type. Write one, or use words of your own.
    TextNoWording = 409 "text.no_wording" "No wording fits",
    /// A variable of the canned text has no value for this complaint; `detail` names it. Nothing was sent.
    TextNoValue = 409 "text.no_value" "A variable has no value",
    /// The canned text is used by a macro; `detail` names it. Change the macro first.
    TextInUse = 409 "text.in_use" "A macro uses the text",
    /// No clock of the complaint runs whose chain of escalation goes on: there is nobody to bring it to.
    NothingToEscalate = 409 "clock.nothing_to_escalate" "Nobody to bring it to",
    /// No rule of routing that is in force fits the complaint; it stays where it is.
    RoutingNoRule = 409 "routing.no_rule" "No rule fits",
    /// The corrective action is done, verified or dropped. Open it again first.
    ActionEnded = 409 "corrective_action.ended" "The action has ended",
    /// The corrective action is still to be done, so there is nothing to open again.
    ActionNotEnded = 409 "corrective_action.not_ended" "The action is open",
    /// Whether a corrective action helped can be said once it was done.
    ActionNotDone = 409 "corrective_action.not_done" "The action was not done yet",
    /// Whether a corrective action helped is said by somebody else than its owner.
    ActionOwn = 409 "corrective_action.own" "It is your own action",
    /// The corrective action is about as many complaints as it can be.
    ActionFull = 409 "corrective_action.full" "No more complaints can be linked",
    /// Nobody reviews their own calls.
    ReviewOwn = 409 "call_review.own" "It is your own call",
    /// The call was not reviewed yet, so there is nothing to answer.
    ReviewMissing = 409 "call_review.missing" "The call was not reviewed yet",
    /// The call is not theirs: only whoever made it answers to its review.
    ReviewNotYours = 403 "call_review.not_yours" "Not your call",
    /// The name is taken already.
    NameTaken = 409 "resource.name_taken" "The name is taken",
    /// The last active administrator stays one, so that somebody can let others in. Make another administrator first.
    LastAdmin = 409 "staff.last_admin" "The last administrator",
    /// The person has left. Reactivate them first.
    StaffInactive = 409 "staff.inactive" "The person has left",
    /// The person has not left, so there is nothing to reactivate.
    StaffActive = 409 "staff.active" "The person has not left",
    /// Complaints or promised calls that the team holds are open with this person. Give them to others first, or name a `successor` in the team who takes them over.
    TeamOpenWork = 409 "team.open_work" "Open work of the team is with them",
    /// The built-in roles are the same everywhere. Make a role of your own under another name.
    RoleBuiltIn = 409 "role.built_in" "A built-in role",
    /// The role cannot go while somebody, or a service token that works, has it. Give them another one first.
    RoleInUse = 409 "role.in_use" "Somebody has this role",
    /// The service token was revoked; its secret cannot be renewed. Make another token.
    TokenRevoked = 409 "token.revoked" "The token was revoked",
    /// The caller has as many streams of events open as they may. Close one, or use one for several pages.
    TooManyStreams = 429 "events.too_many_streams" "Too many streams",
    /// The service has more work than it can promise to do. Repeat after `Retry-After` seconds; nothing was changed.
    Overloaded = 503 "service.overloaded" "Too much work at once",
    /// Something failed on our side. The log has the cause under the request id; nothing was changed.
    Internal = 500 "service.internal" "Something went wrong on our side",
}

impl Code {
    /// Where the problem is documented: the member `type` of a problem document.
    pub fn doc_url(self) -> String {
        format!("/problems/{}", self.as_str())
    }
}

/// One value that does not fit, by JSON pointer (RFC 6901) into the body, or by query parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer into the request body, or `?name` for a query parameter.
    #[schema(example = "/subject")]
    pub pointer: String,
    /// What is wrong, as a stable word: `required`, `too_short`, `too_long`, `malformed`, `unknown`, `out_of_range`, `not_allowed`, `too_weak`.
    #[schema(example = "too_long")]
    pub code: String,
    /// What is wrong, for a person.
    #[schema(example = "at most 200 characters")]
    pub detail: String,
}

/// An expected failure, with everything the caller needs to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which problem it is.
    pub code: Code,
    /// What happened this time, for a person. Holds no personal data.
    pub detail: String,
    /// The values that do not fit, if that is the problem.
    pub errors: Vec<FieldError>,
    /// After how many seconds it may be tried again, if waiting helps.
    pub retry_after: Option<u32>,
    /// What stands against what, if somebody else was faster.
    pub conflict: Option<Box<Conflict>>,
}

/// Any failure.
#[derive(Debug)]
pub enum Error {
    /// An expected failure that the caller is told about.
    Problem(Box<Problem>),
    /// The work collided with other work and may simply be done again.
    Retry(&'static str),
    /// The database refused or was lost.
    Database(diesel::result::Error),
    /// Anything else that should not happen; the text is for the log.
    Internal(String),
}

impl Error {
    /// A problem with the given code and a detail for this occurrence.
    pub fn problem(code: Code, detail: impl Into<String>) -> Self {
        Self::Problem(Box::new(Problem {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            conflict: None,
        }))
    }

    /// The problem [`Code::Invalid`] with its field errors.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.len() {
            1 => "one value does not fit".to_owned(),
            n => format!("{n} values do not fit"),
        };
        Self::Problem(Box::new(Problem {
            code: Code::Invalid,
            detail,
            errors,
            retry_after: None,
            conflict: None,
        }))
    }

    /// A problem that lies in one value of the request.
    pub fn problem_at(code: Code, pointer: &str, detail: &str) -> Self {
        let at = FieldError {
            pointer: pointer.to_owned(),
            code: "not_allowed".to_owned(),
            detail: detail.to_owned(),
        };
        Self::Problem(Box::new(Problem {
            code,
            detail: detail.to_owned(),
            errors: vec![at],
            retry_after: None,
            conflict: None,
        }))
    }

    /// The problem [`Code::TooManyTries`]: wait so many seconds.
    pub fn too_many_tries(seconds: u32) -> Self {
        Self::Problem(Box::new(Problem {
            code: Code::TooManyTries,
            detail: format!("wait {seconds} s"),
            errors: Vec::new(),
            retry_after: Some(seconds),
            conflict: None,
        }))
    }

    /// The problem [`Code::NotFound`]: there is no such `what`.
    pub fn not_found(what: &str) -> Self {
        Self::problem(Code::NotFound, format!("there is no such {what}"))
    }

    /// An internal error with a text for the log.
    pub fn internal(text: impl fmt::Display) -> Self {
        Self::Internal(text.to_string())
    }

    /// The code the caller sees.
    pub fn code(&self) -> Code {
        match self {
            Self::Problem(problem) => problem.code,
            Self::Retry(_) => Code::Overloaded,
            Self::Database(_) | Self::Internal(_) => Code::Internal,
        }
    }

    /// Whether the same work may succeed when it is done again at once.
    pub fn is_retryable(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Db};
        match self {
            Self::Retry(_) => true,
            Self::Database(Db::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            Self::Database(Db::DatabaseError(_, info)) => info.message().contains("deadlock detected"),
            _ => false,
        }
    }

    /// Whether a uniqueness rule of the database refused the row.
    pub fn is_unique_violation(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Db};
        matches!(
            self,
            Self::Database(Db::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => write!(f, "{}: {}", problem.code.as_str(), problem.detail),
            Self::Retry(why) => write!(f, "collided with other work: {why}"),
            Self::Database(error) => write!(f, "database: {error}"),
            Self::Internal(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("JSON: {error}"))
    }
}
