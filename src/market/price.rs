//! What a price is, and what a bar's prices are to each other: one rule for tables, portfolios, average true ranges, books and
//! risk managers. And prices that were held to it.

use crate::error::{Error, Result, check_length, words};
use std::ops::Deref;

/// Where money is at risk, prices beyond this or below its inverse are mistakes, and could overflow later on.
const LARGEST: f64 = 1e15;

/// The smallest price where money is at risk.
pub(crate) const SMALLEST: f64 = 1.0 / LARGEST;

/// What an error expects in place of a number that is no price.
pub(crate) fn expected(found: f64) -> &'static str {
    match is_price(found) {
        true => "a price of 1e-15 to 1e15",
        false => "a finite price above 0",
    }
}

/// Whether a number is a price.
pub(crate) fn is_price(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// Farthest that a high may be below its close, or a low above it, as a part of the close: 8 roundings. Adjusting a bar
/// for splits and dividends multiplies each of its prices, and each product is rounded by itself.
const RANGE_ROUNDING: f64 = 8.0 * f64::EPSILON;

/// Whether a high is below its close by more than rounding.
pub(crate) fn is_below_close(high: f64, close: f64) -> bool {
    high < close * (1.0 - RANGE_ROUNDING)
}

/// Whether a low is above its close by more than rounding.
pub(crate) fn is_above_close(low: f64, close: f64) -> bool {
    low > close * (1.0 + RANGE_ROUNDING)
}

/// A price of each asset at one bar where money is at risk: [N]. Who has them need not check them again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AssetPrices<'a>(&'a [f64]);

impl<'a> AssetPrices<'a> {
    /// Checks the prices of `assets` assets. Errors name `input`, with the index of a number that is no price.
    pub fn new(input: &str, values: &'a [f64], assets: usize) -> Result<Self> {
        check_length(input, values.len(), assets, "number of assets")?;
        match values
            .iter()
            .position(|value| !(SMALLEST..=LARGEST).contains(value))
        {
            Some(at) => {
                let (input, found) = (words!("{input}[{at}]"), values[at]);
                Err(Error::invalid(input, found, expected(found)))
            }
            None => Ok(Self(values)),
        }
    }
}

impl Deref for AssetPrices<'_> {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        self.0
    }
}

/// Closes of a bar, with the highs and lows around them where they are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceBar<'a> {
    pub(crate) closes: AssetPrices<'a>,
    pub(crate) highs_lows: Option<(AssetPrices<'a>, AssetPrices<'a>)>,
}

/// What errors call the prices of a bar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BarNames {
    pub(crate) closes: &'static str,
    pub(crate) highs: &'static str,
    pub(crate) lows: &'static str,
}

impl<'a> PriceBar<'a> {
    /// Checks the prices of `assets` assets. A high below its close, or a low above it, by rounding (8 times 2.2e-16 of it) is
    /// as good as the close. Errors name the price.
    pub(crate) fn new(
        names: BarNames,
        closes: &'a [f64],
        highs_lows: Option<(&'a [f64], &'a [f64])>,
        assets: usize,
    ) -> Result<Self> {
        let closes = AssetPrices::new(names.closes, closes, assets)?;
        let Some((highs, lows)) = highs_lows else {
            return Ok(Self {
                closes,
                highs_lows: None,
            });
        };
        let highs = AssetPrices::new(names.highs, highs, assets)?;
        let lows = AssetPrices::new(names.lows, lows, assets)?;
        for (asset, &close) in closes.iter().enumerate() {
            for (input, price, side, broken) in [
                (
                    names.highs,
                    highs[asset],
                    "at least",
                    is_below_close(highs[asset], close),
                ),
                (
                    names.lows,
                    lows[asset],
                    "at most",
                    is_above_close(lows[asset], close),
                ),
            ] {
                if broken {
                    let expected = words!("{side} the close, {close}");
                    return Err(Error::invalid(words!("{input}[{asset}]"), price, expected));
                }
            }
        }
        Ok(Self {
            closes,
            highs_lows: Some((highs, lows)),
        })
    }
}
