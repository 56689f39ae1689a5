//! The back-test: a policy's track is the environment's, a baseline's steps are the same, and neither knows the
//! future.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use chrono::NaiveDate;
use ndarray::{Array2, s};
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::{
    Baseline, History, Track, Verdict, run_baseline, run_in_turn, run_policy, untrained, walk,
};
use ppo_risk::env::account::{Account, Terms};
use ppo_risk::env::{ControlVariate, CostHistory, Costs, EnvConfig, RewardMode, TradingEnvironment};
use ppo_risk::market::BarsPerYear;
use ppo_risk::market::prices::{PriceTable, cash_return};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::{StateBuilder, StateSpec};
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{Market, MarketBar, Path};
use ppo_risk::math::random::stream;
use ppo_risk::policy::initial::initial_values;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace, action, layout};
use rand::RngExt;
use std::sync::Arc;

const ASSETS: usize = 4;
const BARS: usize = 340;
/// First decision of the tests' markets.
const FIRST: usize = 270;

fn closes() -> Array2<f64> {
    let mut random = stream(11, "test", 0);
    let mut close = Array2::from_elem((BARS, ASSETS), 100.0);
    for t in 1..BARS {
        // Restless enough that volatility targets bind, and now and then more so.
        let size = if t / 40 % 2 == 0 { 0.02 } else { 0.05 };
        for i in 0..ASSETS {
            close[[t, i]] = close[[t - 1, i]] * (1.0 + size * random.random_range(-1.0..1.03));
        }
    }
    close
}

fn table(close: Array2<f64>) -> PriceTable {
    let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let dates = start.iter_days().take(close.nrows()).collect();
    let assets = (0..close.ncols()).map(|i| format!("ASSET{i}")).collect();
    PriceTable::new(dates, assets, close)
        .unwrap()
        .with_bars_per_year(BarsPerYear::DAILY)
}

fn market(table: PriceTable) -> Arc<TableMarket> {
    let last = table.bars() - 1;
    Arc::new(TableMarket::new(Arc::new(table), FIRST..=last, 252, 0.02).unwrap())
}

fn vol_target() -> ActionSpec {
    ActionSpec {
        prior: Prior::VolTarget {
            target: 0.15,
            half_life: 20.0,
            lookback: Some(252),
        },
        trade_band: 0.1,
        ..ActionSpec::default()
    }
}

