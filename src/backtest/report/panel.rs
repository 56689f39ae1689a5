//! One plot as SVG text: what is printed, and what a page without its script shows.

use super::scale::{Axis, Point, thinned};
use maud::{Markup, PreEscaped, html};
use std::fmt::Write;

/// How something is drawn: its colour is that of a class of `style.css`, which knows a light and a dark page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) class: &'static str,
    /// Width of a line in units of the drawing, which are half as wide as a pixel of the page.
    pub(super) width: u32,
    /// Lengths of dashes and of the gaps between them, in the same units; empty for a line without gaps.
    pub(super) dash: &'static [u32],
}

/// How values are written beside the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Plain,
    /// A fraction, written in percent.
    Percent,
    /// The logarithm of what is written.
    Logarithm,
}

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
    /// Whether each curve's name stands at its end.
    pub(super) end_labels: bool,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) unit: Unit,
    pub(super) layers: Vec<Layer>,
    pub(super) curves: Vec<Curve>,
}

/// A filled band between two boundaries over the same x.
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) pen: Pen,
    pub(super) lower: Vec<Point>,
    pub(super) upper: Vec<Point>,
}

/// A line through points; values that are not finite are gaps.
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) pen: Pen,
    /// Whether the area between it and 0 is tinted.
    pub(super) filled: bool,
    pub(super) points: Vec<Point>,
}

/// Size of a plot over the whole width of the page. Twice what is shown, since coordinates are whole numbers.
pub(super) const WIDE: (u32, u32) = (2000, 680);

/// Size of a plot that shares its row with another.
pub(super) const HALF: (u32, u32) = (1000, 520);

/// Width of the area left of a plot that numbers and the title of the axis need.
pub(super) const LEFT: u32 = 150;

/// Width of the area right of a plot: for half of the last date, or for the names of curves.
const RIGHT: u32 = 44;
const RIGHT_OF_NAMES: u32 = 350;
const TOP: u32 = 16;
const BOTTOM: u32 = 52;
const BOTTOM_WITH_TITLE: u32 = 96;

/// Height of a line of text, and of one of the smaller names at the ends of curves.
const TEXT: i32 = 28;
const NAME: i32 = 25;

/// Longest name at the end of a curve, in letters.
const LONGEST_NAME: usize = 24;

impl Panel {
    /// The plot as an `<svg>` element without a size of its own.
    pub(super) fn svg(&self) -> Markup {
        let (width, height) = self.size;
        let frame = Frame::of(self);
        let ticks_x = self
            .x
            .ticks
            .iter()
            .map(|(value, label)| (frame.x(&self.x, *value), label));
        let ticks_y = self
            .y
            .ticks
            .iter()
            .map(|(value, label)| (frame.y(&self.y, *value), label));
        let (left, right, top, bottom) = (frame.left, frame.right, frame.top, frame.bottom);
        html! {
            svg role="img" aria-label=(self.alternative) viewBox=(format_args!("0 0 {width} {height}")) {
                @for (y, label) in ticks_y {
                    path.grid d=(format_args!("M{left} {y}H{right}")) {}
                    text.tick x=(left - 14) y=(y + TEXT / 3) text-anchor="end" { (label) }
                }
                @for (x, label) in ticks_x {
                    path.grid d=(format_args!("M{x} {top}V{bottom}")) {}
                    text.tick x=(x) y=(bottom + TEXT + 8) text-anchor="middle" { (label) }
                }
                @if !self.y_title.is_empty() {
                    text.tick text-anchor="middle"
                        transform=(format_args!("translate({} {})rotate(-90)", TEXT, (top + bottom) / 2))
                        { (self.y_title) }
                }
                @if !self.x_title.is_empty() {
                    text.tick text-anchor="middle" x=((left + right) / 2) y=(height as i32 - 14) { (self.x_title) }
                }
                @for layer in &self.layers { (self.layer(layer, &frame)) }
                @for curve in &self.curves { (self.curve(curve, &frame)) }
                @if self.end_labels { (self.names(&frame)) }
            }
        }
    }

    /// Parts of its width that are left and right of the plot.
    pub(super) fn margins(&self) -> [f64; 2] {
        let (frame, width) = (Frame::of(self), f64::from(self.size.0));
        [
            f64::from(frame.left) / width,
            1.0 - f64::from(frame.right) / width,
        ]
    }

    fn layer(&self, layer: &Layer, frame: &Frame) -> Markup {
        let outline = layer.lower.iter().chain(layer.upper.iter().rev());
        let path = frame.path(&self.x, &self.y, outline) + "z";
        html! { path class=(format_args!("area {}", layer.pen.class)) d=(PreEscaped(path)) {} }
    }

