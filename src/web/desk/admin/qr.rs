//! A text as a QR code: one path of an SVG, which the style sheet colours.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{Error, Result};

/// The light edge that a camera needs, in modules.
const QUIET: usize = 4;

/// A picture: how wide and high it is, and what of it is dark.
pub(super) struct Picture {
    pub(super) size: usize,
    pub(super) path: String,
}

/// The picture of a text.
///
/// # Errors
/// When the text is too long for any.
pub(super) fn of(text: &str) -> Result<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Error::internal(format!("QR code: {error}")))?;
    let width = code.width();
    let colours = code.to_colors();
    let mut path = String::new();
    for (y, row) in colours.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                let n = run.len();
                let _ = write!(path, "M{} {}h{n}v1h-{n}z", x + QUIET, y + QUIET);
            }
            x += run.len();
        }
    }
    Ok(Picture {
        size: width + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The dark modules of a path.
    fn dark(path: &str) -> BTreeSet<(usize, usize)> {
        let mut all = BTreeSet::new();
        for run in path.split('M').skip(1) {
            let (start, rest) = run.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let n: usize = rest.split('v').next().unwrap().parse().unwrap();
            all.extend((x..x + n).map(|x| (x, y)));
        }
        all
    }

    #[test]
    fn the_path_is_the_code_with_a_light_edge() {
        let text = "otpauth://totp/Hark:li.na?secret=JBSWY3DPEHPK3PXP&issuer=Hark";
        let picture = of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let dark = dark(&picture.path);
        for x in 0..picture.size {
            for y in 0..picture.size {
                let within = (QUIET..QUIET + code.width()).contains(&x) && (QUIET..QUIET + code.width()).contains(&y);
                let meant = within && code[(x - QUIET, y - QUIET)] == Color::Dark;
                assert_eq!(dark.contains(&(x, y)), meant, "{x} {y}");
            }
        }
        assert!(of(&"x".repeat(5_000)).is_err());
    }
}
