//! The action distributions as differentiable libtorch operations; their parameters are the network's scores and one
//! learnable tensor (the last of the layout).

use crate::policy::spec::Distribution;
use std::f64::consts::{E, PI};
use tch::{Kind, TchError, Tensor};

/// Smallest Dirichlet concentration: below it the log-gamma function's slope overflows f32 (about -1/alpha).
const SMALLEST_CONCENTRATION: f64 = 1e-6;

/// log pi(action | state) and the entropy of pi(. | state), each [B].
///
/// `scores`, `log_prior`, `actions`: [B, A]. `spread` is log_std ([A], or [1] for all alike) or log_kappa ([1]).
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