/// A policy whose parameters are drawn at random and multiplied by `size`; 0 gives scores of 0.
fn policy(action: ActionSpec, size: f32) -> Policy {
    let spec = PolicySpec {
        assets: (0..ASSETS).map(|i| format!("ASSET{i}")).collect(),
        state: StateSpec {
            account: true,
            ..StateSpec::base(ASSETS)
        },
        action,
        network: NetworkSpec::Scorer { hidden: vec![8, 8] },
    };
    let mut random = stream(5, "test", 1);
    let count = layout::layout(&spec).iter().map(layout::Parameter::len).sum();
    let parameters = (0..count)
        .map(|_| size * random.random_range(-1.0..1.0_f32))
        .collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

/// Actions of every kind that changes what a step does.
fn actions() -> Vec<ActionSpec> {
    vec![
        ActionSpec::default(),
        vol_target(),
        ActionSpec {
            cash: false,
            weight_cap: 0.3,
            weight_floor: 0.05,
            prior: Prior::InverseVolatility { lookback: Some(60) },
            ..ActionSpec::default()
        },
        ActionSpec {
            distribution: Distribution::Dirichlet,
            weight_cap: 0.2,
            trade_band: 0.02,
            ..vol_target()
        },
    ]
}

/// Every number of a track, as bits.
fn bits(track: &Track, bars: usize) -> Vec<u64> {
    let series = [&track.returns, &track.turnover, &track.costs];
    let rows = track.weights.slice(s![..bars, ..]);
    let numbers = series.into_iter().flat_map(|series| &series[..bars]).chain(rows);
    numbers.map(|number| number.to_bits()).collect()
}

/// The naive twin of [`run_policy`]: the state builder, the policy and the account, one line after another.
fn by_hand(policy: &Policy, market: &TableMarket, env: &EnvConfig) -> Track {
    let spec = policy.spec();
    let assets = spec.state.assets;
    let mut builder = StateBuilder::new(&spec.state, spec.action.prior, spec.action.cash).unwrap();
    let mut account = Account::new(env.balance, assets);
    let terms = Terms {
        costs: env.costs,
        trade_band: spec.action.trade_band,
        reward: env.reward,
        margin: None,
    };
    let bar_at = |t: usize| MarketBar {
        returns: market.returns(t).to_vec(),
        cash_return: market.cash_return(t),
        columns: Vec::new(),
        asset_columns: Vec::new(),
        prior: Vec::new(),
        time: None,
        status: Vec::new(),
        costs: ppo_risk::market::BarCosts::default(),
    };
    for t in 1..=FIRST {
        builder.push(&bar_at(t)).unwrap();
    }
    let bars = BARS - 1 - FIRST;
    let mut track = Track {
        name: "twin".to_string(),
        times: market.table().times()[FIRST + 1..].to_vec(),
        bars_per_year: market.table().bars_per_year(),
        returns: Vec::new(),
        cash_returns: (FIRST + 1..BARS).map(|t| market.cash_return(t)).collect(),
        weights: Array2::zeros((bars, assets + 1)),
        turnover: Vec::new(),
        costs: Vec::new(),
        left_out: Vec::new(),
    };
    let mut workspace = Workspace::new(spec);
    for t in FIRST..BARS - 1 {
        let mut state = vec![0.0; spec.state.len()];
        builder.write_state(&account.view(), &mut state).unwrap();
        let mut prior = vec![0.0; spec.action_len()];
        builder.prior_weights(&account.view(), &mut prior).unwrap();
        let prior = (spec.action.prior != Prior::None).then_some(&prior[..]);
        let mut target = vec![0.0; spec.action_len()];
        policy
            .weights(&state, prior, &mut workspace, &mut target)
            .unwrap();
        action::apply_bounds(&spec.action, assets, &[], &mut target);
        let mut before = account.weights().to_vec();
        before.push(account.cash());
        if !spec.action.cash {
            target.push(0.0);
        }
        let one_way = 0.5
            * before
                .iter()
                .zip(&target)
                .map(|(a, b)| (b - a).abs())
                .sum::<f64>();
        let held = if one_way < spec.action.trade_band {
            &before
        } else {
            &target
        };
        let outcome = account
            .evaluate(&terms, &CostHistory::default(), &target, &bar_at(t + 1))
            .unwrap();
        account.commit(&outcome, &CostHistory::default(), &target, &bar_at(t + 1));
        track.returns.push(outcome.net_return);
        track.turnover.push(outcome.turnover);
        track.costs.push(outcome.cost);
        track.weights.row_mut(t - FIRST).assign(&ndarray::aview1(held));
        builder.push(&bar_at(t + 1)).unwrap();
    }
    track
}

#[test]
fn a_policys_track_is_the_hand_written_one() {
    for action in actions() {
        let policy = policy(action.clone(), 0.8);
        let market = market(table(closes()));
        // The control variate and the episode's length play no part.
        let env = EnvConfig {
            costs: Costs {
                cost_rate: 0.002,
                ..Costs::default()
            },
            control_variate: ControlVariate::SelfCritical,
            episode_len: 3,
            ..EnvConfig::default()
        };
        let track = run_policy("policy", &policy, market.clone(), &env).unwrap();
        track.validate().unwrap();
        let twin = by_hand(&policy, &market, &env);
        assert_eq!(track.times, twin.times);
        assert_eq!(bits(&track, track.len()), bits(&twin, twin.len()), "{action:?}");
        let traded = track.turnover.iter().filter(|&&turnover| turnover > 0.0).count();
        println!("{action:?}: {traded} trades in {} bars", track.len());
        assert!(traded > 1, "something is tested");
        if action.trade_band > 0.0 {
            assert!(traded < track.len(), "the band held something back");
        }
        let assets = track.weights.slice(s![.., ..ASSETS]);
        assert!(assets.iter().all(|weight| *weight >= 0.0));
        for (row, turnover) in assets.rows().into_iter().zip(&track.turnover) {
            // Caps bind where something was traded; drift may pass them.
            assert!(*turnover == 0.0 || row.iter().all(|weight| *weight <= action.weight_cap + 1e-12));
        }
    }
}

#[test]
fn scores_of_zero_trade_the_prior() {
    let market = market(table(closes()));
    let (env, action) = (EnvConfig::default(), vol_target());
    let policy = policy(action.clone(), 0.0);
    let track = run_policy("policy", &policy, market.clone(), &env).unwrap();
    let whole = EnvConfig {
        episode_len: track.len(),
        ..env
    };
    // The rule itself, and scores of 0, each through an environment of its own.
    let environment =
        || TradingEnvironment::new(&whole, &policy.spec().state, &action, market.clone(), 1, 2).unwrap();
    let (mut rule, mut zeros) = (environment(), environment());
    let mut worst: f64 = 0.0;
    for t in 0..track.len() {
        let mut prior = vec![0.0; ASSETS + 1];
        rule.prior_weights(&mut prior).unwrap();
        let step = rule.step_weights(&prior).unwrap();
        worst = worst.max((step.net_return - track.returns[t]).abs());
        assert_eq!(step.turnover > 0.0, track.turnover[t] > 0.0);
        // Sampled scores are around the rounded logarithm of the prior.
        let step = zeros.step(&[0.0; ASSETS + 1], None).unwrap();
        assert!((step.net_return - track.returns[t]).abs() < 1e-7);
        assert!((step.turnover - track.turnover[t]).abs() < 1e-6);
    }
    // To the bit.
    assert_eq!(worst, 0.0);
}

/// Columns of a market, as the walk takes them.
struct Columns {
    market: Arc<TableMarket>,
    returns: Array2<f64>,
    cash: Vec<f64>,
}

impl Columns {
    fn new(market: Arc<TableMarket>) -> Self {
        let bars = market.table().bars();
        Self {
            returns: Array2::from_shape_fn((bars, ASSETS), |(t, i)| market.returns(t)[i]),
            cash: (0..bars).map(|t| market.cash_return(t)).collect(),
            market,
        }
    }

    fn history(&self) -> History<'_> {
        History {
            assets: self.market.table().assets(),
            times: self.market.table().times(),
            bars_per_year: self.market.table().bars_per_year(),
            returns: self.returns.view(),
            cash_returns: &self.cash,
            members: None,
            prices: None,
            window: 20,
        }
    }
}

