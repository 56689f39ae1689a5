//! What the parts of the risk manager answer through C is what they answer in Rust, bit for bit.

use crate::risk::Written;
use crate::toolchain::{Host, has};
use ndarray::ArrayView2;
use ppo_risk::ffi::risk::decision::{
    RISK_HEDGE_BUY, RISK_HEDGE_NONE, RISK_HEDGE_SELL, RISK_STATE_ACTIVE, RISK_STATE_HALTED,
    RISK_STATE_REDUCING,
};
use ppo_risk::risk::atr::{Atr, average_true_range};
use ppo_risk::risk::drawdown_state::{DrawdownConfig, DrawdownMonitor, TradingState};
use ppo_risk::risk::hedge::{HedgeConfig, HedgeMode, HedgeSide, HedgingStrategy};
use ppo_risk::risk::limits::{Limits, LimitsConfig, SectorLimit, TailLimit, Tightening};
use ppo_risk::risk::position_size::{PositionInputs, PositionSize, PositionSizeConfig, PositionSizer};
use ppo_risk::risk::reason::ReasonCode;
use ppo_risk::risk::scenarios::Scenarios;
use std::collections::BTreeSet;

const BARS: usize = 600;
const ASSETS: usize = 3;
const ATR_BARS: usize = 5;

fn limits_config() -> LimitsConfig {
    LimitsConfig {
        min_weights: vec![-0.2; ASSETS],
        max_weights: vec![0.6, 0.5, 0.7],
        max_gross: Some(1.1),
        max_turnover: Some(0.4),
        sectors: vec![SectorLimit {
            name: "first two".to_string(),
            assets: vec![0, 1],
            min: None,
            max: Some(0.7),
        }],
        conditional_value_at_risk: TailLimit {
            historical: Some(0.012),
            ..TailLimit::default()
        },
        tail_bars: 60,
        fewest_tail_bars: 20,
        ..LimitsConfig::default()
    }
}

fn hedge_config() -> HedgeConfig {
    HedgeConfig {
        threshold: 0.04,
        mode: HedgeMode::Proportional,
        ..HedgeConfig::default()
    }
}

fn positions_config() -> PositionSizeConfig {
    PositionSizeConfig {
        atr_bars: ATR_BARS,
        max_open_risk: 0.02,
        lots: vec![1.0, 10.0, 0.0],
        min_units: vec![50.0, 0.0, 0.0],
        max_units: vec![400.0, 1000.0, 1000.0],
        ..PositionSizeConfig::default()
    }
}

fn drawdown_config() -> DrawdownConfig {
    DrawdownConfig {
        reduce_at: Some(0.05),
        stop_at: Some(0.09),
        ..DrawdownConfig::default()
    }
}

fn json(settings: &impl serde::Serialize) -> String {
    serde_json::to_string(settings).unwrap()
}

