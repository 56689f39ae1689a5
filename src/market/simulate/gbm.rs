//! Correlated geometric Brownian motion.

use super::moments::{LogNormal, check_common, check_vector, equicorrelated, log_moments, numbered, spread};
use crate::error::Result;
use crate::market::bars_per_year::BarsPerYear;
use crate::market::prices::cash_return;
use crate::market::source::{Market, MarketBar, MarketShape, Path, digest_of};
use crate::math::elementary::ln_1p;
use crate::math::random::Stream;
use serde::{Deserialize, Serialize};

/// What a geometric Brownian motion is made of: dS_i / S_i = drift_i dt + dW_i, Cov(dW) = covariance dt, t in years.
///
/// Over one of B bars a year, log returns are Gaussian with mean (drift_i - covariance_ii / 2) / B and covariance
/// covariance / B, independent from bar to bar; so E[simple return] = exp(drift_i / B) - 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GbmParameters {
    /// Names of the assets, distinct: [N], at least 1.
    pub assets: Vec<String>,
    /// Annual drift of each asset, continuously compounded: E[S(1 year)] = S(0)·exp(drift); 0.08 is 8%. [N].
    pub drift: Vec<f64>,
    /// Annual covariance of log returns, positive definite; 0.04 on the diagonal is a volatility of 20%. [N, N].
    pub covariance: Vec<Vec<f64>>,
    /// What cash earns a year, compounded per bar: (1 + rate)^(1/B) - 1; above -1, default 0.
    #[serde(default)]
    pub cash_rate: f64,
    /// Bars in a year, B, above 0; default 252.
    #[serde(default)]
    pub bars_per_year: BarsPerYear,
}

impl GbmParameters {
    /// `count` assets with plausible differences: drifts spread over 4% to 12%, volatilities over 12% to 36% (the
    /// higher drift goes with the higher volatility), every correlation 0.3, cash at 0%. Daily bars.
    pub fn default_assets(count: usize) -> Self {
        Self {
            assets: numbered(count),
            drift: spread(0.04, 0.12, count),
            covariance: equicorrelated(&spread(0.12, 0.36, count), 0.3),
            cash_rate: 0.0,
            bars_per_year: BarsPerYear::DAILY,
        }
    }

    /// Assets whose simple returns over one bar have exactly the mean `mean` [N] and the covariance `covariance`
    /// [N, N], with `bars_per_year` bars a year and cash at 0%. Errors: as [`log_moments`].
    pub fn from_simple_moments(
        mean: &[f64],
        covariance: &[Vec<f64>],
        bars_per_year: BarsPerYear,
    ) -> Result<Self> {
        let (_, log_covariance) = log_moments(mean, covariance)?;
        Ok(Self {
            assets: numbered(mean.len()),
            drift: mean
                .iter()
                .map(|mean| ln_1p(*mean) * bars_per_year.get())
                .collect(),
            covariance: scaled(&log_covariance, bars_per_year.get()),
            cash_rate: 0.0,
            bars_per_year,
        })
    }
}

/// Geometric Brownian motion as a market without end. Bars carry no columns and no prior.
#[derive(Debug, Clone)]
pub struct Gbm {
    parameters: GbmParameters,
    law: LogNormal,
    cash_return: f64,
}

impl Gbm {
    /// Errors name the parameter: shapes that do not fit, a number that is not finite, a covariance that is not
    /// positive definite, a cash rate of -1 or less, no asset.
    pub fn new(parameters: GbmParameters) -> Result<Self> {
        let bars = parameters.bars_per_year.get();
        check_common(&parameters.assets, parameters.cash_rate)?;
        check_vector("drift", &parameters.drift, parameters.assets.len())?;
        let covariance = scaled(&parameters.covariance, 1.0 / bars);
        // A diagonal entry that is not there is refused by the law, which checks the covariance's shape.
        let variance = |asset: usize| {
            covariance
                .get(asset)
                .and_then(|row| row.get(asset))
                .unwrap_or(&f64::NAN)
        };
        let drift = parameters.drift.iter().enumerate();
        let mean = drift
            .map(|(asset, drift)| drift / bars - 0.5 * variance(asset))
            .collect();
        Ok(Self {
            law: LogNormal::new(mean, "covariance", &covariance)?,
            cash_return: cash_return(parameters.cash_rate, parameters.bars_per_year),
            parameters,
        })
    }

    /// What it was made of.
    pub fn parameters(&self) -> &GbmParameters {
        &self.parameters
    }
}

impl Market for Gbm {
    fn digest(&self) -> u64 {
        digest_of([serde_json::to_vec(&self.parameters).unwrap_or_default()])
    }

    fn bars_per_year(&self) -> BarsPerYear {
        self.parameters.bars_per_year
    }

    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: self.parameters.assets.len(),
            columns: 0,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    fn begin(&self, _warm_up: usize, steps: usize, _path: &mut Path, _stream: &mut Stream) -> usize {
        steps
    }

    fn advance(&self, _path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        self.law.draw(stream, &mut bar.returns);
        bar.cash_return = self.cash_return;
    }
}

fn scaled(matrix: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
    matrix
        .iter()
        .map(|row| row.iter().map(|entry| entry * factor).collect())
        .collect()
}
