//! Bars from zero, each of one part or of several upon another.

use askama::Template;

use super::{BOTTOM, LEFT, Mark, Scale, TOP, Tick, WIDTH, count, height, short, under, written};
use crate::error::Result;

/// A part of a bar.
pub(in crate::web::desk::ops) struct Piece {
    pub(in crate::web::desk::ops) class: &'static str,
    pub(in crate::web::desk::ops) n: f64,
    pub(in crate::web::desk::ops) says: String,
}

/// A bar: where it stands, of what it is made, where it leads.
pub(in crate::web::desk::ops) struct Bar {
    pub(in crate::web::desk::ops) place: String,
    pub(in crate::web::desk::ops) pieces: Vec<Piece>,
    pub(in crate::web::desk::ops) href: Option<String>,
}

/// A part of a bar, in its place.
pub(in crate::web::desk::ops) struct Drawn {
    pub(in crate::web::desk::ops) class: &'static str,
    pub(in crate::web::desk::ops) y: String,
    pub(in crate::web::desk::ops) h: String,
    pub(in crate::web::desk::ops) says: String,
}

/// A bar, in its place.
pub(in crate::web::desk::ops) struct Standing {
    pub(in crate::web::desk::ops) x: String,
    pub(in crate::web::desk::ops) w: String,
    pub(in crate::web::desk::ops) hit_x: String,
    pub(in crate::web::desk::ops) hit_w: String,
    pub(in crate::web::desk::ops) pieces: Vec<Drawn>,
    pub(in crate::web::desk::ops) says: String,
    pub(in crate::web::desk::ops) href: Option<String>,
    pub(in crate::web::desk::ops) middle: String,
    pub(in crate::web::desk::ops) above: String,
    pub(in crate::web::desk::ops) total: String,
}

#[derive(Template)]
#[template(path = "web/desk/ops/bars.html")]
struct Bars<'a> {
    says: &'a str,
    width: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    linked: bool,
    ticks: Vec<Tick>,
    bars: Vec<Standing>,
    marks: Vec<Mark>,
}

/// Draws bars from zero, each of one part or of several upon another.
///
/// # Errors
/// When it cannot be written.
pub(in crate::web::desk::ops) fn bars(says: &str, bars: Vec<Bar>, scale: &Scale<'_>) -> Result<String> {
    let of = |bar: &Bar| bar.pieces.iter().map(|piece| piece.n).sum::<f64>();
    let most = bars.iter().map(of).fold(0.0, f64::max);
    let (top, ticks) = scale.grid(most.max(1.0));
    // There are no words beside bars.
    let right = WIDTH - 6.0;
    let wide = (right - LEFT) / count(bars.len().max(1));
    let bar = (wide * 0.76).min(44.0);
    let middle = |nth: usize| LEFT + wide * (count(nth) + 0.5);
    let places: Vec<String> = bars.iter().map(|bar| bar.place.clone()).collect();
    let few = bars.len() <= 8;
    let marks = match few {
        true => places
            .iter()
            .enumerate()
            .map(|(nth, text)| Mark {
                x: short(middle(nth)),
                y: short(BOTTOM + 15.0),
                text: text.clone(),
                class: "under",
            })
            .collect(),
        false => under(&places, middle),
    };
    let linked = bars.iter().any(|bar| bar.href.is_some());
    let standing = bars.into_iter().enumerate().map(|(nth, one)| {
        let total = of(&one);
        let mut below = 0.0;
        let mut pieces = Vec::new();
        for piece in one.pieces.iter().filter(|piece| piece.n > 0.0) {
            let (from, to) = (height(below, top), height(below + piece.n, top));
            below += piece.n;
            pieces.push(Drawn {
                class: piece.class,
                y: short(to),
                h: short((from - to).max(1.0)),
                says: format!("{}: {}", one.place, piece.says),
            });
        }
        Standing {
            x: short(middle(nth) - bar / 2.0),
            w: short(bar),
            hit_x: short(LEFT + wide * count(nth)),
            hit_w: short(wide),
            says: format!("{}: {}", one.place, (scale.tell)(total)),
            href: one.href,
            middle: short(middle(nth)),
            above: short(height(total, top) - 4.0),
            total: match few && total > 0.0 {
                true => (scale.tell)(total),
                false => String::new(),
            },
            pieces,
        }
    });
    let bars: Vec<Standing> = standing.collect();
    written(&Bars {
        says,
        width: WIDTH,
        left: LEFT,
        right,
        top: TOP,
        bottom: BOTTOM,
        linked,
        ticks,
        bars,
        marks,
    })
}