#[test]
fn the_walk_steps_as_the_environment_does() {
    let columns = Columns::new(market(table(closes())));
    let cost_rate = 0.004;
    let target = [0.2, 0.2, 0.2, 0.2, 0.2];
    let walked = walk(
        "equal",
        columns.history(),
        FIRST,
        BARS - 1,
        &EnvConfig::at_costs(Costs::at_rate(cost_rate)),
        |_, _| Ok(Some(target.to_vec())),
    )
    .unwrap();
    let env = EnvConfig {
        costs: Costs {
            cost_rate,
            ..Costs::default()
        },
        episode_len: walked.len(),
        reward: RewardMode::LogReturn,
        ..EnvConfig::default()
    };
    let state = StateSpec::base(ASSETS);
    let mut environment =
        TradingEnvironment::new(&env, &state, &ActionSpec::default(), columns.market.clone(), 3, 0).unwrap();
    for t in 0..walked.len() {
        let step = environment.step_weights(&target).unwrap();
        assert!((step.net_return - walked.returns[t]).abs() < 1e-12, "bar {t}");
        assert!((step.turnover - walked.turnover[t]).abs() < 1e-12, "bar {t}");
        assert!((step.cost - walked.costs[t]).abs() < 1e-12, "bar {t}");
        assert_eq!(step.truncated, t + 1 == walked.len());
    }
    // Never trading again is drift alone.
    let held = walk(
        "held",
        columns.history(),
        FIRST,
        BARS - 1,
        &EnvConfig::at_costs(Costs::at_rate(cost_rate)),
        |t, _| Ok((t == FIRST).then(|| target.to_vec())),
    )
    .unwrap();
    let mut value: f64 = 1.0;
    for net in &held.returns {
        value *= 1.0 + net;
    }
    let close = columns.market.table().close();
    let asset = |i: usize| close[[BARS - 1, i]] / close[[FIRST, i]];
    let cash: f64 = (FIRST + 1..BARS).map(|t| 1.0 + columns.cash[t]).product();
    let expected = 0.2 * ((0..ASSETS).map(asset).sum::<f64>() + cash) / (1.0 + cost_rate * 0.8);
    assert!((value - expected).abs() < 1e-12, "{value} against {expected}");
    assert!(
        held.turnover[1..]
            .iter()
            .chain(&held.costs[1..])
            .all(|value| *value == 0.0)
    );
}

