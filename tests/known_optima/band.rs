//! One asset and cash with proportional costs: the exact policy by dynamic programming, and what a trained one makes of it.

use crate::problems::Measured;
use crate::quadrature::gauss_hermite;
use crate::training::{Problem, Visit};
use ppo_risk::env::Start;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::{Market, MarketBar, MarketShape, Path};
use ppo_risk::math::random::Stream;
use ppo_risk::policy::spec::Distribution;
use ppo_risk::policy::{Policy, Workspace};
use rand_distr::{Distribution as _, StandardNormal};
use std::sync::Arc;

/// Bars of an episode, and how many of them pass before a policy is judged: it starts in cash.
const EPISODE: usize = 240;
const BEFORE: usize = 120;

/// Discount of the training, and of the rule that its edges are compared with.
pub(crate) const GAMMA: f64 = 0.99;

/// Episodes over which it is judged.
const EPISODES: usize = 50;

/// Weights that are told apart when looking for the edges of the region without trade, and what counts as no trade.
const WEIGHTS: usize = 200;
const HELD: f64 = 0.005;

/// Months of 40% volatility and a drift of 8% a year, costs of 1%: inside a band it is best to wait.
pub(crate) fn no_trade(distribution: Distribution, seed: u64) -> Measured {
    let law = CostLaw {
        mean: 0.08 / 12.0,
        volatility: 0.4 / 12.0_f64.sqrt(),
        signal: None,
        cost: 0.01,
    };
    let (problem, policy) = law.train(distribution, seed);
    let nodes = Nodes {
        weights: 1001,
        signals: 1,
    };
    let solved = law.solve(nodes, 1.0);
    let visits = problem.visit(&policy, EPISODES, EPISODE, seed + 1_000_000);
    let reached = law.growth(&problem, &visits, &solved);
    let every = law.growth_rebalancing(solved.frictionless());
    let edges = edges(&policy, &visits);
    let error = edges
        .iter()
        .zip(law.solve(nodes, GAMMA).edges())
        .map(|(found, best)| (found - best).abs());
    vec![
        ("no_trade_edge_error", 0, error.fold(0.0, f64::max)),
        ("no_trade_capture", 0, (reached - every) / (solved.growth - every)),
    ]
}

/// Days whose expected return follows a signal with a half-life of five, costs of 10 bp.
const SIGNAL: CostLaw = CostLaw {
    mean: 2e-4,
    volatility: 0.01,
    signal: Some(Signal {
        // 0.5^(1/5)
        decay: 0.870_550_563_296_124_1,
        deviation: 12e-4,
    }),
    cost: 1e-3,
};

const SIGNAL_NODES: Nodes = Nodes {
    weights: 201,
    signals: 61,
};

/// What may be gained there over deciding for the next day alone.
pub(crate) fn signal_cost(distribution: Distribution, seed: u64) -> Measured {
    let law = SIGNAL;
    let (problem, policy) = law.train(distribution, seed);
    let solved = law.solve(SIGNAL_NODES, 1.0);
    let visits = problem.visit(&policy, EPISODES, EPISODE, seed + 1_000_000);
    let reached = law.growth(&problem, &visits, &solved);
    let myopic = law.growth_myopic(&solved);
    vec![(
        "signal_cost_capture",
        0,
        (reached - myopic) / (solved.growth - myopic),
    )]
}

/// The weights to which that policy buys and sells at a signal, in its standard deviations, and those to which it is best to.
#[allow(dead_code, reason = "the oracle draws it")]
pub(crate) struct Edges {
    pub(crate) signal: f64,
    pub(crate) best: [f64; 2],
    pub(crate) learnt: [f64; 2],
}

