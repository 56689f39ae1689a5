//! Simulated markets against the closed forms of their laws, and fits against the truth they were drawn from.
//!
//! Every bound on a sample is 5 standard errors of the statistic, from its own closed form.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "in a test a panic is the report, and exact values are compared on purpose"
)]

use chrono::NaiveDate;
use ndarray::Array2;
use ppo_risk::market::BarsPerYear;
use ppo_risk::market::fit::{fit_gbm, fit_regimes};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::simulate::{
    Gbm, GbmParameters, Regime, RegimeParameters, RegimeSwitching, SimulatedParameters, log_moments,
};
use ppo_risk::market::{Market, MarketBar, Path};
use ppo_risk::math::hmm::HmmOptions;
use ppo_risk::math::random::{Stream, stream};

const DRAWS: usize = 1_000_000;

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()
}

/// Feeds `use_bar` with `bars` bars of a fresh episode.
fn walk(market: &dyn Market, bars: usize, random: &mut Stream, mut use_bar: impl FnMut(&Path, &MarketBar)) {
    let (mut path, mut bar) = (Path::default(), MarketBar::zeros(market.shape()));
    assert_eq!(market.begin(0, bars, &mut path, random), bars);
    for _ in 0..bars {
        market.advance(&mut path, random, &mut bar);
        use_bar(&path, &bar);
    }
}

/// Sums of log returns [n] and of their products [n][n] over `bars` bars.
fn log_sums(market: &dyn Market, bars: usize, seed: u64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let assets = market.shape().assets;
    let (mut sums, mut products) = (vec![0.0; assets], vec![vec![0.0; assets]; assets]);
    walk(market, bars, &mut stream(seed, "test", 0), |_, bar| {
        let logs: Vec<f64> = bar.returns.iter().map(|simple| simple.ln_1p()).collect();
        for i in 0..assets {
            sums[i] += logs[i];
            for j in 0..assets {
                products[i][j] += logs[i] * logs[j];
            }
        }
    });
    (sums, products)
}

#[test]
fn gbm_draws_have_the_stated_moments() {
    let parameters = GbmParameters {
        cash_rate: 0.03,
        ..GbmParameters::default_assets(4)
    };
    let market = Gbm::new(parameters.clone()).unwrap();
    let (sums, products) = log_sums(&market, DRAWS, 11);
    let n = DRAWS as f64;
    let covariance = |i: usize, j: usize| parameters.covariance[i][j] / 252.0;
    for i in 0..4 {
        let mean = (parameters.drift[i] - 0.5 * parameters.covariance[i][i]) / 252.0;
        assert!((sums[i] / n - mean).abs() < 5.0 * (covariance(i, i) / n).sqrt());
        for j in 0..4 {
            let found = products[i][j] / n - sums[i] / n * sums[j] / n;
            // Var of a Gaussian sample covariance: (Σ_ii Σ_jj + Σ_ij²) / n.
            let variance = (covariance(i, i) * covariance(j, j) + covariance(i, j).powi(2)) / n;
            assert!(
                (found - covariance(i, j)).abs() < 5.0 * variance.sqrt(),
                "{i} {j}: {found}"
            );
        }
    }
    walk(&market, 1, &mut stream(1, "test", 0), |_, bar| {
        assert!((bar.cash_return - (1.03_f64.powf(1.0 / 252.0) - 1.0)).abs() < 1e-15);
    });
}

