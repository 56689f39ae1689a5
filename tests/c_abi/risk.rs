//! What the risk manager decides through C is what it decides in Rust, bit for bit.

use crate::toolchain::{Host, has};
use ndarray::arr2;
use ppo_risk::ffi::risk::reason::RISK_NO_INDEX;
use ppo_risk::math::hmm::GaussianHmm;
use ppo_risk::risk::drawdown_state::{DrawdownConfig, TradingState};
use ppo_risk::risk::hedge::{HedgeConfig, HedgeSide};
use ppo_risk::risk::limits::LimitsConfig;
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager, RiskPortfolio};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use ppo_risk::risk::regime::{RegimeConfig, RegimeScaling};
use ppo_risk::risk::stops::StopConfig;
use std::collections::BTreeSet;

const BARS: usize = 600;
const ASSETS: usize = 3;

/// Everything switched on, so tight that it binds.
fn config() -> RiskConfig {
    let model = GaussianHmm {
        initial: vec![0.5, 0.5],
        transition: arr2(&[[0.97, 0.03], [0.05, 0.95]]),
        means: arr2(&[[0.003], [-0.006]]),
        covariances: vec![arr2(&[[4e-5]]); 2],
        log_likelihood: f64::NEG_INFINITY,
    };
    RiskConfig {
        limits: LimitsConfig {
            min_weights: vec![-0.2; ASSETS],
            max_weights: vec![0.6; ASSETS],
            max_gross: Some(1.2),
            max_turnover: Some(0.4),
            ..LimitsConfig::default()
        },
        drawdown: DrawdownConfig {
            reduce_at: Some(0.05),
            stop_at: Some(0.09),
            ..DrawdownConfig::default()
        },
        stops: StopConfig {
            stop: Some(0.06),
            cooldown: Some(5),
        },
        regime: Some(RegimeConfig {
            model,
            leverage: vec![1.0, 0.5],
            limits: vec![1.0, 0.8],
            scaling: RegimeScaling::default(),
        }),
        hedge: Some(HedgeConfig {
            threshold: 0.04,
            ..HedgeConfig::default()
        }),
        ..RiskConfig::default()
    }
}

/// The bytes that the C program wrote, front to back.
pub(crate) struct Written<'a>(pub(crate) &'a [u8]);

impl Written<'_> {
    fn bytes<const SIZE: usize>(&mut self) -> [u8; SIZE] {
        let (front, rest) = self.0.split_at(SIZE);
        self.0 = rest;
        front.try_into().unwrap()
    }

    pub(crate) fn number(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    pub(crate) fn real(&mut self) -> f64 {
        f64::from_le_bytes(self.bytes())
    }

    pub(crate) fn reals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.real()).collect()
    }

    /// The next numbers are these, bit for bit; one NaN is as good as another.
    pub(crate) fn expect(&mut self, expected: &[f64], at: &str) {
        for (i, expected) in expected.iter().enumerate() {
            let found = self.real();
            let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
            assert!(same, "{at}, number {i}: {found}, expected {expected}");
        }
    }

    /// Next are these reasons, with their count; they are cleared, and their codes added to those `met`.
    pub(crate) fn expect_reasons(
        &mut self,
        reasons: &mut Vec<Reason>,
        met: &mut BTreeSet<&'static str>,
        at: &str,
    ) {
        assert_eq!(self.number() as usize, reasons.len(), "{at}: {reasons:?}");
        for reason in reasons.drain(..) {
            met.insert(reason.code.name());
            let index = reason.index.map_or(RISK_NO_INDEX, |index| index as u32);
            let found = [self.number(), self.number()];
            assert_eq!(found, [reason.code as u32, index], "{at}: {reason:?}");
            self.expect(&[reason.found, reason.allowed], at);
        }
    }
}

