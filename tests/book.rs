//! Policy, portfolio and risk manager joined: without any limit it is the back-test of the policy itself, and with
//! limits it keeps them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use chrono::{Days, NaiveDate};
use ndarray::Array2;
use ppo_risk::backtest::run_policy;
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::market::prices::{PriceTable, Ranges};
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarColumns, BarsPerYear};
use ppo_risk::math::random::stream;
use ppo_risk::policy::{Policy, file};
use ppo_risk::portfolio::last_bar::{AssetDecision, Holdings, decide_at_last_bar};
use ppo_risk::portfolio::{Book, Portfolio, PortfolioConfig, report_risk, run_managed};
use ppo_risk::risk::atr::Atr;
use ppo_risk::risk::limits::{LimitsConfig, TailLimit};
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager};
use ppo_risk::risk::reason::ReasonCode;
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;
use std::sync::Arc;

const BARS: usize = 700;
const FIRST: usize = 300;
const COST_RATE: f64 = 0.002;

fn demo() -> Policy {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/sp500-20-stocks.safetensors");
    file::load(path).unwrap().0
}

/// Seeded random walks under the demo policy's names, with a crash in the middle.
fn market(policy: &Policy) -> Arc<TableMarket> {
    let assets = policy.spec().assets.clone();
    let mut stream = stream(3, "book test", 0);
    let mut draw = || Distribution::<f64>::sample(&StandardNormal, &mut stream);
    let mut logs = vec![4.0; assets.len()];
    let mut closes = Array2::zeros((BARS, assets.len()));
    for (bar, mut row) in closes.rows_mut().into_iter().enumerate() {
        let crash = (450..480).contains(&bar);
        let common = if crash { -0.012 } else { 0.0004 } + 0.008 * draw();
        for (log, close) in logs.iter_mut().zip(&mut row) {
            *log += common + 0.01 * draw();
            *close = log.exp();
        }
    }
    let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let dates = (0..BARS as u64).map(|bar| start + Days::new(bar)).collect();
    let table = PriceTable::new(dates, assets, closes)
        .unwrap()
        .with_bars_per_year(BarsPerYear::DAILY);
    Arc::new(TableMarket::new(Arc::new(table), FIRST..=BARS - 1, 252, 0.02).unwrap())
}

fn env() -> EnvConfig {
    EnvConfig {
        costs: Costs {
            cost_rate: COST_RATE,
            ..Costs::default()
        },
        ..EnvConfig::default()
    }
}

/// Everything off but the limits, which any long portfolio without debt keeps.
fn nothing(policy: &Policy) -> RiskConfig {
    RiskConfig {
        leverage: None,
        hedge: None,
        positions: None,
        ..report_risk(policy.spec())
    }
}

#[test]
fn without_risk_management_it_is_the_policys_own_back_test() {
    let policy = demo();
    let market = market(&policy);
    let raw = run_policy("policy", &policy, Arc::clone(&market), &env()).unwrap();
    let managed = run_managed("managed", &policy, &market, &env(), &nothing(&policy)).unwrap();
    managed.validate().unwrap();
    assert_eq!(managed.track.times, raw.times);
    let close = |found: &[f64], expected: &[f64], what: &str| {
        assert_eq!(found.len(), expected.len());
        for (bar, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert!(
                (found - expected).abs() < 1e-12,
                "{what}[{bar}]: {found} {expected}"
            );
        }
    };
    close(&managed.track.returns, &raw.returns, "returns");
    close(&managed.track.turnover, &raw.turnover, "turnover");
    close(&managed.track.costs, &raw.costs, "costs");
    for bar in 0..raw.len() {
        let (found, expected) = (managed.track.weights.row(bar), raw.weights.row(bar));
        close(found.as_slice().unwrap(), expected.as_slice().unwrap(), "weights");
    }
    assert!(raw.turnover.iter().filter(|turnover| **turnover > 0.0).count() > 1);
}

