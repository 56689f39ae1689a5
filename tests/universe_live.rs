//! Universes that change, bar by bar: a portfolio and a book whose assets are listed, halted and end.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking, and compares exact values on purpose"
)]

#[allow(dead_code, reason = "other tests make more of it")]
#[path = "support/ragged.rs"]
mod ragged;

use ppo_risk::env::Costs;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarColumns, Status};
use ppo_risk::policy::spec::Distribution;
use ppo_risk::portfolio::{Book, Portfolio, PortfolioConfig, report_risk};
use ppo_risk::risk::manager::{Bar, RiskManager};
use ppo_risk::risk::reason::ReasonCode;
use ragged::{ASSETS, BARS, Ragged, WARM_UP, decisions, policy, priors};
use std::sync::Arc;

const COST: f64 = 0.01;

fn config(ragged: &Ragged) -> PortfolioConfig {
    PortfolioConfig {
        costs: Costs {
            cost_rate: COST,
            ..Costs::default()
        },
        max_halted_bars: ragged.rules.max_halted_bars,
        delisting_return: ragged.rules.delisting_return,
        ..PortfolioConfig::default()
    }
}

/// Closes with gaps and marks of ends, fed one at a time, give the environment's states and weights to the bit; a restart in
/// between and a bar that was refused make no difference.
#[test]
fn a_live_portfolio_decides_as_the_environment_does() {
    for seed in 0..12 {
        let ragged = Ragged::random(seed);
        let table = ragged.table();
        let market = TableMarket::new(Arc::new(table.clone()), 0..=BARS - 1, WARM_UP, 0.01).unwrap();
        for prior in priors() {
            let policy = policy(prior, Distribution::Gaussian, false, 0.7);
            let expected = decisions(&policy, &table, COST);
            let first = expected[0].bar;
            let mut portfolio = Portfolio::new(policy.clone(), config(&ragged)).unwrap();
            for close in 0..expected.last().unwrap().bar {
                if close == first + 20 {
                    let text = serde_json::to_string(&portfolio.state()).unwrap();
                    portfolio = Portfolio::new(policy.clone(), config(&ragged)).unwrap();
                    portfolio.restore(serde_json::from_str(&text).unwrap()).unwrap();
                }
                let mut closes = table.prices().row(close).to_vec();
                if close % 7 == 3 {
                    closes[0] = f64::INFINITY;
                    assert!(portfolio.push_prices(&closes, 0.0, table.shown(close)).is_err());
                    closes = table.prices().row(close).to_vec();
                    let short = BarColumns {
                        asset_columns: &[],
                        ..table.shown(close)
                    };
                    let before = serde_json::to_string(&portfolio.state()).unwrap();
                    if close > 0 {
                        assert!(portfolio.push_prices(&closes, 0.0, short).is_err());
                    }
                    assert_eq!(before, serde_json::to_string(&portfolio.state()).unwrap());
                }
                portfolio
                    .push_prices(&closes, market.cash_return(close), table.shown(close))
                    .unwrap();
                let worth: Vec<f64> = table.close().row(close).to_vec();
                assert_eq!(portfolio.worth(), worth, "bar {close}");
                if close < first {
                    continue;
                }
                let seen = &expected[close - first];
                let account = portfolio.account();
                assert_eq!(
                    account.weights(),
                    &seen.held[..ASSETS],
                    "seed {seed}, {prior:?}, bar {close}"
                );
                let found = portfolio.rebalance().unwrap();
                if prior == Prior::None {
                    // What stays is known to the policy to 32 bits alone.
                    let near = |(one, two): (&f64, &f64)| (one - two).abs() < 1e-7;
                    assert!(
                        found.iter().zip(&seen.weights).all(near),
                        "{found:?} {:?}",
                        seen.weights
                    );
                } else {
                    assert_eq!(found, seen.weights, "seed {seed}, {prior:?}, bar {close}");
                }
            }
        }
    }
}

