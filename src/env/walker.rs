//! One environment's moving parts, and the rules it shares with others: what a step and a reset do.

use crate::env::account::{Account, Terms};
use crate::env::config::{ControlVariate, EnvConfig, Start};
use crate::env::cost_history::CostHistory;
use crate::error::{Count, Error, Result, words};
use crate::market::prior::Prior;
use crate::market::source::{Market, MarketBar, Path};
use crate::market::state::{StateBuilder, StateSpec};
use crate::math::random::{self, Stream};
use crate::policy::action;
use crate::policy::spec::{ActionSpec, Distribution};
use rand_distr::{Distribution as _, Exp1};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Step {
    /// The reward to learn from: raw, less the prior's portfolio's reward with `prior_path`.
    pub reward: f64,
    /// The reward of the mode as it is: what is reported.
    pub raw_reward: f64,
    /// With `self_critical`: the raw reward that the deterministic action would have had in the same state on the
    /// same returns. Otherwise 0.
    pub baseline_reward: f64,
    /// The future is worth nothing: the portfolio is ruined (its value is 0 or less), or an episode is over whose end the state
    /// showed.
    pub terminated: bool,
    /// The episode or the data ended; the future would have gone on. Never together with `terminated`.
    pub truncated: bool,
    /// Net simple return of the portfolio.
    pub net_return: f64,
    /// ln(value after / value before): minus infinity at ruin.
    pub log_growth: f64,
    /// One-way turnover of the trade.
    pub turnover: f64,
    /// Cost of the trade, and of a margin call after it, as a fraction of the value before it.
    pub cost: f64,
    /// Whether the bar left less than `maintenance` of the gross exposure, so that positions were scaled back at its close.
    pub margin_call: bool,
}

/// Sums over one episode.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpisodeStats {
    /// Sum of raw rewards.
    pub reward_sum: f64,
    /// ln(final value / balance): minus infinity at ruin.
    #[serde(deserialize_with = "null_is_minus_infinity")]
    pub log_growth: f64,
    /// Steps taken.
    pub steps: usize,
    /// Sum of one-way turnovers.
    pub turnover: f64,
    /// Sum of costs, each as a fraction of the value before its trade.
    pub cost: f64,
}

/// JSON has no infinity: serde_json writes `null`, and reads it here.
fn null_is_minus_infinity<'de, D: serde::Deserializer<'de>>(number: D) -> std::result::Result<f64, D::Error> {
    Ok(Option::deserialize(number)?.unwrap_or(f64::NEG_INFINITY))
}

/// What all environments of a batch share.
pub(super) struct Rules {
    pub(super) config: EnvConfig,
    pub(super) action: ActionSpec,
    terms: Terms,
    pub(super) market: Arc<dyn Market>,
    pub(super) assets: usize,
    /// S.
    pub(super) state_len: usize,
    /// Steps after which an episode is over whose end the state shows; 0 where it shows none.
    horizon: usize,
    /// A.
    pub(super) action_len: usize,
    /// L.
    pub(super) score_len: usize,
}

/// Room for one step's numbers, shared by the environments of a batch.
pub(super) struct Scratch {
    bar: MarketBar,
    /// Weights to trade to, in the first A places: [L].
    pub(super) target: Vec<f64>,
    /// Weights of the deterministic action, in the first A places: [L].
    pub(super) deterministic: Vec<f64>,
    /// What the prior's own portfolio holds, where the prior is to hold: [A].
    held: Vec<f64>,
    /// What a trade beside what is fixed came to: [A].
    traded: Vec<f64>,
}

/// One environment: its stream, where it is in the market, what it remembers, and its portfolios.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Walker {
    stream: Stream,
    path: Path,
    builder: StateBuilder,
    #[serde(default, skip_serializing_if = "CostHistory::is_empty")]
    costs: CostHistory,
    account: Account,
    /// The prior's own portfolio (`prior_path` only).
    reference: Option<Account>,
    /// The prior's weights at this close, within the caps: [A].
    prior: Vec<f64>,
    /// What cannot be traded at this close, and the weight that it keeps: [N], empty where everything can be.
    #[serde(skip)]
    fixed: Vec<Option<f64>>,
    steps_left: usize,
    stats: EpisodeStats,
}

