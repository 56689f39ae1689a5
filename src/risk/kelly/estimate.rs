//! Kelly from a history of returns, and how far its weights can be trusted.

use super::closed_form::unconstrained;
use super::config::KellyConfig;
use crate::error::Result;
use crate::market::BarsPerYear;
use crate::market::prices::cash_return;
use crate::math::bayes_stein::{BayesStein, bayes_stein};
use crate::math::covariance::{check_covariance, cholesky, ledoit_wolf, to_matrix};
use nalgebra::{DMatrix, DVector};
use ndarray::{Array2, ArrayView2};
use serde::Serialize;

/// Kelly weights estimated from returns, what they rest on, and their standard errors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KellyEstimate {
    /// Weights under the caps, the fraction applied: [N]; cash is the rest.
    pub weights: Vec<f64>,
    /// fraction × Σ⁻¹ excess, without any cap: [N].
    pub unconstrained: Vec<f64>,
    /// Expected return above cash per bar, shrunk by Bayes-Stein: [N].
    pub excess: Vec<f64>,
    /// Shrinkage of the means, in (0, 1]: 1 where the history says nothing about their differences.
    pub mean_shrinkage: f64,
    /// Shrinkage of the covariance (Ledoit-Wolf), in [0, 1].
    pub covariance_shrinkage: f64,
    /// Standard errors of `weights`: [N]; 0 for an asset that a cap or 0 holds.
    pub standard_errors: Vec<f64>,
    /// Standard errors of `unconstrained`: [N].
    pub unconstrained_standard_errors: Vec<f64>,
}

impl KellyConfig {
    /// [`weights`](Self::weights) from a history of simple per-bar returns [T, N], oldest first: means shrunk
    /// by Bayes-Stein, covariance by Ledoit-Wolf, less the cash rate per bar.
    ///
    /// The standard errors are those of the delta method for independent bars. The sample means have
    /// covariance Σ/T; the shrunk ones move with them by [`BayesStein::jacobian`] J; and the weights move
    /// with the shrunk ones by fraction × P, where P is Σ⁻¹ without caps, and under them, on the assets F
    /// that are held by none, Σ_FF⁻¹ - Σ_FF⁻¹ s s'Σ_FF⁻¹ / (s'Σ_FF⁻¹ s), s being the signs of their weights;
    /// the second term only where the gross exposure is at its cap. So they are fraction × sqrt(diag(P J Σ
    /// J'P') / T): without shrinkage and caps, fraction × sqrt(diag(Σ⁻¹) / T).
    ///
    /// They describe small errors: which assets are held by a cap is taken as known, and so is Σ, whose own
    /// error adds the squared Sharpe ratio per bar as a fraction of the variance.
    ///
    /// # Errors
    /// As [`weights`](Self::weights), fewer than two bars, and returns of an asset that do not vary.
    pub fn estimate(
        &self,
        returns: ArrayView2<'_, f64>,
        bars_per_year: BarsPerYear,
    ) -> Result<KellyEstimate> {
        let assets = returns.ncols();
        self.validate(assets)?;
        let shrunk = ledoit_wolf(returns)?;
        let covariance = shrunk.covariance.view();
        check_covariance(covariance, assets, "covariance of returns")?;
        let cash_return = cash_return(self.cash_rate, bars_per_year);
        let BayesStein {
            means,
            shrinkage,
            jacobian,
            ..
        } = bayes_stein(returns, covariance)?;
        let excess: Vec<f64> = means.iter().map(|mean| mean - cash_return).collect();
        let weights = self.weights(&excess, covariance)?;
        let mut full = unconstrained(&excess, covariance)?;
        full.iter_mut().for_each(|weight| *weight *= self.fraction);

        let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
        let at_gross = gross >= self.max_gross - 1e-12 * (1.0 + self.max_gross);
        let free: Vec<usize> = (0..assets)
            .filter(|&i| {
                let (low, high) = self.bounds(i);
                let inside = weights[i] > low && weights[i] < high;
                inside && !(at_gross && weights[i].abs() <= 0.0)
            })
            .collect();
        let signs: Vec<f64> = weights.iter().map(|weight| weight.signum()).collect();
        let all: Vec<usize> = (0..assets).collect();
        let errors = |moving: &[usize], signs: Option<&[f64]>| {
            let movement = movement(covariance, moving, signs)?;
            Ok(self.standard_errors(&movement, &jacobian, covariance, returns.nrows()))
        };
        Ok(KellyEstimate {
            standard_errors: errors(&free, at_gross.then_some(&signs))?,
            unconstrained_standard_errors: errors(&all, None)?,
            unconstrained: full,
            weights,
            excess,
            mean_shrinkage: shrinkage,
            covariance_shrinkage: shrunk.shrinkage,
        })
    }

    /// The weights of [`estimate`](Self::estimate) alone: [N].
    ///
    /// # Errors
    /// As [`estimate`](Self::estimate).
    pub fn weights_from_returns(
        &self,
        returns: ArrayView2<'_, f64>,
        bars_per_year: BarsPerYear,
    ) -> Result<Vec<f64>> {
        Ok(self.estimate(returns, bars_per_year)?.weights)
    }

    /// fraction × sqrt(diag(P J Σ J'P') / T).
    fn standard_errors(
        &self,
        movement: &DMatrix<f64>,
        jacobian: &Array2<f64>,
        covariance: ArrayView2<'_, f64>,
        bars: usize,
    ) -> Vec<f64> {
        let reaction = movement * to_matrix(jacobian.view());
        let variances = &reaction * to_matrix(covariance) * reaction.transpose();
        let scale = self.fraction / (bars as f64).sqrt();
        // Rounding may leave a variance of nothing a little below 0.
        variances
            .diagonal()
            .iter()
            .map(|value| scale * value.max(0.0).sqrt())
            .collect()
    }
}

/// How full Kelly weights move with the means, P [N, N]: only the `moving` assets do, and where `signs` [N]
/// are given their sizes keep their sum.
fn movement(
    covariance: ArrayView2<'_, f64>,
    moving: &[usize],
    signs: Option<&[f64]>,
) -> Result<DMatrix<f64>> {
    let assets = covariance.nrows();
    let mut movement = DMatrix::zeros(assets, assets);
    if moving.is_empty() {
        return Ok(movement);
    }
    let count = moving.len();
    let block = DMatrix::from_fn(count, count, |i, j| covariance[[moving[i], moving[j]]]);
    let mut inverse = cholesky(block, "covariance of returns")?.inverse();
    if let Some(signs) = signs {
        let signs = DVector::from_iterator(count, moving.iter().map(|&i| signs[i]));
        let along = &inverse * &signs;
        inverse -= &along * along.transpose() / signs.dot(&along);
    }
    for (row, &i) in moving.iter().enumerate() {
        for (column, &j) in moving.iter().enumerate() {
            movement[(i, j)] = inverse[(row, column)];
        }
    }
    Ok(movement)
}