#[test]
fn what_is_held_keeps_the_limits_and_the_crash_is_felt_less() {
    let policy = demo();
    let market = market(&policy);
    let mut risk = report_risk(policy.spec());
    risk.limits = LimitsConfig {
        max_weights: vec![0.045; 20],
        min_cash: Some(0.2),
        conditional_value_at_risk: TailLimit {
            historical: Some(0.015),
            ..TailLimit::default()
        },
        ..LimitsConfig::default()
    };
    risk.drawdown.reduce_at = Some(0.10);
    let raw = run_policy("policy", &policy, Arc::clone(&market), &env()).unwrap();
    let managed = run_managed("managed", &policy, &market, &env(), &risk).unwrap();
    for row in managed.track.weights.rows() {
        // After the trade: before its costs, that is.
        assert!(
            row.iter().take(20).all(|&weight| weight <= 0.045 + 1e-12),
            "{row}"
        );
        assert!(row[20] >= 0.2 - 1e-12, "{row}");
    }
    let worst = |returns: &[f64]| ppo_risk::risk::metrics::max_drawdown(returns);
    let (managed_worst, raw_worst) = (worst(&managed.track.returns), worst(&raw.returns));
    assert!(
        managed_worst < 0.9 * raw_worst,
        "{managed_worst} against {raw_worst}"
    );
    let given = |code| {
        let bars = managed.reasons.iter();
        bars.filter(|reasons| reasons.iter().any(|reason| reason.code == code))
            .count()
    };
    for code in [
        ReasonCode::AssetMaximum,
        ReasonCode::DrawdownReduce,
        ReasonCode::HedgeOpened,
    ] {
        assert!(given(code) > 0, "{code}");
    }
    assert!(managed.hedge.iter().any(|&hedge| hedge > 0.0));
}

/// Changing the prices after a bar changes nothing that was decided up to it.
#[test]
fn decisions_know_nothing_of_later_prices() {
    let policy = demo();
    let market = market(&policy);
    let whole = run_managed("managed", &policy, &market, &env(), &report_risk(policy.spec())).unwrap();
    let table = market.table();
    let mut closes = table.close().clone();
    let cut = 500;
    for mut row in closes.rows_mut().into_iter().skip(cut + 1) {
        row *= 3.0;
    }
    let changed = PriceTable::new(table.times().to_vec(), table.assets().to_vec(), closes)
        .unwrap()
        .with_bars_per_year(BarsPerYear::DAILY);
    let changed = TableMarket::new(Arc::new(changed), FIRST..=BARS - 1, 252, 0.02).unwrap();
    let other = run_managed("managed", &policy, &changed, &env(), &report_risk(policy.spec())).unwrap();
    let decided = cut - FIRST + 1;
    for bar in 0..decided {
        assert_eq!(
            whole.track.weights.row(bar),
            other.track.weights.row(bar),
            "bar {bar}"
        );
        assert_eq!(
            format!("{:?}", whole.reasons[bar]),
            format!("{:?}", other.reasons[bar])
        );
    }
    assert_ne!(whole.track.weights, other.track.weights);
}