impl Rules {
    pub(super) fn new(
        config: &EnvConfig,
        state: &StateSpec,
        action: &ActionSpec,
        market: Arc<dyn Market>,
    ) -> Result<Self> {
        config.validate()?;
        if config.control_variate == ControlVariate::PolicyPath {
            let expected = "none, prior_path or self_critical: environments by themselves follow no policy";
            return Err(Error::invalid("env.control_variate", "policy_path", expected));
        }
        state.validate()?;
        action.validate(state.assets)?;
        let terms = config.terms(action, market.bars_per_year())?;
        if state.horizon > 0 && state.horizon != config.episode_len {
            let expected = words!("{}, as env.episode_len", config.episode_len);
            return Err(Error::invalid("state.horizon", state.horizon, expected));
        }
        if config.costs.impact > 0.0 {
            market.check_volumes(state.window)?;
        }
        if config.costs.lot > 0.0 {
            market.check_closes()?;
        }
        Ok(Self {
            config: *config,
            action: action.clone(),
            terms,
            market,
            assets: state.assets,
            state_len: state.len(),
            horizon: state.horizon,
            action_len: state.assets + usize::from(action.cash),
            score_len: action.score_len(state.assets),
        })
    }

    pub(super) fn scratch(&self) -> Scratch {
        let mut bar = MarketBar::zeros(self.market.shape());
        let room = |is_needed: bool| vec![0.0; if is_needed { self.assets } else { 0 }];
        bar.costs.volumes = room(self.terms.costs.impact > 0.0);
        bar.costs.closes = room(self.terms.costs.lot > 0.0);
        Scratch {
            bar,
            target: vec![0.0; self.score_len],
            deterministic: vec![0.0; self.score_len],
            held: vec![0.0; self.action_len],
            traded: vec![0.0; self.action_len],
        }
    }

    /// Whether steps need the deterministic action's scores.
    pub(super) fn is_self_critical(&self) -> bool {
        self.config.control_variate == ControlVariate::SelfCritical
    }

    /// Checks sampled actions [any, L] before anything moves: finite, and for `dirichlet` weights.
    pub(super) fn check_actions(&self, name: &str, actions: &[f32], environments: usize) -> Result<()> {
        self.check_scores(name, actions, environments)?;
        if self.action.distribution == Distribution::Dirichlet {
            for (row, action) in actions.chunks_exact(self.score_len).enumerate() {
                let allowed = action.iter().all(|&weight| weight >= 0.0);
                if !(allowed && action.iter().sum::<f32>() > 0.0) {
                    let expected = "weights of at least 0 that are not all 0";
                    return Err(Error::invalid(
                        format!("{name}[{row}]"),
                        format!("{action:?}"),
                        expected,
                    ));
                }
            }
        }
        Ok(())
    }

    /// Checks scores [any, L]: right in number, and finite.
    pub(super) fn check_scores(&self, name: &str, scores: &[f32], environments: usize) -> Result<()> {
        let expected = environments * self.score_len;
        if scores.len() != expected {
            return Err(Error::invalid(name, Count(scores.len(), "values"), expected));
        }
        // 0·x is 0 for every finite x: one sum that vectorises, and the search only where it fails.
        let all_finite = scores.iter().map(|score| 0.0 * score).sum::<f32>() == 0.0;
        if all_finite {
            return Ok(());
        }
        let i = scores.iter().position(|score| !score.is_finite()).unwrap_or(0);
        let place = format!("{name}[{}][{}]", i / self.score_len, i % self.score_len);
        Err(Error::invalid(place, scores[i], "a finite number"))
    }
}

impl Walker {
    /// An environment that is not in an episode yet: [`reset`](Self::reset) comes next.
    pub(super) fn new(rules: &Rules, state: &StateSpec, seed: u64, index: u64) -> Result<Self> {
        let state = state.for_bars(rules.market.bars_per_year())?;
        let builder = StateBuilder::new(&state, rules.action.prior, rules.action.cash)?;
        builder.check_market(rules.market.shape())?;
        let account = Account::new(rules.config.balance, rules.assets);
        let follows_prior = rules.config.control_variate == ControlVariate::PriorPath;
        // What scores of 0 give without a prior; any other prior is written at every close.
        let mut prior = vec![1.0 / rules.action_len as f64; rules.action_len];
        action::apply_bounds(&rules.action, rules.assets, &[], &mut prior);
        Ok(Self {
            stream: random::stream(seed, "environment", index),
            path: Path::default(),
            reference: follows_prior.then(|| account.clone()),
            costs: CostHistory::new(&rules.terms.costs, rules.assets, state.window)?,
            builder,
            account,
            prior,
            fixed: Vec::with_capacity(rules.assets),
            steps_left: 0,
            stats: EpisodeStats::default(),
        })
    }