/// Rows of a track that are decided at or before bar `t`, and the first that is not.
fn assert_knows_nothing_after(run: impl Fn(PriceTable) -> Track, what: &str) {
    let before = run(table(closes()));
    let mut later_changed = false;
    for t in [FIRST, FIRST + 1, FIRST + 21, FIRST + 33, BARS - 3] {
        for (asset, factor) in [(0, 3.0), (ASSETS - 1, 0.2)] {
            let mut close = closes();
            for later in t + 1..BARS {
                close[[later, asset]] *= factor * (1.0 + 0.05 * (later as f64).sin());
            }
            let after = run(table(close));
            // Row k is decided at bar FIRST + k and earns its return after.
            let decided = t - FIRST + 1;
            for row in 0..decided {
                let alike = before.weights.row(row) == after.weights.row(row)
                    && before.turnover[row].to_bits() == after.turnover[row].to_bits()
                    && before.costs[row].to_bits() == after.costs[row].to_bits();
                assert!(alike, "{what}: prices after bar {t} changed row {row}");
            }
            assert_eq!(
                bits(&before, decided - 1),
                bits(&after, decided - 1),
                "{what}, bar {t}"
            );
            assert_ne!(
                before.returns[decided - 1],
                after.returns[decided - 1],
                "{what}: the bar after {t} was not earned"
            );
            later_changed |= before.turnover[decided..] != after.turnover[decided..];
            assert!(
                before.weights.slice(s![decided.., ..]) != after.weights.slice(s![decided.., ..]),
                "{what}: nothing held after bar {t} changed"
            );
        }
    }
    assert_eq!(
        later_changed,
        what != "buy_and_hold",
        "{what}: trades after a change"
    );
}

#[test]
fn a_policys_decisions_know_nothing_of_later_prices() {
    for action in actions() {
        let policy = policy(action.clone(), 0.8);
        assert_knows_nothing_after(
            |table| run_policy("policy", &policy, market(table), &EnvConfig::default()).unwrap(),
            &format!("{action:?}"),
        );
    }
}

#[test]
fn baselines_decisions_know_nothing_of_later_prices() {
    for baseline in Baseline::ALL {
        assert_knows_nothing_after(
            |table| {
                let columns = Columns::new(market(table));
                run_baseline(
                    baseline,
                    columns.history(),
                    FIRST,
                    BARS - 1,
                    &EnvConfig::at_costs(Costs::at_rate(0.001)),
                )
                .unwrap()
            },
            baseline.name(),
        );
    }
}

