//! Market regimes: which state of a hidden Markov model the market is in, and how much leverage and how much
//! of its limits a portfolio may use there.

use super::check;
use super::reason::{Reason, ReasonCode};
use crate::error::{Error, Result, check_length};
use crate::json::document::Document;
use crate::math::hmm::{GaussianHmm, HmmFilter, HmmFilterState, HmmOptions};
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// How the factors of the regimes become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegimeScaling {
    /// Their mean, weighted by the probability of each regime.
    #[default]
    Weighted,
    /// That of the most likely regime.
    MostLikely,
}

/// The regimes, and what each allows. K regimes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeConfig {
    /// The regimes: chain, means and covariances of the observations. No default.
    pub model: GaussianHmm,
    /// Factor of leverage in each regime: [K], 0 or more; default empty: 1 in all.
    #[serde(default)]
    pub leverage: Vec<f64>,
    /// Factor of the limits in each regime: [K], in [0, 1]; default empty: 1 in all.
    #[serde(default)]
    pub limits: Vec<f64>,
    /// How the factors become one; default by probability.
    #[serde(default)]
    pub scaling: RegimeScaling,
}

impl RegimeConfig {
    /// Fits the regimes to a table of observations [T, d], commonly returns of the assets, or a market's
    /// return and volatility; all factors are 1. The regimes are ordered by total variance, calmest first.
    ///
    /// Errors: as [`GaussianHmm::fit`].
    pub fn fit(
        observations: ArrayView2<'_, f64>,
        regimes: usize,
        seed: u64,
        options: &HmmOptions,
    ) -> Result<Self> {
        Ok(Self {
            model: GaussianHmm::fit(observations, regimes, seed, options)?,
            leverage: Vec::new(),
            limits: Vec::new(),
            scaling: RegimeScaling::Weighted,
        })
    }

    /// Checks the model and every factor; errors name the key, as `regime.leverage[1]`.
    pub fn validate(&self) -> Result<()> {
        self.model.validate().map_err(in_model)?;
        for (key, factors, most, expected) in [
            (
                "leverage",
                &self.leverage,
                f64::INFINITY,
                "a finite number, 0 or more",
            ),
            ("limits", &self.limits, 1.0, "in [0, 1]"),
        ] {
            let input = format!("regime.{key}");
            if !factors.is_empty() {
                check_length(&input, factors.len(), self.model.states(), "number of regimes")?;
            }
            let bad = |factor: &f64| !(factor.is_finite() && *factor >= 0.0 && *factor <= most);
            if let Some(regime) = factors.iter().position(bad) {
                return Err(Error::invalid(
                    format!("{input}[{regime}]"),
                    factors[regime],
                    expected,
                ));
            }
        }
        Ok(())
    }
}

fn in_model(error: Error) -> Error {
    error.within("regime.model.")
}

/// What a restart must know of a [`RegimeTracker`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeState {
    /// Observations taken so far.
    pub seen: usize,
    /// The probabilities.
    pub filter: HmmFilterState,
}

impl Document for RegimeState {
    const KIND: &'static str = "the state of a regime filter";
}

/// Follows the probability of each regime from bar to bar, by the forward filter: O(K²) a bar, besides the K
/// densities. Before the first observation the probabilities are the model's initial ones.
#[derive(Debug, Clone)]
pub struct RegimeTracker {
    config: RegimeConfig,
    filter: HmmFilter,
    seen: usize,
}

impl RegimeTracker {
    /// Has seen nothing. Errors: as [`RegimeConfig::validate`].
    pub fn new(config: RegimeConfig) -> Result<Self> {
        config.validate()?;
        let filter = HmmFilter::new(&config.model)?;
        Ok(Self {
            config,
            filter,
            seen: 0,
        })
    }

    /// Goes on from a saved state, bit for bit as if it had never stopped. Errors: as
    /// [`RegimeConfig::validate`] and [`HmmFilter::restore`].
    pub fn restore(config: RegimeConfig, state: RegimeState) -> Result<Self> {
        config.validate()?;
        let filter = HmmFilter::restore(&config.model, state.filter)?;
        Ok(Self {
            config,
            filter,
            seen: state.seen,
        })
    }

    /// The regimes and their factors.
    pub fn config(&self) -> &RegimeConfig {
        &self.config
    }

    /// Becomes what `other` is, of the same model; allocates nothing.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.filter.copy_from(&other.filter);
        self.seen = other.seen;
    }

    /// What to save.
    pub fn state(&self) -> RegimeState {
        RegimeState {
            seen: self.seen,
            filter: self.filter.state(),
        }
    }

    /// Takes one bar's observation [d]. Without one, only the passing of time counts: the probabilities move
    /// towards the chain's own, and SKIPPED_REGIME says so (found: observations seen so far). Allocates
    /// nothing but what `reasons` may need to grow.
    ///
    /// Errors leave everything as it was: another length, a value that is not finite.
    pub fn update(&mut self, observation: Option<&[f64]>, reasons: &mut Vec<Reason>) -> Result<()> {
        self.check(observation)?;
        let Some(observation) = observation else {
            self.filter.skip();
            let seen = self.seen as f64;
            reasons.push(Reason::portfolio(ReasonCode::SkippedRegime, seen, f64::NAN));
            return Ok(());
        };
        self.filter.update(observation);
        self.seen = self.seen.saturating_add(1);
        Ok(())
    }

    /// Whether [`update`](Self::update) would take this observation: its errors.
    pub fn check(&self, observation: Option<&[f64]>) -> Result<()> {
        let Some(observation) = observation else {
            return Ok(());
        };
        let width = self.config.model.means.ncols();
        check_length("observation", observation.len(), width, "columns of the model")?;
        check::finite("observation", observation)
    }

    /// Number of regimes, K.
    pub fn regimes(&self) -> usize {
        self.config.model.states()
    }

    /// Probability of each regime given all observations so far: [K], each in [0, 1], summing to 1.
    pub fn probabilities(&self) -> &[f64] {
        self.filter.probabilities()
    }

    /// The most likely regime, below K; the first among equals.
    pub fn most_likely(&self) -> usize {
        let probabilities = self.probabilities();
        (1..probabilities.len()).fold(0, |best, regime| {
            if probabilities[regime] > probabilities[best] {
                regime
            } else {
                best
            }
        })
    }

    /// Mean observation of a regime: [d]; none for a number there is no regime of.
    pub fn mean(&self, regime: usize) -> Option<ArrayView1<'_, f64>> {
        (regime < self.regimes()).then(|| self.config.model.means.row(regime))
    }

    /// Covariance of a regime's observations: [d, d], a bar's; none for a number there is no regime of.
    pub fn covariance(&self, regime: usize) -> Option<ArrayView2<'_, f64>> {
        self.config
            .model
            .covariances
            .get(regime)
            .map(|matrix| matrix.view())
    }

    /// What leverage is multiplied by: 0 or more.
    pub fn leverage_factor(&self) -> f64 {
        self.factor(&self.config.leverage)
    }

    /// What limits are multiplied by: in [0, 1].
    pub fn limits_factor(&self) -> f64 {
        // A weighted mean of ones may round to a little more.
        self.factor(&self.config.limits).min(1.0)
    }

    fn factor(&self, factors: &[f64]) -> f64 {
        if factors.is_empty() {
            return 1.0;
        }
        match self.config.scaling {
            RegimeScaling::MostLikely => factors[self.most_likely()],
            RegimeScaling::Weighted => {
                let products = self.probabilities().iter().zip(factors);
                products.map(|(probability, factor)| probability * factor).sum()
            }
        }
    }
}