#[test]
fn the_parts_answer_in_c_what_they_answer_in_rust_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let path = host.path("results_risk_parts.bin").display().to_string();
    let settings = [
        json(&limits_config()),
        json(&hedge_config()),
        json(&positions_config()),
        json(&drawdown_config()),
    ];
    let [limits, hedge, positions, drawdown] = &settings;
    let bars = BARS.to_string();
    host.run(
        "results_risk_parts",
        &[limits, hedge, positions, drawdown, &path, &bars],
    );
    let bytes = std::fs::read(path).unwrap();
    let mut written = Written(&bytes);

    let mut limits = Limits::new(limits_config(), ASSETS).unwrap();
    let mut scenarios = Scenarios::new(ASSETS, limits_config().tail_bars).unwrap();
    let mut hedge = HedgingStrategy::new(hedge_config()).unwrap();
    let mut atr = Atr::new(ASSETS, ATR_BARS).unwrap();
    let sizer = PositionSizer::new(positions_config(), ASSETS).unwrap();
    let mut monitor = DrawdownMonitor::new(drawdown_config()).unwrap();
    let (mut allowed, mut sizes) = ([0.0; ASSETS], [PositionSize::default(); ASSETS]);
    let mut prices = [(); 3].map(|()| Vec::new());
    let mut met = BTreeSet::new();
    let mut reasons = Vec::new();
    for bar in 0..BARS {
        let at = format!("bar {bar}");
        let [returns, close, high, low, target, current, least, most, betas] =
            [(); 9].map(|()| written.reals(ASSETS));
        let (factor, equity) = (written.real(), written.real());
        for (all, row) in prices.iter_mut().zip([&high, &low, &close]) {
            all.extend_from_slice(row);
        }

        if bar % 200 == 120 {
            monitor.reset();
        }
        let own = (bar % 7 == 3).then_some(0.08);
        let state = match monitor.update(equity, own, &mut reasons).unwrap() {
            TradingState::Active => RISK_STATE_ACTIVE,
            TradingState::Reducing => RISK_STATE_REDUCING,
            TradingState::Halted => RISK_STATE_HALTED,
        };
        assert_eq!(written.number(), state, "{at}");
        written.expect(&[monitor.drawdown()], &at);
        written.expect_reasons(&mut reasons, &mut met, &at);

        scenarios.push(&returns).unwrap();
        let bounded = bar % 4 == 1;
        let tightening = Tightening {
            factor,
            low: if bounded { &least } else { &[] },
            high: if bounded { &most } else { &[] },
        };
        limits
            .apply(
                &target,
                &current,
                &scenarios,
                &tightening,
                &mut allowed,
                &mut reasons,
            )
            .unwrap();
        written.expect(&allowed, &at);
        written.expect_reasons(&mut reasons, &mut met, &at);

        let betas = (bar % 2 == 0).then_some(betas.as_slice());
        let decided = hedge
            .decide(monitor.drawdown(), &allowed, equity, betas, &mut reasons)
            .unwrap();
        let side = match decided.side {
            HedgeSide::None => RISK_HEDGE_NONE,
            HedgeSide::Sell => RISK_HEDGE_SELL,
            HedgeSide::Buy => RISK_HEDGE_BUY,
        };
        assert_eq!(
            [written.number(), written.number()],
            [u32::from(decided.active), side],
            "{at}"
        );
        written.expect(&[decided.notional, decided.net, decided.ratio], &at);
        written.expect_reasons(&mut reasons, &mut met, &at);

        let ranges = (bar % 5 != 2).then_some((&high, &low));
        let (high, low) = (ranges.map(|ends| &ends.0[..]), ranges.map(|ends| &ends.1[..]));
        atr.update(high, low, &close, &mut reasons).unwrap();
        reasons.clear();
        written.expect(atr.values(), &at);

        let inputs = PositionInputs {
            weights: &allowed,
            equity,
            closes: &close,
            atr: atr.values(),
            atr_seen: atr.seen(),
        };
        sizer.size(inputs, &mut sizes, &mut reasons).unwrap();
        written.expect(&sizes.map(|size| size.units), &at);
        written.expect(&sizes.map(|size| size.stop.unwrap_or(f64::NAN)), &at);
        written.expect_reasons(&mut reasons, &mut met, &at);
        if bar % 10 == 9 {
            let single = PositionSizeConfig {
                risk_per_position: 0.02,
                multiple: 3.0,
                ..PositionSizeConfig::default()
            };
            written.expect(&[single.units(equity, atr.values()[0], 7.0).unwrap()], &at);
        }
    }
    let [high, low, close] = prices
        .each_ref()
        .map(|all| ArrayView2::from_shape((BARS, ASSETS), all).unwrap());
    for ranges in [None, Some((high, low))] {
        let (high, low) = ranges.unzip();
        let table = average_true_range(high, low, close, ATR_BARS).unwrap();
        written.expect(table.as_slice().unwrap(), "the table");
    }
    assert!(written.0.is_empty());
    // The scenario goes through everything that it is there for.
    for code in [
        ReasonCode::AssetMinimum,
        ReasonCode::AssetMaximum,
        ReasonCode::GrossExposure,
        ReasonCode::SectorMaximum,
        ReasonCode::Turnover,
        ReasonCode::TurnoverExceeded,
        ReasonCode::HistoricalConditionalValueAtRisk,
        ReasonCode::SkippedTailRisk,
        ReasonCode::DrawdownReduce,
        ReasonCode::Reducing,
        ReasonCode::DrawdownStop,
        ReasonCode::Halted,
        ReasonCode::HedgeOpened,
        ReasonCode::HedgeKept,
        ReasonCode::HedgeClosed,
        ReasonCode::HedgeWithoutBetas,
        ReasonCode::PositionRisk,
        ReasonCode::OpenRisk,
        ReasonCode::PositionMaximum,
        ReasonCode::PositionMinimum,
        ReasonCode::SkippedPositionSize,
    ] {
        assert!(met.contains(code.name()), "{code} is not among {met:?}");
    }
}