    fn curve(&self, curve: &Curve, frame: &Frame) -> Markup {
        let runs = thinned(&curve.points);
        let foot = frame.y(&self.y, 0.0_f64.clamp(self.y.low, self.y.high));
        let (mut line, mut tint) = (String::new(), String::new());
        for run in &runs {
            let path = frame.path(&self.x, &self.y, run.iter());
            if curve.filled {
                let (first, last) = (frame.x(&self.x, run[0].0), frame.x(&self.x, run[run.len() - 1].0));
                let _ = write!(tint, "{path}L{last} {foot}H{first}z");
            }
            line += &path;
        }
        html! {
            @if curve.filled { path class=(format_args!("tint {}", curve.pen.class)) d=(PreEscaped(tint)) {} }
            path class=(format_args!("line {}", curve.pen.class)) stroke-width=(curve.pen.width)
                stroke-dasharray=[dashes(curve.pen)] d=(PreEscaped(line)) {}
        }
    }

    /// The curves' names beside their ends, moved apart where they would lie on each other; one for curves of one name.
    fn names(&self, frame: &Frame) -> Markup {
        let mut ends: Vec<(i32, &Curve)> = Vec::new();
        for curve in &self.curves {
            let last = curve.points.iter().rev().find(|point| point.1.is_finite());
            if let Some(point) = last.filter(|_| ends.iter().all(|(_, other)| other.name != curve.name)) {
                ends.push((frame.y(&self.y, point.1), curve));
            }
        }
        ends.sort_by_key(|end| end.0);
        let wanted: Vec<i32> = ends.iter().map(|end| end.0).collect();
        let places = apart(&wanted, NAME, (frame.top + NAME / 2, frame.bottom));
        html! {
            @for (place, (_, curve)) in places.iter().zip(&ends) {
                path class=(format_args!("line {}", curve.pen.class)) stroke-width=(curve.pen.width)
                    stroke-dasharray=[dashes(curve.pen)] d=(format_args!("M{} {place}h40", frame.right + 12)) {}
                text.end x=(frame.right + 62) y=(place + NAME / 3)
                    { (curve.name.chars().take(LONGEST_NAME).collect::<String>()) }
            }
        }
    }
}

/// The lengths of a pen's dashes and gaps as SVG has them; none for a line without gaps.
fn dashes(pen: Pen) -> Option<String> {
    let lengths: Vec<String> = pen.dash.iter().map(u32::to_string).collect();
    (!lengths.is_empty()).then(|| lengths.join(" "))
}

/// `wanted` places, ascending, moved so that neighbours are at least `gap` apart, within the range where they fit.
fn apart(wanted: &[i32], gap: i32, (low, high): (i32, i32)) -> Vec<i32> {
    let mut places = Vec::with_capacity(wanted.len());
    let mut free = low;
    for &place in wanted {
        let place = place.max(free);
        free = place + gap;
        places.push(place);
    }
    // What was pushed out at the foot pushes back upwards.
    let mut most = high;
    for place in places.iter_mut().rev() {
        *place = (*place).min(most);
        most = *place - gap;
    }
    places
}

/// The rectangle that a plot's values are drawn in.
struct Frame {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

impl Frame {
    fn of(panel: &Panel) -> Self {
        let (width, height) = panel.size;
        let beside = if panel.end_labels { RIGHT_OF_NAMES } else { RIGHT };
        let below = if panel.x_title.is_empty() {
            BOTTOM
        } else {
            BOTTOM_WITH_TITLE
        };
        Self {
            left: panel.left as i32,
            right: (width - beside) as i32,
            top: TOP as i32,
            bottom: (height - below) as i32,
        }
    }

    fn x(&self, axis: &Axis, value: f64) -> i32 {
        self.left + (f64::from(self.right - self.left) * axis.share(value)).round() as i32
    }

    fn y(&self, axis: &Axis, value: f64) -> i32 {
        self.bottom - (f64::from(self.bottom - self.top) * axis.share(value)).round() as i32
    }

    /// A line through `points`, in steps from each to the next, which take fewer letters than places.
    fn path<'a>(&self, x: &Axis, y: &Axis, points: impl Iterator<Item = &'a Point>) -> String {
        let mut path = String::new();
        let mut before = None;
        for point in points {
            let here = (self.x(x, point.0), self.y(y, point.1));
            let _ = match before {
                None => write!(path, "M{} {}l", here.0, here.1),
                Some((left, top)) => {
                    let (right, down) = (here.0 - left, here.1 - top);
                    let space = if down < 0 { "" } else { " " };
                    write!(path, "{right}{space}{down} ")
                }
            };
            before = Some(here);
        }
        path.trim_end().trim_end_matches('l').to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_moved_apart_and_stay_inside() {
        assert_eq!(apart(&[10, 12, 60], 20, (0, 100)), [10, 30, 60]);
        assert_eq!(apart(&[90, 95, 98], 20, (0, 100)), [60, 80, 100]);
        assert_eq!(apart(&[-5], 20, (0, 100)), [0]);
    }

    #[test]
    fn a_path_goes_where_its_points_are() {
        let frame = Frame {
            left: 100,
            right: 200,
            top: 0,
            bottom: 50,
        };
        let axis = Axis {
            low: 0.0,
            high: 1.0,
            ticks: Vec::new(),
        };
        let path = frame.path(&axis, &axis, [(0.0, 0.0), (0.5, 1.0), (1.0, 0.5)].iter());
        assert_eq!(path, "M100 50l50-50 50 25");
        assert_eq!(frame.path(&axis, &axis, [(0.5, 0.5)].iter()), "M150 25");
    }
}
