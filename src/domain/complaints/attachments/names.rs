//! What a file is called: kept for people to read, never used as a path.

use unicode_normalization::UnicodeNormalization;

use super::media::Media;

/// The longest name, characters.
const LONGEST: usize = 150;

/// Characters that are not seen, or turn the writing around: `gpj.exe` would read as `exe.jpg`.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A name without path, hidden characters and what file systems do not take, with an ending that
/// fits the content.
pub fn clean(name: &str, media: Media) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .nfc()
        .filter(|c| !is_hidden(*c))
        .map(|c| {
            if matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*') {
                '_'
            } else {
                c
            }
        })
        .collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let fits = |ending: &str| media.endings().iter().any(|fit| ending.eq_ignore_ascii_case(fit));
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if fits(ending) => (stem, ending),
        _ => (kept, media.endings().first().copied().unwrap_or("bin")),
    };
    let stem: String = stem.chars().take(LONGEST - ending.len() - 1).collect();
    let stem = if stem.trim().is_empty() {
        "attachment"
    } else {
        stem.trim()
    };
    format!("{stem}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        for (given, kept) in [
            ("photo.jpg", "photo.jpg"),
            ("照片 1.JPEG", "照片 1.JPEG"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\li\\receipt.jpg", "receipt.jpg"),
            ("photo.jpg.exe", "photo.jpg.exe.jpg"),
            ("..", "attachment.jpg"),
            ("", "attachment.jpg"),
            (".jpg", "jpg.jpg"),
            ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie_ x=1.jpg"),
            ("\u{202e}gpj.exe", "gpj.exe.jpg"),
            ("a\0b\"c.jpg", "ab_c.jpg"),
        ] {
            assert_eq!(clean(given, Media::Jpeg), kept, "{given:?}");
        }
        let long = clean(&"长".repeat(500), Media::Pdf);
        assert!(long.chars().count() == LONGEST && long.ends_with(".pdf"), "{long}");
    }
}