    /// Starts an episode: all in cash, with the history that the first state needs.
    pub(super) fn reset(&mut self, rules: &Rules, scratch: &mut Scratch) -> Result<()> {
        let warm_up = self.builder.warm_up_bars();
        let wanted = rules.config.episode_len;
        let market = &*rules.market;
        self.steps_left = market.begin(warm_up, wanted, &mut self.path, &mut self.stream);
        if self.steps_left == 0 {
            let expected = format!("at least {} bars: {warm_up} of history and a step", warm_up + 1);
            return Err(Error::invalid("market", "too short", expected));
        }
        self.builder.reset();
        self.costs.reset();
        for _ in 0..warm_up {
            market.advance(&mut self.path, &mut self.stream, &mut scratch.bar);
            self.builder.push(&scratch.bar)?;
            self.costs.push(&rules.terms.costs, &scratch.bar)?;
        }
        self.account.reset(rules.config.balance);
        if rules.config.start == Start::Random {
            self.draw_holdings(rules, &mut scratch.target);
        }
        self.account.see(&scratch.bar.status);
        if let Some(reference) = &mut self.reference {
            reference.reset(rules.config.balance);
            if rules.config.start == Start::Random {
                reference.replace(self.account.weights(), self.account.cash(), rules.config.balance);
            }
            reference.see(&scratch.bar.status);
        }
        self.stats = EpisodeStats::default();
        Ok(())
    }

    /// Weights of what can be traded at this close, uniform on the simplex: exponential draws over their sum (Devroye 1986).
    fn draw_holdings(&mut self, rules: &Rules, room: &mut [f64]) {
        let weights = &mut room[..rules.action_len];
        for (i, weight) in weights.iter_mut().enumerate() {
            let is_open = i >= rules.assets || self.builder.takes_part(i);
            *weight = if is_open {
                Exp1.sample(&mut self.stream)
            } else {
                0.0
            };
        }
        let sum: f64 = weights.iter().sum();
        if sum > 0.0 {
            weights.iter_mut().for_each(|weight| *weight /= sum);
            let assets = &weights[..rules.assets];
            let cash = 1.0 - assets.iter().sum::<f64>();
            self.account.replace(assets, cash, rules.config.balance);
        }
    }

    /// Puts these holdings, assets and then cash [N + 1], in the place of what a reset left: the bar of `scratch` is the last
    /// that was seen.
    pub(super) fn take_over(&mut self, scratch: &Scratch, weights: &[f64], value: f64) {
        let (assets, cash) = weights.split_at(weights.len() - 1);
        for account in std::iter::once(&mut self.account).chain(&mut self.reference) {
            account.replace(assets, cash[0], value);
            account.see(&scratch.bar.status);
        }
    }

    /// Writes the state [S] and the log-prior [L] at this close. The log-prior is left alone (zeros) without a prior.
    #[inline]
    pub(super) fn observe(&mut self, rules: &Rules, state: &mut [f32], log_prior: &mut [f32]) -> Result<()> {
        self.builder.write_state(&self.account.view(), state)?;
        let has_prior = rules.action.prior != Prior::None;
        let open = self.builder.all_take_part();
        if open && !has_prior && self.fixed.is_empty() {
            return Ok(());
        }
        // Without a prior of the policy's, what scores of 0 give: that of the prior's own portfolio then.
        self.builder
            .prior_weights(&self.account.view(), &mut self.prior)?;
        self.builder.write_fixed(&self.prior, &mut self.fixed);
        if has_prior {
            if rules.action.prior == Prior::Supplied {
                action::check_weights(&rules.action, &self.fixed, &"bar.prior", &self.prior)?;
            }
            action::log_prior(&rules.action, &self.prior, &self.fixed, log_prior);
        } else {
            action::no_prior(&rules.action, &self.fixed, log_prior);
        }
        action::apply_bounds(&rules.action, rules.assets, &self.fixed, &mut self.prior);
        Ok(())
    }

    /// What cannot be traded at this close, and the weight that it keeps: [N], empty where everything can be.
    pub(super) fn fixed(&self) -> &[Option<f64>] {
        &self.fixed
    }

    /// Writes the prior's weights [A] at this close, before caps and floors.
    pub(super) fn prior_weights(&self, out: &mut [f64]) -> Result<()> {
        self.builder.prior_weights(&self.account.view(), out)
    }

