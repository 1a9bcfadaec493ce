//! Contact points in the one form under which a customer is found again.

use std::str::FromStr;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use unicode_normalization::UnicodeNormalization;

/// The longest phone number text that is taken in.
const LONGEST: usize = 60;

/// A phone number in the form it is found by: E.164 (`+8613800138000`, an extension after `;ext=`),
/// or, for short service numbers such as `12345` that have no such form, `short:` and the digits.
///
/// # Errors
/// When it is no phone number, in words for a person.
pub fn phone(text: &str, default_region: &str) -> Result<String, String> {
    let folded: String = text.nfkc().collect::<String>().trim().to_owned();
    if folded.chars().count() > LONGEST {
        return Err(format!("at most {LONGEST} characters"));
    }
    let digits: String = folded.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if (3..=6).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) {
        return Ok(format!("short:{digits}"));
    }
    let region = Region::from_str(default_region).map_err(|_| format!("`{default_region}` is no region"))?;
    let number = PHONE_NUMBER_UTIL
        .parse(with_plain_extension(&folded), Some(region))
        .map_err(|_| "not a phone number; write it with its country code, such as +86 138 0013 8000".to_owned())?;
    if !PHONE_NUMBER_UTIL.is_possible_number(&number) {
        return Err("a phone number of this length does not exist in that country".to_owned());
    }
    let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
    // Some that do not exist, such as `+86 00…`, lose digits each time they are read: each time another customer.
    let again = PHONE_NUMBER_UTIL.parse(&*e164, Some(region));
    if !again.is_ok_and(|again| PHONE_NUMBER_UTIL.format(&again, PhoneNumberFormat::E164) == e164) {
        return Err("no phone number begins so after its country code".to_owned());
    }
    Ok(match number.extension() {
        "" => e164.into_owned(),
        extension => format!("{e164};ext={extension}"),
    })
}

/// A number in the form of [`phone`] as people read it out: in groups, as its country writes it for calls from abroad.
pub fn readable(number: &str) -> String {
    let digits = diallable(number);
    match PHONE_NUMBER_UTIL.parse(digits, None) {
        Ok(parsed) => PHONE_NUMBER_UTIL
            .format(&parsed, PhoneNumberFormat::International)
            .into_owned(),
        Err(_) => digits.to_owned(),
    }
}

/// A number in the form of [`phone`] as a `tel:` address has it.
pub fn diallable(number: &str) -> &str {
    number.strip_prefix("short:").unwrap_or(number)
}

/// Writes the Chinese ways to give an extension (`转 801`, `-801` after a landline) as `ext 801`.
fn with_plain_extension(text: &str) -> String {
    for word in ["转", "分机", "内线"] {
        if let Some((number, extension)) = text.split_once(word) {
            return format!(
                "{} ext {}",
                number.trim(),
                extension.trim_start_matches([':', ' ']).trim()
            );
        }
    }
    if let Some((number, last)) = text.rsplit_once('-') {
        let landline = number.chars().filter(char::is_ascii_digit).count() >= 10;
        if landline
            && !text.starts_with('+')
            && (1..=5).contains(&last.len())
            && last.chars().all(|c| c.is_ascii_digit())
        {
            return format!("{number} ext {last}");
        }
    }
    text.to_owned()
}

/// An e-mail address in the form it is found by: trimmed and in lower case. One plain address: no name beside it, no
/// quoted part, no network address for a domain, and nothing that is not seen.
///
/// # Errors
/// When it is no e-mail address, in words for a person.
pub fn email(text: &str) -> Result<String, String> {
    let folded = text.trim().to_lowercase();
    let options = email_address::Options::default()
        .without_display_text()
        .without_domain_literal();
    let plain = !folded
        .chars()
        .any(|c| c == '"' || c.is_whitespace() || c.is_control() || is_unseen(c));
    if folded.len() > 254 || !plain || email_address::EmailAddress::parse_with_options(&folded, options).is_err() {
        return Err("not an e-mail address, such as name@example.com".to_owned());
    }
    Ok(folded)
}

/// Whether it takes no room or turns the direction of writing: two addresses that look alike would be two customers.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_shown_as_they_are_read_out() {
        for (number, expected) in [
            ("+8613800138000", "+86 138 0013 8000"),
            ("+8653188888888;ext=801", "+86 531 8888 8888 ext. 801"),
            ("+14155552671", "+1 415-555-2671"),
            ("short:12345", "12345"),
            ("unknown", "unknown"),
        ] {
            assert_eq!(readable(number), expected, "{number}");
        }
        assert_eq!((diallable("short:110"), diallable("+1415")), ("110", "+1415"));
    }

    #[test]
    fn phone_numbers_come_out_in_one_form_however_they_are_written() {
        for (written, expected) in [
            ("138 0013 8000", "+8613800138000"),
            ("+86 138-0013-8000", "+8613800138000"),
            ("0086 13800138000", "+8613800138000"),
            ("１３８００１３８０００", "+8613800138000"),
            ("+353 1 234 5678", "+35312345678"),
            ("(0531) 8888 8888", "+8653188888888"),
            ("0531-88888888 转 801", "+8653188888888;ext=801"),
            ("0531-88888888-801", "+8653188888888;ext=801"),
            ("0531-88888888 分机:801", "+8653188888888;ext=801"),
            ("0531-88888888 ext 801", "+8653188888888;ext=801"),
            ("+1 (415) 555-2671", "+14155552671"),
            ("+44 20 7946 0958", "+442079460958"),
            ("12345", "short:12345"),
            ("110", "short:110"),
        ] {
            assert_eq!(phone(written, "CN").as_deref(), Ok(expected), "{written}");
        }
        for wrong in [
            "",
            "abc",
            "+",
            "1".repeat(40).as_str(),
            "+86 1",
            "+8600-FLOWERS",
            "\u{0}",
        ] {
            assert!(phone(wrong, "CN").is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn email_addresses_are_folded_and_checked() {
        assert_eq!(email(" Li.Na@Example.COM ").as_deref(), Ok("li.na@example.com"));
        for wrong in [
            "",
            "li.na",
            "@example.com",
            "a b@example.com",
            "a@b@c",
            "\"a b\"@example.com",
            "Li <a@example.com>",
            "a@[127.0.0.1]",
            "a\u{200b}@example.com",
            "a@example.com\u{202e}",
        ] {
            assert!(email(wrong).is_err(), "{wrong:?}");
        }
    }
}
