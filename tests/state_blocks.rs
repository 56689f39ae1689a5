//! What the blocks of a state hold that are off by default, against their formulas written out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use nalgebra::{DMatrix, DVector};
use ppo_risk::market::correlation::Correlation;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::regime::RegimeBlock;
use ppo_risk::market::state::{AccountView, StateBuilder, StateSpec};
use ppo_risk::market::state_spec::Content;
use ppo_risk::market::{BarCosts, MarketBar, Status};
use ppo_risk::math::hmm::{GaussianHmm, HmmFilter};
use ppo_risk::math::random;
use rand_distr::{Distribution, StandardNormal};

const ASSETS: usize = 4;
const BARS: usize = 60;

/// Returns of assets that move together, each with its own volatility: [BARS, ASSETS].
fn returns(seed: u64) -> DMatrix<f64> {
    let mut stream = random::stream(seed, "test", 0);
    let mut draw = || -> f64 { StandardNormal.sample(&mut stream) };
    let mut returns = DMatrix::zeros(BARS, ASSETS);
    for bar in 0..BARS {
        let common = draw();
        for asset in 0..ASSETS {
            returns[(bar, asset)] = 0.004 * (1 + asset) as f64 * (draw() + 0.8 * common) + 0.001;
        }
    }
    returns
}

fn bar(returns: &DMatrix<f64>, bar: usize, status: Vec<Status>) -> MarketBar {
    MarketBar {
        returns: returns.row(bar).iter().copied().collect(),
        cash_return: 0.0,
        columns: Vec::new(),
        asset_columns: Vec::new(),
        prior: Vec::new(),
        time: None,
        status,
        costs: BarCosts::default(),
    }
}

fn spec(correlation: Correlation, listed: bool) -> StateSpec {
    StateSpec {
        window: 5,
        return_horizons: vec![7, 2],
        volatility_windows: vec![9],
        history: 3,
        correlation: Some(correlation),
        listed,
        ..StateSpec::base(ASSETS)
    }
}

/// The state at the last of the bars that were pushed.
fn state(builder: &StateBuilder, len: usize) -> Vec<f32> {
    let account = AccountView {
        weights: &[0.25; ASSETS],
        cash: 0.0,
        drawdown: 0.0,
        volatility: 0.0,
        steps: 0,
        log_growth: 0.0,
    };
    let mut state = vec![0.0; len];
    builder.write_state(&account, &mut state).unwrap();
    state
}

/// What a block of it holds.
fn block(spec: &StateSpec, state: &[f32], content: Content) -> Vec<f64> {
    let block = spec.blocks().find(|block| block.content == content).unwrap();
    state[block.range].iter().map(|&value| f64::from(value)).collect()
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(
            error < 1e-6 * (1.0 + expected.abs()),
            "{what}: {found} {expected}"
        );
    }
}

/// Exponentially weighted covariances of the last 10 half-lives of these columns.
fn covariance(returns: &DMatrix<f64>, half_life: f64, columns: &[usize]) -> DMatrix<f64> {
    let window = (10.0 * half_life).ceil() as usize;
    let weights = DVector::from_fn(window, |k, _| 0.5_f64.powf((window - 1 - k) as f64 / half_life));
    let weights = &weights / weights.sum();
    let last = DMatrix::from_fn(window, columns.len(), |k, i| {
        returns[(BARS - window + k, columns[i])]
    });
    let means = last.tr_mul(&weights);
    DMatrix::from_fn(columns.len(), columns.len(), |i, j| {
        (0..window)
            .map(|k| weights[k] * (last[(k, i)] - means[i]) * (last[(k, j)] - means[j]))
            .sum()
    })
}

fn correlation_of(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(covariance.nrows(), covariance.nrows(), |i, j| {
        covariance[(i, j)] / (covariance[(i, i)] * covariance[(j, j)]).sqrt()
    })
}