#[test]
fn what_does_not_fit_the_policy_is_named() {
    let policy = policy(vol_target(), 0.1);
    let refusal = |market: TableMarket| {
        run_policy("policy", &policy, Arc::new(market), &EnvConfig::default())
            .unwrap_err()
            .to_string()
    };
    let whole = |table: PriceTable| TableMarket::new(Arc::new(table), FIRST..=BARS - 1, 252, 0.0).unwrap();
    let three = table(closes().slice(s![.., ..3]).to_owned());
    let message = refusal(whole(three));
    assert!(
        message.contains("3 (ASSET0, ASSET1, ASSET2)") && message.contains("policy's 4"),
        "{message}"
    );
    let order = ["ASSET0", "ASSET2", "ASSET1", "ASSET3"].map(String::from);
    let message = refusal(whole(table(closes()).select_assets(&order).unwrap()));
    assert!(
        message.contains("number 2") && message.contains("`") && message.contains("ASSET2"),
        "{message}"
    );
    let signals = table(closes())
        .with_columns(vec!["rate".to_string()], Array2::zeros((BARS, 1)))
        .unwrap();
    let message = refusal(whole(signals));
    assert!(
        message.contains("columns") && message.contains("rate"),
        "{message}"
    );
    let short = TableMarket::new(Arc::new(table(closes())), 100..=BARS - 1, 20, 0.0).unwrap();
    let message = refusal(short);
    assert!(
        message.contains("100 returns") && message.contains("252"),
        "{message}"
    );
    // A market made for less history than the policy needs is used where the table has the bars.
    let enough = TableMarket::new(Arc::new(table(closes())), FIRST..=BARS - 1, 20, 0.02).unwrap();
    assert!(enough.shape().assets == ASSETS);
    let track = run_policy("policy", &policy, Arc::new(enough), &EnvConfig::default()).unwrap();
    let expected = run_policy("policy", &policy, market(table(closes())), &EnvConfig::default()).unwrap();
    assert_eq!(bits(&track, track.len()), bits(&expected, expected.len()));
}

/// Prices on which the volatility target never binds and next to nothing is traded: the case where an untrained policy
/// used to look better than its prior, for no other reason than its trade band.
fn calm() -> Arc<TableMarket> {
    let mut random = stream(12, "calm", 0);
    let (bars, assets) = (2_000, ASSETS);
    let mut close = Array2::from_elem((bars, assets), 100.0);
    for t in 1..bars {
        for i in 0..assets {
            close[[t, i]] = close[[t - 1, i]] * (1.0002 + 0.004 * random.random_range(-1.7..1.7));
        }
    }
    market(table(close))
}

/// The policy that training with `seed` starts from, as its file says.
fn started(action: ActionSpec, seed: Option<u64>) -> Policy {
    let spec = policy(action, 0.0).spec().clone();
    let parameters = initial_values(&spec, -1.2, 20.0, seed.unwrap_or(3));
    let mut provenance = serde_json::Map::new();
    if let Some(seed) = seed {
        provenance.insert("seed".to_string(), seed.into());
    }
    Policy::new(
        spec.clone(),
        ObservationNormalizer::new(&spec),
        parameters,
        provenance,
    )
    .unwrap()
}

