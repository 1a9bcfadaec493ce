//! How often something that failed on our side is tried again, and when: what the rules work off, and what is sent.

use chrono::TimeDelta;

use crate::clock::Moment;

/// After so many tries in vain it is given up, for somebody to look at.
pub const MOST: i32 = 12;
/// How long it rests after the first of them; twice as long after each other one.
const FIRST_REST: i64 = 10;
/// The longest it rests, seconds.
const LONGEST_REST: i64 = 3_600;

/// Whether the next try of something that failed so often is the last.
pub const fn is_last(failed: i32) -> bool {
    failed + 1 >= MOST
}

/// When something is tried next that has failed so often; never again after the last.
pub fn next(now: Moment, failed: i32) -> Option<Moment> {
    if failed >= MOST {
        return None;
    }
    let seconds = FIRST_REST.saturating_mul(1 << (failed - 1).clamp(0, MOST));
    Some(now + TimeDelta::seconds(seconds.min(LONGEST_REST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rests_double_up_to_an_hour_and_end_after_the_last_try() {
        let rests: Vec<i64> = (1..)
            .map_while(|failed| next(Moment::EPOCH, failed))
            .map(|at| at.timestamp())
            .collect();
        assert_eq!(rests, [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!(rests.len() + 1, usize::try_from(MOST).unwrap());
        assert!(is_last(11) && !is_last(10));
    }
}
