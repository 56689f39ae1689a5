//! The curves that compare the portfolios.

use super::super::Report;
use super::super::panel::{Colour, Curve, HALF, LEFT, Layer, Panel, WIDE};
use super::super::scale::{Axis, thinned};
use super::figure::{Figure, Key, MANAGED, OTHER_SEEDS, POLICY, PRIOR, THICK, THIN, percentage, plain};
use crate::backtest::track::Track;
use crate::backtest::words::{PRIOR_ROW, display_name};
use crate::risk::drawdown::{drawdowns, equity_curve};
use crate::risk::metrics::{rolling_sharpe, rolling_volatility};

/// Baselines in the order given: Okabe and Ito's palette, told apart with any kind of colour vision; their yellow,
/// which vanishes on white, is left out, and their blues are too near the policy's.
const BASELINES: [Colour; 6] = [
    0xE6_9F_00, 0x00_9E_73, 0xCC_79_A7, 0xD5_5E_00, 0x7A_7A_7A, 0x5C_3A_1E,
];

/// Bars of the rolling figures: half a year.
pub(super) const ROLLING: usize = 126;

pub(super) fn equity(report: &Report) -> Figure {
    Figure {
        title: "Equity",
        explanation:
            "Value of 1 invested before the first bar, net of costs. The scale is logarithmic: equal \
                      heights are equal percentages, and a straight line is steady growth."
                .to_string(),
        panels: vec![portfolios(
            report,
            "value of 1 invested",
            WIDE,
            true,
            |track| equity_curve(&track.returns)[1..].iter().map(|v| v.ln()).collect(),
            |values| Axis::logarithmic(values),
        )],
        legend: legend(report, report.seeds.len() > 1),
    }
}

pub(super) fn under_water(report: &Report) -> Figure {
    let depths = |track: &Track| -> Vec<f64> {
        let under = drawdowns(&equity_curve(&track.returns));
        under[1..].iter().map(|depth| 0.0 - depth).collect()
    };
    let mut panel = portfolios(report, "below the peak", WIDE, false, depths, |values| {
        Axis::linear(values, Some(0.0), percentage)
    });
    // The policy is filled, so that it is found at once among lines that all touch 0.
    if let Some(policy) = panel.curves.iter_mut().find(|curve| curve.colour == POLICY) {
        policy.width = THIN + 1;
        let lower = thinned(&policy.points).concat();
        let upper = lower.iter().map(|point| (point.0, 0.0)).collect();
        panel.layers.push(Layer {
            colour: OTHER_SEEDS,
            lower,
            upper,
        });
    }
    Figure {
        title: "Drawdown",
        explanation:
            "How far each portfolio stands below its own highest value so far; the policy's is filled."
                .to_string(),
        panels: vec![panel],
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
        panels: vec![
            portfolios(
                report,
                "turnover (× value)",
                HALF,
                false,
                |track| total(&track.turnover),
                |values| Axis::linear(values, Some(0.0), plain),
            ),
            portfolios(
                report,
                "costs (% of value)",
                HALF,
                false,
                |track| total(&track.costs),
                |values| Axis::linear(values, Some(0.0), percentage),
            ),
        ],
        legend: legend(report, false),
    }
}

pub(super) fn rolling(report: &Report) -> Figure {
    // The first windows are not full: a gap.
    let padded = |values: Vec<f64>| [vec![f64::NAN; ROLLING - 1], values].concat();
    Figure {
        title: "Rolling volatility and Sharpe ratio",
        explanation: format!(
            "Over the last {ROLLING} bars (half a year), annualised. Half a year is far too short to tell two \
             Sharpe ratios apart (its standard error is about 1.4): read the pattern, not the level."
        ),
        panels: vec![
            portfolios(
                report,
                "volatility per year",
                WIDE,
                false,
                move |track| padded(rolling_volatility(&track.returns, ROLLING)),
                |values| Axis::linear(values, Some(0.0), percentage),
            ),
            portfolios(
                report,
                "Sharpe ratio",
                WIDE,
                false,
                move |track| padded(rolling_sharpe(&track.excess_returns(), ROLLING)),
                |values| Axis::linear(values, Some(0.0), plain),
            ),
        ],
        legend: legend(report, false),
    }
}

/// One curve a portfolio over the dates: the other seeds where asked for, then the baselines, the policy, and on
/// top the policy under risk management, thinner, so that the policy is seen behind it where both are one.
fn portfolios(
    report: &Report,
    y_title: &str,
    size: (u32, u32),
    all_seeds: bool,
    series: impl Fn(&Track) -> Vec<f64>,
    axis: impl Fn(&mut dyn Iterator<Item = f64>) -> Axis,
) -> Panel {
    let mut curves = Vec::new();
    let mut add = |track: &Track, colour, width| {
        let days = track.times.iter().map(|time| time.days());
        curves.push(Curve {
            colour,
            width,
            points: days.zip(series(track)).collect(),
        });
    };
    if all_seeds {
        for run in &report.seeds[1..] {
            add(&run.track, OTHER_SEEDS, THIN);
        }
    }
    for (track, colour) in report.baselines.iter().zip(BASELINES.into_iter().cycle()) {
        add(track, colour, THIN);
    }
    if let Some(prior) = &report.seeds[0].prior {
        add(prior, PRIOR, THIN);
    }
    add(&report.seeds[0].track, POLICY, THICK);
    if let Some(managed) = &report.managed {
        add(&managed.track, MANAGED, THICK - 1);
    }
    let y = axis(&mut curves.iter().flat_map(|curve| &curve.points).map(|point| point.1));
    Panel {
        alternative: format!("{y_title} of the policy and the baselines over time"),
        y_title: y_title.to_string(),
        x_title: "",
        size,
        left: LEFT,
        x: Axis::times(&report.seeds[0].track.times),
        y,
        layers: Vec::new(),
        curves,
    }
}

fn legend(report: &Report, all_seeds: bool) -> Vec<Key> {
    let policy = format!("policy (seed {})", report.seeds[0].seed);
    let mut keys = vec![Key::new(POLICY, policy, true)];
    if report.managed.is_some() {
        keys.push(Key::new(MANAGED, "policy, risk managed", true));
    }
    if all_seeds {
        keys.push(Key::new(OTHER_SEEDS, "policy, other seeds", false));
    }
    if report.seeds[0].prior.is_some() {
        keys.push(Key::new(PRIOR, PRIOR_ROW, false));
    }
    let baselines = report.baselines.iter().zip(BASELINES.into_iter().cycle());
    keys.extend(baselines.map(|(track, colour)| Key::new(colour, display_name(&track.name), false)));
    keys
}
