//! The risk manager as a whole: the order of a decision, restarts, bad input, and that nothing allocates.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::Array2;
use ppo_risk::math::hmm::HmmOptions;
use ppo_risk::math::random::stream;
use ppo_risk::risk::drawdown_state::{DrawdownConfig, TradingState};
use ppo_risk::risk::hedge::HedgeSide;
use ppo_risk::risk::leverage::LeverageConfig;
use ppo_risk::risk::limits::{LimitsConfig, SectorLimit, TailLimit};
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager, RiskPortfolio, RiskState};
use ppo_risk::risk::reason::ReasonCode;
use ppo_risk::risk::regime::RegimeConfig;
use ppo_risk::risk::stops::StopConfig;
use rand_distr::{Distribution, StandardNormal};

#[path = "support/allocations.rs"]
mod allocations;

const ASSETS: usize = 3;

/// Everything switched on but regimes.
fn everything() -> RiskConfig {
    let tail = TailLimit {
        historical: Some(0.04),
        gaussian: Some(0.05),
        ..TailLimit::default()
    };
    RiskConfig {
        limits: LimitsConfig {
            max_weights: vec![0.5; ASSETS],
            max_gross: Some(0.95),
            max_net: Some(0.9),
            min_cash: Some(0.05),
            max_turnover: Some(0.3),
            sectors: vec![SectorLimit {
                name: "two".to_string(),
                assets: vec![0, 1],
                min: None,
                max: Some(0.7),
            }],
            value_at_risk: tail,
            conditional_value_at_risk: tail,
            ..LimitsConfig::default()
        },
        drawdown: DrawdownConfig {
            reduce_at: Some(0.12),
            stop_at: Some(0.25),
            ..DrawdownConfig::default()
        },
        stops: StopConfig {
            stop: Some(0.15),
            cooldown: Some(5),
        },
        trade_band: 0.01,
        ..RiskConfig::default()
    }
}

/// Limits alone, and those off.
fn bare() -> RiskConfig {
    RiskConfig {
        leverage: None,
        hedge: None,
        positions: None,
        ..RiskConfig::default()
    }
}

/// Closes of seeded random walks: [bars, ASSETS].
fn closes(bars: usize, volatility: f64, index: u64) -> Array2<f64> {
    let mut stream = stream(3, "risk manager test", index);
    let mut price = [100.0; ASSETS];
    Array2::from_shape_fn((bars, ASSETS), |(_, asset)| {
        let draw: f64 = StandardNormal.sample(&mut stream);
        price[asset] *= (volatility * draw).exp();
        price[asset]
    })
}

fn portfolio<'a>(target: &'a [f64], current: &'a [f64], drawdown: f64) -> RiskPortfolio<'a> {
    RiskPortfolio {
        target,
        current,
        equity: 1000.0,
        drawdown: Some(drawdown),
    }
}

#[test]
fn with_everything_off_a_wish_is_granted_bit_for_bit() {
    let mut manager = RiskManager::new(bare(), ASSETS).unwrap();
    let wish = [0.1, 0.2, 0.3];
    let decision = manager
        .manage(&Bar::closes(&[1.0, 2.0, 3.0]), &portfolio(&wish, &[0.0; 3], 0.0))
        .unwrap();
    assert_eq!(decision.weights, wish);
    assert_eq!(decision.leverage, 1.0);
    assert!(decision.reasons.is_empty(), "{:?}", decision.reasons);
    assert_eq!(
        (decision.state, decision.turnover),
        (TradingState::Active, 0.1 + 0.2 + 0.3)
    );
    assert!(!decision.hedge.active && decision.positions.is_empty());
}

