//! Who works at the desk of the demo: two teams, one for each language, with the agents whose names stand in the
//! histories.

use chrono::TimeDelta;

use super::Plan;
use super::corpus::{Corpus, Tongue};
use crate::clock::Moment;
use crate::db::conn::Conn;
use crate::domain::staff::Role;
use crate::domain::staff::bulk::{self, StaffMember, Team};
use crate::error::Result;
use crate::ids::{self, StaffId, TeamId};

/// The team that speaks a language. The same in every demo, so that nobody need carry it along.
pub(super) fn team(tongue: Tongue) -> TeamId {
    TeamId(numbered(match tongue {
        Tongue::Chinese => 1,
        Tongue::English => 2,
    }))
}

/// An id that is the same every time.
fn numbered(n: u8) -> uuid::Uuid {
    let new_year = Moment::EPOCH + TimeDelta::days(20_454);
    ids::with_bits(new_year, &[0x68, 0x61, 0x72, 0x6b, 0, 0, 0, 0, 0, n])
}

/// Agents speak one of the languages: the first half of the list Chinese, the other English.
pub(super) fn agents(corpus: &Corpus, tongue: Tongue) -> &[String] {
    let agents = &corpus.voices(tongue).agents;
    let (chinese, english) = agents.split_at(agents.len() / 2);
    match tongue {
        Tongue::Chinese => chinese,
        Tongue::English => english,
    }
}

/// Brings the staff, from the first day of the history on. The first of each team leads it.
pub(super) fn bring(conn: &mut Conn, plan: &Plan, corpus: &Corpus) -> Result<()> {
    let at = plan.now - TimeDelta::days(plan.days.max(1));
    let at = Moment(chrono::SubsecRound::trunc_subsecs(*at, 6));
    let (mut members, mut teams, mut memberships) = (Vec::new(), Vec::new(), Vec::new());
    let mut number = 10;
    for (tongue, name) in [(Tongue::Chinese, "中文客服"), (Tongue::English, "English desk")] {
        teams.push(Team {
            id: team(tongue),
            name: name.to_owned(),
            created_at: at,
            updated_at: at,
            version: 1,
            calendar: None,
            capacity: None,
        });
        for (place, handle) in agents(corpus, tongue).iter().enumerate() {
            let leads = place == 0;
            memberships.push((team(tongue), handle.as_str(), leads));
            members.push(member(
                number,
                handle,
                if leads { Role::Lead } else { Role::Agent },
                tongue,
                at,
            ));
            number += 1;
        }
    }
    bulk::insert(conn, &members, &teams, &memberships)
}

fn member(number: u8, handle: &str, role: Role, tongue: Tongue, at: Moment) -> StaffMember {
    StaffMember {
        id: StaffId(numbered(number)),
        handle: handle.to_owned(),
        name: spoken(handle),
        email: Some(format!("{handle}@example.com")),
        role: role.as_str().to_owned(),
        language: tongue.tag().to_owned(),
        created_at: at,
        updated_at: at,
        deactivated_at: None,
        successor_id: None,
        version: 1,
    }
}

/// `emma.lowe` is Emma Lowe.
fn spoken(handle: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
        })
    };
    handle.split('.').map(capital).collect::<Vec<_>>().join(" ")
}
