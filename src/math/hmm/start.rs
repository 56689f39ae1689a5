//! Where Baum-Welch begins.

use super::density::covariance;
use super::model::GaussianHmm;
use crate::math::random::stream;
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Parameters that the climb numbered `start` begins from: bars are ranked by a smoothed score, cut into K groups of
/// equal size, and each group's moments become a state's. The first start scores by the size of the moves, which
/// finds volatility regimes; the others by a random mixture of direction and size, which also finds drifts.
pub(super) fn starting_point(
    data: ArrayView2<'_, f64>,
    states: usize,
    seed: u64,
    start: usize,
) -> GaussianHmm {
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
    model
}
