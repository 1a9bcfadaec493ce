//! Bodies: the JSON as the API reads it, then the form's own check, as far as it needs no database.

use std::sync::{Arc, LazyLock};

use serde::de::DeserializeOwned;

use super::{place, refused};
use crate::api::extract;
use crate::clock::Moment;
use crate::domain::casework::bulk::BulkForm;
use crate::domain::casework::macros::MacroForm;
use crate::domain::casework::texts::CannedTextForm;
use crate::domain::casework::views::ViewForm;
use crate::domain::check::Check;
use crate::domain::complaints::actions::checked_all;
use crate::domain::complaints::call_backs::{AttemptForm, CancelForm, PromiseForm, RescheduleForm};
use crate::domain::complaints::changes::{AssignForm, EditForm, LinkForm, ResumeForm, TypeForm, WaitForm};
use crate::domain::complaints::closing::{self, CloseForm, ReasonForm, RedressProgressForm};
use crate::domain::complaints::intake::{Intake, IntakeForm, PublicForm};
use crate::domain::complaints::marks::TagsForm;
use crate::domain::complaints::messages::{MessageForm, StaffMessageForm};
use crate::domain::complaints::public::MoveForm;
use crate::domain::complaints::relations::{MergeForm, RelationForm};
use crate::domain::complaints::steps::{StepForm, StepsForm};
use crate::domain::complaints::vocabulary::HandlingStep;
use crate::domain::customers::form::{self, CustomerRecordForm};
use crate::domain::customers::{Customer, CustomerKind};
use crate::domain::drafts::{DraftForm, IntakeDraftForm};
use crate::domain::presence::PresenceForm;
use crate::domain::privacy::consents::{self, ConsentForm, FiledConsent};
use crate::domain::privacy::export::ExportForm;
use crate::domain::privacy::holds::HoldForm;
use crate::domain::privacy::retention::RulesForm;
use crate::domain::privacy::states::{PrivacyForm, RemovalForm};
use crate::domain::rules::dry_run::RuleDryRunForm;
use crate::domain::rules::{RuleListForm, checked as checked_rules};
use crate::domain::sla::calendars::{CalendarForm, ImportForm, NewCalendarForm};
use crate::domain::sla::holidays;
use crate::domain::sla::notation::Notation;
use crate::domain::sla::packs::InstallForm;
use crate::domain::sla::policies::checked::checked;
use crate::domain::sla::policies::operations::PolicyForm;
use crate::domain::sla::policies::preview::PreviewForm;
use crate::domain::staff::Act;
use crate::domain::staff::custom_roles::RoleForm;
use crate::domain::staff::leaving::LeavingForm;
use crate::domain::staff::people::{self, StaffChangeForm, StaffForm};
use crate::domain::staff::sign_in::invitations::RedeemForm;
use crate::domain::staff::sign_in::{ChangePasswordForm, CodeForm, PasswordForm, RemoveFactorForm, SignInForm};
use crate::domain::staff::teams::{MemberForm, TeamForm};
use crate::domain::staff::tokens::{RotateForm, TokenForm};
use crate::domain::work::absences::AbsenceForm;
use crate::domain::work::profiles::ProfileForm;
use crate::domain::work::routing::dry_run::DryRunForm;
use crate::domain::work::routing::{RoutingForm, rules};
use crate::error::Result;
use crate::ids::CustomerId;

static ACT: LazyLock<Act> = LazyLock::new(|| Act::of_system(Moment::EPOCH, Arc::default()));

/// Any body, for any operation.
pub fn bodies(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let reader = FORMS.get(place(*choice, FORMS.len()));
    if let Some(Err(error)) = reader.map(|read| read(body)) {
        refused(&error);
    }
}

/// What reads a body, and says why when it refuses.
type Reader = fn(&[u8]) -> Result<()>;

/// Every body that the API takes. New ones go to the end: the seeds choose by the place.
const FORMS: &[Reader] = &[
    intake,
    public,
    step,
    steps,
    close,
    customer,
    consent,
    staff,
    reason,
    only::<TokenForm>,
    only::<RotateForm>,
    only::<PromiseForm>,
    only::<AttemptForm>,
    only::<RescheduleForm>,
    only::<CancelForm>,
    only::<MoveForm>,
    only::<EditForm>,
    only::<AssignForm>,
    only::<WaitForm>,
    only::<ResumeForm>,
    only::<LinkForm>,
    only::<TypeForm>,
    only::<RedressProgressForm>,
    only::<MessageForm>,
    only::<StaffMessageForm>,
    only::<ConsentForm>,
    only::<RulesForm>,
    only::<PrivacyForm>,
    only::<RemovalForm>,
    only::<HoldForm>,
    only::<ExportForm>,
    only::<StaffChangeForm>,
    only::<LeavingForm>,
    only::<RoleForm>,
    only::<TeamForm>,
    only::<MemberForm>,
    only::<SignInForm>,
    only::<PasswordForm>,
    only::<ChangePasswordForm>,
    only::<CodeForm>,
    only::<RemoveFactorForm>,
    only::<RedeemForm>,
    new_calendar,
    only::<CalendarForm>,
    import,
    policy,
    only::<PreviewForm>,
    only::<InstallForm>,
    only::<ProfileForm>,
    only::<AbsenceForm>,
    only::<PresenceForm>,
    only::<DraftForm>,
    only::<IntakeDraftForm>,
    routing,
    only::<DryRunForm>,
    only::<TagsForm>,
    only::<RelationForm>,
    only::<MergeForm>,
    only::<CannedTextForm>,
    only::<ViewForm>,
    macros,
    bulk,
    event_rules,
    only::<RuleDryRunForm>,
];

