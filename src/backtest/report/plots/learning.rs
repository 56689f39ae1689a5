//! How the policies learnt.

use super::super::panel::{Curve, HALF, LEFT, Panel, Pen, Unit};
use super::super::scale::{Axis, steps};
use super::super::{CurvePoint, Report};
use super::figure::{Figure, Key, POLICY, Plot, THIN, pen, plain};

/// Seeds of the learning curves: the first as the policy everywhere.
const SEEDS: [Pen; 5] = [
    POLICY,
    pen("b0", THIN, &[]),
    pen("b1", THIN, &[20, 7]),
    pen("b2", THIN, &[6, 6]),
    pen("b4", THIN, &[12, 10]),
];

pub(super) fn learning(report: &Report) -> Figure {
    Figure {
        title: "Learning curves",
        explanation: "On the training data, one point an update. Healthy: the episode return rises and flattens; \
                      approx_kl stays small (about 0.001 to 0.03); the explained variance is near 0 where \
                      returns cannot be foreseen, as on prices; std, the noise of the policy's scores, falls slowly."
            .to_string(),
        plots: vec![
            learning_panel(report, "episode return", |p| p.episode_return),
            learning_panel(report, "approx_kl", |p| p.approx_kl),
            learning_panel(report, "explained variance", |p| p.explained_variance),
            learning_panel(report, "std of scores", |p| p.std),
        ],
        legend: report
            .seeds
            .iter()
            .zip(SEEDS.into_iter().cycle())
            .map(|(run, pen)| Key::line(pen, format!("seed {}", run.seed)))
            .collect(),
    }
}

fn learning_panel(report: &Report, title: &str, figure: fn(&CurvePoint) -> f64) -> Plot {
    let mut curves: Vec<Curve> = report
        .seeds
        .iter()
        .zip(SEEDS.into_iter().cycle())
        .map(|(run, pen)| Curve {
            name: format!("seed {}", run.seed),
            pen,
            filled: false,
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
    Plot::Curves(Panel {
        alternative: format!("{title} over environment steps, every seed"),
        y_title: title.to_string(),
        x_title: "environment steps",
        size: HALF,
        left: LEFT,
        end_labels: false,
        x,
        y,
        unit: Unit::Plain,
        layers: Vec::new(),
        curves,
    })
}
