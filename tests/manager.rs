//! The live manager: the environment's numbers bar by bar, what was really traded, restarts, bad input.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use chrono::NaiveDate;
use ndarray::{Array2, s};
use ppo_risk::env::{Costs, EnvConfig, TradingEnvironment};
use ppo_risk::market::MarketBar;
use ppo_risk::market::correlation::Correlation;
use ppo_risk::market::prices::{PriceTable, cash_return};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::regime::RegimeBlock;
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarColumns, BarsPerYear};
use ppo_risk::math::random::stream;
use ppo_risk::math::statistics::ewma_volatility;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace, layout};
use ppo_risk::portfolio::{Portfolio, PortfolioConfig, PortfolioState};
use ppo_risk::risk::kelly::KellyConfig;
use ppo_risk::risk::leverage::LeverageConfig;
use rand::RngExt;
use std::sync::Arc;

#[path = "support/allocations.rs"]
mod allocations;

const ASSETS: usize = 4;
const BARS: usize = 150;
const CASH_RATE: f64 = 0.03;
const COST_RATE: f64 = 0.002;

fn actions() -> Vec<ActionSpec> {
    let vol_target = ActionSpec {
        prior: Prior::VolTarget {
            target: 0.15,
            half_life: 20.0,
            lookback: Some(60),
        },
        trade_band: 0.1,
        ..ActionSpec::default()
    };
    vec![
        ActionSpec::default(),
        ActionSpec {
            cash: false,
            weight_cap: 0.3,
            weight_floor: 0.05,
            prior: Prior::InverseVolatility { lookback: Some(40) },
            ..ActionSpec::default()
        },
        ActionSpec {
            distribution: Distribution::Dirichlet,
            weight_cap: 0.2,
            trade_band: 0.02,
            ..vol_target.clone()
        },
        ActionSpec {
            prior: Prior::Supplied,
            ..ActionSpec::default()
        },
        vol_target,
    ]
}

/// Two regimes of the market's return.
fn regime() -> RegimeBlock {
    let model = serde_json::json!({
        "initial": [0.5, 0.5],
        "transition": [[0.95, 0.05], [0.1, 0.9]],
        "means": [[0.001], [-0.001]],
        "covariances": [[[1e-4]], [[6e-4]]],
    });
    RegimeBlock {
        model: serde_json::from_value(model).unwrap(),
        window: 12,
    }
}

