//! Hidden Markov models with Gaussian observations of full covariance: fitting (Baum-Welch) and filtering.
//!
//! Notation of Rabiner, "A tutorial on hidden Markov models" (Proc. IEEE 77, 1989): forward and backward passes are
//! scaled at every bar. T bars, d numbers a bar, K states.

mod baum_welch;
mod check;
mod density;
mod filter;
mod model;
mod serial;
mod start;
mod windowed;

use crate::error::{Count, Error, Result};
use baum_welch::climb;
use check::{check_data, check_options};
use ndarray::ArrayView2;
use start::starting_point;

pub use filter::{HmmFilter, HmmFilterState};
pub use model::{GaussianHmm, HmmOptions};
pub(crate) use windowed::{MOST_STATES, WindowedFilter};

impl GaussianHmm {
    /// Fits a model with `states` states to `data` [T, d] by Baum-Welch from several seeded starts.
    ///
    /// The same seed gives the same model. A start whose covariances collapse (possible only without a prior) is
    /// passed over. States are ordered by total variance (trace of the covariance), calmest
    /// first.
    ///
    /// Errors: no state, fewer than K·(d + 1) bars, a value that is not finite, a column that never changes or is a
    /// linear function of others, options out of range, covariances that collapse from every start.
    pub fn fit(data: ArrayView2<'_, f64>, states: usize, seed: u64, options: &HmmOptions) -> Result<Self> {
        check_data(data, states)?;
        check_options(options)?;
        let (mut best, mut failure): (Option<(f64, Self)>, Option<Error>) = (None, None);
        for start in 0..options.starts {
            match climb(data, starting_point(data, states, seed, start), options) {
                Ok((objective, model)) => {
                    if best.as_ref().is_none_or(|(highest, _)| objective > *highest) {
                        best = Some((objective, model));
                    }
                }
                Err(error) => failure = Some(error),
            }
        }
        match (best, failure) {
            (Some((_, model)), _) => Ok(model.ordered()),
            (None, Some(error)) => Err(error),
            (None, None) => unreachable!("options hold at least one start"),
        }
    }

    /// Baum-Welch from this model's own parameters; the order of the states is kept. `starts` is not used.
    ///
    /// Errors: as [`fit`](Self::fit) and [`validate`](Self::validate).
    pub fn refine(self, data: ArrayView2<'_, f64>, options: &HmmOptions) -> Result<Self> {
        self.validate()?;
        check_data(data, self.states())?;
        check_options(options)?;
        if data.ncols() != self.means.ncols() {
            let found = Count(data.ncols(), "columns");
            let expected = format!("{} (columns of `means`)", self.means.ncols());
            return Err(Error::invalid("data", found, expected));
        }
        Ok(climb(data, self, options)?.1)
    }

    /// Natural logarithm of the density of `data` [T, d] under the model.
    ///
    /// Errors: as [`validate`](Self::validate), or the number of columns is not d.
    pub fn score(&self, data: ArrayView2<'_, f64>) -> Result<f64> {
        let mut filter = HmmFilter::new(self)?;
        if data.ncols() != self.means.ncols() {
            let expected = format!("{} (columns of `means`)", self.means.ncols());
            return Err(Error::invalid("data", Count(data.ncols(), "columns"), expected));
        }
        let mut bar = vec![0.0; data.ncols()];
        for row in data.rows() {
            bar.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
            filter.update(&bar);
        }
        Ok(filter.log_likelihood())
    }
}
