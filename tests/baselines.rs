//! Estimates, weights and tracks of the baselines against numpy, scikit-learn, skfolio and a plain walk in Python
//! (tests/golden/baselines.py).

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use chrono::NaiveDate;
use ndarray::{Array2, ArrayView2};
use ppo_risk::backtest::baselines::{inverse_volatility, minimum_variance};
use ppo_risk::backtest::{Baseline, History, Track, run_baseline, walk};
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::market::{BarsPerYear, Time};
use ppo_risk::math::bayes_stein::bayes_stein_mean;
use ppo_risk::math::covariance::{ewma_covariance, ledoit_wolf, sample_covariance};
use ppo_risk::math::quadratic::{BoxProgram, Budget};
use ppo_risk::math::risk_parity::equal_risk_contribution;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/baselines.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().unwrap())
        .collect()
}

fn table(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

/// Largest difference, and the check that it is within `tolerance`.
fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found
        .iter()
        .zip(expected)
        .map(|(f, e)| (f - e).abs())
        .fold(0.0, f64::max);
    println!("{what}: largest difference {worst:.1e}");
    assert!(
        worst <= tolerance,
        "{what}: off by {worst:e}: {found:?}, expected {expected:?}"
    );
}

fn estimates(check: impl Fn(&str, &Value, ArrayView2<'_, f64>)) {
    for (name, case) in golden()["estimates"].as_object().unwrap() {
        check(name, case, table(&case["returns"]).view());
    }
}

#[test]
fn covariances_are_numpys_and_scikit_learns() {
    estimates(|name, case, returns| {
        let shrunk = ledoit_wolf(returns).unwrap();
        assert_near(
            &[shrunk.shrinkage],
            &[case["shrinkage"].as_f64().unwrap()],
            1e-10,
            name,
        );
        for (kind, found) in [
            ("sample", sample_covariance(returns).unwrap()),
            ("ewma_20", ewma_covariance(returns, 20.0).unwrap()),
            ("ledoit_wolf", shrunk.covariance),
        ] {
            let expected = table(&case[kind]);
            // Relative to the largest variance.
            let scale = expected.diag().iter().fold(0.0, |a: f64, b| a.max(*b));
            let relative = |table: &Array2<f64>| table.iter().map(|v| v / scale).collect::<Vec<f64>>();
            assert_near(
                &relative(&found),
                &relative(&expected),
                1e-12,
                &format!("{kind} of {name}"),
            );
        }
    });
}

#[test]
fn bayes_stein_means_are_skfolios() {
    estimates(|name, case, returns| {
        let covariance = ledoit_wolf(returns).unwrap().covariance;
        let found = bayes_stein_mean(returns, covariance.view()).unwrap();
        assert_near(&found, &numbers(&case["bayes_stein"]), 1e-14, name);
    });
}

#[test]
fn weights_are_skfolios() {
    estimates(|name, case, returns| {
        let covariance = ledoit_wolf(returns).unwrap().covariance;
        for (rule, found, tolerance) in [
            ("inverse_volatility", inverse_volatility(returns), 1e-14),
            ("minimum_variance", minimum_variance(covariance.view()), 1e-6),
            ("risk_parity", equal_risk_contribution(covariance.view()), 1e-6),
        ] {
            let expected = numbers(&case[rule]);
            assert_near(
                &found.unwrap(),
                &expected,
                tolerance,
                &format!("{rule} of {name}"),
            );
        }
    });
}

/// Closer than skfolio can tell: the optimality conditions themselves.
#[test]
fn minimum_variance_and_risk_parity_are_exact() {
    estimates(|name, _, returns| {
        let covariance = ledoit_wolf(returns).unwrap().covariance;
        let assets = returns.ncols();
        let program = BoxProgram {
            quadratic: covariance.view(),
            linear: &vec![0.0; assets],
            low: &vec![0.0; assets],
            high: &vec![1.0; assets],
            budget: Budget::Exactly(1.0),
        };
        let least = minimum_variance(covariance.view()).unwrap();
        assert!(program.kkt_residual(&least) < 1e-12, "{name}");
        let parity = ndarray::Array1::from(equal_risk_contribution(covariance.view()).unwrap());
        let marginal = covariance.dot(&parity);
        let variance = parity.dot(&marginal);
        for (weight, marginal) in parity.iter().zip(&marginal) {
            assert!(
                (weight * marginal * assets as f64 / variance - 1.0).abs() < 1e-10,
                "{name}"
            );
        }
    });
}

struct Market {
    assets: Vec<String>,
    times: Vec<Time>,
    returns: Array2<f64>,
    cash_returns: Vec<f64>,
}

impl Market {
    fn new(returns: Array2<f64>, cash_returns: Vec<f64>) -> Self {
        let start = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap();
        let times = start.iter_days().take(returns.nrows()).map(Time::from).collect();
        Self {
            assets: (0..returns.ncols()).map(|i| format!("A{i}")).collect(),
            times,
            returns,
            cash_returns,
        }
    }

    fn golden() -> Self {
        let golden = golden();
        Self::new(
            table(&golden["walk"]["returns"]),
            numbers(&golden["walk"]["cash_returns"]),
        )
    }

    fn history(&self) -> History<'_> {
        History {
            assets: &self.assets,
            times: &self.times,
            bars_per_year: BarsPerYear::DAILY,
            returns: self.returns.view(),
            cash_returns: &self.cash_returns,
            members: None,
            prices: None,
            window: 20,
        }
    }
}

