//! A live portfolio whose attention embeds each bar once decides, to the bit, as one that embeds all bars anew: as a portfolio
//! that was just restored, and as the policy on the state vector alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ppo_risk::market::BarColumns;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::layout::{Parameter, layout};
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::portfolio::{Book, Portfolio, PortfolioConfig};
use ppo_risk::risk::limits::LimitsConfig;
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager};
use rand::RngExt;
use std::sync::Arc;

const CASES: u64 = 60;
const BARS: usize = 120;

fn spec(random: &mut Stream) -> PolicySpec {
    let assets = random.random_range(1..=6);
    let listed = random.random();
    let cash = listed || assets == 1 || random.random();
    let short = cash && random.random();
    let (embedding, heads) = [(3, 1), (6, 3), (16, 2), (20, 4)][random.random_range(0..4)];
    let names = |count: usize| (0..count).map(|i| i.to_string()).collect();
    PolicySpec {
        assets: (0..assets).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            window: 3,
            history: random.random_range(2..=40),
            columns: names(random.random_range(0..3)),
            asset_columns: names(random.random_range(0..3)),
            listed,
            ..StateSpec::base(assets)
        },
        action: ActionSpec {
            cash,
            short,
            max_gross: if short { 1.5 } else { 1.0 },
            prior: Prior::None,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Attention {
            hidden: vec![5],
            embedding,
            heads,
        },
    }
}

fn policy(spec: &PolicySpec, random: &mut Stream) -> Arc<Policy> {
    let count = layout(spec).iter().map(Parameter::len).sum();
    let parameters = (0..count).map(|_| random.random_range(-0.9..0.9_f32)).collect();
    let mut normalizer = ObservationNormalizer::new(spec);
    let states: Vec<f32> = (0..6 * spec.state.len())
        .map(|_| random.random_range(-0.1..0.1))
        .collect();
    normalizer.update(&states).unwrap();
    let policy = Policy::new(spec.clone(), normalizer, parameters, serde_json::Map::new());
    Arc::new(policy.unwrap())
}

/// Prices that at times do not move; where assets may be missing, they come later and have gaps. With what a host shows.
struct Market {
    prices: Vec<f64>,
    closes: Vec<f64>,
    first: Vec<usize>,
    columns: Vec<f64>,
    asset_columns: Vec<f64>,
    bar: usize,
}

impl Market {
    fn new(spec: &PolicySpec, random: &mut Stream) -> Self {
        let assets = spec.state.assets;
        let latest = if spec.state.listed { 90 } else { 1 };
        let first = (0..assets).map(|_| random.random_range(0..latest));
        Self {
            prices: vec![100.0; assets],
            closes: vec![100.0; assets],
            // The first is there from the start.
            first: first
                .enumerate()
                .map(|(i, bar)| if i == 0 { 0 } else { bar })
                .collect(),
            columns: vec![0.0; spec.state.columns.len()],
            asset_columns: vec![0.0; assets * spec.state.asset_columns.len()],
            bar: 0,
        }
    }

    fn next(&mut self, listed: bool, random: &mut Stream) {
        let size = [0.0, 0.01, 0.02][random.random_range(0..3)];
        for (i, price) in self.prices.iter_mut().enumerate() {
            *price *= 1.0 + size * random.random_range(-1.0..1.0);
            let is_gap = listed && i > 0 && random.random_range(0..30) == 0;
            let is_there = self.bar >= self.first[i] && !is_gap;
            self.closes[i] = if is_there { *price } else { f64::NAN };
        }
        for shown in self.columns.iter_mut().chain(&mut self.asset_columns) {
            *shown = [0.0, -0.0, random.random_range(-2.0..2.0)][random.random_range(0..3)];
        }
        self.bar += 1;
    }

    fn shown(&self) -> BarColumns<'_> {
        BarColumns {
            columns: &self.columns,
            asset_columns: &self.asset_columns,
            ..BarColumns::default()
        }
    }
}

fn bits(weights: &[f64]) -> Vec<u64> {
    weights.iter().map(|weight| weight.to_bits()).collect()
}

/// One that was restored from the saved state, as text.
fn restored(policy: &Arc<Policy>, live: &Portfolio) -> Portfolio {
    let text = serde_json::to_string(&live.state()).unwrap();
    let mut restored = Portfolio::new(Arc::clone(policy), PortfolioConfig::default()).unwrap();
    restored.restore(serde_json::from_str(&text).unwrap()).unwrap();
    restored
}

