//! What the risk manager did, and when.

use super::super::Report;
use super::super::panel::{Curve, LEFT, Layer, Panel, Pen, Unit, WIDE};
use super::super::scale::{Axis, Point};
use super::figure::{Figure, Key, MANAGED, POLICY, Plot, THIN, pen, plain};
use super::portfolios::{MANAGED_NAME, policy_name};
use crate::backtest::managed::ManagedTrack;
use crate::backtest::track::Track;
use crate::backtest::words::{code_name, share};
use crate::market::Time;
use crate::risk::reason::ReasonCode;

/// The hedge: apart from both portfolios.
const HEDGE: Pen = pen("b1", THIN, &[20, 7]);
const HEDGE_NAME: &str = "hedge, not traded";

/// What the risk manager set, in the colour of its portfolio.
const LEVERAGE: Pen = pen("managed", THIN + 1, &[]);

/// Columns that the dates of the timeline are divided into. The narrowest mark is one: at least a pixel on the page
/// at its full width, beside the longest labels as well.
const COLUMNS: usize = 650;

/// Height of one row of the timeline, in units of the drawing, and of what is above and below the rows.
const ROW: u32 = 46;
const FRAME: u32 = 68;

/// Width of a letter of a label, in units of the drawing, and of the gap to the plot.
const LETTER: u32 = 17;
const GAP: u32 = 40;

/// A timeline of the codes that shaped decisions, above the leverage and the exposure that came of it.
pub(super) fn decisions(report: &Report, managed: &ManagedTrack) -> Figure {
    let rows: Vec<(ReasonCode, String)> = managed
        .bars_by_code()
        .into_iter()
        .filter(|(code, _)| !code.is_note())
        .map(|(code, bars)| (code, label(code, bars, managed.track.len())))
        .collect();
    let widest = rows.iter().map(|(_, label)| label.chars().count() as u32).max();
    // The same for all panels, so that one date stands below the other.
    let left = LEFT.max(widest.unwrap_or(0) * LETTER + GAP);
    let mut plots = Vec::new();
    if !rows.is_empty() {
        plots.push(Plot::Still(timeline(managed, &rows, left)));
    }
    plots.push(over_time(
        managed,
        "leverage, hedge (× value)",
        left,
        [
            (HEDGE_NAME.to_string(), HEDGE, managed.hedge.clone()),
            ("leverage".to_string(), LEVERAGE, managed.leverage.clone()),
        ],
    ));
    plots.push(over_time(
        managed,
        "gross exposure (× value)",
        left,
        [
            (MANAGED_NAME.to_string(), MANAGED, gross_exposure(&managed.track)),
            (
                policy_name(report),
                POLICY,
                gross_exposure(&report.seeds[0].track),
            ),
        ],
    ));
    let timeline_explained = if rows.is_empty() {
        "It left every decision as it was.".to_string()
    } else {
        format!(
            "Each row is one thing that shaped decisions, the most frequent on top, with the share of bars on \
             which it did; a mark stands where. Marks {}run together where they are close: read how often from the \
             share, and when from the marks.",
            match (managed.track.len() as f64 / COLUMNS as f64).round() {
                bars if bars < 2.0 => String::new(),
                bars => format!("are at least about {bars:.0} bars wide and "),
            }
        )
    };
    Figure {
        title: "What the risk manager did",
        explanation: format!(
            "{timeline_explained} Leverage is what every target was multiplied by, before the limits; the hedge \
             is shown, but the back-test does not trade it, so that no return on this page contains it. Gross \
             exposure is what is held in assets (1 - cash, where nothing is sold short): where the risk-managed \
             line leaves the policy's, the rows above it say why."
        ),
        plots,
        legend: vec![
            Key::line(LEVERAGE, "leverage"),
            Key::line(HEDGE, HEDGE_NAME),
            Key::line(POLICY, policy_name(report)),
            Key::line(MANAGED, MANAGED_NAME),
        ],
    }
}

fn label(code: ReasonCode, bars: usize, of: usize) -> String {
    format!("{} {}%", code_name(code), share(bars, of))
}

/// One row a code, the first on top, with marks over the bars on which it was given.
fn timeline(managed: &ManagedTrack, rows: &[(ReasonCode, String)], left: u32) -> Panel {
    let x = Axis::times(&managed.track.times);
    let top = rows.len() as f64;
    let layers = rows
        .iter()
        .zip(1..)
        .map(|((code, _), k)| {
            let foot = top - f64::from(k) + 0.16;
            marks(managed, *code, &x, foot, foot + 0.68)
        })
        .collect();
    let ticks = rows
        .iter()
        .zip(1..)
        .map(|((_, label), k)| (top - f64::from(k) + 0.5, label.clone()))
        .collect();
    Panel {
        alternative: "When each of the risk manager's reasons was given".to_string(),
        y_title: String::new(),
        x_title: "",
        size: (WIDE.0, FRAME + ROW * rows.len() as u32),
        left,
        end_labels: false,
        x,
        y: Axis {
            low: 0.0,
            high: top,
            ticks,
        },
        unit: Unit::Plain,
        layers,
        curves: Vec::new(),
    }
}

