//! From data to axes: ranges, ticks with labels, and fewer points where there are more than pixels.

use crate::market::Time;
use chrono::{Datelike, Months, NaiveDate};

/// A point of a curve, in data units.
pub(super) type Point = (f64, f64);

/// A range of values and the labelled places in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// Lower end, below `high`.
    pub(super) low: f64,
    /// Upper end.
    pub(super) high: f64,
    /// Where the labels stand, and what they say.
    pub(super) ticks: Vec<(f64, String)>,
}

/// Buckets that a long curve is divided into; each keeps up to four of its points.
const BUCKETS: usize = 300;

impl Axis {
    /// Where `value` lies between the ends: 0 at the lower, 1 at the upper.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// A linear axis around the finite ones of `values` and `always`, about five ticks, labelled by `label`, which
    /// is also given how many decimals tell the ticks apart.
    pub(super) fn linear(
        values: impl Iterator<Item = f64>,
        always: Option<f64>,
        label: impl Fn(f64, usize) -> String,
    ) -> Self {
        let (low, high) = padded(values.chain(always));
        let step = nice_step((high - low) / 5.0);
        let decimals = (-step.log10().floor()).max(0.0) as usize + usize::from(is_quarter(step));
        let ticks = multiples(step, low, high)
            .map(|value| (value, label(value, decimals)))
            .collect();
        Self { low, high, ticks }
    }

    /// The axis of natural logarithms of positive multiples of the start, labelled with the multiples themselves.
    pub(super) fn logarithmic(logs: impl Iterator<Item = f64>) -> Self {
        let (low, high) = padded(logs.chain([0.0]));
        let within = |mantissas: &[f64]| -> Vec<f64> {
            let decades = (low / std::f64::consts::LN_10).floor() as i32
                ..=(high / std::f64::consts::LN_10).ceil() as i32;
            decades
                .flat_map(|decade| mantissas.iter().map(move |m| m * 10_f64.powi(decade)))
                .filter(|value| (low..=high).contains(&value.ln()))
                .collect()
        };
        let mut values = within(&[1.0, 1.5, 2.0, 3.0, 5.0, 7.0]);
        if values.len() > 9 {
            values = within(&[1.0, 2.0, 5.0]);
            if values.len() > 9 {
                values = within(&[1.0]);
            }
        } else if values.len() < 4 {
            // Less than a doubling: evenly spaced multiples.
            values = multiples(nice_step((high.exp() - low.exp()) / 5.0), low.exp(), high.exp()).collect();
        }
        let ticks = values
            .into_iter()
            .map(|value| (value.ln(), trimmed(value)))
            .collect();
        Self { low, high, ticks }
    }

    /// The axis of the days from the first to the last of `times`: years, months or days, at most about 12 ticks.
    pub(super) fn times(times: &[Time]) -> Self {
        let (first, last) = (times[0], times[times.len() - 1]);
        let (low, high) = (first.days(), last.days().max(first.days() + 1.0));
        let (first, last) = (first.date(), last.date());
        let months = ((high - low) / 30.44) as u32;
        let (step, format) = match months {
            0..3 => {
                let step = nice_step((high - low) / 6.0).max(1.0).round();
                let ticks = (0..=((high - low) / step) as usize)
                    .map(|k| low + k as f64 * step)
                    .filter_map(|value| {
                        let date = NaiveDate::from_num_days_from_ce_opt(value as i32)?;
                        Some((value, date.format("%d %b %Y").to_string()))
                    })
                    .collect();
                return Self { low, high, ticks };
            }
            3..8 => (1, "%b %Y"),
            8..24 => (3, "%b %Y"),
            24..60 => (6, "%b %Y"),
            60..145 => (12, "%Y"),
            145..300 => (24, "%Y"),
            300..700 => (60, "%Y"),
            _ => (120 * (1 + months / 1_200), "%Y"),
        };
        let mut ticks = Vec::new();
        // From a 1 January on which whole steps meet the calendar, such as 1990 for steps of five years.
        let years = (step as i32 / 12).max(1);
        let mut date = NaiveDate::from_ymd_opt(first.year().div_euclid(years) * years, 1, 1);
        while let Some(tick) = date.filter(|date| *date <= last) {
            if day(tick) >= low {
                ticks.push((day(tick), tick.format(format).to_string()));
            }
            date = tick.checked_add_months(Months::new(step));
        }
        Self { low, high, ticks }
    }
}

/// Position of a date's midnight on [`Axis::times`].
fn day(date: NaiveDate) -> f64 {
    f64::from(date.num_days_from_ce())
}

