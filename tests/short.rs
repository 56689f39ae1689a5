//! Policies that may be short or levered: their weights, the environment, the back-test and a live portfolio agree.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "the same computation gives the same bits")]

use chrono::{Days, NaiveDate};
use ndarray::Array2;
use ppo_risk::backtest::{ManagedTrack, run_policy, untrained};
use ppo_risk::env::{Costs, EnvConfig, TradingEnvironment};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarColumns, BarsPerYear};
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::policy::layout::layout;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace, action};
use ppo_risk::portfolio::last_bar::{Holdings, decide_at_last_bar};
use ppo_risk::portfolio::{Portfolio, PortfolioConfig, report_risk, run_managed};
use ppo_risk::risk::manager::RiskConfig;
use ppo_risk::risk::reason::ReasonCode;
use rand::RngExt;
use rand_distr::StandardNormal;
use std::sync::Arc;

const BARS: usize = 200;
const FIRST: usize = 60;
const ASSETS: usize = 3;

/// Costs of every kind.
fn env() -> EnvConfig {
    EnvConfig {
        costs: Costs {
            cost_rate: 0.002,
            borrow_rate: 0.05,
            margin_rate: 0.03,
            maintenance: 0.25,
            ..Costs::default()
        },
        ..EnvConfig::default()
    }
}

fn action(prior: Prior, distribution: Distribution) -> ActionSpec {
    ActionSpec {
        prior,
        distribution,
        short: true,
        max_gross: 2.5,
        weight_cap: 1.2,
        ..ActionSpec::default()
    }
}

/// A policy with random parameters, which trades a lot.
fn policy(action: ActionSpec, network: NetworkSpec, size: f32) -> Policy {
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("asset {i}")).collect(),
        state: StateSpec {
            window: 5,
            account: true,
            bars_per_year: Some(BarsPerYear::DAILY),
            ..StateSpec::base(ASSETS)
        },
        action,
        network,
    };
    let mut draws = stream(7, "parameters", 0);
    let count: usize = layout(&spec).iter().map(|parameter| parameter.len()).sum();
    let parameters = (0..count)
        .map(|_| size * draws.random_range(-1.0_f32..1.0))
        .collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

fn mlp() -> NetworkSpec {
    NetworkSpec::Mlp {
        hidden: vec![16],
        activation: Activation::Tanh,
        shared_trunk: false,
    }
}

fn market() -> Arc<TableMarket> {
    let mut draws = stream(3, "prices", 0);
    let mut logs = [4.0_f64; ASSETS];
    let mut closes = Array2::zeros((BARS, ASSETS));
    for mut row in closes.rows_mut() {
        for (log, close) in logs.iter_mut().zip(&mut row) {
            *log += 0.02 * draws.sample::<f64, _>(StandardNormal);
            *close = log.exp();
        }
    }
    let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let dates = (0..BARS as u64).map(|bar| start + Days::new(bar)).collect();
    let names = (0..ASSETS).map(|i| format!("asset {i}")).collect();
    let table = PriceTable::new(dates, names, closes)
        .unwrap()
        .with_bars_per_year(BarsPerYear::DAILY);
    Arc::new(TableMarket::new(Arc::new(table), FIRST..=BARS - 1, 30, 0.02).unwrap())
}

fn gross(weights: &[f64]) -> f64 {
    weights[..ASSETS].iter().map(|weight| weight.abs()).sum()
}

/// Net weights of shares by the definition: G·(p - q), cash the rest.
#[test]
fn weights_are_those_of_the_shares() {
    let mut draws = stream(1, "shares", 0);
    let spec = ActionSpec {
        weight_cap: 5.0,
        ..action(Prior::None, Distribution::Dirichlet)
    };
    for _ in 0..200 {
        let shares: Vec<f32> = (0..2 * ASSETS + 1)
            .map(|_| draws.random_range(0.01..1.0))
            .collect();
        let sum: f64 = shares.iter().map(|share| f64::from(*share)).sum();
        let mut weights = vec![0.0; shares.len()];
        action::target_weights(&spec, ASSETS, &[], &[0.0; 7], &shares, &mut weights);
        for i in 0..ASSETS {
            let expected = 2.5 * f64::from(shares[i] - shares[ASSETS + i]) / sum;
            assert!((weights[i] - expected).abs() < 1e-6, "{weights:?}");
        }
        assert!((weights[..=ASSETS].iter().sum::<f64>() - 1.0).abs() < 1e-14);
        assert!(gross(&weights) <= 2.5);
    }
}