#[test]
fn the_prior_of_an_untrained_policy_is_that_policy_and_nothing_is_claimed() {
    let market = calm();
    let env = EnvConfig::default();
    for (action, seeds) in [
        (vol_target(), &[Some(0), Some(7), None][..]),
        (
            ActionSpec {
                prior: Prior::EqualWeight,
                ..vol_target()
            },
            &[Some(1)],
        ),
        (
            ActionSpec {
                prior: Prior::InverseVolatility { lookback: Some(60) },
                ..vol_target()
            },
            &[Some(1)],
        ),
    ] {
        for &seed in seeds {
            let policy = started(action.clone(), seed);
            let track = run_policy("policy", &policy, Arc::clone(&market), &env).unwrap();
            let prior = untrained(&policy).unwrap().unwrap();
            let prior = run_policy("prior", &prior, Arc::clone(&market), &env).unwrap();
            assert!(
                track.turnover.iter().filter(|one_way| **one_way > 0.0).count() < 50,
                "the band holds back"
            );
            let found = BlockBootstrap::default()
                .sharpe_difference(
                    &track.excess_returns(),
                    &prior.excess_returns(),
                    BarsPerYear::DAILY,
                )
                .unwrap();
            println!("seed {seed:?}: {found:?}");
            if seed.is_some() {
                assert_eq!(bits(&track, track.len()), bits(&prior, prior.len()));
                assert_eq!((found.low, found.median, found.high), (0.0, 0.0, 0.0));
                assert_eq!(found.verdict, Verdict::NoDifference);
            } else {
                // Of a policy that does not say where it started, the rule itself.
                assert!(format!("{:.2}", found.median.abs()) == "0.00" && !found.verdict.excludes_zero());
            }
        }
    }
    let free = policy(
        ActionSpec {
            prior: Prior::None,
            ..vol_target()
        },
        0.0,
    );
    assert!(untrained(&free).unwrap().is_none());
}

#[test]
fn a_policy_that_holds_and_has_learnt_nothing_does_not_trade() {
    let market = market(table(closes()));
    let hold = ActionSpec {
        prior: Prior::Hold,
        trade_band: 0.0,
        ..ActionSpec::default()
    };
    let policy = untrained(&policy(hold.clone(), 0.8)).unwrap().unwrap();
    let track = run_policy("hold", &policy, market.clone(), &EnvConfig::default()).unwrap();
    assert!(track.turnover.iter().all(|turnover| *turnover == 0.0));
    assert!(track.weights.column(ASSETS).iter().all(|cash| *cash == 1.0));
    // Nor does it where it holds something that drifts.
    let env = EnvConfig {
        episode_len: 50,
        control_variate: ControlVariate::PriorPath,
        ..EnvConfig::default()
    };
    let spec = policy.spec();
    let mut environment = TradingEnvironment::new(&env, &spec.state, &hold, market, 1, 0).unwrap();
    environment.step_weights(&[0.2, 0.3, 0.1, 0.15, 0.25]).unwrap();
    let mut workspace = Workspace::new(spec);
    for _ in 0..40 {
        let (mut prior, mut target) = ([0.0; ASSETS + 1], [0.0; ASSETS + 1]);
        environment.prior_weights(&mut prior).unwrap();
        policy
            .weights(environment.state(), Some(&prior), &mut workspace, &mut target)
            .unwrap();
        let step = environment.step_weights(&target).unwrap();
        assert_eq!((step.turnover, step.cost), (0.0, 0.0));
        // The prior's own portfolio has held cash alone.
        let cash = cash_return(0.02, BarsPerYear::DAILY);
        assert!(
            (step.raw_reward - step.reward - cash).abs() < 1e-12,
            "{step:?} beside {cash}"
        );
    }
    let without_cash = ActionSpec { cash: false, ..hold };
    assert!(
        without_cash
            .validate(ASSETS)
            .unwrap_err()
            .to_string()
            .contains("hold without cash")
    );
}

#[test]
fn the_prior_of_supplied_weights_is_the_supplied_weights() {
    let plain = table(closes());
    let weights = [0.1, 0.2, 0.3, 0.15, 0.25];
    let supplied = Array2::from_shape_fn((BARS, ASSETS + 1), |(_, i)| weights[i]);
    let market = market(plain.with_prior(supplied).unwrap());
    let policy = policy(
        ActionSpec {
            prior: Prior::Supplied,
            trade_band: 0.0,
            ..ActionSpec::default()
        },
        0.8,
    );
    let prior = untrained(&policy).unwrap().unwrap();
    let track = run_policy("prior", &prior, market, &EnvConfig::default()).unwrap();
    for row in track.weights.rows() {
        for (found, expected) in row.iter().zip(weights) {
            assert!((found - expected).abs() < 1e-15, "{row}");
        }
    }
}

