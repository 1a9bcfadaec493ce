//! Where customers live, and the phone numbers there.

use super::corpus::Tongue;
use super::draw::{Draw, is_daytime};
use crate::clock::Moment;

/// Where somebody lives.
#[derive(Debug)]
pub(super) struct Place {
    /// IANA.
    pub(super) time_zone: &'static str,
    /// Roughly so many hours east of Greenwich; good enough to know whether it is day.
    pub(super) offset: i32,
    /// How money is written.
    pub(super) currency_sign: &'static str,
    /// ISO 4217.
    pub(super) currency: &'static str,
    /// How its numbers begin.
    ranges: &'static [&'static str],
    /// How many numbers each range has.
    size: u64,
}

/// Where the customers live: China first, then those who speak English. All numbers of the
/// latter are kept free for fiction by the authorities of the country (Ofcom, ComReg, NANPA,
/// ACMA); China keeps none free.
static PLACES: [Place; 7] = [
    Place {
        time_zone: "Asia/Shanghai",
        offset: 8,
        currency_sign: "¥",
        currency: "CNY",
        ranges: &[
            "+86138", "+86139", "+86136", "+86150", "+86158", "+86159", "+86177", "+86186", "+86188", "+86199",
        ],
        size: 100_000_000,
    },
    Place {
        time_zone: "Europe/London",
        offset: 0,
        currency_sign: "£",
        currency: "GBP",
        ranges: &[
            "+447700900",
            "+442079460",
            "+441134960",
            "+441144960",
            "+441154960",
            "+441164960",
            "+441174960",
            "+441184960",
            "+441214960",
            "+441314960",
            "+441414960",
            "+441514960",
            "+441614960",
            "+441914980",
            "+441632960",
        ],
        size: 1_000,
    },
    Place {
        time_zone: "Europe/Dublin",
        offset: 0,
        currency_sign: "€",
        currency: "EUR",
        ranges: &["+3532091"],
        size: 100_000,
    },
    Place {
        time_zone: "America/New_York",
        offset: -5,
        currency_sign: "$",
        currency: "USD",
        ranges: &[
            "+121255501",
            "+161755501",
            "+121555501",
            "+120255501",
            "+140455501",
            "+130555501",
            "+141255501",
            "+191955501",
            "+171655501",
            "+180455501",
        ],
        size: 100,
    },
    Place {
        time_zone: "America/Los_Angeles",
        offset: -8,
        currency_sign: "$",
        currency: "USD",
        ranges: &[
            "+121355501",
            "+141555501",
            "+120655501",
            "+150355501",
            "+161955501",
            "+140855501",
            "+191655501",
            "+125355501",
        ],
        size: 100,
    },
    Place {
        time_zone: "Australia/Sydney",
        offset: 10,
        currency_sign: "A$",
        currency: "AUD",
        ranges: &["+6125550", "+6127010", "+6135550", "+6137010"],
        size: 10_000,
    },
    Place {
        time_zone: "Australia/Perth",
        offset: 8,
        currency_sign: "A$",
        currency: "AUD",
        ranges: &["+6185550", "+6187010"],
        size: 10_000,
    },
];

/// Gives out homes and phone numbers, each number once.
#[derive(Debug, Default)]
pub(super) struct Directory {
    given: [u64; PLACES.len()],
}

impl Directory {
    /// Where somebody lives who speaks this language and complains at `now`: where it is day and
    /// there are numbers left, if possible. With the phone number, in E.164 and as they write it.
    pub(super) fn home(
        &mut self,
        draw: &mut Draw,
        tongue: Tongue,
        now: Moment,
    ) -> (&'static Place, Option<(String, String)>) {
        let [china, london, dublin, new_york, los_angeles, sydney, perth] = &PLACES;
        let likely = match tongue {
            Tongue::Chinese => vec![(1.0, (0, china))],
            Tongue::English => vec![
                (0.4, (1, london)),
                (0.1, (2, dublin)),
                (0.2, (3, new_york)),
                (0.1, (4, los_angeles)),
                (0.12, (5, sydney)),
                (0.08, (6, perth)),
            ],
        };
        let fallback = if tongue == Tongue::Chinese {
            (0, china)
        } else {
            (2, dublin)
        };
        let awake: Vec<_> = likely
            .into_iter()
            .filter(|(_, (n, place))| is_daytime(now, place.offset) && self.left(*n, place))
            .collect();
        let (n, place) = draw.weighted(&awake, fallback);
        (place, self.number(n, place))
    }

    fn left(&self, n: usize, place: &Place) -> bool {
        let ranges = u64::try_from(place.ranges.len()).unwrap_or_default();
        self.given.get(n).is_some_and(|given| *given < ranges * place.size)
    }

    fn number(&mut self, n: usize, place: &'static Place) -> Option<(String, String)> {
        let given = self.given.get_mut(n)?;
        let ranges = u64::try_from(place.ranges.len()).ok()?;
        // Round and round the ranges, so that even a small desk shows several.
        let (range, nth) = (usize::try_from(*given % ranges).ok()?, *given / ranges);
        let start = place.ranges.get(range).filter(|_| nth < place.size)?;
        *given += 1;
        // 7^9 shares no factor with a power of ten, so each number comes once.
        let line = (nth * 40_353_607 + start.bytes().map(u64::from).sum::<u64>() * 7_919) % place.size;
        let width = usize::try_from(place.size.ilog10()).ok()?;
        let e164 = format!("{start}{line:0width$}");
        let written = as_written(&e164);
        Some((e164, written))
    }
}

/// A Chinese mobile number in three groups without the country code; others with it.
fn as_written(e164: &str) -> String {
    match e164.strip_prefix("+86") {
        Some(own) => match (own.get(..3), own.get(3..7), own.get(7..)) {
            (Some(a), Some(b), Some(c)) => format!("{a} {b} {c}"),
            _ => own.to_owned(),
        },
        None => e164.to_owned(),
    }
}
