//! Several policies of one spec that decide together: the mean of their weights, how far they disagree, and what is left of
//! their departure where they do.

use crate::error::{Error, Result, words};
use crate::math::statistics::quantile_sorted;
use crate::policy::forward::Network;
use crate::policy::normalizer::ObservationNormalizer;
use serde::{Deserialize, Serialize};

/// Most members.
pub const MOST_MEMBERS: usize = 64;

/// What one member of an ensemble has of its own.
#[derive(Debug, Clone)]
pub struct Member {
    /// How it normalises states.
    pub normalizer: ObservationNormalizer,
    /// Its network.
    pub network: Network,
}

/// Where members disagree more than they mostly do, weights stay nearer to the prior:
/// w = prior + (mean - prior) (1 - clamp((u - m)/(u0 - m), 0, 1)), u the disagreement ([`Policy::disagreement`](crate::policy::Policy::disagreement)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consensus {
    /// m: up to here they go all the way; at least 0.
    pub median: f64,
    /// u0: from here on they stay at the prior; at least m.
    pub limit: f64,
}

impl Consensus {
    /// The median and the 95% quantile of disagreements, such as those in the states of training. Errors: no value, or one
    /// that is not finite or below 0.
    pub fn of(disagreements: &[f64]) -> Result<Self> {
        let mut sorted = disagreements.to_vec();
        if let Some(i) = sorted.iter().position(|u| !(u.is_finite() && *u >= 0.0)) {
            return Err(Error::invalid(
                words!("disagreements[{i}]"),
                sorted[i],
                "finite, at least 0",
            ));
        }
        if sorted.is_empty() {
            return Err(Error::invalid("disagreements", "empty", "at least one"));
        }
        sorted.sort_unstable_by(f64::total_cmp);
        Ok(Self {
            median: quantile_sorted(&sorted, 0.5),
            limit: quantile_sorted(&sorted, 0.95),
        })
    }

    /// The part of the departure that is left at a disagreement.
    pub fn part(&self, disagreement: f64) -> f64 {
        if disagreement <= self.median {
            1.0
        } else if disagreement >= self.limit {
            0.0
        } else {
            1.0 - (disagreement - self.median) / (self.limit - self.median)
        }
    }

    pub(crate) fn validate(&self) -> Result<()> {
        for (name, found, low) in [("median", self.median, 0.0), ("limit", self.limit, self.median)] {
            if !(found.is_finite() && found >= low) {
                return Err(Error::invalid(
                    format!("consensus.{name}"),
                    found,
                    format!("finite, at least {low}"),
                ));
            }
        }
        Ok(())
    }
}

/// u = mean over the members of the one-way turnover from their weights to the mean, of `each` [M, A] and their `mean` [A].
pub(super) fn disagreement(each: &[f64], mean: &[f64]) -> f64 {
    let moved: f64 = each
        .chunks_exact(mean.len())
        .map(|own| {
            own.iter()
                .zip(mean)
                .map(|(own, mean)| (own - mean).abs())
                .sum::<f64>()
        })
        .sum();
    0.5 * moved / (each.len() / mean.len()) as f64
}

/// Writes the mean [A] of `each` [M, A].
pub(super) fn write_mean(each: &[f64], mean: &mut [f64]) {
    let (first, others) = each.split_at(mean.len());
    mean.copy_from_slice(first);
    for own in others.chunks_exact(mean.len()) {
        for (sum, own) in mean.iter_mut().zip(own) {
            *sum += own;
        }
    }
    let members = (each.len() / mean.len()) as f64;
    mean.iter_mut().for_each(|weight| *weight /= members);
}
