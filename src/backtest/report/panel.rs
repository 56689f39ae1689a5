//! One plot as SVG text.

use super::scale::{Axis, Point, thinned};
use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;
use std::ops::Range;

/// Colours are written as 0xRRGGBB.
pub(super) type Colour = u32;

/// A plot: axes, stacked layers at the back, curves over them, the last one on top.
pub(super) struct Panel {
    /// What a screen reader says in place of the picture.
    pub(super) alternative: String,
    /// What is on the vertical axis, with its unit.
    pub(super) y_title: String,
    /// What is on the horizontal axis; empty for dates, which speak for themselves.
    pub(super) x_title: &'static str,
    /// Width and height in units of the drawing; the page scales it.
    pub(super) size: (u32, u32),
    /// Width of the area left of the plot, for the vertical axis: [`LEFT`] is enough where its labels are numbers.
    pub(super) left: u32,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) layers: Vec<Layer>,
    pub(super) curves: Vec<Curve>,
}

/// A filled band between two boundaries over the same x.
pub(super) struct Layer {
    pub(super) colour: Colour,
    pub(super) lower: Vec<Point>,
    pub(super) upper: Vec<Point>,
}

/// A line through points; values that are not finite are gaps.
pub(super) struct Curve {
    pub(super) colour: Colour,
    /// Width in units of the drawing.
    pub(super) width: u32,
    pub(super) points: Vec<Point>,
}

/// Size of a plot over the whole width of the page. Twice what is shown, since coordinates are whole numbers.
pub(super) const WIDE: (u32, u32) = (2000, 680);

/// Size of a plot that shares its row with another.
pub(super) const HALF: (u32, u32) = (1000, 520);

/// Width of the area left of a plot that numbers and the title of the axis need.
pub(super) const LEFT: u32 = 150;

const INK: RGBColor = RGBColor(70, 70, 70);
const GRID: RGBColor = RGBColor(226, 226, 226);
const FONT: (&str, u32) = ("sans-serif", 28);

impl Panel {
    /// The plot as an `<svg>` element without a size of its own.
    pub(super) fn svg(&self) -> Markup {
        let mut text = String::new();
        {
            let area = SVGBackend::with_string(&mut text, self.size).into_drawing_area();
            self.draw(&area).expect("a String can always be written to");
        }
        let size = format!("width=\"{}\" height=\"{}\" ", self.size.0, self.size.1);
        let alternative = html! { (self.alternative) }.into_string();
        let label = format!("role=\"img\" aria-label=\"{alternative}\" ");
        PreEscaped(text.replacen(&size, &label, 1))
    }

    fn draw(
        &self,
        area: &DrawingArea<SVGBackend, Shift>,
    ) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'_> as DrawingBackend>::ErrorType>> {
        let mut chart = ChartBuilder::on(area)
            .margin_top(16)
            .margin_right(44)
            .set_label_area_size(LabelAreaPosition::Left, self.left)
            .set_label_area_size(
                LabelAreaPosition::Bottom,
                if self.x_title.is_empty() { 52 } else { 96 },
            )
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        let font = FONT.into_font().color(&INK);
        chart
            .configure_mesh()
            .x_labels(self.x.ticks.len().max(1))
            .y_labels(self.y.ticks.len().max(1))
            .bold_line_style(GRID.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(INK.mix(0.6))
            .label_style(font.clone())
            .axis_desc_style(font)
            .x_desc(self.x_title)
            .y_desc(&self.y_title)
            .draw()?;
        for layer in &self.layers {
            let outline: Vec<Point> = layer
                .lower
                .iter()
                .chain(layer.upper.iter().rev())
                .copied()
                .collect();
            chart.draw_series([Polygon::new(outline, rgb(layer.colour).filled())])?;
        }
        for curve in &self.curves {
            let style = rgb(curve.colour).stroke_width(curve.width);
            for run in thinned(&curve.points) {
                chart.draw_series(LineSeries::new(run, style))?;
            }
        }
        area.present()
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        let share = (value - self.low) / (self.high - self.low);
        start + (f64::from(end - start) * share).round() as i32
    }

    /// The ticks, however many are asked for.
    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|tick| tick.0).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let nearest = self
            .ticks
            .iter()
            .min_by(|a, b| (a.0 - value).abs().total_cmp(&(b.0 - value).abs()));
        nearest.map(|tick| tick.1.clone()).unwrap_or_default()
    }
}

fn rgb(colour: Colour) -> RGBColor {
    let [_, red, green, blue] = colour.to_be_bytes();
    RGBColor(red, green, blue)
}
