//! Correlation, exponentially weighted covariance and the repair to positive definite against numpy, pandas
//! and a semidefinite program (tests/golden/estimators.py). Ledoit-Wolf and the sample covariance:
//! tests/baselines.rs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::float_cmp, reason = "tests compare exact values on purpose")]

use ndarray::{Array2, ArrayView2, array};
use ppo_risk::math::correlation::{correlation, sample_correlation};
use ppo_risk::math::covariance::{check_covariance, ewma_covariance, ledoit_wolf, sample_covariance};
use ppo_risk::math::positive_definite::{MAX_PROJECTIONS, SMALLEST_EIGENVALUE, repair};
use proptest::prelude::*;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/estimators.json")).unwrap()
}

fn table(value: &Value) -> Array2<f64> {
    let rows = value.as_array().unwrap();
    let columns = rows[0].as_array().unwrap().len();
    Array2::from_shape_fn((rows.len(), columns), |(i, j)| rows[i][j].as_f64().unwrap())
}

fn largest_difference(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    assert_eq!(found.dim(), expected.dim());
    (found - expected).iter().fold(0.0, |worst, d| d.abs().max(worst))
}

fn is_positive_definite(covariance: ArrayView2<'_, f64>) -> bool {
    let (rows, columns) = covariance.dim();
    let matrix = nalgebra::DMatrix::from_fn(rows, columns, |i, j| covariance[[i, j]]);
    nalgebra::Cholesky::new(matrix).is_some()
}

#[test]
fn correlation_and_ewma_are_numpys_and_pandas() {
    let golden = golden();
    let returns = table(&golden["returns"]);
    let expected = table(&golden["correlation"]);
    let sample = sample_covariance(returns.view()).unwrap();
    for found in [
        sample_correlation(returns.view()).unwrap(),
        correlation(sample.view()).unwrap(),
        correlation(table(&golden["covariance"]).view()).unwrap(),
    ] {
        assert!(largest_difference(&found, &expected) <= 1e-14);
    }
    for (half_life, expected) in golden["ewma"].as_object().unwrap() {
        let found = ewma_covariance(returns.view(), half_life.parse().unwrap()).unwrap();
        let expected = table(expected);
        let scale = expected.diag().iter().fold(0.0, |a: f64, b| a.max(*b));
        assert!(
            largest_difference(&found, &expected) <= 1e-12 * scale,
            "{half_life}"
        );
    }
}

#[test]
fn repairs_are_the_nearest_by_semidefinite_programming() {
    for case in golden()["repairs"].as_array().unwrap() {
        let (name, given) = (&case["name"], table(&case["correlation"]));
        let floor = case["floor"].as_f64().unwrap();
        let repaired = repair(given.view(), floor).unwrap();
        let worst = largest_difference(&repaired.covariance, &table(&case["nearest"]));
        println!(
            "{name}: off by {worst:.1e} after {} projections",
            repaired.projections
        );
        assert!(worst <= 1e-6, "{name}: {worst}");
        assert!(repaired.is_changed() && repaired.projections < MAX_PROJECTIONS);
        let before = case["smallest"].as_f64().unwrap();
        assert!((repaired.smallest_eigenvalue_before - before).abs() <= 1e-12);
        let norm = |table: &Array2<f64>| table.iter().map(|v| v * v).sum::<f64>().sqrt();
        let change = norm(&(&repaired.covariance - &given)) / norm(&given);
        assert!((repaired.change - change).abs() <= 1e-15 && change > 0.0);

        // With variances: they stay, and the correlation is repaired alike.
        let deviations = case["deviations"].as_array().unwrap();
        let deviation = |i: usize| deviations[i].as_f64().unwrap();
        let covariance =
            Array2::from_shape_fn(given.dim(), |(i, j)| given[[i, j]] * deviation(i) * deviation(j));
        let scaled = repair(covariance.view(), floor).unwrap();
        assert_eq!(scaled.covariance.diag(), covariance.diag());
        let correlation = correlation(scaled.covariance.view()).unwrap();
        assert!(
            largest_difference(&correlation, &repaired.covariance) <= 1e-9,
            "{name}"
        );
    }
}

/// Higham's own example has one free number: a of 4a³ - a = 1, 0.7607 in the paper.
#[test]
fn highams_example_has_his_answer() {
    let given = array![[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]];
    let found = repair(given.view(), 1e-10).unwrap().covariance;
    let a = 0.760_689_853_402_282_2;
    let b = 2.0 * a * a - 1.0;
    let expected = array![[1.0, a, b], [a, 1.0, a], [b, a, 1.0]];
    assert!(largest_difference(&found, &expected) <= 1e-9, "{found}");
}

