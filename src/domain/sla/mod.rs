//! Deadlines: business calendars, and the calculator that says by when something is due and why.
//!
//! Everything below `calendar`, `notation`, `deadline`, `explain` and `holidays` is pure: no database and
//! no wall clock. Moments come in, moments go out.

pub mod calendar;
pub mod calendars;
pub mod deadline;
pub mod explain;
pub mod holidays;
pub mod local;
pub mod notation;
mod plan;
pub mod working;

#[cfg(test)]
mod calendar_tests;
#[cfg(test)]
mod deadline_tests;
#[cfg(test)]
mod explain_tests;
#[cfg(test)]
mod notation_tests;
#[cfg(test)]
mod oracle_tests;
