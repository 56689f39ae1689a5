//! Hidden Markov models with Gaussian observations of full covariance: fitting (Baum-Welch) and filtering.
//!
//! Notation of Rabiner, "A tutorial on hidden Markov models" (Proc. IEEE 77, 1989): forward and backward passes are
//! scaled at every bar. T bars, d numbers a bar, K states.

use crate::error::{Error, Result};
use crate::math::cholesky::Cholesky;
use crate::math::markov::check_distribution;
use crate::math::random::stream;
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// A hidden Markov model: a hidden chain over K states, each with a Gaussian over d numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianHmm {
    /// Probability of each state at the first bar: [K].
    pub initial: Vec<f64>,
    /// Probability of going from state i to state j over one bar, at [i, j]: [K, K].
    pub transition: Array2<f64>,
    /// Mean of each state's observations: [K, d].
    pub means: Array2<f64>,
    /// Covariance of each state's observations: K times [d, d].
    pub covariances: Vec<Array2<f64>>,
    /// Natural logarithm of the density of the data that the model was fitted to.
    pub log_likelihood: f64,
}

/// How a model is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct HmmOptions {
    /// Starting points tried, at least 1; the best end is kept. Default 5.
    pub starts: usize,
    /// Most Baum-Welch iterations from each start, at least 1. Default 500.
    pub max_iterations: usize,
    /// A start has converged when an iteration raises the objective by less than this times its size; at least 0.
    /// Default 1e-9.
    pub tolerance: f64,
    /// Strength of the prior that keeps covariances from collapsing onto a few bars, in bars: each state's covariance
    /// is estimated as if it had seen this many further bars with the covariance of all the data (an inverse Wishart
    /// prior). At least 0, where 0 is maximum likelihood; default 1.
    pub prior_bars: f64,
}

impl Default for HmmOptions {
    fn default() -> Self {
        Self {
            starts: 5,
            max_iterations: 500,
            tolerance: 1e-9,
            prior_bars: 1.0,
        }
    }
}

impl GaussianHmm {
    /// Fits a model with `states` states to `data` [T, d] by Baum-Welch from several seeded starts.
    ///
    /// The same seed gives the same model. States are ordered by total variance (trace of the covariance), calmest
    /// first.
    ///
    /// Errors: no state, fewer than K·(d + 1) bars, a value that is not finite, a column that never changes or is a
    /// linear function of others, options out of range.
    pub fn fit(data: ArrayView2<'_, f64>, states: usize, seed: u64, options: &HmmOptions) -> Result<Self> {
        check_data(data, states)?;
        check_options(options)?;
        let mut best: Option<(f64, Self)> = None;
        for start in 0..options.starts {
            let start = starting_point(data, states, seed, start)?;
            let (objective, model) = climb(data, start, options)?;
            if best.as_ref().is_none_or(|(highest, _)| objective > *highest) {
                best = Some((objective, model));
            }
        }
        let (_, model) = best.expect("options hold at least one start");
        Ok(model.ordered())
    }

    /// Baum-Welch from this model's own parameters; the order of the states is kept. `starts` is not used.
    ///
    /// Errors: as [`fit`](Self::fit) and [`validate`](Self::validate).
    pub fn refine(self, data: ArrayView2<'_, f64>, options: &HmmOptions) -> Result<Self> {
        self.validate()?;
        check_data(data, self.states())?;
        check_options(options)?;
        if data.ncols() != self.means.ncols() {
            let found = format!("{} columns", data.ncols());
            let expected = format!("{} (columns of `means`)", self.means.ncols());
            return Err(Error::invalid("data", found, expected));
        }
        Ok(climb(data, self, options)?.1)
    }

    /// Number of states, K.
    pub fn states(&self) -> usize {
        self.initial.len()
    }

