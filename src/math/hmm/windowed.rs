//! The forward pass over a window of bars, whose densities are computed as they come.

use super::density::{Densities, highest};
use super::model::GaussianHmm;
use crate::error::Result;
use crate::math::elementary::exp;
use crate::math::markov::stationary_distribution;
use ndarray::Array2;

/// Most states that a window is filtered by.
pub(crate) const MOST_STATES: usize = 8;

/// The filter of the last bars alone: it starts at the chain's stationary distribution with the oldest of them, so that
/// what it gives does not depend on earlier ones. K states, at most [`MOST_STATES`].
#[derive(Debug, Clone)]
pub(crate) struct WindowedFilter {
    densities: Densities,
    transition: Array2<f64>,
    stationary: Vec<f64>,
}

impl WindowedFilter {
    /// Errors: as [`GaussianHmm::validate`], and a chain without one stationary distribution.
    pub(crate) fn new(model: &GaussianHmm) -> Result<Self> {
        model.validate()?;
        assert!(model.states() <= MOST_STATES, "the caller has counted the states");
        Ok(Self {
            densities: Densities::new(model)?,
            transition: model.transition.clone(),
            stationary: stationary_distribution(model.transition.view())?,
        })
    }

    /// Writes every state's density at an observation of one number, as a part of the highest: [K], each in [0, 1].
    pub(crate) fn likelihoods(&self, observation: f64, out: &mut [f64]) {
        self.densities.log(&[observation], &mut [0.0], out);
        let highest = highest(out);
        out.iter_mut().for_each(|log| *log = exp(*log - highest));
    }

    /// Writes the probability of each state after the last of these bars: [K], summing to 1. `likelihoods` has a row of every
    /// bar, oldest first: [any, K]. A bar that only states can have that the chain cannot be in says nothing.
    pub(crate) fn filter(&self, likelihoods: &[f64], out: &mut [f64]) {
        let states = out.len();
        let mut predicted = [0.0; MOST_STATES];
        let predicted = &mut predicted[..states];
        predicted.copy_from_slice(&self.stationary);
        out.copy_from_slice(&self.stationary);
        for bar in likelihoods.chunks_exact(states) {
            let mut total = 0.0;
            for ((filtered, predicted), likelihood) in out.iter_mut().zip(&*predicted).zip(bar) {
                *filtered = predicted * likelihood;
                total += *filtered;
            }
            match total > 0.0 {
                true => out.iter_mut().for_each(|probability| *probability /= total),
                false => out.copy_from_slice(predicted),
            }
            for (state, predicted) in predicted.iter_mut().enumerate() {
                let arrivals = out.iter().zip(self.transition.column(state));
                *predicted = arrivals.map(|(from, step)| from * step).sum();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::hmm::HmmFilter;
    use ndarray::array;

    #[test]
    fn it_is_the_filter_that_starts_at_the_stationary_distribution() {
        let model = GaussianHmm {
            initial: vec![0.25, 0.75],
            transition: array![[0.97, 0.03], [0.01, 0.99]],
            means: array![[0.01], [-0.02]],
            covariances: vec![array![[0.0004]], array![[0.0016]]],
            log_likelihood: f64::NEG_INFINITY,
        };
        let (windowed, mut filter) = (
            WindowedFilter::new(&model).unwrap(),
            HmmFilter::new(&model).unwrap(),
        );
        let (mut rows, mut row, mut found) = (Vec::new(), [0.0; 2], [0.0; 2]);
        for bar in 0..40 {
            let observation = 0.05 * (1.7 * f64::from(bar)).sin();
            let expected = filter.update(&[observation]);
            windowed.likelihoods(observation, &mut row);
            rows.extend(row);
            windowed.filter(&rows, &mut found);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "bar {bar}: {found} {expected}");
            }
        }
    }
}
