//! The action distributions as differentiable libtorch operations; their parameters are the network's scores and one
//! learnable tensor (the last of the layout).

use crate::policy::spec::Distribution;
use std::f64::consts::{E, PI};
use tch::{Kind, TchError, Tensor};

/// Smallest Dirichlet concentration: below it the log-gamma function's slope overflows f32 (about -1/alpha).
const SMALLEST_CONCENTRATION: f64 = 1e-6;

/// log pi(action | state) and the entropy of pi(. | state), each [B].
///
/// `scores`, `log_prior`, `actions`: [B, L]. `spread` is log_std ([L], or [1] for all alike) or log_kappa ([1]).
pub(super) fn log_prob_and_entropy(
    distribution: Distribution,
    scores: &Tensor,
    spread: &Tensor,
    log_prior: &Tensor,
    actions: &Tensor,
) -> Result<(Tensor, Tensor), TchError> {
    match distribution {
        Distribution::Gaussian => gaussian(scores, spread, actions),
        Distribution::Dirichlet => dirichlet(scores, spread, log_prior, actions),
    }
}

fn gaussian(mean: &Tensor, log_std: &Tensor, actions: &Tensor) -> Result<(Tensor, Tensor), TchError> {
    let log_std = log_std.f_expand_as(mean)?;
    let z = actions.f_sub(mean)?.f_mul(&log_std.f_neg()?.f_exp()?)?;
    let per_score = z.f_square()?.f_mul_scalar(-0.5)?.f_sub(&log_std)?;
    let n = mean.size()[1] as f64;
    let log_prob = per_score
        .f_sum_dim_intlist(1, false, Kind::Float)?
        .f_sub_scalar(0.5 * n * (2.0 * PI).ln())?;
    let entropy = log_std
        .f_sum_dim_intlist(1, false, Kind::Float)?
        .f_add_scalar(0.5 * n * (2.0 * PI * E).ln())?;
    Ok((log_prob, entropy))
}

