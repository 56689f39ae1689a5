//! Who is there: which assets of a market are absent, listed, halted or at their end, told by what has been seen so far.

use crate::error::{Error, Result, words};
use serde::{Deserialize, Serialize};

/// What an asset is at a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// It has a price, and had one at the bar before or was halted then.
    #[default]
    Listed,
    /// It has its first price, or its first after its end: there is no return yet.
    New,
    /// It has no price: it is held at its last one, and cannot be traded.
    Halted,
    /// It ended: what is held of it is paid out in cash at this close.
    Ended,
    /// It is not there: before its first price or after its end.
    Absent,
}

impl Status {
    /// Whether the bar that ends at this close has a return of it.
    pub fn has_return(self) -> bool {
        matches!(self, Self::Listed | Self::Halted | Self::Ended)
    }

    /// Whether it can be traded at this close.
    pub fn has_price(self) -> bool {
        matches!(self, Self::Listed | Self::New)
    }

    /// Returns of it since it is there, which were `before` at the bar before.
    pub(crate) fn returns(self, before: usize) -> usize {
        match self {
            Self::Listed | Self::Halted => before + 1,
            Self::New | Self::Ended | Self::Absent => 0,
        }
    }

    /// Whether it takes part at this close, with so many returns since it is there and a look-back of so many.
    pub(crate) fn takes_part(self, returns: usize, look_back: usize) -> bool {
        self.has_price() && returns >= look_back
    }

    /// What asset i is, where `status` is empty if all are there throughout.
    pub(crate) fn of(status: &[Self], i: usize) -> Self {
        status.get(i).copied().unwrap_or_default()
    }

    /// Whether it is there after this close, with a price or halted.
    pub fn is_there(self) -> bool {
        !matches!(self, Self::Ended | Self::Absent)
    }
}

/// When a halted asset has ended, and what is then paid for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListingRules {
    /// Bars without a price after which an asset has ended, at least 1; default 21.
    pub max_halted_bars: u32,
    /// Simple return over its last price with which an asset that ends is paid out, at least -1; default 0.
    pub delisting_return: f64,
}

impl Default for ListingRules {
    fn default() -> Self {
        Self {
            max_halted_bars: 21,
            delisting_return: 0.0,
        }
    }
}

impl ListingRules {
    /// Checks both numbers; the error names the one that cannot be used.
    pub fn validate(&self) -> Result<()> {
        if self.max_halted_bars == 0 {
            return Err(Error::invalid("max_halted_bars", 0, "at least 1 bar"));
        }
        if !(self.delisting_return >= -1.0 && self.delisting_return < f64::INFINITY) {
            let expected = "finite and at least -1 (-1 is nothing)";
            return Err(Error::invalid(
                "delisting_return",
                self.delisting_return,
                expected,
            ));
        }
        Ok(())
    }
}

/// One asset's listing as it is known at the last close: fed bar by bar, it looks at nothing later.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Last price, where it is there.
    price: Option<f64>,
    /// Bars without a price since.
    halted: u32,
}

impl Listing {
    /// Takes in a bar: its price, where it has one, and whether it is marked as the asset's end. Gives what the asset is at
    /// this close, and what a unit of it is worth: its price, its last price while it is halted, what is paid out at its
    /// end, none where it is absent.
    pub fn next(&mut self, price: Option<f64>, is_end: bool, rules: &ListingRules) -> (Status, Option<f64>) {
        let known = self.price;
        self.halted = if price.is_some() { 0 } else { self.halted + 1 };
        let Some(last) = price.or(known) else {
            *self = Self::default();
            return (Status::Absent, None);
        };
        if is_end || self.halted >= rules.max_halted_bars {
            *self = Self::default();
            // One that ends at its first price was never there to be held.
            return match known {
                Some(_) => (Status::Ended, Some(last * (1.0 + rules.delisting_return))),
                None => (Status::Absent, None),
            };
        }
        self.price = Some(last);
        let status = match (known, price) {
            (None, _) => Status::New,
            (Some(_), Some(_)) => Status::Listed,
            (Some(_), None) => Status::Halted,
        };
        (status, Some(last))
    }

    /// What the asset is at the last close, as far as a later one needs it: one that is new or ended counts as listed or absent.
    pub(crate) fn status(&self) -> Status {
        match (self.price, self.halted) {
            (None, _) => Status::Absent,
            (Some(_), 0) => Status::Listed,
            (Some(_), _) => Status::Halted,
        }
    }

    /// Checks what was read from somewhere.
    pub(crate) fn check(&self, rules: &ListingRules) -> Result<()> {
        let sound = match self.price {
            Some(price) => price.is_finite() && price > 0.0 && self.halted < rules.max_halted_bars,
            None => self.halted == 0,
        };
        match sound {
            true => Ok(()),
            false => Err(Error::invalid(
                "listing",
                words!("{self:?}"),
                "one that an asset can have",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Absent, Ended, Halted, Listed, New};

    fn statuses(prices: &[Option<f64>], ends: &[usize], rules: &ListingRules) -> Vec<(Status, Option<f64>)> {
        let mut listing = Listing::default();
        let next = |(bar, price): (usize, &Option<f64>)| listing.next(*price, ends.contains(&bar), rules);
        prices.iter().enumerate().map(next).collect()
    }

    #[test]
    fn an_asset_is_absent_listed_halted_and_listed_again() {
        let found = statuses(
            &[None, Some(2.0), None, Some(3.0), Some(4.0)],
            &[],
            &ListingRules::default(),
        );
        let expected = [
            (Absent, None),
            (New, Some(2.0)),
            (Halted, Some(2.0)),
            (Listed, Some(3.0)),
            (Listed, Some(4.0)),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_asset_ends_by_count_or_by_mark() {
        let rules = ListingRules {
            max_halted_bars: 2,
            delisting_return: -0.5,
        };
        let by_count = statuses(&[Some(2.0), None, None, None, Some(5.0), Some(6.0)], &[], &rules);
        let expected = [
            (New, Some(2.0)),
            (Halted, Some(2.0)),
            (Ended, Some(1.0)),
            (Absent, None),
            (New, Some(5.0)),
            (Listed, Some(6.0)),
        ];
        assert_eq!(by_count, expected);
        // A mark with a price: that price is what is paid out from.
        let by_mark = statuses(&[Some(2.0), Some(4.0), None], &[1], &rules);
        assert_eq!(by_mark, [(New, Some(2.0)), (Ended, Some(2.0)), (Absent, None)]);
        let without_price = statuses(&[Some(2.0), None], &[1], &rules);
        assert_eq!(without_price, [(New, Some(2.0)), (Ended, Some(1.0))]);
        assert_eq!(statuses(&[Some(2.0)], &[0], &rules), [(Absent, None)]);
    }

    /// The default: 20 bars without a price are a halt, the 21st is the end.
    #[test]
    fn the_twenty_first_bar_without_a_price_is_the_end() {
        let prices: Vec<Option<f64>> = [Some(7.0)].into_iter().chain([None; 30]).collect();
        let found = statuses(&prices, &[], &ListingRules::default());
        let is = |status: Status| found.iter().filter(|(other, _)| *other == status).count();
        assert_eq!((is(New), is(Halted), is(Ended), is(Absent)), (1, 20, 1, 9));
        assert_eq!(found[21], (Ended, Some(7.0)));
    }
}
