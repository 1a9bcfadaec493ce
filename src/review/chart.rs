//! Charts as numbers: where each bar, line and label of an inline SVG stands.

/// A line of the grid.
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) text: String,
}

/// A bar.
pub(super) struct Bar {
    pub(super) series: usize,
    pub(super) x: String,
    pub(super) y: String,
    pub(super) w: String,
    pub(super) h: String,
    pub(super) says: String,
}

/// A point of a line.
pub(super) struct Dot {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) says: String,
}

/// A line.
pub(super) struct Line {
    pub(super) series: usize,
    pub(super) points: String,
    pub(super) dots: Vec<Dot>,
}

/// A word under the chart.
pub(super) struct Label {
    pub(super) at: String,
    pub(super) text: String,
}

/// A chart.
pub(super) struct Chart {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
    pub(super) says: String,
    pub(super) ticks: Vec<Tick>,
    pub(super) bars: Vec<Bar>,
    pub(super) lines: Vec<Line>,
    pub(super) labels: Vec<Label>,
    pub(super) legend: Vec<String>,
}

/// How the values of a series are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Bars side by side.
    Bars,
    /// A line.
    Line,
    /// A line by a scale of its own, 0 to 1.
    Share,
}

/// One series.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) values: Vec<Option<f64>>,
}

const WIDTH: i32 = 760;
const HEIGHT: i32 = 250;
const LEFT: i32 = 78;
const RIGHT: i32 = 750;
const TOP: f64 = 12.0;
const BOTTOM: i32 = 218;
/// About how many words there is room for.
const WORDS: usize = 12;

/// Draws series over the same places. `even` is the least even step that is not below a value; `tell` writes a value
/// out.
pub(super) fn chart(
    says: String,
    places: &[String],
    series: &[Series],
    even: fn(f64) -> f64,
    tell: impl Fn(&Series, f64) -> String,
) -> Option<Chart> {
    let most = series
        .iter()
        .filter(|series| series.shape != Shape::Share)
        .flat_map(|series| series.values.iter().flatten())
        .copied()
        .fold(0.0, f64::max);
    if places.is_empty() || most <= 0.0 {
        return None;
    }
    let step = even(most / 4.0);
    let top = step * (most / step).ceil();
    let bottom = f64::from(BOTTOM);
    let height = |value: f64, of: f64| (bottom - TOP) * value / of;
    let wide = f64::from(RIGHT - LEFT) / count(places.len());
    let bars = count(
        series
            .iter()
            .filter(|series| series.shape == Shape::Bars)
            .count()
            .max(1),
    );
    let bar = (wide * 0.72 / bars).min(46.0);
    let middle = |place: usize| f64::from(LEFT) + wide * (count(place) + 0.5);
    let mut drawn = Chart {
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        right: RIGHT,
        bottom: BOTTOM,
        says,
        ticks: Vec::new(),
        bars: Vec::new(),
        lines: Vec::new(),
        labels: Vec::new(),
        legend: series.iter().map(|series| series.name.clone()).collect(),
    };
    let mut at = 0.0;
    while let Some(first) = series.first().filter(|_| at <= top + step / 2.0) {
        drawn.ticks.push(Tick {
            at: (bottom - height(at, top)).round(),
            text: tell(first, at),
        });
        at += step;
    }
    let mut nth = 0.0;
    for (number, one) in series.iter().enumerate() {
        let of = if one.shape == Shape::Share { 1.0 } else { top };
        let said = |place: usize, value: f64| {
            let place = places.get(place).map_or("", String::as_str);
            format!("{place}: {} {}", one.name, tell(one, value))
        };
        if one.shape == Shape::Bars {
            for (place, value) in one.values.iter().enumerate() {
                let Some(value) = value.filter(|value| *value > 0.0) else {
                    continue;
                };
                drawn.bars.push(Bar {
                    series: number,
                    x: short(middle(place) - bar * bars / 2.0 + bar * nth),
                    y: short(bottom - height(value, of)),
                    w: short(bar - 1.0),
                    h: short(height(value, of)),
                    says: said(place, value),
                });
            }
            nth += 1.0;
            continue;
        }
        let dots: Vec<Dot> = one
            .values
            .iter()
            .enumerate()
            .filter_map(|(place, value)| {
                let value = (*value)?;
                Some(Dot {
                    x: short(middle(place)),
                    y: short(bottom - height(value, of)),
                    says: said(place, value),
                })
            })
            .collect();
        let points: Vec<String> = dots.iter().map(|dot| format!("{},{}", dot.x, dot.y)).collect();
        drawn.lines.push(Line {
            series: number,
            points: points.join(" "),
            dots,
        });
    }
    drawn.labels = labels(places, middle);
    Some(drawn)
}

