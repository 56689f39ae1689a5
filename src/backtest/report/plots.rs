//! The figures of the report: which curves, in which colours, and what they mean.

use super::panel::{Colour, Curve, HALF, Layer, Panel, WIDE};
use super::scale::{Axis, Point, day, steps, thinned};
use super::{CurvePoint, Report, display_name};
use crate::backtest::track::Track;
use crate::risk::drawdown::{drawdowns, equity_curve};
use crate::risk::metrics::{rolling_sharpe, rolling_volatility};

/// A titled group of plots with one legend.
pub(super) struct Figure {
    pub(super) title: &'static str,
    /// How to read it, in a sentence or two.
    pub(super) explanation: String,
    pub(super) panels: Vec<Panel>,
    pub(super) legend: Vec<Key>,
}

/// One entry of a legend.
pub(super) struct Key {
    pub(super) colour: Colour,
    pub(super) name: String,
    /// Whether it is drawn as the policy is: thick.
    pub(super) strong: bool,
}

/// The policy's colour in every figure; its other seeds are a light tint of it.
const POLICY: Colour = 0x00_48_B0;
const OTHER_SEEDS: Colour = 0x9D_BC_E6;

/// Baselines in the order given: Okabe and Ito's palette, told apart with any kind of colour vision; their yellow,
/// which vanishes on white, is left out, and their blues are too near the policy's.
const BASELINES: [Colour; 6] = [
    0xE6_9F_00, 0x00_9E_73, 0xCC_79_A7, 0xD5_5E_00, 0x7A_7A_7A, 0x5C_3A_1E,
];

/// Assets of the largest mean weights: Tol's muted palette.
const ASSETS: [Colour; 9] = [
    0x33_22_88, 0x88_CC_EE, 0x44_AA_99, 0x11_77_33, 0x99_99_33, 0xDD_CC_77, 0xCC_66_77, 0x88_22_55,
    0xAA_44_99,
];
/// The other assets, in turn.
const OTHER_ASSETS: [Colour; 2] = [0xA2_A2_A2, 0xBC_BC_BC];
const CASH: Colour = 0xE4_E4_E4;

/// Seeds of the learning curves: the first as the policy everywhere.
const SEEDS: [Colour; 5] = [POLICY, 0xE6_9F_00, 0x00_9E_73, 0xCC_79_A7, 0x7A_7A_7A];

/// Bars of the rolling figures: half a year.
const ROLLING: usize = 126;

const THICK: u32 = 5;
const THIN: u32 = 3;

/// All figures that this report has data for, in the order shown.
pub(super) fn figures(report: &Report) -> Vec<Figure> {
    let mut figures = vec![
        equity(report),
        under_water(report),
        weights(report),
        trading(report),
    ];
    if report.seeds[0].track.len() > ROLLING {
        figures.push(rolling(report));
    }
    if report.seeds.iter().any(|run| !run.curve.is_empty()) {
        figures.push(learning(report));
    }
    figures
}

/// Mean weight of every asset and of cash over the track, largest first.
pub(super) fn mean_weights(report: &Report, track: &Track) -> Vec<(usize, f64)> {
    let bars = track.len() as f64;
    let mut means: Vec<(usize, f64)> = (0..=report.assets.len())
        .map(|i| (i, track.weights.column(i).sum() / bars))
        .collect();
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    means
}

fn equity(report: &Report) -> Figure {
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

fn under_water(report: &Report) -> Figure {
    let depths = |track: &Track| -> Vec<f64> {
        let under = drawdowns(&equity_curve(&track.returns));
        under[1..].iter().map(|depth| 0.0 - depth).collect()
    };
    let mut panel = portfolios(report, "below the peak", WIDE, false, depths, |values| {
        Axis::linear(values, Some(0.0), percentage)
    });
    // The policy is filled, so that it is found at once among lines that all touch 0.
    if let Some(policy) = panel.curves.last_mut() {
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

fn trading(report: &Report) -> Figure {
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

fn rolling(report: &Report) -> Figure {
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
                move |track| padded(rolling_sharpe(&track.returns, ROLLING)),
                |values| Axis::linear(values, Some(0.0), plain),
            ),
        ],
        legend: legend(report, false),
    }
}

/// One curve a portfolio over the dates: baselines, then the other seeds where asked for, the policy on top.
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
        let days = track.dates.iter().map(|&date| day(date));
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
    add(&report.seeds[0].track, POLICY, THICK);
    let y = axis(&mut curves.iter().flat_map(|curve| &curve.points).map(|point| point.1));
    Panel {
        alternative: format!("{y_title} of the policy and the baselines over time"),
        y_title: y_title.to_string(),
        x_title: "",
        size,
        x: Axis::dates(&report.seeds[0].track.dates),
        y,
        layers: Vec::new(),
        curves,
    }
}

fn legend(report: &Report, all_seeds: bool) -> Vec<Key> {
    let mut keys = vec![Key {
        colour: POLICY,
        name: format!("policy (seed {})", report.seeds[0].seed),
        strong: true,
    }];
    if all_seeds {
        keys.push(Key {
            colour: OTHER_SEEDS,
            name: "policy, other seeds".to_string(),
            strong: false,
        });
    }
    keys.extend(
        report
            .baselines
            .iter()
            .zip(BASELINES.into_iter().cycle())
            .map(|(track, colour)| Key {
                colour,
                name: display_name(&track.name),
                strong: false,
            }),
    );
    keys
}