/// The region without trade that is learnt beside the exact one, signal by signal.
#[allow(dead_code, reason = "the oracle draws it")]
pub(crate) fn learnt_band(seed: u64) -> Vec<Edges> {
    let (problem, policy) = SIGNAL.train(Distribution::Gaussian, seed);
    let solved = SIGNAL.solve(SIGNAL_NODES, 1.0);
    let visits = problem.visit(&policy, EPISODES, EPISODE, seed + 1_000_000);
    let deviation = SIGNAL.signal.map_or(0.0, |signal| signal.deviation);
    let edges = |tenth: i32| {
        let signal = f64::from(tenth) / 10.0;
        Edges {
            signal,
            best: solved.edges_at(SIGNAL.mean + deviation * signal),
            learnt: [0.0, 1.0].map(|held| settled(&policy, &visits, signal, held)),
        }
    };
    (-30..=30).map(edges).collect()
}

/// Where a policy stops trading that starts at this weight, while the signal stays as it is: mean over the other numbers of the
/// states that it met last.
fn settled(policy: &Policy, visits: &[Visit], signal: f64, held: f64) -> f64 {
    let mut workspace = Workspace::new(policy.spec());
    let met: Vec<&Visit> = visits.iter().rev().step_by(97).take(32).collect();
    let settled = met.iter().map(|visit| {
        let mut state = visit.state.clone();
        let last = state.len() - 1;
        state[last] = signal as f32;
        let mut weights = [held, 1.0 - held];
        for _ in 0..200 {
            (state[0], state[3]) = (weights[0] as f32, weights[1] as f32);
            let prior = weights;
            policy
                .weights(&state, Some(&prior), &mut workspace, &mut weights)
                .expect("states are finite");
        }
        weights[0]
    });
    settled.sum::<f64>() / met.len() as f64
}

/// Log growth of one asset and cash that earns nothing: ln R ~ N(f - σ²/2, σ²), f the mean or, with a signal, AR(1) around it.
#[derive(Debug, Clone)]
pub(crate) struct CostLaw {
    pub(crate) mean: f64,
    pub(crate) volatility: f64,
    pub(crate) signal: Option<Signal>,
    /// Per traded notional.
    pub(crate) cost: f64,
}

/// An AR(1) signal: its decay a bar and its stationary standard deviation, in expected log return.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signal {
    pub(crate) decay: f64,
    pub(crate) deviation: f64,
}

/// Nodes of the grid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nodes {
    pub(crate) weights: usize,
    pub(crate) signals: usize,
}

/// The exact solution: average log growth a bar, and on the grid [signal, weight] the value of a trade to a weight, costs apart,
/// relative to a reference state.
pub(crate) struct Solved {
    pub(crate) growth: f64,
    nodes: Nodes,
    reach: f64,
    mean: f64,
    cost: f64,
    after_trade: Vec<f64>,
}

impl CostLaw {
    fn train(&self, distribution: Distribution, seed: u64) -> (Problem, Policy) {
        let problem = Problem {
            episode_len: EPISODE,
            gamma: GAMMA,
            prior: Prior::Hold,
            start: Start::Random,
            cost_rate: self.cost,
            ..Problem::of(Arc::new(self.clone()))
        };
        let policy = problem.train(distribution, seed);
        (problem, policy)
    }

    /// Draws of the noise and of the signal's shock, with their probabilities.
    fn draws(&self) -> Vec<(f64, f64, f64)> {
        let of_return = gauss_hermite(21);
        let of_signal = match self.signal {
            Some(_) => gauss_hermite(9),
            None => (vec![0.0], vec![1.0]),
        };
        let mut draws = Vec::new();
        for (u, p) in of_return.0.iter().zip(&of_return.1) {
            for (z, q) in of_signal.0.iter().zip(&of_signal.1) {
                draws.push((p * q, *u, *z));
            }
        }
        draws
    }

    fn next_signal(&self, signal: f64, shock: f64) -> f64 {
        match self.signal {
            None => signal,
            Some(Signal { decay, deviation }) => {
                self.mean + decay * (signal - self.mean) + deviation * (1.0 - decay * decay).sqrt() * shock
            }
        }
    }

