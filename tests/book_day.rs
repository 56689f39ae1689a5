//! A live engine's day: orders from what a book decided, with lots, minima and halted assets, and money paid in and out.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

#[allow(dead_code, reason = "other tests make more of it")]
#[path = "support/ragged.rs"]
mod ragged;

use ppo_risk::env::Costs;
use ppo_risk::json::compact;
use ppo_risk::market::Status;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::table::TableMarket;
use ppo_risk::math::random::stream;
use ppo_risk::policy::Policy;
use ppo_risk::policy::spec::Distribution;
use ppo_risk::portfolio::last_bar::{Holdings, decide_at_last_bar};
use ppo_risk::portfolio::{Book, BookState, Order, OrderTerms, Portfolio, PortfolioConfig, report_risk};
use ppo_risk::risk::manager::{Bar, RiskManager, Switch};
use ppo_risk::risk::reason::ReasonCode;
use ragged::{ASSETS, BARS, Ragged, WARM_UP, policy};
use rand::RngExt;
use std::sync::Arc;

const COST_RATE: f64 = 0.002;
const CASH_RETURN: f64 = 1e-4;

fn config(ragged: &Ragged) -> PortfolioConfig {
    PortfolioConfig {
        costs: Costs::at_rate(COST_RATE),
        max_halted_bars: ragged.rules.max_halted_bars,
        delisting_return: ragged.rules.delisting_return,
        ..PortfolioConfig::default()
    }
}

/// A book over a table.
struct Day {
    ragged: Ragged,
    policy: Policy,
    book: Book,
}

impl Day {
    fn new(ragged: Ragged, short: bool) -> Self {
        let policy = policy(Prior::EqualWeight, Distribution::Gaussian, short, 0.3);
        let portfolio = Portfolio::new(policy.clone(), config(&ragged)).unwrap();
        let risk = RiskManager::new(report_risk(policy.spec()), ASSETS).unwrap();
        let book = Book::new(portfolio, risk).unwrap();
        Self { ragged, policy, book }
    }

    /// One that has decided at `last`, the bars before being observed or, from 60 on, decided on.
    fn decided(ragged: Ragged, short: bool, last: usize) -> Self {
        let mut day = Self::new(ragged, short);
        for close in 0..=last {
            let decides = close == last || close >= 60;
            day.take(close, decides && day.book.ready());
        }
        day
    }

    fn take(&mut self, close: usize, decides: bool) {
        let table = self.ragged.table();
        let closes = table.prices().row(close).to_vec();
        let bar = Bar {
            cash_return: CASH_RETURN,
            shown: table.shown(close),
            ..Bar::closes(&closes)
        };
        match decides {
            true => drop(self.book.decide(&bar).unwrap().clone()),
            false => self.book.observe(&bar).unwrap(),
        }
    }

    /// Units and cash of what the book holds before the trade.
    fn held(&self) -> (Vec<f64>, f64) {
        let portfolio = self.book.portfolio();
        let account = portfolio.account();
        let value = account.value();
        let units = |(weight, price): (&f64, &f64)| {
            if *weight == 0.0 {
                0.0
            } else {
                weight * value / price
            }
        };
        let pairs = account.weights().iter().zip(portfolio.worth());
        (pairs.map(units).collect(), account.cash() * value)
    }

    fn can_trade(&self, asset: usize) -> bool {
        let status = self.book.portfolio().status().get(asset).copied();
        status.unwrap_or(Status::Listed).has_price()
    }
}

fn complete(seed: u64) -> Ragged {
    Ragged::new(seed, |_, _| false)
}

fn open(units: &[f64], cash: f64) -> OrderTerms<'_> {
    OrderTerms {
        units,
        cash,
        lots: &[],
        min_units: &[],
        min_value: 0.0,
    }
}

fn orders(book: &Book, terms: &OrderTerms<'_>) -> Vec<Order> {
    let mut found = Vec::new();
    book.orders(terms, |order| found.push(order)).unwrap();
    found
}

fn state(book: &Book) -> Vec<u8> {
    compact::to_bytes(&book.state())
}