#[test]
fn limits_that_need_debt_or_short_sales_are_refused_and_bad_bars_change_nothing() {
    let policy = demo();
    let manager = || Portfolio::new(demo(), PortfolioConfig::default()).unwrap();
    let refused = |change: fn(&mut LimitsConfig)| {
        let mut risk = nothing(&policy);
        change(&mut risk.limits);
        let risk = RiskManager::new(risk, 20).unwrap();
        Book::new(manager(), risk).unwrap_err().to_string()
    };
    assert!(refused(|limits| limits.min_cash = None).contains("`limits.min_cash` is none"));
    assert!(refused(|limits| limits.min_cash = Some(-0.5)).contains("`limits.min_cash` is -0.5"));
    assert!(refused(|limits| limits.min_weights = vec![-0.1; 20]).contains("`limits.min_weights[0]`"));
    let few = RiskManager::new(nothing(&policy), 3).unwrap();
    assert!(
        Book::new(manager(), few)
            .unwrap_err()
            .to_string()
            .contains("is 3, expected 20")
    );

    let risk = RiskManager::new(nothing(&policy), 20).unwrap();
    let mut portfolio = Book::new(manager(), risk).unwrap();
    let bar = |closes| Bar {
        cash_return: 0.0,
        shown: BarColumns::default(),
        ..Bar::closes(closes)
    };
    portfolio.observe(&bar(&[10.0; 20])).unwrap();
    let before = (
        portfolio.risk().state(),
        format!("{:?}", portfolio.portfolio().state()),
    );
    for closes in [&[10.0; 19][..], &[f64::NAN; 20], &[0.0; 20]] {
        assert!(portfolio.observe(&bar(closes)).is_err());
        assert!(portfolio.decide(&bar(closes)).is_err());
    }
    let columns = Bar {
        shown: BarColumns {
            columns: &[1.0],
            ..BarColumns::default()
        },
        ..bar(&[11.0; 20])
    };
    assert!(portfolio.observe(&columns).is_err());
    let after = (
        portfolio.risk().state(),
        format!("{:?}", portfolio.portfolio().state()),
    );
    assert_eq!(before, after);
}

/// How far rounding may put a high below its close is one rule for a table, an average true range and a book. A price where money
/// is at risk is 1e-15 to 1e15; a table and a portfolio have any.
#[test]
fn a_bar_that_a_table_takes_is_one_that_a_book_takes() {
    let policy = demo();
    let rounded = 1.0 - 2.0 * f64::EPSILON;
    for (price, high, in_table, at_risk) in [
        (10.0, 10.0, true, true),
        (10.0, 10.0 * rounded, true, true),
        (10.0, 10.0 * (1.0 - 1e-12), false, false),
        (1e15, 1e15, true, true),
        (1.1e15, 1.1e15, true, false),
        (1e-15, 1e-15, true, true),
        (0.9e-15, 0.9e-15, true, false),
        (0.0, 0.0, false, false),
    ] {
        let what = format!("close {price}, high {high}");
        let (closes, highs) = ([price; 20], [high; 20]);
        let times = |day| NaiveDate::from_ymd_opt(2020, 1, day).unwrap();
        let rows = |value| Array2::from_elem((2, 20), value);
        let table = PriceTable::new(
            vec![times(1), times(2)],
            policy.spec().assets.clone(),
            rows(price),
        )
        .and_then(|table| {
            table.with_ranges(Ranges {
                high: Some(rows(high)),
                low: Some(rows(price)),
                ..Ranges::default()
            })
        });
        assert_eq!(table.is_ok(), in_table, "table, {what}");
        let mut portfolio = Portfolio::new(demo(), PortfolioConfig::default()).unwrap();
        let pushed = portfolio.push_prices(&closes, 0.0, BarColumns::default());
        assert_eq!(pushed.is_ok(), price > 0.0, "portfolio, {what}");
        let mut atr = Atr::new(20, 3).unwrap();
        let updated = atr.update(Some(&highs), Some(&closes), &closes, &mut Vec::new());
        assert_eq!(updated.is_ok(), at_risk, "average true range, {what}");
        let risk = RiskManager::new(nothing(&policy), 20).unwrap();
        let portfolio = Portfolio::new(demo(), PortfolioConfig::default()).unwrap();
        let mut book = Book::new(portfolio, risk).unwrap();
        let bar = Bar {
            highs_lows: Some((&highs, &closes)),
            ..Bar::closes(&closes)
        };
        assert_eq!(book.observe(&bar).is_ok(), at_risk, "book, {what}");
    }
}

