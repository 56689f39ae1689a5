//! The curves that compare the portfolios.

use super::super::panel::{Curve, HALF, LEFT, Panel, Pen, Unit, WIDE};
use super::super::scale::Axis;
use super::super::{PRIOR as PRIOR_NAME, Report};
use super::figure::{Figure, Key, MANAGED, OTHER_SEEDS, POLICY, PRIOR, Plot, THIN, pen, percentage, plain};
use crate::backtest::track::Track;
use crate::backtest::words::{PRIOR_ROW, display_name};
use crate::risk::drawdown::{drawdowns, equity_curve};
use crate::risk::metrics::{self, Conventions};

/// Baselines in the order given: Okabe and Ito's palette, told apart with any kind of colour vision (their yellow,
/// which vanishes on white, is left out, and their blues are too near the policy's), and by their dashes. The last is for an
/// asset that is held alone.
const BASELINES: [Pen; 7] = [
    pen("b0", THIN, &[]),
    pen("b1", THIN, &[20, 7]),
    pen("b2", THIN, &[6, 6]),
    pen("b3", THIN, &[20, 6, 5, 6]),
    pen("b4", THIN, &[12, 10]),
    pen("b5", THIN, &[32, 6]),
    pen("b6", THIN, &[26, 6, 5, 6, 5, 6]),
];

/// The benchmark, where it is the only other portfolio.
pub(super) const BENCHMARK: Pen = pen("b0", THIN, &[]);

/// Bars of the rolling figures: half a year, at least 12.
pub(super) fn rolling_bars(report: &Report) -> usize {
    (6 * report.seeds[0].track.bars_per_year.month()).max(12)
}

pub(super) fn equity(report: &Report) -> Figure {
    Figure {
        title: "Equity",
        explanation:
            "Value of 1 invested before the first bar, net of costs. The scale is logarithmic: equal \
                      heights are equal percentages, and a straight line is steady growth."
                .to_string(),
        plots: vec![Plot::Curves(portfolios(
            report,
            ("value of 1 invested", WIDE, Unit::Logarithm),
            true,
            |track| equity_curve(&track.returns)[1..].iter().map(|v| v.ln()).collect(),
            |values| Axis::logarithmic(values),
        ))],
        legend: legend(report, report.seeds.len() > 1),
    }
}

pub(super) fn under_water(report: &Report) -> Figure {
    let depths = |track: &Track| -> Vec<f64> {
        let under = drawdowns(&equity_curve(&track.returns));
        under[1..].iter().map(|depth| 0.0 - depth).collect()
    };
    let mut panel = portfolios(
        report,
        ("below the peak", WIDE, Unit::Percent),
        false,
        depths,
        |values| Axis::linear(values, Some(0.0), percentage),
    );
    // The policy is filled, so that it is found at once among lines that all touch 0.
    if let Some(policy) = panel.curves.last_mut() {
        policy.filled = true;
    }
    Figure {
        title: "Drawdown",
        explanation:
            "How far each portfolio stands below its own highest value so far; the policy's is filled."
                .to_string(),
        plots: vec![Plot::Curves(panel)],
        legend: legend(report, false),
    }
}

pub(super) fn trading(report: &Report) -> Figure {
    let total = |values: &[f64]| -> Vec<f64> {
        let mut sum = 0.0;
        values
            .iter()
            .map(|value| {
                sum += value;
                sum
            })
            .collect()
    };
    Figure {
        title: "Turnover and costs",
        explanation: "Both summed from the first bar, so that the slope is the rate of trading. Turnover is \
                      one-way: 1 means that the whole portfolio was exchanged once. A cost is a fraction of the \
                      value at the time it was paid."
            .to_string(),
        plots: vec![
            Plot::Curves(portfolios(
                report,
                ("turnover (× value)", HALF, Unit::Plain),
                false,
                |track| total(&track.turnover),
                |values| Axis::linear(values, Some(0.0), plain),
            )),
            Plot::Curves(portfolios(
                report,
                ("costs (% of value)", HALF, Unit::Percent),
                false,
                |track| total(&track.costs),
                |values| Axis::linear(values, Some(0.0), percentage),
            )),
        ],
        legend: legend(report, false),
    }
}