/// Orders that are filled at the close leave what the book takes to be held, and its value.
#[test]
fn filled_orders_are_the_decision() {
    for seed in 0..10 {
        let day = Day::decided(complete(seed), false, 90);
        let (mut units, mut cash) = day.held();
        let prices = day.book.portfolio().worth().to_vec();
        let before = day.book.portfolio().account().value();
        for order in orders(&day.book, &open(&units.clone(), cash)) {
            let money = order.units * prices[order.asset];
            units[order.asset] += order.units;
            cash -= money + COST_RATE * money.abs();
        }
        let after = before * (1.0 - day.book.cost());
        let found: f64 = cash
            + units
                .iter()
                .zip(&prices)
                .map(|(units, price)| units * price)
                .sum::<f64>();
        assert!((found / after - 1.0).abs() < 1e-12, "{found} {after}");
        for (i, weight) in day.book.traded()[..ASSETS].iter().enumerate() {
            assert!((units[i] * prices[i] / after - weight).abs() < 1e-9, "asset {i}");
        }
    }
}

/// Whatever is held: sales come first, cash is never below 0, lots and minima are kept, and nothing is sold that is not there.
#[test]
fn orders_keep_lots_minima_and_cash() {
    let mut draws = stream(3, "order test", 0);
    let (mut sales, mut purchases, mut short_of_cash) = (0, 0, 0);
    for seed in 0..12 {
        let day = Day::decided(complete(seed), false, 70 + seed as usize);
        let prices = day.book.portfolio().worth();
        for _ in 0..200 {
            let units: Vec<f64> = (0..ASSETS)
                .map(|_| f64::from(draws.random_range(0..800_u32)) * draws.random_range(0..2) as f64)
                .collect();
            let cash = draws.random_range(0.0..50_000.0);
            let lots: Vec<f64> = (0..ASSETS)
                .map(|_| f64::from(draws.random_range(0..20_u32)))
                .collect();
            let min_units: Vec<f64> = (0..ASSETS).map(|_| draws.random_range(0.0..30.0)).collect();
            let terms = OrderTerms {
                lots: &lots,
                min_units: &min_units,
                min_value: draws.random_range(0.0..2_000.0),
                ..open(&units, cash)
            };
            let mut left = cash;
            let mut bought = false;
            for order in orders(&day.book, &terms) {
                let Order { asset, units: change } = order;
                assert!(change != 0.0 && (change > 0.0 || !bought), "{order:?}");
                bought |= change > 0.0;
                let after = units[asset] + change;
                assert!(after >= 0.0, "{order:?} of {units:?}");
                let whole = change / lots[asset];
                let is_whole = lots[asset] == 0.0 || (whole - whole.round()).abs() < 1e-9;
                assert!(is_whole || after == 0.0, "{order:?}, lots {lots:?}");
                assert!(change.abs() >= min_units[asset]);
                assert!(change.abs() * prices[asset] >= terms.min_value);
                left -= change * prices[asset] + COST_RATE * change.abs() * prices[asset];
                assert!(left >= -1e-9 * cash.max(1.0), "{left} of {cash}");
                *(if change > 0.0 { &mut purchases } else { &mut sales }) += 1;
            }
            short_of_cash += usize::from(bought && left < 100.0);
        }
    }
    assert!(
        sales > 500 && purchases > 500 && short_of_cash > 50,
        "{sales} {purchases} {short_of_cash}"
    );
}

/// What cannot be paid for is taken from all purchases alike: here by half.
#[test]
fn purchases_share_the_cash() {
    let day = Day::decided(complete(1), false, 80);
    let prices = day.book.portfolio().worth().to_vec();
    let wanted: Vec<usize> = (0..ASSETS).filter(|&i| day.book.traded()[i] > 0.0).collect();
    assert!(wanted.len() >= 2);
    // All that is held lies in what is not sold, below the least value of an order.
    let other = wanted[0];
    let mut units = vec![0.0; ASSETS];
    units[other] = 1000.0;
    let equity = 1000.0 * prices[other] * 1.1;
    let cash = equity - 1000.0 * prices[other];
    let kept = equity * (1.0 - day.book.cost());
    let needed: f64 = wanted[1..].iter().map(|&i| day.book.traded()[i] * kept).sum();
    let mut min_units = vec![0.0; ASSETS];
    min_units[other] = 1e9;
    let terms = OrderTerms {
        min_units: &min_units,
        ..open(&units, cash)
    };
    let part = cash / (needed * (1.0 + COST_RATE));
    assert!(part < 1.0, "{part}");
    let found = orders(&day.book, &terms);
    assert_eq!(found.len(), wanted.len() - 1);
    for order in found {
        let expected = part * day.book.traded()[order.asset] * kept / prices[order.asset];
        assert!(
            (order.units / expected - 1.0).abs() < 1e-12,
            "{order:?} {expected}"
        );
    }
}

