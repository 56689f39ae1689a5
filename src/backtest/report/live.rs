//! What the page's script draws from: the curves and layers of its plots, as short as hovering over them allows.

use super::panel::{LEFT, Panel, Pen, Unit};
use super::scale::Point;
use serde::Serialize;

/// Most places on the horizontal axis of a plot: of more, every second, third... is kept, and the last.
const PLACES: usize = 3_000;

/// The level that stands for a gap.
const GAP: u16 = u16::MAX;

/// Days from the first of the year 1 to 1970, from which scripts count seconds.
const EPOCH: f64 = 719_163.0;

/// All plots of a page; a plot refers to its horizontal axis by number.
#[derive(Debug, Default, Serialize)]
pub(super) struct Charts {
    xs: Vec<Vec<f64>>,
    panels: Vec<Chart>,
}

#[derive(Debug, Serialize)]
struct Chart {
    alternative: String,
    y_title: String,
    x_title: &'static str,
    /// Height in units of the drawing, two of which are a pixel.
    height: u32,
    /// Parts of the width that are left and right of the plot, where other plots stand above or below that are not drawn by
    /// the script.
    margins: Option<[f64; 2]>,
    end_labels: bool,
    /// Whether the horizontal axis is of seconds since 1970.
    dates: bool,
    unit: &'static str,
    x: usize,
    layers: Vec<Layer>,
    curves: Vec<Curve>,
}

#[derive(Debug, Serialize)]
struct Layer {
    name: String,
    pen: PenOf,
    lower: Levels,
    upper: Levels,
}

#[derive(Debug, Serialize)]
struct Curve {
    name: String,
    pen: PenOf,
    filled: bool,
    #[serde(flatten)]
    levels: Levels,
}

#[derive(Debug, Serialize)]
struct PenOf {
    class: &'static str,
    width: u32,
    dash: &'static [u32],
}

/// Values as 16-bit levels between the smallest and the largest of them, in base 64.
#[derive(Debug, Serialize)]
struct Levels {
    low: f64,
    step: f64,
    data: String,
}

impl Charts {
    /// Takes a plot in, and says its number.
    pub(super) fn add(&mut self, panel: &Panel) -> usize {
        let dates = panel.x_title.is_empty();
        let series = panel.curves.iter().map(|curve| &curve.points);
        let edges = panel.layers.iter().map(|layer| &layer.upper);
        // Curves of one plot may have points at different places: one axis has them all.
        let mut places: Vec<f64> = Vec::new();
        for points in series.chain(edges) {
            let same = |(point, x): (&Point, &f64)| point.0.to_bits() == x.to_bits();
            if places.len() != points.len() || !points.iter().zip(&places).all(same) {
                places.extend(points.iter().map(|point| point.0));
                places.sort_unstable_by(f64::total_cmp);
                places.dedup();
            }
        }
        let every = places.len().div_ceil(PLACES).max(1);
        let last = places.len().saturating_sub(1);
        let kept: Vec<f64> = (0..places.len())
            .filter(|k| k.is_multiple_of(every) || *k == last)
            .map(|k| places[k])
            .collect();
        let levels = |points: &[Point]| Levels::of(&at(&kept, points));
        self.panels.push(Chart {
            alternative: panel.alternative.clone(),
            y_title: panel.y_title.clone(),
            x_title: panel.x_title,
            height: panel.size.1,
            margins: (panel.left != LEFT).then(|| panel.margins()),
            end_labels: panel.end_labels,
            dates,
            unit: match panel.unit {
                Unit::Plain => "plain",
                Unit::Percent => "percent",
                Unit::Logarithm => "logarithm",
            },
            x: 0,
            layers: panel
                .layers
                .iter()
                .map(|layer| Layer {
                    name: layer.name.clone(),
                    pen: PenOf::of(layer.pen),
                    lower: levels(&layer.lower),
                    upper: levels(&layer.upper),
                })
                .collect(),
            curves: panel
                .curves
                .iter()
                .map(|curve| Curve {
                    name: curve.name.clone(),
                    pen: PenOf::of(curve.pen),
                    filled: curve.filled,
                    levels: levels(&curve.points),
                })
                .collect(),
        });
        let shown: Vec<f64> = match dates {
            true => kept
                .iter()
                .map(|days| ((days - EPOCH) * 86_400.0).round())
                .collect(),
            false => kept,
        };
        let number = self.panels.len() - 1;
        let known = self.xs.iter().position(|x| *x == shown);
        self.panels[number].x = known.unwrap_or_else(|| {
            self.xs.push(shown);
            self.xs.len() - 1
        });
        number
    }

    /// As JSON that ends no element of the page.
    pub(super) fn json(&self) -> String {
        let text = serde_json::to_string(self).expect("the keys are strings and the values plain numbers");
        text.replace('<', "\\u003c")
    }
}

impl PenOf {
    fn of(pen: Pen) -> Self {
        Self {
            class: pen.class,
            width: pen.width,
            dash: pen.dash,
        }
    }
}

impl Levels {
    fn of(values: &[f64]) -> Self {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = (
            finite().fold(f64::NAN, f64::min),
            finite().fold(f64::NAN, f64::max),
        );
        let step = (high - low) / f64::from(GAP - 1);
        let level = |value: f64| match value.is_finite() {
            // Of equal values the step is 0, and every level says the same.
            true => ((value - low) / step).round() as u16,
            false => GAP,
        };
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| level(*value).to_le_bytes())
            .collect();
        let known = |value: f64| if value.is_nan() { 0.0 } else { value };
        Self {
            low: known(low),
            step: known(step),
            data: base64(&bytes),
        }
    }
}

/// The values of `points`, whose places ascend, at `places`; NaN where they have none.
fn at(places: &[f64], points: &[Point]) -> Vec<f64> {
    let mut points = points.iter().peekable();
    places
        .iter()
        .map(|place| {
            while points.next_if(|point| point.0 < *place).is_some() {}
            match points.peek() {
                Some(point) if point.0 <= *place => point.1,
                _ => f64::NAN,
            }
        })
        .collect()
}

/// Base 64 with padding (RFC 4648).
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, k| {
            bits << 8 | u32::from(*group.get(k).unwrap_or(&0))
        });
        for place in 0..4 {
            match place <= group.len() {
                true => text.push(char::from(LETTERS[(bits >> (18 - 6 * place) & 63) as usize])),
                false => text.push('='),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 4648, section 10.
    #[test]
    fn base_64_is_the_standards() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0x00]), "+/8A");
    }

    #[test]
    fn levels_reach_from_the_smallest_to_the_largest_value() {
        let found = Levels::of(&[-1.0, f64::NAN, 1.0, 0.0]);
        // Levels 0, the gap, 65534 and 32767.
        assert_eq!(found.data, base64(&[0, 0, 255, 255, 254, 255, 255, 127]));
        assert_eq!((found.low, found.step), (-1.0, 2.0 / 65_534.0));
        let flat = Levels::of(&[3.0, 3.0]);
        assert_eq!((flat.low, flat.step, flat.data), (3.0, 0.0, base64(&[0; 4])));
        let gaps = Levels::of(&[f64::NAN]);
        assert_eq!((gaps.low, gaps.data), (0.0, base64(&[255; 2])));
    }

    #[test]
    fn values_stand_at_their_places() {
        let points = [(1.0, 10.0), (3.0, 30.0)];
        let found = at(&[0.0, 1.0, 2.0, 3.0], &points);
        assert!(found[0].is_nan() && found[2].is_nan() && (found[1], found[3]) == (10.0, 30.0));
    }
}
