//! What a figure is made of, and what all figures have in common: pens and labels of axes.

use super::super::bars::Bars;
use super::super::panel::{Panel, Pen};

/// A titled group of plots with one legend.
pub(crate) struct Figure {
    pub(crate) title: &'static str,
    /// How to read it, in a sentence or two.
    pub(crate) explanation: String,
    pub(crate) plots: Vec<Plot>,
    pub(crate) legend: Vec<Key>,
}

/// One plot of a figure.
pub(crate) enum Plot {
    /// Over dates or steps; hovered over, zoomed into and switched by the page's script.
    Curves(Panel),
    /// Drawn once.
    Still(Panel),
    /// Bars side by side.
    Bars(Bars),
}

/// One entry of a legend.
pub(crate) struct Key {
    pub(crate) pen: Pen,
    pub(crate) name: String,
    /// Whether it stands for an area, not a line.
    pub(crate) area: bool,
}

impl Key {
    pub(super) fn line(pen: Pen, name: impl Into<String>) -> Self {
        Self {
            pen,
            name: name.into(),
            area: false,
        }
    }

    pub(super) fn area(pen: Pen, name: impl Into<String>) -> Self {
        Self {
            area: true,
            ..Self::line(pen, name)
        }
    }
}

pub(super) const fn pen(class: &'static str, width: u32, dash: &'static [u32]) -> Pen {
    Pen { class, width, dash }
}

/// The policy in every figure; on top of every other.
pub(super) const POLICY: Pen = pen("policy", 5, &[]);
/// The policy under risk management: as wide as to be seen on both sides of the policy where both are one.
pub(super) const MANAGED: Pen = pen("managed", 11, &[]);
/// The policy's other seeds.
pub(super) const OTHER_SEEDS: Pen = pen("seeds", 3, &[]);
/// The policy before its training.
pub(super) const PRIOR: Pen = pen("prior", 3, &[12, 6]);

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