/// A book on random tables: never a refusal, halted assets stay as they are held, absent ones are not held, and a restart
/// goes on with the same bits.
#[test]
fn a_book_leaves_halted_assets_alone() {
    let (mut halted_held, mut reasons) = (0, 0);
    for seed in 0..20 {
        let ragged = Ragged::random(seed);
        let table = ragged.table();
        let policy = policy(Prior::EqualWeight, Distribution::Gaussian, false, 0.7);
        let risk = report_risk(policy.spec());
        let new = || Portfolio::new(policy.clone(), config(&ragged)).unwrap();
        let mut book = Book::new(new(), RiskManager::new(risk.clone(), ASSETS).unwrap()).unwrap();
        let statuses = table.universe().map(|universe| universe.status().clone());
        let ranges = (table.prices() * 1.01, table.prices() * 0.99);
        for close in 0..BARS {
            let status = |i: usize| statuses.as_ref().map_or(Status::Listed, |all| all[[close, i]]);
            let closes = table.prices().row(close).to_vec();
            let (highs, lows) = (ranges.0.row(close).to_vec(), ranges.1.row(close).to_vec());
            let bar = Bar {
                highs_lows: Some((&highs, &lows)),
                shown: table.shown(close),
                ..Bar::closes(&closes)
            };
            if close == 70 {
                let text = serde_json::to_string(&book.state()).unwrap();
                let mut twin =
                    Book::restore(new(), risk.clone(), serde_json::from_str(&text).unwrap()).unwrap();
                twin.decide(&bar).unwrap();
                book.decide(&bar).unwrap();
                assert_eq!(
                    serde_json::to_string(&twin.state()).unwrap(),
                    serde_json::to_string(&book.state()).unwrap()
                );
                continue;
            }
            if !book.ready() {
                book.observe(&bar).unwrap();
                continue;
            }
            let before = serde_json::to_string(&book.state()).unwrap();
            let broken = Bar {
                highs_lows: Some((&lows, &highs)),
                ..bar
            };
            if closes.iter().any(|close| !close.is_nan()) {
                assert!(book.decide(&broken).is_err());
                assert_eq!(before, serde_json::to_string(&book.state()).unwrap());
            }
            let decision = book.decide(&bar).unwrap();
            let mentioned: Vec<usize> = decision
                .reasons
                .iter()
                .filter(|reason| reason.code == ReasonCode::AssetHalted)
                .filter_map(|reason| reason.index)
                .collect();
            reasons += mentioned.len();
            let held = book.portfolio().account().weights().to_vec();
            for (i, &held) in held.iter().enumerate() {
                match status(i) {
                    Status::Halted => {
                        let kept = book.traded()[i] * (1.0 - book.cost());
                        assert!(
                            (kept - held).abs() < 1e-14,
                            "seed {seed}, bar {close}: {kept} {held}"
                        );
                        halted_held += usize::from(held != 0.0);
                        assert_eq!(mentioned.contains(&i), held != 0.0);
                    }
                    Status::Absent | Status::Ended | Status::New => assert_eq!(book.traded()[i], 0.0),
                    Status::Listed => (),
                }
            }
            let sum: f64 = book.traded().iter().sum();
            assert!(
                (sum - 1.0).abs() < 1e-9 && book.traded()[ASSETS] > -1e-2,
                "{:?}",
                book.traded()
            );
        }
    }
    assert!(
        halted_held > 20 && reasons == halted_held,
        "{halted_held} {reasons}"
    );
}

