//! Errors of reading, without what was read.

/// What serde says is wrong, without the value of which it says it.
pub(super) fn without_value(detail: &str) -> String {
    let Some((found, expected)) = detail.rsplit_once(", expected ") else {
        let quoted = detail.contains('"') || detail.contains("unknown variant");
        return if quoted {
            "malformed".to_owned()
        } else {
            detail.to_owned()
        };
    };
    // A field is named by its name; everything else by its kind.
    let kind = if found.starts_with("unknown field") {
        found
    } else {
        found.split(['"', '`']).next().unwrap_or_default().trim_end()
    };
    format!("{kind}, expected {expected}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_repeats_the_value_that_does_not_fit() {
        for (said, told) in [
            (
                "invalid type: string \"Li, expected Na\", expected u8",
                "invalid type: string, expected u8",
            ),
            (
                "invalid type: integer `138`, expected a string",
                "invalid type: integer, expected a string",
            ),
            (
                "invalid type: null, expected a string",
                "invalid type: null, expected a string",
            ),
            (
                "unknown variant `Li`, expected one of `a`, `b`",
                "unknown variant, expected one of `a`, `b`",
            ),
            ("unknown field `x`, expected `y`", "unknown field `x`, expected `y`"),
            ("missing field `x`", "missing field `x`"),
        ] {
            assert_eq!(without_value(said), told);
        }
    }
}
