//! Texts: search, contact points, references, files and their names, challenges, passwords and tokens.

use crate::clock::Moment;
use crate::domain::challenges;
use crate::domain::check::Check;
use crate::domain::complaints::attachments::media::{Media, Sniffer};
use crate::domain::complaints::attachments::names;
use crate::domain::complaints::reference;
use crate::domain::customers::contact;
use crate::domain::search::{self, Term};
use crate::domain::staff::sign_in::passwords;
use crate::domain::staff::tokens;

use super::{place, refused};

/// Any text or content, for any of its readers.
pub fn texts(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match place(*choice, 9) {
        0 => words(&text),
        1 => phone(&text),
        2 => email(&text),
        3 => references(rest, &text),
        4 => content(rest),
        5 => name(&text),
        6 => challenge(&text),
        7 => likeness(&text),
        _ => secret(&text),
    }
}

/// A text is found by the words of any of its lines.
fn words(text: &str) {
    let found = search::tokens([text]);
    assert!(found.first().is_none_or(|first| first.at == 1));
    for (one, next) in found.iter().zip(found.iter().skip(1)) {
        assert!(one.at < next.at, "{one:?} {next:?}");
    }
    for position in &found {
        let length = position.token.chars().count();
        assert!((1..=64).contains(&length), "{position:?}");
        let blank = |c: char| c.is_whitespace() || c.is_control();
        assert!(!position.token.chars().any(blank), "{position:?}");
    }
    let stands_at = |at: u32, token: &str| {
        let place = found.binary_search_by_key(&at, |position| position.at);
        place.is_ok_and(|place| found.get(place).is_some_and(|position| position.token == token))
    };
    for term in search::terms(text) {
        let there = match &term {
            Term::Prefix(prefix) => found.iter().any(|position| position.token.starts_with(prefix)),
            Term::Phrase(phrase) => found
                .iter()
                .any(|first| (first.at..).zip(phrase).all(|(at, token)| stands_at(at, token))),
        };
        // What is left of a very long text is not indexed.
        assert!(there || found.len() == 12_000, "{term:?} is not in {found:?}");
    }
}

fn phone(text: &str) {
    for region in ["CN", "IE", "IT"] {
        let Ok(once) = contact::phone(text, region) else {
            continue;
        };
        let number = once.strip_prefix("short:").unwrap_or(&once);
        assert_eq!(
            contact::phone(number, region).as_ref(),
            Ok(&once),
            "{text:?} in {region}"
        );
    }
}

fn email(text: &str) {
    let Ok(once) = contact::email(text) else { return };
    assert_eq!(contact::email(&once).as_ref(), Ok(&once), "{text:?}");
    assert!(
        !once
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c.is_uppercase()),
        "{once:?}"
    );
}

fn references(bytes: &[u8], text: &str) {
    use rand::SeedableRng as _;
    if let Some(read) = reference::parse(text) {
        assert_eq!(reference::parse(&read).as_ref(), Some(&read));
    }
    let seed = bytes
        .iter()
        .fold(0, |sum: u64, byte| sum.rotate_left(8) ^ u64::from(*byte));
    let made = reference::drawn_from(&mut rand::rngs::StdRng::seed_from_u64(seed));
    assert_eq!(reference::parse(&made).as_ref(), Some(&made));
    let typed = made.to_lowercase().replace('-', "");
    assert_eq!(reference::parse(&typed), Some(made));
}

/// The type does not depend on how the content was cut into pieces.
fn content(bytes: &[u8]) {
    let judge = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut sniffer = Sniffer::default();
        pieces.for_each(|piece| sniffer.feed(piece));
        sniffer.finish().map_err(|error| {
            refused(&error);
            error.code()
        })
    };
    let whole = judge(&mut std::iter::once(bytes));
    for length in [1, 3, 7] {
        assert_eq!(judge(&mut bytes.chunks(length)), whole);
    }
    let is_text = std::str::from_utf8(bytes).is_ok();
    assert!(is_text || whole != Ok(Media::Text));
}

fn name(text: &str) {
    for media in Media::ALL {
        let once = names::clean(text, *media);
        assert_eq!(names::clean(&once, *media), once, "{text:?}");
        assert!(once.chars().count() <= 150 && !once.starts_with('.'), "{once:?}");
        let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | '"' | '<' | '>' | ':' | '|' | '?' | '*');
        assert!(!once.chars().any(odd), "{once:?}");
        let (_, ending) = once.rsplit_once('.').unwrap_or_default();
        assert!(
            media.endings().iter().any(|fit| fit.eq_ignore_ascii_case(ending)),
            "{once:?}"
        );
    }
}

/// Nobody makes a challenge of ours, or a cheaper one, without the key.
fn challenge(text: &str) {
    match challenges::read(text) {
        Ok(payload) => {
            let found = challenges::check(Moment::EPOCH, &[7; 32], &payload);
            assert!(found.is_err(), "{text:?}");
            if let Err(error) = found {
                refused(&error);
            }
        }
        Err(error) => refused(&error),
    }
}

fn likeness(text: &str) {
    let (a, b) = text.split_once('\n').unwrap_or((text, text));
    let (there, back) = (search::likeness(a, b), search::likeness(b, a));
    assert!((0.0..=1.0).contains(&there) && (there - back).abs() < f64::EPSILON);
    let same = search::likeness(a, a);
    assert!((same - 1.0).abs() < f64::EPSILON || search::tokens([a]).is_empty());
}

fn secret(text: &str) {
    let mistyped = tokens::is_mistyped(text);
    assert!(mistyped || text.starts_with(tokens::PREFIX));
    let mut check = Check::new();
    passwords::check(&mut check, "/password", text, &["li.na", "李娜"]);
    assert!(!check.is_clean() || text.chars().count() >= 8, "{text:?}");
}
