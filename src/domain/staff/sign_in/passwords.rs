//! Passwords: argon2id, and an estimate of how many guesses one would take. Pure; both are slow on
//! purpose or by nature, so callers run them off the async threads.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

use crate::domain::check::Check;
use crate::error::{Error, Result};

/// Memory of one computation, KiB; passes; lanes: what OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The fewest characters of a password.
pub const SHORTEST: usize = 10;
/// The most characters of a password.
pub const LONGEST: usize = 128;

/// The fewest letters and digits of a password beside words that are known.
const LEFT: usize = 5;

/// A hash that no password has, with today's parameters: comparing with it costs what comparing
/// with a real one does. A test keeps the parameters in step.
pub const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What everybody here may think of, beside the estimator's own (English) lists.
const COMMON_HERE: &[&str] = &[
    "hark",
    "harkdesk",
    "complaint",
    "complaints",
    "service",
    "callback",
    "tousu",
    "kefu",
    "woaini",
    "woaini1314",
    "woaini520",
    "aini1314",
    "wozuishuai",
    "5201314",
    "520520",
    "1314520",
    "7758521",
    "7758258",
    "88888888",
    "66666666",
    "168168",
    "a123456789",
    "qq123456",
    "wang",
    "wangwei",
    "zhang",
    "zhangwei",
    "lina",
    "liwei",
    "zhongguo",
    "beijing",
    "shanghai",
    "guangzhou",
    "shenzhen",
    "hangzhou",
    "nihao",
    "mima",
    "mimamima",
    "gongsi",
    "gongxifacai",
    "guanliyuan",
    "yonghu",
    "admin888",
    "iloveyou",
    "laopo",
    "laogong",
    "baobao",
    "baobei",
    "tianshi",
    "kuaile",
    "pengyou",
    "xiaoming",
    "我爱你",
    "一三一四",
    "五二零",
    "密码",
    "客服",
    "投诉",
    "你好",
    "中国",
    "恭喜发财",
    "管理员",
];

static ARGON2: LazyLock<Option<Argon2<'static>>> = LazyLock::new(|| {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
});

fn argon2() -> Result<&'static Argon2<'static>> {
    ARGON2
        .as_ref()
        .ok_or_else(|| Error::internal("argon2 refuses its parameters"))
}

/// The same text however it was typed: composed or not, full width or half.
fn normalised(password: &str) -> String {
    password.nfkc().collect()
}

/// What a comparison showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Another password.
    Wrong,
    /// The password.
    Right,
    /// The password, hashed with parameters that are no longer today's.
    RightButOld,
}

/// Hashes a password, with a salt of its own.
///
/// # Errors
/// When the hashing fails, which it does not.
pub fn hash(password: &str) -> Result<String> {
    let hash = argon2()?
        .hash_password(normalised(password).as_bytes())
        .map_err(|e| Error::internal(format!("argon2: {e}")))?;
    Ok(hash.to_string())
}

/// Compares a password with a hash.
///
/// # Errors
/// When the hash is none.
pub fn compare(password: &str, hash: &str) -> Result<Verdict> {
    let hash = PasswordHash::new(hash).map_err(|e| Error::internal(format!("a password hash: {e}")))?;
    // Nobody has a longer password, so a longer text costs no more than any other wrong one.
    let password = if password.chars().count() > LONGEST {
        ""
    } else {
        password
    };
    match argon2()?.verify_password(normalised(password).as_bytes(), &hash) {
        Ok(()) if is_current(&hash) => Ok(Verdict::Right),
        Ok(()) => Ok(Verdict::RightButOld),
        Err(_) => Ok(Verdict::Wrong),
    }
}

fn is_current(hash: &PasswordHash) -> bool {
    let is = |name: &str, want: u32| hash.params.get_decimal(name) == Some(want);
    hash.algorithm.as_str() == "argon2id" && is("m", MEMORY_KIB) && is("t", PASSES) && is("p", LANES)
}

