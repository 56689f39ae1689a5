//! How scores become portfolio weights.

use crate::error::{Error, Result, Words, words};
use crate::market::prior::Prior;
use crate::settings::{self, Form, Range, settings};
use serde::{Deserialize, Serialize};

/// Largest gross exposure.
const MOST_GROSS: f64 = 5.0;

settings! {
    /// How scores become portfolio weights.
    pub struct ActionSpec in "action." {
        /// What is sampled in training: gaussian (scores) or dirichlet (weights).
        distribution: Distribution = Distribution::Gaussian, "WHICH", Range::ANY;
        /// Whether it may hold cash; false: always fully invested.
        ///
        /// Cash is the last weight.
        cash: bool = true, "BOOL", Range::ANY;
        /// The weights it corrects: none, equal_weight, inverse_volatility (lookback), vol_target
        /// (target=0.15,half_life=20,lookback), hold (what is held) or supplied; with settings as in vol_target:target=0.1.
        prior: Prior = Prior::None, "PRIOR", Range::ANY;
        /// How easily training comes to hold what the prior leaves out: the larger, the easier; 0: not in any training.
        ///
        /// A weight of 0 comes to w with a score of about log(1 + w A / reach), A the number of weights; 0: no nearer than 1e-6
        /// of a weight. Not looked at without a prior.
        reach: f64 = 0.5, "REACH", Range::closed(0.0, 100.0);
        /// Whether assets may be sold short: weights below 0.
        ///
        /// Needs cash. The shares that are chosen are then those of N long positions, N short ones and what is not used.
        short: bool = false, "BOOL", Range::ANY;
        /// Largest gross exposure, the sum of the sizes of the assets' weights; other than 1 it needs cash.
        ///
        /// Above 1 cash may be below 0: money that is borrowed.
        max_gross: f64 = 1.0, "EXPOSURE", Range::above(0.0, MOST_GROSS);
        /// Largest weight of one asset; with shorts, of either sign.
        ///
        /// Applied after sampling by an exact projection. Cash is not capped.
        weight_cap: f64 = 1.0, "WEIGHT", Range::above(0.0, MOST_GROSS);
        /// Smallest weight of one asset, at most 1/N.
        ///
        /// Applied with the cap.
        weight_floor: f64 = 0.0, "WEIGHT", Range::closed(0.0, 1.0);
        /// No trade while one-way turnover to the target is below this; 0 trades always.
        trade_band: f64 = 0.0, "TURNOVER", Range::closed(0.0, 1.0);
    }
}

impl settings::Value for Distribution {}

impl settings::Value for Prior {
    const FORM: Form = Form::Variant;
}

/// The distribution over actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Independent normals over scores, softmax as the environment's map; deterministic action softmax(mean).
    #[default]
    Gaussian,
    /// Dirichlet with concentration kappa * softmax(log prior + scores), kappa learnt; deterministic action its mean.
    Dirichlet,
}

/// What is added to a prior weight before its logarithm where the policy does not reach beyond the prior's corners.
const PRIOR_EPSILON: f64 = 1e-6;

impl ActionSpec {
    /// The margin of the shares around a prior's, for `len` of them; none where they are a softmax. See
    /// [`action`](crate::policy::action).
    pub(crate) fn margin(&self, len: usize) -> Option<f64> {
        (self.prior != Prior::None && self.reach > 0.0).then(|| self.reach / len as f64)
    }

    /// What is added to a prior's shares before their logarithm, for `len` of them.
    pub(crate) fn prior_shift(&self, len: usize) -> f64 {
        self.margin(len).unwrap_or(PRIOR_EPSILON)
    }

    /// Number of shares that are chosen, L: those of the long positions, of the short ones where there are any, and last
    /// of what is not used, where the action has cash.
    pub fn score_len(&self, assets: usize) -> usize {
        assets * (1 + usize::from(self.short)) + usize::from(self.cash)
    }

    /// Whether the shares are the weights themselves: nothing short, and a gross exposure of 1 at most.
    pub fn is_plain(&self) -> bool {
        // A setting that is said, no result: any other number is another action.
        !self.short && self.max_gross.to_bits() == 1.0_f64.to_bits()
    }

    /// The first of a prior's weights [A] that cannot be one, and what it has to be: finite, and not negative where it
    /// stands for something that may not be.
    pub(crate) fn unusable_prior(&self, prior: &[f64]) -> Option<(usize, &'static str)> {
        let least = self.least_weights();
        let unusable = |(i, weight): (usize, &f64)| !(weight.is_finite() && *weight >= least(i, prior.len()));
        let i = prior.iter().enumerate().position(unusable)?;
        match least(i, prior.len()) {
            0.0 => Some((i, "finite and not negative")),
            _ => Some((i, "finite")),
        }
    }

    /// The least that weight i of so many may be: 0, but for what may be short, and for cash where money may be borrowed.
    pub(crate) fn least_weights(&self) -> impl Fn(usize, usize) -> f64 {
        let (plain, short) = (self.is_plain(), self.short);
        move |i, len| {
            let is_cash = i + 1 == len;
            match !plain && (short || is_cash) {
                true => f64::MIN,
                false => 0.0,
            }
        }
    }

    /// What weights have to be, in words.
    pub(crate) fn weights_expected(&self) -> Words {
        let most = self.max_gross;
        match (self.is_plain(), self.short) {
            (true, _) => words!("weights that sum to 1"),
            (_, true) => {
                words!("weights that sum to 1 with cash, the sizes of the assets' to at most {most}")
            }
            (_, false) => {
                words!("weights that sum to 1 with cash, the assets' at least 0 and in all at most {most}")
            }
        }
    }

    /// Checks the bounds and the prior for this number of assets; the error names what cannot be used.
    pub fn validate(&self, assets: usize) -> Result<()> {
        self.check_ranges()?;
        let share = 1.0 / assets as f64;
        if !self.is_plain() {
            self.check_signed()?;
        }
        if !self.cash && self.weight_cap < share * (1.0 - 1e-12) {
            let expected = format!("at least 1/N = {share} without cash");
            return Err(Error::invalid("action.weight_cap", self.weight_cap, expected));
        }
        if self.weight_floor > share.min(self.weight_cap) {
            let expected = format!("in [0, 1/N = {share}] and at most the cap");
            return Err(Error::invalid("action.weight_floor", self.weight_floor, expected));
        }
        self.prior
            .validate(self.cash)
            .map_err(|error| error.within("action."))
    }

    /// That there is cash to sell short for or to borrow, and no floor below it.
    fn check_signed(&self) -> Result<()> {
        let why = match self.short {
            true => "as short is true",
            false => "as max_gross is not 1",
        };
        if !self.cash {
            return Err(Error::invalid("action.cash", false, format!("true, {why}")));
        }
        if self.weight_floor > 0.0 {
            let expected = format!("0, {why}");
            return Err(Error::invalid("action.weight_floor", self.weight_floor, expected));
        }
        Ok(())
    }
}
