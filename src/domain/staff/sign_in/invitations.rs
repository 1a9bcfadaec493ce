//! Links by which a person sets their password: the first one, or another when it was forgotten. Each
//! works once, for three days, and until there is a newer one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, InvitationRow};
use super::{Invited, sessions, throttle};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::audit::{self, Event, ObjectKind};
use crate::domain::notifications::{self, Notice};
use crate::domain::staff::actor::Act;
use crate::domain::staff::people::{self, StaffMember};
use crate::domain::staff::tokens::{Secret, hash};
use crate::error::{Code, Error, Result};
use crate::ids::{InvitationId, StaffId};
use crate::keys::Keys;
use crate::text_enum;

/// What every link's secret starts with, so that scanners for leaked secrets can find it.
const PREFIX: &str = "hark_link_";

text_enum! {
    /// What a link is for.
    Purpose {
        /// The first password.
        Invitation = "invitation",
        /// Another password.
        Reset = "reset",
    }
}

/// A new link. Its secret is shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// Its name.
    pub id: InvitationId,
    /// Whom it is for.
    pub staff_id: StaffId,
    /// Their handle.
    #[schema(example = "li.na")]
    pub handle: String,
    /// Whether it sets the first password or another one.
    pub purpose: Purpose,
    /// When it stops working.
    pub expires_at: Moment,
    /// The secret in the link: `POST /api/v1/public/invitations/{token}` with the password.
    #[schema(value_type = String, example = "hark_link_…")]
    pub token: Secret,
}

/// The password that somebody chooses.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemForm {
    /// At least ten characters, and not easy to guess.
    #[schema(value_type = String, min_length = 10, max_length = 128)]
    pub password: Secret,
}

/// The secret of a link. It is made from the installation's secret, so that the link can be mailed later
/// without being kept anywhere.
pub fn token(keys: &Keys, id: InvitationId) -> Secret {
    use base64::Engine as _;
    let bytes = keys.derive(&format!("link that sets a password\0{id}"));
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    Secret::new(format!("{PREFIX}{text}"))
}

/// Makes a link for a person; one made before stops working.
///
/// # Errors
/// `resource.not_found`; `staff.inactive`; `auth.escalation` when they may do more than the actor, who
/// could otherwise become them.
pub fn invite(conn: &mut Conn, act: &Act, keys: &Keys, person: StaffId) -> Result<NewInvitation> {
    let member = people::load(conn, person)?;
    people::check_reach_of(conn, act, &member)?;
    if !member.is_active() {
        return Err(Error::problem(Code::StaffInactive, "the person has left"));
    }
    let purpose = match store::password_hash(conn, person)? {
        Some(_) => Purpose::Reset,
        None => Purpose::Invitation,
    };
    let id = InvitationId::new(act.now);
    let token = token(keys, id);
    let row = InvitationRow {
        id,
        staff_id: person,
        token_hash: hash(token.reveal()),
        purpose,
        created_by: act.actor.name.clone(),
        created_at: act.now,
        expires_at: act.now + act.policy.sign_in.link_life,
    };
    store::replace_invitation(conn, &row)?;
    let notice = Notice::InviteStaff {
        staff_id: person,
        invitation_id: id,
    };
    notifications::post(conn, act.now, notice)?;
    audit::record(conn, act, Event::on(ObjectKind::Person, person.0, "person.invited"))?;
    Ok(NewInvitation {
        id,
        staff_id: person,
        handle: member.handle,
        purpose,
        expires_at: row.expires_at,
        token,
    })
}

fn find(conn: &mut Conn, now: Moment, token: &str) -> Result<(InvitationRow, StaffMember)> {
    let unknown = || Error::not_found("link");
    if !token.starts_with(PREFIX) {
        return Err(unknown());
    }
    let row = store::find_invitation(conn, &hash(token))?
        .filter(|row| row.expires_at > now)
        .ok_or_else(unknown)?;
    let member = people::load(conn, row.staff_id)?;
    if member.is_active() {
        Ok((row, member))
    } else {
        Err(unknown())
    }
}

/// Whom a link is for.
///
/// # Errors
/// `resource.not_found` when it is unknown, used, over or replaced.
pub fn get(conn: &mut Conn, now: Moment, token: &str) -> Result<Invited> {
    let (row, member) = find(conn, now, token)?;
    Ok(Invited {
        handle: member.handle,
        name: member.name,
        purpose: row.purpose,
        expires_at: row.expires_at,
    })
}

/// Whom a link is for, as they are kept; for the check of their password.
///
/// # Errors
/// As [`get`].
pub fn member_of(conn: &mut Conn, now: Moment, token: &str) -> Result<StaffMember> {
    find(conn, now, token).map(|(_, member)| member)
}

/// Uses a link up: sets the password, ends every session of the person, and lets their account begin
/// again after failures.
///
/// # Errors
/// As [`get`].
pub fn redeem(conn: &mut Conn, act: &Act, keys: &Keys, token: &str, password_hash: &str) -> Result<Invited> {
    let (row, member) = find(conn, act.now, token)?;
    if !store::delete_invitation(conn, row.id)? {
        return Err(Error::not_found("link"));
    }
    store::set_password(conn, act.now, member.id, password_hash)?;
    sessions::end_all(conn, member.id, None)?;
    throttle::forgive_account(conn, keys, &member.handle)?;
    let act = super::act_of(conn, act, &member)?;
    audit::record(
        conn,
        &act,
        Event::on(ObjectKind::Person, member.id.0, "person.password_set"),
    )?;
    Ok(Invited {
        handle: member.handle,
        name: member.name,
        purpose: row.purpose,
        expires_at: row.expires_at,
    })
}

/// Withdraws the link a person may have.
///
/// # Errors
/// When the database refuses.
pub fn withdraw(conn: &mut Conn, person: StaffId) -> Result<()> {
    store::delete_invitation_of(conn, person)
}