fn policy(action: ActionSpec) -> Policy {
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            account: true,
            columns: vec!["signal".to_string()],
            return_horizons: vec![3],
            volatility_windows: vec![10],
            history: 4,
            correlation: Some(Correlation::Assets { half_life: 2.0 }),
            regime: Some(regime()),
            ..StateSpec::base(ASSETS)
        },
        action,
        network: NetworkSpec::Scorer { hidden: vec![8, 8] },
    };
    let mut random = stream(5, "test", 1);
    let count = layout::layout(&spec).iter().map(layout::Parameter::len).sum();
    let parameters = (0..count).map(|_| random.random_range(-0.8..0.8_f32)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

fn table() -> PriceTable {
    let mut random = stream(17, "test", 0);
    let mut close = Array2::from_elem((BARS, ASSETS), 50.0);
    for t in 1..BARS {
        let size = if t / 30 % 2 == 0 { 0.02 } else { 0.05 };
        for i in 0..ASSETS {
            close[[t, i]] = close[[t - 1, i]] * (1.0 + size * random.random_range(-1.0..1.03));
        }
    }
    let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let signals = Array2::from_shape_fn((BARS, 1), |_| random.random_range(-1.0..1.0));
    let mut prior = Array2::from_shape_fn((BARS, ASSETS + 1), |_| random.random_range(0.0..1.0));
    for mut row in prior.rows_mut() {
        let sum: f64 = row.sum();
        row /= sum;
    }
    PriceTable::new(
        start.iter_days().take(BARS).collect(),
        (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        close,
    )
    .unwrap()
    .with_bars_per_year(BarsPerYear::DAILY)
    .with_columns(vec!["signal".to_string()], signals)
    .unwrap()
    .with_prior(prior)
    .unwrap()
}

fn config() -> PortfolioConfig {
    PortfolioConfig {
        costs: Costs {
            cost_rate: COST_RATE,
            ..Costs::default()
        },
        history: 40,
        ..PortfolioConfig::default()
    }
}

fn manager(action: ActionSpec) -> Portfolio {
    Portfolio::new(policy(action), config()).unwrap()
}

/// Pushes the closes of bar `t`.
fn push(manager: &mut Portfolio, table: &PriceTable, t: usize) -> bool {
    let row = |values: &Array2<f64>| values.row(t).to_vec();
    let prior = match manager.policy().spec().action.prior {
        Prior::Supplied => row(table.prior().unwrap()),
        _ => Vec::new(),
    };
    manager
        .push_prices(
            &row(table.close()),
            cash_return(CASH_RATE, BarsPerYear::DAILY),
            shown(&row(table.signals()), &prior),
        )
        .unwrap()
}

fn shown<'a>(columns: &'a [f64], prior: &'a [f64]) -> BarColumns<'a> {
    BarColumns {
        columns,
        prior,
        ..BarColumns::default()
    }
}

/// A manager that has seen the bars up to `t`.
fn fed(action: ActionSpec, t: usize) -> Portfolio {
    let mut manager = manager(action);
    for bar in 0..=t {
        push(&mut manager, &table(), bar);
    }
    manager
}

/// All that a manager holds, to compare.
fn contents(manager: &Portfolio) -> String {
    serde_json::to_string(&manager.state()).unwrap()
}

#[test]
fn states_priors_and_weights_are_the_environments_at_every_bar() {
    for action in actions() {
        let table = Arc::new(table());
        // Both with just the history that is needed, and with more.
        for (extra, seed) in [(0, 1), (13, 2)] {
            let mut manager = manager(action.clone());
            let warm_up = manager.warm_up_bars();
            let first = warm_up + extra;
            let market = TableMarket::new(table.clone(), first..=BARS - 1, warm_up, CASH_RATE).unwrap();
            let env = EnvConfig {
                costs: Costs {
                    cost_rate: COST_RATE,
                    ..Costs::default()
                },
                episode_len: BARS - 1 - first,
                ..EnvConfig::default()
            };
            let spec = manager.policy().spec().clone();
            let mut environment =
                TradingEnvironment::new(&env, &spec.state, &spec.action, Arc::new(market), seed, 0).unwrap();
            for t in 0..first {
                assert_eq!(push(&mut manager, &table, t), t > 0);
                assert_eq!(manager.ready(), t >= warm_up);
            }
            let mut trades = 0;
            for t in first..BARS {
                push(&mut manager, &table, t);
                let target = manager.rebalance().unwrap().to_vec();
                let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                let (state, prior) = manager.seen();
                let state_bits = |state: &[f32]| state.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert_eq!(
                    state_bits(state),
                    state_bits(environment.state()),
                    "{action:?}, bar {t}"
                );
                let mut expected = vec![0.0; spec.action_len()];
                environment.prior_weights(&mut expected).unwrap();
                assert_eq!(bits(prior), bits(&expected), "{action:?}, bar {t}");
                assert_eq!(
                    bits(manager.account().weights()),
                    bits(environment.account().weights())
                );
                assert_eq!(manager.account(), environment.account(), "{action:?}, bar {t}");
                if t + 1 == BARS {
                    break;
                }
                // The policy's own answer to what the environment shows.
                let (prior, mut weights) = (&expected[..], vec![0.0; target.len()]);
                let prior = (spec.action.prior != Prior::None).then_some(prior);
                let workspace = &mut Workspace::new(&spec);
                manager
                    .policy()
                    .weights(environment.state(), prior, workspace, &mut weights)
                    .unwrap();
                let step = environment.step_weights(&weights).unwrap();
                assert_eq!(bits(environment.target()), bits(&target), "{action:?}, bar {t}");
                trades += usize::from(step.turnover > 0.0);
                let sum: f64 = target.iter().sum();
                assert!((sum - 1.0).abs() < 1e-12 && target.iter().all(|weight| *weight >= 0.0));
                let cap = spec.action.weight_cap + 1e-12;
                assert!(target[..ASSETS].iter().all(|weight| *weight <= cap));
            }
            assert!(trades > 1, "{action:?}");
        }
    }
}

#[test]
fn feeding_and_deciding_allocate_nothing() {
    let table = table();
    for action in actions() {
        let mut manager = manager(action.clone());
        let supplied = action.prior == Prior::Supplied;
        let rows: Vec<_> = (0..BARS)
            .map(|t| {
                let row = |values: &Array2<f64>| values.row(t).to_vec();
                let prior = if supplied {
                    row(table.prior().unwrap())
                } else {
                    Vec::new()
                };
                (row(table.close()), row(table.signals()), prior)
            })
            .collect();
        let before = allocations::count();
        for (closes, columns, prior) in &rows {
            manager
                .push_prices(closes, 0.0001, shown(columns, prior))
                .unwrap();
            if manager.ready() {
                manager.rebalance().unwrap();
            }
        }
        assert_eq!(allocations::count(), before, "{action:?}");
        manager.leverage(None).unwrap();
        assert!(allocations::count() > before, "the counter counts");
    }
}

#[test]
fn recorded_trades_replace_the_assumed_ones() {
    let action = ActionSpec::default();
    let before = fed(action, 60);
    let next = |manager: &mut Portfolio| {
        push(manager, &table(), 61);
        manager.account().clone()
    };
    // The target at the configured cost: recorded as such, it changes nothing beyond rounding.
    let mut assumed = before.clone();
    let target = assumed.rebalance().unwrap().to_vec();
    let mut recorded = assumed.clone();
    let assumed = next(&mut assumed);
    let bought: f64 = target[..ASSETS].iter().sum();
    let cost = 1.0 - 1.0 / (1.0 + COST_RATE * bought);
    recorded.record_trade(&target, cost).unwrap();
    let recorded = next(&mut recorded);
    assert!((recorded.value() / assumed.value() - 1.0).abs() < 1e-14);
    // Half of each, at twice the cost: the closed form.
    let returns = table().simple_returns().slice(s![60, ..]).to_vec();
    let mut partial = before.clone();
    partial.rebalance().unwrap();
    partial.record_trade(&[0.2, 0.3, 0.0, 0.0, 0.5], 0.004).unwrap();
    let partial = next(&mut partial);
    let growth = 1.0 + 0.2 * returns[0] + 0.3 * returns[1] + 0.5 * cash_return(CASH_RATE, BarsPerYear::DAILY);
    let expected = before.account().value() * (1.0 - 0.004) * growth;
    assert!((partial.value() / expected - 1.0).abs() < 1e-14);
    assert!((partial.weights()[1] - 0.3 * (1.0 + returns[1]) / growth).abs() < 1e-15);
    // Nothing decided: nothing traded, and without a decision before, nothing followed.
    let mut idle = before.clone();
    assert_eq!(next(&mut idle), *before.account());
}

#[test]
fn positions_can_be_set() {
    let mut manager = fed(ActionSpec::default(), 60);
    manager.rebalance().unwrap();
    for t in 61..70 {
        push(&mut manager, &table(), t);
    }
    let drawdown = manager.account().view().drawdown;
    let volatility = manager.account().view().volatility;
    assert!(drawdown > 0.0, "the case is one");
    manager.set_position(&[0.1, 0.2, 0.3, 0.0, 0.4], 5_000.0).unwrap();
    let view = manager.account().view();
    assert_eq!((view.weights, view.cash), (&[0.1, 0.2, 0.3, 0.0][..], 0.4));
    assert_eq!(
        (manager.account().value(), view.volatility),
        (5_000.0, volatility)
    );
    assert!((view.drawdown - drawdown).abs() < 1e-15);
    push(&mut manager, &table(), 70);
    let returns = table().simple_returns().slice(s![69, ..]).to_vec();
    let earned = 0.1 * returns[0]
        + 0.2 * returns[1]
        + 0.3 * returns[2]
        + 0.4 * cash_return(CASH_RATE, BarsPerYear::DAILY);
    assert!((manager.account().value() - 5_000.0 * (1.0 + earned)).abs() < 1e-9);
}

#[test]
fn leverage_and_kelly_come_from_the_remembered_returns() {
    let mut config = config();
    config.kelly.max_gross = 2.0;
    config.leverage.drawdown_stop = Some(0.5);
    let mut manager = Portfolio::new(policy(ActionSpec::default()), config.clone()).unwrap();
    for t in 0..100 {
        push(&mut manager, &table(), t);
    }
    let returns = table().simple_returns().slice(s![59..99, ..]).to_owned();
    let kelly = KellyConfig::weights_from_returns(&config.kelly, returns.view(), BarsPerYear::DAILY).unwrap();
    assert_eq!(manager.kelly().unwrap(), kelly);
    assert!(kelly.iter().any(|weight| *weight > 0.0));
    // All in cash: there is nothing to forecast.
    let message = manager.leverage(None).unwrap_err().to_string();
    assert!(message.contains("`volatility` is 0"), "{message}");
    let target = manager.rebalance().unwrap().to_vec();
    let forecast = |weights: &[f64]| {
        let earned: Vec<f64> = returns
            .rows()
            .into_iter()
            .map(|row| row.iter().zip(weights).map(|(r, w)| r * w).sum())
            .collect();
        ewma_volatility(&earned, 20.0, 252.0)
    };
    let expected = |weights: &[f64], trend| {
        LeverageConfig::leverage(&config.leverage, forecast(weights), 0.0, trend).unwrap()
    };
    assert_eq!(manager.leverage(None).unwrap(), expected(&target[..ASSETS], None));
    assert_eq!(
        manager.leverage(Some(0.01)).unwrap(),
        expected(&target[..ASSETS], Some(0.01))
    );
    assert!(manager.leverage(Some(0.01)).unwrap() < manager.leverage(None).unwrap());
    manager.record_trade(&[0.0, 0.0, 0.1, 0.0, 0.9], 0.0001).unwrap();
    assert_eq!(
        manager.leverage(None).unwrap(),
        expected(&[0.0, 0.0, 0.1, 0.0], None)
    );
    // Drawdown lowers it.
    let mut fallen = manager.clone();
    fallen
        .set_position(&[0.25, 0.25, 0.25, 0.25, 0.0], 100.0)
        .unwrap();
    let bar = MarketBar {
        returns: vec![-0.2; ASSETS],
        cash_return: 0.0,
        columns: vec![0.0],
        asset_columns: Vec::new(),
        prior: Vec::new(),
        time: None,
        status: Vec::new(),
        costs: ppo_risk::market::BarCosts::default(),
    };
    fallen.push_bar(&bar).unwrap();
    assert!((fallen.account().view().drawdown - 0.2).abs() < 1e-12);
    let message = self::manager(ActionSpec::default())
        .kelly()
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("`history` is 0 bars") && message.contains("20"),
        "{message}"
    );
}

#[test]
fn bad_input_is_named_and_changes_nothing() {
    let closes = table().close().row(81).to_vec();
    for decided in [false, true] {
        let mut manager = fed(ActionSpec::default(), 80);
        if decided {
            manager.rebalance().unwrap();
        }
        let before = contents(&manager);
        for (i, bad) in [f64::NAN, f64::INFINITY, 0.0, -3.0].into_iter().enumerate() {
            let mut closes = closes.clone();
            closes[i] = bad;
            let message = manager
                .push_prices(&closes, 0.0, shown(&[0.0], &[]))
                .unwrap_err()
                .to_string();
            assert!(message.contains(&format!("closes[{i}] (ASSET{i})")), "{message}");
        }
        let bar = |change: fn(&mut MarketBar)| {
            let mut bar = MarketBar {
                returns: vec![0.01; ASSETS],
                cash_return: 0.0,
                columns: vec![0.0],
                asset_columns: Vec::new(),
                prior: Vec::new(),
                time: None,
                status: Vec::new(),
                costs: ppo_risk::market::BarCosts::default(),
            };
            change(&mut bar);
            bar
        };
        let refusals = [
            (
                manager
                    .push_prices(&closes[..3], 0.0, shown(&[0.0], &[]))
                    .map(drop),
                "`closes` has 3 values",
            ),
            (
                manager
                    .push_prices(&closes, f64::NAN, shown(&[0.0], &[]))
                    .map(drop),
                "bar.cash_return",
            ),
            (
                manager.push_prices(&closes, 0.0, shown(&[], &[])).map(drop),
                "bar.columns",
            ),
            (
                manager
                    .push_prices(&closes, 0.0, shown(&[f64::NAN], &[]))
                    .map(drop),
                "bar.columns[0] (signal)",
            ),
            (
                manager.push_bar(&bar(|bar| bar.returns[2] = f64::NAN)),
                "bar.returns[2]",
            ),
            (
                manager.push_bar(&bar(|bar| bar.returns[2] = -1.5)),
                "bar.returns[2]",
            ),
            (
                manager.push_bar(&bar(|bar| bar.returns.truncate(3))),
                "bar.returns",
            ),
            (manager.push_bar(&bar(|bar| bar.returns.push(0.0))), "bar.returns"),
            (manager.record_trade(&[0.5; ASSETS + 1], 0.0), "weights"),
            (manager.record_trade(&[0.25; ASSETS], 0.0), "weights"),
            (
                manager.record_trade(&[f64::NAN, 0.0, 0.0, 0.0, 1.0], 0.0),
                "weights",
            ),
            (manager.record_trade(&[0.5, 0.0, 0.0, 0.0, 0.5], f64::NAN), "cost"),
            (manager.record_trade(&[0.5, 0.0, 0.0, 0.0, 0.5], -0.1), "cost"),
            (manager.record_trade(&[0.5, 0.0, 0.0, 0.0, 0.5], 0.6), "cost"),
            (manager.record_trade(&[0.0, 0.0, 0.0, 0.0, 1.0], 0.1), "cost"),
            (manager.set_position(&[0.5, 0.0, 0.0, 0.0, 0.5], 0.0), "equity"),
            (manager.set_position(&[-0.5, 0.0, 0.0, 0.0, 1.5], 1.0), "weights"),
        ];
        for (refusal, word) in refusals {
            let message = refusal.unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
        assert_eq!(contents(&manager), before);
        // And it goes on as if nothing had been said.
        let mut twin = fed(ActionSpec::default(), 80);
        if decided {
            twin.rebalance().unwrap();
        }
        push(&mut manager, &table(), 81);
        push(&mut twin, &table(), 81);
        assert_eq!(contents(&manager), contents(&twin));
    }
    let mut young = fed(ActionSpec::default(), 10);
    let before = contents(&young);
    let message = young.rebalance().unwrap_err().to_string();
    assert!(
        message.contains("history") && contents(&young) == before,
        "{message}"
    );
    let unusable = PortfolioConfig {
        history: 3,
        ..config()
    };
    let message = Portfolio::new(policy(ActionSpec::default()), unusable)
        .unwrap_err()
        .to_string();
    assert!(message.contains("`history` is 3"), "{message}");
}

#[test]
fn a_restarted_manager_goes_on_bit_identically() {
    for action in actions() {
        for saved_at in [0, 1, 30, 61, 100] {
            let decide = |manager: &mut Portfolio, t: usize| {
                // Every third bar, so that a restart meets every kind of plan.
                if manager.ready() && t.is_multiple_of(3) {
                    manager.rebalance().unwrap();
                }
                if manager.ready() && t % 6 == 1 {
                    manager.record_trade(&[0.1, 0.1, 0.1, 0.1, 0.6], 0.0).unwrap();
                }
            };
            let mut manager = manager(action.clone());
            for t in 0..=saved_at {
                push(&mut manager, &table(), t);
                decide(&mut manager, t);
            }
            let text = contents(&manager);
            let mut restored = self::manager(action.clone());
            restored
                .restore(serde_json::from_str::<PortfolioState>(&text).unwrap())
                .unwrap();
            assert_eq!(contents(&restored), text);
            for t in saved_at + 1..130 {
                push(&mut manager, &table(), t);
                push(&mut restored, &table(), t);
                decide(&mut manager, t);
                decide(&mut restored, t);
                assert_eq!(manager.account(), restored.account());
            }
            assert_eq!(contents(&restored), contents(&manager));
            assert_eq!(restored.kelly().unwrap(), manager.kelly().unwrap());
        }
    }
}

#[test]
fn states_that_do_not_fit_are_refused() {
    let mut manager = fed(ActionSpec::default(), 60);
    manager.rebalance().unwrap();
    let good = serde_json::to_value(manager.state()).unwrap();
    let before = contents(&manager);
    let mut refused = |change: fn(&mut serde_json::Value)| {
        let mut value = good.clone();
        change(&mut value);
        if let Ok(state) = serde_json::from_value::<PortfolioState>(value) {
            assert!(manager.restore(state).is_err());
        }
        assert_eq!(contents(&manager), before);
    };
    refused(|value| value["returns"].as_array_mut().unwrap().truncate(7));
    refused(|value| value["returns"][0] = (-2.0).into());
    refused(|value| value["closes"][1] = 0.0.into());
    refused(|value| value["closes"].as_array_mut().unwrap().clear());
    refused(|value| value["target"][0] = 3.0.into());
    refused(|value| value["target"].as_array_mut().unwrap().truncate(3));
    refused(|value| value["executed"].as_array_mut().unwrap().clear());
    refused(|value| value["plan"] = serde_json::json!({"executed": 1.5}));
    refused(|value| value["account"]["weights"][0] = 0.5.into());
    refused(|value| value["account"]["value"] = (-1.0).into());
    refused(|value| value["unknown"] = 1.into());
    let other = fed(actions().remove(4), 60).state();
    let message = manager.restore(other).unwrap_err().to_string();
    assert!(message.contains("another state or prior"), "{message}");
}

#[test]
fn managers_and_policies_may_go_to_any_thread() {
    fn assert_send_and_sync<T: Send + Sync>() {}
    assert_send_and_sync::<Policy>();
    assert_send_and_sync::<Portfolio>();
    assert_send_and_sync::<PortfolioState>();
    let mut manager = fed(ActionSpec::default(), 60);
    let mut twin = manager.clone();
    let here = manager.rebalance().unwrap().to_vec();
    let there = std::thread::spawn(move || twin.rebalance().unwrap().to_vec())
        .join()
        .unwrap();
    assert_eq!(here, there);
}

#[test]
fn another_policy_of_the_spec_decides_from_now_on_and_the_account_stays() {
    let shared = Arc::new(policy(ActionSpec::default()));
    let mut manager = Portfolio::new(Arc::clone(&shared), config()).unwrap();
    let sharing = Portfolio::new(Arc::clone(&shared), config()).unwrap();
    assert!(std::ptr::eq(manager.policy(), sharing.policy()));
    for t in 0..60 {
        push(&mut manager, &table(), t);
    }
    let first = manager.rebalance().unwrap().to_vec();
    push(&mut manager, &table(), 60);
    let held = manager.account().clone();

    let refused = manager
        .set_policy(policy(actions().remove(1)))
        .unwrap_err()
        .to_string();
    assert!(refused.contains("`policy` is of another spec"), "{refused}");
    assert!(std::ptr::eq(manager.policy(), &raw const *shared));

    let spec = shared.spec().clone();
    let values = shared.network().parameters().iter().map(|value| -value).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    let other = Policy::new(spec, normalizer, values, serde_json::Map::new()).unwrap();
    let mut expected = vec![0.0; first.len()];
    manager.rebalance().unwrap();
    let state = manager.seen().0.to_vec();
    other
        .weights(&state, None, &mut Workspace::new(other.spec()), &mut expected)
        .unwrap();
    manager.set_policy(other).unwrap();
    assert_eq!(manager.account(), &held);
    assert_eq!(manager.rebalance().unwrap(), expected);
    assert_ne!(expected, first);
}