#[test]
fn tracks_are_those_of_a_plain_walk() {
    let golden = golden();
    let walk = &golden["walk"];
    let bar = |key: &str| walk[key].as_u64().unwrap() as usize;
    let (first, last, rate) = (bar("first"), bar("last"), walk["cost_rate"].as_f64().unwrap());
    let market = Market::golden();
    for baseline in Baseline::ALL {
        let track = run_baseline(
            baseline,
            market.history(),
            first,
            last,
            &EnvConfig::at_costs(Costs::at_rate(rate)),
        )
        .unwrap();
        track.validate().unwrap();
        // The optimisers behind the other side are good to 1e-6 only.
        let tolerance = match baseline {
            Baseline::MinimumVariance | Baseline::RiskParity => 1e-6,
            _ => 1e-13,
        };
        let expected = &walk["tracks"][baseline.name()];
        for (series, found) in [
            ("returns", &track.returns),
            ("turnover", &track.turnover),
            ("costs", &track.costs),
            ("weights", &track.weights.row(track.len() - 1).to_vec()),
        ] {
            let what = format!("{series} of {}", baseline.name());
            assert_near(found, &numbers(&expected[series]), tolerance, &what);
        }
        assert_eq!(
            (track.name.as_str(), track.times[0]),
            (baseline.name(), market.times[first + 1])
        );
    }
}

#[test]
fn buying_and_holding_one_of_each_pays_once_and_then_follows_the_assets() {
    let market = Market::new(
        ndarray::array![[0.0, 0.0], [0.1, -0.1], [0.2, 0.0], [0.0, 0.5]],
        vec![0.0; 4],
    );
    let track = run_baseline(
        Baseline::BuyAndHold,
        market.history(),
        0,
        3,
        &EnvConfig::at_costs(Costs::at_rate(0.01)),
    )
    .unwrap();
    // 1/1.01 is left of the purchase; then half of each asset's growth.
    let value: f64 = track.returns.iter().map(|net| 1.0 + net).product();
    assert_near(&[value], &[0.5 * (1.1 * 1.2 + 0.9 * 1.5) / 1.01], 1e-15, "value");
    assert_eq!(track.turnover, [1.0, 0.0, 0.0]);
    assert_near(&track.costs, &[0.01 / 1.01, 0.0, 0.0], 1e-15, "costs");
}