/// Annual bars with given moments of simple returns: three assets, checked against the sample.
#[test]
fn moments_of_simple_returns_are_met() {
    let mean = [0.08, 0.05, 0.10];
    let covariance = vec![
        vec![0.04, 0.006, 0.012],
        vec![0.006, 0.01, 0.003],
        vec![0.012, 0.003, 0.09],
    ];
    let market = Gbm::new(
        GbmParameters::from_simple_moments(&mean, &covariance, BarsPerYear::new("bars", 1.0).unwrap())
            .unwrap(),
    )
    .unwrap();
    let mut sums = [0.0; 3];
    let mut products = [[0.0; 3]; 3];
    // The variance of a product is estimated from the sample: log-normal fourth moments have no short form.
    let mut squares = [[0.0; 3]; 3];
    walk(&market, DRAWS, &mut stream(2, "test", 0), |_, bar| {
        for i in 0..3 {
            sums[i] += bar.returns[i];
            for j in 0..3 {
                let product = (bar.returns[i] - mean[i]) * (bar.returns[j] - mean[j]);
                products[i][j] += product;
                squares[i][j] += product * product;
            }
        }
    });
    let n = DRAWS as f64;
    for i in 0..3 {
        assert!((sums[i] / n - mean[i]).abs() < 5.0 * (covariance[i][i] / n).sqrt());
        for j in 0..3 {
            let found = products[i][j] / n;
            let error = ((squares[i][j] / n - found * found) / n).sqrt();
            assert!((found - covariance[i][j]).abs() < 5.0 * error, "{i} {j}: {found}");
        }
    }
    // One asset by hand: Σ = ln(1 + .04 / 1.08²), m = ln 1.08 - Σ / 2.
    let (log_mean, log_covariance) = log_moments(&[0.08], &[vec![0.04]]).unwrap();
    let expected = (1.0_f64 + 0.04 / (1.08 * 1.08)).ln();
    assert!((log_covariance[0][0] - expected).abs() < 1e-15);
    assert!((log_mean[0] - (1.08_f64.ln() - 0.5 * expected)).abs() < 1e-15);
}

#[test]
fn regimes_are_visited_as_often_as_the_stationary_distribution_says() {
    let parameters = RegimeParameters {
        show_regime: true,
        ..RegimeParameters::default_assets(2)
    };
    let market = RegimeSwitching::new(parameters.clone()).unwrap();
    assert!((market.stationary()[0] - 0.75).abs() < 1e-14);
    assert_eq!(parameters.columns(), ["regime_1", "regime_2"]);
    let (mut calm, mut sums) = (0.0, [[0.0; 2]; 2]);
    let (mut previous, mut counts) = (None, [0.0; 2]);
    walk(&market, DRAWS, &mut stream(3, "test", 0), |path, bar| {
        assert_eq!(
            (bar.columns[path.regime], bar.columns[1 - path.regime]),
            (1.0, 0.0)
        );
        calm += bar.columns[0];
        // The regime shown at a close rules the bar that follows.
        if let Some(regime) = previous {
            let regime: usize = regime;
            counts[regime] += 1.0;
            for (sum, simple) in sums[regime].iter_mut().zip(&bar.returns) {
                *sum += simple.ln_1p();
            }
        }
        previous = Some(path.regime);
    });
    // Var of the mean of a two-state chain: p(1 - p)/n · (1 + λ)/(1 - λ), λ = 1 - 0.02 - 0.06.
    let n = DRAWS as f64;
    let error = (0.75 * 0.25 / n * (1.92 / 0.08)).sqrt();
    assert!((calm / n - 0.75).abs() < 5.0 * error, "{}", calm / n);
    for (regime, law) in parameters.regimes.iter().enumerate() {
        for (asset, sum) in sums[regime].iter().enumerate() {
            let error = (law.covariance[asset][asset] / counts[regime]).sqrt();
            assert!((sum / counts[regime] - law.mean[asset]).abs() < 5.0 * error);
        }
    }
    // First regimes are drawn from the same distribution: 100,000 independent starts.
    let (mut path, mut random, mut first) = (Path::default(), stream(4, "test", 0), 0.0_f64);
    for _ in 0..100_000 {
        market.begin(0, 1, &mut path, &mut random);
        first += if path.regime == 0 { 1.0 } else { 0.0 };
    }
    assert!((first / 1e5 - 0.75).abs() < 5.0 * (0.75 * 0.25 / 1e5_f64).sqrt());
}

/// Estimates from 20,000 bars lie within 5 standard errors of the truth.
#[test]
fn gbm_fit_recovers_the_parameters() {
    let truth = GbmParameters::default_assets(3);
    let bars = 20_001;
    let table = SimulatedParameters::Gbm(truth.clone())
        .prices(bars, start(), 5)
        .unwrap();
    let fitted = fit_gbm(&table).unwrap();
    assert_eq!(fitted.assets, truth.assets);
    let n = (bars - 1) as f64;
    let years = n / 252.0;
    for i in 0..3 {
        let error = (truth.covariance[i][i] / years).sqrt();
        assert!((fitted.drift[i] - truth.drift[i]).abs() < 5.0 * error);
        for j in 0..3 {
            let product = truth.covariance[i][i] * truth.covariance[j][j];
            let error = ((product + truth.covariance[i][j].powi(2)) / n).sqrt();
            assert!((fitted.covariance[i][j] - truth.covariance[i][j]).abs() < 5.0 * error);
        }
    }
}