#[test]
fn what_is_positive_definite_comes_back_bit_for_bit() {
    let returns = table(&golden()["returns"]);
    for covariance in [
        sample_covariance(returns.view()).unwrap(),
        ledoit_wolf(returns.view()).unwrap().covariance,
        array![[4.0]],
        // Symmetric only to rounding: not touched either.
        array![[1.0, 0.5], [0.5 + f64::EPSILON, 1.0]],
    ] {
        let repaired = repair(covariance.view(), SMALLEST_EIGENVALUE).unwrap();
        assert!(!repaired.is_changed() && repaired.change == 0.0);
        assert_eq!(repaired.covariance, covariance);
    }
}

#[test]
fn bad_inputs_are_named() {
    let hole = array![[0.01, 0.02], [0.02, f64::NAN], [0.0, 0.01]];
    let error = sample_correlation(hole.view()).unwrap_err().to_string();
    assert!(error.contains("`returns[1][1]` is NaN"), "{error}");
    let flat = array![[0.01, 0.1], [0.02, 0.1], [0.0, 0.1]];
    let error = sample_correlation(flat.view()).unwrap_err().to_string();
    assert!(error.contains("`returns[0][1]` is 0.1 in every bar"), "{error}");
    let error = correlation(array![[1.0, 2.0], [2.0, 1.0]].view())
        .unwrap_err()
        .to_string();
    assert!(error.contains("`covariance[0][1]` is 2"), "{error}");
    let error = repair(array![[1.0, f64::INFINITY], [f64::INFINITY, 1.0]].view(), 1e-8);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("`covariance[0][1]` is inf")
    );
    for floor in [0.0, -1.0, 0.2, f64::NAN] {
        let error = repair(array![[1.0]].view(), floor).unwrap_err().to_string();
        assert!(error.contains("`smallest_eigenvalue`"), "{error}");
    }
    assert!(repair(Array2::zeros((2, 3)).view(), 1e-8).is_err());
}

/// Many assets from few bars each pair, as a wide universe with holes gives: a repair that has work to do.
#[test]
fn forty_assets_are_repaired_and_stay_so() {
    let n = 40;
    let given = Array2::from_shape_fn((n, n), |(i, j)| {
        let (row, column) = (i.max(j), i.min(j));
        let spread = ((row * 31 + column * 17) % 41) as f64 / 41.0;
        if i == j { 1.0 } else { 0.9 - 1.2 * spread }
    });
    for floor in [1e-10, SMALLEST_EIGENVALUE, 0.1] {
        let repaired = repair(given.view(), floor).unwrap();
        assert!(repaired.smallest_eigenvalue_before < -1.0 && repaired.projections < MAX_PROJECTIONS);
        assert!(is_positive_definite(repaired.covariance.view()));
        let again = repair(repaired.covariance.view(), floor).unwrap();
        assert!(
            !again.is_changed(),
            "{floor}: {}",
            again.smallest_eigenvalue_before
        );
        assert!(again.smallest_eigenvalue_before - floor < 1e-9);
    }
}

/// Symmetric with variances 1e-6 to 1 and pair correlations to ±1, or, where `wild`, to ±3.
fn symmetric() -> impl Strategy<Value = Array2<f64>> {
    let parts = (1_usize..=7, prop::bool::weighted(0.1)).prop_flat_map(|(n, wild)| {
        let bound = if wild { 3.0 } else { 1.0 };
        let off = prop::collection::vec(-bound..=bound, n * n);
        (prop::collection::vec(-3.0..0.0, n), off)
    });
    parts.prop_map(|(exponents, off): (Vec<f64>, Vec<f64>)| {
        let deviations: Vec<f64> = exponents.iter().map(|e| 10.0_f64.powf(*e)).collect();
        let n = deviations.len();
        Array2::from_shape_fn((n, n), |(i, j)| {
            let (row, column) = (i.max(j), i.min(j));
            let c = if i == j { 1.0 } else { off[row * n + column] };
            c * (deviations[row] * deviations[column])
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn a_repair_is_positive_definite_and_final(covariance in symmetric()) {
        let repaired = repair(covariance.view(), SMALLEST_EIGENVALUE).unwrap();
        let n = covariance.nrows();
        check_covariance(repaired.covariance.view(), n, "covariance").unwrap();
        prop_assert!(is_positive_definite(repaired.covariance.view()));
        prop_assert_eq!(repaired.covariance.diag(), covariance.diag());
        prop_assert_eq!(&repaired.covariance, &repaired.covariance.t());
        let again = repair(repaired.covariance.view(), SMALLEST_EIGENVALUE).unwrap();
        prop_assert!(!again.is_changed());
        prop_assert_eq!(again.covariance, repaired.covariance);
    }

    #[test]
    fn correlations_are_within_one(returns in prop::collection::vec(prop::array::uniform3(-0.1..0.1), 2..12)) {
        let returns = Array2::from_shape_fn((returns.len(), 3), |(t, i)| returns[t][i]);
        let found = sample_correlation(returns.view()).unwrap();
        for ((i, j), value) in found.indexed_iter() {
            prop_assert!((-1.0..=1.0).contains(value));
            prop_assert!(i != j || *value == 1.0);
            prop_assert_eq!(*value, found[[j, i]]);
        }
    }
}
