//! Random tables with gaps, and everything that is decided on them.

use ndarray::{Array2, Array3};
use ppo_risk::backtest::Baseline;
use ppo_risk::env::{Costs, EnvConfig, TradingEnvironment};
use ppo_risk::market::correlation::Correlation;
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::regime::RegimeBlock;
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{ListingRules, Time};
use ppo_risk::math::random;
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::portfolio::evaluation::run_one;
use rand::RngExt;
use std::sync::Arc;

pub(crate) const ASSETS: usize = 4;
pub(crate) const BARS: usize = 140;
const WINDOW: usize = 10;
const LOOK_BACK: usize = 11;
pub(crate) const WARM_UP: usize = 10;

/// Prices with gaps.
#[derive(Debug, Clone)]
pub(crate) struct Ragged {
    pub(crate) close: Array2<f64>,
    signals: Array3<f64>,
    ends: Vec<(usize, usize)>,
    pub(crate) rules: ListingRules,
}

impl Ragged {
    /// Random prices, without those that `is_gap`.
    pub(crate) fn new(seed: u64, is_gap: impl Fn(usize, usize) -> bool) -> Self {
        let mut made = Self::complete(seed, BARS);
        made.remove(is_gap);
        made
    }

    fn complete(seed: u64, bars: usize) -> Self {
        let mut draws = random::stream(seed, "prices", 0);
        let mut prices = [100.0; ASSETS];
        let close = Array2::from_shape_fn((bars, ASSETS), |(_, asset)| {
            prices[asset] *= 1.0 + draws.random_range(-0.03..0.03);
            prices[asset]
        });
        Self {
            close,
            signals: Array3::from_shape_fn((bars, ASSETS, 1), |_| draws.random_range(-1.0..1.0)),
            ends: Vec::new(),
            rules: ListingRules {
                max_halted_bars: 4,
                delisting_return: draws.random_range(-0.5..0.1),
            },
        }
    }

    fn remove(&mut self, is_gap: impl Fn(usize, usize) -> bool) {
        for ((bar, asset), price) in self.close.indexed_iter_mut() {
            if is_gap(bar, asset) {
                *price = f64::NAN;
            }
        }
    }

    /// Listings, halts, ends by count and by mark, at random.
    pub(crate) fn random(seed: u64) -> Self {
        Self::random_of(seed, BARS)
    }

    /// The same, long enough for baselines.
    pub(crate) fn long(seed: u64) -> Self {
        Self::random_of(seed, 900)
    }

    /// The same, where an asset's signal is its next return, in units of 3%.
    pub(crate) fn foreseen(seed: u64) -> Self {
        let mut made = Self::random_of(seed, 900);
        let worth = made.table().close().clone();
        for bar in 0..899 {
            for asset in 0..ASSETS {
                let earned = worth[[bar + 1, asset]] / worth[[bar, asset]] - 1.0;
                made.signals[[bar, asset, 0]] = if earned.is_finite() { earned / 0.03 } else { 0.0 };
            }
        }
        made
    }

    fn random_of(seed: u64, bars: usize) -> Self {
        let mut made = Self::complete(seed, bars);
        let mut draws = random::stream(seed, "gaps", 0);
        for asset in 0..ASSETS {
            // The first asset is there from the beginning, so that there is something to decide.
            let first = if asset == 0 || draws.random_bool(0.3) {
                0
            } else {
                draws.random_range(0..bars / 2)
            };
            for bar in 0..first {
                made.close[[bar, asset]] = f64::NAN;
            }
            for _ in 0..draws.random_range(0..5) {
                let start = draws.random_range(first + 1..bars);
                let length = draws.random_range(1..8);
                for bar in start..(start + length).min(bars) {
                    made.close[[bar, asset]] = f64::NAN;
                }
            }
            if draws.random_bool(0.3) {
                let end = draws.random_range(first + 1..bars);
                made.mark_end(end, asset);
            }
        }
        made
    }

    /// Marks an end where the asset is there at the bar before.
    fn mark_end(&mut self, bar: usize, asset: usize) {
        self.ends.push((bar, asset));
        if self.try_table().is_err() {
            self.ends.pop();
        }
    }

