//! What a figure is made of, and what all figures have in common: colours, widths and labels of axes.

use super::super::panel::{Colour, Panel};

/// A titled group of plots with one legend.
pub(crate) struct Figure {
    pub(crate) title: &'static str,
    /// How to read it, in a sentence or two.
    pub(crate) explanation: String,
    pub(crate) panels: Vec<Panel>,
    pub(crate) legend: Vec<Key>,
}

/// One entry of a legend.
pub(crate) struct Key {
    pub(crate) colour: Colour,
    pub(crate) name: String,
    /// Whether it is drawn as the policy is: thick.
    pub(crate) strong: bool,
}

impl Key {
    pub(super) fn new(colour: Colour, name: impl Into<String>, strong: bool) -> Self {
        Self {
            colour,
            name: name.into(),
            strong,
        }
    }
}

/// The policy's colour in every figure; its other seeds are a light tint of it.
pub(super) const POLICY: Colour = 0x00_48_B0;
pub(super) const OTHER_SEEDS: Colour = 0x9D_BC_E6;
/// The policy before its training.
pub(super) const PRIOR: Colour = 0x11_11_11;
/// The policy under risk management.
pub(super) const MANAGED: Colour = 0xA8_00_4E;

pub(super) const THICK: u32 = 5;
pub(super) const THIN: u32 = 3;

pub(super) fn percentage(value: f64, decimals: usize) -> String {
    let text = format!("{:.*}%", decimals.saturating_sub(2), 100.0 * value);
    if text == "-0%" { "0%".to_string() } else { text }
}

pub(super) fn plain(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e5 || decimals > 6 {
        return format!("{value:.1e}");
    }
    // Adding 0 turns a negative zero into a plain one.
    format!("{:.decimals$}", value + 0.0)
}
