//! Universes that change: assets that are listed, halted and end, in tables, environments, decisions and back-tests.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

#[cfg_attr(
    not(feature = "train"),
    allow(dead_code, reason = "what is trained on is left out")
)]
#[path = "support/ragged.rs"]
mod ragged;

use ppo_risk::backtest::{Baseline, run_policy};
use ppo_risk::env::{ControlVariate, Costs, EnvConfig, TradingEnvironment};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{ListingRules, Status};
use ppo_risk::math::random;
use ppo_risk::policy::Policy;
use ppo_risk::policy::action::accept_weights;
use ppo_risk::policy::spec::{ActionSpec, Distribution};
use ppo_risk::portfolio::evaluation::run_one;
use ragged::{ASSETS, BARS, Ragged, WARM_UP, decisions, leaks, policy, priors};
use rand::RngExt;
use std::sync::Arc;

/// Decisions before a listing, a halt or an end do not depend on it: over random tables, and what differs from a bar on.
#[test]
fn no_decision_depends_on_who_is_there_later() {
    let (mut leaked, mut compared, mut different) = (0, 0, 0);
    for table in 0..60 {
        let found = leaks(table);
        leaked += found.leaked;
        compared += found.compared;
        different += usize::from(found.differs_later);
    }
    assert_eq!(leaked, 0, "of {compared} decisions");
    assert!(compared > 10_000 && different > 50, "{compared} {different}");
}

/// Prices go on while a position is halted: it may come to more than the largest gross exposure, and is kept then, with nothing beside
/// it.
#[test]
fn what_is_halted_may_have_grown_beyond_the_largest_gross_exposure() {
    let spec = ActionSpec {
        cash: true,
        short: true,
        max_gross: 1.5,
        ..ActionSpec::default()
    };
    let mut out = [0.0; 3];
    let mut accept = |fixed: &[Option<f64>], weights: &[f64]| {
        let taken = accept_weights(&spec, 2, fixed, weights, &mut out);
        taken.map(|()| out).map_err(|error| error.to_string())
    };
    let halted = [Some(-1.6), None];
    assert_eq!(accept(&halted, &[-1.6, 0.0, 2.6]), Ok([-1.6, 0.0, 2.6]));
    for (fixed, weights) in [(&halted[..], [-1.6, 0.1, 2.5]), (&[], [-1.6, 0.0, 2.6])] {
        let refused = accept(fixed, &weights).unwrap_err();
        assert!(refused.contains("a gross exposure of 1."), "{refused}");
    }
}