/// Also where the prior is short, and one beyond the largest gross exposure is scaled back to it.
#[test]
fn what_has_learnt_nothing_is_the_prior() {
    let policy = policy(action(Prior::Supplied, Distribution::Gaussian), mlp(), 0.0);
    let mut workspace = Workspace::new(policy.spec());
    let state = vec![0.1; policy.spec().state.len()];
    let mut weights = [0.0; ASSETS + 1];
    for prior in [
        [0.5, -0.75, 0.25, 1.0],
        [0.0, 0.0, 0.0, 1.0],
        [-1.0, -1.0, 0.5, 2.5],
    ] {
        policy
            .weights(&state, Some(&prior), &mut workspace, &mut weights)
            .unwrap();
        assert_eq!(weights, prior);
    }
    policy
        .weights(
            &state,
            Some(&[1.0, -1.0, 2.0, -1.0]),
            &mut workspace,
            &mut weights,
        )
        .unwrap();
    let expected = [0.625, -0.625, 1.2, 1.0 - 1.2];
    for (found, expected) in weights.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-15, "{weights:?}");
    }
}

/// What training samples and learns is around the same weights as what is decided: a small score moves them little.
#[test]
fn there_is_no_step_where_learning_begins() {
    let spec = action(Prior::Supplied, Distribution::Gaussian);
    let prior = [0.5, -0.75, 0.25, 1.0];
    let mut log_prior = [0.0; 7];
    action::log_prior(&spec, &prior, &[], &mut log_prior);
    let mut weights = [0.0; 7];
    action::deterministic_weights(&spec, ASSETS, &[], &log_prior, &[1e-6; 7], &mut weights);
    for (found, expected) in weights.iter().zip(prior) {
        assert!((found - expected).abs() < 1e-5, "{weights:?}");
    }
    // An asset that is held long becomes a short one, and the other way round.
    let scores = [-3.0, 3.0, 0.0, 3.0, -3.0, 0.0, 0.0];
    action::deterministic_weights(&spec, ASSETS, &[], &log_prior, &scores, &mut weights);
    assert!(weights[0] < -0.2 && weights[1] > 0.2, "{weights:?}");
}

