//! The action distributions as differentiable libtorch operations; their parameters are the network's scores and one
//! learnable tensor (the last of the layout).

use crate::policy::spec::Distribution;
use std::f64::consts::{E, PI};
use tch::{Kind, TchError, Tensor};

/// Smallest Dirichlet concentration: below it the log-gamma function's slope overflows f32 (about -1/alpha).
const SMALLEST_CONCENTRATION: f64 = 1e-6;

/// log pi(action | state) and the entropy of pi(. | state), each [B].
///
/// `scores`, `log_prior`, `actions`: [B, L]. `spread` is log_std ([L], or [1] for all alike) or log_kappa ([1]). `some_missing`
/// says that some of the log-priors may be minus infinity: those shares are left out, as is a row that has one other at most.
pub(super) fn log_prob_and_entropy(
    distribution: Distribution,
    scores: &Tensor,
    spread: &Tensor,
    log_prior: &Tensor,
    actions: &Tensor,
    some_missing: bool,
) -> Result<(Tensor, Tensor), TchError> {
    let free = match some_missing {
        true => Some(log_prior.f_gt(f64::NEG_INFINITY)?),
        false => None,
    };
    match distribution {
        Distribution::Gaussian => gaussian(scores, spread, actions, free.as_ref()),
        Distribution::Dirichlet => dirichlet(scores, spread, log_prior, actions, free.as_ref()),
    }
}

fn gaussian(
    mean: &Tensor,
    log_std: &Tensor,
    actions: &Tensor,
    free: Option<&Tensor>,
) -> Result<(Tensor, Tensor), TchError> {
    let log_std = log_std.f_expand_as(mean)?;
    let z = actions.f_sub(mean)?.f_mul(&log_std.f_neg()?.f_exp()?)?;
    let per_score = z.f_square()?.f_mul_scalar(-0.5)?.f_sub(&log_std)?;
    let sum = |values: &Tensor| values.f_sum_dim_intlist(1, false, Kind::Float);
    let (log_density, log_spread, n) = match free {
        None => (sum(&per_score)?, sum(&log_std)?, None),
        Some(free) => {
            let count = free.f_sum_dim_intlist(1, true, Kind::Float)?;
            let decided = free
                .f_to_kind(Kind::Float)?
                .f_mul(&count.f_gt(1.0)?.f_to_kind(Kind::Float)?)?;
            let of_decided = |values: &Tensor| sum(&values.f_mul(&decided)?);
            (
                of_decided(&per_score)?,
                of_decided(&log_std)?,
                Some(sum(&decided)?),
            )
        }
    };
    // A constant of every score.
    let plus = |values: &Tensor, constant: f64| match &n {
        None => values.f_add_scalar(mean.size()[1] as f64 * constant),
        Some(n) => values.f_add(&n.f_mul_scalar(constant)?),
    };
    let log_prob = plus(&log_density, -0.5 * (2.0 * PI).ln())?;
    let entropy = plus(&log_spread, 0.5 * (2.0 * PI * E).ln())?;
    Ok((log_prob, entropy))
}

