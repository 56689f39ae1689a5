//! Bars side by side, for years and for the distribution of returns, as SVG text. A bar says its value under the pointer.

use super::panel::Pen;
use super::scale::Axis;
use maud::{Markup, html};

/// Groups of bars, one of each series in a group.
pub(super) struct Bars {
    /// What a screen reader says in place of the picture.
    pub(super) alternative: String,
    pub(super) y_title: String,
    /// What each group is called under the pointer.
    pub(super) groups: Vec<String>,
    /// The groups that have a label below them, and what it says.
    pub(super) labels: Vec<(usize, String)>,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
}

/// One bar a group.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) pen: Pen,
    /// A bar's height, and how it is written.
    pub(super) values: Vec<(f64, String)>,
}

const WIDTH: f64 = 2000.0;
const HEIGHT: f64 = 560.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 1970.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 508.0;

/// Part of a group's width that its bars take.
const FILLED: f64 = 0.8;

impl Bars {
    /// The plot as an `<svg>` element without a size of its own.
    pub(super) fn svg(&self) -> Markup {
        let height = |value: f64| (BOTTOM - (BOTTOM - TOP) * self.y.share(value)).round();
        let group = (RIGHT - LEFT) / self.groups.len() as f64;
        let bar = group * FILLED / self.series.len() as f64;
        let zero = height(0.0_f64.clamp(self.y.low, self.y.high));
        html! {
            svg role="img" aria-label=(self.alternative) viewBox=(format_args!("0 0 {WIDTH} {HEIGHT}")) {
                @for (value, label) in &self.y.ticks {
                    path.grid d=(format_args!("M{LEFT} {}H{RIGHT}", height(*value))) {}
                    text.tick x=(LEFT - 14.0) y=(height(*value) + 9.0) text-anchor="end" { (label) }
                }
                text.tick text-anchor="middle" transform=(format_args!("translate(28 {})rotate(-90)", (TOP + BOTTOM) / 2.0)) {
                    (self.y_title)
                }
                @for (place, label) in &self.labels {
                    text.tick x=((LEFT + group * (*place as f64 + 0.5)).round()) y=(BOTTOM + 36.0) text-anchor="middle" { (label) }
                }
                @for (k, series) in self.series.iter().enumerate() {
                    @for (place, (value, written)) in series.values.iter().enumerate().filter(|(_, value)| value.0.is_finite()) {
                        @let left = LEFT + group * (place as f64 + 0.5 * (1.0 - FILLED)) + bar * k as f64;
                        @let (head, foot) = (height(*value).min(zero), height(*value).max(zero));
                        rect class=(format_args!("bar {}", series.pen.class)) x=(format_args!("{left:.0}")) y=(head)
                            width=(format_args!("{:.0}", (bar - 1.0).max(1.0))) height=(foot - head) {
                            title { (self.groups[place]) ", " (series.name) ": " (written) }
                        }
                    }
                }
                path.axis d=(format_args!("M{LEFT} {zero}H{RIGHT}")) {}
            }
        }
    }
}
