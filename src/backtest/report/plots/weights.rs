//! What the policy held.

use super::super::Report;
use super::super::panel::{LEFT, Layer, Panel, Pen, Unit, WIDE};
use super::super::scale::{Axis, Point};
use super::figure::{Figure, Key, Plot, pen, percentage};

/// Assets of the largest mean weights: Tol's muted palette.
const ASSETS: [Pen; 9] = [
    pen("w0", 0, &[]),
    pen("w1", 0, &[]),
    pen("w2", 0, &[]),
    pen("w3", 0, &[]),
    pen("w4", 0, &[]),
    pen("w5", 0, &[]),
    pen("w6", 0, &[]),
    pen("w7", 0, &[]),
    pen("w8", 0, &[]),
];
/// The other assets together.
const OTHERS: Pen = pen("others", 0, &[]);
const CASH: Pen = pen("cash", 0, &[]);

/// The policy's weights as stacked areas, what is short or borrowed below 0: the assets of the weights that are largest in
/// size on average in colours, the others together in grey, cash outermost. A long track is shown by means over groups of
/// bars.
pub(super) fn weights(report: &Report) -> Figure {
    let track = &report.seeds[0].track;
    let cash = report.assets.len();
    let columns = track.weights.columns().into_iter();
    let sizes: Vec<f64> = columns
        .map(|column| column.iter().map(|weight| weight.abs()).sum())
        .collect();
    let mut ranked: Vec<usize> = (0..cash).collect();
    ranked.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]));
    let (top, others) = ranked.split_at(ranked.len().min(ASSETS.len()));
    let mut bands: Vec<(String, Pen, Vec<usize>)> = top
        .iter()
        .zip(ASSETS)
        .map(|(&i, pen)| (report.assets[i].clone(), pen, vec![i]))
        .collect();
    if !others.is_empty() {
        bands.push((format!("{} others", others.len()), OTHERS, others.to_vec()));
    }
    bands.push(("cash".to_string(), CASH, vec![cash]));
    let legend = bands.iter().map(|(name, pen, _)| Key::area(*pen, name)).collect();

    let span = track.len().div_ceil(400);
    let starts: Vec<usize> = (0..track.len()).step_by(span).collect();
    let mut days: Vec<f64> = starts.iter().map(|&start| track.times[start].days()).collect();
    if let Some(last) = days.last_mut() {
        *last = track.times[track.len() - 1].days();
    }
    let mut layers = Vec::new();
    // Edges of what is stacked above 0, and below it.
    let mut edges = [vec![0.0; starts.len()], vec![0.0; starts.len()]];
    for (name, pen, assets) in bands {
        let parts: [fn(f64, f64) -> f64; 2] = [f64::max, f64::min];
        for (edge, part) in edges.iter_mut().zip(parts) {
            let inner: Vec<Point> = days.iter().copied().zip(edge.iter().copied()).collect();
            for (edge, &start) in edge.iter_mut().zip(&starts) {
                let end = (start + span).min(track.len());
                let bars = (start..end).flat_map(|t| assets.iter().map(move |&i| [t, i]));
                let held: f64 = bars.map(|place| part(track.weights[place], 0.0)).sum();
                *edge += held / (end - start) as f64;
            }
            let outer: Vec<Point> = days.iter().copied().zip(edge.iter().copied()).collect();
            // Nothing is drawn for a side that an asset is never on.
            if outer != inner {
                layers.push(Layer {
                    name: name.clone(),
                    pen,
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
            "What the policy (seed {}) held, as a share of its value{signs}.{averaged} The table below lists every asset.",
            report.seeds[0].seed
        ),
        plots: vec![Plot::Curves(Panel {
            alternative: "Weights of the policy over time, stacked".to_string(),
            y_title: "share of value".to_string(),
            x_title: "",
            size: WIDE,
            left: LEFT,
            end_labels: false,
            x: Axis::times(&track.times),
            y,
            unit: Unit::Percent,
            layers,
            curves: Vec::new(),
        })],
        legend,
    }
}