    fn try_table(&self) -> ppo_risk::Result<PriceTable> {
        let day = |bar: usize| Time::from_nanoseconds((bar as i64) * 86_400_000_000_000);
        let times: Vec<Time> = (0..self.close.nrows()).map(day).collect();
        let names = (0..ASSETS).map(|asset| format!("asset {asset}")).collect();
        PriceTable::with_gaps(times, names, self.close.clone(), &self.ends, self.rules)?
            .with_asset_columns(vec!["signal".to_string()], self.signals.clone())
            .map(|table| table.with_bars_per_year(ppo_risk::market::BarsPerYear::DAILY))
    }

    pub(crate) fn table(&self) -> PriceTable {
        self.try_table().expect("the prices are sound")
    }

    /// What is known up to `bar`, and from then on the prices, gaps and ends of another.
    fn changed_after(&self, bar: usize, other: &Self) -> Self {
        let mut changed = self.clone();
        for ((at, asset), price) in changed.close.indexed_iter_mut() {
            if at > bar {
                *price = other.close[[at, asset]];
            }
        }
        for ((at, asset, column), value) in changed.signals.indexed_iter_mut() {
            if at > bar {
                *value = other.signals[[at, asset, column]];
            }
        }
        changed.ends.retain(|(at, _)| *at <= bar);
        for (at, asset) in other.ends.iter().filter(|(at, _)| *at > bar) {
            changed.mark_end(*at, *asset);
        }
        changed
    }
}

pub(crate) fn priors() -> [Prior; 5] {
    [
        Prior::None,
        Prior::EqualWeight,
        Prior::InverseVolatility {
            lookback: Some(LOOK_BACK),
        },
        Prior::VolTarget {
            target: 0.15,
            half_life: 5.0,
            lookback: Some(LOOK_BACK),
        },
        Prior::Hold,
    ]
}

pub(crate) fn spec_parts(prior: Prior, distribution: Distribution, short: bool) -> (StateSpec, ActionSpec) {
    let state = StateSpec {
        window: WINDOW,
        account: true,
        listed: true,
        asset_columns: vec!["signal".to_string()],
        return_horizons: vec![3, 10],
        volatility_windows: vec![5],
        history: 4,
        time: true,
        correlation: Some(Correlation::Assets { half_life: 1.0 }),
        regime: Some(RegimeBlock {
            model: serde_json::from_value(serde_json::json!({
                "initial": [0.5, 0.5],
                "transition": [[0.95, 0.05], [0.1, 0.9]],
                "means": [[0.001], [-0.001]],
                "covariances": [[[1e-4]], [[6e-4]]],
            }))
            .expect("a model"),
            window: 9,
        }),
        bars_per_year: Some(ppo_risk::market::BarsPerYear::DAILY),
        ..StateSpec::base(ASSETS)
    };
    let action = ActionSpec {
        prior,
        distribution,
        short,
        max_gross: if short { 1.5 } else { 1.0 },
        ..ActionSpec::default()
    };
    (state, action)
}

/// A scorer whose parameters are uniform within plus or minus `size`: 0 is the prior itself.
pub(crate) fn policy(prior: Prior, distribution: Distribution, short: bool, size: f32) -> Policy {
    let (state, action) = spec_parts(prior, distribution, short);
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|asset| format!("asset {asset}")).collect(),
        state,
        action,
        network: NetworkSpec::Scorer { hidden: vec![8, 8] },
    };
    let mut draws = random::stream(42, "parameters", 0);
    let mut values = Vec::new();
    for parameter in layout(&spec) {
        let is_spread = parameter.name.starts_with("log_");
        let value = |draws: &mut random::Stream| {
            if is_spread || size == 0.0 {
                0.0
            } else {
                draws.random_range(-size..size)
            }
        };
        values.extend((0..parameter.len()).map(|_| value(&mut draws)));
    }
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, values, serde_json::Map::new()).expect("the policy is sound")
}

/// One decision, what it was taken on, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) bar: usize,
    pub(crate) state: Vec<f32>,
    pub(crate) prior: Vec<f64>,
    /// Weights before the trade, cash last.
    pub(crate) held: Vec<f64>,
    /// What the policy asks for.
    pub(crate) weights: Vec<f64>,
    /// What was traded to.
    pub(crate) traded: Vec<f64>,
    pub(crate) cost: f64,
    pub(crate) net_return: f64,
}

