//! Prioritised trajectories: which parts of a rollout an epoch looks at, and by how much each counts.
//!
//! A segment is what one environment did in a rollout. Segments are drawn with replacement, those of large advantages more often,
//! and weighted so that the mean of any gradient over what is drawn is, with beta = 1, that over the whole rollout (importance
//! sampling, as in prioritised replay: Schaul et al. 2016; of whole segments in an on-policy rollout: PufferLib).

use crate::math::random::Stream;
use rand::RngExt;

/// The part of draws that fall on any segment alike.
const UNIFORM: f64 = 0.1;

/// Probabilities of N segments, and what each one's rows count.
#[derive(Debug, Clone, PartialEq)]
pub struct Priorities {
    /// p_i, adding up to 1: [N].
    pub probabilities: Vec<f64>,
    /// (1 / (N p_i))^beta: [N].
    pub weights: Vec<f64>,
}

impl Priorities {
    /// p_i = 0.9 s_i^alpha / sum + 0.1 / N, where s_i is the sum of abs(A_t) over segment i: [N], at least 0. Where all are 0, every
    /// segment is as likely.
    pub fn new(sizes: &[f64], alpha: f64, beta: f64) -> Self {
        let alike = 1.0 / sizes.len() as f64;
        let powers: Vec<f64> = sizes.iter().map(|size| size.powf(alpha)).collect();
        let sum: f64 = powers.iter().sum();
        let probability = |power: &f64| match sum > 0.0 && sum.is_finite() {
            true => (1.0 - UNIFORM) * power / sum + UNIFORM * alike,
            false => alike,
        };
        let probabilities: Vec<f64> = powers.iter().map(probability).collect();
        let weights = probabilities.iter().map(|p| (alike / p).powf(beta)).collect();
        Self {
            probabilities,
            weights,
        }
    }

    /// Draws as many segments as there are, with replacement: [N].
    pub fn draw(&self, stream: &mut Stream) -> Vec<usize> {
        let mut end = 0.0;
        let ends: Vec<f64> = self
            .probabilities
            .iter()
            .map(|p| {
                end += p;
                end
            })
            .collect();
        let last = ends.len() - 1;
        let one = || {
            let drawn = stream.random::<f64>() * end;
            ends.partition_point(|end| *end <= drawn).min(last)
        };
        std::iter::repeat_with(one).take(ends.len()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::stream;

    /// Over every segment that can be drawn, what is drawn has the mean of all.
    #[test]
    fn what_is_drawn_has_no_bias() {
        let mut draws = stream(1, "gradients", 0);
        for alpha in [0.3, 0.8, 2.0] {
            let sizes: Vec<f64> = (0..37).map(|_| draws.random_range(0.0..5.0)).collect();
            let gradients: Vec<f64> = (0..37).map(|_| draws.random_range(-1.0..1.0)).collect();
            let Priorities {
                probabilities,
                weights,
            } = Priorities::new(&sizes, alpha, 1.0);
            let sum: f64 = probabilities.iter().sum();
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
            let parts = probabilities.iter().zip(&weights).zip(&gradients);
            let drawn: f64 = parts.map(|((p, weight), gradient)| p * weight * gradient).sum();
            let mean = gradients.iter().sum::<f64>() / 37.0;
            assert!((drawn - mean).abs() < 1e-12, "{drawn} against {mean}");
        }
    }

    #[test]
    fn large_advantages_are_drawn_more_often_and_count_less() {
        let sizes = [0.0, 1.0, 3.0];
        let priorities = Priorities::new(&sizes, 1.0, 1.0);
        let expected = [0.1 / 3.0, 0.9 / 4.0 + 0.1 / 3.0, 0.9 * 3.0 / 4.0 + 0.1 / 3.0];
        let mut counts = [0; 3];
        let mut draws = stream(2, "segments", 0);
        for _ in 0..20_000 {
            priorities
                .draw(&mut draws)
                .iter()
                .for_each(|drawn| counts[*drawn] += 1);
        }
        for i in 0..3 {
            assert!((priorities.probabilities[i] - expected[i]).abs() < 1e-15);
            assert!((priorities.weights[i] * 3.0 * expected[i] - 1.0).abs() < 1e-12);
            let found = f64::from(counts[i]) / 60_000.0;
            assert!(
                (found - expected[i]).abs() < 0.01,
                "{found} against {}",
                expected[i]
            );
        }
        // Nothing to prefer, and nothing to compute with.
        for sizes in [[0.0; 3], [f64::INFINITY; 3]] {
            assert_eq!(Priorities::new(&sizes, 1.0, 1.0).weights, [1.0; 3]);
        }
    }
}
