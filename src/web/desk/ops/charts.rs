//! Where everything in a chart stands. A template for each kind writes it down: no style, no script, classes only, so
//! that both colours and the policy of the pages hold. Each is named by what was found, and has a table beside it.

mod bars;
mod shares;

use askama::Template;

pub(super) use self::bars::{Bar, Piece, bars};
pub(super) use self::shares::{Day, Heat, Hour, stacks, tint};
use crate::error::{Error, Result};

const WIDTH: f64 = 400.0;
const LEFT: f64 = 54.0;
const RIGHT: f64 = 318.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 160.0;
/// How far apart words beside each other stand at least.
const LINE: f64 = 12.0;
/// About how many words there is room for under a chart.
const WORDS: usize = 6;

/// A line of the grid.
pub(super) struct Tick {
    pub(super) y: String,
    pub(super) text: String,
}

/// A word at a place.
pub(super) struct Mark {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) text: String,
    pub(super) class: &'static str,
}

/// How the values of a chart are told.
pub(super) struct Scale<'a> {
    /// The least even step that is not below a value.
    pub(super) even: fn(f64) -> f64,
    /// The value in words.
    pub(super) tell: &'a dyn Fn(f64) -> String,
    /// The greatest value that there can be.
    pub(super) most: Option<f64>,
}

impl Scale<'_> {
    /// The value at the top, and the lines of the grid.
    fn grid(&self, most: f64) -> (f64, Vec<Tick>) {
        let most = self.most.unwrap_or(most).max(f64::MIN_POSITIVE);
        let step = match self.most {
            Some(most) => most / 4.0,
            None => (self.even)(most / 3.0),
        };
        let steps = (most / step).ceil().max(1.0);
        let mut ticks = Vec::new();
        let mut nth = 0.0;
        while nth <= steps {
            ticks.push(Tick {
                y: short(height(nth * step, steps * step)),
                text: (self.tell)(nth * step),
            });
            nth += 1.0;
        }
        (steps * step, ticks)
    }
}

fn height(value: f64, top: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * (value / top).clamp(0.0, 1.0)
}

fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn count(n: usize) -> f64 {
    n as f64
}

/// Words under the places, as many as there is room for.
fn under(places: &[String], at: impl Fn(usize) -> f64) -> Vec<Mark> {
    let every = places.len().div_ceil(WORDS).max(1);
    let shown = places.iter().enumerate().filter(|(nth, _)| nth.is_multiple_of(every));
    shown
        .map(|(nth, text)| Mark {
            x: short(at(nth)),
            y: short(BOTTOM + 15.0),
            text: text.clone(),
            class: "under",
        })
        .collect()
}

/// One line: its name beside its end, its class, its values by place.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) class: &'static str,
    pub(super) values: Vec<Option<f64>>,
}

/// A point that nothing leads to or from.
pub(super) struct Dot {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) class: &'static str,
}

/// A place that can be pointed at, and what each line is there.
pub(super) struct Spot {
    pub(super) x: String,
    pub(super) says: String,
}

/// Lines over time, with the band between the first two, and the objective.
#[derive(Template)]
#[template(path = "web/desk/ops/line.html")]
struct Line<'a> {
    says: &'a str,
    width: f64,
    left: f64,
    right: f64,
    bottom: f64,
    ticks: Vec<Tick>,
    bands: Vec<String>,
    lines: Vec<(&'static str, String)>,
    dots: Vec<Dot>,
    spot: String,
    spots: Vec<Spot>,
    objective: Option<String>,
    marks: Vec<Mark>,
}