#[test]
fn returns_volatilities_and_lags_are_those_of_their_bars() {
    let returns = returns(1);
    let spec = spec(Correlation::Pairs { half_life: 2.5 }, false);
    let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
    assert_eq!(builder.warm_up_bars(), 25);
    (0..BARS).for_each(|t| builder.push(&bar(&returns, t, Vec::new())).unwrap());
    let state = state(&builder, spec.len());
    for bars in [7, 2] {
        let expected: Vec<f64> = (0..ASSETS)
            .map(|i| {
                (BARS - bars..BARS)
                    .map(|t| returns[(t, i)].ln_1p())
                    .sum::<f64>()
                    .exp_m1()
            })
            .collect();
        assert_close(
            &block(&spec, &state, Content::ReturnsOver(bars)),
            &expected,
            "returns",
        );
    }
    let expected: Vec<f64> = (0..ASSETS)
        .map(|i| returns.view((BARS - 9, i), (9, 1)).variance().sqrt())
        .collect();
    assert_close(
        &block(&spec, &state, Content::VolatilityOver(9)),
        &expected,
        "volatilities",
    );
    for lag in 0..3 {
        let expected: Vec<f64> = returns.row(BARS - 1 - lag).iter().copied().collect();
        assert_close(&block(&spec, &state, Content::Lag(lag)), &expected, "lags");
    }
}

#[test]
fn pairs_are_fishers_z_of_weighted_correlations() {
    let returns = returns(2);
    let spec = spec(Correlation::Pairs { half_life: 3.2 }, false);
    let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
    (0..BARS).for_each(|t| builder.push(&bar(&returns, t, Vec::new())).unwrap());
    let correlation = correlation_of(&covariance(&returns, 3.2, &[0, 1, 2, 3]));
    let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
    let expected = pairs.map(|(i, j)| correlation[(i, j)].atanh());
    let state = state(&builder, spec.len());
    assert_close(&block(&spec, &state, Content::Correlations), &expected, "pairs");
}

/// What is expected of the assets in these columns: mean correlation, beta, weight of least variance, and the share of the
/// first eigenvalue.
fn expected_of_assets(returns: &DMatrix<f64>, half_life: f64, columns: &[usize]) -> [Vec<f64>; 4] {
    let n = columns.len();
    let covariance = covariance(returns, half_life, columns);
    let correlation = correlation_of(&covariance);
    let equal = DVector::from_element(n, 1.0 / n as f64);
    let with_equal = &covariance * &equal;
    let shrunk = DMatrix::from_fn(n, n, |i, j| match i == j {
        true => covariance[(i, i)],
        false => 0.9 * covariance[(i, j)],
    });
    let least = shrunk.lu().solve(&DVector::from_element(n, 1.0)).unwrap();
    let eigenvalues = correlation.clone().symmetric_eigen().eigenvalues;
    [
        (0..n)
            .map(|i| ((correlation.row(i).sum() - 1.0) / (n - 1) as f64).atanh())
            .collect(),
        (0..n).map(|i| with_equal[i] / equal.dot(&with_equal)).collect(),
        least.iter().map(|weight| weight / least.sum()).collect(),
        vec![eigenvalues.max() / n as f64],
    ]
}

const OF_ASSETS: [Content; 4] = [
    Content::MeanCorrelation,
    Content::Beta,
    Content::LeastVariance,
    Content::FirstEigenvalue,
];

#[test]
fn values_of_assets_are_their_formulas() {
    let returns = returns(3);
    let spec = spec(Correlation::Assets { half_life: 2.0 }, false);
    let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
    (0..BARS).for_each(|t| builder.push(&bar(&returns, t, Vec::new())).unwrap());
    let state = state(&builder, spec.len());
    let expected = expected_of_assets(&returns, 2.0, &[0, 1, 2, 3]);
    for (content, expected) in OF_ASSETS.into_iter().zip(&expected) {
        assert_close(&block(&spec, &state, content), expected, &content.name());
    }
}

