//! Problems whose best policy is known, a few of them trained with one seed: an optimum (with both distributions), a
//! market without anything to learn, and one with a signal. `make oracle` runs all of them with five seeds.

mod band;
mod floor;
mod horizon;
mod markets;
mod past;
mod problems;
mod quadrature;
mod rare;
mod recall;
mod shorts;
mod signals;
mod training;

use ppo_risk::policy::spec::Distribution;
use problems::{Bound, FIGURES, RUNS};

fn check(run: usize, distribution: Distribution) {
    for (name, _, value) in RUNS[run](distribution, 1) {
        let figure = FIGURES
            .iter()
            .find(|figure| figure.name == name)
            .expect("runs measure listed figures");
        let bound = match distribution {
            Distribution::Gaussian => figure.gaussian,
            Distribution::Dirichlet => figure.dirichlet,
        };
        let within = match figure.bound {
            Bound::AtMost => value <= bound,
            Bound::AtLeast => value >= bound,
        };
        assert!(within, "{name} is {value}, bound {bound}");
    }
}

macro_rules! optima {
    ($($name:ident: $run:expr, $distribution:ident;)*) => {
        $(#[test] fn $name() { check($run, Distribution::$distribution); })*
    };
}

optima! {
    merton_one_asset: 0, Gaussian;
    merton_one_asset_dirichlet: 0, Dirichlet;
    noise: 6, Gaussian;
    planted_signal: 7, Gaussian;
    short_weights: 12, Gaussian;
}

/// The optimum itself against the values that an independent program (scipy's SLSQP) found for the same laws.
#[test]
fn optima_are_the_published_ones() {
    use nalgebra::DMatrix;
    use quadrature::{Lognormal, Scenarios};
    let law = Lognormal::of_simple_returns(&[0.08], &DMatrix::from_element(1, 1, 0.04));
    let best = Scenarios::of(&law, Some(0.02), 96).best_weights(2.0);
    assert!((best[0] - 0.849_071_69).abs() < 1e-6, "{best:?}");
}

/// The planted signal is as strong as it is said to be.
#[test]
fn best_signal_policy_has_sharpe_two() {
    for (assets, by_asset) in [(5, false), (10, true)] {
        let sharpe = signals::SignalLaw::new(assets, by_asset).best_sharpe();
        assert!((sharpe - 2.0).abs() < 1e-6, "{sharpe}");
    }
}

/// The weights that the exact conditions of Karush, Kuhn and Tucker give, and by another way where gross exposure is not
/// used up: (Σ + μμ')w = μ/a.
#[test]
fn weights_of_both_signs_are_the_exact_ones() {
    use nalgebra::{DMatrix, DVector};
    let means = [0.04, 0.02, -0.05];
    let covariance = DMatrix::from_fn(3, 3, |i, j| 0.09 * if i == j { 1.0 } else { 0.3 });
    let mu = DVector::from_row_slice(&means);
    let expected = (&covariance + &mu * mu.transpose())
        .lu()
        .solve(&(mu / 3.0))
        .unwrap();
    let found = shorts::best_weights(&means, &covariance, 3.0);
    assert!(
        expected.iter().any(|weight| *weight < 0.0) && expected.iter().map(|w| w.abs()).sum::<f64>() < 1.5
    );
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-9, "{found} against {expected}");
    }
}

/// What the three assets that hedge each other in turn are worth, against the numbers of an independent program.
#[test]
fn hedges_are_worth_what_is_published() {
    let law = past::HedgeLaw::new();
    let (known, unknown) = (law.best_weights(1.0), law.best_weights(0.5));
    for (weights, expected) in [
        (&known, [0.47619, 0.47619, 0.04762]),
        (&unknown, [0.30208, 0.39583, 0.30208]),
    ] {
        for (found, expected) in weights.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{weights:?}");
        }
    }
    for (found, expected) in [
        (law.utility(1.0, &known), 0.02798),
        (law.utility(0.5, &unknown), 0.01271),
        (law.utility(0.5, &[1.0 / 3.0; 3]), 0.01083),
    ] {
        assert!((found - expected).abs() < 1e-5, "{found} against {expected}");
    }
}