/// Draws lines. A place without a value breaks its line.
///
/// # Errors
/// When it cannot be written.
pub(super) fn line(
    says: &str,
    places: &[String],
    series: &[Series],
    objective: Option<(f64, String)>,
    scale: &Scale<'_>,
) -> Result<String> {
    let values = series.iter().flat_map(|one| one.values.iter().flatten()).copied();
    let most = values
        .chain(objective.as_ref().map(|(value, _)| *value))
        .fold(0.0, f64::max);
    let (top, ticks) = scale.grid(most);
    let wide = (RIGHT - LEFT) / count(places.len().saturating_sub(1).max(1));
    let at = |nth: usize| LEFT + wide * count(nth);
    let mut drawn = Line {
        says,
        width: WIDTH,
        left: LEFT,
        right: RIGHT,
        bottom: BOTTOM,
        ticks,
        bands: Vec::new(),
        lines: Vec::new(),
        dots: Vec::new(),
        spot: short(wide),
        spots: spots(places, series, scale, |nth| at(nth) - wide / 2.0),
        objective: objective.as_ref().map(|(value, _)| short(height(*value, top))),
        marks: Vec::new(),
    };
    let point = |nth: usize, value: f64| format!("{},{}", short(at(nth)), short(height(value, top)));
    if let [low, high, ..] = series {
        let pairs: Vec<Option<(f64, f64)>> = low
            .values
            .iter()
            .zip(&high.values)
            .map(|(low, high)| low.zip(*high))
            .collect();
        for (first, run) in runs(&pairs) {
            let below = run.iter().enumerate().map(|(n, (low, _))| point(first + n, *low));
            let above = run
                .iter()
                .enumerate()
                .rev()
                .map(|(n, (_, high))| point(first + n, *high));
            let points: Vec<String> = below.chain(above).collect();
            drawn.bands.push(points.join(" "));
        }
    }
    let mut ends: Vec<(f64, String, &'static str)> = Vec::new();
    for one in series {
        for (first, run) in runs(&one.values) {
            let points: Vec<String> = run
                .iter()
                .enumerate()
                .map(|(n, value)| point(first + n, *value))
                .collect();
            match run.as_slice() {
                [value] => drawn.dots.push(Dot {
                    x: short(at(first)),
                    y: short(height(*value, top)),
                    class: one.class,
                }),
                _ => drawn.lines.push((one.class, points.join(" "))),
            }
        }
        if let Some(last) = one.values.iter().rev().flatten().next() {
            ends.push((height(*last, top), one.name.clone(), one.class));
        }
    }
    if let Some((value, name)) = objective {
        ends.push((height(value, top), name, "objective"));
    }
    drawn.marks = apart(ends);
    drawn.marks.extend(under(places, at));
    written(&drawn)
}

/// What can be pointed at: where there are values.
fn spots(places: &[String], series: &[Series], scale: &Scale<'_>, from: impl Fn(usize) -> f64) -> Vec<Spot> {
    let spot = |(nth, place): (usize, &String)| {
        let told = series.iter().filter_map(|one| {
            let value = one.values.get(nth).copied().flatten()?;
            Some(format!("{} {}", one.name, (scale.tell)(value)))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| Spot {
            x: short(from(nth)),
            says: format!("{place}: {}", told.join(" · ")),
        })
    };
    places.iter().enumerate().filter_map(spot).collect()
}

/// What stands together without a gap, and where it begins.
fn runs<T: Copy>(values: &[Option<T>]) -> Vec<(usize, Vec<T>)> {
    let mut found: Vec<(usize, Vec<T>)> = Vec::new();
    let mut open = false;
    for (nth, value) in values.iter().enumerate() {
        match (value, found.last_mut()) {
            (Some(value), Some((_, run))) if open => run.push(*value),
            (Some(value), _) => found.push((nth, vec![*value])),
            (None, _) => {}
        }
        open = value.is_some();
    }
    found
}

/// Words beside the ends of lines, none upon another.
fn apart(mut ends: Vec<(f64, String, &'static str)>) -> Vec<Mark> {
    ends.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut least = TOP;
    for end in &mut ends {
        end.0 = end.0.max(least);
        least = end.0 + LINE;
    }
    let mut most = BOTTOM + 4.0;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(most);
        most = end.0 - LINE;
    }
    ends.into_iter()
        .map(|(y, text, class)| Mark {
            x: short(RIGHT + 7.0),
            y: short(y + 3.5),
            text,
            class,
        })
        .collect()
}

/// Writes a chart down.
///
/// # Errors
/// When it cannot be written.
pub(super) fn written(chart: &impl Template) -> Result<String> {
    chart.render().map_err(|e| Error::internal(format!("chart: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Scale<'static> {
        Scale {
            even: crate::review::even,
            tell: &|value| value.to_string(),
            most: None,
        }
    }

    #[test]
    fn bars_stand_on_zero_and_the_greatest_keeps_within_the_chart() {
        let bar = |place: &str, n: f64| Bar {
            place: place.to_owned(),
            pieces: vec![Piece {
                class: "a",
                n,
                says: n.to_string(),
            }],
            href: None,
        };
        let html = bars("x", vec![bar("one", 7.0), bar("two", 0.0), bar("three", 3.5)], &plain()).unwrap();
        let tops: Vec<(f64, f64)> = html
            .split("<rect class=\"a\"")
            .skip(1)
            .map(|rect| {
                let number = |name: &str| {
                    let (_, rest) = rect.split_once(&format!(" {name}=\"")).unwrap();
                    rest.split('"').next().unwrap().parse::<f64>().unwrap()
                };
                (number("y"), number("height"))
            })
            .collect();
        assert_eq!(tops.len(), 2, "what is nothing is not drawn");
        for (y, h) in &tops {
            assert!(*y >= TOP && (y + h - BOTTOM).abs() < 0.2, "{y} {h}");
        }
        assert!(
            (tops[0].1 - 2.0 * tops[1].1).abs() < 0.3,
            "twice as many is twice as high"
        );
    }

    #[test]
    fn a_place_without_a_value_breaks_the_line() {
        let values = [Some(1.0), Some(2.0), None, Some(3.0)];
        assert_eq!(runs(&values), [(0, vec![1.0, 2.0]), (3, vec![3.0])]);
    }

    #[test]
    fn words_beside_the_lines_never_stand_upon_each_other() {
        let ends = vec![
            (20.0, String::new(), "a"),
            (21.0, String::new(), "b"),
            (160.0, String::new(), "c"),
            (161.0, String::new(), "d"),
        ];
        let at: Vec<f64> = apart(ends).iter().map(|mark| mark.y.parse().unwrap()).collect();
        for pair in at.windows(2) {
            assert!(pair[1] - pair[0] >= LINE - 0.1, "{at:?}");
        }
    }

    #[test]
    fn only_nothing_has_no_tint() {
        assert_eq!([0, 1, 50, 99, 100].map(|n| tint(n, 100)), [0, 1, 4, 7, 8]);
        assert_eq!(tint(0, 0), 0);
    }
}