/// The policy's weights as stacked areas: the assets of the largest mean weights in colours, the others in greys,
/// cash on top. A long track is shown by means over groups of bars.
fn weights(report: &Report) -> Figure {
    let track = &report.seeds[0].track;
    let cash = report.assets.len();
    let ranked: Vec<usize> = mean_weights(report, track)
        .into_iter()
        .map(|(i, _)| i)
        .filter(|&i| i != cash)
        .collect();
    let top = ranked.len().min(ASSETS.len());
    let others = ranked.len() - top;
    let mut bands: Vec<(usize, Colour)> = ranked.iter().copied().zip(ASSETS).collect();
    bands.extend(
        ranked[top..]
            .iter()
            .copied()
            .zip(OTHER_ASSETS.into_iter().cycle()),
    );
    bands.push((cash, CASH));
    let mut legend: Vec<Key> = ranked
        .iter()
        .zip(ASSETS)
        .map(|(&i, colour)| area_key(colour, report.assets[i].clone()))
        .collect();
    if others > 0 {
        legend.push(area_key(OTHER_ASSETS[0], format!("{others} others")));
    }
    legend.push(area_key(CASH, "cash".to_string()));

    let span = track.len().div_ceil(400);
    let starts: Vec<usize> = (0..track.len()).step_by(span).collect();
    let mut days: Vec<f64> = starts.iter().map(|&start| day(track.dates[start])).collect();
    if let Some(last) = days.last_mut() {
        *last = day(track.dates[track.len() - 1]);
    }
    let mut height = vec![0.0; starts.len()];
    let mut layers = Vec::new();
    for (asset, colour) in bands {
        let lower: Vec<Point> = days.iter().copied().zip(height.iter().copied()).collect();
        for (height, &start) in height.iter_mut().zip(&starts) {
            let end = (start + span).min(track.len());
            let held: f64 = (start..end).map(|t| track.weights[[t, asset]].max(0.0)).sum();
            *height += held / (end - start) as f64;
        }
        let upper = days.iter().copied().zip(height.iter().copied()).collect();
        layers.push(Layer { colour, lower, upper });
    }
    let full = height.iter().copied().fold(1.0, f64::max);
    let mut y = Axis::linear([0.0, full].into_iter(), None, percentage);
    (y.low, y.high) = (0.0, full);
    y.ticks.retain(|tick| tick.0 >= -1e-12 && tick.0 <= full + 1e-12);
    let averaged = match span {
        1 => String::new(),
        bars => format!(" Each point is a mean over {bars} bars."),
    };
    Figure {
        title: "Weights",
        explanation: format!(
            "What the policy (seed {}) held, as a share of its value.{averaged} Every name's mean weight is listed further down.",
            report.seeds[0].seed
        ),
        panels: vec![Panel {
            alternative: "Weights of the policy over time, stacked".to_string(),
            y_title: "share of value".to_string(),
            x_title: "",
            size: WIDE,
            x: Axis::dates(&track.dates),
            y,
            layers,
            curves: Vec::new(),
        }],
        legend,
    }
}

fn area_key(colour: Colour, name: String) -> Key {
    Key {
        colour,
        name,
        strong: true,
    }
}

fn learning(report: &Report) -> Figure {
    Figure {
        title: "Learning curves",
        explanation: "On the training data, one point an update. Healthy: the episode return rises and flattens; \
                      approx_kl stays small (about 0.001 to 0.03); the explained variance is near 0 where \
                      returns cannot be foreseen, as on prices; std, the noise of the policy's scores, falls slowly."
            .to_string(),
        panels: vec![
            learning_panel(report, "episode return", |p| p.episode_return),
            learning_panel(report, "approx_kl", |p| p.approx_kl),
            learning_panel(report, "explained variance", |p| p.explained_variance),
            learning_panel(report, "std of scores", |p| p.std),
        ],
        legend: report
            .seeds
            .iter()
            .zip(SEEDS.into_iter().cycle())
            .enumerate()
            .map(|(k, (run, colour))| Key {
                colour,
                name: format!("seed {}", run.seed),
                strong: k == 0,
            })
            .collect(),
    }
}

fn learning_panel(report: &Report, title: &str, figure: fn(&CurvePoint) -> f64) -> Panel {
    let mut curves: Vec<Curve> = report
        .seeds
        .iter()
        .zip(SEEDS.into_iter().cycle())
        .enumerate()
        .map(|(k, (run, colour))| Curve {
            colour,
            width: if k == 0 { THICK } else { THIN },
            points: run
                .curve
                .iter()
                .map(|p| (p.env_steps as f64, figure(p)))
                // Episodes of equal length end together, so most updates have no episode return: the line goes on.
                .filter(|point| point.1.is_finite())
                .collect(),
        })
        .collect();
    // The first seed on top.
    curves.reverse();
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let x = Axis::linear(points().map(|point| point.0), Some(0.0), |value, _| steps(value));
    let y = Axis::linear(points().map(|point| point.1), None, plain);
    Panel {
        alternative: format!("{title} over environment steps, every seed"),
        y_title: title.to_string(),
        x_title: "environment steps",
        size: HALF,
        x,
        y,
        layers: Vec::new(),
        curves,
    }
}

fn percentage(value: f64, decimals: usize) -> String {
    let text = format!("{:.*}%", decimals.saturating_sub(2), 100.0 * value);
    if text == "-0%" { "0%".to_string() } else { text }
}

fn plain(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e5 || decimals > 6 {
        return format!("{value:.1e}");
    }
    // Adding 0 turns a negative zero into a plain one.
    format!("{:.decimals$}", value + 0.0)
}