/// Leak test: whatever happens after close t, what was decided up to t stays.
#[test]
fn returns_after_a_close_change_nothing_decided_at_it() {
    let (first, last, changed) = (270, 400, 334);
    let market = Market::golden();
    let mut other = Market::golden();
    for bar in changed..other.returns.nrows() {
        other.returns.row_mut(bar).mapv_inplace(|r| 0.03 - 2.0 * r);
        other.cash_returns[bar] = 0.001;
    }
    for baseline in Baseline::ALL {
        let run = |market: &Market| -> Track {
            run_baseline(
                baseline,
                market.history(),
                first,
                last,
                &EnvConfig::at_costs(Costs::at_rate(0.001)),
            )
            .unwrap()
        };
        let (one, two) = (run(&market), run(&other));
        // Row k was decided at close first + k, and its return is that of bar first + k + 1.
        let same = changed - first;
        assert_eq!(
            one.weights.slice(ndarray::s![..same, ..]),
            two.weights.slice(ndarray::s![..same, ..])
        );
        assert_eq!(one.turnover[..same], two.turnover[..same]);
        assert_eq!(one.returns[..same - 1], two.returns[..same - 1]);
        assert_ne!(
            one.returns[same - 1],
            two.returns[same - 1],
            "the changed bar must be seen"
        );
    }
}

/// Of a stock and cash at 5%, 20/80 earns a fifth of what the stock earns over cash in every bar: the same Sharpe and
/// Sortino ratios, and no difference, though its plain returns have three times the ratio.
#[test]
fn a_mix_with_cash_has_the_ratios_of_what_it_holds() {
    let mut random = ppo_risk::math::random::stream(4, "mix", 0);
    let returns = Array2::from_shape_fn((600, 1), |_| {
        0.0003 + 0.01 * rand::RngExt::random_range(&mut random, -1.7..1.7)
    });
    let market = Market::new(returns, vec![1.05_f64.powf(1.0 / 252.0) - 1.0; 600]);
    let held = |name: &str, stock: f64| {
        let target = vec![stock, 1.0 - stock];
        walk(
            name,
            market.history(),
            0,
            599,
            &EnvConfig::at_costs(Costs::at_rate(0.0)),
            |_, _| Ok(Some(target.clone())),
        )
        .unwrap()
    };
    let (stock, mix) = (held("stock", 1.0), held("mix", 0.2));
    let (one, other) = (stock.performance().unwrap(), mix.performance().unwrap());
    assert!(
        (one.sharpe - other.sharpe).abs() < 1e-10,
        "{} {}",
        one.sharpe,
        other.sharpe
    );
    assert!(
        (one.sortino - other.sortino).abs() < 1e-10,
        "{} {}",
        one.sortino,
        other.sortino
    );
    assert!((other.volatility - 0.2 * one.volatility).abs() < 1e-10);
    let bootstrap = ppo_risk::backtest::bootstrap::BlockBootstrap::default();
    let interval = bootstrap
        .sharpe_difference(&mix.excess_returns(), &stock.excess_returns(), BarsPerYear::DAILY)
        .unwrap();
    assert_eq!((interval.low, interval.high), (0.0, 0.0));
    let plain = |track: &Track| ppo_risk::risk::metrics::sharpe(&track.returns);
    assert!(
        (plain(&mix) - plain(&stock)).abs() > 0.5,
        "without cash taken off there is a difference to be seen"
    );
    // Cash alone is over cash by nothing.
    let cash = held("cash", 0.0).performance().unwrap();
    assert!(cash.sharpe.is_nan() && cash.sortino.is_nan());
}