fn dirichlet(
    scores: &Tensor,
    log_kappa: &Tensor,
    log_prior: &Tensor,
    actions: &Tensor,
    free: Option<&Tensor>,
) -> Result<(Tensor, Tensor), TchError> {
    let kappa = log_kappa.f_exp()?;
    let alpha = scores
        .f_add(log_prior)?
        .f_softmax(1, Kind::Float)?
        .f_mul(&kappa)?
        .f_clamp_min(SMALLEST_CONCENTRATION)?;
    let sum = |values: &Tensor| values.f_sum_dim_intlist(1, false, Kind::Float);
    // A concentration of 1 and a share of 1 add nothing to any of the sums but that of the concentrations; and of one share
    // alone density and entropy are 0.
    let (alpha, actions, total, n) = match free {
        None => {
            let n = alpha.size()[1] as f64;
            (
                alpha.shallow_clone(),
                actions.shallow_clone(),
                sum(&alpha)?,
                Tensor::from(n),
            )
        }
        Some(free) => {
            let missing = free.f_logical_not()?;
            let total = sum(&alpha.f_masked_fill(&missing, 0.0)?)?;
            let of_free = |values: &Tensor| values.f_masked_fill(&missing, 1.0);
            (
                of_free(&alpha)?,
                of_free(actions)?,
                total,
                free.f_sum_dim_intlist(1, false, Kind::Float)?,
            )
        }
    };
    let less_one = alpha.f_sub_scalar(1.0)?;
    let log_beta = sum(&alpha.f_lgamma()?)?.f_sub(&total.f_lgamma()?)?;
    let log_prob = sum(&less_one.f_mul(&actions.f_log()?)?)?.f_sub(&log_beta)?;
    let entropy = log_beta
        .f_add(&total.f_sub(&n)?.f_mul(&total.f_digamma()?)?)?
        .f_sub(&sum(&less_one.f_mul(&alpha.f_digamma()?)?)?)?;
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
        let (found, entropy) = gaussian(
            &tensor(&scores),
            &Tensor::from_slice(&log_std),
            &tensor(&actions),
            None,
        )
        .unwrap();
        let (found, entropy) = (to_vec(&found).unwrap(), to_vec(&entropy).unwrap());
        for row in 0..ROWS {
            let range = row * A..(row + 1) * A;
            let expected = gaussian_log_prob(
                &scores[range.clone()],
                &log_std,
                &priors[range.clone()],
                &actions[range],
            );
            assert!((f64::from(found[row]) - expected).abs() < 1e-5 * expected.abs().max(1.0));
            assert!((f64::from(entropy[row]) - gaussian_entropy(&log_std, &[0.0; A])).abs() < 1e-5);
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
        let (found, entropy) = dirichlet(
            &tensor(&scores),
            &spread,
            &tensor(&priors),
            &tensor(&weights),
            None,
        )
        .unwrap();
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

    /// Shares that are missing: as the acting policy's density, which leaves them out; finite gradients, none of a missing share's
    /// score or of a row with nothing to decide.
    #[test]
    fn missing_shares_have_no_density_and_no_gradient() {
        let mut draws = stream(10, "test", 0);
        let mut table = |low: f32, high: f32| -> Vec<f32> {
            (0..ROWS * A).map(|_| draws.random_range(low..high)).collect()
        };
        let (scores, mut priors, noise) = (table(-2.0, 2.0), table(-6.0, 0.0), table(-3.0, 3.0));
        for (i, prior) in priors.iter_mut().enumerate() {
            // The last share is always free; in every tenth row nothing else is.
            if i % A != A - 1 && (noise[i] > 1.0 || (i / A).is_multiple_of(10)) {
                *prior = f32::NEG_INFINITY;
            }
        }
        for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
            let spread_values = match distribution {
                Distribution::Gaussian => vec![-1.2, -0.5, 0.0, 0.4, -2.0],
                Distribution::Dirichlet => vec![3.0_f32],
            };
            let (mut alpha, mut work) = (vec![0.0; A], vec![0.0; A]);
            let (mut actions, mut expected) = (noise.clone(), Vec::new());
            for (row, action) in actions.chunks_exact_mut(A).enumerate() {
                let range = row * A..(row + 1) * A;
                let prior = &priors[range.clone()];
                expected.push(match distribution {
                    Distribution::Gaussian => (
                        gaussian_log_prob(&scores[range], &spread_values, prior, action),
                        gaussian_entropy(&spread_values, prior),
                    ),
                    Distribution::Dirichlet => {
                        concentration(spread_values[0], prior, &scores[range], &mut alpha);
                        sample_dirichlet(&alpha, &mut stream(11, "draws", row as u64), &mut work, action);
                        (dirichlet_log_prob(&alpha, action), dirichlet_entropy(&alpha))
                    }
                });
            }
            let leaf = tensor(&scores).set_requires_grad(true);
            let spread = Tensor::from_slice(&spread_values).set_requires_grad(true);
            let (found, entropy) = log_prob_and_entropy(
                distribution,
                &leaf,
                &spread,
                &tensor(&priors),
                &tensor(&actions),
                true,
            )
            .unwrap();
            let total = (&found + &entropy).sum(Kind::Float);
            let gradients = Tensor::run_backward(&[total], &[&leaf, &spread], false, false);
            let (found, entropy) = (to_vec(&found).unwrap(), to_vec(&entropy).unwrap());
            for (row, (log_prob, h)) in expected.into_iter().enumerate() {
                let error = (f64::from(found[row]) - log_prob).abs();
                assert!(
                    error < 2e-5 * log_prob.abs().max(1.0),
                    "{distribution:?} {row}: {} {log_prob}",
                    found[row]
                );
                let error = (f64::from(entropy[row]) - h).abs();
                assert!(
                    error < 2e-5 * h.abs().max(10.0),
                    "{distribution:?} {row}: {} {h}",
                    entropy[row]
                );
                assert!(!row.is_multiple_of(10) || (log_prob, h) == (0.0, 0.0));
            }
            let (of_scores, of_spread) = (to_vec(&gradients[0]).unwrap(), to_vec(&gradients[1]).unwrap());
            assert!(
                of_spread.iter().all(|gradient| gradient.is_finite()),
                "{of_spread:?}"
            );
            for (i, gradient) in of_scores.iter().enumerate() {
                let is_missing = priors[i] == f32::NEG_INFINITY || (i / A).is_multiple_of(10);
                assert!(
                    gradient.is_finite() && (!is_missing || *gradient == 0.0),
                    "{distribution:?} {i}: {gradient}"
                );
            }
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
                false,
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