/// 20,000 bars of two regimes whose volatilities differ by a factor of 2. Stated errors: volatilities within 3%,
/// correlations and probabilities of staying within 0.03 and 0.01, means within 5 standard errors of a known path.
#[test]
fn regime_fit_recovers_the_parameters() {
    let truth = RegimeParameters::default_assets(3);
    let market = SimulatedParameters::RegimeSwitching(truth.clone());
    let table = market.prices(20_000, start(), 6).unwrap();
    let options = HmmOptions {
        starts: 2,
        tolerance: 1e-8,
        ..HmmOptions::default()
    };
    let fitted = fit_regimes(&table, 2, 1, &options).unwrap();
    RegimeSwitching::new(fitted.clone()).unwrap();
    for ((found, law), (regime, share)) in fitted
        .regimes
        .iter()
        .zip(&truth.regimes)
        .zip([0.75, 0.25].into_iter().enumerate())
    {
        assert!((fitted.transition[regime][regime] - truth.transition[regime][regime]).abs() < 0.01);
        for i in 0..3 {
            let ratio = (found.covariance[i][i] / law.covariance[i][i]).sqrt();
            assert!((ratio - 1.0).abs() < 0.03, "regime {regime}, asset {i}: {ratio}");
            let error = (law.covariance[i][i] / (20_000.0 * share)).sqrt();
            assert!((found.mean[i] - law.mean[i]).abs() < 5.0 * error);
            for j in 0..i {
                let correlation = |law: &Regime| {
                    law.covariance[i][j] / (law.covariance[i][i] * law.covariance[j][j]).sqrt()
                };
                assert!((correlation(found) - correlation(law)).abs() < 0.03);
            }
        }
    }
}

#[test]
fn simulated_prices_are_a_table_on_business_days() {
    let market = SimulatedParameters::RegimeSwitching(RegimeParameters {
        show_regime: true,
        cash_rate: 0.04,
        ..RegimeParameters::default_assets(2)
    });
    let table = market.prices(600, start(), 9).unwrap();
    // 1 January 2000 is a Saturday.
    assert_eq!(table.times()[0].to_string(), "2000-01-03");
    assert_eq!(table.times()[5].to_string(), "2000-01-10");
    assert_eq!(table.close().row(0).to_vec(), [100.0, 100.0]);
    assert_eq!(table.columns(), ["regime_1", "regime_2"]);
    assert!(table.signals().rows().into_iter().all(|row| row.sum() == 1.0));
    assert!(
        table
            .cash_rate()
            .unwrap()
            .iter()
            .all(|rate| (rate - 0.04).abs() < 1e-12)
    );
    assert_eq!(table, market.prices(600, start(), 9).unwrap());
    assert_ne!(table, market.prices(600, start(), 10).unwrap());
    assert!(
        market
            .prices(1, start(), 9)
            .unwrap_err()
            .to_string()
            .contains("`bars` is 1")
    );
}

#[test]
fn presets_are_valid_and_distinct_for_any_number_of_assets() {
    for count in [1, 2, 10, 100] {
        let gbm = GbmParameters::default_assets(count);
        Gbm::new(gbm.clone()).unwrap();
        RegimeSwitching::new(RegimeParameters::default_assets(count)).unwrap();
        assert!(gbm.drift.windows(2).all(|pair| pair[0] < pair[1]));
    }
    assert!(
        Gbm::new(GbmParameters::default_assets(0))
            .unwrap_err()
            .to_string()
            .contains("`assets` is empty")
    );
}

#[test]
fn parameters_are_json_and_refuse_what_they_do_not_know() {
    for parameters in [
        SimulatedParameters::Gbm(GbmParameters::default_assets(2)),
        SimulatedParameters::RegimeSwitching(RegimeParameters::default_assets(2)),
    ] {
        let text = serde_json::to_string(&parameters).unwrap();
        assert_eq!(
            serde_json::from_str::<SimulatedParameters>(&text).unwrap(),
            parameters
        );
    }
    let given = r#"{"model": "gbm", "assets": ["A"], "drift": [0.1], "covariance": [[0.04]]}"#;
    match serde_json::from_str(given).unwrap() {
        SimulatedParameters::Gbm(gbm) => {
            assert_eq!((gbm.cash_rate, gbm.bars_per_year), (0.0, BarsPerYear::DAILY))
        }
        other => panic!("{other:?}"),
    }
    let unknown = given.replace("\"drift\"", "\"drifts\": [1], \"drift\"");
    let message = serde_json::from_str::<SimulatedParameters>(&unknown)
        .unwrap_err()
        .to_string();
    assert!(message.contains("unknown field `drifts`"), "{message}");
}