/// An asset that is halted or too new has 0 in every block of its own and in every pair, and the others have what they
/// would have without it.
#[test]
fn an_asset_that_does_not_take_part_shows_nothing_and_counts_for_nothing() {
    let returns = returns(4);
    let out = 2;
    for halted in [false, true] {
        for correlation in [
            Correlation::Pairs { half_life: 2.0 },
            Correlation::Assets { half_life: 2.0 },
        ] {
            let spec = spec(correlation, true);
            let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
            for t in 0..BARS {
                let mut status = vec![Status::Listed; ASSETS];
                // Halted at the last bar, or there for fewer bars than the window has.
                status[out] = match (halted, BARS - t) {
                    (true, 1) => Status::Halted,
                    (false, 20..) => Status::Absent,
                    (false, 19) => Status::New,
                    _ => Status::Listed,
                };
                builder.push(&bar(&returns, t, status)).unwrap();
            }
            assert!(!builder.takes_part(out));
            let state = state(&builder, spec.len());
            for of_asset in spec.blocks().filter(|block| block.per_asset) {
                let value = state[of_asset.range.start + out];
                let weight = of_asset.content == Content::Weights;
                assert!(weight || value == 0.0, "{:?} is {value}", of_asset.content);
            }
            let kept = [0, 1, 3];
            if matches!(correlation, Correlation::Pairs { .. }) {
                let found = block(&spec, &state, Content::Correlations);
                let correlation = correlation_of(&covariance(&returns, 2.0, &kept));
                let z = |i: usize, j: usize| correlation[(i, j)].atanh();
                let expected = [z(0, 1), 0.0, z(0, 2), 0.0, z(1, 2), 0.0];
                assert_close(&found, &expected, "pairs");
                continue;
            }
            let expected = expected_of_assets(&returns, 2.0, &kept);
            for (content, expected) in OF_ASSETS.into_iter().zip(&expected) {
                let found = block(&spec, &state, content);
                let found: Vec<f64> = match content {
                    Content::FirstEigenvalue => found,
                    _ => kept.map(|asset| found[asset]).to_vec(),
                };
                assert_close(&found, expected, &content.name());
            }
        }
    }
}

/// Prices that do not move, or that move as one: numbers that are finite, and 0 where there is no correlation.
#[test]
fn returns_without_a_correlation_give_finite_numbers() {
    let mut returns = returns(5);
    for t in 0..BARS {
        returns[(t, 0)] = 0.01;
        returns[(t, 2)] = returns[(t, 1)];
        returns[(t, 3)] = -returns[(t, 1)];
    }
    for correlation in [
        Correlation::Pairs { half_life: 2.0 },
        Correlation::Assets { half_life: 2.0 },
    ] {
        let spec = spec(correlation, false);
        let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
        (0..BARS).for_each(|t| builder.push(&bar(&returns, t, Vec::new())).unwrap());
        let state = state(&builder, spec.len());
        assert!(state.iter().all(|value| value.is_finite()), "{state:?}");
        if matches!(correlation, Correlation::Pairs { .. }) {
            let z = 0.99_f64.atanh();
            let found = block(&spec, &state, Content::Correlations);
            assert_close(&found, &[0.0, 0.0, 0.0, z, -z, -z], "pairs");
        } else {
            let found = block(&spec, &state, Content::MeanCorrelation);
            assert_close(&found[..1], &[0.0], "an asset that does not move");
        }
    }
}

