//! What the policy held.

use super::super::Report;
use super::super::panel::{Colour, LEFT, Layer, Panel, WIDE};
use super::super::scale::{Axis, Point};
use super::figure::{Figure, Key, percentage};
use crate::backtest::track::Track;

/// Assets of the largest mean weights: Tol's muted palette.
const ASSETS: [Colour; 9] = [
    0x33_22_88, 0x88_CC_EE, 0x44_AA_99, 0x11_77_33, 0x99_99_33, 0xDD_CC_77, 0xCC_66_77, 0x88_22_55,
    0xAA_44_99,
];
/// The other assets, in turn.
const OTHER_ASSETS: [Colour; 2] = [0xA2_A2_A2, 0xBC_BC_BC];
const CASH: Colour = 0xE4_E4_E4;

/// The policy's weights as stacked areas, what is short or borrowed below 0: the assets of the weights that are largest in
/// size on average in colours, the others in greys, cash outermost. A long track is shown by means over groups of bars.
pub(super) fn weights(report: &Report) -> Figure {
    let track = &report.seeds[0].track;
    let cash = report.assets.len();
    let columns = track.weights.columns().into_iter();
    let sizes: Vec<f64> = columns
        .map(|column| column.iter().map(|weight| weight.abs()).sum())
        .collect();
    let mut ranked: Vec<usize> = (0..cash).collect();
    ranked.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]));
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
        .map(|(&i, colour)| Key::new(colour, &report.assets[i], true))
        .collect();
    if others > 0 {
        legend.push(Key::new(OTHER_ASSETS[0], format!("{others} others"), true));
    }
    legend.push(Key::new(CASH, "cash", true));

    let span = track.len().div_ceil(400);
    let starts: Vec<usize> = (0..track.len()).step_by(span).collect();
    let mut days: Vec<f64> = starts.iter().map(|&start| track.times[start].days()).collect();
    if let Some(last) = days.last_mut() {
        *last = track.times[track.len() - 1].days();
    }
    let mut layers = Vec::new();
    // Edges of what is stacked above 0, and below it.
    let mut edges = [vec![0.0; starts.len()], vec![0.0; starts.len()]];
    for (asset, colour) in bands {
        let parts: [fn(f64, f64) -> f64; 2] = [f64::max, f64::min];
        for (edge, part) in edges.iter_mut().zip(parts) {
            let inner: Vec<Point> = days.iter().copied().zip(edge.iter().copied()).collect();
            for (edge, &start) in edge.iter_mut().zip(&starts) {
                let end = (start + span).min(track.len());
                let held: f64 = (start..end).map(|t| part(track.weights[[t, asset]], 0.0)).sum();
                *edge += held / (end - start) as f64;
            }
            let outer: Vec<Point> = days.iter().copied().zip(edge.iter().copied()).collect();
            // Nothing is drawn for a side that an asset is never on.
            if outer != inner {
                layers.push(Layer {
                    colour,
                    lower: inner,
                    upper: outer,
                });
            }
        }
    }
    let [above, below] = &edges;
    let (full, least) = (
        above.iter().copied().fold(1.0, f64::max),
        below.iter().copied().fold(0.0, f64::min),
    );
    let mut y = Axis::linear([least, full].into_iter(), None, percentage);
    (y.low, y.high) = (least, full);
    y.ticks
        .retain(|tick| tick.0 >= least - 1e-12 && tick.0 <= full + 1e-12);
    let averaged = match span {
        1 => String::new(),
        bars => format!(" Each point is a mean over {bars} bars."),
    };
    let signs = match least < 0.0 {
        true => ", what is sold short or borrowed below 0",
        false => "",
    };
    Figure {
        title: "Weights",
        explanation: format!(
            "What the policy (seed {}) held, as a share of its value{signs}.{averaged} Every name's mean weight is listed further down.",
            report.seeds[0].seed
        ),
        panels: vec![Panel {
            alternative: "Weights of the policy over time, stacked".to_string(),
            y_title: "share of value".to_string(),
            x_title: "",
            size: WIDE,
            left: LEFT,
            x: Axis::times(&track.times),
            y,
            layers,
            curves: Vec::new(),
        }],
        legend,
    }
}

/// Mean weight of every asset and of cash over the track, largest first.
pub(in super::super) fn mean_weights(report: &Report, track: &Track) -> Vec<(usize, f64)> {
    let bars = track.len() as f64;
    let mut means: Vec<(usize, f64)> = (0..=report.assets.len())
        .map(|i| (i, track.weights.column(i).sum() / bars))
        .collect();
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    means
}
