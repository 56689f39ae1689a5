//! What a decision is taken on: the bar that just ended, and the portfolio at its close.

use crate::error::{Error, Result, check_length, words};
use crate::market::price::{AssetPrices, BarNames, PriceBar};
use crate::market::{BarColumns, Status};
use crate::risk::check;
use crate::risk::limits::LARGEST_WEIGHT;
use std::ops::Deref;

/// A bar that just ended, as far as it is known: for a policy's portfolio, for the risk manager, and for a book, which is
/// both. What is `None` is estimated from earlier bars where that is possible, and otherwise not looked at; the decision
/// says which.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// Closes of the assets: [N], 1e-15 to 1e15.
    pub closes: &'a [f64],
    /// Highs and lows of the assets, [N] each, around the closes but for rounding. Without them the true range is that of closes.
    pub highs_lows: Option<(&'a [f64], &'a [f64])>,
    /// Average true ranges of the assets: [N], above 0, in the unit of the closes. In place of the manager's own.
    pub atr: Option<&'a [f64]>,
    /// Forecast volatility of the target portfolio before leverage, annual, above 0. In place of the manager's own.
    pub volatility: Option<f64>,
    /// Expected return of the target portfolio before leverage, annual.
    pub trend: Option<f64>,
    /// Betas of the assets to the hedge instrument: [N].
    pub betas: Option<&'a [f64]>,
    /// What the regimes are told apart by: [d] of the regime model.
    pub observation: Option<&'a [f64]>,
    /// When the bar closed, in nanoseconds since 1970-01-01 UTC: later than the last bar that had a time. A bar
    /// without one is not compared.
    pub time: Option<i64>,
    /// Simple return of cash over the bar, at least -1. The risk manager does not look at it, nor at what follows.
    pub cash_return: f64,
    /// What the policy sees besides prices.
    pub shown: BarColumns<'a>,
    /// What each asset is: [N]; empty where all are there. The close of one without a price is what it is worth, anything
    /// above 0 where it is absent.
    pub status: &'a [Status],
}

impl<'a> Bar<'a> {
    /// A bar of which the closes [N] are known and nothing else; cash has earned nothing.
    pub fn closes(closes: &'a [f64]) -> Self {
        Self {
            closes,
            highs_lows: None,
            atr: None,
            volatility: None,
            trend: None,
            betas: None,
            observation: None,
            time: None,
            cash_return: 0.0,
            shown: BarColumns::default(),
            status: &[],
        }
    }

    /// Checks lengths and numbers for `assets` assets and observations of `width` values.
    pub(super) fn checked(&'a self, assets: usize, width: usize) -> Result<CheckedBar<'a>> {
        let of = "number of assets";
        let names = BarNames {
            closes: "bar.closes",
            highs: "bar.highs",
            lows: "bar.lows",
        };
        let prices = PriceBar::new(names, self.closes, self.highs_lows, assets)?;
        if let Some(atr) = self.atr {
            AssetPrices::new("bar.atr", atr, assets)?;
        }
        let volatility = self.volatility.unwrap_or(1.0);
        if !(volatility.is_finite() && volatility > 0.0) {
            return Err(Error::invalid(
                "bar.volatility",
                volatility,
                "a finite number above 0",
            ));
        }
        if let Some(trend) = self.trend.filter(|trend| !trend.is_finite()) {
            return Err(Error::invalid("bar.trend", trend, "a finite number"));
        }
        if let Some(betas) = self.betas {
            check_length("bar.betas", betas.len(), assets, of)?;
            check_moderate("bar.betas", betas, LARGEST_TARGET)?;
        }
        if let Some(observation) = self.observation {
            let of = "numbers that the regime model looks at";
            check_length("bar.observation", observation.len(), width, of)?;
            check::finite("bar.observation", observation)?;
        }
        Ok(CheckedBar {
            bar: self,
            prices,
            pinned: &[],
            margin_call: None,
        })
    }
}

/// A bar whose lengths and numbers fit: what takes it in does not check it again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckedBar<'a> {
    bar: &'a Bar<'a>,
    pub(crate) prices: PriceBar<'a>,
    /// Which assets may not be traded, though they have a price: [N]; empty where all may.
    pinned: &'a [bool],
    /// Where positions were scaled back at this close: value over gross exposure that the bar had left, and the least there
    /// must be.
    pub(super) margin_call: Option<(f64, f64)>,
}

impl<'a> CheckedBar<'a> {
    /// The same, where some assets may not be traded, and positions were scaled back or not.
    pub(crate) fn of_portfolio(self, pinned: &'a [bool], margin_call: Option<(f64, f64)>) -> Self {
        Self {
            pinned,
            margin_call,
            ..self
        }
    }

    /// Whether an asset has a price at this close.
    pub(super) fn has_price(&self, asset: usize) -> bool {
        Status::of(self.status, asset).has_price()
    }

    /// Whether an asset can be traded at this close: it has a price, and is not pinned.
    pub(super) fn can_trade(&self, asset: usize) -> bool {
        self.has_price(asset) && self.pinned.get(asset) != Some(&true)
    }
}

impl<'a> Deref for CheckedBar<'a> {
    type Target = Bar<'a>;

    fn deref(&self) -> &Bar<'a> {
        self.bar
    }
}

/// The portfolio at the close: what is wished for and what is held.
#[derive(Debug, Clone, Copy)]
pub struct RiskPortfolio<'a> {
    /// Weights wished for, from a policy, a baseline or anywhere: [N], cash is the rest. Negative is short. At most
    /// 1e6 in size.
    pub target: &'a [f64],
    /// Weights held now, after the bar's drift: [N], cash is the rest. At most 100 in size.
    pub current: &'a [f64],
    /// What the portfolio is worth, money above 0.
    pub equity: f64,
    /// 1 - equity/peak, in [0, 1]; `None`: the manager follows the peak of the equities it is shown.
    pub drawdown: Option<f64>,
}

impl RiskPortfolio<'_> {
    /// Checks lengths and numbers for `assets` assets.
    pub(super) fn check(&self, assets: usize) -> Result<()> {
        for (input, weights, most) in [
            ("portfolio.target", self.target, LARGEST_TARGET),
            ("portfolio.current", self.current, LARGEST_WEIGHT),
        ] {
            check_length(input, weights.len(), assets, "number of assets")?;
            check_moderate(input, weights, most)?;
        }
        if !(self.equity > 0.0 && self.equity <= LARGEST_EQUITY) {
            let expected = "an amount of money above 0 (at most 1e100)";
            return Err(Error::invalid("portfolio.equity", self.equity, expected));
        }
        match self.drawdown {
            Some(drawdown) if !(0.0..=1.0).contains(&drawdown) => {
                Err(Error::invalid("portfolio.drawdown", drawdown, "in [0, 1]"))
            }
            _ => Ok(()),
        }
    }
}

/// Equity beyond this is a mistake, and could overflow later on.
const LARGEST_EQUITY: f64 = 1e100;

/// Wishes and betas beyond this are mistakes, and no wish leaves the leverage step any larger.
pub(super) const LARGEST_TARGET: f64 = 1e6;

fn check_moderate(input: &str, values: &[f64], most: f64) -> Result<()> {
    match values.iter().position(|value| !(-most..=most).contains(value)) {
        Some(i) => Err(Error::invalid(
            words!("{input}[{i}]"),
            values[i],
            words!("a finite number, at most {most} in size"),
        )),
        None => Ok(()),
    }
}
