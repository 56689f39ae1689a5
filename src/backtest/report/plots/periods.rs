//! Calendar years, and how the returns of bars are distributed, beside the benchmark.

use super::super::Report;
use super::super::bars::{Bars, Series};
use super::super::scale::Axis;
use super::figure::{Figure, Key, POLICY, Plot, percentage, plain};
use super::portfolios::{BENCHMARK, shown_name};
use crate::backtest::calendar::years as yearly;
use crate::backtest::track::Track;
use crate::math::statistics::{mean, standard_deviation};

/// Classes of the distribution, and how many standard deviations of the policy's returns they reach to either side.
const CLASSES: usize = 33;
const REACH: f64 = 4.0;

pub(super) fn years(report: &Report) -> Figure {
    let tracks = shown(report);
    let first: Vec<i32> = calendar(tracks[0].2).into_iter().map(|year| year.0).collect();
    let every = first.len().div_ceil(14);
    let series: Vec<Series> = tracks
        .iter()
        .map(|(name, pen, track)| Series {
            name: name.clone(),
            pen: *pen,
            values: calendar(track)
                .into_iter()
                .map(|(_, earned)| (earned, percentage(earned, 3)))
                .collect(),
        })
        .collect();
    let values = series
        .iter()
        .flat_map(|series| &series.values)
        .map(|value| value.0);
    let y = Axis::linear(values, Some(0.0), percentage);
    Figure {
        title: "Calendar years",
        explanation:
            "Return of each calendar year, net of costs; the first and the last may be parts of one."
                .to_string(),
        plots: vec![Plot::Bars(Bars {
            alternative: "Return of each calendar year, the policy's beside the benchmark's".to_string(),
            y_title: "return".to_string(),
            groups: first.iter().map(i32::to_string).collect(),
            labels: first
                .iter()
                .enumerate()
                .filter(|(place, _)| place.is_multiple_of(every))
                .map(|(place, year)| (place, year.to_string()))
                .collect(),
            y,
            series,
        })],
        legend: legend(report),
    }
}

pub(super) fn distribution(report: &Report) -> Figure {
    let tracks = shown(report);
    let policy = &tracks[0].2.returns;
    let (centre, spread) = (mean(policy), standard_deviation(policy, 1));
    // Of equal returns there is one class, of any width.
    let width = if spread > 0.0 {
        2.0 * REACH * spread / CLASSES as f64
    } else {
        0.001
    };
    let low = centre - 0.5 * CLASSES as f64 * width;
    let edge = |class: usize| low + class as f64 * width;
    let series: Vec<Series> = tracks
        .iter()
        .map(|(name, pen, track)| {
            let mut counts = [0; CLASSES];
            for earned in &track.returns {
                let class = ((earned - low) / width).floor().clamp(0.0, (CLASSES - 1) as f64);
                counts[class as usize] += 1;
            }
            Series {
                name: name.clone(),
                pen: *pen,
                values: counts
                    .into_iter()
                    .map(|count| (f64::from(count), format!("{count} bars")))
                    .collect(),
            }
        })
        .collect();
    let values = series
        .iter()
        .flat_map(|series| &series.values)
        .map(|value| value.0);
    let y = Axis::linear(values, Some(0.0), plain);
    let percent = |value: f64| percentage(value, 4);
    Figure {
        title: "Distribution of returns",
        explanation: format!(
            "Number of bars by their return, in classes that reach {REACH} standard deviations of the policy's to either side \
             of its mean; what lies beyond is counted in the outermost."
        ),
        plots: vec![Plot::Bars(Bars {
            alternative: "Histogram of the returns of bars, the policy's beside the benchmark's".to_string(),
            y_title: "bars".to_string(),
            groups: (0..CLASSES)
                .map(|class| match class {
                    0 => format!("below {}", percent(edge(1))),
                    class if class + 1 == CLASSES => format!("{} and above", percent(edge(class))),
                    class => format!("{} to {}", percent(edge(class)), percent(edge(class + 1))),
                })
                .collect(),
            labels: (0..CLASSES)
                .step_by(4)
                .map(|class| (class, percent(edge(class) + 0.5 * width)))
                .collect(),
            y,
            series,
        })],
        legend: legend(report),
    }
}

/// The policy, and the benchmark where there is one: name, pen, track.
fn shown(report: &Report) -> Vec<(String, super::super::panel::Pen, &Track)> {
    let run = &report.seeds[0];
    let mut tracks = vec![(format!("policy (seed {})", run.seed), POLICY, &run.track)];
    tracks.extend(
        report
            .benchmark()
            .map(|(name, track)| (shown_name(name), BENCHMARK, track)),
    );
    tracks
}

fn legend(report: &Report) -> Vec<Key> {
    let shown = shown(report).into_iter();
    shown.map(|(name, pen, _)| Key::area(pen, name)).collect()
}

fn calendar(track: &Track) -> Vec<(i32, f64)> {
    let years = yearly(&track.times, &track.returns).into_iter();
    years.map(|year| (year.year, year.earned)).collect()
}