#[test]
fn decisions_through_c_are_rusts_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let path = host.path("results_risk.bin").display().to_string();
    let json = serde_json::to_string(&config()).unwrap();
    host.run("results_risk", &[&json, &path, &BARS.to_string()]);
    let bytes = std::fs::read(path).unwrap();
    let mut written = Written(&bytes);
    let mut manager = RiskManager::new(config(), ASSETS).unwrap();
    let mut met = BTreeSet::new();
    for bar in 0..BARS {
        let closes = written.reals(ASSETS);
        let highs = written.reals(ASSETS);
        let lows = written.reals(ASSETS);
        let target = written.reals(ASSETS);
        let current = written.reals(ASSETS);
        let atr = written.reals(ASSETS);
        let betas = written.reals(ASSETS);
        let equity = written.real();
        let observation = written.reals(1);
        let [volatility, trend, drawdown] = [(); 3].map(|()| {
            let value = written.real();
            (!value.is_nan()).then_some(value)
        });
        let market = Bar {
            highs_lows: (bar % 13 != 6).then_some((&highs, &lows)),
            atr: (bar % 6 == 1).then_some(&atr),
            volatility,
            trend,
            betas: (bar % 4 == 2).then_some(&betas),
            observation: (bar % 17 != 3).then_some(&observation),
            ..Bar::closes(&closes)
        };
        let portfolio = RiskPortfolio {
            target: &target,
            current: &current,
            equity,
            drawdown,
        };
        if bar % 200 == 120 {
            manager.reset();
            manager.reset_stop(1).unwrap();
        }
        let at = format!("bar {bar}");
        if bar % 10 == 5 {
            manager.observe(&market).unwrap();
            written.expect(manager.regimes().unwrap(), &at);
            continue;
        }
        let mut decision = manager.manage(&market, &portfolio).unwrap().clone();
        written.expect(manager.regimes().unwrap(), &at);
        let state = match decision.state {
            TradingState::Active => 0,
            TradingState::Reducing => 1,
            TradingState::Halted => 2,
        };
        let side = match decision.hedge.side {
            HedgeSide::None => 0,
            HedgeSide::Sell => 1,
            HedgeSide::Buy => 2,
        };
        let found = [written.number(), written.number(), written.number()];
        assert_eq!(
            found,
            [state, u32::from(decision.hedge.active), side],
            "bar {bar}"
        );
        let mut expected = vec![
            decision.cash,
            decision.gross,
            decision.net,
            decision.turnover,
            decision.leverage,
            decision.volatility,
            decision.drawdown,
            decision.hedge.notional,
            decision.hedge.net,
            decision.hedge.ratio,
        ];
        expected.extend(&decision.weights);
        expected.extend(decision.positions.iter().map(|position| position.units));
        let stops = decision.positions.iter().map(|position| position.stop);
        expected.extend(stops.map(|stop| stop.unwrap_or(f64::NAN)));
        written.expect(&expected, &at);
        written.expect_reasons(&mut decision.reasons, &mut met, &at);
    }
    assert!(written.0.is_empty());
    // The scenario goes through everything that it is there for.
    for code in [
        ReasonCode::DrawdownReduce,
        ReasonCode::DrawdownStop,
        ReasonCode::Halted,
        ReasonCode::AssetStop,
        ReasonCode::AssetStopped,
        ReasonCode::Turnover,
        ReasonCode::AssetMaximum,
        ReasonCode::HedgeOpened,
        ReasonCode::HedgeClosed,
        ReasonCode::LeverageRegime,
        ReasonCode::LimitsRegime,
        ReasonCode::VolatilityTarget,
        ReasonCode::PositionRisk,
        ReasonCode::LeverageTrend,
        ReasonCode::HedgeWithoutBetas,
        ReasonCode::CloseOnlyTrueRange,
        ReasonCode::SkippedRegime,
        ReasonCode::SkippedTrend,
    ] {
        assert!(met.contains(code.name()), "{code} is not among {met:?}");
    }
}

#[test]
fn a_hundred_thousand_decisions_allocate_nothing() {
    if has("cc", "C programs") {
        let json = serde_json::to_string(&config()).unwrap();
        let said = Host::new().run("allocations_risk", &[&json, "100000"]);
        let expected = "0 allocations in 100000 bars of a manager\n0 allocations in 100000 bars of the parts\n\
                        allocations_risk: ok\n";
        assert_eq!(said, expected);
    }
}