/// A policy that takes over from itself is as if it had gone on: holdings, value and all, whatever it costs.
#[test]
fn policies_in_turn_are_one_portfolio() {
    let table = Arc::new(table(closes()));
    let part = |range| Arc::new(TableMarket::new(Arc::clone(&table), range, 252, 0.02).unwrap());
    let last = BARS - 1;
    let cuts = [FIRST, FIRST + 40, FIRST + 41, last];
    let mut envs = vec![EnvConfig::default()];
    envs.push(EnvConfig {
        balance: 5_000.0,
        costs: ppo_risk::env::Costs {
            minimum_fee: 1.0,
            ..envs[0].costs
        },
        ..envs[0]
    });
    for action in actions() {
        // What an account remembers begins anew with each policy.
        let mut spec = policy(action, 2.0).spec().clone();
        spec.state.account = false;
        let count = layout::layout(&spec).iter().map(layout::Parameter::len).sum();
        let mut random = stream(5, "test", 2);
        let parameters = (0..count).map(|_| random.random_range(-2.0..2.0_f32)).collect();
        let normalizer = ObservationNormalizer::new(&spec);
        let policy = Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap();
        for env in &envs {
            let whole = run_policy("policy", &policy, part(FIRST..=last), env).unwrap();
            let turns: Vec<_> = cuts
                .windows(2)
                .map(|cut| (&policy, part(cut[0]..=cut[1])))
                .collect();
            let joined = run_in_turn("policy", &turns, env).unwrap();
            assert_eq!(joined.times, whole.times);
            assert_eq!(joined.cash_returns, whole.cash_returns);
            // The value that fees are a part of is carried as money: the same but for rounding.
            for (found, expected) in bits(&joined, whole.len()).iter().zip(bits(&whole, whole.len())) {
                let (found, expected) = (f64::from_bits(*found), f64::from_bits(expected));
                assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
            }
        }
        let turns = [
            (&policy, part(FIRST..=FIRST + 40)),
            (&policy, part(FIRST + 41..=last)),
        ];
        let message = run_in_turn("policy", &turns, &envs[0]).unwrap_err().to_string();
        assert!(message.contains("first decision of the next test"), "{message}");
    }
}

/// Episodes decide at every close outside the gaps, about as often, and at none within.
#[test]
fn episodes_keep_out_of_gaps() {
    let market = Arc::into_inner(market(table(closes()))).unwrap();
    let gaps = [FIRST + 30..=FIRST + 44, FIRST + 50..=FIRST + 50];
    let last = *market.decisions().end();
    for (steps, gaps) in [(10, &gaps[..]), (40, &gaps[..]), (25, &[]), (1000, &gaps[..])] {
        let market = market.clone().without(gaps).unwrap();
        let mut seen = vec![0_u32; last + 1];
        let mut draws = stream(1, "test", 0);
        for _ in 0..20_000 {
            let mut path = Path::default();
            let taken = market.begin(252, steps, &mut path, &mut draws);
            let first = path.bar + 252;
            assert!(taken > 0 && taken <= steps && first + taken <= last + 1);
            (first..first + taken).for_each(|close| seen[close] += 1);
            path.bar = first;
            assert!(market.has_room(&path, taken));
        }
        for (close, count) in seen.iter().enumerate() {
            let allowed = (FIRST..=last).contains(&close) && !gaps.iter().any(|gap| gap.contains(&close));
            assert_eq!(*count > 0, allowed, "close {close}, {steps} steps");
        }
    }
    let all = market.clone().without(&[FIRST..=last]).unwrap_err().to_string();
    assert!(all.contains("embargo"), "{all}");
    // Another market to a checkpoint, and the same where nothing is left out.
    assert_eq!(market.clone().without(&[]).unwrap().digest(), market.digest());
    assert_ne!(market.clone().without(&gaps).unwrap().digest(), market.digest());
}