#[test]
fn a_portfolio_that_embeds_each_bar_once_decides_as_one_that_embeds_all() {
    let mut decisions = 0;
    for case in 0..CASES {
        let mut random = stream(case, "attention live", 0);
        let spec = spec(&mut random);
        let policies = [policy(&spec, &mut random), policy(&spec, &mut random)];
        let mut current = 0;
        let mut market = Market::new(&spec, &mut random);
        let mut live = Portfolio::new(Arc::clone(&policies[0]), PortfolioConfig::default()).unwrap();
        let mut alone = Workspace::new(&spec);
        let mut following = Workspace::following(&spec);
        let mut weights = vec![0.0; spec.action_len()];
        for bar in 0..BARS {
            market.next(spec.state.listed, &mut random);
            if random.random_range(0..6) == 0 {
                let mut closes = market.closes.clone();
                closes[0] = f64::INFINITY;
                live.push_prices(&closes, 0.0, market.shown()).unwrap_err();
            }
            live.push_prices(&market.closes, 1e-4, market.shown()).unwrap();
            // Runs of decisions bar by bar, and pauses.
            if !live.ready() || bar / 10 % 3 == 2 && random.random_range(0..3) > 0 {
                continue;
            }
            if random.random_range(0..12) == 0 {
                current = 1 - current;
                live.set_policy(Arc::clone(&policies[current])).unwrap();
            }
            let mut anew = restored(&policies[current], &live);
            let expected = bits(anew.rebalance().unwrap());
            for _ in 0..random.random_range(1..3) {
                assert_eq!(
                    bits(live.rebalance().unwrap()),
                    expected,
                    "case {case}, bar {bar}"
                );
            }
            let (state, _) = live.seen();
            let policy = &policies[current];
            policy.weights(state, None, &mut alone, &mut weights).unwrap();
            let of_state = bits(&weights);
            policy.weights(state, None, &mut following, &mut weights).unwrap();
            assert_eq!(bits(&weights), of_state, "case {case}, bar {bar}");
            decisions += 1;
            if random.random_range(0..20) == 0 {
                live = anew;
            }
        }
    }
    assert!(decisions > 30 * CASES, "{decisions} decisions");
}

/// Highs below the closes are found when the policy has been asked already.
#[test]
fn a_bar_that_is_taken_back_leaves_nothing_in_what_was_embedded() {
    let config = || RiskConfig {
        limits: LimitsConfig {
            min_cash: Some(0.0),
            ..LimitsConfig::default()
        },
        fewest_volatility_bars: 2,
        ..RiskConfig::default()
    };
    let mut refused = 0;
    for case in 0..CASES / 3 {
        let mut random = stream(case, "attention live", 1);
        let mut spec = spec(&mut random);
        (spec.state.listed, spec.action.cash) = (true, true);
        (spec.action.short, spec.action.max_gross) = (false, 1.0);
        let policy = policy(&spec, &mut random);
        let mut market = Market::new(&spec, &mut random);
        let portfolio = || Portfolio::new(Arc::clone(&policy), PortfolioConfig::default()).unwrap();
        let risk = RiskManager::new(config(), spec.assets.len()).unwrap();
        let mut live = Book::new(portfolio(), risk).unwrap();
        for bar in 0..BARS {
            market.next(true, &mut random);
            let shown = Bar {
                shown: market.shown(),
                ..Bar::closes(&market.closes)
            };
            if !live.ready() {
                live.observe(&shown).unwrap();
                continue;
            }
            let saved = serde_json::to_string(&live.state()).unwrap();
            if random.random_range(0..4) == 0 {
                let other: Vec<f64> = market.closes.iter().map(|close| 1.5 * close).collect();
                let lower: Vec<f64> = market.closes.clone();
                let wrong = Bar {
                    highs_lows: Some((&lower, &lower)),
                    ..Bar {
                        closes: &other,
                        ..shown
                    }
                };
                let error = live.decide(&wrong).unwrap_err().to_string();
                assert!(error.contains("bar.highs"), "{error}");
                assert_eq!(saved, serde_json::to_string(&live.state()).unwrap());
                refused += 1;
            }
            let state = serde_json::from_str(&saved).unwrap();
            let mut anew = Book::restore(portfolio(), config(), state).unwrap();
            anew.decide(&shown).unwrap();
            live.decide(&shown).unwrap();
            assert_eq!(bits(live.target()), bits(anew.target()), "case {case}, bar {bar}");
            assert_eq!(bits(live.traded()), bits(anew.traded()), "case {case}, bar {bar}");
        }
    }
    assert!(refused > 100, "{refused} bars");
}
