//! The hedge by closed forms: its hysteresis path, exact thresholds, both modes and signs, and betas.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ppo_risk::risk::hedge::{Hedge, HedgeConfig, HedgeMode, HedgeSide, HedgingStrategy};
use ppo_risk::risk::reason::{Reason, ReasonCode};
use proptest::prelude::*;

fn strategy(mode: HedgeMode) -> HedgingStrategy {
    HedgingStrategy::new(HedgeConfig {
        mode,
        ..HedgeConfig::default()
    })
    .unwrap()
}

fn decide(strategy: &mut HedgingStrategy, drawdown: f64, weights: &[f64]) -> (Hedge, Vec<ReasonCode>) {
    let mut reasons = Vec::new();
    let betas = vec![1.0; weights.len()];
    let hedge = strategy
        .decide(drawdown, weights, 1000.0, Some(&betas), &mut reasons)
        .unwrap();
    (hedge, reasons.iter().map(|reason| reason.code).collect())
}

#[test]
fn the_defaults_are_the_designs() {
    let config: HedgeConfig = serde_json::from_str("{}").unwrap();
    assert_eq!(config, HedgeConfig::default());
    let expected = (0.10, 0.02, 0.5, HedgeMode::Step);
    assert_eq!(
        (config.threshold, config.band, config.hedge_ratio, config.mode),
        expected
    );
    assert!(serde_json::from_str::<HedgeConfig>(r#"{"treshold": 0.1}"#).is_err());
}

/// Opens above 0.10, not at it; stays at 0.08, closes below it. Restarted from its state at every bar.
#[test]
fn the_path_through_the_hysteresis() {
    use ReasonCode::{HedgeClosed, HedgeKept, HedgeOpened};
    let mut strategy = strategy(HedgeMode::Step);
    let just_below = 0.08_f64.next_down();
    for (drawdown, code) in [
        (0.0, None),
        (0.09, None),
        (0.10, None),
        (0.10_f64.next_up(), Some(HedgeOpened)),
        (0.10, Some(HedgeKept)),
        (0.09, Some(HedgeKept)),
        (0.08, Some(HedgeKept)),
        (just_below, Some(HedgeClosed)),
        (0.09, None),
        (0.25, Some(HedgeOpened)),
        (0.30, Some(HedgeKept)),
        (0.0, Some(HedgeClosed)),
    ] {
        let json = serde_json::to_string(&strategy.state()).unwrap();
        strategy =
            HedgingStrategy::restore(HedgeConfig::default(), serde_json::from_str(&json).unwrap()).unwrap();
        let (hedge, codes) = decide(&mut strategy, drawdown, &[0.5, 0.3]);
        assert_eq!(codes, code.into_iter().collect::<Vec<_>>(), "at {drawdown}");
        let open = matches!(code, Some(HedgeOpened | HedgeKept));
        // 0.5 × 0.8 × 1000, sold against a long portfolio.
        let (side, notional, ratio) = if open {
            (HedgeSide::Sell, 400.0, 0.5)
        } else {
            (HedgeSide::None, 0.0, 0.0)
        };
        let expected = Hedge {
            active: open,
            side,
            notional,
            net: 0.8,
            ratio,
        };
        assert_eq!(hedge, expected, "at {drawdown}");
    }
}

#[test]
fn the_numbers_of_the_reasons() {
    let mut strategy = strategy(HedgeMode::Step);
    let mut reasons = Vec::new();
    for drawdown in [0.11, 0.12, 0.05] {
        strategy
            .decide(drawdown, &[1.0], 1.0, Some(&[1.0]), &mut reasons)
            .unwrap();
    }
    let expected = [
        Reason::portfolio(ReasonCode::HedgeOpened, 0.11, 0.10),
        Reason::portfolio(ReasonCode::HedgeKept, 0.12, 0.08),
        Reason::portfolio(ReasonCode::HedgeClosed, 0.05, 0.08),
    ];
    assert_eq!(reasons, expected);
}

/// hedge_ratio × min(1, (drawdown - threshold)/threshold), 0 where an open hedge waits below the threshold.
#[test]
fn the_proportional_ratio() {
    let mut strategy = strategy(HedgeMode::Proportional);
    for (drawdown, ratio) in [
        (0.10, 0.0),
        (0.12, 0.1),
        (0.15, 0.25),
        (0.20, 0.5),
        (0.50, 0.5),
        (0.10, 0.0),
        (0.09, 0.0),
    ] {
        let (hedge, _) = decide(&mut strategy, drawdown, &[1.0]);
        assert!((hedge.ratio - ratio).abs() < 1e-15, "{drawdown}: {hedge:?}");
        assert!((hedge.notional - 1000.0 * ratio).abs() < 1e-12);
        assert_eq!(hedge.side == HedgeSide::None, ratio == 0.0);
    }
    let (hedge, _) = decide(&mut strategy, 0.09, &[1.0]);
    assert!(hedge.active, "the hedge waits, at ratio 0");
}

#[test]
fn a_short_portfolio_is_bought_and_a_flat_one_left() {
    let mut strategy = strategy(HedgeMode::Step);
    let (hedge, _) = decide(&mut strategy, 0.3, &[-0.75, 0.25]);
    assert_eq!(
        (hedge.side, hedge.notional, hedge.net),
        (HedgeSide::Buy, 250.0, -0.5)
    );
    let (hedge, _) = decide(&mut strategy, 0.3, &[-0.5, 0.5]);
    assert_eq!(
        (hedge.side, hedge.notional, hedge.active),
        (HedgeSide::None, 0.0, true)
    );
}

#[test]
fn betas_weigh_the_exposure_and_their_absence_is_said() {
    let mut strategy = strategy(HedgeMode::Step);
    let mut reasons = Vec::new();
    let weights = [1.0, -0.25];
    let hedge = strategy
        .decide(0.2, &weights, 1000.0, Some(&[0.5, 4.0]), &mut reasons)
        .unwrap();
    // 0.5 × 1 - 4 × 0.25 = -0.5: bought, although the weights sum to 0.75.
    assert_eq!(
        (hedge.side, hedge.notional, hedge.net),
        (HedgeSide::Buy, 250.0, -0.5)
    );
    reasons.clear();
    let hedge = strategy
        .decide(0.2, &weights, 1000.0, None, &mut reasons)
        .unwrap();
    assert_eq!((hedge.side, hedge.notional), (HedgeSide::Sell, 375.0));
    assert_eq!(reasons[1].code, ReasonCode::HedgeWithoutBetas);
    assert_eq!(reasons[1].found, 0.75);
    reasons.clear();
    strategy
        .decide(0.0, &weights, 1000.0, None, &mut reasons)
        .unwrap();
    assert_eq!(reasons.len(), 1, "a closed hedge needs no betas");
}

#[test]
fn bad_input_is_refused_by_name_and_changes_nothing() {
    let mut strategy = strategy(HedgeMode::Step);
    let mut reasons = Vec::new();
    let before = strategy.clone();
    let (weights, betas) = ([0.5, 0.5], [1.0, 1.0]);
    for (drawdown, weights, equity, betas, name) in [
        (f64::NAN, &weights, 1.0, &betas[..], "`drawdown` is NaN"),
        (-0.1, &weights, 1.0, &betas, "`drawdown` is -0.1"),
        (1.1, &weights, 1.0, &betas, "`drawdown` is 1.1"),
        (0.5, &[0.5, f64::INFINITY], 1.0, &betas, "`weights[1]` is inf"),
        (0.5, &weights, -1.0, &betas, "`equity` is -1"),
        (0.5, &weights, 0.0, &betas, "`equity` is 0"),
        (0.5, &weights, f64::NAN, &betas, "`equity` is NaN"),
        (
            0.5,
            &weights,
            1.0,
            &betas[..1],
            "`betas` has 1 values, expected 2",
        ),
        (0.5, &weights, 1.0, &[f64::NAN, 1.0], "`betas[0]` is NaN"),
        (0.5, &[1e300, 0.0], 1e300, &betas, "`weights` is of net exposure"),
    ] {
        let error = strategy
            .decide(drawdown, weights, equity, Some(betas), &mut reasons)
            .unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(strategy == before && reasons.is_empty());
    for (threshold, band, hedge_ratio, key) in [
        (0.0, 0.0, 0.5, "threshold"),
        (f64::NAN, 0.0, 0.5, "threshold"),
        (1.0, 0.0, 0.5, "threshold"),
        (0.1, 0.1, 0.5, "band"),
        (0.1, -0.1, 0.5, "band"),
        (0.1, 0.02, 0.0, "hedge_ratio"),
        (0.1, 0.02, 1.1, "hedge_ratio"),
    ] {
        let config = HedgeConfig {
            threshold,
            band,
            hedge_ratio,
            mode: HedgeMode::Step,
        };
        let error = HedgingStrategy::new(config).unwrap_err().to_string();
        assert!(error.contains(&format!("`hedge.{key}`")), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// What is left of the net exposure has its sign and is no larger.
    #[test]
    fn a_hedge_only_lowers_the_exposure_it_looks_at(
        pairs in prop::collection::vec((-3.0..3.0_f64, -3.0..3.0_f64), 1..6),
        drawdowns in prop::collection::vec(0.0..=1.0_f64, 1..6),
        with_betas in any::<bool>(),
        proportional in any::<bool>(),
        hedge_ratio in 0.01..=1.0_f64,
    ) {
        let (weights, betas): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let mode = if proportional { HedgeMode::Proportional } else { HedgeMode::Step };
        let config = HedgeConfig { mode, hedge_ratio, ..HedgeConfig::default() };
        let mut strategy = HedgingStrategy::new(config).unwrap();
        let mut reasons = Vec::new();
        for drawdown in drawdowns {
            let betas = with_betas.then_some(&betas[..]);
            let hedge = strategy.decide(drawdown, &weights, 1000.0, betas, &mut reasons).unwrap();
            let signed = match hedge.side {
                HedgeSide::None => 0.0,
                HedgeSide::Sell => -hedge.notional,
                HedgeSide::Buy => hedge.notional,
            };
            let (before, after) = (1000.0 * hedge.net, 1000.0 * hedge.net + signed);
            prop_assert!(after.abs() <= before.abs() && after * before >= 0.0, "{before} {after}");
            prop_assert!(hedge.notional >= 0.0 && (hedge.active || hedge.notional == 0.0));
        }
    }
}