    /// Checks shapes, probabilities, and that every covariance is positive definite.
    pub fn validate(&self) -> Result<()> {
        let (states, width) = (self.states(), self.means.ncols());
        let shape = |input: &str, found: &[usize], expected: [usize; 2]| {
            (found == expected)
                .then_some(())
                .ok_or_else(|| Error::invalid(input, format!("{found:?}"), format!("of shape {expected:?}")))
        };
        check_distribution("initial", self.initial.iter().copied())?;
        shape("transition", self.transition.shape(), [states, states])?;
        shape("means", self.means.shape(), [states, width.max(1)])?;
        shape("covariances", &[self.covariances.len(), width], [states, width])?;
        for (state, row) in self.transition.rows().into_iter().enumerate() {
            check_distribution(&format!("transition[{state}]"), row.iter().copied())?;
        }
        if let Some(mean) = self.means.iter().find(|mean| !mean.is_finite()) {
            return Err(Error::invalid("means", mean, "finite"));
        }
        for (state, covariance) in self.covariances.iter().enumerate() {
            shape(
                &format!("covariances[{state}]"),
                covariance.shape(),
                [width, width],
            )?;
        }
        Densities::new(self).map(|_| ())
    }

    /// Natural logarithm of the density of `data` [T, d] under the model.
    ///
    /// Errors: as [`validate`](Self::validate), or the number of columns is not d.
    pub fn score(&self, data: ArrayView2<'_, f64>) -> Result<f64> {
        let mut filter = HmmFilter::new(self)?;
        if data.ncols() != self.means.ncols() {
            let expected = format!("{} (columns of `means`)", self.means.ncols());
            return Err(Error::invalid(
                "data",
                format!("{} columns", data.ncols()),
                expected,
            ));
        }
        let mut bar = vec![0.0; data.ncols()];
        for row in data.rows() {
            bar.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
            filter.update(&bar);
        }
        Ok(filter.log_likelihood())
    }

    /// The same model with its states sorted by the trace of their covariance, smallest first.
    fn ordered(self) -> Self {
        let mut order: Vec<usize> = (0..self.states()).collect();
        order.sort_by(|&a, &b| {
            let trace = |state: usize| self.covariances[state].diag().sum();
            trace(a).total_cmp(&trace(b))
        });
        Self {
            initial: order.iter().map(|&state| self.initial[state]).collect(),
            transition: Array2::from_shape_fn(self.transition.dim(), |(i, j)| {
                self.transition[[order[i], order[j]]]
            }),
            means: Array2::from_shape_fn(self.means.dim(), |(i, j)| self.means[[order[i], j]]),
            covariances: order
                .iter()
                .map(|&state| self.covariances[state].clone())
                .collect(),
            log_likelihood: self.log_likelihood,
        }
    }
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

    /// Takes one bar's observations [d] and returns the probability of each state given all bars so far: [K], each in
    /// [0, 1], summing to 1. Allocates nothing. A bar that holds a value that is not finite says nothing about the
    /// state: only the passing of time counts.
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
                *filtered = predicted * (log_density - highest).exp();
                total += *filtered;
            }
            if total > 0.0 {
                self.filtered
                    .iter_mut()
                    .for_each(|probability| *probability /= total);
                self.log_likelihood += highest + total.ln();
            } else {
                // The bar can only come from states that the chain cannot be in: keep what the chain says.
                self.filtered.copy_from_slice(&self.predicted);
                self.log_likelihood = f64::NEG_INFINITY;
            }
        } else {
            self.filtered.copy_from_slice(&self.predicted);
        }
        for (state, predicted) in self.predicted.iter_mut().enumerate() {
            let arrivals = self.filtered.iter().zip(self.transition.column(state));
            *predicted = arrivals.map(|(from, step)| from * step).sum();
        }
        &self.filtered
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

/// Every state's Gaussian, ready to be evaluated.
#[derive(Debug, Clone)]
struct Densities {
    means: Array2<f64>,
    factors: Vec<Cholesky>,
    /// Logarithm of the density at the mean: [K].
    peaks: Vec<f64>,
}

