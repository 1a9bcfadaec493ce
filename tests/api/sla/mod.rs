//! Deadlines: calendars, and what stands on them.

mod calendars;