#[test]
fn an_asset_takes_part_from_its_first_full_look_back() {
    let ragged = Ragged::new(0, |bar, asset| asset == 1 && bar < 50);
    let (weights, statuses) = weights_of(&ragged, Prior::EqualWeight);
    let first = 50 + WARM_UP;
    for (bar, weights) in &weights {
        let expected = if *bar < first { 0.0 } else { 0.25 };
        assert!((weights[1] - expected).abs() < 1e-12, "bar {bar}: {weights:?}");
        let sum: f64 = weights.iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    assert_eq!(statuses[[50, 1]], Status::New);
}

/// An untrained policy's weights by the bar of their close.
fn weights_of(ragged: &Ragged, prior: Prior) -> (Vec<(usize, Vec<f64>)>, ndarray::Array2<Status>) {
    let table = ragged.table();
    let policy = policy(prior, Distribution::Gaussian, false, 0.0);
    let seen = decisions(&policy, &table, 0.0);
    let weights = seen.into_iter().map(|seen| (seen.bar, seen.weights)).collect();
    (weights, table.universe().unwrap().status().clone())
}

#[test]
fn what_is_halted_stays_and_the_others_share_the_rest() {
    // Asset 0 halts for 5 bars in the middle.
    let halted = 60..65;
    let ragged = Ragged::new(3, |bar, asset| asset == 0 && halted.contains(&bar));
    let table = ragged.table();
    for short in [false, true] {
        let policy = policy(Prior::EqualWeight, Distribution::Gaussian, short, 0.7);
        let seen = decisions(&policy, &table, 0.01);
        for seen in seen.iter().filter(|seen| halted.contains(&seen.bar)) {
            // Before the trade's cost it is the drifted weight itself; beside that it is a part of less.
            assert!((seen.weights[0] - seen.held[0]).abs() < 1e-12, "{seen:?}");
            let (kept, traded) = (seen.held[0], seen.traded[0] * (1.0 - seen.cost));
            assert!((kept - traded).abs() < 1e-14, "{kept} {traded}");
            assert!((seen.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn an_end_pays_out_the_last_price_without_cost() {
    let rules = ListingRules {
        max_halted_bars: 3,
        delisting_return: -0.4,
    };
    let mut ragged = Ragged::new(4, |bar, asset| asset == 2 && bar >= 60);
    ragged.rules = rules;
    let table = ragged.table();
    let policy = policy(Prior::EqualWeight, Distribution::Gaussian, false, 0.0);
    let seen = decisions(&policy, &table, 0.01);
    let at = |bar: usize| seen.iter().find(|seen| seen.bar == bar).unwrap();
    // Halted at 60 and 61, ended at 62.
    assert!(at(61).held[2] > 0.1 && at(62).held[2] == 0.0);
    let before = at(61);
    let others: f64 = (0..ASSETS)
        .filter(|i| *i != 2)
        .map(|i| before.traded[i] * table_return(&table, 62, i))
        .sum();
    let expected = (1.0 - before.cost) * (1.0 + others - 0.4 * before.traded[2]) - 1.0;
    assert!(
        (before.net_return - expected).abs() < 1e-13,
        "{} {expected}",
        before.net_return
    );
    for seen in seen.iter().filter(|seen| seen.bar >= 62) {
        assert_eq!(seen.weights[2], 0.0);
    }
}

fn table_return(table: &PriceTable, bar: usize, asset: usize) -> f64 {
    table.close()[[bar, asset]] / table.close()[[bar - 1, asset]] - 1.0
}

/// The environment's money beside a plain ledger of units and cash, over random tables, targets and costs.
#[test]
fn values_are_those_of_a_ledger_of_units() {
    for trial in 0..60_u64 {
        let ragged = Ragged::random(1000 + trial);
        let table = ragged.table();
        let mut draws = random::stream(trial, "test", 0);
        let cost = draws.random_range(0.0..0.05);
        let (state, action) = ragged::spec_parts(Prior::None, Distribution::Gaussian, false);
        let config = EnvConfig {
            costs: Costs {
                cost_rate: cost,
                ..Costs::default()
            },
            episode_len: BARS,
            ..EnvConfig::default()
        };
        let market =
            Arc::new(TableMarket::new(Arc::new(table.clone()), 0..=BARS - 1, WARM_UP, 0.02).unwrap());
        let mut environment =
            TradingEnvironment::new(&config, &state, &action, Arc::clone(&market) as _, 1, 0).unwrap();
        let status = table.universe().map(|universe| universe.status().clone());
        let status = |bar: usize, asset: usize| status.as_ref().map_or(Status::Listed, |s| s[[bar, asset]]);
        let mut ledger = Ledger {
            cash: config.balance,
            units: vec![0.0; ASSETS],
        };
        for close in WARM_UP..BARS - 1 {
            let raw: Vec<f64> = (0..=ASSETS)
                .map(|_| draws.random_range(0.0_f64..1.0).powi(3))
                .collect();
            let sum: f64 = raw.iter().sum();
            let asked: Vec<f64> = raw.iter().map(|weight| weight / sum).collect();
            let step = environment.step_weights(&asked).unwrap();
            let flags = environment_flags(&table, close);
            ledger.trade(
                &table,
                close,
                &asked,
                |i| flags[i],
                |i| status(close, i) == Status::Halted,
                cost,
            );
            ledger.earn(&market, close + 1);
            for i in 0..ASSETS {
                if status(close + 1, i) == Status::Ended {
                    ledger.cash += ledger.units[i] * table.close()[[close + 1, i]];
                    ledger.units[i] = 0.0;
                }
            }
            let value = ledger.value(&table, close + 1);
            let found = environment.account().value();
            assert!(
                (found / value - 1.0).abs() < 1e-11,
                "trial {trial}, bar {close}: {found} {value}"
            );
            for i in 0..ASSETS {
                let weight = ledger.units[i] * table.close()[[close + 1, i]] / value;
                assert!(
                    (environment.account().weights()[i] - weight).abs() < 1e-11,
                    "{trial} {close} {i}"
                );
            }
            if step.truncated || step.terminated {
                break;
            }
        }
    }
}

/// Which assets take part, counted without the library: a price now, and enough bars since the first one of this listing.
fn environment_flags(table: &PriceTable, close: usize) -> Vec<bool> {
    let rules = table
        .universe()
        .map_or(ListingRules::default(), |universe| universe.rules());
    (0..ASSETS)
        .map(|asset| {
            let (mut since, mut halted) = (None, 0);
            for bar in 0..=close {
                match table.price(bar, asset) {
                    Some(_) => {
                        since = since.or(Some(bar));
                        halted = 0;
                    }
                    None => halted += 1,
                }
                let ends = table
                    .universe()
                    .is_some_and(|universe| universe.ends_at(bar)[asset] != 0.0);
                if halted >= rules.max_halted_bars || ends {
                    since = None;
                }
            }
            since.is_some_and(|first| close - first >= WARM_UP) && table.price(close, asset).is_some()
        })
        .collect()
}

/// Units of each asset and cash, traded by bisection.
struct Ledger {
    cash: f64,
    units: Vec<f64>,
}

impl Ledger {
    fn value(&self, table: &PriceTable, bar: usize) -> f64 {
        self.cash
            + self
                .units
                .iter()
                .enumerate()
                .map(|(i, units)| units * table.close()[[bar, i]])
                .sum::<f64>()
    }

    fn trade(
        &mut self,
        table: &PriceTable,
        bar: usize,
        asked: &[f64],
        is_free: impl Fn(usize) -> bool,
        is_halted: impl Fn(usize) -> bool,
        cost: f64,
    ) {
        let price = |i: usize| table.close()[[bar, i]];
        let before = self.value(table, bar);
        let kept: f64 = (0..ASSETS)
            .filter(|i| is_halted(*i))
            .map(|i| self.units[i] * price(i))
            .sum();
        let total: f64 = (0..ASSETS).filter(|i| is_free(*i)).map(|i| asked[i]).sum::<f64>() + asked[ASSETS];
        let money = |i: usize, left: f64| {
            if is_free(i) {
                asked[i] / total * (left - kept)
            } else {
                0.0
            }
        };
        let paid = |left: f64| -> f64 {
            let traded = (0..ASSETS)
                .filter(|i| !is_halted(*i))
                .map(|i| (money(i, left) - self.units[i] * price(i)).abs());
            cost * traded.sum::<f64>()
        };
        let (mut low, mut high) = (kept, before);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if middle + paid(middle) > before {
                high = middle
            } else {
                low = middle
            }
        }
        let left = 0.5 * (low + high);
        self.cash = left - kept;
        for i in 0..ASSETS {
            if !is_halted(i) {
                let target = money(i, left);
                self.cash -= target;
                self.units[i] = if target == 0.0 { 0.0 } else { target / price(i) };
            }
        }
    }

    fn earn(&mut self, market: &TableMarket, bar: usize) {
        self.cash *= 1.0 + market.cash_return(bar);
    }
}

/// The prior's own portfolio goes through the same halts and ends.
#[test]
fn a_control_variate_of_the_prior_is_its_own_portfolio() {
    let table = Arc::new(Ragged::random(77).table());
    let (state, action) = ragged::spec_parts(Prior::EqualWeight, Distribution::Gaussian, false);
    let config = EnvConfig {
        episode_len: BARS,
        control_variate: ControlVariate::PriorPath,
        ..EnvConfig::default()
    };
    let market = Arc::new(TableMarket::new(table, 0..=BARS - 1, WARM_UP, 0.0).unwrap());
    let mut environment = TradingEnvironment::new(&config, &state, &action, market, 1, 0).unwrap();
    let mut prior = vec![0.0; ASSETS + 1];
    loop {
        environment.prior_weights(&mut prior).unwrap();
        let step = environment.step_weights(&prior).unwrap();
        assert!(step.reward.abs() < 1e-13, "{}", step.reward);
        if step.truncated {
            break;
        }
    }
}

#[test]
fn the_prior_and_every_baseline_hold_only_who_is_there() {
    for seed in 0..10 {
        let table = Ragged::long(seed).table();
        let flags: Vec<Vec<bool>> = (0..table.bars()).map(|bar| has_price(&table, bar)).collect();
        let last = table.bars() - 1;
        let market = Arc::new(TableMarket::new(Arc::new(table.clone()), 0..=last, 252, 0.0).unwrap());
        for prior in priors() {
            let policy = policy(prior, Distribution::Gaussian, false, 0.0);
            let track = run_policy("policy", &policy, Arc::clone(&market), &EnvConfig::default()).unwrap();
            check_track(&table, &track.weights, &flags, *market.decisions().start());
        }
        for baseline in Baseline::ALL {
            let track = run_one(baseline, &market, &EnvConfig::at_costs(Costs::at_rate(0.001)), 20).unwrap();
            check_track(&table, &track.weights, &flags, *market.decisions().start());
        }
    }
}

fn has_price(table: &PriceTable, bar: usize) -> Vec<bool> {
    (0..table.assets().len())
        .map(|asset| table.price(bar, asset).is_some())
        .collect()
}

/// Rows sum to 1, and hold nothing of assets that are not there.
fn check_track(table: &PriceTable, weights: &ndarray::Array2<f64>, flags: &[Vec<bool>], first: usize) {
    let universe = table.universe().unwrap();
    for (row, weights) in weights.rows().into_iter().enumerate() {
        let bar = first + row;
        assert!((weights.sum() - 1.0).abs() < 1e-9, "{weights}");
        for asset in 0..table.assets().len() {
            if !universe.status()[[bar, asset]].is_there() {
                assert_eq!(weights[asset], 0.0, "bar {bar}");
            }
            assert!(
                flags[bar][asset]
                    || universe.status()[[bar, asset]] == Status::Halted
                    || weights[asset] == 0.0
            );
        }
    }
}

#[test]
fn gaps_without_sense_are_refused() {
    let day = |n: i32| ppo_risk::market::Time::from_nanoseconds(i64::from(n) * 86_400_000_000_000);
    let names = || vec!["A".to_string(), "B".to_string()];
    let times = || (1..=3).map(day).collect::<Vec<_>>();
    let make = |close: ndarray::Array2<f64>, ends: &[(usize, usize)], rules: ListingRules| {
        PriceTable::with_gaps(times(), names(), close, ends, rules)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let nan = f64::NAN;
    let rules = ListingRules::default();
    let some = ndarray::array![[1.0, nan], [1.1, 2.0], [1.2, nan]];
    assert!(make(ndarray::array![[1.0, nan], [1.1, nan], [1.2, nan]], &[], rules).contains("close of B"));
    assert!(make(ndarray::array![[1.0, -1.0], [1.1, nan], [1.2, nan]], &[], rules).contains("-1"));
    assert!(make(some.clone(), &[(3, 0)], rules).contains("ends"));
    assert!(make(some.clone(), &[(0, 1)], rules).contains("not there"));
    let bad = ListingRules {
        max_halted_bars: 0,
        ..rules
    };
    assert!(make(some.clone(), &[], bad).contains("max_halted_bars"));
    let bad = ListingRules {
        delisting_return: -1.5,
        ..rules
    };
    assert!(make(some, &[], bad).contains("delisting_return"));
    let (state, action) = ragged::spec_parts(Prior::None, Distribution::Gaussian, false);
    let mut spec = policy(Prior::None, Distribution::Gaussian, false, 0.0)
        .spec()
        .clone();
    spec.action = ActionSpec {
        cash: false,
        ..action
    };
    assert!(spec.validate().unwrap_err().to_string().contains("action.cash"));
    spec.action = ActionSpec {
        weight_floor: 0.01,
        ..ActionSpec::default()
    };
    assert!(spec.validate().unwrap_err().to_string().contains("weight_floor"));
    // A policy that knows nothing of gaps is not fed a table with some.
    let table = Ragged::random(1).table();
    let market = Arc::new(TableMarket::new(Arc::new(table), 0..=BARS - 1, WARM_UP, 0.0).unwrap());
    let complete = ppo_risk::market::state::StateSpec {
        listed: false,
        ..state
    };
    let error = TradingEnvironment::new(
        &EnvConfig::default(),
        &complete,
        &ActionSpec::default(),
        market,
        1,
        0,
    )
    .map(|_| ())
    .unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
}

/// Acting, sampling and densities leave out what is not there.
#[test]
fn what_is_not_there_has_no_share_no_noise_and_no_density() {
    for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
        for short in [false, true] {
            let policy: Policy = policy(Prior::EqualWeight, distribution, short, 0.7);
            let table = Ragged::new(9, |bar, asset| asset == 1 && bar < 90).table();
            let seen = &decisions(&policy, &table, 0.001)[20];
            let mut workspace = ppo_risk::policy::Workspace::new(policy.spec());
            let len = policy.spec().score_len();
            let mut action = vec![0.0; len];
            let mut draws = random::stream(5, "test", 0);
            for _ in 0..50 {
                let density = policy
                    .sample(
                        &seen.state,
                        Some(&seen.prior),
                        &mut draws,
                        &mut workspace,
                        &mut action,
                    )
                    .unwrap();
                assert!(density.is_finite());
                // Another value in its place changes nothing.
                let mut other = action.clone();
                other[1] = 0.37;
                let again = policy
                    .log_prob(&seen.state, Some(&seen.prior), &other, &mut workspace)
                    .unwrap();
                assert_eq!(density, again);
            }
            let entropy = policy
                .entropy(&seen.state, Some(&seen.prior), &mut workspace)
                .unwrap();
            assert!(entropy.is_finite());
        }
    }
}

/// What is planted is learnt: each asset's own column tells its next return, and the policy that has learnt it holds the best
/// asset of those that are there.
#[test]
#[cfg(feature = "train")]
fn a_policy_learns_on_a_universe_that_changes() {
    use ppo_risk::env::RewardMode;
    use ppo_risk::rl::config::PpoConfig;
    use ppo_risk::train::{TrainConfig, Trainer};
    let ragged = Ragged::foreseen(5);
    let table = Arc::new(ragged.table());
    let last = table.bars() - 1;
    let market = Arc::new(TableMarket::new(Arc::clone(&table), 0..=last, WARM_UP, 0.0).unwrap());
    let spec = policy(Prior::None, Distribution::Gaussian, false, 0.0)
        .spec()
        .clone();
    let config = TrainConfig {
        total_steps: 60_000,
        threads: 1,
        ppo: PpoConfig {
            n_envs: 32,
            n_steps: 32,
            batch_size: 256,
            learning_rate: 3e-3,
            gamma: 0.0,
            ..PpoConfig::default()
        },
        env: EnvConfig {
            costs: Costs {
                cost_rate: 0.0,
                ..Costs::default()
            },
            episode_len: 100,
            reward: RewardMode::LogReturn,
            control_variate: ControlVariate::SelfCritical,
            ..EnvConfig::default()
        },
        ..TrainConfig::default()
    };
    let mut trainer = Trainer::new(config, spec, Arc::clone(&market) as _).unwrap();
    while !trainer.is_done() {
        let stats = trainer.update().unwrap();
        assert_eq!(stats.skipped_minibatches, 0);
    }
    let policy = trainer.policy(serde_json::Map::new()).unwrap();
    let (mut weight, mut count) = (0.0, 0);
    for seen in decisions(&policy, &table, 0.0) {
        let flags = environment_flags(&table, seen.bar);
        let next = |i: &usize| table.close()[[seen.bar + 1, *i]] / table.close()[[seen.bar, *i]];
        let there = (0..ASSETS).filter(|i| flags[*i]);
        let Some(best) = there.max_by(|one, two| next(one).total_cmp(&next(two))) else {
            continue;
        };
        if next(&best) > 1.005 {
            weight += seen.weights[best];
            count += 1;
        }
    }
    let mean = weight / f64::from(count);
    assert!(mean > 0.75, "{mean} of {count}");
}

/// A managed back-test ends assets as the table says, not as the defaults do.
#[test]
fn a_managed_back_test_ends_assets_by_the_tables_rules() {
    use ppo_risk::portfolio::{report_risk, run_managed};
    let mut ragged = Ragged::new(4, |bar, asset| asset == 2 && bar >= 60);
    ragged.rules = ListingRules {
        max_halted_bars: 3,
        delisting_return: -0.4,
    };
    let table = Arc::new(ragged.table());
    let market = TableMarket::new(Arc::clone(&table), 0..=BARS - 1, WARM_UP, 0.0).unwrap();
    let policy = policy(Prior::EqualWeight, Distribution::Gaussian, false, 0.0);
    let risk = report_risk(policy.spec());
    let managed = run_managed("managed", &policy, &market, &EnvConfig::default(), &risk).unwrap();
    assert!(managed.track.left_out.is_empty(), "{:?}", managed.track.left_out);
    // Row t holds from close WARM_UP + t on; the asset ends at bar 62.
    let row = 61 - WARM_UP;
    let held = managed.track.weights.row(row);
    assert!(held[2] > 0.01, "{held}");
    let earned: f64 = (0..ASSETS)
        .map(|i| held[i] * if i == 2 { -0.4 } else { table_return(&table, 62, i) })
        .sum();
    let expected = (1.0 - managed.track.costs[row]) * (1.0 + earned) - 1.0;
    let found = managed.track.returns[row];
    assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    assert_eq!(managed.track.weights[[row + 1, 2]], 0.0);
}
