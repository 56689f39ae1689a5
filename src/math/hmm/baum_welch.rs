//! Baum-Welch: expectation and maximisation in turn until the objective no longer rises.

use super::density::{Densities, covariance, highest};
use super::model::{GaussianHmm, HmmOptions};
use crate::error::{Error, Result};
use crate::math::cholesky::Cholesky;
use crate::math::elementary::{exp, ln};
use ndarray::{Array2, ArrayView2};

/// Baum-Welch until convergence: the objective (log-likelihood plus log prior density) and the model it ended at.
pub(super) fn climb(
    data: ArrayView2<'_, f64>,
    start: GaussianHmm,
    options: &HmmOptions,
) -> Result<(f64, GaussianHmm)> {
    let pooled = covariance(data, &vec![1.0; data.nrows()]).1;
    let mut expectation = Expectation::new(data, start.states());
    let mut model = start;
    let mut previous = f64::NEG_INFINITY;
    for iteration in 0.. {
        let densities = Densities::new(&model)?;
        model.log_likelihood = expectation.run(&densities, &model);
        let objective = model.log_likelihood + log_prior(&densities, &pooled, options.prior_bars);
        if !objective.is_finite() {
            return Err(Error::invalid(
                "data",
                "of zero or unbounded likelihood under the model",
                "observations within reach of the starting parameters",
            ));
        }
        if iteration == options.max_iterations || objective - previous <= options.tolerance * objective.abs()
        {
            return Ok((objective, model));
        }
        previous = objective;
        model = expectation.maximise(&pooled, options.prior_bars, model);
    }
    unreachable!("the loop ends at max_iterations")
}

/// Logarithm of the inverse Wishart prior's density, up to a constant: -bars/2 · Σ_k (ln|Σ_k| + tr(Σ_k⁻¹ pooled)).
fn log_prior(densities: &Densities, pooled: &Array2<f64>, bars: f64) -> f64 {
    if bars <= 0.0 {
        return 0.0;
    }
    let pooled =
        Cholesky::new(pooled.view()).expect("check_data found the pooled covariance positive definite");
    let mut column = vec![0.0; pooled.size()];
    let each = densities.factors.iter().map(|factor| {
        // tr(Σ⁻¹ G·Gᵀ) is the sum of |L⁻¹ g|² over the columns g of G.
        let trace: f64 = pooled
            .columns()
            .map(|entries| {
                column.fill(0.0);
                let above = column.len() - entries.len();
                column[above..].copy_from_slice(entries);
                factor.solve_lower(&mut column);
                column.iter().map(|value| value * value).sum::<f64>()
            })
            .sum();
        factor.log_determinant() + trace
    });
    -0.5 * bars * each.sum::<f64>()
}

/// The E step's buffers and results.
struct Expectation {
    /// Observations, bar after bar: [T, d].
    data: Array2<f64>,
    /// Density of each bar under each state, divided by the bar's highest: [T, K].
    density: Array2<f64>,
    /// Probability of each state given the bars so far: [T, K].
    forward: Array2<f64>,
    /// Probability of each state given all bars: [T, K].
    posterior: Array2<f64>,
    /// Expected number of steps from i to j: [K, K].
    steps: Array2<f64>,
}

impl Expectation {
    fn new(data: ArrayView2<'_, f64>, states: usize) -> Self {
        let bars = data.nrows();
        Self {
            data: data.as_standard_layout().to_owned(),
            density: Array2::zeros((bars, states)),
            forward: Array2::zeros((bars, states)),
            posterior: Array2::zeros((bars, states)),
            steps: Array2::zeros((states, states)),
        }
    }

    /// Forward and backward passes; returns the log-likelihood.
    #[expect(
        clippy::needless_range_loop,
        reason = "the recursions are written over bars and states, as in Rabiner"
    )]
    fn run(&mut self, densities: &Densities, model: &GaussianHmm) -> f64 {
        let (bars, states) = self.density.dim();
        let mut scratch = vec![0.0; self.data.ncols()];
        let mut log_density = vec![0.0; states];
        let mut scales = vec![0.0; bars];
        let mut log_likelihood = 0.0;
        for bar in 0..bars {
            let row = self.data.row(bar);
            densities.log(
                row.as_slice().expect("standard layout"),
                &mut scratch,
                &mut log_density,
            );
            let highest = highest(&log_density);
            let mut total = 0.0;
            for state in 0..states {
                let predicted = if bar == 0 {
                    model.initial[state]
                } else {
                    (0..states)
                        .map(|from| self.forward[[bar - 1, from]] * model.transition[[from, state]])
                        .sum()
                };
                self.density[[bar, state]] = exp(log_density[state] - highest);
                self.forward[[bar, state]] = predicted * self.density[[bar, state]];
                total += self.forward[[bar, state]];
            }
            scales[bar] = total;
            log_likelihood += highest + ln(total);
            self.forward.row_mut(bar).mapv_inplace(|value| value / total);
        }
        // backward: density of the bars after this one given the state, in the same scale as the forward pass.
        let mut backward = vec![1.0; states];
        let mut weighted = vec![0.0; states];
        self.steps.fill(0.0);
        self.posterior
            .row_mut(bars - 1)
            .assign(&self.forward.row(bars - 1));
        for bar in (0..bars - 1).rev() {
            for state in 0..states {
                weighted[state] = self.density[[bar + 1, state]] * backward[state] / scales[bar + 1];
            }
            for from in 0..states {
                let mut sum = 0.0;
                for to in 0..states {
                    let step = model.transition[[from, to]] * weighted[to];
                    self.steps[[from, to]] += self.forward[[bar, from]] * step;
                    sum += step;
                }
                backward[from] = sum;
                self.posterior[[bar, from]] = self.forward[[bar, from]] * sum;
            }
        }
        log_likelihood
    }

    /// The M step. A state that no bar belongs to keeps its mean and its row of transitions.
    fn maximise(&self, pooled: &Array2<f64>, prior_bars: f64, old: GaussianHmm) -> GaussianHmm {
        let mut model = old;
        let first: f64 = self.posterior.row(0).sum();
        for state in 0..model.states() {
            model.initial[state] = self.posterior[[0, state]] / first;
            let leaving: f64 = self.steps.row(state).sum();
            if leaving > 0.0 {
                let row = self.steps.row(state).mapv(|step| step / leaving);
                model.transition.row_mut(state).assign(&row);
            }
            let weights = self.posterior.column(state).to_vec();
            let occupancy: f64 = weights.iter().sum();
            if occupancy > 0.0 {
                let (mean, own) = covariance(self.data.view(), &weights);
                model
                    .means
                    .row_mut(state)
                    .iter_mut()
                    .zip(mean)
                    .for_each(|(to, from)| *to = from);
                let total = occupancy + prior_bars;
                model.covariances[state] = (own * occupancy + pooled * prior_bars) / total;
            }
        }
        model
    }
}