/// Notes what is wrong with a new password. `words` are the person's own: handle, name, e-mail.
pub fn check(check: &mut Check, pointer: &str, password: &str, words: &[&str]) {
    let length = password.chars().count();
    if length < SHORTEST {
        check.fail(pointer, "too_short", format_args!("at least {SHORTEST} characters"));
    } else if length > LONGEST {
        check.fail(pointer, "too_long", format_args!("at most {LONGEST} characters"));
    } else if password.chars().any(char::is_control) {
        check.fail(pointer, "malformed", "no control characters");
    } else if is_guessable(&normalised(password), words) {
        check.fail(
            pointer,
            "too_weak",
            "too easy to guess: use a few words that do not belong together, or a password manager",
        );
    }
}

fn is_guessable(password: &str, words: &[&str]) -> bool {
    let known = known_words(words);
    let listed: Vec<&str> = known.iter().map(String::as_str).collect();
    is_nothing_else(password, &known) || zxcvbn::zxcvbn(password, &listed).score() < Score::Three
}

/// The person's own words, whole, in parts and run together, and those that everybody here knows; the
/// longest first.
fn known_words(words: &[&str]) -> Vec<String> {
    let mut known: Vec<String> = COMMON_HERE.iter().map(|word| (*word).to_owned()).collect();
    for word in words {
        let word = word.to_lowercase();
        let parts: Vec<&str> = word.split(|c: char| !c.is_alphanumeric()).collect();
        known.extend(parts.iter().map(|part| (*part).to_owned()));
        known.push(parts.concat());
        known.push(word);
    }
    known.retain(|word| word.chars().count() > 1);
    known.sort_by_key(|word| std::cmp::Reverse(word.len()));
    known.dedup();
    known
}

/// Whether hardly anything is left of a password without the known words. (The estimator takes three words
/// for many guesses, however well known each is.)
fn is_nothing_else(password: &str, known: &[String]) -> bool {
    let mut left = password.to_lowercase();
    for word in known.iter().filter(|word| word.len() > 2) {
        left = left.replace(word.as_str(), " ");
    }
    left.chars().filter(|c| c.is_alphanumeric()).count() < LEFT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(password: &str) -> bool {
        let mut found = Check::new();
        check(
            &mut found,
            "/password",
            password,
            &["wang.xiaoyan", "Wang Xiaoyan", "xiaoyan@desk.example"],
        );
        !found.is_clean()
    }

    #[test]
    fn a_password_is_right_only_for_its_own_hash() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert_ne!(
            hashed,
            hash("correct horse battery").unwrap(),
            "each has a salt of its own"
        );
        assert_eq!(compare("correct horse battery", &hashed).unwrap(), Verdict::Right);
        assert_eq!(compare("correct horse batter", &hashed).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn the_hash_of_nobody_is_read_and_has_the_parameters_of_all_others() {
        assert_eq!(compare("anything at all", DUMMY).unwrap(), Verdict::Wrong);
        assert!(is_current(&PasswordHash::new(DUMMY).unwrap()));
    }

    #[test]
    fn a_hash_of_other_days_is_told_apart() {
        let old = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8 * 1024, 1, 1, None).unwrap(),
        );
        let hashed = old.hash_password(b"correct horse battery").unwrap().to_string();
        assert_eq!(compare("correct horse battery", &hashed).unwrap(), Verdict::RightButOld);
    }

    #[test]
    fn a_full_width_keyboard_types_the_same_password() {
        let hashed = hash("correct horse 42!").unwrap();
        assert_eq!(compare("ｃｏｒｒｅｃｔ horse ４２！", &hashed).unwrap(), Verdict::Right);
    }

    #[test]
    fn what_others_think_of_first_is_refused_and_a_few_words_are_taken() {
        for weak in [
            "short",
            "password123",
            "woaini1314520",
            "8888888888",
            "5201314520",
            "wangxiaoyan1",
            "WangXiaoyan2026",
            "xiaoyan@desk",
            "harkhark2026",
            "我爱你一三一四五二零",
            "qwertyuiop",
            "admin888admin888",
        ] {
            assert!(findings(weak), "{weak}");
        }
        assert!(findings(&"x9 Lmq".repeat(30)), "too long");
        for strong in [
            "lantern gravel otter nine",
            "mK3#vTq8!zRw",
            "杯子里有三只蓝色的鲸鱼在唱歌",
        ] {
            assert!(!findings(strong), "{strong}");
        }
    }
}
