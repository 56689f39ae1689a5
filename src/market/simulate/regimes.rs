//! Regimes that switch: a Markov chain over drifts and covariances.

use super::moments::{LogNormal, check_common, check_vector, equicorrelated, numbered, spread};
use crate::error::{Count, Error, Result};
use crate::market::bars_per_year::BarsPerYear;
use crate::market::prices::cash_return;
use crate::market::source::{Market, MarketBar, MarketShape, Path, digest_of};
use crate::math::markov::stationary_distribution;
use crate::math::random::Stream;
use ndarray::Array2;
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// What a regime-switching market is made of. Each bar is ruled by one regime: its log returns are Gaussian with that
/// regime's mean and covariance. After the bar the chain moves on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeParameters {
    /// Names of the assets, distinct: [N], at least 1.
    pub assets: Vec<String>,
    /// The regimes: [R], at least 1.
    pub regimes: Vec<Regime>,
    /// Probability that regime j rules the bar after one ruled by regime i, at [i][j]; rows sum to 1. [R, R].
    pub transition: Vec<Vec<f64>>,
    /// Whether bars carry R columns, 1 in the column of the regime that rules the coming bar and 0 in the others: the
    /// regime is then known before the trade. Default false.
    #[serde(default)]
    pub show_regime: bool,
    /// What cash earns a year, compounded per bar: (1 + rate)^(1/B) - 1; above -1, default 0.
    #[serde(default)]
    pub cash_rate: f64,
    /// Bars in a year, B, above 0; default 252. Only the cash rate is annual.
    #[serde(default)]
    pub bars_per_year: BarsPerYear,
}

/// The law of the bars that one regime rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// Mean of the log returns over one bar: [N].
    pub mean: Vec<f64>,
    /// Covariance of the log returns over one bar, positive definite: [N, N].
    pub covariance: Vec<Vec<f64>>,
}

impl RegimeParameters {
    /// `count` assets in two regimes of daily bars. Calm: drifts spread over 8% to 16% a year, volatilities over 10%
    /// to 28%, every correlation 0.3, for 50 bars on average. Stress: drifts from -10% to -30%, twice the volatility,
    /// correlation 0.6, for 17 bars on average. Cash at 0%; the regime is not shown.
    pub fn default_assets(count: usize) -> Self {
        let calm = spread(0.10, 0.28, count);
        let stress: Vec<f64> = calm.iter().map(|volatility| 2.0 * volatility).collect();
        Self {
            assets: numbered(count),
            regimes: vec![
                Regime::annual(&spread(0.08, 0.16, count), &calm, 0.3),
                Regime::annual(&spread(-0.10, -0.30, count), &stress, 0.6),
            ],
            transition: vec![vec![0.98, 0.02], vec![0.06, 0.94]],
            show_regime: false,
            cash_rate: 0.0,
            bars_per_year: BarsPerYear::DAILY,
        }
    }

    /// Names of the columns that bars carry: regime_1 to regime_R where regimes are shown, else none.
    pub fn columns(&self) -> Vec<String> {
        let shown = if self.show_regime { self.regimes.len() } else { 0 };
        (1..=shown).map(|number| format!("regime_{number}")).collect()
    }
}

impl Regime {
    /// Daily moments from annual drifts (continuously compounded) and volatilities.
    fn annual(drift: &[f64], volatilities: &[f64], correlation: f64) -> Self {
        let bars = BarsPerYear::DAILY.get();
        let daily: Vec<f64> = volatilities
            .iter()
            .map(|volatility| volatility / bars.sqrt())
            .collect();
        let mean = drift
            .iter()
            .zip(&daily)
            .map(|(drift, daily)| drift / bars - 0.5 * daily * daily);
        Self {
            mean: mean.collect(),
            covariance: equicorrelated(&daily, correlation),
        }
    }
}

/// A regime-switching market without end. [`Path::regime`] is the regime that rules the coming bar.
#[derive(Debug, Clone)]
pub struct RegimeSwitching {
    parameters: RegimeParameters,
    laws: Vec<LogNormal>,
    /// Share of bars that each regime rules in the long run: [R].
    stationary: Vec<f64>,
    cash_return: f64,
}

impl RegimeSwitching {
    /// Errors name the parameter: shapes that do not fit, a number that is not finite, a covariance that is not
    /// positive definite, rows of transitions that are not distributions, regimes that never reach each other, a cash
    /// rate of -1 or less, no asset, no regime.
    pub fn new(parameters: RegimeParameters) -> Result<Self> {
        check_common(&parameters.assets, parameters.cash_rate)?;
        let regimes = parameters.regimes.len();
        if regimes == 0 {
            return Err(Error::invalid("regimes", "empty", "at least 1 regime"));
        }
        let expected = format!("{regimes} (one a regime)");
        if parameters.transition.len() != regimes {
            let found = Count(parameters.transition.len(), "rows");
            return Err(Error::invalid("transition", found, expected));
        }
        for (from, row) in parameters.transition.iter().enumerate() {
            if row.len() != regimes {
                let found = Count(row.len(), "values");
                return Err(Error::invalid(format!("transition[{from}]"), found, expected));
            }
        }
        let law = |(number, regime): (usize, &Regime)| {
            check_vector(
                &format!("regimes[{number}].mean"),
                &regime.mean,
                parameters.assets.len(),
            )?;
            LogNormal::new(
                regime.mean.clone(),
                &format!("regimes[{number}].covariance"),
                &regime.covariance,
            )
        };
        let transition = Array2::from_shape_fn((regimes, regimes), |(i, j)| parameters.transition[i][j]);
        Ok(Self {
            laws: parameters
                .regimes
                .iter()
                .enumerate()
                .map(law)
                .collect::<Result<_>>()?,
            stationary: stationary_distribution(transition.view())?,
            cash_return: cash_return(parameters.cash_rate, parameters.bars_per_year),
            parameters,
        })
    }

    /// What it was made of.
    pub fn parameters(&self) -> &RegimeParameters {
        &self.parameters
    }

    /// Share of bars that each regime rules in the long run: [R].
    pub fn stationary(&self) -> &[f64] {
        &self.stationary
    }
}

impl Market for RegimeSwitching {
    fn digest(&self) -> u64 {
        digest_of([serde_json::to_vec(&self.parameters).unwrap_or_default()])
    }

    fn bars_per_year(&self) -> BarsPerYear {
        self.parameters.bars_per_year
    }

    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: self.parameters.assets.len(),
            columns: if self.parameters.show_regime {
                self.laws.len()
            } else {
                0
            },
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    /// Draws the first regime from the stationary distribution.
    fn begin(&self, _warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        path.regime = draw(&self.stationary, stream);
        steps
    }

    fn has_room(&self, path: &Path, _steps: usize) -> bool {
        path.regime < self.laws.len()
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        self.laws[path.regime].draw(stream, &mut bar.returns);
        bar.cash_return = self.cash_return;
        path.regime = draw(&self.parameters.transition[path.regime], stream);
        if self.parameters.show_regime {
            bar.columns.fill(0.0);
            bar.columns[path.regime] = 1.0;
        }
    }
}

/// An index drawn with these `probabilities`, which sum to 1.
fn draw(probabilities: &[f64], stream: &mut Stream) -> usize {
    let mut left: f64 = stream.random();
    for (index, probability) in probabilities.iter().enumerate() {
        left -= probability;
        if left < 0.0 {
            return index;
        }
    }
    // Rounding may leave a sliver beyond the last: it belongs to the last index that can be drawn at all.
    probabilities
        .iter()
        .rposition(|probability| *probability > 0.0)
        .unwrap_or(0)
}
