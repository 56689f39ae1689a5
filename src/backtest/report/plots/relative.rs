//! What the policy had to do with the portfolios that it is compared with, half a year at a time.

use super::super::Report;
use super::super::panel::{Curve, LEFT, Panel, Unit, WIDE};
use super::super::scale::Axis;
use super::figure::{Figure, Plot, plain};
use super::portfolios::{name_and_pen, others_legend, padded, rolling_bars};
use crate::backtest::track::Track;
use crate::risk::benchmark::Benchmarked;
use crate::risk::metrics::Conventions;

pub(super) fn relative(report: &Report) -> Figure {
    Figure {
        title: "Rolling beta and correlation",
        explanation: format!(
            "Of the policy's returns over cash on those of each portfolio that it is compared with, over the last {} \
             bars. Beta 1 and correlation 1: it moved as that portfolio did.",
            rolling_bars(report)
        ),
        plots: vec![
            Plot::Curves(panel(report, "beta", |pair| pair.beta())),
            Plot::Curves(panel(report, "correlation", |pair| pair.correlation())),
        ],
        legend: others_legend(report),
    }
}

fn panel(report: &Report, measure: &str, of: fn(&Benchmarked) -> f64) -> Panel {
    let run = &report.seeds[0];
    let bars = rolling_bars(report);
    let own = run.track.excess_returns();
    let annual = Conventions::of_bars(run.track.bars_per_year);
    let curve = |(place, (name, other)): (usize, (&str, &Track))| {
        let other = other.excess_returns();
        let pair = Benchmarked::new(&own, &other, annual).expect("tracks of one length");
        let values = padded(pair.rolling(bars, of), bars);
        let days = run.track.times.iter().map(|time| time.days());
        let (name, pen) = name_and_pen(place, name);
        Curve {
            name,
            pen,
            filled: false,
            points: days.zip(values).collect(),
        }
    };
    let curves: Vec<Curve> = report.compared_with(run).enumerate().map(curve).collect();
    let values = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
    Panel {
        alternative: format!("Rolling {measure} of the policy to each portfolio that it is compared with"),
        y_title: measure.to_string(),
        x_title: "",
        size: WIDE,
        left: LEFT,
        end_labels: true,
        x: Axis::times(&run.track.times),
        y: Axis::linear(values, Some(1.0), plain),
        unit: Unit::Plain,
        layers: Vec::new(),
        curves,
    }
}
