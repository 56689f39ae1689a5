//! The account by hand.

use super::*;
use crate::market::BarCosts;

fn free() -> Terms {
    Terms {
        costs: Costs {
            cost_rate: 0.0,
            ..Costs::default()
        },
        trade_band: 0.0,
        reward: RewardMode::LogReturn,
        margin: None,
    }
}

fn bar(returns: &[f64], cash_return: f64) -> MarketBar {
    MarketBar {
        returns: returns.to_vec(),
        cash_return,
        columns: Vec::new(),
        asset_columns: Vec::new(),
        prior: Vec::new(),
        time: None,
        status: Vec::new(),
        costs: BarCosts::default(),
    }
}

fn step(account: &mut Account, terms: &Terms, target: &[f64], bar: &MarketBar) -> Outcome {
    let costs = CostHistory::default();
    let outcome = account.evaluate(terms, &costs, target, bar).unwrap();
    account.commit(&outcome, &costs, target, bar);
    outcome
}

#[test]
fn weights_drift_with_assets_and_cash() {
    let mut account = Account::new(100.0, 2);
    step(&mut account, &free(), &[0.5, 0.3, 0.2], &bar(&[0.1, -0.2], 0.01));
    let growth = 1.0 + 0.05 - 0.06 + 0.002;
    assert!((account.value() - 100.0 * growth).abs() < 1e-12);
    for (found, expected) in account.weights().iter().zip([0.55 / growth, 0.24 / growth]) {
        assert!((found - expected).abs() < 1e-15);
    }
    assert!((account.cash() - 0.202 / growth).abs() < 1e-15);
}

#[test]
fn the_band_holds_back_small_trades() {
    let banded = Terms {
        costs: Costs {
            cost_rate: 0.01,
            ..Costs::default()
        },
        trade_band: 0.1,
        ..free()
    };
    let mut account = Account::new(1.0, 2);
    let flat = bar(&[0.0, 0.0], 0.0);
    assert_eq!(step(&mut account, &banded, &[0.5, 0.5, 0.0], &flat).turnover, 1.0);
    let small = step(&mut account, &banded, &[0.55, 0.42, 0.03], &flat);
    assert_eq!((small.turnover, small.cost), (0.0, 0.0));
    assert_eq!(account.weights(), [0.5, 0.5]);
    let large = step(&mut account, &banded, &[0.65, 0.35, 0.0], &flat);
    assert!((large.turnover - 0.15).abs() < 1e-15 && large.cost > 0.0);
    assert_eq!(account.weights(), [0.65, 0.35]);
}

#[test]
fn losing_everything_is_ruin_and_stays_finite() {
    let mut account = Account::new(1.0, 1);
    let outcome = step(&mut account, &free(), &[1.0], &bar(&[-1.0], 0.0));
    assert!(outcome.ruined && outcome.reward.is_finite());
    assert_eq!(outcome.log_growth, f64::NEG_INFINITY);
    let view = account.view();
    assert_eq!((view.weights, view.cash, view.drawdown), (&[0.0][..], 1.0, 1.0));
}

#[test]
fn shorts_and_borrowed_money_pay_for_it() {
    let margin = Margin {
        borrow: 0.01,
        rate: 0.002,
        maintenance: 0.25,
    };
    let terms = Terms {
        margin: Some(margin),
        ..free()
    };
    let mut account = Account::new(100.0, 2);
    // 150% long, 80% short: 30% in cash; then 180% long with 80% borrowed.
    step(&mut account, &terms, &[1.5, -0.8, 0.3], &bar(&[0.1, 0.05], 0.001));
    let growth = 1.0 + 0.15 - 0.04 + 0.0003 - 0.008;
    assert!((account.value() - 100.0 * growth).abs() < 1e-12);
    let expected = [1.65 / growth, -0.84 / growth, (0.3003 - 0.008) / growth];
    let found = account.weights().iter().chain([&account.cash]);
    for (found, expected) in found.zip(expected) {
        assert!((found - expected).abs() < 1e-15);
    }
    let value = account.value();
    step(&mut account, &terms, &[1.8, 0.0, -0.8], &bar(&[0.0, 0.0], 0.001));
    assert!((account.value() - value * (1.0 - 0.8 * 0.003)).abs() < 1e-12);
    assert!((account.weights().iter().sum::<f64>() + account.cash() - 1.0).abs() < 1e-15);
}

