//! Properties of whole decisions, on random walks with random wishes. The number of cases is 10,000 decisions, or that
//! of the environment variable PROPERTY_CASES.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::math::projection::turnover;
use ppo_risk::math::random::{Stream, stream};
use ppo_risk::risk::drawdown_state::{DrawdownConfig, TradingState};
use ppo_risk::risk::hedge::HedgeSide;
use ppo_risk::risk::limits::{LimitsConfig, SectorLimit, TailLimit};
use ppo_risk::risk::manager::{Bar, Decision, RiskConfig, RiskManager, RiskPortfolio};
use ppo_risk::risk::reason::ReasonCode;
use ppo_risk::risk::stops::StopConfig;
use rand::RngExt;

/// Bars of one walk.
const BARS: usize = 40;

fn walks() -> usize {
    let cases = std::env::var("PROPERTY_CASES").map_or(10_000, |cases| cases.parse().unwrap());
    cases / BARS
}

/// A configuration some portfolio meets, each part on or off by chance.
fn config(random: &mut Stream, assets: usize) -> RiskConfig {
    let mut maybe = |low: f64, high: f64| {
        let value = random.random_range(low..high);
        random.random::<bool>().then_some(value)
    };
    let tail = |most: Option<f64>| TailLimit {
        historical: most,
        gaussian: most.map(|most| 1.1 * most),
        ..TailLimit::default()
    };
    let limits = LimitsConfig {
        min_weights: vec![maybe(-0.4, -0.05).unwrap_or(0.0); assets],
        max_weights: vec![maybe(0.1, 1.0).unwrap_or(1.0); assets],
        max_gross: maybe(0.5, 2.0),
        min_net: maybe(-1.0, -0.1),
        max_net: maybe(0.2, 1.5),
        sectors: vec![SectorLimit {
            name: "first half".to_string(),
            assets: (0..assets.div_ceil(2)).collect(),
            min: maybe(-0.5, 0.0),
            max: maybe(0.1, 0.8),
        }],
        min_cash: maybe(-0.5, 0.3),
        max_turnover: maybe(0.05, 0.6),
        value_at_risk: tail(maybe(0.01, 0.05)),
        conditional_value_at_risk: tail(maybe(0.01, 0.06)),
        tail_bars: 30,
        fewest_tail_bars: 10,
    };
    let drawdown = DrawdownConfig {
        reduce_at: maybe(0.05, 0.2),
        stop_at: maybe(0.25, 0.4),
        ..DrawdownConfig::default()
    };
    let stops = StopConfig {
        stop: maybe(0.05, 0.3),
        cooldown: Some(3),
    };
    let trade_band = maybe(0.0, 0.1).unwrap_or(0.0);
    let mut config = RiskConfig {
        limits,
        drawdown,
        stops,
        trade_band,
        fewest_volatility_bars: 5,
        ..RiskConfig::default()
    };
    if random.random() {
        config.leverage = None;
    }
    config
}

#[test]
fn decisions_keep_every_limit_and_repeat() {
    for walk in 0..walks() {
        let mut random = stream(11, "risk manager properties", walk as u64);
        let assets = random.random_range(1..7);
        let config = config(&mut random, assets);
        let mut manager = RiskManager::new(config.clone(), assets).unwrap();
        let mut closes = vec![100.0; assets];
        let mut held = vec![0.0; assets];
        let mut equity: f64 = 1000.0;
        for _ in 0..BARS {
            for (close, weight) in closes.iter_mut().zip(&mut held) {
                let earned: f64 = random.random_range(-0.06..0.06);
                *close *= 1.0 + earned;
                *weight *= 1.0 + earned + random.random_range(-0.02..0.02);
            }
            equity *= random.random_range(0.96..1.04);
            let wish: Vec<f64> = (0..assets).map(|_| random.random_range(-1.0..1.5)).collect();
            let market = Bar::closes(&closes);
            let portfolio = RiskPortfolio {
                target: &wish,
                current: &held,
                equity,
                drawdown: None,
            };
            let mut twin = manager.clone();
            let decision = manager.manage(&market, &portfolio).unwrap();
            let again = twin.manage(&market, &portfolio).unwrap();
            assert_eq!(format!("{decision:?}"), format!("{again:?}"));
            check(&config, decision, &held, &closes, equity);
            held.copy_from_slice(&decision.weights);
            if decision.state == TradingState::Halted && random.random_range(0..4) == 0 {
                manager.reset();
            }
        }
    }
}

/// The limits, written out again.
fn check(config: &RiskConfig, decision: &Decision, held: &[f64], closes: &[f64], equity: f64) {
    let given = |code| decision.reasons.iter().any(|reason| reason.code == code);
    let weights = &decision.weights;
    assert!(weights.iter().all(|weight| weight.is_finite()), "{decision:?}");
    let relaxed = given(ReasonCode::MinimumRelaxed);
    let holds = |holds: bool, what: &str| assert!(holds, "{what}: {decision:?}\n{config:?}\nheld {held:?}");
    let most = |found: f64, limit: Option<f64>, what: &str| {
        holds(limit.is_none_or(|limit| found <= limit + 1e-12), what);
    };
    let limits = &config.limits;
    for (i, &weight) in weights.iter().enumerate() {
        holds(weight <= limits.max_weights[i].max(0.0), "maximum weight");
        holds(relaxed || weight >= limits.min_weights[i], "minimum weight");
        if decision.state == TradingState::Reducing {
            let (low, high) = (held[i].min(0.0), held[i].max(0.0));
            holds((low..=high).contains(&weight), "an exposure grew");
        }
    }
    let (net, gross) = (weights.iter().sum::<f64>(), weights.iter().map(|w| w.abs()).sum());
    most(gross, limits.max_gross, "gross");
    most(net, limits.max_net, "net");
    most(-net, limits.min_net.map(|net| -net), "least net");
    most(net, limits.min_cash.map(|cash| 1.0 - cash), "cash");
    for sector in &limits.sectors {
        let sum: f64 = sector.assets.iter().map(|&i| weights[i]).sum();
        most(sum, sector.max, "sector");
        most(-sum, sector.min.map(|least| -least), "least of sector");
    }
    let traded = turnover(held, weights);
    if !given(ReasonCode::TurnoverExceeded) {
        most(traded, limits.max_turnover, "turnover");
    }
    if decision.state == TradingState::Halted {
        holds(weights.iter().all(|weight| weight.abs() <= 0.0), "halted");
    }
    if given(ReasonCode::TradeBand) {
        holds(weights == held, "nothing is traded inside the band");
    }
    // The hedge only lowers the exposure, and the sizes only the risk.
    let hedge = match decision.hedge.side {
        HedgeSide::Sell => -decision.hedge.notional,
        HedgeSide::Buy => decision.hedge.notional,
        HedgeSide::None => 0.0,
    };
    let money = net * equity;
    holds(
        (money + hedge).abs() <= money.abs() && (money + hedge) * money >= 0.0,
        "hedge",
    );
    let positions = config.positions.as_ref().unwrap();
    let mut risk = 0.0;
    for (i, position) in decision.positions.iter().enumerate() {
        let value = position.units * closes[i];
        holds(value.abs() <= weights[i].abs() * equity * (1.0 + 1e-9), "size");
        holds(value * weights[i] >= 0.0, "side");
        if let Some(stop) = position.stop {
            risk += (closes[i] - stop) * position.units;
            holds(
                (closes[i] - stop) * position.units > 0.0,
                "stop on the losing side",
            );
        }
    }
    holds(
        risk <= positions.max_open_risk * equity * (1.0 + 1e-9),
        "open risk",
    );
}
