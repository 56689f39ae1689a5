//! The figures of the report: which curves, in which colours, and what they mean.

mod learning;
mod portfolios;
mod risk;
mod weights;

pub(super) use weights::mean_weights;

use super::Report;
use super::panel::{Colour, Panel};
use portfolios::ROLLING;

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

impl Key {
    fn new(colour: Colour, name: impl Into<String>, strong: bool) -> Self {
        Self {
            colour,
            name: name.into(),
            strong,
        }
    }
}

/// The policy's colour in every figure; its other seeds are a light tint of it.
const POLICY: Colour = 0x00_48_B0;
const OTHER_SEEDS: Colour = 0x9D_BC_E6;
/// The policy before its training.
const PRIOR: Colour = 0x11_11_11;
/// The policy under risk management.
const MANAGED: Colour = 0xA8_00_4E;

const THICK: u32 = 5;
const THIN: u32 = 3;

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