/// Returns are of assets that are all there, whatever the bar before was.
#[test]
fn returns_know_of_no_halt() {
    let policy = policy(Prior::None, Distribution::Gaussian, false, 0.7);
    let mut portfolio = Portfolio::new(policy, PortfolioConfig::default()).unwrap();
    let signals = [0.0; ASSETS];
    let shown = BarColumns {
        asset_columns: &signals,
        time: Some(0),
        ..BarColumns::default()
    };
    let mut closes = [1.0; ASSETS];
    portfolio.push_prices(&closes, 0.0, shown).unwrap();
    closes[1] = f64::NAN;
    portfolio.push_prices(&closes, 0.0, shown).unwrap();
    assert_eq!(portfolio.status()[1], Status::Halted);
    portfolio.push_returns(&[0.01; ASSETS], 0.0, shown).unwrap();
    assert_eq!(portfolio.status(), [Status::Listed; ASSETS]);
}

/// A policy of complete markets takes no gap for a halt.
#[test]
fn gaps_are_refused_where_nothing_knows_of_them() {
    let (state, action) = ragged::spec_parts(Prior::None, Distribution::Gaussian, false);
    let mut spec = policy(Prior::None, Distribution::Gaussian, false, 0.0)
        .spec()
        .clone();
    spec.state = ppo_risk::market::state::StateSpec {
        listed: false,
        ..state
    };
    spec.action = action;
    let normalizer = ppo_risk::policy::normalizer::ObservationNormalizer::new(&spec);
    let values = ppo_risk::policy::initial::initial_values(&spec, 0.0, 1.0, 1);
    let policy = ppo_risk::policy::Policy::new(spec, normalizer, values, serde_json::Map::new()).unwrap();
    let mut portfolio = Portfolio::new(policy, PortfolioConfig::default()).unwrap();
    let signals = [0.0; ASSETS];
    let shown = BarColumns {
        asset_columns: &signals,
        ..BarColumns::default()
    };
    let error = portfolio
        .push_prices(&[1.0, f64::NAN, 1.0, 1.0], 0.0, shown)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("closes[1] (asset 1)") && error.contains("listed"),
        "{error}"
    );
    let ends = [0.0, 0.0, 1.0, 0.0];
    let error = portfolio
        .push_prices(&[1.0; ASSETS], 0.0, BarColumns { ends: &ends, ..shown })
        .unwrap_err()
        .to_string();
    assert!(error.contains("ends[2] (asset 2)"), "{error}");
}

/// Who is halted is what the last bar said that was taken in, whatever was refused since, and so after a restart.
#[test]
fn a_refused_bar_says_nothing_of_who_is_halted() {
    let ragged = Ragged::new(8, |bar, asset| asset == 1 && bar == 40);
    let table = ragged.table();
    let policy = policy(Prior::EqualWeight, Distribution::Gaussian, false, 0.7);
    let mut portfolio = Portfolio::new(policy.clone(), config(&ragged)).unwrap();
    let closes = |close: usize| table.prices().row(close).to_vec();
    for close in 0..=40 {
        portfolio
            .push_prices(&closes(close), 0.0, table.shown(close))
            .unwrap();
    }
    let mut restored = Portfolio::new(policy, config(&ragged)).unwrap();
    let text = serde_json::to_string(&portfolio.state()).unwrap();
    restored.restore(serde_json::from_str(&text).unwrap()).unwrap();
    let mut refused = portfolio.clone();
    let short = BarColumns {
        asset_columns: &[],
        ..table.shown(41)
    };
    assert!(refused.push_prices(&closes(41), 0.0, short).is_err());
    assert_eq!(refused.status(), portfolio.status());
    assert_eq!(portfolio.status()[1], Status::Halted);
    let states = [&mut portfolio, &mut refused, &mut restored].map(|portfolio| {
        portfolio
            .set_position(&[0.2, 0.3, 0.0, 0.1, 0.4], 1000.0)
            .unwrap();
        portfolio.rebalance().unwrap();
        portfolio.push_prices(&closes(41), 0.0, table.shown(41)).unwrap();
        serde_json::to_string(&portfolio.state()).unwrap()
    });
    assert_eq!(states[0], states[1]);
    assert_eq!(states[0], states[2]);
}
