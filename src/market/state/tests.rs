//! A bar that is taken back.

use super::*;
use crate::market::correlation::Correlation;
use crate::market::regime::RegimeBlock;
use crate::market::source::MarketShape;
use crate::math::hmm::GaussianHmm;
use crate::math::random::stream;
use ndarray::array;
use rand::RngExt;

/// A bar that was pushed and taken back shows in no block, whatever the builder had seen before.
#[test]
fn a_bar_that_is_taken_back_leaves_every_block_as_it_was() {
    const ASSETS: usize = 3;
    let model = GaussianHmm {
        initial: vec![0.5, 0.5],
        transition: array![[0.9, 0.1], [0.2, 0.8]],
        means: array![[0.0], [0.0]],
        covariances: vec![array![[1e-4]], array![[9e-4]]],
        log_likelihood: f64::NEG_INFINITY,
    };
    let spec = StateSpec {
        window: 4,
        return_horizons: vec![5],
        volatility_windows: vec![3],
        history: 3,
        correlation: Some(Correlation::Assets { half_life: 1.0 }),
        regime: Some(RegimeBlock { model, window: 6 }),
        time: true,
        columns: vec!["signal".to_string()],
        ..StateSpec::base(ASSETS)
    };
    let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
    let mut draws = stream(3, "test", 0);
    let mut bar = MarketBar::zeros(MarketShape {
        assets: ASSETS,
        columns: 1,
        asset_columns: 0,
        prior: false,
        ragged: false,
    });
    let mut draw = |hour: i64| {
        bar.returns.fill_with(|| draws.random_range(-0.03..0.03_f64));
        bar.columns[0] = draws.random_range(-1.0..1.0);
        bar.time = Some(hour * 3_600_000_000_000);
        bar.clone()
    };
    let account = AccountView {
        weights: &[0.2; ASSETS],
        cash: 0.4,
        drawdown: 0.0,
        volatility: 0.0,
        steps: 0,
        log_growth: 0.0,
    };
    let seen = |builder: &StateBuilder| {
        let mut state = vec![0.0; spec.len()];
        builder.write_state(&account, &mut state).unwrap();
        state
    };
    for hour in 0..30 {
        builder.push(&draw(hour)).unwrap();
        let saved = serde_json::to_string(&builder).unwrap();
        let before = builder.ready().then(|| seen(&builder));
        builder.push(&draw(hour + 100)).unwrap();
        if let Some(before) = &before {
            assert_ne!(*before, seen(&builder));
        }
        builder.take_back();
        assert_eq!(builder.ready().then(|| seen(&builder)), before, "bar {hour}");
        assert_eq!(serde_json::to_string(&builder).unwrap(), saved, "bar {hour}");
    }
    assert!(builder.ready());
}