impl Densities {
    fn new(model: &GaussianHmm) -> Result<Self> {
        let factors = model
            .covariances
            .iter()
            .enumerate()
            .map(|(state, covariance)| {
                Cholesky::new(covariance.view()).ok_or_else(|| {
                    let input = format!("covariances[{state}]");
                    Error::invalid(input, "not positive definite", "a covariance matrix of full rank")
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let constant = model.means.ncols() as f64 * std::f64::consts::TAU.ln();
        Ok(Self {
            peaks: factors
                .iter()
                .map(|factor| -0.5 * (constant + factor.log_determinant()))
                .collect(),
            means: model.means.as_standard_layout().to_owned(),
            factors,
        })
    }

    /// Writes the logarithm of every state's density at `observation` [d] into `out` [K]; `scratch` is [d].
    fn log(&self, observation: &[f64], scratch: &mut [f64], out: &mut [f64]) {
        assert_eq!(observation.len(), scratch.len(), "an observation has d values");
        for (state, out) in out.iter_mut().enumerate() {
            for ((deviation, value), mean) in scratch.iter_mut().zip(observation).zip(self.means.row(state)) {
                *deviation = value - mean;
            }
            self.factors[state].solve_lower(scratch);
            *out = self.peaks[state] - 0.5 * scratch.iter().map(|value| value * value).sum::<f64>();
        }
    }
}

/// Baum-Welch until convergence: the objective (log-likelihood plus log prior density) and the model it ended at.
fn climb(data: ArrayView2<'_, f64>, start: GaussianHmm, options: &HmmOptions) -> Result<(f64, GaussianHmm)> {
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
                self.density[[bar, state]] = (log_density[state] - highest).exp();
                self.forward[[bar, state]] = predicted * self.density[[bar, state]];
                total += self.forward[[bar, state]];
            }
            scales[bar] = total;
            log_likelihood += highest + total.ln();
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

/// Weighted mean [d] and covariance [d, d] (divided by the sum of the weights) of `data` [T, d]; the weights [T] are
/// not all zero.
fn covariance(data: ArrayView2<'_, f64>, weights: &[f64]) -> (Vec<f64>, Array2<f64>) {
    let width = data.ncols();
    let total: f64 = weights.iter().sum();
    let mut mean = vec![0.0; width];
    for (row, weight) in data.rows().into_iter().zip(weights) {
        mean.iter_mut()
            .zip(row)
            .for_each(|(sum, value)| *sum += weight / total * value);
    }
    let mut deviation = vec![0.0; width];
    let mut lower = vec![0.0; width * width];
    for (row, weight) in data.rows().into_iter().zip(weights) {
        for ((deviation, value), mean) in deviation.iter_mut().zip(row).zip(&mean) {
            *deviation = value - mean;
        }
        for (i, sums) in lower.chunks_exact_mut(width).enumerate() {
            let scaled = weight / total * deviation[i];
            sums[..=i]
                .iter_mut()
                .zip(&deviation)
                .for_each(|(sum, other)| *sum += scaled * other);
        }
    }
    let covariance = Array2::from_shape_fn((width, width), |(i, j)| lower[i.max(j) * width + i.min(j)]);
    (mean, covariance)
}

/// Parameters that the climb numbered `start` begins from: bars are ranked by a smoothed score, cut into K groups of
/// equal size, and each group's moments become a state's. The first start scores by the size of the moves, which
/// finds volatility regimes; the others by a random mixture of direction and size, which also finds drifts.
fn starting_point(data: ArrayView2<'_, f64>, states: usize, seed: u64, start: usize) -> Result<GaussianHmm> {
    let (bars, width) = data.dim();
    let (mean, pooled) = covariance(data, &vec![1.0; bars]);
    let mut random = stream(seed, "hmm start", start as u64);
    let direction: Vec<f64> = (0..width).map(|_| StandardNormal.sample(&mut random)).collect();
    let (size_weight, window) = if start == 0 {
        (1.0, 21)
    } else {
        (random.random::<f64>(), [1, 5, 21][random.random_range(0..3)])
    };
    let mut scores = Vec::with_capacity(bars);
    for row in data.rows() {
        let standard = row
            .iter()
            .enumerate()
            .map(|(i, value)| (value - mean[i]) / pooled[[i, i]].sqrt());
        let (mut along, mut size) = (0.0, 0.0);
        for (value, direction) in standard.zip(&direction) {
            along += value * direction;
            size += value * value;
        }
        scores.push((1.0 - size_weight) * along + size_weight * size);
    }
    let smooth = |bar: usize| {
        let near = &scores[bar.saturating_sub(window / 2)..bars.min(bar + window / 2 + 1)];
        near.iter().sum::<f64>() / near.len() as f64
    };
    let smoothed: Vec<f64> = (0..bars).map(smooth).collect();
    let mut ranked: Vec<usize> = (0..bars).collect();
    ranked.sort_by(|&a, &b| smoothed[a].total_cmp(&smoothed[b]));
    let mut model = GaussianHmm {
        initial: vec![1.0 / states as f64; states],
        transition: Array2::from_shape_fn((states, states), |(from, to)| match (states, from == to) {
            (1, _) => 1.0,
            (_, true) => 0.9,
            (_, false) => 0.1 / (states - 1) as f64,
        }),
        means: Array2::zeros((states, width)),
        covariances: Vec::with_capacity(states),
        log_likelihood: f64::NEG_INFINITY,
    };
    for state in 0..states {
        let mut weights = vec![0.0; bars];
        for &bar in &ranked[state * bars / states..(state + 1) * bars / states] {
            weights[bar] = 1.0;
        }
        let (mean, own) = covariance(data, &weights);
        model
            .means
            .row_mut(state)
            .iter_mut()
            .zip(mean)
            .for_each(|(to, from)| *to = from);
        // A tenth of the pooled covariance makes every start positive definite, however few bars a group has.
        model.covariances.push(own * 0.9 + &pooled * 0.1);
    }
    Ok(model)
}

fn check_data(data: ArrayView2<'_, f64>, states: usize) -> Result<()> {
    let (bars, width) = data.dim();
    if states == 0 {
        return Err(Error::invalid("states", 0, "at least 1"));
    }
    if width == 0 {
        return Err(Error::invalid("data", "without columns", "at least 1 column"));
    }
    if bars < states * (width + 1) {
        let expected = format!(
            "at least {} ({states} states, {width} columns)",
            states * (width + 1)
        );
        return Err(Error::invalid("data", format!("{bars} bars"), expected));
    }
    if let Some(((bar, column), value)) = data.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::invalid(format!("data[{bar}, {column}]"), value, "finite"));
    }
    let (mean, pooled) = covariance(data, &vec![1.0; bars]);
    // A constant column's variance is 0 only up to the rounding of its mean.
    if let Some(column) = (0..width).find(|&i| pooled[[i, i]] <= 1e-24 * mean[i] * mean[i]) {
        return Err(Error::invalid(
            format!("data[.., {column}]"),
            "constant",
            "values that vary",
        ));
    }
    if Cholesky::new(pooled.view()).is_none() {
        return Err(Error::invalid(
            "data",
            "of singular covariance",
            "columns none of which is a linear function of the others",
        ));
    }
    Ok(())
}

fn check_options(options: &HmmOptions) -> Result<()> {
    let at_least = |input: &str, found: f64, least: f64| {
        (found.is_finite() && found >= least)
            .then_some(())
            .ok_or_else(|| Error::invalid(input, found, format!("at least {least}")))
    };
    at_least("starts", options.starts as f64, 1.0)?;
    at_least("max_iterations", options.max_iterations as f64, 1.0)?;
    at_least("tolerance", options.tolerance, 0.0)?;
    at_least("prior_bars", options.prior_bars, 0.0)
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