    fn gross(&self, signal: f64, noise: f64) -> f64 {
        (signal - 0.5 * self.volatility * self.volatility + self.volatility * noise).exp()
    }

    /// By relative value iteration (White 1963): trades are to any weight, valued by what follows, discounted, and by their cost.
    /// Without discount `growth` is the average log growth.
    pub(crate) fn solve(&self, nodes: Nodes, discount: f64) -> Solved {
        let reach = self.signal.map_or(0.0, |signal| 4.0 * signal.deviation);
        let mut solved = Solved {
            growth: 0.0,
            nodes,
            reach,
            mean: self.mean,
            cost: self.cost,
            after_trade: vec![0.0; nodes.signals * nodes.weights],
        };
        let draws = self.draws();
        let mut value = vec![0.0; nodes.signals * nodes.weights];
        for sweep in 0..20_000 {
            let mut after = vec![0.0; value.len()];
            for s in 0..nodes.signals {
                let signal = solved.signal(s);
                for w in 0..nodes.weights {
                    let weight = solved.weight(w);
                    after[s * nodes.weights + w] = draws
                        .iter()
                        .map(|&(p, noise, shock)| {
                            let gross = self.gross(signal, noise);
                            let grown = 1.0 + weight * (gross - 1.0);
                            let next = self.next_signal(signal, shock);
                            p * (grown.ln()
                                + discount * solved.interpolate(&value, next, weight * gross / grown))
                        })
                        .sum();
                }
            }
            solved.after_trade = after;
            let next: Vec<f64> = solved.values();
            let reference = next[nodes.signals / 2 * nodes.weights + nodes.weights / 2];
            let moved = next
                .iter()
                .zip(&value)
                .fold((f64::MAX, f64::MIN), |(low, high), (new, old)| {
                    (low.min(new - old), high.max(new - old))
                });
            value = next.iter().map(|new| new - reference).collect();
            // The growth lies between the least and the most that a state's value moved.
            solved.growth = 0.5 * (moved.0 + moved.1);
            if sweep > 10 && moved.1 - moved.0 < 1e-9 {
                break;
            }
        }
        solved
    }

    /// Average log growth of a policy: the best one's, and what its decisions lose in the states that it comes to.
    fn growth(&self, problem: &Problem, visits: &[Visit], solved: &Solved) -> f64 {
        let values = solved.values();
        let late = &visits[BEFORE * EPISODES..];
        let lost = late.iter().map(|visit| {
            let held = f64::from(visit.state[0]);
            let signal = match self.signal {
                Some(signal) => self.mean + signal.deviation * f64::from(visit.columns(problem)[0]),
                None => self.mean,
            };
            solved.interpolate(&values, signal, held) - solved.trade(signal, held, visit.weights[0])
        });
        solved.growth - lost.sum::<f64>() / late.len() as f64
    }

    /// Average log growth of going back to a weight at every bar.
    fn growth_rebalancing(&self, weight: f64) -> f64 {
        let (noise, probability) = gauss_hermite(41);
        let terms = noise.iter().zip(&probability).map(|(noise, p)| {
            let gross = self.gross(self.mean, *noise);
            let grown = 1.0 + weight * (gross - 1.0);
            p * (grown.ln() + trade_cost(self.cost, weight * gross / grown, weight))
        });
        terms.sum()
    }

