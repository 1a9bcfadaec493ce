//! A line over time with the interval of each point, as numbers for an inline SVG.

const LEFT: f64 = 44.0;
const RIGHT: f64 = 628.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 170.0;
/// About how many words there is room for under the chart.
const WORDS: usize = 8;

/// A value, and what is known of it.
pub(super) struct Value {
    pub(super) label: String,
    pub(super) value: Option<f64>,
    pub(super) limits: Option<(f64, f64)>,
    /// What the point says.
    pub(super) says: String,
}

#[derive(Clone)]
pub(super) struct Dot {
    pub(super) x: String,
    pub(super) y: String,
    /// The ends of the interval, if there is one.
    pub(super) whisker: Option<(String, String)>,
    pub(super) says: String,
}

#[derive(Clone)]
pub(super) struct Mark {
    pub(super) at: String,
    pub(super) text: String,
}

/// A chart.
#[derive(Clone)]
pub(super) struct Trend {
    pub(super) dots: Vec<Dot>,
    /// Runs of neighbouring points.
    pub(super) lines: Vec<String>,
    pub(super) grid: Vec<Mark>,
    pub(super) words: Vec<Mark>,
}

fn text(number: f64) -> String {
    format!("{number:.1}")
}

/// The chart of these values between two bounds, with lines of the grid at these.
pub(super) fn trend(values: &[Value], (low, high): (f64, f64), grid: &[(f64, String)]) -> Trend {
    let y = |value: f64| BOTTOM - (value.clamp(low, high) - low) / (high - low) * (BOTTOM - TOP);
    let steps = (values.len().max(2) - 1) as f64;
    let x = |place: usize| LEFT + 12.0 + (RIGHT - LEFT - 24.0) * place as f64 / steps;
    let mut trend = Trend {
        dots: Vec::new(),
        lines: Vec::new(),
        grid: grid
            .iter()
            .map(|(value, says)| Mark {
                at: text(y(*value)),
                text: says.clone(),
            })
            .collect(),
        words: Vec::new(),
    };
    let mut run: Vec<String> = Vec::new();
    let every = values.len().div_ceil(WORDS).max(1);
    for (place, one) in values.iter().enumerate() {
        if place % every == 0 {
            trend.words.push(Mark {
                at: text(x(place)),
                text: one.label.clone(),
            });
        }
        let Some(value) = one.value else {
            trend.lines.extend(joined(&mut run));
            continue;
        };
        run.push(format!("{},{}", text(x(place)), text(y(value))));
        trend.dots.push(Dot {
            x: text(x(place)),
            y: text(y(value)),
            whisker: one.limits.map(|(low, high)| (text(y(low)), text(y(high)))),
            says: one.says.clone(),
        });
    }
    trend.lines.extend(joined(&mut run));
    trend
}

/// A line, of two points and more.
fn joined(run: &mut Vec<String>) -> Option<String> {
    let points = std::mem::take(run);
    (points.len() > 1).then(|| points.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: Option<f64>) -> Value {
        Value {
            label: "x".to_owned(),
            value,
            limits: value.map(|value| (value - 1.0, value + 1.0)),
            says: String::new(),
        }
    }

    #[test]
    fn a_gap_ends_a_line_and_limits_stay_within_the_chart() {
        let values = [Some(1.0), Some(5.0), None, Some(3.0)].map(value);
        let chart = trend(&values, (1.0, 5.0), &[(1.0, "1".to_owned())]);
        assert_eq!(
            (chart.dots.len(), chart.lines.len()),
            (3, 1),
            "one point alone is no line"
        );
        assert_eq!(chart.dots[0].y, "170.0");
        assert_eq!(chart.dots[0].whisker, Some(("170.0".to_owned(), "130.0".to_owned())));
        assert_eq!(chart.dots[1].y, "10.0");
    }
}