    /// Trades to `scratch.target` at this close and holds to the next. With `has_deterministic`,
    /// `scratch.deterministic` is what the baseline reward is computed for.
    #[inline]
    pub(super) fn step(
        &mut self,
        rules: &Rules,
        scratch: &mut Scratch,
        has_deterministic: bool,
    ) -> Result<Step> {
        let Scratch {
            bar,
            target,
            deterministic,
            held,
            traded,
        } = scratch;
        let (target, deterministic) = (
            &mut target[..rules.action_len],
            &deterministic[..rules.action_len],
        );
        rules.market.advance(&mut self.path, &mut self.stream, bar);
        self.builder.push(bar)?;
        self.costs.push(&rules.terms.costs, bar)?;
        let costs = &self.costs;
        let outcome = self.account.evaluate(&rules.terms, costs, target, bar)?;
        let baseline_reward = if has_deterministic {
            self.account
                .evaluate(&rules.terms, costs, deterministic, bar)?
                .reward
        } else {
            0.0
        };
        let mut reward = outcome.reward;
        if let Some(reference) = &mut self.reference
            && reference.value() > 0.0
        {
            let prior = match rules.action.prior {
                // What the prior's own portfolio holds, not this one.
                Prior::Hold => {
                    held[..rules.assets].copy_from_slice(reference.weights());
                    held[rules.assets] = reference.cash();
                    &held[..]
                }
                _ => &self.prior,
            };
            let prior_outcome = reference.evaluate(&rules.terms, costs, prior, bar)?;
            reference.commit(&prior_outcome, costs, prior, bar);
            reward -= prior_outcome.reward;
        }
        let is_placed = !self.fixed.is_empty() || costs.before().has_lots();
        if is_placed {
            self.account.write_traded(&outcome, costs, target, traded);
        }
        self.account.commit(&outcome, costs, target, bar);
        if is_placed {
            target.copy_from_slice(traded);
        }
        self.steps_left -= 1;
        self.stats.reward_sum += outcome.reward;
        self.stats.log_growth += outcome.log_growth;
        self.stats.steps += 1;
        self.stats.turnover += outcome.turnover;
        self.stats.cost += outcome.cost;
        let terminated = outcome.ruined || self.stats.steps == rules.horizon;
        Ok(Step {
            reward,
            raw_reward: outcome.reward,
            baseline_reward,
            terminated,
            truncated: !terminated && self.steps_left == 0,
            net_return: outcome.net_return,
            log_growth: outcome.log_growth,
            turnover: outcome.turnover,
            cost: outcome.cost,
            margin_call: outcome.margin_call.is_some(),
        })
    }

    /// Bytes that it takes, its own and those of what it points to: no fewer.
    pub(super) fn size(&self) -> usize {
        let assets = self.account.weights().len();
        // Two accounts, with a byte for each asset that may be halted, and two numbers for one that is fixed.
        let numbers = self.builder.numbers() + self.costs.numbers() + (2 + 1 + 2) * assets + self.prior.len();
        // And what the allocator adds to each of twenty-six pieces.
        size_of::<Self>() + numbers * size_of::<f64>() + 26 * 16
    }

    /// The environment's portfolio.
    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// Sums over the episode so far.
    pub(super) fn stats(&self) -> EpisodeStats {
        self.stats
    }

    /// Whether `saved` can take this environment's place.
    pub(super) fn check_alike(&self, rules: &Rules, saved: &Self) -> Result<()> {
        let accounts = || std::iter::once(&saved.account).chain(&saved.reference);
        let reference_may_be_ruined = |account: &Account| account.value() <= 0.0;
        let sound = saved.account.is_sound()
            && accounts().all(|account| account.is_sound() || reference_may_be_ruined(account))
            && saved.prior.iter().all(|weight| {
                weight.is_finite() && (!rules.action.is_plain() || (0.0..=1.0 + 1e-6).contains(weight))
            })
            && saved.builder.ready()
            && saved.stats.steps < usize::MAX / 2
            && !random::is_stuck(&saved.stream)
            && rules.market.has_room(&saved.path, saved.steps_left);
        let alike = self.builder.is_alike(&saved.builder)
            && self.costs.is_alike(&saved.costs)
            && self.account.weights().len() == saved.account.weights().len()
            && self.prior.len() == saved.prior.len()
            && self.reference.as_ref().map(|account| account.weights().len())
                == saved.reference.as_ref().map(|account| account.weights().len())
            && saved.steps_left > 0;
        match alike {
            true if sound => Ok(()),
            true => Err(Error::invalid(
                "snapshot",
                "of an environment with numbers that none has",
                "one that was taken of an environment",
            )),
            false => Err(Error::invalid(
                "snapshot",
                "of an environment with another state, action or control variate",
                "one of an environment like this one",
            )),
        }
    }
}