#[test]
fn a_margin_call_scales_back_to_what_must_be_there() {
    let terms = Terms {
        costs: Costs {
            cost_rate: 0.01,
            ..Costs::default()
        },
        margin: Some(Margin {
            borrow: 0.0,
            rate: 0.0,
            maintenance: 0.25,
        }),
        ..free()
    };
    let mut account = Account::new(1.0, 2);
    account.replace(&[2.0, -1.0], 0.0, 1.0);
    let held = [2.0, -1.0, 0.0];
    // 1 + 2·(-0.2) - 0.1 = 0.5 is left of positions of 1.6 and 1.1: 5.4 times.
    let falls = bar(&[-0.2, 0.1], 0.0);
    let outcome = step(&mut account, &terms, &held, &falls);
    let found = outcome.margin_call.unwrap();
    assert!((found - 0.5 / 2.7).abs() < 1e-15, "{found}");
    let gross: f64 = account.weights().iter().map(|weight| weight.abs()).sum();
    assert!((gross - 4.0).abs() < 1e-12, "{gross}");
    // By the money: 2.7 held, x sold of it in proportion; (0.5 - 0.01 x) / (2.7 - x) = 0.25.
    let sold = (0.5 - 0.25 * 2.7) / (0.01 - 0.25);
    assert!((account.value() - (0.5 - 0.01 * sold)).abs() < 1e-12);
    assert!((outcome.cost - 0.01 * sold).abs() < 1e-12);
    assert!((account.weights()[0] / account.weights()[1] + 1.6 / 1.1).abs() < 1e-12);
    // One that is kept is not called, and one that is ruined is ruined.
    let mut account = Account::new(1.0, 2);
    account.replace(&[2.0, -1.0], 0.0, 1.0);
    let kept = step(&mut account, &terms, &held, &bar(&[0.0, 0.0], 0.0));
    assert_eq!(kept.margin_call, None);
    let outcome = step(&mut account, &terms, &[2.0, -1.0, 0.0], &bar(&[-0.4, 0.3], 0.0));
    assert!(outcome.ruined && outcome.margin_call.is_none() && account.value() == 0.0);
}

#[test]
fn what_is_not_finite_is_named() {
    let account = Account::new(1.0, 2);
    let error = |target: &[f64], bar: &MarketBar| {
        account
            .evaluate(&free(), &CostHistory::default(), target, bar)
            .unwrap_err()
            .to_string()
    };
    let good = bar(&[0.0, 0.0], 0.0);
    assert!(error(&[0.5, f64::NAN], &good).contains("target[1]"));
    assert!(error(&[0.5, 0.5], &bar(&[0.0, f64::INFINITY], 0.0)).contains("bar.returns[1]"));
    assert!(error(&[0.5, 0.5, 0.0], &bar(&[0.0, 0.0], f64::NAN)).contains("bar.cash_return"));
}

#[test]
fn the_last_twenty_returns_are_remembered() {
    let mut memory = ReturnMemory::default();
    let value = |k: usize| ((k * 37) % 23) as f64 * 0.001 - 0.01;
    assert_eq!(memory.deviation(), 0.0);
    for k in 0..65 {
        memory.push(value(k));
        let last: Vec<f64> = (0..=k).rev().take(20).map(value).collect();
        let mean = last.iter().sum::<f64>() / last.len() as f64;
        let square = last.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / last.len() as f64;
        let expected = if k == 0 { 0.0 } else { square.sqrt() };
        assert!((memory.deviation() - expected).abs() < 1e-15, "{k}");
    }
}