/// One asset stands still for 400 bars: three rules go without it while their look-back holds nothing else, and say so.
#[test]
fn baselines_go_without_an_asset_that_stands_still_and_name_it() {
    let mut market = Market::golden();
    let (bars, assets) = market.returns.dim();
    let first = 300.min(bars - 30);
    market.returns.slice_mut(ndarray::s![..first, 1]).fill(0.0);
    for baseline in Baseline::ALL {
        let track = run_baseline(
            baseline,
            market.history(),
            first - 1,
            bars - 1,
            &EnvConfig::at_costs(Costs::at_rate(0.001)),
        )
        .unwrap();
        track.validate().unwrap();
        let divides = matches!(
            baseline,
            Baseline::InverseVolatility | Baseline::MinimumVariance | Baseline::RiskParity
        );
        if !divides {
            assert!(track.left_out.is_empty());
            continue;
        }
        assert_eq!(track.weights[[0, 1]], 0.0);
        let entry = &track.left_out[0];
        assert_eq!(
            (entry.what.as_str(), entry.asset.as_deref()),
            (baseline.name(), Some("A1"))
        );
        assert_eq!(entry.from, Some(market.times[first - 1]));
        assert!(
            entry.closes >= 1 && entry.why.contains("do not vary"),
            "{entry:?}"
        );
    }
    // Nothing moves: there is no rule to follow, and cash is kept until there is.
    let still = Market::new(Array2::zeros((60, assets)), vec![0.0; 60]);
    let track = run_baseline(
        Baseline::MinimumVariance,
        still.history(),
        20,
        59,
        &EnvConfig::at_costs(Costs::at_rate(0.001)),
    )
    .unwrap();
    assert!(track.weights.column(assets).iter().all(|cash| *cash == 1.0));
    let [entry] = &track.left_out[..] else {
        panic!("{:?}", track.left_out);
    };
    assert_eq!((entry.asset.as_deref(), entry.closes), (None, 2));
    assert!(entry.why.contains("constant in every asset"));
}

#[test]
fn impossible_walks_name_the_input() {
    let market = Market::new(Array2::zeros((10, 2)), vec![0.0; 10]);
    let refusal = |history: History<'_>, first, last, rate| {
        run_baseline(
            Baseline::EqualWeight,
            history,
            first,
            last,
            &EnvConfig::at_costs(Costs::at_rate(rate)),
        )
        .unwrap_err()
        .to_string()
    };
    let history = market.history();
    assert!(refusal(history, 5, 5, 0.0).contains("`test range` is from bar 5 to bar 5"));
    assert!(refusal(history, 5, 10, 0.0).contains("`test range`"));
    assert!(refusal(history, 0, 9, 1.0).contains("`env.cost_rate` is 1"));
    assert!(refusal(history, 0, 9, f64::NAN).contains("`env.cost_rate` is NaN"));
    assert!(
        refusal(
            History {
                cash_returns: &[0.0; 3],
                ..history
            },
            0,
            9,
            0.0
        )
        .contains("`cash_returns` has 3 values")
    );
    assert!(
        refusal(
            History {
                times: &[],
                ..history
            },
            0,
            9,
            0.0
        )
        .contains("`times` has 0 values")
    );
    let mut holed = Market::new(Array2::zeros((10, 2)), vec![0.0; 10]);
    holed.returns[[4, 1]] = f64::NAN;
    assert!(refusal(holed.history(), 0, 9, 0.0).contains("`returns[4][1]` is NaN"));
    holed.returns[[4, 1]] = -1.0;
    assert!(refusal(holed.history(), 0, 9, 0.0).contains("`returns[4][1]` is -1"));
    let targets = |target: Vec<f64>| {
        walk(
            "caller",
            history,
            0,
            9,
            &EnvConfig::at_costs(Costs::at_rate(0.0)),
            |_, _| Ok(Some(target.clone())),
        )
        .unwrap_err()
        .to_string()
    };
    assert!(targets(vec![0.5, 0.5]).contains("`target weights at bar 0` has 2 values"));
    assert!(targets(vec![0.5, 0.6, 0.0]).contains("a sum of 1.1"));
    assert!(targets(vec![1.5, -0.5, 0.0]).contains("a weight of -0.5"));
}
