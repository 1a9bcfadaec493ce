//! What is checked of a corrective action wherever it is sent.

use chrono::{Datelike as _, NaiveDate};

use crate::db::conn::Conn;
use crate::domain::check::Check;
use crate::domain::reporting::frame;
use crate::domain::reporting::sums::Day;
use crate::domain::staff::owners::Owners;
use crate::error::Result;

/// A day as it is kept.
pub(super) fn check_day(check: &mut Check, pointer: &str, day: NaiveDate) -> Day {
    if !(1970..=9999).contains(&day.year()) {
        check.fail(pointer, "out_of_range", "in the years 1970 to 9999");
    }
    frame::day_of(day)
}

/// How many days before and after are compared, at most.
pub(super) fn check_window(check: &mut Check, window: i32) -> i32 {
    if !(7..=365).contains(&window) {
        check.fail("/window_days", "out_of_range", "7 to 365");
    }
    window
}

/// The owner must be somebody who works here, and is kept from leaving meanwhile.
pub(super) fn check_owner(conn: &mut Conn, check: &mut Check, owner: &str) -> Result<String> {
    let owner = check.text("/owner", owner, 1, 40);
    if !owner.is_empty() {
        Owners::hold(conn, [owner.as_str()])?.check_person(check, "/owner", &owner, None);
    }
    Ok(owner)
}