/// No order for what is halted, at its end or absent, whatever is held of it; the others get theirs.
#[test]
fn what_cannot_be_traded_gets_no_order() {
    let (mut halted, mut others) = (0, 0);
    for seed in 0..20 {
        for short in [false, true] {
            let mut day = Day::new(Ragged::random(seed), short);
            for close in 0..BARS {
                let decides = day.book.ready();
                day.take(close, decides);
                if !decides {
                    continue;
                }
                let (held, cash) = day.held();
                for units in [held, vec![50.0; ASSETS]] {
                    for order in orders(&day.book, &open(&units, cash.max(1000.0))) {
                        assert!(day.can_trade(order.asset), "seed {seed}, bar {close}: {order:?}");
                        others += 1;
                    }
                    let is_halted = |i: &usize| !day.can_trade(*i) && units[*i] != 0.0;
                    halted += (0..ASSETS).filter(is_halted).count();
                }
            }
        }
    }
    assert!(halted > 100 && others > 1000, "{halted} {others}");
}

/// Nor does the decision at a table's last bar trade it.
#[test]
fn the_decision_at_the_last_bar_leaves_halted_assets_alone() {
    let ragged = Ragged::new(8, |bar, asset| {
        asset == 1 && bar == BARS - 1 || asset == 3 && bar < BARS - 1
    });
    let day = Day::new(ragged, false);
    let table = day.ragged.table();
    let market = TableMarket::new(Arc::new(table), 0..=BARS - 1, WARM_UP, 0.0).unwrap();
    let holdings = Holdings {
        units: vec![10.0, 20.0, 0.0, 0.0],
        cash: 5_000.0,
    };
    let risk = report_risk(day.policy.spec());
    let found = decide_at_last_bar(&day.policy, &market, &holdings, &risk, &Costs::default(), 0.0).unwrap();
    let trades: Vec<f64> = found.assets.iter().map(|asset| asset.trade).collect();
    assert_eq!((trades[1], trades[3]), (0.0, 0.0));
    assert!(trades[0] != 0.0 || trades[2] != 0.0, "{trades:?}");
}

