//! The universe of a price table whose assets are not all there from the first bar to the last.

use crate::market::listing::{Listing, ListingRules, Status};
use crate::market::time::Time;
use ndarray::Array2;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Who is there at each bar, and the prices that say so. There is none of a table where everybody is there throughout.
#[derive(Debug, Clone)]
pub struct Universe {
    rules: ListingRules,
    /// Prices as they were given, NaN in gaps: [T, N].
    prices: Array2<f64>,
    /// Not 0 where bar and asset are marked as an end: [T, N].
    ends: Array2<f64>,
    /// [T, N]
    status: Array2<Status>,
}

impl PartialEq for Universe {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, two): (&f64, &f64)| one.to_bits() == two.to_bits();
        (self.rules, &self.ends, &self.status) == (other.rules, &other.ends, &other.status)
            && self.prices.iter().zip(&other.prices).all(same)
    }
}

impl Universe {
    /// The universe of these prices [T, N], and what a unit of each asset is worth at each bar: its price, its last price
    /// while it is halted, what is paid out at its end, 0 where it is absent. No bar depends on a later one.
    pub(super) fn new(
        prices: Array2<f64>,
        marks: impl IntoIterator<Item = (usize, usize)>,
        rules: ListingRules,
    ) -> (Self, Array2<f64>) {
        let mut ends = Array2::zeros(prices.dim());
        for cell in marks {
            ends[cell] = 1.0;
        }
        let mut listings = vec![Listing::default(); prices.ncols()];
        let mut status = Array2::default(prices.dim());
        let mut worth = Array2::zeros(prices.dim());
        for (cell, price) in prices.indexed_iter() {
            let price = (!price.is_nan()).then_some(*price);
            let (is, value) = listings[cell.1].next(price, ends[cell] != 0.0, &rules);
            status[cell] = is;
            worth[cell] = value.unwrap_or(0.0);
        }
        let universe = Self {
            rules,
            prices,
            ends,
            status,
        };
        (universe, worth)
    }

    /// What each asset is at each close: [T, N].
    pub fn status(&self) -> &Array2<Status> {
        &self.status
    }

    /// Prices as they were given, NaN in gaps: [T, N].
    pub fn prices(&self) -> &Array2<f64> {
        &self.prices
    }

    /// Bars and assets that are marked as ends.
    pub fn ends(&self) -> impl Iterator<Item = (usize, usize)> {
        self.ends
            .indexed_iter()
            .filter(|(_, mark)| **mark != 0.0)
            .map(|(cell, _)| cell)
    }

    /// Not 0 where an asset is marked as ending at a bar: [N].
    pub fn ends_at(&self, bar: usize) -> &[f64] {
        self.ends
            .row(bar)
            .to_slice()
            .expect("rows in standard layout lie together")
    }

    /// When a halted asset has ended, and what is then paid for it.
    pub fn rules(&self) -> ListingRules {
        self.rules
    }

    /// Whether each asset takes part at each close: it has a price, and at least `look_back` returns since it is there: [T, N].
    pub fn taking_part(&self, look_back: usize) -> Array2<bool> {
        let mut returns = vec![0; self.status.ncols()];
        let mut takes_part = Array2::from_elem(self.status.dim(), false);
        for (cell, status) in self.status.indexed_iter() {
            let returns = &mut returns[cell.1];
            *returns = status.returns(*returns);
            takes_part[cell] = status.takes_part(*returns, look_back);
        }
        takes_part
    }

    /// The prices and ends of the bars `range` alone: what was known before is not.
    pub(super) fn slice(&self, range: RangeInclusive<usize>) -> (Self, Array2<f64>) {
        let prices = self.prices.slice(ndarray::s![range.clone(), ..]).to_owned();
        let within = |(bar, _): &(usize, usize)| range.contains(bar);
        let ends = self
            .ends()
            .filter(within)
            .map(|(bar, asset)| (bar - range.start(), asset));
        Self::new(prices, ends, self.rules)
    }

    /// That of the assets `chosen` alone, in this order.
    pub(super) fn select(&self, chosen: &[usize]) -> (Self, Array2<f64>) {
        let prices = self.prices.select(ndarray::Axis(1), chosen);
        let mut ends = Vec::new();
        for (bar, asset) in self.ends() {
            let places = chosen.iter().enumerate().filter(|(_, other)| **other == asset);
            ends.extend(places.map(|(place, _)| (bar, place)));
        }
        Self::new(prices, ends, self.rules)
    }

    /// Whether everybody is there at every bar.
    pub(super) fn is_complete(&self) -> bool {
        let complete = |(cell, status): ((usize, usize), &Status)| match status {
            Status::Listed => true,
            Status::New => cell.0 == 0,
            _ => false,
        };
        self.status.indexed_iter().all(complete)
    }

    /// When assets were there that are not there throughout, in the order of the assets and of time.
    pub fn presences(&self, assets: &[String], times: &[Time]) -> Vec<Presence> {
        let mut found: Vec<Presence> = Vec::new();
        for (asset, column) in assets.iter().zip(self.status.columns()) {
            for (time, status) in times.iter().zip(column) {
                match (status, found.last_mut()) {
                    (Status::New, _) => found.push(Presence {
                        asset: asset.clone(),
                        from: *time,
                        until: None,
                        halted_bars: 0,
                    }),
                    (Status::Halted, Some(now)) => now.halted_bars += 1,
                    (Status::Ended, Some(now)) => now.until = Some(*time),
                    _ => (),
                }
            }
        }
        let is_partial = |one: &Presence| one.from > times[0] || one.until.is_some() || one.halted_bars > 0;
        found.retain(is_partial);
        found
    }

    /// The same in words, for people: such as "NEW from 2012-01-03; OLD until 2014-05-06, 3 bars halted".
    pub fn describe(&self, assets: &[String], times: &[Time]) -> String {
        let words = |presence: Presence| {
            let mut parts = Vec::new();
            if presence.from > times[0] {
                parts.push(format!("from {}", presence.from));
            }
            parts.extend(presence.until.map(|until| format!("until {until}")));
            let halted = match presence.halted_bars {
                0 => String::new(),
                1 => format!("{}1 bar halted", if parts.is_empty() { "" } else { ", " }),
                bars => format!("{}{bars} bars halted", if parts.is_empty() { "" } else { ", " }),
            };
            format!("{} {}{halted}", presence.asset, parts.join(" "))
        };
        let presences = self.presences(assets, times).into_iter();
        presences.map(words).collect::<Vec<_>>().join("; ")
    }
}

/// When one asset was there, for reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Presence {
    /// Its name.
    pub asset: String,
    /// When it had its first price.
    pub from: Time,
    /// When it ended; `null` where it is there at the last bar.
    pub until: Option<Time>,
    /// Bars between at which it had no price.
    pub halted_bars: usize,
}
