//! The figures of the report: which curves, by which pens, and what they mean.

mod figure;
mod learning;
mod periods;
mod portfolios;
mod relative;
mod risk;
mod weights;

pub(super) use figure::{Figure, Key, Plot};
pub(super) use portfolios::{policy_name, shown_name};

use super::Report;
use portfolios::rolling_bars;

/// The figures of what came of it, which open the page.
pub(super) fn results(report: &Report) -> Vec<Figure> {
    vec![portfolios::equity(report), portfolios::under_water(report)]
}

/// The figures by calendar year, and of the distribution of returns.
pub(super) fn periods(report: &Report) -> Vec<Figure> {
    vec![periods::years(report), periods::distribution(report)]
}

/// The figures of half a year at a time; none where there is no half year.
pub(super) fn rolling(report: &Report) -> Vec<Figure> {
    if report.seeds[0].track.len() <= rolling_bars(report) {
        return Vec::new();
    }
    let mut figures = vec![portfolios::rolling(report)];
    if report.benchmark().is_some() {
        figures.push(relative::relative(report));
    }
    figures
}

/// The figures of what was held.
pub(super) fn holdings(report: &Report) -> Vec<Figure> {
    let mut figures = vec![weights::weights(report)];
    if let Some(managed) = &report.managed {
        figures.push(risk::decisions(report, managed));
    }
    figures
}

/// The figure of what was traded.
pub(super) fn trading(report: &Report) -> Figure {
    portfolios::trading(report)
}

/// How the policies learnt; none where nothing was trained.
pub(super) fn learning(report: &Report) -> Option<Figure> {
    let learnt = report.seeds.iter().any(|run| !run.curve.is_empty());
    learnt.then(|| learning::learning(report))
}
