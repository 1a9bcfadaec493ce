//! Errors of reading, without what was read.

/// What serde says is wrong, without the value of which it says it.
pub(super) fn without_value(detail: &str) -> String {
    let Some((found, expected)) = detail.rsplit_once(", expected ") else {
        if detail.starts_with("data did not match any variant") {
            return "fits none of the forms that there are".to_owned();
        }
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
    format!("{kind}, expected {}", plain(expected))
}

/// What was expected, without the names that things have in the program.
fn plain(expected: &str) -> &str {
    let is = |starts: &[&str]| starts.iter().any(|start| expected.starts_with(start));
    if is(&[
        "struct ",
        "map",
        "a map",
        "internally tagged enum",
        "adjacently tagged enum",
    ]) {
        "an object"
    } else if is(&["a sequence", "sequence", "tuple "]) {
        "a list"
    } else if is(&["enum ", "unit struct", "newtype "]) {
        "another value"
    } else {
        expected
    }
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
            (
                "invalid type: null, expected struct IntakeForm",
                "invalid type: null, expected an object",
            ),
            (
                "invalid type: map, expected a sequence",
                "invalid type: map, expected a list",
            ),
        ] {
            assert_eq!(without_value(said), told);
        }
    }
}