#[test]
fn what_cannot_be_held_is_refused() {
    let spec = action(Prior::None, Distribution::Gaussian);
    let message = |spec: &ActionSpec, weights: &[f64]| {
        let mut out = [0.0; ASSETS + 1];
        action::accept_weights(spec, ASSETS, &[], weights, &mut out)
            .unwrap_err()
            .to_string()
    };
    assert!(message(&spec, &[2.0, -1.0, 0.0, 0.0]).contains("at most 2.5"));
    assert!(message(&spec, &[1.0, 1.0, 0.0, 0.0]).contains("sum to 1"));
    let long = ActionSpec {
        short: false,
        ..spec.clone()
    };
    assert!(message(&long, &[1.2, -0.2, 0.0, 0.0]).contains("at least 0"));
    for (spec, name) in [
        (
            ActionSpec {
                cash: false,
                ..spec.clone()
            },
            "action.cash",
        ),
        (
            ActionSpec {
                weight_floor: 0.1,
                ..spec.clone()
            },
            "action.weight_floor",
        ),
        (
            ActionSpec {
                max_gross: 6.0,
                ..spec.clone()
            },
            "max_gross",
        ),
    ] {
        let error = spec.validate(ASSETS).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    // A gross exposure that a margin call would end at once.
    for (maintenance, cost_rate) in [(0.41, 0.001), (0.25, 0.25)] {
        let env = EnvConfig {
            costs: Costs {
                maintenance,
                cost_rate,
                ..env().costs
            },
            ..env()
        };
        let state = StateSpec {
            window: 5,
            ..StateSpec::base(ASSETS)
        };
        let made = TradingEnvironment::new(&env, &state, &spec, market(), 1, 0);
        let error = made.err().unwrap().to_string();
        assert!(error.contains("env.maintenance"), "{error}");
    }
}

/// The environment's back-test against the book-keeping of money, bar by bar: units, proceeds, fees, calls.
#[test]
fn a_back_test_is_the_arithmetic_of_its_money() {
    let market = market();
    let (mut calls, mut borrowed) = (0, 0);
    for (prior, network) in [
        (Prior::None, mlp()),
        (Prior::EqualWeight, NetworkSpec::Scorer { hidden: vec![8] }),
        (Prior::Hold, mlp()),
    ] {
        let policy = policy(action(prior, Distribution::Gaussian), network, 4.0);
        let env = EnvConfig {
            costs: Costs {
                maintenance: 0.4,
                ..env().costs
            },
            ..env()
        };
        let track = run_policy("policy", &policy, Arc::clone(&market), &env).unwrap();
        assert!(track.weights.iter().any(|weight| *weight < -0.1));
        borrowed += track
            .weights
            .column(ASSETS)
            .iter()
            .filter(|cash| **cash < 0.0)
            .count();
        let per_bar = |rate: f64| (1.0_f64 + rate).powf(1.0 / 252.0) - 1.0;
        let (mut units, mut cash) = ([0.0; ASSETS], 1.0);
        for bar in 0..track.len() {
            let close = FIRST + bar;
            let prices = market.table().close().row(close).to_vec();
            let value = cash + units.iter().zip(&prices).map(|(u, p)| u * p).sum::<f64>();
            let after = value * (1.0 - trade_cost(&track, bar, &market, &units, cash, env.costs.cost_rate));
            let mut short = 0.0;
            for i in 0..ASSETS {
                units[i] = track.weights[[bar, i]] * after / prices[i];
                short += (-units[i] * prices[i]).max(0.0);
            }
            cash = track.weights[[bar, ASSETS]] * after;
            let fees = per_bar(0.05) * short + per_bar(0.03) * (-cash).max(0.0);
            cash = cash * (1.0 + market.cash_return(close + 1)) - fees;
            let prices = market.table().close().row(close + 1).to_vec();
            let positions: Vec<f64> = units.iter().zip(&prices).map(|(u, p)| u * p).collect();
            let exposure: f64 = positions.iter().map(|money| money.abs()).sum();
            let mut worth = cash + positions.iter().sum::<f64>();
            if worth < 0.4 * exposure * (1.0 - 1e-12) {
                calls += 1;
                // (worth - c·x)/(exposure - x) = 0.4
                let sold = (worth - 0.4 * exposure) / (env.costs.cost_rate - 0.4);
                let kept = 1.0 - sold / exposure;
                cash += positions.iter().map(|money| money * (1.0 - kept)).sum::<f64>()
                    - env.costs.cost_rate * sold;
                units.iter_mut().for_each(|units| *units *= kept);
                worth -= env.costs.cost_rate * sold;
            }
            let earned = worth / value - 1.0;
            assert!(
                (earned - track.returns[bar]).abs() < 1e-12,
                "bar {bar}: {earned} {}",
                track.returns[bar]
            );
        }
    }
    assert!(calls > 0 && borrowed > 0);
}

/// Cost of the trade of a bar as a part of the value, by bisection on what is left.
fn trade_cost(
    track: &ppo_risk::backtest::Track,
    bar: usize,
    market: &TableMarket,
    units: &[f64],
    cash: f64,
    cost_rate: f64,
) -> f64 {
    if track.turnover[bar] == 0.0 {
        return 0.0;
    }
    let prices = market.table().close().row(FIRST + bar).to_vec();
    let positions: Vec<f64> = units.iter().zip(&prices).map(|(u, p)| u * p).collect();
    let value = cash + positions.iter().sum::<f64>();
    let excess = |left: f64| {
        let traded = |i: usize| (left * track.weights[[bar, i]] - positions[i] / value).abs();
        left + cost_rate * (0..ASSETS).map(traded).sum::<f64>() - 1.0
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if excess(middle) > 0.0 {
            high = middle
        } else {
            low = middle
        }
    }
    1.0 - low
}

/// A live portfolio and a book without limits follow the back-test.
#[test]
fn live_it_is_the_back_test() {
    let market = market();
    let policy = policy(action(Prior::EqualWeight, Distribution::Gaussian), mlp(), 2.0);
    let track = run_policy("policy", &policy, Arc::clone(&market), &env()).unwrap();
    let config = PortfolioConfig {
        costs: Costs {
            cost_rate: 0.002,
            borrow_rate: 0.05,
            margin_rate: 0.03,
            ..Costs::default()
        },
        ..PortfolioConfig::default()
    };
    let mut live = Portfolio::new(policy.clone(), config.clone()).unwrap();
    let mut value = f64::NAN;
    for close in 0..BARS - 1 {
        let closes = market.table().close().row(close).to_vec();
        live.push_prices(&closes, market.cash_return(close), BarColumns::default())
            .unwrap();
        if close < FIRST {
            continue;
        }
        let bar = close - FIRST;
        if bar > 0 {
            let earned = live.account().value() / value - 1.0;
            assert!((earned - track.returns[bar - 1]).abs() < 1e-13);
        }
        value = live.account().value();
        // Through a restart.
        let state = serde_json::to_string(&live.state()).unwrap();
        let mut again = Portfolio::new(policy.clone(), config.clone()).unwrap();
        again.restore(serde_json::from_str(&state).unwrap()).unwrap();
        live = again;
        let weights = live.rebalance().unwrap().to_vec();
        for (found, expected) in weights.iter().zip(track.weights.row(bar)) {
            assert!((found - expected).abs() < 1e-12);
        }
    }
    let nothing = RiskConfig {
        leverage: None,
        hedge: None,
        positions: None,
        ..report_risk(policy.spec())
    };
    let managed = run_managed("managed", &policy, &market, &env(), &nothing).unwrap();
    for (found, expected) in managed.track.returns.iter().zip(&track.returns) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}

/// A book says at which closes positions were scaled back, and by how much the bar had left too little.
#[test]
fn a_book_says_where_its_positions_were_scaled_back() {
    let market = market();
    let costs = Costs {
        maintenance: 0.4,
        ..env().costs
    };
    let calls: usize = [
        (Prior::None, mlp()),
        (Prior::EqualWeight, NetworkSpec::Scorer { hidden: vec![8] }),
        (Prior::Hold, mlp()),
    ]
    .into_iter()
    .map(|(prior, network)| {
        let policy = policy(action(prior, Distribution::Gaussian), network, 4.0);
        let nothing = RiskConfig {
            leverage: None,
            hedge: None,
            positions: None,
            ..report_risk(policy.spec())
        };
        let managed =
            run_managed("managed", &policy, &market, &EnvConfig::at_costs(costs), &nothing).unwrap();
        calls_of(&managed, &market)
    })
    .sum();
    assert!(calls > 3, "{calls}");
}

/// The margin calls that a book spoke of, each where the arithmetic says so.
fn calls_of(managed: &ManagedTrack, market: &TableMarket) -> usize {
    let per_bar = |rate: f64| (1.0_f64 + rate).powf(1.0 / 252.0) - 1.0;
    let mut calls = 0;
    for bar in 1..managed.track.len() {
        let held = managed.track.weights.row(bar - 1);
        let (mut growth, mut gross, mut short) = (1.0, 0.0, 0.0);
        for i in 0..ASSETS {
            let earned = market.returns(FIRST + bar)[i];
            growth += held[i] * earned;
            gross += (held[i] * (1.0 + earned)).abs();
            short += (-held[i]).max(0.0);
        }
        growth += held[ASSETS] * market.cash_return(FIRST + bar);
        growth -= per_bar(0.05) * short + per_bar(0.03) * (-held[ASSETS]).max(0.0);
        let mut said = managed.reasons[bar]
            .iter()
            .filter(|reason| reason.code == ReasonCode::MarginCall);
        match said.next() {
            Some(reason) => {
                calls += 1;
                assert!((reason.found - growth / gross).abs() < 1e-12, "bar {bar}");
                assert_eq!(reason.allowed, 0.4);
                assert!(reason.found < 0.4 && said.next().is_none());
            }
            None => assert!(
                growth / gross > 0.4 * (1.0 - 1e-9),
                "bar {bar}: {}",
                growth / gross
            ),
        }
    }
    calls
}

#[test]
fn a_sampled_action_has_a_share_for_each_side() {
    for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
        let policy = policy(
            action(Prior::EqualWeight, distribution),
            NetworkSpec::Scorer { hidden: vec![8] },
            1.0,
        );
        let mut workspace = Workspace::new(policy.spec());
        let mut draws: Stream = stream(2, "actions", 0);
        let state = vec![0.1; policy.spec().state.len()];
        let prior = [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.0];
        let mut sampled = vec![0.0; policy.spec().score_len()];
        assert_eq!(sampled.len(), 2 * ASSETS + 1);
        let density = policy
            .sample(&state, Some(&prior), &mut draws, &mut workspace, &mut sampled)
            .unwrap();
        assert_eq!(
            density,
            policy
                .log_prob(&state, Some(&prior), &sampled, &mut workspace)
                .unwrap()
        );
        let mut short = vec![0.0; ASSETS + 1];
        let error = policy.sample(&state, Some(&prior), &mut draws, &mut workspace, &mut [0.0; 4]);
        assert!(error.unwrap_err().to_string().contains('7'));
        policy
            .weights(&state, Some(&prior), &mut workspace, &mut short)
            .unwrap();
        let mut both = vec![0.0; 2 * (ASSETS + 1)];
        let mut room = Workspace::for_batches(policy.spec(), 2, 1);
        let states = [&state[..], &state[..]].concat();
        let priors = [prior, prior].concat();
        policy
            .weights_batch(&states, Some(&priors), None, &mut room, &mut both)
            .unwrap();
        assert_eq!(both, [&short[..], &short[..]].concat());
    }
}