/// The decision at a table's last bar is the live loop's, for the portfolio that the holdings are.
#[test]
fn what_to_hold_now_is_the_live_loops_decision() {
    let policy = demo();
    let market = market(&policy);
    let (table, assets) = (market.table(), policy.spec().assets.len());
    let last = BARS - 1;
    let closes = |bar: usize| table.close().row(bar).to_vec();
    let holdings = Holdings {
        units: (0..assets).map(|i| (i % 3) as f64 * 10.0).collect(),
        cash: 5_000.0,
    };
    for risk in [nothing(&policy), report_risk(policy.spec())] {
        let found = decide_at_last_bar(&policy, &market, &holdings, &risk, &env().costs, 0.0).unwrap();

        let config = PortfolioConfig {
            costs: Costs {
                cost_rate: COST_RATE,
                ..Costs::default()
            },
            ..PortfolioConfig::default()
        };
        let portfolio = Portfolio::new(policy.clone(), config).unwrap();
        let mut book = Book::new(portfolio, RiskManager::new(risk, assets).unwrap()).unwrap();
        for bar in 0..last {
            let closes = closes(bar);
            let bar = Bar {
                cash_return: market.cash_return(bar),
                ..Bar::closes(&closes)
            };
            book.observe(&bar).unwrap();
        }
        let worth = |bar: usize| -> f64 {
            let held = holdings.units.iter().zip(closes(bar));
            held.map(|(units, price)| units * price).sum()
        };
        let before = worth(last - 1) + holdings.cash;
        let held = holdings.units.iter().zip(closes(last - 1));
        let mut weights: Vec<f64> = held.map(|(units, price)| units * price / before).collect();
        weights.push(holdings.cash / before);
        book.set_position(&weights, before).unwrap();
        let closes = closes(last);
        let bar = Bar {
            cash_return: market.cash_return(last),
            ..Bar::closes(&closes)
        };
        let units: Vec<f64> = book
            .decide(&bar)
            .unwrap()
            .positions
            .iter()
            .map(|at| at.units)
            .collect();

        let equity = worth(last) + holdings.cash * (1.0 + market.cash_return(last));
        assert!((found.equity - equity).abs() < 1e-9 * equity);
        for (i, asset) in found.assets.iter().enumerate() {
            let expected = match units.get(i) {
                Some(units) => *units,
                None => book.traded()[i] * equity / closes[i],
            };
            assert!(
                (asset.units - expected).abs() < 1e-9 * expected.abs().max(1.0),
                "{asset:?}"
            );
            assert_eq!(asset.trade.to_bits(), (asset.units - holdings.units[i]).to_bits());
            assert!((asset.held_weight - holdings.units[i] * closes[i] / equity).abs() < 1e-12);
        }
        for (k, cash) in found.cash.iter().enumerate() {
            let of = |asset: &AssetDecision| [asset.held_weight, asset.policy_weight, asset.weight][k];
            assert!((cash + found.assets.iter().map(of).sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
    let lots = decide_at_last_bar(&policy, &market, &holdings, &nothing(&policy), &env().costs, 5.0).unwrap();
    assert!(lots.assets.iter().all(|asset| asset.units % 5.0 == 0.0));
    assert!(lots.assets.iter().any(|asset| asset.units > 0.0));
    for (spoilt, words) in [
        (
            Holdings {
                units: vec![0.0; 3],
                cash: 1.0,
            },
            "`holdings` has 3 values",
        ),
        (
            Holdings {
                units: vec![-1.0; assets],
                cash: 1.0,
            },
            "holdings of ",
        ),
        (
            Holdings {
                units: vec![0.0; assets],
                cash: 0.0,
            },
            "`holdings of cash` is 0",
        ),
        (
            Holdings {
                units: vec![0.0; assets],
                cash: f64::NAN,
            },
            "`holdings of cash` is NaN",
        ),
    ] {
        let refused = decide_at_last_bar(&policy, &market, &spoilt, &nothing(&policy), &env().costs, 0.0);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}
