//! Shares of a whole, and how strongly the cells of a table are tinted.

use askama::Template;

use super::{WIDTH, short, written};
use crate::error::Result;

/// A share of the whole, with the place where it stands.
pub(in crate::web::desk::ops) struct Share {
    pub(in crate::web::desk::ops) class: String,
    pub(in crate::web::desk::ops) x: String,
    pub(in crate::web::desk::ops) w: String,
    pub(in crate::web::desk::ops) middle: String,
    pub(in crate::web::desk::ops) says: String,
    pub(in crate::web::desk::ops) text: String,
}

/// A line of shares that make up the whole.
pub(in crate::web::desk::ops) struct Stack {
    pub(in crate::web::desk::ops) y: String,
    pub(in crate::web::desk::ops) text_y: String,
    pub(in crate::web::desk::ops) name: String,
    pub(in crate::web::desk::ops) shares: Vec<Share>,
}

#[derive(Template)]
#[template(path = "web/desk/ops/stacks.html")]
struct Stacks<'a> {
    says: &'a str,
    width: f64,
    height: f64,
    stacks: Vec<Stack>,
}

/// What makes up a stack: its class, its name, how many.
pub(in crate::web::desk::ops) type Part = (String, String, i64);

/// About how wide a text is.
fn width(text: &str) -> f64 {
    let of = |c: char| if c > '\u{2e80}' { 11.5 } else { 6.9 };
    text.chars().map(of).sum()
}

/// Draws lines of shares, one below another, each as long as the others.
///
/// # Errors
/// When it cannot be written.
pub(in crate::web::desk::ops) fn stacks(
    says: &str,
    of: &[(String, Vec<Part>)],
    tell: &dyn Fn(f64) -> String,
) -> Result<String> {
    let mut stacks = Vec::new();
    let mut y = 18.0;
    for (name, parts) in of {
        let all: i64 = parts.iter().map(|(_, _, n)| n).sum();
        let mut x = 0.0;
        let mut shares = Vec::new();
        for (class, what, n) in parts.iter().filter(|(_, _, n)| *n > 0) {
            let share = *n as f64 / all.max(1) as f64;
            let wide = WIDTH * share;
            shares.push(Share {
                class: class.clone(),
                x: short(x),
                w: short(wide),
                middle: short(x + wide / 2.0),
                says: format!("{name}: {what} {n} ({})", tell(share)),
                text: [format!("{what} {}", tell(share)), tell(share)]
                    .into_iter()
                    .find(|text| width(text) + 8.0 <= wide)
                    .unwrap_or_default(),
            });
            x += wide;
        }
        stacks.push(Stack {
            y: short(y),
            text_y: short(y + 25.0),
            name: name.clone(),
            shares,
        });
        y += 72.0;
    }
    written(&Stacks {
        says,
        width: WIDTH,
        height: y - 18.0,
        stacks,
    })
}

/// One hour of a day of the week.
pub(in crate::web::desk::ops) struct Hour {
    pub(in crate::web::desk::ops) class: usize,
    pub(in crate::web::desk::ops) n: i64,
    pub(in crate::web::desk::ops) href: Option<String>,
}

/// A day of the week.
pub(in crate::web::desk::ops) struct Day {
    /// What it is called: as much as there is room for anywhere.
    pub(in crate::web::desk::ops) name: String,
    /// The rest of that.
    pub(in crate::web::desk::ops) rest: String,
    pub(in crate::web::desk::ops) href: Option<String>,
    pub(in crate::web::desk::ops) hours: Vec<Hour>,
    pub(in crate::web::desk::ops) total: i64,
}

/// When something happened, by hour and day: a table whose cells are tinted.
#[derive(Template)]
#[template(path = "web/desk/ops/heat.html")]
pub(in crate::web::desk::ops) struct Heat {
    pub(in crate::web::desk::ops) caption: String,
    pub(in crate::web::desk::ops) day: String,
    pub(in crate::web::desk::ops) total: String,
    /// The hours, each with where it leads.
    pub(in crate::web::desk::ops) hours: Vec<(usize, Option<String>)>,
    pub(in crate::web::desk::ops) days: Vec<Day>,
}

/// How strongly a cell is tinted, 0 to 8.
pub(in crate::web::desk::ops) fn tint(n: i64, most: i64) -> usize {
    if n <= 0 || most <= 0 {
        return 0;
    }
    usize::try_from((n * 8).div_euclid(most).clamp(1, 8)).unwrap_or(8)
}