fn dirichlet(
    scores: &Tensor,
    log_kappa: &Tensor,
    log_prior: &Tensor,
    actions: &Tensor,
) -> Result<(Tensor, Tensor), TchError> {
    let kappa = log_kappa.f_exp()?;
    let alpha = scores
        .f_add(log_prior)?
        .f_softmax(1, Kind::Float)?
        .f_mul(&kappa)?
        .f_clamp_min(SMALLEST_CONCENTRATION)?;
    let total = alpha.f_sum_dim_intlist(1, false, Kind::Float)?;
    let less_one = alpha.f_sub_scalar(1.0)?;
    let log_beta = alpha
        .f_lgamma()?
        .f_sum_dim_intlist(1, false, Kind::Float)?
        .f_sub(&total.f_lgamma()?)?;
    let log_prob = less_one
        .f_mul(&actions.f_log()?)?
        .f_sum_dim_intlist(1, false, Kind::Float)?
        .f_sub(&log_beta)?;
    let n = alpha.size()[1] as f64;
    let entropy = log_beta
        .f_add(&total.f_sub_scalar(n)?.f_mul(&total.f_digamma()?)?)?
        .f_sub(
            &less_one
                .f_mul(&alpha.f_digamma()?)?
                .f_sum_dim_intlist(1, false, Kind::Float)?,
        )?;
    Ok((log_prob, entropy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::stream;
    use crate::policy::distribution::{
        concentration, dirichlet_entropy, dirichlet_log_prob, gaussian_entropy, gaussian_log_prob,
        sample_dirichlet,
    };
    use crate::train::parameters::to_vec;
    use rand::RngExt;

    const ROWS: usize = 200;
    const A: usize = 5;

    fn tensor(values: &[f32]) -> Tensor {
        Tensor::from_slice(values).view([-1, A as i64])
    }

    /// Against policy::distribution, whose f64 densities are tested against scipy's.
    #[test]
    fn log_probabilities_and_entropies_are_the_acting_policys() {
        let mut draws = stream(8, "test", 0);
        let mut table = |low: f32, high: f32| -> Vec<f32> {
            (0..ROWS * A).map(|_| draws.random_range(low..high)).collect()
        };
        let (scores, priors, actions) = (table(-2.0, 2.0), table(-6.0, 0.0), table(-3.0, 3.0));
        let log_std = [-1.2, -0.5, 0.0, 0.4, -2.0];
        let (found, entropy) =
            gaussian(&tensor(&scores), &Tensor::from_slice(&log_std), &tensor(&actions)).unwrap();
        let (found, entropy) = (to_vec(&found).unwrap(), to_vec(&entropy).unwrap());
        for row in 0..ROWS {
            let range = row * A..(row + 1) * A;
            let expected = gaussian_log_prob(&scores[range.clone()], &log_std, &actions[range]);
            assert!((f64::from(found[row]) - expected).abs() < 1e-5 * expected.abs().max(1.0));
            assert!((f64::from(entropy[row]) - gaussian_entropy(&log_std, A)).abs() < 1e-5);
        }

        let log_kappa = 3.0_f32;
        let (mut alpha, mut work, mut weights) = (vec![0.0; A], vec![0.0; A], vec![0.0; ROWS * A]);
        let mut expected = Vec::new();
        for row in 0..ROWS {
            let range = row * A..(row + 1) * A;
            concentration(
                log_kappa,
                &priors[range.clone()],
                &scores[range.clone()],
                &mut alpha,
            );
            sample_dirichlet(
                &alpha,
                &mut stream(8, "draws", row as u64),
                &mut work,
                &mut weights[range.clone()],
            );
            expected.push((
                dirichlet_log_prob(&alpha, &weights[range]),
                dirichlet_entropy(&alpha),
            ));
        }
        let spread = Tensor::from_slice(&[log_kappa]);
        let (found, entropy) =
            dirichlet(&tensor(&scores), &spread, &tensor(&priors), &tensor(&weights)).unwrap();
        let (found, entropy) = (to_vec(&found).unwrap(), to_vec(&entropy).unwrap());
        for (row, (log_prob, h)) in expected.into_iter().enumerate() {
            assert!((f64::from(found[row]) - log_prob).abs() < 2e-5 * log_prob.abs().max(1.0));
            // Entropies of -100 nats and less lose digits to the cancellation of log-gammas in f32.
            assert!(
                (f64::from(entropy[row]) - h).abs() < 2e-5 * h.abs().max(10.0),
                "{} {h}",
                entropy[row]
            );
        }
    }

    /// E[grad log pi] = 0, of the gradient that training takes: autograd through the sampled actions' densities.
    #[test]
    fn the_score_function_has_mean_zero() {
        let rows = 20_000;
        let base = [0.3_f32, -0.8, 0.1, 1.0, 0.0];
        let scores: Vec<f32> = base.repeat(rows);
        let mut draws = stream(9, "test", 0);
        for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
            let spread = [if distribution == Distribution::Gaussian {
                -1.2_f32
            } else {
                3.0
            }];
            let mut actions = vec![0.0_f32; rows * A];
            let (mut alpha, mut work) = (vec![0.0; A], vec![0.0; A]);
            concentration(spread[0], &[0.0; A], &base, &mut alpha);
            for action in actions.chunks_exact_mut(A) {
                match distribution {
                    Distribution::Gaussian => {
                        crate::policy::distribution::sample_gaussian(&base, &spread, &mut draws, action);
                    }
                    Distribution::Dirichlet => sample_dirichlet(&alpha, &mut draws, &mut work, action),
                }
            }
            let leaf = tensor(&scores).set_requires_grad(true);
            let spread = Tensor::from_slice(&spread).set_requires_grad(true);
            let (log_prob, _) = log_prob_and_entropy(
                distribution,
                &leaf,
                &spread,
                &tensor(&vec![0.0; rows * A]),
                &tensor(&actions),
            )
            .unwrap();
            let gradient =
                Tensor::run_backward(&[log_prob.sum(Kind::Float)], &[&leaf], false, false).remove(0);
            let gradient = to_vec(&gradient).unwrap();
            for i in 0..A {
                let column: Vec<f64> = gradient
                    .iter()
                    .skip(i)
                    .step_by(A)
                    .map(|&g| f64::from(g))
                    .collect();
                let n = column.len() as f64;
                let mean = column.iter().sum::<f64>() / n;
                let deviation = (column.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / n).sqrt();
                assert!(
                    mean.abs() < 4.0 * deviation / n.sqrt(),
                    "{distribution:?} {i}: {mean} of {deviation}"
                );
            }
        }
    }
}