#[test]
fn impossible_parameters_are_refused_by_name() {
    let gbm = |change: fn(&mut GbmParameters)| {
        let mut parameters = GbmParameters::default_assets(2);
        change(&mut parameters);
        Gbm::new(parameters).unwrap_err().to_string()
    };
    for (found, part) in [
        (gbm(|p| p.drift[1] = f64::NAN), "`drift[1]` is NaN"),
        (gbm(|p| p.drift.truncate(1)), "`drift` has 1 values, expected 2"),
        (
            gbm(|p| p.covariance.truncate(1)),
            "`covariance` has 1 rows, expected 2",
        ),
        (
            gbm(|p| p.covariance[0].truncate(1)),
            "`covariance[0]` has 1 values",
        ),
        (
            gbm(|p| p.covariance[1][0] += 0.01),
            "`covariance` is not symmetric and positive definite",
        ),
        (
            gbm(|p| p.covariance = vec![vec![0.04; 2]; 2]),
            "`covariance` is not symmetric and positive definite",
        ),
        (
            gbm(|p| p.covariance[0][0] = f64::INFINITY),
            "`covariance[0][0]` is inf",
        ),
        (gbm(|p| p.cash_rate = -1.0), "`cash_rate` is -1"),
        (gbm(|p| p.assets[1] = p.assets[0].clone()), "`assets[1]`"),
    ] {
        assert!(found.contains(part), "{found}");
    }
    let switching = |change: fn(&mut RegimeParameters)| {
        let mut parameters = RegimeParameters::default_assets(2);
        change(&mut parameters);
        RegimeSwitching::new(parameters).unwrap_err().to_string()
    };
    for (found, part) in [
        (switching(|p| p.regimes.clear()), "`regimes` is empty"),
        (
            switching(|p| p.transition[0][0] = 0.97),
            "`transition[0]` is probabilities that sum to 0.99",
        ),
        (
            switching(|p| p.transition[1].truncate(1)),
            "`transition[1]` has 1 values, expected 2",
        ),
        (
            switching(|p| p.transition = vec![vec![1.0, 0.0], vec![0.0, 1.0]]),
            "never reach each other",
        ),
        (
            switching(|p| p.regimes[1].mean[0] = f64::NAN),
            "`regimes[1].mean[0]` is NaN",
        ),
        (
            switching(|p| p.regimes[1].covariance[0][0] = 0.0),
            "`regimes[1].covariance` is not",
        ),
    ] {
        assert!(found.contains(part), "{found}");
    }
    assert!(
        log_moments(&[-1.0], &[vec![0.04]])
            .unwrap_err()
            .to_string()
            .contains("`mean[0]` is -1")
    );
    let too_negative = log_moments(&[0.0, 0.0], &[vec![2.0, -1.0], vec![-1.0, 2.0]]);
    assert!(
        too_negative
            .unwrap_err()
            .to_string()
            .contains("`covariance[0][1]` is -1")
    );
}

#[test]
fn fits_refuse_tables_that_cannot_carry_them() {
    let market = SimulatedParameters::Gbm(GbmParameters::default_assets(5));
    let message = fit_gbm(&market.prices(6, start(), 1).unwrap())
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("6 bars, expected at least 7 to fit the covariance of 5 assets"),
        "{message}"
    );
    let table = market.prices(100, start(), 1).unwrap();
    let with_steady = |value: fn(usize) -> f64| {
        let mut close: Array2<f64> = table.close().clone();
        close
            .column_mut(2)
            .iter_mut()
            .enumerate()
            .for_each(|(bar, price)| *price = value(bar));
        PriceTable::new(table.times().to_vec(), table.assets().to_vec(), close).unwrap()
    };
    for steady in [with_steady(|_| 3.0), with_steady(|bar| 1.01_f64.powi(bar as i32))] {
        let message = fit_gbm(&steady).unwrap_err().to_string();
        assert!(message.contains("`returns of asset_3` is constant"), "{message}");
        assert!(fit_regimes(&steady, 2, 1, &HmmOptions::default()).is_err());
    }
}