/// A form whose check asks the database.
fn only<T: DeserializeOwned>(body: &[u8]) -> Result<()> {
    extract::parse::<T>(body).map(drop)
}

fn intake(body: &[u8]) -> Result<()> {
    let intake = Intake::by_staff(extract::parse::<IntakeForm>(body)?, &ACT)?;
    assert_eq!(intake.lane_key(), intake.lane_key());
    Ok(())
}

fn public(body: &[u8]) -> Result<()> {
    Intake::by_public(extract::parse::<PublicForm>(body)?, &ACT).map(drop)
}

fn step(body: &[u8]) -> Result<()> {
    let form: StepForm = extract::parse(body)?;
    for step in HandlingStep::ALL {
        if let Err(error) = form.check(*step) {
            refused(&error);
        }
    }
    Ok(())
}

fn steps(body: &[u8]) -> Result<()> {
    let form: StepsForm = extract::parse(body)?;
    let kept = form.check()?;
    assert_eq!(kept.len(), form.steps.len());
    Ok(())
}

fn close(body: &[u8]) -> Result<()> {
    let once = closing::checked(&extract::parse::<CloseForm>(body)?)?;
    let twice = closing::checked(&once)?;
    assert_eq!((once.reason, once.root_cause), (twice.reason, twice.root_cause));
    Ok(())
}

fn reason(body: &[u8]) -> Result<()> {
    let form: ReasonForm = extract::parse(body)?;
    let reason = form.checked()?;
    assert!(reason.trim() == reason && !reason.is_empty());
    Ok(())
}

fn customer(body: &[u8]) -> Result<()> {
    let form: CustomerRecordForm = extract::parse(body)?;
    let (language, zone) = (&ACT.policy.default_language, &ACT.policy.default_time_zone);
    let customer = Customer::new(CustomerId::new(ACT.now), CustomerKind::Person, language, zone, ACT.now);
    form::checked(Check::new(), &ACT, customer, &form).map(drop)
}

fn consent(body: &[u8]) -> Result<()> {
    let filed: FiledConsent = extract::parse(body)?;
    let mut check = Check::new();
    let kept = consents::checked(&mut check, vec![filed]);
    check.finish(kept).map(drop)
}

fn policy(body: &[u8]) -> Result<()> {
    let form: PolicyForm = extract::parse(body)?;
    let once = checked(&form.policy, "/policy")?;
    // What has been checked passes as it is.
    assert_eq!(checked(&once, "").as_ref().ok(), Some(&once));
    Ok(())
}

fn event_rules(body: &[u8]) -> Result<()> {
    let form: RuleListForm = extract::parse(body)?;
    checked_rules(&form.rules).map(drop)
}

fn routing(body: &[u8]) -> Result<()> {
    let form: RoutingForm = extract::parse(body)?;
    rules::checked(&form.rules).map(drop)
}

fn new_calendar(body: &[u8]) -> Result<()> {
    let form: NewCalendarForm = extract::parse(body)?;
    if let Ok(notation) = form.notation.parse::<Notation>() {
        // What is printed is read as the same.
        assert_eq!(notation.to_string().parse().as_ref(), Ok(&notation));
        for holiday in form.holidays.iter().filter(|holiday| holiday.misfits().is_empty()) {
            let calendar = notation.calendar(chrono_tz::Asia::Shanghai, std::slice::from_ref(holiday));
            assert!(calendar.is_ok_and(|calendar| calendar.exceptions().contains_key(&holiday.date)));
        }
    }
    Ok(())
}

fn import(body: &[u8]) -> Result<()> {
    let form: ImportForm = extract::parse(body)?;
    let found = form
        .icalendar
        .as_deref()
        .map(|text| holidays::import(text, ACT.now.date_naive()))
        .and_then(std::result::Result::ok);
    let found = found.unwrap_or_default();
    assert!(found.iter().all(|holiday| holiday.misfits().is_empty()));
    assert!(found.is_sorted_by(|one, other| one.date < other.date));
    Ok(())
}

fn staff(body: &[u8]) -> Result<()> {
    let form: StaffForm = extract::parse(body)?;
    let mut check = Check::new();
    let handle = people::checked_handle(&mut check, &form.handle);
    let email = people::checked_email(&mut check, form.email.as_deref());
    let fits = check.is_clean();
    check.finish(())?;
    assert!(fits && handle.is_ascii() && email.is_none_or(|email| email.contains('@')));
    Ok(())
}

fn macros(body: &[u8]) -> Result<()> {
    let form: MacroForm = extract::parse(body)?;
    let mut check = Check::new();
    let _actions = checked_all(&mut check, "/actions", &form.actions, 1);
    check.finish(())
}

fn bulk(body: &[u8]) -> Result<()> {
    let form: BulkForm = extract::parse(body)?;
    let mut check = Check::new();
    let _actions = checked_all(&mut check, "/actions", &form.actions, 1);
    let _filter = form.filter.map(|filter| filter.checked(&mut check, "/filter"));
    check.finish(())
}
