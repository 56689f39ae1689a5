//! Expectations under a joint lognormal law by Gauss-Hermite quadrature, and the best portfolio under them.

use nalgebra::{Cholesky, DMatrix, DVector};
use ppo_risk::math::simplex::project_bounded;

/// Joint law of gross returns over one step: ln R ~ N(log_mean, factor * factor').
#[derive(Debug, Clone)]
pub(crate) struct Lognormal {
    pub(crate) log_mean: Vec<f64>,
    /// Lower Cholesky factor of the covariance of log returns.
    pub(crate) factor: DMatrix<f64>,
}

impl Lognormal {
    /// The law whose simple returns have this mean and covariance.
    pub(crate) fn of_simple_returns(mean: &[f64], covariance: &DMatrix<f64>) -> Self {
        let n = mean.len();
        let log_cov = DMatrix::from_fn(n, n, |i, j| {
            (covariance[(i, j)] / ((1.0 + mean[i]) * (1.0 + mean[j]))).ln_1p()
        });
        let log_mean = (0..n).map(|i| mean[i].ln_1p() - 0.5 * log_cov[(i, i)]).collect();
        Self {
            log_mean,
            factor: Cholesky::new(log_cov)
                .expect("a covariance is positive definite")
                .l(),
        }
    }

    /// The law of exp(drift - variance / 2 + noise), so that gross returns have mean exp(drift).
    pub(crate) fn of_log_drifts(drift: &[f64], log_covariance: &DMatrix<f64>) -> Self {
        let log_mean = drift
            .iter()
            .enumerate()
            .map(|(i, d)| d - 0.5 * log_covariance[(i, i)])
            .collect();
        let factor = Cholesky::new(log_covariance.clone())
            .expect("a covariance is positive definite")
            .l();
        Self { log_mean, factor }
    }
}

/// Weighted scenarios of gross returns, cash last where there is cash.
#[derive(Debug)]
pub(crate) struct Scenarios {
    pub(crate) gross: Vec<Vec<f64>>,
    pub(crate) probability: Vec<f64>,
}

impl Scenarios {
    /// The product rule with `nodes` nodes an asset; with `cash`, a last column that earns that rate.
    pub(crate) fn of(law: &Lognormal, cash: Option<f64>, nodes: usize) -> Self {
        let n = law.log_mean.len();
        let (points, weights) = gauss_hermite(nodes);
        let mut scenarios = Self {
            gross: Vec::new(),
            probability: Vec::new(),
        };
        for index in 0..nodes.pow(n as u32) {
            let digits: Vec<usize> = (0..n).map(|i| index / nodes.pow(i as u32) % nodes).collect();
            let z = DVector::from_iterator(n, digits.iter().map(|&digit| points[digit]));
            let noise = &law.factor * z;
            let mut gross: Vec<f64> = (0..n).map(|i| (law.log_mean[i] + noise[i]).exp()).collect();
            gross.extend(cash.map(|rate| 1.0 + rate));
            scenarios.gross.push(gross);
            scenarios
                .probability
                .push(digits.iter().map(|&digit| weights[digit]).product());
        }
        scenarios
    }

    /// E[f(w . R)].
    pub(crate) fn expect(&self, weights: &[f64], f: impl Fn(f64) -> f64) -> f64 {
        self.gross
            .iter()
            .zip(&self.probability)
            .map(|(gross, p)| p * f(dot(gross, weights)))
            .sum()
    }

    /// E[R_i g(w . R)] for every i.
    pub(crate) fn expect_each(&self, weights: &[f64], g: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; weights.len()];
        for (gross, p) in self.gross.iter().zip(&self.probability) {
            let factor = p * g(dot(gross, weights));
            for (sum, value) in sums.iter_mut().zip(gross) {
                *sum += factor * value;
            }
        }
        sums
    }

    /// The weights on the simplex that maximise CRRA utility with this risk aversion (1 is the logarithm).
    pub(crate) fn best_weights(&self, aversion: f64) -> Vec<f64> {
        maximise(self.gross[0].len(), |weights| {
            self.expect_each(weights, |wealth| wealth.powf(-aversion))
        })
    }

    /// Certain rate that CRRA utility values like the portfolio.
    pub(crate) fn certainty_equivalent(&self, weights: &[f64], aversion: f64) -> f64 {
        (self.expect(weights, |wealth| wealth.powf(1.0 - aversion))).powf(1.0 / (1.0 - aversion)) - 1.0
    }

    /// max_i E[R_i / (w . R)] - 1, zero at the log-optimal portfolio alone (Cover and Thomas).
    pub(crate) fn kkt_residual(&self, weights: &[f64]) -> f64 {
        self.expect_each(weights, f64::recip)
            .into_iter()
            .fold(f64::MIN, f64::max)
            - 1.0
    }
}

/// Maximises a concave function on the simplex from its gradient, by projected ascent until nothing moves.
pub(crate) fn maximise(n: usize, gradient: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut weights = vec![1.0 / n as f64; n];
    let mut step = 1.0;
    for _ in 0..4000 {
        let slope = gradient(&weights);
        let mut next: Vec<f64> = weights.iter().zip(&slope).map(|(w, g)| w + step * g).collect();
        project_bounded(&mut next, |_| (0.0, 1.0));
        let moved: Vec<f64> = next.iter().zip(&weights).map(|(a, b)| a - b).collect();
        // Concavity: the gradient's projection on the move falls along it; a negative one there means overshooting.
        if dot(&gradient(&next), &moved) < -0.5 * dot(&slope, &moved) {
            step *= 0.5;
            continue;
        }
        let change = moved.iter().fold(0.0_f64, |top, m| top.max(m.abs()));
        weights = next;
        step *= 1.5;
        if change < 1e-13 {
            break;
        }
    }
    weights
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Nodes and weights for E[f(Z)], Z standard normal: eigenvalues of the Hermite recurrence (Golub and Welsch 1969).
pub(crate) fn gauss_hermite(n: usize) -> (Vec<f64>, Vec<f64>) {
    let jacobi = DMatrix::from_fn(n, n, |i, j| {
        if i.abs_diff(j) == 1 {
            (i.max(j) as f64).sqrt()
        } else {
            0.0
        }
    });
    let eigen = jacobi.symmetric_eigen();
    let weights = (0..n).map(|i| eigen.eigenvectors[(0, i)].powi(2)).collect();
    (eigen.eigenvalues.iter().copied().collect(), weights)
}