/// Words under the places, as many as there is room for.
fn labels(places: &[String], middle: impl Fn(usize) -> f64) -> Vec<Label> {
    let every = places.len().div_ceil(WORDS);
    let shown = places
        .iter()
        .enumerate()
        .filter(|(place, _)| place.is_multiple_of(every));
    shown
        .map(|(place, text)| Label {
            at: short(middle(place)),
            text: text.clone(),
        })
        .collect()
}

/// Steps of times, seconds: minutes, hours, days and weeks that people count in.
const TIMES: [f64; 15] = [
    60.0,
    300.0,
    900.0,
    1_800.0,
    3_600.0,
    7_200.0,
    14_400.0,
    28_800.0,
    43_200.0,
    86_400.0,
    172_800.0,
    432_000.0,
    604_800.0,
    1_209_600.0,
    2_419_200.0,
];

/// An even step of times.
pub(crate) fn even_time(seconds: f64) -> f64 {
    let step = TIMES.into_iter().find(|step| *step >= seconds);
    step.unwrap_or_else(|| 2_419_200.0 * (seconds / 2_419_200.0).ceil())
}

/// An even step of numbers: 1, 2 or 5 with zeroes.
pub(crate) fn even(value: f64) -> f64 {
    let zeroes = 10_f64.powf(value.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| *step * zeroes >= value);
    (step.unwrap_or(10.0) * zeroes).max(1.0)
}

fn short(value: f64) -> String {
    format!("{value:.1}")
}

fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_even() {
        assert_eq!([0.3, 3.0, 70.0, 2_000.0].map(even), [1.0, 5.0, 100.0, 2_000.0]);
        assert_eq!(
            [1.0, 20_000.0, 90_000.0, 5e6].map(even_time),
            [60.0, 28_800.0, 172_800.0, 7_257_600.0]
        );
    }

    #[test]
    fn a_chart_keeps_within_its_bounds_and_an_empty_one_is_none() {
        let places: Vec<String> = (1..=30).map(|n| n.to_string()).collect();
        let series = [
            Series {
                name: "a".to_owned(),
                shape: Shape::Bars,
                values: (1..=30).map(|n| Some(f64::from(n))).collect(),
            },
            Series {
                name: "b".to_owned(),
                shape: Shape::Line,
                values: (1..=30).map(|n| (n % 2 == 0).then_some(37.0)).collect(),
            },
            Series {
                name: "c".to_owned(),
                shape: Shape::Share,
                values: vec![Some(1.0); 30],
            },
        ];
        let drawn = chart(String::new(), &places, &series, even, |_, value| value.to_string()).unwrap();
        for bar in &drawn.bars {
            let (y, h): (f64, f64) = (bar.y.parse().unwrap(), bar.h.parse().unwrap());
            assert!(y >= TOP && (y + h - f64::from(BOTTOM)).abs() < 0.2);
        }
        assert_eq!(
            drawn.ticks.iter().map(|tick| tick.text.as_str()).collect::<Vec<_>>(),
            ["0", "10", "20", "30", "40"]
        );
        assert_eq!((drawn.bars.len(), drawn.lines.len(), drawn.labels.len()), (30, 2, 10));
        assert_eq!(drawn.lines[0].dots.len(), 15);
        assert!(chart(String::new(), &places, &[], even, |_, _| String::new()).is_none());
    }
}