/// Every decision of a policy's deterministic run over a table.
pub(crate) fn decisions(policy: &Policy, table: &PriceTable, cost_rate: f64) -> Vec<Seen> {
    let spec = policy.spec();
    let market = Arc::new(
        TableMarket::new(Arc::new(table.clone()), 0..=table.bars() - 1, LOOK_BACK, 0.01).expect("a market"),
    );
    let config = EnvConfig {
        costs: Costs {
            cost_rate,
            ..Costs::default()
        },
        episode_len: table.bars(),
        ..EnvConfig::default()
    };
    let warm_up = spec
        .state_builder(table.bars_per_year())
        .expect("a builder")
        .warm_up_bars();
    let mut environment =
        TradingEnvironment::new(&config, &spec.state, &spec.action, market, 1, 0).expect("an environment");
    let mut workspace = Workspace::new(spec);
    let mut seen = Vec::new();
    let mut prior = vec![0.0; spec.action_len()];
    let mut weights = vec![0.0; spec.action_len()];
    for bar in warm_up.. {
        environment.prior_weights(&mut prior).expect("prior weights");
        let given = (spec.action.prior != Prior::None).then_some(&prior[..]);
        policy
            .weights(environment.state(), given, &mut workspace, &mut weights)
            .expect("weights");
        let account = environment.account();
        let held = account
            .weights()
            .iter()
            .copied()
            .chain([account.cash()])
            .collect();
        let state = environment.state().to_vec();
        let step = environment.step_weights(&weights).expect("a step");
        seen.push(Seen {
            bar,
            state,
            prior: prior.clone(),
            held,
            weights: weights.clone(),
            traded: environment.target().to_vec(),
            cost: step.cost,
            net_return: step.net_return,
        });
        if step.truncated || step.terminated {
            break;
        }
    }
    seen
}

/// How much of what is decided depends on what comes later.
#[derive(Debug, Default)]
pub(crate) struct Leaks {
    /// Decisions compared, at closes up to that at which two tables part.
    pub(crate) compared: usize,
    /// Those that differ in a bit.
    pub(crate) leaked: usize,
    /// Whether a later decision differs.
    pub(crate) differs_later: bool,
}

/// Two random tables that agree up to a random bar, and every kind of policy and baseline on them.
pub(crate) fn leaks(seed: u64) -> Leaks {
    let mut draws = random::stream(seed, "part", 0);
    let bar = draws.random_range(LOOK_BACK + 5..BARS - 10);
    let original = Ragged::random(seed);
    let other = Ragged::random(seed + 1_000_000);
    let changed = original.changed_after(
        bar,
        &Ragged {
            rules: original.rules,
            ..other
        },
    );
    let (table, changed) = (original.table(), changed.table());
    let mut found = Leaks::default();
    let cases = priors().into_iter().flat_map(|prior| {
        [(Distribution::Gaussian, false), (Distribution::Dirichlet, true)]
            .map(|(kind, short)| (prior, kind, short))
    });
    for (prior, distribution, short) in cases {
        let policy = policy(prior, distribution, short, 0.7);
        let (before, after) = (
            decisions(&policy, &table, 0.01),
            decisions(&policy, &changed, 0.01),
        );
        for (one, two) in before.iter().zip(&after) {
            let same = (&one.state, &one.prior, &one.held, &one.weights)
                == (&two.state, &two.prior, &two.held, &two.weights);
            if one.bar <= bar {
                found.compared += 1;
                found.leaked += usize::from(!same);
            } else {
                found.differs_later |= !same;
            }
        }
    }
    for baseline in Baseline::ALL {
        let run = |table: &PriceTable| {
            let market = TableMarket::new(Arc::new(table.clone()), 0..=BARS - 1, 30, 0.0).expect("a market");
            run_one(baseline, &market, &EnvConfig::at_costs(Costs::at_rate(0.001)), 20)
                .expect("a track")
                .weights
        };
        let (one, two) = (run(&table), run(&changed));
        for close in 30..=bar {
            found.compared += 1;
            found.leaked += usize::from(one.row(close - 30) != two.row(close - 30));
        }
    }
    found
}