#[test]
fn holdings_that_are_short_are_decided_on() {
    let market = market();
    let policy = policy(action(Prior::Hold, Distribution::Gaussian), mlp(), 0.0);
    let nothing = RiskConfig {
        leverage: None,
        hedge: None,
        positions: None,
        ..report_risk(policy.spec())
    };
    let holdings = Holdings {
        units: vec![100.0, -50.0, 0.0],
        cash: 5000.0,
    };
    let found = decide_at_last_bar(&policy, &market, &holdings, &nothing, &env().costs, 1.0).unwrap();
    for (row, units) in found.assets.iter().zip(&holdings.units) {
        assert!((row.units - units).abs() <= 1.0, "{row:?}");
    }
    assert!(found.assets[1].weight < 0.0);
    let broke = Holdings {
        units: vec![0.0, -50.0, 0.0],
        cash: 100.0,
    };
    let error = decide_at_last_bar(&policy, &market, &broke, &nothing, &env().costs, 1.0).unwrap_err();
    assert!(error.to_string().contains("holdings"), "{error}");
}

#[test]
fn the_untrained_policy_holds_what_is_held() {
    let market = market();
    let policy = policy(action(Prior::Hold, Distribution::Gaussian), mlp(), 2.0);
    let prior = untrained(&policy).unwrap().unwrap();
    let track = run_policy("prior", &prior, market, &env()).unwrap();
    assert!(track.turnover.iter().all(|turnover| *turnover == 0.0));
}
