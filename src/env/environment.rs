//! One trading environment, for callers who step by hand.

use crate::env::account::Account;
use crate::env::config::EnvConfig;
use crate::env::walker::{EpisodeStats, Rules, Scratch, Step, Walker};
use crate::error::{Error, Result};
use crate::market::source::Market;
use crate::market::state::StateSpec;
use crate::policy::action;
use crate::policy::spec::ActionSpec;
use std::sync::Arc;

/// A portfolio in a market, one step a bar.
///
/// At every close the agent sees [`state`](Self::state), chooses target weights, trades and pays at that close, and
/// holds to the next: the reward and the next state use the return in between. Episodes start all in cash, at a bar
/// drawn from the environment's own random stream.
pub struct TradingEnvironment {
    rules: Rules,
    walker: Walker,
    scratch: Scratch,
    state: Vec<f32>,
    log_prior: Vec<f32>,
    ended: bool,
}

impl TradingEnvironment {
    /// An environment at the first state of its first episode. `seed` and `index` choose its random stream:
    /// environment `index` of a batch with the same seed sees the same bars. The error names the setting, or the
    /// size of the market, that cannot be used.
    pub fn new(
        config: &EnvConfig,
        state: &StateSpec,
        action: &ActionSpec,
        market: Arc<dyn Market>,
        seed: u64,
        index: u64,
    ) -> Result<Self> {
        let rules = Rules::new(config, state, action, market)?;
        let mut environment = Self {
            walker: Walker::new(&rules, state, seed, index)?,
            scratch: rules.scratch(),
            state: vec![0.0; rules.state_len],
            log_prior: vec![0.0; rules.score_len],
            ended: false,
            rules,
        };
        environment.reset()?;
        Ok(environment)
    }

    /// Starts the next episode.
    pub fn reset(&mut self) -> Result<()> {
        self.walker.reset(&self.rules, &mut self.scratch)?;
        self.ended = false;
        self.walker
            .observe(&self.rules, &mut self.state, &mut self.log_prior)
    }

    /// Puts holdings that were there before in the place of the cash that an episode starts in: weights of the assets and of
    /// cash [N + 1], summing to 1, and what they are worth (above 0). Drawdown starts from there.
    pub(crate) fn take_over(&mut self, weights: &[f64], value: f64) -> Result<()> {
        self.walker.take_over(&self.scratch, weights, value);
        self.walker
            .observe(&self.rules, &mut self.state, &mut self.log_prior)
    }

    /// What the agent sees at this close: [S]. After the last step of an episode, the final state.
    pub fn state(&self) -> &[f32] {
        &self.state
    }

    /// What scores are added to at this close, [`action::log_prior`]: [L]; zeros without a prior, minus infinity for what
    /// cannot be traded.
    pub fn log_prior(&self) -> &[f32] {
        &self.log_prior
    }

    /// Writes the prior's weights [A] at this close, before caps and floors: what a policy corrects. Without a prior,
    /// 1/A each. Errors: another length, and what [`StateBuilder::prior_weights`] refuses.
    ///
    /// [`StateBuilder::prior_weights`]: crate::market::state::StateBuilder::prior_weights
    pub fn prior_weights(&self, out: &mut [f64]) -> Result<()> {
        self.walker.prior_weights(out)
    }

    /// Target weights [A] of the last step, within caps and floors, whether or not the band let them be traded; zeros
    /// before the first.
    pub fn target(&self) -> &[f64] {
        &self.scratch.target[..self.rules.action_len]
    }

    /// The portfolio.
    pub fn account(&self) -> &Account {
        self.walker.account()
    }

    /// Sums over the episode so far.
    pub fn stats(&self) -> EpisodeStats {
        self.walker.stats()
    }

    /// Takes a sampled action [L]: scores for `gaussian`, shares for `dirichlet`. `deterministic` [L] holds the
    /// scores of the deterministic action (for either distribution); `self_critical` needs it, and without it the
    /// baseline reward is 0. An episode that has ended, and numbers that are not finite, are errors.
    pub fn step(&mut self, action: &[f32], deterministic: Option<&[f32]>) -> Result<Step> {
        let (rules, fixed) = (&self.rules, self.walker.fixed());
        rules.check_actions("action", action, 1)?;
        let deterministic = rules.is_self_critical().then_some(deterministic);
        match deterministic {
            Some(None) => return Err(missing_deterministic()),
            Some(Some(scores)) => {
                rules.check_scores("deterministic", scores, 1)?;
                let weights = &mut self.scratch.deterministic;
                action::deterministic_weights(
                    &rules.action,
                    rules.assets,
                    fixed,
                    &self.log_prior,
                    scores,
                    weights,
                );
            }
            None => (),
        }
        let target = &mut self.scratch.target;
        action::target_weights(
            &rules.action,
            rules.assets,
            fixed,
            &self.log_prior,
            action,
            target,
        );
        self.advance(deterministic.is_some())
    }

    /// Takes target weights [A] as they are, but for caps and floors: as [`action::check_weights`] wants them. The baseline
    /// reward is 0.
    pub fn step_weights(&mut self, weights: &[f64]) -> Result<Step> {
        let rules = &self.rules;
        let target = &mut self.scratch.target[..rules.action_len];
        action::accept_weights(&rules.action, rules.assets, self.walker.fixed(), weights, target)?;
        self.advance(false)
    }

    fn advance(&mut self, has_deterministic: bool) -> Result<Step> {
        if self.ended {
            return Err(Error::invalid(
                "step",
                "after the end of an episode",
                "a reset first",
            ));
        }
        let step = self
            .walker
            .step(&self.rules, &mut self.scratch, has_deterministic)?;
        self.ended = step.terminated || step.truncated;
        self.walker
            .observe(&self.rules, &mut self.state, &mut self.log_prior)?;
        Ok(step)
    }
}

/// A self-critical step without the scores it compares with.
pub(super) fn missing_deterministic() -> Error {
    let expected = "the deterministic action's scores, as control_variate is `self_critical`";
    Error::invalid("deterministic", "missing", expected)
}