#[test]
fn orders_refuse_what_nobody_holds() {
    let mut day = Day::decided(complete(2), false, 80);
    let units = [1.0, 2.0, 3.0, 4.0];
    let before = state(&day.book);
    let nan = [0.0, f64::NAN, 0.0, 0.0];
    let below = [0.0, 0.0, -1.0, 0.0];
    let terms = open(&units, 100.0);
    for (terms, words) in [
        (open(&units[1..], 1.0), "`units` has 3 values, expected 4"),
        (open(&nan, 1.0), "`units[1]` is NaN"),
        (
            open(&below, 1.0),
            "`units[2]` is -1, expected a finite number of at least 0",
        ),
        (open(&units, f64::INFINITY), "`cash` is inf"),
        (open(&[0.0; 4], 0.0), "`units` is worth 0 with `cash`"),
        (
            OrderTerms {
                lots: &units[1..],
                ..terms
            },
            "`lots` has 3 values",
        ),
        (
            OrderTerms {
                lots: &below,
                ..terms
            },
            "`lots[2]` is -1",
        ),
        (
            OrderTerms {
                min_units: &nan,
                ..terms
            },
            "`min_units[1]` is NaN",
        ),
        (
            OrderTerms {
                min_value: -1.0,
                ..terms
            },
            "`min_value` is -1",
        ),
    ] {
        let take = |order| panic!("{order:?}");
        let said = day.book.orders(&terms, take).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(state(&day.book), before);
    // What was decided is over with the next bar.
    day.take(81, false);
    let said = day.book.orders(&terms, |_| ()).unwrap_err().to_string();
    assert!(said.contains("`book` is without a decision to follow"), "{said}");
}

/// After a deposit the portfolio is the one without it and the deposit in cash beside it, whatever was traded at the close;
/// drawdown and remembered returns know nothing of it, and a restart goes on with the same bits.
#[test]
fn a_deposit_is_cash_beside_the_portfolio() {
    for (seed, decides) in [(0, true), (1, false), (2, true), (3, false)] {
        let mut day = Day::decided(complete(seed), false, 80);
        day.take(81, decides);
        let book = day.book.clone();
        let account = book.portfolio().account();
        let (value, view) = (account.value(), account.view());
        let in_money = |book: &Book, value: f64| book.traded()[0] * (1.0 - book.cost()) * value;
        let after = book.traded()[ASSETS] * (1.0 - book.cost());
        let paid_out = -0.5 * after.min(view.cash) * value;
        let mut grown = Vec::new();
        for amount in [0.0, 2_500.0, 1e7, paid_out] {
            day.book = book.clone();
            day.book.deposit(amount).unwrap();
            let account = day.book.portfolio().account();
            let (found, diluted) = (account.value(), account.view());
            assert!((found - value - amount).abs() < 1e-9);
            assert!((diluted.drawdown - view.drawdown).abs() < 1e-15);
            assert_eq!(diluted.volatility, view.volatility);
            let sum = diluted.weights.iter().sum::<f64>() + diluted.cash;
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
            assert_eq!(diluted.weights != view.weights, amount != 0.0);
            if decides {
                let expected = in_money(&book, value);
                assert!((in_money(&day.book, found) - expected).abs() < 1e-9 * value);
            }
            let portfolio = Portfolio::new(day.policy.clone(), config(&day.ragged)).unwrap();
            let saved = compact::from_bytes(&state(&day.book), "state").unwrap();
            let restored = Book::restore(portfolio, report_risk(day.policy.spec()), saved).unwrap();
            let ends = [day.book.clone(), restored].map(|book| {
                day.book = book;
                day.take(82, true);
                grown.push(day.book.portfolio().account().value());
                state(&day.book)
            });
            assert!(ends[0] == ends[1], "a restart after {amount} is another");
            let expected = grown[0] + amount * (1.0 + CASH_RETURN);
            let found = grown[grown.len() - 1];
            assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
        }
    }
}

#[test]
fn what_cannot_be_paid_out_is_refused_and_changes_nothing() {
    let mut day = Day::decided(complete(5), false, 80);
    let half = [0.25, 0.0, 0.25, 0.0, 0.5];
    let refused = |book: &mut Book, amount: f64, words: &str| {
        let before = state(book);
        let said = book.deposit(amount).unwrap_err().to_string();
        assert!(
            said.contains(words) && said.starts_with("`amount` is"),
            "{amount}: {said}"
        );
        assert_eq!(state(book), before);
    };
    day.book.set_position(&half, 1000.0).unwrap();
    for (amount, words) in [
        (f64::NAN, "a finite amount of money"),
        (f64::INFINITY, "a finite amount of money"),
        (-1000.0, "a value above 0"),
        (-5000.0, "a value above 0"),
        (1.1e90, "at most 1e90"),
        (-500.01, "at least -500, the cash that there is"),
    ] {
        refused(&mut day.book, amount, words);
    }
    // Cash that is spent at this close is not there either; what is sold is there at the next.
    day.book.record_trade(&[0.5, 0.0, 0.4, 0.0, 0.1], 0.001).unwrap();
    refused(&mut day.book, -100.0, "the cash that there is");
    day.book.deposit(-99.8).unwrap();
    day.book.set_position(&half, 1000.0).unwrap();
    day.book.record_trade(&[0.0, 0.0, 0.0, 0.0, 1.0], 0.001).unwrap();
    refused(&mut day.book, -501.0, "the cash that there is");
    // To the last cent, and never a hair below 0.
    day.book.deposit(-500.0).unwrap();
    assert_eq!(day.book.portfolio().account().cash(), 0.0);
    day.take(81, false);
    let value = day.book.portfolio().account().value();
    assert!((value - 499.0 * (1.0 + CASH_RETURN)).abs() < 1e-9, "{value}");
}

/// Where money may be borrowed, no cash is needed, but the maintenance margin is.
#[test]
fn a_short_portfolio_pays_out_to_its_margin() {
    let mut day = Day::decided(complete(5), true, 80);
    day.book
        .set_position(&[0.5, -0.3, 0.2, 0.0, 0.6], 1000.0)
        .unwrap();
    // 1000 of exposure need 250.
    let said = day.book.deposit(-750.1).unwrap_err().to_string();
    assert!(
        said.contains("expected at least -750, by `maintenance`"),
        "{said}"
    );
    day.book.deposit(-749.9).unwrap();
    let account = day.book.portfolio().account();
    assert!((account.cash() * account.value() + 149.9).abs() < 1e-9);
    assert!((account.weights()[1] * account.value() + 300.0).abs() < 1e-9);
}

/// A target that was asked for is of the new value.
#[test]
fn a_deposit_before_a_target_is_traded_is_traded_with_it() {
    let day = Day::decided(complete(4), false, 80);
    let table = day.ragged.table();
    let mut portfolio = Portfolio::new(day.policy.clone(), config(&day.ragged)).unwrap();
    let push = |portfolio: &mut Portfolio, close: usize| {
        let closes = table.prices().row(close).to_vec();
        portfolio.push_prices(&closes, 0.0, table.shown(close)).unwrap();
    };
    for close in 0..=80 {
        push(&mut portfolio, close);
    }
    let target = portfolio.rebalance().unwrap().to_vec();
    portfolio.deposit(50_000.0).unwrap();
    push(&mut portfolio, 81);
    // All in cash before: mu = 1/(1 + c sum w).
    let invested: f64 = target[..ASSETS].iter().sum();
    let (from, to) = (table.close().row(80), table.close().row(81));
    let grown: f64 = (0..ASSETS).map(|i| target[i] * to[i] / from[i]).sum::<f64>() + target[ASSETS];
    let expected = 150_000.0 / (1.0 + COST_RATE * invested) * grown;
    let found = portfolio.account().value();
    assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
}

/// What is held of a pinned asset stays to the unit, in whatever the policy, the limits and the kill switch say, over a
/// restart too; the decision says so, and there is no order for it. Without the pin it is traded again.
#[test]
fn what_is_pinned_is_not_traded() {
    for short in [false, true] {
        let mut day = Day::decided(complete(4), short, 90);
        assert!(day.book.pin(ASSETS, true).is_err());
        day.book.pin(1, true).unwrap();
        let units = |day: &Day| day.held().0[1];
        day.take(91, false);
        let pinned = units(&day);
        assert!(pinned != 0.0);
        for close in 92..110 {
            if close == 97 {
                let saved: BookState = compact::from_bytes(&state(&day.book), "state").unwrap();
                let portfolio = Portfolio::new(day.policy.clone(), config(&day.ragged)).unwrap();
                day.book = Book::restore(portfolio, report_risk(day.policy.spec()), saved).unwrap();
                assert!(day.book.pinned()[1] && !day.book.pinned()[0]);
            }
            if close == 101 {
                day.book.set_switch(Switch::Flatten);
            }
            day.take(close, true);
            let decision = day.book.risk().decision();
            let mut said = decision
                .reasons
                .iter()
                .filter(|reason| reason.code == ReasonCode::AssetPinned);
            assert_eq!(said.next().unwrap().index, Some(1));
            assert!(said.next().is_none());
            let weights = day.book.traded();
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let (held, cash) = day.held();
            assert!(
                (held[1] / pinned - 1.0).abs() < 1e-9,
                "close {close}: {} for {pinned}",
                held[1]
            );
            let found = orders(&day.book, &open(&held, cash));
            assert!(found.iter().all(|order| order.asset != 1), "close {close}");
            if close < 101 {
                assert!(found.len() >= ASSETS - 2, "close {close}: {found:?}");
            }
        }
        day.book.pin(1, false).unwrap();
        day.take(110, true);
        let (held, cash) = day.held();
        let found = orders(&day.book, &open(&held, cash));
        let sold = found.iter().find(|order| order.asset == 1).unwrap();
        assert!((sold.units / pinned + 1.0).abs() < 1e-9);
    }
}

/// Purchases are cut to the cash with the least fees that they cost, which do not shrink with them.
#[test]
fn purchases_pay_their_least_fees_from_the_cash() {
    let day = Day::decided(complete(6), false, 90);
    let config = PortfolioConfig {
        costs: Costs {
            minimum_fee: 50.0,
            ..Costs::at_rate(COST_RATE)
        },
        ..config(&day.ragged)
    };
    let portfolio = Portfolio::new(day.policy.clone(), config).unwrap();
    let book = Book::restore(portfolio, report_risk(day.policy.spec()), day.book.state()).unwrap();
    let prices = book.portfolio().worth().to_vec();
    // Far less cash than what the book has, so that purchases are cut.
    for cash in [40.0, 60.0, 200.0, 3000.0] {
        let units = vec![0.0; ASSETS];
        let found = orders(&book, &open(&units, cash));
        let spent: f64 = found
            .iter()
            .map(|order| {
                let money = order.units * prices[order.asset];
                assert!(money > 0.0);
                money + (COST_RATE * money).max(50.0)
            })
            .sum();
        assert!(spent <= cash * (1.0 + 1e-12), "{spent} of {cash}");
        assert!(cash < 1000.0 || spent > 0.9 * cash, "{spent} of {cash}");
    }
}
