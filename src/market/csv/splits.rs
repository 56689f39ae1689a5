//! Splits: moves of one asset's price that look like a change of the number of its shares.

use crate::error::{Error, Result};
use crate::market::prices::Ranges;
use crate::market::time::Time;
use ndarray::{Array2, s};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What becomes of moves that look like splits: closes of one asset whose ratio over one bar is within 5% of 3, 4, 5, 6,
/// 7, 8, 10, 12, 15, 20, 25, 30, 40, 50 or 100, of 5/2, or of 1 over one of these, and at most 0.4 or at least 2.5, while
/// the median of the other assets, where there are any, moves by less than 10%.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Splits {
    /// They are an error.
    #[default]
    Refuse,
    /// They stay: the price did move so.
    Keep,
    /// The asset's prices before are divided by the split's ratio, new shares for an old one, and its volumes multiplied
    /// by it.
    Adjust,
}

/// A move that looks like a split.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Split {
    asset: String,
    time: Time,
    /// Shares after and before.
    ratio: (f64, f64),
}

/// Shares after a split and before it; the other way round for one that makes fewer.
const RATIOS: [(f64, f64); 16] = [
    (5.0, 2.0),
    (3.0, 1.0),
    (4.0, 1.0),
    (5.0, 1.0),
    (6.0, 1.0),
    (7.0, 1.0),
    (8.0, 1.0),
    (10.0, 1.0),
    (12.0, 1.0),
    (15.0, 1.0),
    (20.0, 1.0),
    (25.0, 1.0),
    (30.0, 1.0),
    (40.0, 1.0),
    (50.0, 1.0),
    (100.0, 1.0),
];

/// Farthest that the ratio of two closes may be from a split's, as a part of it: what else happened in the bar.
const NEAR: f64 = 0.05;

/// Least that a price has to change, as a factor.
const LEAST: f64 = 2.5;

/// Most that the median of the other assets may move.
const QUIET: f64 = 0.1;

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (after, before) = self.ratio;
        write!(formatter, "{after}:{before} of {} at {}", self.asset, self.time)
    }
}

/// The prices of a file before they are a table.
pub(super) struct Prices<'p> {
    pub(super) times: &'p [Time],
    pub(super) assets: &'p [String],
    pub(super) close: &'p mut Array2<f64>,
    pub(super) ranges: &'p mut Ranges,
}

/// The moves that look like splits, in the order of time, adjusted for where `splits` asks for it. `refused` makes the
/// complaint about a bar and asset from what was found there and what was expected.
pub(super) fn settle(
    prices: Prices<'_>,
    splits: Splits,
    refused: impl Fn((usize, usize), String, &str) -> Error,
) -> Result<Vec<Split>> {
    let found = moves(&prices);
    if let (Splits::Refuse, Some((bar, asset, split))) = (splits, found.first()) {
        let before = prices.close.slice(s![..*bar, *asset]);
        let from = before
            .iter()
            .rev()
            .find(|price| !price.is_nan())
            .unwrap_or(&f64::NAN);
        let to = prices.close[[*bar, *asset]];
        let looks = format!(
            "a close of {to} after {from}, a ratio of {:.4}, as after the split {split}",
            to / from
        );
        let expected = "prices adjusted for splits, or `splits: adjust` to divide the prices before by the split's \
                        ratio, or `splits: keep` where the price did move so";
        return Err(refused((*bar, *asset), looks, expected));
    }
    if splits == Splits::Adjust {
        for (bar, asset, split) in &found {
            let ratio = split.ratio.0 / split.ratio.1;
            let before = s![..*bar, *asset];
            prices
                .close
                .slice_mut(before)
                .map_inplace(|price| *price /= ratio);
            let ranges = &mut *prices.ranges;
            for values in [&mut ranges.open, &mut ranges.high, &mut ranges.low]
                .into_iter()
                .flatten()
            {
                values.slice_mut(before).map_inplace(|price| *price /= ratio);
            }
            if let Some(volume) = &mut ranges.volume {
                volume.slice_mut(before).map_inplace(|units| *units *= ratio);
            }
        }
    }
    Ok(found.into_iter().map(|(_, _, split)| split).collect())
}

/// The moves that look like splits, with the bar that they end in and the asset, in the order of time. Over a gap (NaN) a move
/// is from the last price before it.
fn moves(prices: &Prices<'_>) -> Vec<(usize, usize, Split)> {
    let mut found = Vec::new();
    let mut last = prices.close.row(0).to_vec();
    for (bar, closes) in prices.close.rows().into_iter().enumerate().skip(1) {
        let ratios: Vec<f64> = closes.iter().zip(&last).map(|(to, from)| to / from).collect();
        let mut sorted = Vec::new();
        for (asset, ratio) in ratios.iter().enumerate() {
            let Some(split) = split_near(*ratio) else {
                continue;
            };
            if sorted.is_empty() {
                sorted.extend(ratios.iter().copied().filter(|ratio| !ratio.is_nan()));
                sorted.sort_by(f64::total_cmp);
            }
            if sorted.len() == 1 || (median_of_others(&sorted, *ratio) - 1.0).abs() < QUIET {
                let split = Split {
                    asset: prices.assets[asset].clone(),
                    time: prices.times[bar],
                    ratio: split,
                };
                found.push((bar, asset, split));
            }
        }
        for (last, close) in last.iter_mut().zip(closes) {
            if !close.is_nan() {
                *last = *close;
            }
        }
    }
    found
}

/// Shares after and before the split that would change a price by this factor.
fn split_near(factor: f64) -> Option<(f64, f64)> {
    let (more, less) = (factor >= LEAST, factor <= 1.0 / LEAST);
    let size = if more { factor } else { 1.0 / factor };
    let near = |(after, before): &&(f64, f64)| (size * before / after - 1.0).abs() <= NEAR;
    let split = RATIOS.iter().filter(|_| more || less).find(near)?;
    Some(if less { *split } else { (split.1, split.0) })
}

/// The median of at least two sorted values without `one` of them.
fn median_of_others(sorted: &[f64], one: f64) -> f64 {
    let place = sorted.partition_point(|value| *value < one);
    let other = |at: usize| sorted[at + usize::from(at >= place)];
    let middle = (sorted.len() - 1) / 2;
    match sorted.len() % 2 {
        0 => other(middle),
        _ => f64::midpoint(other(middle - 1), other(middle)),
    }
}
