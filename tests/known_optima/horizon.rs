//! Hedging demand: what a utility of the wealth at the end holds beside what the next step alone would ask for (Kim and
//! Omberg 1996).

use crate::problems::Measured;
use crate::quadrature::{dot, gauss_hermite};
use crate::training::{Problem, Visit};
use ppo_risk::env::reward::RewardMode;
use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::Stream;
use ppo_risk::policy::spec::Distribution;
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// Steps to the end.
const STEPS: usize = 10;

/// Episodes over which a policy is judged.
const EPISODES: usize = 2000;

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
        reward: RewardMode::TerminalCrra { a: AVERSION },
        episode_len: STEPS,
        gamma: 1.0,
        ..Problem::of(Arc::new(PremiumMarket))
    };
    let policy = problem.train(distribution, seed);
    let visits = problem.visit(&policy, EPISODES, STEPS, seed + 1_000_000);
    let law = Law::new();
    let (best, myopic) = (law.solve(Rule::Best), law.solve(Rule::Myopic));
    let loss = law.loss(&problem, &visits, &best);
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
    fn loss(&self, problem: &Problem, visits: &[Visit], best: &[Curve]) -> f64 {
        let mut lost = 0.0;
        for episode in 0..EPISODES {
            let mut value = 1.0;
            for step in 0..STEPS {
                let visit = &visits[step * EPISODES + episode];
                let premium = f64::from(visit.columns(problem)[0]);
                let of_best = best[step].at(premium);
                let reached = self.expect(premium, visit.weights[0], &best[step + 1]);
                lost += value_power(value) * (of_best - reached) / POWER;
                if step + 1 < STEPS {
                    // The last returns follow the weights.
                    let earned = f64::from(visits[(step + 1) * EPISODES + episode].state[1]);
                    value *= dot(&visit.weights, &[1.0 + earned, 1.0]);
                }
            }
        }
        lost / EPISODES as f64
    }
}

fn value_power(value: f64) -> f64 {
    f64::powf(value, POWER)
}

/// One asset, whose premium is shown, and after it the part of the steps that is left. The first decision sees the mean premium.
#[derive(Debug, Clone)]
struct PremiumMarket;

impl Market for PremiumMarket {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: 1,
            columns: 2,
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    /// [`Path::memory`]: the premium, the bars that are left, those of them that are decided on.
    fn begin(&self, warm_up: usize, steps: usize, path: &mut Path, _: &mut Stream) -> usize {
        path.memory.clear();
        path.memory.extend([MEAN, (warm_up + steps) as f64, steps as f64]);
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        let (u, z): (f64, f64) = (StandardNormal.sample(stream), StandardNormal.sample(stream));
        let premium = path.memory[0];
        bar.returns[0] = (VOLATILITY * (premium + u) - 0.5 * VOLATILITY * VOLATILITY).exp_m1();
        bar.cash_return = 0.0;
        path.memory[1] -= 1.0;
        let (left, steps) = (path.memory[1], path.memory[2]);
        if left < steps {
            let shock = CORRELATION * u + (1.0 - CORRELATION * CORRELATION).sqrt() * z;
            path.memory[0] = MEAN + DECAY * (premium - MEAN) + SHOCK * shock;
        }
        bar.columns
            .copy_from_slice(&[path.memory[0], left / STEPS as f64]);
    }
}
