//! Hedging demand: what a utility of the wealth at the end holds beside what the next step alone would ask for (Kim and
//! Omberg 1996).

use crate::floor::Nothing;
use crate::problems::Measured;
use crate::quadrature::gauss_hermite;
use crate::training::Problem;
use ppo_risk::env::{HostEnvironment, HostEnvironments, HostStep};
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::spec::Distribution;
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::train::Experience;
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// Steps to the end.
const STEPS: usize = 10;

/// Episodes over which a policy is judged.
const EPISODES: u64 = 2000;

/// ln R = σ X - σ²/2 + σ u, X' = mean + φ (X - mean) + s e, with standard normal u and e of this correlation.
const VOLATILITY: f64 = 0.18;
const MEAN: f64 = 0.35;
const DECAY: f64 = 0.85;
const SHOCK: f64 = 0.15;
const CORRELATION: f64 = -0.9;

/// Relative risk aversion.
const AVERSION: f64 = 5.0;

/// The part of what the hedge against a falling premium is worth, in certainty equivalents, that was gained.
pub(crate) fn hedging_demand(distribution: Distribution, seed: u64) -> Measured {
    let problem = Problem {
        episode_len: STEPS,
        gamma: 1.0,
        ..Problem::of(Arc::new(Nothing))
    };
    let (spec, config) = (problem.spec(distribution), problem.config(seed));
    let host = Premiums::new(config.ppo.n_envs);
    let variate = config.env.control_variate;
    let environments = HostEnvironments::new(host, &spec, variate, seed, config.ppo.n_envs);
    let environments = Box::new(environments.expect("the host has what the control variate needs"));
    let policy = problem.train_in(Experience::Environments(environments), distribution, seed);
    let law = Law::new();
    let (best, myopic) = (law.solve(Rule::Best), law.solve(Rule::Myopic));
    let loss = law.loss(&policy, &best, seed);
    let reached = (POWER * (best[0].at(MEAN) / POWER - loss)).powf(1.0 / POWER);
    let [top, bottom] = [&best, &myopic].map(|solved| solved[0].at(MEAN).powf(1.0 / POWER));
    vec![("hedging_demand_ce", 0, (reached - bottom) / (top - bottom))]
}

/// 1 - aversion.
const POWER: f64 = 1.0 - AVERSION;

/// What is held at a premium.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// What is best to the end.
    Best,
    /// What would be best if the next step were the last.
    Myopic,
}

/// A function of the premium, on a grid, linear between; flat beyond.
pub(crate) struct Curve(Vec<f64>);

impl Curve {
    const NODES: usize = 241;
    const REACH: f64 = 1.6;

    fn place(node: usize) -> f64 {
        MEAN + Self::REACH * (2.0 * node as f64 / (Self::NODES - 1) as f64 - 1.0)
    }

    fn of(value: impl Fn(f64) -> f64) -> Self {
        Self((0..Self::NODES).map(|node| value(Self::place(node))).collect())
    }

    pub(crate) fn at(&self, premium: f64) -> f64 {
        let place = (premium - MEAN + Self::REACH) / (2.0 * Self::REACH) * (Self::NODES - 1) as f64;
        let place = place.clamp(0.0, (Self::NODES - 1) as f64);
        let below = (place as usize).min(Self::NODES - 2);
        let part = place - below as f64;
        self.0[below] * (1.0 - part) + self.0[below + 1] * part
    }
}

/// The law's draws: probability, gross return less the part that the premium adds, the premium's shock.
pub(crate) struct Law(Vec<[f64; 3]>);

impl Law {
    pub(crate) fn new() -> Self {
        let (of_return, rest) = (gauss_hermite(15), gauss_hermite(9));
        let alone = (1.0 - CORRELATION * CORRELATION).sqrt();
        let mut draws = Vec::new();
        for (u, p) in of_return.0.iter().zip(&of_return.1) {
            for (z, q) in rest.0.iter().zip(&rest.1) {
                let gross = (VOLATILITY * u - 0.5 * VOLATILITY * VOLATILITY).exp();
                draws.push([p * q, gross, SHOCK * (CORRELATION * u + alone * z)]);
            }
        }
        Self(draws)
    }

    /// E[(1 + w (R - 1))^(1 - a) f(X')]: less is better.
    fn expect(&self, premium: f64, weight: f64, follows: &Curve) -> f64 {
        let grown = (VOLATILITY * premium).exp();
        let next = MEAN + DECAY * (premium - MEAN);
        let term = |[p, gross, shock]: &[f64; 3]| {
            p * (1.0 + weight * (gross * grown - 1.0)).powf(POWER) * follows.at(next + shock)
        };
        self.0.iter().map(term).sum()
    }