/// Every number of one decision, by hand: volatility 30% halves the target; the drawdown of 12.5%, a quarter of the
/// way to the stop of leverage, takes a quarter of the rest; a cap of 0.15 takes the rest of asset 0; half of what is
/// left is hedged; the range of 2 a bar lets asset 1 have 1000·0.01/(2·2) = 2.5 units.
#[test]
fn one_decision_step_by_step() {
    let config = RiskConfig {
        limits: LimitsConfig {
            max_weights: vec![0.15, 1.0, 1.0],
            ..LimitsConfig::default()
        },
        leverage: Some(LeverageConfig {
            drawdown_stop: Some(0.5),
            ..LeverageConfig::default()
        }),
        ..RiskConfig::default()
    };
    let mut manager = RiskManager::new(config, ASSETS).unwrap();
    let market = Bar {
        volatility: Some(0.30),
        atr: Some(&[0.5, 2.0, 1.0]),
        betas: Some(&[1.0; 3]),
        ..Bar::closes(&[10.0, 20.0, 50.0])
    };
    let decision = manager
        .manage(&market, &portfolio(&[0.8, 0.4, 0.0], &[0.0; 3], 0.125))
        .unwrap();
    assert_eq!(decision.leverage, 0.375);
    let expected = [0.15, 0.15, 0.0];
    for (found, expected) in decision.weights.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-15, "{:?}", decision.weights);
    }
    assert_eq!(decision.hedge.side, HedgeSide::Sell);
    assert!((decision.hedge.notional - 0.5 * 0.30 * 1000.0).abs() < 1e-12);
    // 0.15·1000/10 = 15 units, under 1000·0.01/(0.5·2) = 10: the range wins. Then 0.15·1000/20 = 7.5 against 2.5.
    let units: Vec<f64> = decision.positions.iter().map(|position| position.units).collect();
    for (found, expected) in units.iter().zip([10.0, 2.5, 0.0]) {
        assert!((found - expected).abs() < 1e-12, "{units:?}");
    }
    assert_eq!(decision.positions[0].stop, Some(9.0));
    assert_eq!(decision.positions[1].stop, Some(16.0));
    let codes: Vec<ReasonCode> = decision.reasons.iter().map(|reason| reason.code).collect();
    for code in [
        ReasonCode::SkippedTrend,
        ReasonCode::VolatilityTarget,
        ReasonCode::LeverageDrawdown,
        ReasonCode::AssetMaximum,
        ReasonCode::HedgeOpened,
        ReasonCode::PositionRisk,
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    let text = decision.explain(&["GOLD".to_string(), "OIL".to_string()], &[]);
    assert!(
        text.contains("ASSET_MAXIMUM GOLD: found 0.3, allowed 0.15"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
}

/// An absurd wish under any leverage still gets a decision, and prices that stood still leave leverage out, aloud.
#[test]
fn extremes_are_decided_on() {
    let mut config = everything();
    config.leverage.as_mut().unwrap().max = 1e300;
    let mut manager = RiskManager::new(config, ASSETS).unwrap();
    let market = Bar {
        volatility: Some(1e-300),
        ..Bar::closes(&[1.0; 3])
    };
    let decision = manager
        .manage(&market, &portfolio(&[1e6; 3], &[100.0; 3], 0.0))
        .unwrap();
    assert!(
        decision.weights.iter().all(|weight| (0.0..=0.5).contains(weight)),
        "{decision:?}"
    );
    for _ in 0..30 {
        manager.observe(&Bar::closes(&[1.0; 3])).unwrap();
    }
    let still = Bar::closes(&[1.0; 3]);
    let decision = manager
        .manage(&still, &portfolio(&[0.2; 3], &[0.2; 3], 0.0))
        .unwrap();
    let codes: Vec<ReasonCode> = decision.reasons.iter().map(|reason| reason.code).collect();
    assert!(codes.contains(&ReasonCode::FlatTarget), "{codes:?}");
    assert_eq!(decision.leverage, 1.0);
}

/// Down through every state and back: REDUCING lets nothing grow, HALTED sells everything whatever the turnover and
/// stays until it is reset, and a hedge opened on the way closes below its band.
#[test]
fn a_drawdown_from_beginning_to_end() {
    let config = RiskConfig {
        leverage: None,
        positions: None,
        trade_band: 0.0,
        stops: StopConfig::default(),
        ..everything()
    };
    let mut manager = RiskManager::new(config, ASSETS).unwrap();
    let (wish, held) = ([0.3, 0.3, 0.2], [0.2, 0.35, 0.1]);
    let closes = [10.0, 20.0, 30.0];
    let decide = |manager: &mut RiskManager, current: &[f64], drawdown: f64| {
        let market = Bar::closes(&closes);
        manager
            .manage(&market, &portfolio(&wish, current, drawdown))
            .unwrap()
            .clone()
    };
    let free = decide(&mut manager, &held, 0.05);
    assert_eq!(
        (free.state, free.weights.as_slice()),
        (TradingState::Active, &wish[..])
    );
    let reducing = decide(&mut manager, &held, 0.13);
    assert_eq!(reducing.state, TradingState::Reducing);
    for (weight, held) in reducing.weights.iter().zip(held) {
        assert!((0.0..=held).contains(weight), "{:?}", reducing.weights);
    }
    assert_eq!(reducing.weights, [0.2, 0.3, 0.1]);
    assert!(reducing.hedge.active);
    // Between the band's ends the state stays, and so does the hedge.
    assert_eq!(decide(&mut manager, &held, 0.105).state, TradingState::Reducing);
    let halted = decide(&mut manager, &held, 0.25);
    assert_eq!(
        (halted.state, halted.weights.as_slice()),
        (TradingState::Halted, &[0.0; 3][..])
    );
    assert!(
        halted
            .reasons
            .iter()
            .any(|r| r.code == ReasonCode::TurnoverExceeded),
        "{:?}",
        halted.reasons
    );
    assert_eq!(halted.hedge.notional, 0.0, "nothing is left to be hedged");
    assert_eq!(decide(&mut manager, &[0.0; 3], 0.0).state, TradingState::Halted);
    manager.reset();
    let after = decide(&mut manager, &[0.0; 3], 0.01);
    assert_eq!((after.state, after.hedge.active), (TradingState::Active, false));
    assert!(
        (after.turnover - 0.3).abs() <= 1e-12,
        "the turnover cap holds again"
    );
}

#[test]
fn small_trades_are_not_made_unless_a_limit_asks_for_them() {
    let config = RiskConfig {
        trade_band: 0.05,
        ..bare()
    };
    let mut manager = RiskManager::new(config.clone(), ASSETS).unwrap();
    let market = Bar::closes(&[1.0; 3]);
    let held = [0.3, 0.3, 0.3];
    let near = manager
        .manage(&market, &portfolio(&[0.32, 0.3, 0.3], &held, 0.0))
        .unwrap();
    assert_eq!((near.weights.as_slice(), near.turnover), (&held[..], 0.0));
    assert_eq!(near.reasons[0].code, ReasonCode::TradeBand);
    let far = manager
        .manage(&market, &portfolio(&[0.36, 0.3, 0.3], &held, 0.0))
        .unwrap();
    assert_eq!(far.weights, [0.36, 0.3, 0.3]);
    let capped = RiskConfig {
        limits: LimitsConfig {
            max_weights: vec![0.29, 1.0, 1.0],
            ..LimitsConfig::default()
        },
        ..config
    };
    let mut manager = RiskManager::new(capped, ASSETS).unwrap();
    let mended = manager.manage(&market, &portfolio(&held, &held, 0.0)).unwrap();
    assert_eq!(
        mended.weights,
        [0.29, 0.3, 0.3],
        "what is held is not allowed: the band does not count"
    );
}

fn regimes() -> RegimeConfig {
    let table = closes(400, 0.01, 9);
    let returns = Array2::from_shape_fn((399, ASSETS), |(t, i)| table[[t + 1, i]] / table[[t, i]] - 1.0);
    let options = HmmOptions {
        starts: 1,
        max_iterations: 20,
        ..HmmOptions::default()
    };
    RegimeConfig {
        leverage: vec![1.0, 0.5],
        limits: vec![1.0, 0.8],
        ..RegimeConfig::fit(returns.view(), 2, 1, &options).unwrap()
    }
}

/// Decisions over bars from `from` on, each as its whole JSON.
fn run(manager: &mut RiskManager, prices: &Array2<f64>, from: usize, until: usize) -> Vec<String> {
    let mut held = [0.0; ASSETS];
    let mut decisions = Vec::new();
    for bar in from..until {
        let row = prices.row(bar).to_vec();
        let observation = [0.001 * (bar as f64).sin(), 0.01 * (bar as f64).cos(), 0.0];
        let market = Bar {
            observation: Some(&observation),
            ..Bar::closes(&row)
        };
        let wish = [
            0.3 + 0.2 * (bar as f64).sin(),
            0.3,
            0.25 * (1.0 + (bar as f64).cos()),
        ];
        let portfolio = RiskPortfolio {
            target: &wish,
            current: &held,
            // A drawdown that the manager follows itself, through every threshold.
            equity: 1000.0 - 300.0 * (bar as f64 / 70.0).sin(),
            drawdown: None,
        };
        let decision = manager.manage(&market, &portfolio).unwrap();
        decisions.push(serde_json::to_string(decision).unwrap());
        held.copy_from_slice(&decision.weights);
    }
    decisions
}

#[test]
fn a_restart_anywhere_forgets_nothing() {
    let prices = closes(300, 0.02, 0);
    let config = RiskConfig {
        regime: Some(regimes()),
        ..everything()
    };
    for stop in [0, 1, 13, 60, 150, 299] {
        let mut whole = RiskManager::new(config.clone(), ASSETS).unwrap();
        run(&mut whole, &prices, 0, stop);
        let saved = serde_json::to_string(&whole.state()).unwrap();
        let state: RiskState = serde_json::from_str(&saved).unwrap();
        let mut restarted = RiskManager::restore(config.clone(), ASSETS, state).unwrap();
        assert_eq!(
            run(&mut whole, &prices, stop, 300),
            run(&mut restarted, &prices, stop, 300)
        );
        assert_eq!(whole.state(), restarted.state());
    }
    // The run passes through every state.
    let mut manager = RiskManager::new(config, ASSETS).unwrap();
    let decisions = run(&mut manager, &prices, 0, 300).join("");
    for word in [
        "\"ACTIVE\"",
        "\"REDUCING\"",
        "\"HALTED\"",
        "HEDGE_OPENED",
        "ASSET_STOP\"",
        "LEVERAGE_REGIME",
    ] {
        assert!(decisions.contains(word), "{word}");
    }
}

#[test]
fn states_that_no_manager_has_are_refused_by_name() {
    let config = RiskConfig {
        regime: Some(regimes()),
        ..everything()
    };
    let prices = closes(100, 0.02, 0);
    let mut manager = RiskManager::new(config.clone(), ASSETS).unwrap();
    run(&mut manager, &prices, 0, 100);
    let good = serde_json::to_value(manager.state()).unwrap();
    let refused = |path: &str, value: serde_json::Value| {
        let mut state = good.clone();
        *state.pointer_mut(path).unwrap() = value;
        let state: RiskState = serde_json::from_value(state).unwrap();
        RiskManager::restore(config.clone(), ASSETS, state)
            .unwrap_err()
            .to_string()
    };
    for (path, value, name) in [
        ("/closes/0", serde_json::json!(-1.0), "risk state: closes[0]"),
        ("/closes", serde_json::json!([1.0]), "risk state: closes"),
        (
            "/drawdown/peak",
            serde_json::json!(-1.0),
            "risk state: drawdown.peak",
        ),
        (
            "/scenarios/returns/4",
            serde_json::json!(-3.0),
            "risk state: scenarios",
        ),
        (
            "/scenarios/returns",
            serde_json::json!([0.1]),
            "risk state: scenarios",
        ),
        (
            "/atr/running/0",
            serde_json::json!(-3.0),
            "risk state: atr.running[0]",
        ),
        (
            "/stops/closes",
            serde_json::json!([1.0]),
            "risk state: stops.closes",
        ),
        (
            "/regime/filter/filtered",
            serde_json::json!([2.0, -1.0]),
            "risk state: regime",
        ),
    ] {
        let error = refused(path, value);
        assert!(error.contains(name), "{path}: {error}");
    }
    assert!(RiskManager::restore(config, 2, manager.state()).is_err());
}

#[test]
fn bad_input_is_refused_by_name_and_changes_nothing() {
    let config = RiskConfig {
        regime: Some(regimes()),
        ..everything()
    };
    let prices = closes(100, 0.02, 0);
    let mut manager = RiskManager::new(config, ASSETS).unwrap();
    run(&mut manager, &prices, 0, 100);
    let (before, decided) = (manager.state(), manager.decision().clone());
    let three = [0.2, 0.3, 0.1];
    let good = Bar::closes(&[10.0, 20.0, 30.0]);
    let wish = portfolio(&three, &three, 0.05);
    let nan = [0.1, f64::NAN, 0.1];
    let with = |change: fn(&mut Bar<'static>)| {
        let mut market = Bar::closes(&[10.0, 20.0, 30.0]);
        change(&mut market);
        market
    };
    let markets = [
        (Bar::closes(&[10.0, 20.0]), "bar.closes"),
        (Bar::closes(&[10.0, 0.0, 1.0]), "bar.closes[1]"),
        (Bar::closes(&[10.0, -1.0, 1.0]), "bar.closes[1]"),
        (Bar::closes(&[10.0, f64::NAN, 1.0]), "bar.closes[1]"),
        (Bar::closes(&[10.0, f64::INFINITY, 1.0]), "bar.closes[1]"),
        (
            with(|m| m.highs_lows = Some((&[11.0, 19.0, 31.0], &[9.0, 18.0, 29.0]))),
            "bar.highs[1]",
        ),
        (
            with(|m| m.highs_lows = Some((&[11.0, 21.0, 31.0], &[9.0, 18.0, 30.5]))),
            "bar.lows[2]",
        ),
        (
            with(|m| m.highs_lows = Some((&[11.0], &[9.0, 18.0, 30.5]))),
            "bar.highs",
        ),
        (with(|m| m.atr = Some(&[1.0, 0.0, 1.0])), "bar.atr[1]"),
        (with(|m| m.atr = Some(&[1.0, f64::NAN, 1.0])), "bar.atr[1]"),
        (with(|m| m.volatility = Some(0.0)), "bar.volatility"),
        (with(|m| m.volatility = Some(f64::NAN)), "bar.volatility"),
        (with(|m| m.trend = Some(f64::INFINITY)), "bar.trend"),
        (with(|m| m.betas = Some(&[1.0])), "bar.betas"),
        (with(|m| m.betas = Some(&[1.0, f64::NAN, 1.0])), "bar.betas[1]"),
        (with(|m| m.observation = Some(&[1.0])), "bar.observation"),
        (
            with(|m| m.observation = Some(&[0.0, 0.0, f64::NAN])),
            "bar.observation[2]",
        ),
    ];
    for (market, name) in markets {
        let error = manager.manage(&market, &wish).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{name}`")), "{name}: {error}");
        let error = manager.observe(&market).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{name}`")), "{name}: {error}");
    }
    let portfolios = [
        (portfolio(&three[..2], &three, 0.0), "portfolio.target"),
        (portfolio(&nan, &three, 0.0), "portfolio.target[1]"),
        (portfolio(&three, &nan, 0.0), "portfolio.current[1]"),
        (portfolio(&three, &three[..1], 0.0), "portfolio.current"),
        (portfolio(&[0.0, 2e6, 0.0], &three, 0.0), "portfolio.target[1]"),
        (
            portfolio(&three, &[0.0, 0.0, -101.0], 0.0),
            "portfolio.current[2]",
        ),
        (portfolio(&three, &three, -0.1), "portfolio.drawdown"),
        (portfolio(&three, &three, f64::NAN), "portfolio.drawdown"),
        (RiskPortfolio { equity: -5.0, ..wish }, "portfolio.equity"),
        (RiskPortfolio { equity: 0.0, ..wish }, "portfolio.equity"),
        (
            RiskPortfolio {
                equity: f64::INFINITY,
                ..wish
            },
            "portfolio.equity",
        ),
    ];
    for (portfolio, name) in portfolios {
        let error = manager.manage(&good, &portfolio).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{name}`")), "{name}: {error}");
    }
    assert_eq!(manager.state(), before);
    // Compared as text, since NaN differs from itself.
    assert_eq!(format!("{:?}", manager.decision()), format!("{decided:?}"));
}

#[test]
fn settings_that_cannot_be_used_name_their_key() {
    let refused = |change: fn(&mut RiskConfig)| {
        let mut config = everything();
        change(&mut config);
        RiskManager::new(config, ASSETS).unwrap_err().to_string()
    };
    type Change = fn(&mut RiskConfig);
    let cases: [(Change, &str); 7] = [
        (|c| c.trade_band = f64::NAN, "risk.trade_band"),
        (|c| c.fewest_volatility_bars = 1, "risk.fewest_volatility_bars"),
        (|c| c.fewest_volatility_bars = 1000, "risk.limits.tail_bars"),
        (|c| c.limits.max_weights = vec![0.1; 2], "max_weights"),
        (|c| c.drawdown.stop_at = Some(0.01), "drawdown.reduce_at"),
        (|c| c.stops.cooldown = Some(0), "cooldown"),
        (|c| c.leverage.as_mut().unwrap().max = -1.0, "leverage.max"),
    ];
    for (change, key) in cases {
        let error = refused(change);
        assert!(error.contains(key), "{key}: {error}");
    }
    let error = RiskConfig::from_json(r#"{"hedge": {"treshold": 0.1}}"#)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("risk.hedge") && error.contains("treshold"),
        "{error}"
    );
    assert!(RiskConfig::from_json("{} x").is_err());
    let config = RiskConfig::from_json(r#"{"hedge": null, "limits": {"max_gross": 1.5}}"#).unwrap();
    assert!(config.hedge.is_none() && config.limits.max_gross == Some(1.5));
    let text = serde_json::to_string(&everything()).unwrap();
    assert_eq!(RiskConfig::from_json(&text).unwrap(), everything());
}

#[test]
fn deciding_allocates_nothing() {
    let prices = closes(600, 0.03, 4);
    let config = RiskConfig {
        regime: Some(regimes()),
        ..everything()
    };
    let mut manager = RiskManager::new(config, ASSETS).unwrap();
    let rows: Vec<Vec<f64>> = prices.rows().into_iter().map(|row| row.to_vec()).collect();
    let (mut reasons, before) = (0, allocations::count());
    for (bar, closes) in rows.iter().enumerate() {
        let market = Bar {
            observation: Some(&[0.01, -0.02, 0.0]),
            ..Bar::closes(closes)
        };
        let wish = [0.9, 0.5 * (bar as f64).sin(), 0.3];
        let decision = manager
            .manage(
                &market,
                &portfolio(&wish, &[0.4, 0.5, 0.05], 0.3 * (bar as f64 / 50.0).sin().abs()),
            )
            .unwrap();
        reasons = reasons.max(decision.reasons.len());
    }
    assert_eq!(allocations::count(), before);
    assert!(reasons > 6);
    assert!(
        Vec::<u8>::with_capacity(1).capacity() > 0 && allocations::count() > before,
        "the counter counts"
    );
}

/// The manager is one value without hidden sharing.
#[test]
fn a_manager_may_move_between_threads() {
    fn assert_send_sync<T: Send + Sync>() {}
    assert_send_sync::<RiskManager>();
}
