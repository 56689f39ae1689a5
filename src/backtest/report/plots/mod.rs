//! The figures of the report: which curves, in which colours, and what they mean.

mod figure;
mod learning;
mod portfolios;
mod risk;
mod weights;

pub(super) use figure::{Figure, Key};
pub(super) use weights::mean_weights;

use super::Report;
use portfolios::ROLLING;

/// All figures that this report has data for, in the order shown.
pub(super) fn figures(report: &Report) -> Vec<Figure> {
    let mut figures = vec![portfolios::equity(report), portfolios::under_water(report)];
    if let Some(managed) = &report.managed {
        figures.push(risk::decisions(report, managed));
    }
    figures.push(weights::weights(report));
    figures.push(portfolios::trading(report));
    if report.seeds[0].track.len() > ROLLING {
        figures.push(portfolios::rolling(report));
    }
    if report.seeds.iter().any(|run| !run.curve.is_empty()) {
        figures.push(learning::learning(report));
    }
    figures
}
