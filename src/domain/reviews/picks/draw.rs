//! The draw itself: pure.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::domain::complaints::calls::Call;

/// Draws at most so many calls of each person. Each call has a ticket, the hash of the seed with the call; the lowest win.
/// So a draw does not depend on the order of the calls, and one that goes (its customer was erased) changes nothing about
/// the others but who moves up.
pub(super) fn draw(seed: &str, calls: Vec<Call>, per_agent: usize) -> Vec<Call> {
    let mut tickets: BTreeMap<String, Vec<([u8; 32], Call)>> = BTreeMap::new();
    for call in calls {
        tickets
            .entry(call.agent.clone())
            .or_default()
            .push((ticket(seed, &call), call));
    }
    let mut drawn = Vec::new();
    for (_, mut of_agent) in tickets {
        of_agent.sort_by_key(|(ticket, _)| *ticket);
        drawn.extend(of_agent.into_iter().take(per_agent).map(|(_, call)| call));
    }
    drawn
}

fn ticket(seed: &str, call: &Call) -> [u8; 32] {
    let id = call.attempt.map_or(call.complaint.0, |attempt| attempt.0);
    // Its length keeps a seed from running into what follows.
    let mut hash = Sha256::new();
    hash.update((seed.len() as u64).to_be_bytes());
    hash.update(seed.as_bytes());
    hash.update(id.as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::domain::complaints::calls::CallKind;
    use crate::ids::ComplaintId;

    fn calls(agent: &str, n: usize) -> Vec<Call> {
        (0..n)
            .map(|_| Call {
                kind: CallKind::Intake,
                complaint: ComplaintId::new(Moment::EPOCH),
                attempt: None,
                agent: agent.to_owned(),
                at: Moment::EPOCH,
            })
            .collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_calls_in_whatever_order_they_come() {
        let mut all = calls("mary", 50);
        all.extend(calls("li.na", 3));
        let drawn = draw("week 48", all.clone(), 5);
        assert_eq!(drawn.len(), 5 + 3, "of who has few, all");
        all.reverse();
        assert_eq!(draw("week 48", all.clone(), 5), drawn);
        assert_ne!(draw("week 49", all.clone(), 5), drawn);
        // One of the drawn goes: the others stay, and one moves up.
        let gone = drawn.iter().find(|call| call.agent == "mary").unwrap().clone();
        all.retain(|call| *call != gone);
        let again = draw("week 48", all, 5);
        assert_eq!(again.len(), 8);
        assert_eq!(drawn.iter().filter(|call| again.contains(call)).count(), 7);
    }

    #[test]
    fn every_call_is_drawn_about_equally_often() {
        let all = calls("mary", 10);
        let mut often: BTreeMap<ComplaintId, i32> = BTreeMap::new();
        for seed in 0..4_000 {
            for call in draw(&seed.to_string(), all.clone(), 3) {
                *often.entry(call.complaint).or_default() += 1;
            }
        }
        // 1,200 each; the standard deviation is 29.
        assert_eq!(often.len(), 10);
        assert!(often.values().all(|n| (1_050..1_350).contains(n)), "{often:?}");
    }
}