    pub(crate) fn weight(&self, premium: f64, follows: &Curve) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..45 {
            let third = (high - low) / 3.0;
            let [below, above] =
                [low + third, high - third].map(|weight| self.expect(premium, weight, follows));
            match below > above {
                true => low += third,
                false => high -= third,
            }
        }
        0.5 * (low + high)
    }

    /// V = v^(1 - a)/(1 - a) f_t(X) by steps from the start, f of the end 1.
    pub(crate) fn solve(&self, rule: Rule) -> Vec<Curve> {
        let one = || Curve::of(|_| 1.0);
        let mut curves = vec![one()];
        for _ in 0..STEPS {
            let follows = curves.last().expect("the end is there");
            let looked_at = match rule {
                Rule::Best => None,
                Rule::Myopic => Some(one()),
            };
            let chosen = looked_at.as_ref().unwrap_or(follows);
            let curve = Curve::of(|premium| self.expect(premium, self.weight(premium, chosen), follows));
            curves.push(curve);
        }
        curves.reverse();
        curves
    }

    /// E of what the policy's decisions lose against the best ones, in utility: the sum over its own states of
    /// V(s) - Q(s, w) (Kakade and Langford 2002).
    fn loss(&self, policy: &Policy, best: &[Curve], seed: u64) -> f64 {
        let mut workspace = Workspace::new(policy.spec());
        let mut state = vec![0.0; policy.spec().state.len()];
        let mut weights = [0.0; 2];
        let mut lost = 0.0;
        for number in 0..EPISODES {
            let mut episode = Episode::begin(seed + 1_000_000 + number);
            for step in 0..STEPS {
                episode.show(&mut state);
                policy
                    .weights(&state, None, &mut workspace, &mut weights)
                    .expect("the state is finite");
                let of_best = best[step].at(episode.premium);
                let reached = self.expect(episode.premium, weights[0], &best[step + 1]);
                lost += (POWER * episode.log_value).exp() * (of_best - reached) / POWER;
                episode.step(&weights);
            }
        }
        lost / EPISODES as f64
    }
}

/// One asset, whose premium is seen at every close, beside the part of the steps that is left and the log of the value.
struct Premiums {
    episodes: Vec<Episode>,
    remembered: Vec<Episode>,
}

impl Premiums {
    fn new(count: usize) -> Self {
        let episodes = vec![Episode::begin(0); count];
        Self {
            remembered: episodes.clone(),
            episodes,
        }
    }
}

/// Where an episode stands.
#[derive(Clone)]
struct Episode {
    stream: Stream,
    premium: f64,
    steps: usize,
    /// ln of the value, that at the start being 1.
    log_value: f64,
}

impl Episode {
    /// At the mean premium.
    fn begin(seed: u64) -> Self {
        Self {
            stream: stream(seed, "premium", 0),
            premium: MEAN,
            steps: 0,
            log_value: 0.0,
        }
    }

    fn show(&self, state: &mut [f32]) {
        let left = 1.0 - self.steps as f64 / STEPS as f64;
        for (to, value) in state.iter_mut().zip([self.premium, left, self.log_value]) {
            *to = value as f32;
        }
    }

    /// The reward of a step, what it added to the utility: u(V') - u(V), which over an episode adds up to the utility of its end.
    fn step(&mut self, weights: &[f64]) -> f64 {
        let (u, z): (f64, f64) = (
            StandardNormal.sample(&mut self.stream),
            StandardNormal.sample(&mut self.stream),
        );
        let gross = (VOLATILITY * (self.premium + u) - 0.5 * VOLATILITY * VOLATILITY).exp();
        let shock = CORRELATION * u + (1.0 - CORRELATION * CORRELATION).sqrt() * z;
        self.premium = MEAN + DECAY * (self.premium - MEAN) + SHOCK * shock;
        self.steps += 1;
        let (before, grown) = (self.log_value, (weights[0] * (gross - 1.0)).ln_1p());
        self.log_value += grown;
        (POWER * before).exp() * (POWER * grown).exp_m1() / POWER
    }
}

impl HostEnvironment for Premiums {
    fn reset(&mut self, env: usize, seed: u64, state: &mut [f32], _: &mut [f64]) -> ppo_risk::Result<()> {
        self.episodes[env] = Episode::begin(seed);
        self.episodes[env].show(state);
        Ok(())
    }

    fn step(
        &mut self,
        env: usize,
        weights: &[f64],
        state: &mut [f32],
        _: &mut [f64],
    ) -> ppo_risk::Result<HostStep> {
        let episode = &mut self.episodes[env];
        let reward = episode.step(weights);
        episode.show(state);
        // Nothing follows the last step: the utility has been paid out.
        Ok(HostStep {
            reward,
            prior_reward: 0.0,
            terminated: episode.steps == STEPS,
            truncated: false,
        })
    }

    fn can_go_back(&self) -> bool {
        true
    }

    fn remember(&mut self, env: usize) -> ppo_risk::Result<()> {
        self.remembered[env] = self.episodes[env].clone();
        Ok(())
    }

    fn go_back(&mut self, env: usize) -> ppo_risk::Result<()> {
        self.episodes[env] = self.remembered[env].clone();
        Ok(())
    }
}
