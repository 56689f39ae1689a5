//! The forward pass, one bar at a time.

use super::density::{Densities, highest};
use super::model::GaussianHmm;
use crate::error::{Count, Error, Result};
use crate::math::elementary::{exp, ln};
use crate::math::markov::check_distribution;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// What a restart must know of an [`HmmFilter`]; the model is saved apart. K states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HmmFilterState {
    /// Probability of each state at the coming bar: [K].
    pub predicted: Vec<f64>,
    /// Probability of each state after the last bar: [K].
    pub filtered: Vec<f64>,
    /// Natural logarithm of the density of all bars so far; none where a bar had no density (minus infinity).
    pub log_likelihood: Option<f64>,
}

/// The forward filter: the probability of each state given all bars so far, one bar at a time.
#[derive(Debug, Clone)]
pub struct HmmFilter {
    densities: Densities,
    transition: Array2<f64>,
    /// Probability of each state before the coming bar is seen: [K].
    predicted: Vec<f64>,
    /// Probability of each state after the last bar: [K].
    filtered: Vec<f64>,
    log_density: Vec<f64>,
    scratch: Vec<f64>,
    log_likelihood: f64,
}

impl HmmFilter {
    /// A filter that has seen nothing. Errors: as [`GaussianHmm::validate`].
    pub fn new(model: &GaussianHmm) -> Result<Self> {
        model.validate()?;
        Ok(Self {
            densities: Densities::new(model)?,
            transition: model.transition.clone(),
            predicted: model.initial.clone(),
            filtered: model.initial.clone(),
            log_density: vec![0.0; model.states()],
            scratch: vec![0.0; model.means.ncols()],
            log_likelihood: 0.0,
        })
    }

    /// Goes on from a saved state, bit for bit as if it had never stopped.
    ///
    /// Errors: as [`GaussianHmm::validate`]; a length other than K; what is not a distribution; a
    /// log-likelihood that is not finite.
    pub fn restore(model: &GaussianHmm, state: HmmFilterState) -> Result<Self> {
        let mut filter = Self::new(model)?;
        for (input, found) in [
            ("state.predicted", &state.predicted),
            ("state.filtered", &state.filtered),
        ] {
            if found.len() != model.states() {
                let expected = format!("{} (states of the model)", model.states());
                return Err(Error::invalid(input, Count(found.len(), "values"), expected));
            }
            check_distribution(input, found.iter().copied())?;
        }
        let log_likelihood = state.log_likelihood.unwrap_or(f64::NEG_INFINITY);
        if state.log_likelihood.is_some_and(|found| !found.is_finite()) {
            let expected = "finite, or none";
            return Err(Error::invalid("state.log_likelihood", log_likelihood, expected));
        }
        filter.predicted = state.predicted;
        filter.filtered = state.filtered;
        filter.log_likelihood = log_likelihood;
        Ok(filter)
    }

    /// Takes over what `other`, of the same model, has seen; allocates nothing.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.predicted.copy_from_slice(&other.predicted);
        self.filtered.copy_from_slice(&other.filtered);
        self.log_likelihood = other.log_likelihood;
    }

    /// What to save.
    pub fn state(&self) -> HmmFilterState {
        HmmFilterState {
            predicted: self.predicted.clone(),
            filtered: self.filtered.clone(),
            log_likelihood: self.log_likelihood.is_finite().then_some(self.log_likelihood),
        }
    }

    /// Takes one bar's observations [d] and returns the probability of each state given all bars so far: [K],
    /// each in [0, 1], summing to 1. Allocates nothing. A bar that holds a value that is not finite says
    /// nothing about the state: only the passing of time counts.
    ///
    /// # Panics
    /// When `observation` does not have d values.
    pub fn update(&mut self, observation: &[f64]) -> &[f64] {
        if observation.iter().all(|value| value.is_finite()) {
            self.densities
                .log(observation, &mut self.scratch, &mut self.log_density);
            let highest = highest(&self.log_density);
            let mut total = 0.0;
            for ((filtered, predicted), log_density) in self
                .filtered
                .iter_mut()
                .zip(&self.predicted)
                .zip(&self.log_density)
            {
                *filtered = predicted * exp(log_density - highest);
                total += *filtered;
            }
            if total > 0.0 {
                self.filtered
                    .iter_mut()
                    .for_each(|probability| *probability /= total);
                self.log_likelihood += highest + ln(total);
            } else {
                // The bar can only come from states that the chain cannot be in: keep what the chain says.
                self.filtered.copy_from_slice(&self.predicted);
                self.log_likelihood = f64::NEG_INFINITY;
            }
            self.predict();
            &self.filtered
        } else {
            self.skip()
        }
    }

    /// A bar without observations: only the passing of time counts. Returns the probability of each state:
    /// [K].
    pub fn skip(&mut self) -> &[f64] {
        self.filtered.copy_from_slice(&self.predicted);
        self.predict();
        &self.filtered
    }

    /// The probabilities of the coming bar. Divided by their sum, which rows that sum to 1 only within 1e-9
    /// would otherwise carry away over many bars without observations.
    fn predict(&mut self) {
        let mut total = 0.0;
        for (state, predicted) in self.predicted.iter_mut().enumerate() {
            let arrivals = self.filtered.iter().zip(self.transition.column(state));
            *predicted = arrivals.map(|(from, step)| from * step).sum();
            total += *predicted;
        }
        self.predicted
            .iter_mut()
            .for_each(|probability| *probability /= total);
    }

    /// Probability of each state after the last bar: [K]; the initial distribution before any.
    pub fn probabilities(&self) -> &[f64] {
        &self.filtered
    }

    /// Probability of each state at the coming bar: [K].
    pub fn predicted(&self) -> &[f64] {
        &self.predicted
    }

    /// Natural logarithm of the density of all bars so far.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }
}
