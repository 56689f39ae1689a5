//! What a host does to a live book besides giving it bars: the kill switch, bars with a time, trades that it reports,
//! overdrafts, positions of its own, and what the book says of parts that it did not look at.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::env::Costs;
use ppo_risk::json::document;
use ppo_risk::market::BarColumns;
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::stream;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, layout};
use ppo_risk::portfolio::{Book, Portfolio, PortfolioConfig, report_risk};
use ppo_risk::risk::drawdown_state::TradingState;
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager, Switch};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use rand::RngExt;

const ASSETS: usize = 3;
const COST_RATE: f64 = 0.002;

fn policy() -> Policy {
    let spec = PolicySpec {
        assets: ["A", "B", "C"].map(str::to_string).to_vec(),
        state: StateSpec {
            window: 5,
            ..StateSpec::base(ASSETS)
        },
        action: ActionSpec::default(),
        network: NetworkSpec::Scorer { hidden: vec![4] },
    };
    let mut random = stream(3, "managed books test", 0);
    let count = layout::layout(&spec).iter().map(layout::Parameter::len).sum();
    let parameters = (0..count).map(|_| random.random_range(-1.0..1.0_f32)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

fn config() -> PortfolioConfig {
    PortfolioConfig {
        costs: Costs {
            cost_rate: COST_RATE,
            ..Costs::default()
        },
        history: 20,
        ..PortfolioConfig::default()
    }
}

fn risk() -> RiskConfig {
    let mut risk = report_risk(policy().spec());
    risk.fewest_volatility_bars = 5;
    risk
}

fn book(risk: RiskConfig) -> Book {
    let manager = Portfolio::new(policy(), config()).unwrap();
    Book::new(manager, RiskManager::new(risk, ASSETS).unwrap()).unwrap()
}

fn bar(closes: &[f64]) -> Bar<'_> {
    Bar {
        cash_return: 1e-4,
        shown: BarColumns::default(),
        ..Bar::closes(closes)
    }
}

/// Closes that rise and fall by a few percent a bar.
fn closes(t: usize) -> [f64; ASSETS] {
    std::array::from_fn(|i| (10.0 * (i + 1) as f64) * (0.004 * ((t * (i + 3) * 7 % 11) as f64 - 5.0)).exp())
}

/// A book that has decided for a while.
fn warm(risk: RiskConfig) -> Book {
    let mut book = book(risk);
    for t in 0..30 {
        match book.ready() {
            true => drop(book.decide(&bar(&closes(t))).unwrap().clone()),
            false => book.observe(&bar(&closes(t))).unwrap(),
        }
    }
    book
}

fn given(reasons: &[Reason], code: ReasonCode) -> bool {
    reasons.iter().any(|reason| reason.code == code)
}

fn state(book: &Book) -> String {
    serde_json::to_string(&book.state()).unwrap()
}

fn restored(book: &Book, risk: RiskConfig) -> Book {
    let manager = Portfolio::new(policy(), config()).unwrap();
    Book::restore(manager, risk, serde_json::from_str(&state(book)).unwrap()).unwrap()
}

#[test]
fn a_halted_book_holds_and_a_flattened_one_goes_to_cash_over_restarts_until_resumed() {
    let mut book = warm(risk());
    assert!(
        book.traded()[..ASSETS].iter().any(|weight| *weight > 0.05),
        "{:?}",
        book.traded()
    );
    let mut open = book.clone();
    book.set_switch(Switch::Halt);
    let mut book = restored(&book, risk());
    for t in 30..60 {
        let decision = book.decide(&bar(&closes(t))).unwrap().clone();
        assert!(given(&decision.reasons, ReasonCode::OperatorHalt));
        assert_eq!((decision.state, decision.leverage), (TradingState::Reducing, 1.0));
        let held = book.portfolio().account().weights();
        for (i, (traded, held)) in book.traded().iter().zip(held).enumerate() {
            // The ATR size may leave less.
            assert!(traded <= held, "bar {t}, asset {i}: {traded} of {held}");
            let sized = decision.reasons.iter().any(|reason| {
                reason.code == ReasonCode::OpenRisk
                    || (reason.code, reason.index) == (ReasonCode::PositionRisk, Some(i))
            });
            assert!(sized || traded == held, "bar {t}, asset {i}: {traded} of {held}");
        }
        open.decide(&bar(&closes(t))).unwrap();
        assert!(!given(&open.risk().decision().reasons, ReasonCode::OperatorHalt));
    }
    assert!(
        book.traded()[..ASSETS].iter().any(|weight| *weight > 0.05),
        "nothing left to hold"
    );
    assert_ne!(book.traded(), open.traded());
    book.set_switch(Switch::Flatten);
    let mut book = restored(&book, risk());
    for t in 60..63 {
        let decision = book.decide(&bar(&closes(t))).unwrap();
        assert!(given(&decision.reasons, ReasonCode::OperatorFlatten));
        assert_eq!(decision.state, TradingState::Halted);
        assert_eq!(book.traded(), [0.0, 0.0, 0.0, 1.0]);
        // The drawdown's reset does not end it.
        book.reset();
    }
    // Halted in cash: it holds the cash.
    book.set_switch(Switch::Halt);
    book.decide(&bar(&closes(63))).unwrap();
    assert_eq!(book.traded()[..ASSETS], [0.0; ASSETS]);
    book.set_switch(Switch::Open);
    book.decide(&bar(&closes(64))).unwrap();
    assert!(book.traded()[..ASSETS].iter().any(|weight| *weight > 0.05));
}

#[test]
fn the_kill_switch_needs_no_history() {
    let mut book = book(risk());
    book.set_position(&[0.5, 0.2, 0.1, 0.2], 5e4).unwrap();
    assert!(!book.ready());
    let before = state(&book);
    assert!(book.decide(&bar(&closes(0))).is_err());
    assert_eq!(state(&book), before);
    book.set_switch(Switch::Halt);
    assert!(book.ready());
    book.decide(&bar(&closes(0))).unwrap();
    assert_eq!(book.traded(), [0.5, 0.2, 0.1, 0.2]);
    assert_eq!((book.turnover(), book.cost()), (0.0, 0.0));
    book.set_switch(Switch::Flatten);
    book.decide(&bar(&closes(1))).unwrap();
    assert_eq!(book.traded(), [0.0, 0.0, 0.0, 1.0]);
    // All that is held is sold, at the cost rate.
    let sold: f64 = book.portfolio().account().weights().iter().sum();
    assert!((book.cost() - COST_RATE * sold).abs() < 1e-15);
}

#[test]
fn a_bar_that_is_no_later_than_the_last_is_refused_and_one_without_a_time_is_not_compared() {
    let mut book = warm(risk());
    let at = |time, closes| Bar { time, ..bar(closes) };
    let prices = [closes(30), closes(31)];
    book.decide(&at(Some(-5), &prices[0])).unwrap();
    let before = state(&book);
    for time in [-5, -6, i64::MIN] {
        let said = book.decide(&at(Some(time), &prices[1])).unwrap_err().to_string();
        let expected = format!("`bar.time` is {time}, expected later than the last bar's, -5");
        assert!(said.contains(&expected), "{said}");
        assert!(book.observe(&at(Some(time), &prices[1])).is_err());
        assert_eq!(state(&book), before);
    }
    let mut book = restored(&book, risk());
    assert!(book.observe(&at(Some(-5), &prices[1])).is_err());
    book.observe(&at(None, &prices[1])).unwrap();
    assert!(book.decide(&at(Some(-5), &prices[0])).is_err());
    book.decide(&at(Some(-4), &prices[0])).unwrap();
}

#[test]
fn a_trade_that_is_reported_may_be_off_by_rounding_and_costs_what_was_said() {
    let mut book = warm(risk());
    let held = book.portfolio().account().weights().to_vec();
    let cash = book.portfolio().account().cash();
    let mut next_up: Vec<f64> = held.iter().map(|weight| weight.next_up()).collect();
    next_up.push(cash);
    // Rounding that no trade carries: costs that a subtraction leaves, on either side of 0.
    for cost in [0.0, 1e-17, f64::EPSILON, -f64::EPSILON / 2.0, 1e-10] {
        book.record_trade(&next_up, cost).unwrap();
        let value = book.portfolio().account().value();
        let mut twin = book.clone();
        twin.observe(&Bar {
            cash_return: 0.0,
            ..bar(&closes(29))
        })
        .unwrap();
        let expected = value * (1.0 - cost.max(0.0));
        let found = twin.portfolio().account().value();
        assert!(
            (found / expected - 1.0).abs() < 1e-14,
            "{cost}: {found} {expected}"
        );
    }
    let before = state(&book);
    for cost in [1e-8, -1e-8, f64::NAN, f64::INFINITY, 1.5] {
        let said = book.record_trade(&next_up, cost).unwrap_err().to_string();
        assert!(
            said.contains("`cost` is") && said.contains("below what was traded"),
            "{said}"
        );
    }
    assert_eq!(state(&book), before);
    // A cost beside a trade is taken to the last digit, however large the rate that it comes to.
    book.record_trade(&[0.0, 0.0, 0.0, 1.0], 0.3)
        .unwrap_or_else(|error| {
            let sold: f64 = held.iter().sum();
            assert!(sold <= 0.3, "{error}");
        });
}

#[test]
fn an_overdraft_of_fees_is_carried_and_repaired() {
    let mut book = warm(risk());
    book.set_position(&[0.503, 0.3, 0.2, -0.003], 1e5).unwrap();
    assert_eq!(book.portfolio().account().cash(), -0.003);
    // Carried: what is owed costs what cash earns.
    let (from, to) = (closes(29), closes(30));
    let moved: f64 = [0.503, 0.3, 0.2]
        .iter()
        .zip(from)
        .zip(to)
        .map(|((weight, from), to)| weight * to / from)
        .sum();
    let mut holds = book.clone();
    holds.observe(&bar(&to)).unwrap();
    let expected = 1e5 * (moved - 0.003 * (1.0 + 1e-4));
    assert!((holds.portfolio().account().value() / expected - 1.0).abs() < 1e-14);
    assert!(holds.portfolio().account().cash() < 0.0);
    let mut holds = restored(&holds, risk());
    // Repaired by the next decision: the cash floor is 0.
    for book in [&mut holds, &mut book] {
        book.decide(&bar(&closes(31))).unwrap();
        assert!(
            book.traded().iter().all(|weight| *weight >= 0.0),
            "{:?}",
            book.traded()
        );
        assert!((book.traded().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    book.record_trade(&[0.6, 0.3, 0.105, -0.005], 0.001).unwrap();
    book.observe(&bar(&closes(32))).unwrap();
    assert!(book.portfolio().account().cash() < 0.0);
    // What cannot be an overdraft of fees.
    let before = state(&book);
    for weights in [
        [0.6, 0.3, 0.15, -0.05],
        [0.9, 0.3, -0.2, 0.0],
        [0.5, 0.3, 0.2, -0.003],
    ] {
        assert!(book.record_trade(&weights, 0.0).is_err(), "{weights:?}");
        assert!(book.set_position(&weights, 1e5).is_err(), "{weights:?}");
    }
    assert_eq!(state(&book), before);
    // Rounded to six digits: what the assets leave is cash.
    book.set_position(&[0.3333333, 0.3333333, 0.3333333, 0.0], 1e5)
        .unwrap();
    assert!((book.portfolio().account().cash() - 1e-7).abs() < 1e-15);
}

/// What is accepted as a position is also decided on.
#[test]
fn an_equity_that_no_decision_takes_is_refused_when_it_is_set() {
    let held = [0.2, 0.3, 0.1, 0.4];
    for equity in [1e90, 1e-3] {
        let mut book = warm(risk());
        book.set_position(&held, equity).unwrap();
        for t in 30..33 {
            book.decide(&bar(&closes(t))).unwrap();
            book.set_position(&held, equity).unwrap();
        }
    }
    let mut book = warm(risk());
    let before = state(&book);
    for equity in [1.1e90, f64::MAX, f64::INFINITY, f64::NAN, 0.0, -1.0] {
        let said = book.set_position(&held, equity).unwrap_err().to_string();
        assert!(
            said.contains("`equity` is") && said.contains("at most 1e90"),
            "{said}"
        );
    }
    assert_eq!(state(&book), before);
    let large = PortfolioConfig {
        balance: 1e150,
        ..config()
    };
    let said = Portfolio::new(policy(), large).unwrap_err().to_string();
    assert!(said.contains("balance` is"), "{said}");
}

/// What is not looked at says why: too few bars, or prices that stood still.
#[test]
fn parts_that_were_not_looked_at_say_the_cause() {
    use ReasonCode::{FlatPrice, FlatTarget, SkippedLeverage, SkippedPositionSize};
    let mut risk = risk();
    risk.fewest_volatility_bars = 12;
    let decide = |book: &mut Book, closes: &[f64]| {
        book.decide(&bar(closes)).unwrap();
        let reasons = &book.risk().decision().reasons;
        [SkippedLeverage, FlatTarget, SkippedPositionSize, FlatPrice].map(|code| given(reasons, code))
    };
    let moving = |book: &mut Book, bars: usize| {
        for t in 0..bars {
            book.observe(&bar(&closes(t))).unwrap();
        }
    };
    let mut young = book(risk.clone());
    moving(&mut young, 8);
    assert_eq!(decide(&mut young, &closes(8)), [true, false, true, false]);
    let mut still = book(risk.clone());
    for _ in 0..40 {
        still.observe(&bar(&[5.0, 6.0, 7.0])).unwrap();
    }
    assert_eq!(decide(&mut still, &[5.0, 6.0, 7.0]), [false, true, false, true]);
    // A target of cash alone lacks nothing.
    let mut cash = book(risk);
    moving(&mut cash, 8);
    cash.set_switch(Switch::Halt);
    assert_eq!(decide(&mut cash, &closes(8)), [false; 4]);
    let mut manager = RiskManager::new(report_risk(policy().spec()), ASSETS).unwrap();
    let wish = ppo_risk::risk::manager::RiskPortfolio {
        target: &[0.0; ASSETS],
        current: &[0.0; ASSETS],
        equity: 1e4,
        drawdown: None,
    };
    let decision = manager.manage(&Bar::closes(&closes(0)), &wish).unwrap();
    assert!(
        !given(&decision.reasons, SkippedLeverage),
        "{:?}",
        decision.reasons
    );
}

/// A state that an earlier version wrote: trades were kept by their rate, and there was neither switch nor time.
#[test]
fn a_state_of_an_earlier_version_goes_on() {
    let mut book = warm(risk());
    book.record_trade(&[0.25, 0.25, 0.25, 0.25], 1e-3).unwrap();
    let mut saved: serde_json::Value = serde_json::to_value(book.state()).unwrap();
    let held = book.portfolio().account().weights().to_vec();
    let left = 1.0 - 1e-3;
    let traded: f64 = held.iter().map(|weight| (left * 0.25 - weight).abs()).sum();
    saved["manager"]["plan"] = serde_json::json!({ "executed": 1e-3 / traded });
    for key in ["time", "switch"] {
        assert!(
            saved["risk"].as_object_mut().unwrap().remove(key).is_some(),
            "{key}"
        );
    }
    let manager = Portfolio::new(policy(), config()).unwrap();
    // Without the key that names its format it is one of the first.
    let state = document::from_json(&saved.to_string(), "state").unwrap();
    let mut old = Book::restore(manager, risk(), state).unwrap();
    for t in 30..40 {
        old.decide(&bar(&closes(t))).unwrap();
        book.decide(&bar(&closes(t))).unwrap();
        let values = [&old, &book].map(|book| book.portfolio().account().value());
        assert!((values[0] / values[1] - 1.0).abs() < 1e-12, "{values:?}");
    }
}
