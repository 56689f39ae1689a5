//! Division of rewards by the running standard deviation of the discounted return, so that one learning rate fits
//! every market and reward. A training device only: nothing that is reported passes through it.

use crate::error::{Count, Error, Result};
use crate::memory;
use serde::{Deserialize, Serialize};

/// Scaled rewards are clipped to plus or minus this.
const CLIP: f64 = 10.0;

/// Running statistics of the discounted return of every environment (the idea of Stable-Baselines3's VecNormalize).
/// They move once a rollout, before its rewards are scaled, so that all rewards of a rollout share one scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RewardScale {
    gamma: f64,
    /// Discounted return so far in each environment's episode: [n_envs].
    returns: Vec<f64>,
    count: f64,
    mean: f64,
    /// Sum of squared deviations from the mean.
    squares: f64,
}

impl RewardScale {
    /// Statistics for `n_envs` environments, all at 0. Errors: not as much memory.
    pub fn new(gamma: f64, n_envs: usize) -> Result<Self> {
        Ok(Self {
            gamma,
            returns: memory::filled("the returns of n_envs environments", &[n_envs], 0.0)?,
            count: 0.0,
            mean: 0.0,
            squares: 0.0,
        })
    }

    /// Checks statistics that were read from somewhere against a run's. The error names what no such run has.
    pub fn check(&self, gamma: f64, n_envs: usize) -> Result<()> {
        let len = self.returns.len();
        if len != n_envs {
            let expected = format!("{n_envs} (n_envs)");
            return Err(Error::invalid(
                "reward_scale.returns",
                Count(len, "values"),
                expected,
            ));
        }
        if self.gamma.to_bits() != gamma.to_bits() {
            let expected = format!("{gamma} (gamma)");
            return Err(Error::invalid("reward_scale.gamma", self.gamma, expected));
        }
        if let Some(env) = self.returns.iter().position(|value| !value.is_finite()) {
            let input = format!("reward_scale.returns[{env}]");
            return Err(Error::invalid(input, self.returns[env], "a finite number"));
        }
        for (field, value, least) in [
            ("count", self.count, 0.0),
            ("mean", self.mean, f64::MIN),
            ("squares", self.squares, 0.0),
        ] {
            if !(value.is_finite() && value >= least) {
                let expected = format!("finite, at least {least}");
                return Err(Error::invalid(format!("reward_scale.{field}"), value, expected));
            }
        }
        Ok(())
    }

    /// Takes in one step of environment `env`: its reward, and whether its episode ended there.
    pub fn observe(&mut self, env: usize, reward: f64, ended: bool) {
        let value = self.returns[env] * self.gamma + reward;
        // Welford's update.
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
        self.returns[env] = if ended { 0.0 } else { value };
    }

    /// What rewards are divided by: the standard deviation (ddof 0), or 1 before two different returns were seen.
    pub fn scale(&self) -> f64 {
        let variance = if self.count > 1.0 {
            self.squares / self.count
        } else {
            0.0
        };
        if variance > 0.0 {
            (variance + 1e-16).sqrt()
        } else {
            1.0
        }
    }

    /// `reward` / [`scale`](Self::scale), clipped to [-10, 10].
    pub fn apply(&self, reward: f64) -> f32 {
        (reward / self.scale()).clamp(-CLIP, CLIP) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_is_the_standard_deviation_of_discounted_returns() {
        let mut scale = RewardScale::new(0.5, 1).unwrap();
        assert_eq!(scale.apply(3.0), 3.0);
        // Discounted returns 1, 2.5, then (a new episode) 4: mean 2.5, variance 1.5.
        for (reward, ended) in [(1.0, false), (2.0, true), (4.0, false)] {
            scale.observe(0, reward, ended);
        }
        assert!((scale.scale() - 1.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!(scale.apply(1e9), 10.0);
    }
}