    /// Average log growth of what is best for the next bar alone, its cost included: by the same iteration, with that policy.
    pub(crate) fn growth_myopic(&self, solved: &Solved) -> f64 {
        let nodes = solved.nodes;
        let draws = self.draws();
        let alone: Vec<f64> = (0..nodes.signals * nodes.weights)
            .map(|place| {
                let (signal, weight) = (
                    solved.signal(place / nodes.weights),
                    solved.weight(place % nodes.weights),
                );
                let grown = |noise: f64| (1.0 + weight * (self.gross(signal, noise) - 1.0)).ln();
                draws.iter().map(|&(p, noise, _)| p * grown(noise)).sum()
            })
            .collect();
        let target: Vec<usize> = (0..alone.len())
            .map(|place| {
                let (s, held) = (place / nodes.weights, solved.weight(place % nodes.weights));
                let value =
                    |w: &usize| alone[s * nodes.weights + w] + trade_cost(self.cost, held, solved.weight(*w));
                (0..nodes.weights)
                    .max_by(|a, b| value(a).total_cmp(&value(b)))
                    .expect("there are weights")
            })
            .collect();
        let mut value = vec![0.0; alone.len()];
        let mut growth = 0.0;
        for _ in 0..20_000 {
            let next: Vec<f64> = (0..value.len())
                .map(|place| {
                    let (s, held) = (place / nodes.weights, solved.weight(place % nodes.weights));
                    let (signal, weight) = (solved.signal(s), solved.weight(target[place]));
                    let follows = draws.iter().map(|&(p, noise, shock)| {
                        let gross = self.gross(signal, noise);
                        let grown = 1.0 + weight * (gross - 1.0);
                        p * solved.interpolate(
                            &value,
                            self.next_signal(signal, shock),
                            weight * gross / grown,
                        )
                    });
                    let now = alone[s * nodes.weights + target[place]];
                    trade_cost(self.cost, held, weight) + now + follows.sum::<f64>()
                })
                .collect();
            let reference = next[nodes.signals / 2 * nodes.weights + nodes.weights / 2];
            let moves = next.iter().zip(&value).map(|(new, old)| new - old);
            let (low, high) = moves.fold((f64::MAX, f64::MIN), |(low, high), moved| {
                (low.min(moved), high.max(moved))
            });
            value = next.iter().map(|new| new - reference).collect();
            growth = 0.5 * (low + high);
            if high - low < 1e-9 {
                break;
            }
        }
        growth
    }
}

/// ln of the value that a trade from one weight to another leaves, as a part of the value before: mu = 1 - c abs(mu w' - w).
fn trade_cost(cost: f64, from: f64, to: f64) -> f64 {
    match to > from {
        true => (cost * from).ln_1p() - (cost * to).ln_1p(),
        false => (-cost * from).ln_1p() - (-cost * to).ln_1p(),
    }
}

impl Solved {
    fn weight(&self, node: usize) -> f64 {
        node as f64 / (self.nodes.weights - 1) as f64
    }

    fn signal(&self, node: usize) -> f64 {
        match self.nodes.signals {
            1 => self.mean,
            nodes => self.mean + self.reach * (2.0 * node as f64 / (nodes - 1) as f64 - 1.0),
        }
    }

    /// Linear between the nodes, flat beyond.
    fn interpolate(&self, table: &[f64], signal: f64, weight: f64) -> f64 {
        let Nodes { weights, signals } = self.nodes;
        let place = (weight * (weights - 1) as f64).clamp(0.0, (weights - 1) as f64);
        let w = (place as usize).min(weights - 2);
        let part = place - w as f64;
        let row = |s: usize| {
            let row = &table[s * weights..];
            row[w] * (1.0 - part) + row[w + 1] * part
        };
        if signals == 1 {
            return row(0);
        }
        let place = (signal - self.mean + self.reach) / (2.0 * self.reach) * (signals - 1) as f64;
        let place = place.clamp(0.0, (signals - 1) as f64);
        let s = (place as usize).min(signals - 2);
        let part = place - s as f64;
        row(s) * (1.0 - part) + row(s + 1) * part
    }

    /// The value of each state [signal, weight] before its trade. The cost of a trade is a difference of one function at both
    /// ends, so that the best purchase is where after_trade - ln(1 + c w) is greatest above the weight, whatever that is.
    fn values(&self) -> Vec<f64> {
        let Nodes { weights, .. } = self.nodes;
        let mut values = vec![f64::MIN; self.after_trade.len()];
        for (after, values) in self
            .after_trade
            .chunks_exact(weights)
            .zip(values.chunks_exact_mut(weights))
        {
            let mut best = f64::MIN;
            for w in (0..weights).rev() {
                let bought = (self.cost * self.weight(w)).ln_1p();
                best = best.max(after[w] - bought);
                values[w] = best + bought;
            }
            let mut best = f64::MIN;
            for w in 0..weights {
                let sold = (-self.cost * self.weight(w)).ln_1p();
                best = best.max(after[w] - sold);
                values[w] = values[w].max(best + sold);
            }
        }
        values
    }