/// The curve's runs of finite points, thinned: of every bucket the first, lowest, highest and last point stay, so
/// that no peak is lost.
pub(super) fn thinned(points: &[Point]) -> Vec<Vec<Point>> {
    let size = points.len().div_ceil(BUCKETS).max(1);
    let mut runs = vec![Vec::new()];
    for bucket in points.chunks(size) {
        let mut kept = vec![0, bucket.len() - 1];
        kept.extend((0..bucket.len()).min_by(|&a, &b| bucket[a].1.total_cmp(&bucket[b].1)));
        kept.extend((0..bucket.len()).max_by(|&a, &b| bucket[a].1.total_cmp(&bucket[b].1)));
        // A gap inside the bucket is kept as one.
        kept.extend(bucket.iter().position(|point| !point.1.is_finite()));
        kept.sort_unstable();
        kept.dedup();
        for index in kept {
            let point = bucket[index];
            match runs.last_mut() {
                Some(run) if point.1.is_finite() => run.push(point),
                _ => runs.push(Vec::new()),
            }
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Step counts with a unit that keeps them short: 200k, 1.5M.
pub(super) fn steps(value: f64) -> String {
    match value {
        v if v >= 1e6 => format!("{}M", trimmed(v / 1e6)),
        v if v >= 1e3 => format!("{}k", trimmed(v / 1e3)),
        v => trimmed(v),
    }
}

/// At most three decimals, no trailing zeros.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// The range of the finite values with a margin of 4%; some range even for none or for a single value.
fn padded(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return (0.0, 1.0);
    }
    let margin = (0.04 * (high - low))
        .max(1e-6 * high.abs().max(low.abs()))
        .max(1e-9);
    // An axis of sums, counts or volatilities starts at 0 itself.
    (if low == 0.0 { low } else { low - margin }, high + margin)
}

/// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `raw` (> 0).
fn nice_step(raw: f64) -> f64 {
    let unit = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|m| m * unit)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0 * unit)
}

/// Whether a nice step is 2.5 times a power of ten, which takes one decimal more to write.
fn is_quarter(step: f64) -> bool {
    let mantissa = step / 10_f64.powf(step.log10().floor());
    (mantissa - 2.5).abs() < 0.01
}

fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let first = (low / step).ceil();
    let count = ((high / step).floor() - first).max(0.0) as usize;
    (0..=count).map(move |k| (first + k as f64) * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round() {
        let percent =
            |value: f64, decimals: usize| format!("{:.*}%", decimals.saturating_sub(2), 100.0 * value);
        let axis = Axis::linear([-0.31, 0.0].into_iter(), None, percent);
        assert_eq!(labels(&axis), ["-30%", "-20%", "-10%", "0%"]);
        let axis = Axis::logarithmic([0.8_f64.ln(), 4.2_f64.ln()].into_iter());
        assert_eq!(labels(&axis), ["1", "1.5", "2", "3"]);
        let axis = Axis::logarithmic([0.6_f64.ln(), 12_f64.ln()].into_iter());
        assert_eq!(labels(&axis), ["0.7", "1", "1.5", "2", "3", "5", "7", "10"]);
        let axis = Axis::logarithmic([0.5_f64.ln(), 60_f64.ln()].into_iter());
        assert_eq!(labels(&axis), ["0.5", "1", "2", "5", "10", "20", "50"]);
        let date = |y, m, d| Time::from(NaiveDate::from_ymd_opt(y, m, d).unwrap());
        let axis = Axis::times(&[date(2013, 1, 3), date(2022, 12, 30)]);
        assert_eq!(labels(&axis)[0], "2014");
        assert_eq!(axis.ticks.len(), 9);
        assert_eq!(
            labels(&Axis::times(&[date(2020, 2, 1), date(2020, 7, 2)]))[0],
            "Feb 2020"
        );
        assert_eq!(Axis::times(&[date(2020, 2, 1)]).ticks.len(), 2);
        assert!(Axis::times(&[date(1, 1, 1), date(9999, 1, 1)]).ticks.len() < 15);
    }

    #[test]
    fn nothing_and_flat_data_have_an_axis() {
        let label = |value: f64, decimals: usize| format!("{value:.decimals$}");
        for values in [
            vec![],
            vec![f64::NAN],
            vec![0.0],
            vec![3e5],
            vec![-1e-12, f64::INFINITY],
        ] {
            let axis = Axis::linear(values.iter().copied(), None, label);
            assert!(
                axis.low < axis.high && !axis.ticks.is_empty(),
                "{values:?}: {axis:?}"
            );
        }
    }

    #[test]
    fn thinning_keeps_peaks_ends_and_gaps() {
        let mut points: Vec<Point> = (0..10_000)
            .map(|t| (f64::from(t), (f64::from(t) * 0.01).sin()))
            .collect();
        points[5_003].1 = -7.0;
        points[7_777].1 = f64::NAN;
        let runs = thinned(&points);
        assert_eq!(runs.len(), 2);
        let all: Vec<Point> = runs.concat();
        assert!(all.len() <= 4 * BUCKETS + 1 && all.contains(&(5_003.0, -7.0)));
        assert_eq!((all[0], all[all.len() - 1]), (points[0], points[9_999]));
        assert!(thinned(&[]).is_empty());
    }
}