/// The region without trade, and what waiting and trading are worth, against the numbers of an independent program.
#[test]
fn regions_without_trade_are_the_published_ones() {
    use band::{CostLaw, GAMMA, Nodes, Signal};
    let month = CostLaw {
        mean: 0.08 / 12.0,
        volatility: 0.4 / 12.0_f64.sqrt(),
        signal: None,
        cost: 0.01,
    };
    let nodes = Nodes {
        weights: 1001,
        signals: 1,
    };
    let average = month.solve(nodes, 1.0);
    assert!(
        (12.0 * average.growth - 0.019240).abs() < 2e-5,
        "{}",
        12.0 * average.growth
    );
    let discounted = month.solve(nodes, GAMMA);
    for (found, expected) in [
        (average.edges(), [0.4183, 0.5817]),
        (discounted.edges(), [0.4153, 0.5849]),
    ] {
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 2e-3, "{found} against {expected}");
        }
    }
    let day = CostLaw {
        mean: 2e-4,
        volatility: 0.01,
        signal: Some(Signal {
            decay: 0.5_f64.powf(0.2),
            deviation: 12e-4,
        }),
        cost: 1e-3,
    };
    let nodes = Nodes {
        weights: 101,
        signals: 41,
    };
    let solved = day.solve(nodes, 1.0);
    let (best, myopic) = (252.0 * solved.growth, 252.0 * day.growth_myopic(&solved));
    // Published is 0.11812. Published for the next bar alone (0.10362) does not count its cost when it chooses: this does.
    assert!((best - 0.11812).abs() < 1e-3, "{best}");
    // tests/golden/signal_cost.py
    assert!((best - 0.117_767_226_57).abs() < 1e-8, "{best}");
    assert!((myopic - 0.111_670_802_98).abs() < 1e-8, "{myopic}");
}

/// What is held of an asset whose premium moves against it, with ten steps to go and by the next step alone.
#[test]
fn hedging_demand_is_the_published_one() {
    use horizon::{Law, Rule};
    let law = Law::new();
    let solved = law.solve(Rule::Best);
    let end = &solved[10];
    for (premium, best, myopic) in [(0.065, 0.293, 0.072), (0.350, 0.770, 0.390), (0.635, 1.0, 0.705)] {
        let (found, alone) = (law.weight(premium, &solved[1]), law.weight(premium, end));
        assert!((found - best).abs() < 3e-3, "{found} against {best}");
        assert!((alone - myopic).abs() < 3e-3, "{alone} against {myopic}");
    }
    for (rule, expected) in [(Rule::Best, 1.33318), (Rule::Myopic, 1.28054)] {
        let found = law.solve(rule)[0].at(0.35).powf(-0.25);
        assert!((found - expected).abs() < 1e-3, "{found} against {expected}");
    }
}

/// The best exposures over a floor, by dynamic programming: no other exposure is better at any drawdown, and no rule of Grossman's
/// and Zhou's form is, which is the best one where growth in the long run is all that counts.
#[test]
fn no_exposure_over_a_floor_is_better_than_the_best() {
    let law = floor::Monthly::new();
    let best = law.best();
    let value = law.value_of(&best);
    let drawdowns = (0..=19).map(|d| f64::from(d) / 100.0);
    for drawdown in drawdowns.clone() {
        let reached = law.step(drawdown, best.at(drawdown), &value);
        for other in (0..=40).map(|i| f64::from(i) / 100.0) {
            let found = law.step(drawdown, other, &value);
            assert!(
                found <= reached + 1e-6,
                "{other} at {drawdown}: {found} against {reached}"
            );
        }
    }
    assert!(best.at(0.19) < best.at(0.1) && best.at(0.1) < best.at(0.0));
    for multiple in [0.5, 1.0] {
        let rule = floor::Exposures::of(|drawdown| multiple * (1.0 - 0.8 / (1.0 - drawdown)));
        let of_rule = law.value_of(&rule);
        for drawdown in drawdowns.clone() {
            assert!(
                of_rule.at(drawdown) <= value.at(drawdown) + 1e-6,
                "{multiple} at {drawdown}"
            );
        }
    }
}