pub(super) fn rolling(report: &Report) -> Figure {
    let annual = Conventions::of_bars(report.seeds[0].track.bars_per_year);
    let bars = rolling_bars(report);
    let windows = |returns: &[f64], measure: fn(&Conventions, &[f64]) -> f64| {
        padded(
            metrics::rolling(returns, bars, |window| measure(&annual, window)),
            bars,
        )
    };
    Figure {
        title: "Rolling volatility and Sharpe ratio",
        explanation: format!(
            "Over the last {bars} bars, annualised. Half a year is far too short to tell two Sharpe ratios apart (its standard \
             error is about 1.4): read the pattern, not the level."
        ),
        plots: vec![
            Plot::Curves(portfolios(
                report,
                ("volatility per year", WIDE, Unit::Percent),
                false,
                |track| windows(&track.returns, Conventions::annual_volatility),
                |values| Axis::linear(values, Some(0.0), percentage),
            )),
            Plot::Curves(portfolios(
                report,
                ("Sharpe ratio", WIDE, Unit::Plain),
                false,
                |track| windows(&track.excess_returns(), Conventions::sharpe),
                |values| Axis::linear(values, Some(0.0), plain),
            )),
        ],
        legend: legend(report, false),
    }
}

/// Values of full windows behind a gap for the first bars, whose windows are not full.
pub(super) fn padded(values: Vec<f64>, window: usize) -> Vec<f64> {
    [vec![f64::NAN; window - 1], values].concat()
}

/// One curve a portfolio over the dates: the other seeds where asked for, then the baselines and the prior, the policy under
/// risk management, and on top, thinner, the policy, so that neither hides the other where both are one.
fn portfolios(
    report: &Report,
    (y_title, size, unit): (&str, (u32, u32), Unit),
    all_seeds: bool,
    series: impl Fn(&Track) -> Vec<f64>,
    axis: impl Fn(&mut dyn Iterator<Item = f64>) -> Axis,
) -> Panel {
    let mut curves = Vec::new();
    let mut add = |track: &Track, name: String, pen| {
        let days = track.times.iter().map(|time| time.days());
        curves.push(Curve {
            name,
            pen,
            filled: false,
            points: days.zip(series(track)).collect(),
        });
    };
    if all_seeds {
        for run in &report.seeds[1..] {
            add(&run.track, OTHER_SEEDS_NAME.to_string(), OTHER_SEEDS);
        }
    }
    for (place, (name, track)) in report.compared_with(&report.seeds[0]).enumerate() {
        let (name, pen) = name_and_pen(place, name);
        add(track, name, pen);
    }
    if let Some(managed) = &report.managed {
        add(&managed.track, MANAGED_NAME.to_string(), MANAGED);
    }
    add(&report.seeds[0].track, policy_name(report), POLICY);
    let y = axis(&mut curves.iter().flat_map(|curve| &curve.points).map(|point| point.1));
    Panel {
        alternative: format!("{y_title} of the policy and the baselines over time"),
        y_title: y_title.to_string(),
        x_title: "",
        size,
        left: LEFT,
        end_labels: size == WIDE,
        x: Axis::times(&report.seeds[0].track.times),
        y,
        unit,
        layers: Vec::new(),
        curves,
    }
}

const OTHER_SEEDS_NAME: &str = "policy, other seeds";
pub(super) const MANAGED_NAME: &str = "policy, risk managed";

pub(in super::super) fn policy_name(report: &Report) -> String {
    format!("policy (seed {})", report.seeds[0].seed)
}

/// A compared portfolio's name for people.
pub(in super::super) fn shown_name(name: &str) -> String {
    match name {
        PRIOR_NAME => PRIOR_ROW.to_string(),
        name => display_name(name),
    }
}

/// Name for people and pen of the compared portfolio at `place` of all.
pub(super) fn name_and_pen(place: usize, name: &str) -> (String, Pen) {
    let pen = match name {
        PRIOR_NAME => PRIOR,
        _ => BASELINES[place % BASELINES.len()],
    };
    (shown_name(name), pen)
}

fn legend(report: &Report, all_seeds: bool) -> Vec<Key> {
    let mut keys = vec![Key::line(POLICY, policy_name(report))];
    if report.managed.is_some() {
        keys.push(Key::line(MANAGED, MANAGED_NAME));
    }
    if all_seeds {
        keys.push(Key::line(OTHER_SEEDS, OTHER_SEEDS_NAME));
    }
    keys.extend(others_legend(report));
    keys
}

/// The portfolios that the policy is compared with.
pub(super) fn others_legend(report: &Report) -> Vec<Key> {
    let compared = report.compared_with(&report.seeds[0]).enumerate();
    compared
        .map(|(place, (name, _))| {
            let (name, pen) = name_and_pen(place, name);
            Key::line(pen, name)
        })
        .collect()
}