    /// The value of a trade.
    fn trade(&self, signal: f64, from: f64, to: f64) -> f64 {
        self.interpolate(&self.after_trade, signal, to) + trade_cost(self.cost, from, to)
    }

    /// The weights to which it is best to buy from below, and to sell from above, at the mean signal.
    pub(crate) fn edges(&self) -> [f64; 2] {
        self.edges_at(self.mean)
    }

    /// The same at a signal.
    fn edges_at(&self, signal: f64) -> [f64; 2] {
        let value = |w: &usize, cost: f64| {
            let weight = self.weight(*w);
            self.interpolate(&self.after_trade, signal, weight) - (cost * weight).ln_1p()
        };
        [self.cost, -self.cost].map(|cost| {
            let best = (0..self.nodes.weights).max_by(|a, b| value(a, cost).total_cmp(&value(b, cost)));
            self.weight(best.expect("there are weights"))
        })
    }

    /// The weight that is best without costs.
    fn frictionless(&self) -> f64 {
        0.5 * self.edges().iter().sum::<f64>()
    }
}

/// The least and the greatest weight at which a policy does not trade, over the last returns that it has met.
fn edges(policy: &Policy, visits: &[Visit]) -> [f64; 2] {
    let mut workspace = Workspace::new(policy.spec());
    let met: Vec<&Visit> = visits.iter().rev().step_by(97).take(32).collect();
    let mut moved = |weight: f64| {
        let targets = met.iter().map(|visit| {
            let mut state = visit.state.clone();
            // Weight, last return, volatility, cash.
            (state[0], state[3]) = (weight as f32, 1.0 - weight as f32);
            let mut target = [0.0; 2];
            policy
                .weights(&state, Some(&[weight, 1.0 - weight]), &mut workspace, &mut target)
                .expect("states are finite");
            target[0]
        });
        targets.sum::<f64>() / met.len() as f64 - weight
    };
    let weights = (0..=WEIGHTS).map(|i| i as f64 / WEIGHTS as f64);
    let held: Vec<f64> = weights.filter(|weight| moved(*weight).abs() < HELD).collect();
    match (held.first(), held.last()) {
        (Some(low), Some(high)) => [*low, *high],
        _ => [f64::NAN; 2],
    }
}

impl Market for CostLaw {
    fn shape(&self) -> MarketShape {
        MarketShape {
            assets: 1,
            columns: usize::from(self.signal.is_some()),
            asset_columns: 0,
            prior: false,
            ragged: false,
        }
    }

    /// [`Path::memory`]: the signal, in its standard deviations.
    fn begin(&self, _warm_up: usize, steps: usize, path: &mut Path, stream: &mut Stream) -> usize {
        path.memory.resize(1, 0.0);
        path.memory[0] = StandardNormal.sample(stream);
        steps
    }

    fn advance(&self, path: &mut Path, stream: &mut Stream, bar: &mut MarketBar) {
        let noise: f64 = StandardNormal.sample(stream);
        let shock: f64 = StandardNormal.sample(stream);
        let expected = self.mean
            + self
                .signal
                .map_or(0.0, |signal| signal.deviation * path.memory[0]);
        bar.returns[0] = self.gross(expected, noise) - 1.0;
        bar.cash_return = 0.0;
        if let Some(Signal { decay, .. }) = self.signal {
            path.memory[0] = decay * path.memory[0] + (1.0 - decay * decay).sqrt() * shock;
            bar.columns[0] = path.memory[0];
        }
    }
}
