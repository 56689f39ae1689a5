//! A floor under wealth: log growth that ends where more than a fifth of the highest value is lost, in an environment of a
//! host's that can go back. The best exposure is near that of Grossman and Zhou (1993): k (1 - α/(1 - D)).

use crate::problems::Measured;
use crate::quadrature::gauss_hermite;
use crate::training::Problem;
use ppo_risk::env::{HostEnvironment, HostEnvironments, HostStep};
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::spec::Distribution;
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::train::Experience;
use rand::RngExt;
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// The part of the highest value that must not be lost to, and what a breach costs.
const FLOOR: f64 = 0.8;
const BREACH: f64 = -1.0;

/// ln R of a month: N((mean - σ²/2)/12, σ²/12).
const MEAN: f64 = 0.02;
const VOLATILITY: f64 = 0.2;
const MONTHS: usize = 120;

const GAMMA: f64 = 0.99;

/// Largest drawdown that an episode starts with.
const START: f64 = 0.18;

/// Paths over which breaches are counted.
const PATHS: usize = 4000;

/// Part of the value of the best exposure at each drawdown that a trained policy's has, over where episodes start; and the part of
/// paths on which it breaks the floor.
pub(crate) fn drawdown_floor(distribution: Distribution, seed: u64) -> Measured {
    let problem = Problem {
        episode_len: MONTHS,
        gamma: GAMMA,
        state: StateSpec {
            account: true,
            window: 2,
            ..StateSpec::base(1)
        },
        ..Problem::of(Arc::new(Nothing))
    };
    let spec = problem.spec(distribution);
    let config = problem.config(seed);
    let variate = config.env.control_variate;
    let environments = HostEnvironments::new(
        Floor::new(config.ppo.n_envs),
        &spec,
        variate,
        seed,
        config.ppo.n_envs,
    );
    let environments = Box::new(environments.expect("the host has what the control variate needs"));
    let policy = problem.train_in(Experience::Environments(environments), distribution, seed);
    let mut exposure = exposure(&policy);
    let law = Monthly::new();
    let found = Exposures::of(&mut exposure);
    let value = law.value_of(&found);
    let best = law.value_of(&law.best());
    let mean = |values: &Exposures| (0..=180).map(|d| values.at(f64::from(d) / 1000.0)).sum::<f64>() / 181.0;
    vec![
        ("drawdown_floor_growth", 0, mean(&value) / mean(&best)),
        ("drawdown_floor_breach", 0, breaches(&found, seed)),
    ]
}

/// A function of the drawdown in [0, 1 - floor], linear between nodes.
pub(crate) struct Exposures(Vec<f64>);

impl Exposures {
    const NODES: usize = 401;

    fn place(node: usize) -> f64 {
        (1.0 - FLOOR) * node as f64 / (Self::NODES - 1) as f64
    }

    pub(crate) fn of(value: impl FnMut(f64) -> f64) -> Self {
        Self((0..Self::NODES).map(Self::place).map(value).collect())
    }

    pub(crate) fn at(&self, drawdown: f64) -> f64 {
        let place =
            (drawdown / (1.0 - FLOOR) * (Self::NODES - 1) as f64).clamp(0.0, (Self::NODES - 1) as f64);
        let below = (place as usize).min(Self::NODES - 2);
        let part = place - below as f64;
        self.0[below] * (1.0 - part) + self.0[below + 1] * part
    }
}

/// A month's gross returns and their probabilities.
pub(crate) struct Monthly(Vec<(f64, f64)>);

impl Monthly {
    pub(crate) fn new() -> Self {
        let (noise, probability) = gauss_hermite(41);
        let gross = noise.iter().map(|z| gross(*z));
        Self(gross.zip(probability).collect())
    }

    /// The value of an exposure at a drawdown, where `follows` is that of the next month.
    pub(crate) fn step(&self, drawdown: f64, exposure: f64, follows: &Exposures) -> f64 {
        let term = |&(gross, p): &(f64, f64)| {
            let grown = 1.0 + exposure * (gross - 1.0);
            p * match after(drawdown, grown) {
                Some(drawdown) => grown.ln() + GAMMA * follows.at(drawdown),
                None => BREACH,
            }
        };
        self.0.iter().map(term).sum()
    }

    /// By value iteration.
    pub(crate) fn value_of(&self, exposures: &Exposures) -> Exposures {
        let mut value = Exposures::of(|_| 0.0);
        for _ in 0..1500 {
            value = Exposures::of(|drawdown| self.step(drawdown, exposures.at(drawdown), &value));
        }
        value
    }

