//! References that people can read out on the phone: seven random characters and one that
//! checks them, in two groups of four, such as `K7QM-3R9X`.
//!
//! The alphabet has 31 characters: no `0`/`O`, no `1`/`I`/`L`. The check character is a weighted
//! sum modulo 31; as 31 is prime and the weights differ, it finds every single wrong character
//! and every exchange of two.

const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LETTERS: u32 = 31;
const RANDOM: usize = 7;

/// A new reference. There are 27 thousand million; the database refuses the rare repetition.
pub fn new() -> String {
    drawn_from(&mut rand::rng())
}

/// A new reference from the given source of chance.
pub fn drawn_from(rng: &mut impl rand::RngExt) -> String {
    // Drawn as u32, so that a seeded source gives the same on every machine.
    let values: [usize; RANDOM] =
        std::array::from_fn(|_| usize::try_from(rng.random_range(0..LETTERS)).unwrap_or_default());
    spell(&values)
}

fn spell(values: &[usize]) -> String {
    let mut out = String::with_capacity(9);
    for value in values.iter().copied().chain([check_value(values)]) {
        if out.len() == 4 {
            out.push('-');
        }
        out.push(ALPHABET.get(value).copied().map_or('?', char::from));
    }
    out
}

fn check_value(values: &[usize]) -> usize {
    values
        .iter()
        .zip(2..)
        .map(|(value, weight)| value * weight)
        .sum::<usize>()
        % ALPHABET.len()
}

/// Reads a reference as somebody may say or type it: any case, with or without the dash or spaces.
/// `None` when it is no reference, for instance because one character is wrong.
pub fn parse(text: &str) -> Option<String> {
    let mut values = Vec::with_capacity(RANDOM + 1);
    for c in text.trim().chars().filter(|c| !matches!(c, '-' | ' ')) {
        let c = u8::try_from(c.to_ascii_uppercase()).ok()?;
        values.push(ALPHABET.iter().position(|letter| *letter == c)?);
    }
    let (check, values) = values.split_last()?;
    (values.len() == RANDOM && check_value(values) == *check).then(|| spell(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back_however_it_is_typed() {
        for _ in 0..200 {
            let reference = new();
            let spoken = reference.replace('-', " ").to_lowercase();
            assert_eq!(parse(&spoken).as_deref(), Some(reference.as_str()));
            assert_eq!(reference.len(), 9);
        }
    }

    #[test]
    fn every_single_wrong_character_and_every_exchange_is_found() {
        let reference = new();
        let plain: Vec<char> = reference.chars().filter(|c| *c != '-').collect();
        for n in 0..plain.len() {
            for letter in ALPHABET {
                let mut wrong = plain.clone();
                wrong[n] = char::from(*letter);
                if wrong != plain {
                    assert_eq!(parse(&wrong.iter().collect::<String>()), None);
                }
            }
            for m in n + 1..plain.len() {
                let mut wrong = plain.clone();
                wrong.swap(n, m);
                if wrong != plain {
                    assert_eq!(parse(&wrong.iter().collect::<String>()), None, "{n} {m} of {reference}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in ["", "K7QM", "K7QM-3R9XX", "投诉单号", "K7QM-3R0O"] {
            assert_eq!(parse(text), None);
        }
    }
}
