//! Parameters of the simulated markets, fitted to a price table.

use crate::error::{Error, Result};
use crate::market::prices::PriceTable;
use crate::market::simulate::{Gbm, GbmParameters, Regime, RegimeParameters, RegimeSwitching};
use crate::math::hmm::{GaussianHmm, HmmOptions};
use ndarray::{Array2, Axis};

/// The geometric Brownian motion with the moments of the table's log returns (covariance with ddof 1), at the
/// table's bars a year B; cash earns the mean of the table's rates, or 0 where it has none.
///
/// With m the mean and S the covariance of a bar's log returns: covariance = B·S, drift_i = B·(m_i + S_ii / 2).
///
/// Errors: no more returns than assets, or assets whose returns are constant or combinations of others' (the
/// covariance is then not positive definite).
pub fn fit_gbm(table: &PriceTable) -> Result<GbmParameters> {
    let returns = table.log_returns()?;
    let assets = table.assets().len();
    if returns.nrows() <= assets {
        let found = format!("{} bars", table.bars());
        let expected = format!("at least {} to fit the covariance of {assets} assets", assets + 2);
        return Err(Error::invalid("price table", found, expected));
    }
    let mean = returns.mean_axis(Axis(0)).expect("there is at least one return");
    let deviations = &returns - &mean;
    for (asset, deviation) in table.assets().iter().zip(deviations.columns()) {
        // Rounding alone moves the log returns of steady growth by about 1e-16.
        if deviation.iter().all(|deviation| deviation.abs() < 1e-14) {
            let input = format!("returns of {asset}");
            return Err(Error::invalid(input, "constant", "prices that vary"));
        }
    }
    let bars = table.bars_per_year().get();
    let covariance = deviations.t().dot(&deviations) * (bars / (returns.nrows() - 1) as f64);
    let parameters = GbmParameters {
        assets: table.assets().to_vec(),
        drift: (0..assets)
            .map(|i| bars * mean[i] + 0.5 * covariance[[i, i]])
            .collect(),
        covariance: rows(&covariance),
        cash_rate: mean_cash_rate(table),
        bars_per_year: table.bars_per_year(),
    };
    Ok(Gbm::new(parameters)?.parameters().clone())
}

/// The regime-switching market whose regimes are the states of a Gaussian hidden Markov model of the table's log
/// returns ([`GaussianHmm::fit`]), calmest first; cash earns the mean of the table's rates, or 0 where it has none.
/// The regime is not shown.
///
/// Errors: too few bars for that many regimes, assets whose returns are constant or combinations of others', regimes
/// that the data never leave.
pub fn fit_regimes(
    table: &PriceTable,
    regimes: usize,
    seed: u64,
    options: &HmmOptions,
) -> Result<RegimeParameters> {
    let model = GaussianHmm::fit(table.log_returns()?.view(), regimes, seed, options)?;
    let regime = |(mean, covariance): (ndarray::ArrayView1<'_, f64>, &Array2<f64>)| Regime {
        mean: mean.to_vec(),
        covariance: rows(covariance),
    };
    let parameters = RegimeParameters {
        assets: table.assets().to_vec(),
        regimes: model
            .means
            .rows()
            .into_iter()
            .zip(&model.covariances)
            .map(regime)
            .collect(),
        transition: rows(&model.transition),
        show_regime: false,
        cash_rate: mean_cash_rate(table),
        bars_per_year: table.bars_per_year(),
    };
    Ok(RegimeSwitching::new(parameters)?.parameters().clone())
}

fn mean_cash_rate(table: &PriceTable) -> f64 {
    table
        .cash_rate()
        .map_or(0.0, |rates| rates.iter().sum::<f64>() / rates.len() as f64)
}

fn rows(matrix: &Array2<f64>) -> Vec<Vec<f64>> {
    matrix.rows().into_iter().map(|row| row.to_vec()).collect()
}