/// The forward filter of the last bars alone, from the chain's stationary distribution on, over returns of equal weight.
#[test]
fn regimes_are_those_of_a_filter_that_began_with_the_window() {
    let returns = returns(6);
    let window = 13;
    let model = |initial: [f64; 2]| -> GaussianHmm {
        serde_json::from_value(serde_json::json!({
            "initial": initial,
            "transition": [[0.9, 0.1], [0.3, 0.7]],
            "means": [[0.002], [-0.001]],
            "covariances": [[[5e-5]], [[2e-4]]],
        }))
        .unwrap()
    };
    for listed in [false, true] {
        let spec = StateSpec {
            regime: Some(RegimeBlock {
                model: model([1.0, 0.0]),
                window,
            }),
            listed,
            ..StateSpec::base(ASSETS)
        };
        let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
        let mut filter = HmmFilter::new(&model([0.75, 0.25])).unwrap();
        for t in 0..BARS {
            let mut status = vec![Status::Listed; if listed { ASSETS } else { 0 }];
            let mut there: Vec<usize> = (0..ASSETS).collect();
            if listed && t % 5 == 0 {
                status[1] = Status::Absent;
                there.remove(1);
            }
            if listed && t == BARS - 4 {
                status.fill(Status::Absent);
                there.clear();
            }
            builder.push(&bar(&returns, t, status)).unwrap();
            if t >= BARS - window {
                let sum: f64 = there.iter().map(|&i| returns[(t, i)]).sum();
                match there.is_empty() {
                    true => filter.skip(),
                    false => filter.update(&[sum / there.len() as f64]),
                };
            }
        }
        let state = state(&builder, spec.len());
        let found = block(&spec, &state, Content::Regimes);
        assert_close(&found, filter.probabilities(), "regimes");
    }
}

/// A Wednesday, six hours after midnight: a quarter of a day, and two days and a quarter into the week.
#[test]
fn times_are_parts_of_the_day_and_of_the_week() {
    let spec = StateSpec {
        time: true,
        window: 1,
        ..StateSpec::base(ASSETS)
    };
    let wednesday = ppo_risk::market::DateOrTime::parse("2024-01-03T06:00:00Z").unwrap();
    let ppo_risk::market::DateOrTime::Time(wednesday) = wednesday else {
        panic!("a time");
    };
    let before_1970 = -1_000_000_000; // a Wednesday's last second
    let angle = 2.25 / 7.0 * std::f64::consts::TAU;
    let end = std::f64::consts::TAU * (3.0 - 1.0 / 86_400.0) / 7.0;
    for (time, day, week) in [
        (wednesday.nanoseconds().unwrap(), [1.0, 0.0], angle),
        (before_1970, [(-std::f64::consts::TAU / 86_400.0).sin(), 1.0], end),
    ] {
        let mut builder = StateBuilder::new(&spec, Prior::None, true).unwrap();
        let mut bar = bar(&returns(7), 0, Vec::new());
        bar.time = Some(time);
        builder.push(&bar).unwrap();
        let state = state(&builder, spec.len());
        let found = block(&spec, &state, Content::Time);
        assert_close(&found, &[day[0], day[1], week.sin(), week.cos()], "time");
    }
}

#[test]
fn blocks_that_cannot_be_are_refused_by_name() {
    let refused = |change: fn(&mut StateSpec), word: &str| {
        let mut spec = StateSpec::base(ASSETS);
        change(&mut spec);
        let message = spec.validate().unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    };
    refused(
        |spec| spec.return_horizons = vec![5, 1],
        "`state.return_horizons[1]` is 1",
    );
    refused(
        |spec| spec.volatility_windows = vec![60, 60],
        "`state.volatility_windows[1]` is 60",
    );
    refused(|spec| spec.return_horizons = (2..20).collect(), "at most 16");
    refused(|spec| spec.history = 1001, "`state.history` is 1001");
    for half_life in [0.0, 0.5, 1e5, f64::NAN] {
        let mut spec = StateSpec::base(ASSETS);
        spec.correlation = Some(Correlation::Assets { half_life });
        let message = spec.validate().unwrap_err().to_string();
        assert!(
            message.contains("state.correlation.assets.half_life"),
            "{message}"
        );
    }
    refused(
        |spec| {
            spec.assets = 1;
            spec.correlation = Some(Correlation::Pairs { half_life: 20.0 });
        },
        "`state.correlation`",
    );
    refused(
        |spec| {
            spec.assets = 363;
            spec.correlation = Some(Correlation::Pairs { half_life: 20.0 });
        },
        "363 assets",
    );
}