/// A comb: a tooth from `foot` to `head` over every run of columns that hold a bar on which `code` was given. Bar
/// t reaches from the date before its own, on which it was decided, to its own.
fn marks(managed: &ManagedTrack, code: ReasonCode, x: &Axis, foot: f64, head: f64) -> Layer {
    let width = (x.high - x.low) / COLUMNS as f64;
    let column = |time: Time| ((time.days() - x.low) / width).round() as usize;
    let dates = &managed.track.times;
    let mut marked = [false; COLUMNS];
    for t in managed.bars_with(code) {
        let first = column(dates[t.saturating_sub(1)]).min(COLUMNS - 1);
        let end = column(dates[t]).clamp(first + 1, COLUMNS);
        marked[first..end].fill(true);
    }
    let mut upper = Vec::new();
    let mut start = 0;
    for run in marked.chunk_by(|a, b| a == b) {
        let end = start + run.len();
        if run[0] {
            let (from, to) = (x.low + start as f64 * width, x.low + end as f64 * width);
            upper.extend([(from, foot), (from, head), (to, head), (to, foot)]);
        }
        start = end;
    }
    Layer {
        name: code_name(code),
        pen: LEVERAGE,
        lower: vec![(x.low, foot), (x.high, foot)],
        upper,
    }
}

fn over_time<const N: usize>(
    managed: &ManagedTrack,
    y_title: &str,
    left: u32,
    series: [(String, Pen, Vec<f64>); N],
) -> Plot {
    let days: Vec<f64> = managed.track.times.iter().map(|time| time.days()).collect();
    let curves = series.map(|(name, pen, values)| Curve {
        name,
        pen,
        filled: false,
        points: days.iter().copied().zip(values).collect::<Vec<Point>>(),
    });
    let values = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
    Plot::Curves(Panel {
        alternative: format!("{y_title} over time"),
        y_title: y_title.to_string(),
        x_title: "",
        size: (WIDE.0, 420),
        left,
        end_labels: false,
        x: Axis::times(&managed.track.times),
        y: Axis::linear(values, Some(0.0), plain),
        unit: Unit::Plain,
        layers: Vec::new(),
        curves: curves.into(),
    })
}

/// Sum of abs(weights) of the assets, cash left out: [T].
fn gross_exposure(track: &Track) -> Vec<f64> {
    let held = |row: ndarray::ArrayView1<f64>| row.iter().take(row.len() - 1).map(|w| w.abs()).sum();
    track.weights.rows().into_iter().map(held).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::BarsPerYear;
    use crate::risk::reason::Reason;
    use chrono::{Days, NaiveDate};
    use ndarray::Array2;

    /// `bars` bars a day apart, each of those in `given` with one reason.
    fn managed(bars: usize, given: impl Fn(usize) -> bool) -> ManagedTrack {
        let first = NaiveDate::from_ymd_opt(2013, 1, 2).unwrap();
        let reason = Reason::portfolio(ReasonCode::Turnover, 0.3, 0.2);
        ManagedTrack {
            track: Track {
                name: "managed".to_string(),
                times: (0..bars as u64).map(|t| (first + Days::new(t)).into()).collect(),
                bars_per_year: BarsPerYear::DAILY,
                returns: vec![0.0; bars],
                cash_returns: vec![0.0; bars],
                weights: Array2::zeros((bars, 2)),
                turnover: vec![0.0; bars],
                costs: vec![0.0; bars],
                left_out: Vec::new(),
            },
            reasons: (0..bars)
                .map(|t| if given(t) { vec![reason] } else { vec![] })
                .collect(),
            leverage: vec![1.0; bars],
            hedge: vec![0.0; bars],
        }
    }

    /// Begin and end of every tooth, in days since the first date.
    fn teeth(managed: &ManagedTrack) -> Vec<(f64, f64)> {
        let x = Axis::times(&managed.track.times);
        let comb = marks(managed, ReasonCode::Turnover, &x, 1.0, 2.0);
        comb.upper
            .chunks(4)
            .map(|tooth| {
                assert_eq!([0, 1, 2, 3].map(|k| tooth[k].1), [1.0, 2.0, 2.0, 1.0]);
                (tooth[0].0 - x.low, tooth[2].0 - x.low)
            })
            .collect()
    }

    #[test]
    fn marks_stand_where_their_bars_are() {
        // 651 dates: a column is one and bar t reaches from day t - 1 to day t.
        let bars = [0, 7, 8, 9, 300, 650];
        let found = teeth(&managed(COLUMNS + 1, |t| bars.contains(&t)));
        let expected = [(0.0, 1.0), (6.0, 9.0), (299.0, 300.0), (649.0, 650.0)];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            let off = (found.0 - expected.0).abs().max((found.1 - expected.1).abs());
            assert!(off < 1e-9, "{found:?} is not {expected:?}");
        }
        assert!(teeth(&managed(100, |_| false)).is_empty());
        assert_eq!(teeth(&managed(2, |_| true)), [(0.0, 1.0)]);
    }

    /// Against the plain statement: every given bar is within a column of a mark, every mark of a given bar.
    #[test]
    fn thinned_marks_miss_and_invent_nothing() {
        for (bars, every) in [
            (3, 2),
            (500, 3),
            (2_515, 1),
            (2_515, 7),
            (10_000, 3),
            (10_000, 997),
        ] {
            let given = |t: usize| t.is_multiple_of(every);
            let found = teeth(&managed(bars, given));
            let width = (bars - 1) as f64 / COLUMNS as f64;
            for t in (0..bars).filter(|&t| given(t)) {
                let middle = t as f64 - 0.5;
                let near =
                    |&(from, to): &(f64, f64)| from - width - 0.5 <= middle && middle <= to + width + 0.5;
                assert!(found.iter().any(near), "bar {t} of {bars}");
            }
            for &(from, to) in &found {
                let mut near = (0..bars).filter(|&t| {
                    let (begin, end) = (t as f64 - 1.0, t as f64);
                    given(t) && begin <= to + width && from - width <= end
                });
                assert!(near.next().is_some(), "{from} to {to} of {bars}");
                assert!(to - from >= 0.999 * width);
            }
        }
    }
}