    /// By policy iteration.
    pub(crate) fn best(&self) -> Exposures {
        let mut exposures = Exposures::of(|drawdown| 0.5 * (1.0 - FLOOR / (1.0 - drawdown)));
        for _ in 0..4 {
            let value = self.value_of(&exposures);
            exposures = Exposures::of(|drawdown| {
                let of = |i: &u32| self.step(drawdown, f64::from(*i) / 1000.0, &value);
                let best = (0..=400).max_by(|a, b| of(a).total_cmp(&of(b)));
                f64::from(best.expect("there are exposures")) / 1000.0
            });
        }
        exposures
    }
}

fn gross(noise: f64) -> f64 {
    let deviation = VOLATILITY / 12.0_f64.sqrt();
    (MEAN / 12.0 - 0.5 * deviation * deviation + deviation * noise).exp()
}

/// The drawdown after a month; none where the floor is broken.
fn after(drawdown: f64, grown: f64) -> Option<f64> {
    let drawdown = (1.0 - (1.0 - drawdown) * grown).max(0.0);
    (drawdown <= 1.0 - FLOOR).then_some(drawdown)
}

/// What a policy holds at a drawdown.
fn exposure(policy: &Policy) -> impl FnMut(f64) -> f64 {
    let mut workspace = Workspace::new(policy.spec());
    let mut state = vec![0.0; policy.spec().state.len()];
    let mut weights = vec![0.0; policy.spec().action_len()];
    move |drawdown| {
        show(drawdown, &mut state);
        policy
            .weights(&state, None, &mut workspace, &mut weights)
            .expect("the state is finite");
        weights[0]
    }
}

/// The drawdown is all that matters: what else a state has stays 0.
fn show(drawdown: f64, state: &mut [f32]) {
    let last = state.len() - 2;
    state[last] = drawdown as f32;
}

/// The part of paths that break the floor.
fn breaches(exposures: &Exposures, seed: u64) -> f64 {
    let mut draws = stream(seed, "paths", 0);
    let mut broken = 0;
    for _ in 0..PATHS {
        let mut drawdown = draws.random_range(0.0..START);
        for _ in 0..MONTHS {
            let grown = 1.0 + exposures.at(drawdown) * (gross(StandardNormal.sample(&mut draws)) - 1.0);
            match after(drawdown, grown) {
                Some(next) => drawdown = next,
                None => {
                    broken += 1;
                    break;
                }
            }
        }
    }
    f64::from(broken) / PATHS as f64
}

/// The host's environments.
struct Floor {
    episodes: Vec<Episode>,
    remembered: Vec<Episode>,
}

/// Where an episode stands.
#[derive(Clone)]
struct Episode {
    stream: Stream,
    drawdown: f64,
    months: usize,
}

impl Floor {
    fn new(count: usize) -> Self {
        let episode = |env| Episode {
            stream: stream(0, "floor", env),
            drawdown: 0.0,
            months: 0,
        };
        let episodes: Vec<Episode> = (0..count as u64).map(episode).collect();
        Self {
            remembered: episodes.clone(),
            episodes,
        }
    }
}

impl HostEnvironment for Floor {
    fn reset(&mut self, env: usize, seed: u64, state: &mut [f32], _: &mut [f64]) -> ppo_risk::Result<()> {
        let episode = &mut self.episodes[env];
        episode.stream = stream(seed, "floor", 0);
        episode.drawdown = episode.stream.random_range(0.0..START);
        episode.months = 0;
        show(episode.drawdown, state);
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
        let gross = gross(StandardNormal.sample(&mut episode.stream));
        let grown = 1.0 + weights[0] * (gross - 1.0);
        let next = after(episode.drawdown, grown);
        let reward = next.map_or(BREACH, |_| grown.ln());
        episode.months += 1;
        episode.drawdown = next.unwrap_or(1.0 - FLOOR);
        show(episode.drawdown, state);
        Ok(HostStep {
            reward,
            prior_reward: 0.0,
            terminated: next.is_none(),
            truncated: next.is_some() && episode.months == MONTHS,
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

/// A market that gives a problem its shape alone.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Market for Nothing {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: 1,
            columns: 0,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    fn begin(&self, _: usize, steps: usize, _: &mut Path, _: &mut Stream) -> usize {
        steps
    }

    fn advance(&self, _: &mut Path, _: &mut Stream, bar: &mut MarketBar) {
        bar.returns[0] = 0.0;
    }
}
