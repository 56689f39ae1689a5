//! How far a policy departs from its prior, as far as the evidence goes.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// The one-sided 95% quantile of the standard normal distribution.
const QUANTILE: f64 = 1.645;

/// The part λ of its departure that a policy takes: weights are prior + λ (policy - prior), and what λ was taken from.
///
/// With m the mean of what the policy's log growth a bar was above its prior's on bars that it had not learnt from, and s the
/// standard error of m, λ = max(0, 1 - (1.645 s / m)²) where m is above 0, else 0: the positive-part James-Stein factor, which
/// is 0 until a one-sided test at 5% finds a gain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// λ, in [0, 1]: 0 is the prior, 1 the policy as it was learnt.
    pub lambda: f64,
    /// m: mean excess log growth a bar.
    pub mean: f64,
    /// s: its standard error, at least 0.
    pub standard_error: f64,
    /// Bars that both are of.
    pub bars: usize,
}

impl Departure {
    /// What so much evidence allows. Numbers that are not finite are no evidence: λ is 0.
    pub fn by_evidence(mean: f64, standard_error: f64, bars: usize) -> Self {
        let noise = QUANTILE * standard_error / mean;
        let lambda = match mean > 0.0 && standard_error >= 0.0 {
            true => (1.0 - noise * noise).max(0.0),
            false => 0.0,
        };
        Self {
            lambda,
            mean,
            standard_error,
            bars,
        }
    }

    /// Refuses what no evidence is; the error names the number.
    pub(crate) fn validate(&self) -> Result<()> {
        for (name, number, usable) in [
            ("lambda", self.lambda, (0.0..=1.0).contains(&self.lambda)),
            ("mean", self.mean, self.mean.is_finite()),
            (
                "standard_error",
                self.standard_error,
                self.standard_error.is_finite() && self.standard_error >= 0.0,
            ),
        ] {
            if !usable {
                let expected = match name {
                    "lambda" => "in [0, 1]",
                    "mean" => "finite",
                    _ => "finite, at least 0",
                };
                return Err(Error::invalid(format!("departure.{name}"), number, expected));
            }
        }
        Ok(())
    }

    /// In words, for people.
    pub fn sentence(&self) -> String {
        format!(
            "{:.3} of the way from the prior (lambda): on {} bars that were not learnt from, log growth a bar was {:+.2e} beside \
             the prior's, standard error {:.2e}",
            self.lambda, self.bars, self.mean, self.standard_error
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::initial::initial_values;
    use crate::policy::normalizer::ObservationNormalizer;
    use crate::policy::{Policy, test_specs};

    #[test]
    fn evidence_is_what_the_formula_says() {
        for (mean, standard_error, expected) in [
            (1.0, 0.0, 1.0),
            (1.0, 1.0 / 1.645, 0.0),
            (1.0, 0.5 / 1.645, 0.75),
            (2e-4, 1e-4, 1.0 - (1.645_f64 / 2.0).powi(2)),
            (1.0, 10.0, 0.0),
            (0.0, 0.0, 0.0),
            (-1.0, 0.001, 0.0),
            (f64::NAN, 1.0, 0.0),
            (1.0, f64::NAN, 0.0),
        ] {
            let found = Departure::by_evidence(mean, standard_error, 100).lambda;
            assert!(
                (found - expected).abs() < 1e-12,
                "{mean} {standard_error}: {found}"
            );
        }
    }

    #[test]
    fn a_policy_that_is_trained_again_departs_all_the_way() {
        let spec = test_specs::scorer(2);
        let (normalizer, values) = (
            ObservationNormalizer::new(&spec),
            initial_values(&spec, -1.0, 20.0, 1),
        );
        let mut policy =
            Policy::new(spec, normalizer.clone(), values.clone(), serde_json::Map::new()).unwrap();
        policy
            .set_departure(Some(Departure::by_evidence(1.0, 0.5, 100)))
            .unwrap();
        let parameters = policy.network().parameters().to_vec();
        policy.retrain(&normalizer, &parameters).unwrap();
        assert_eq!(policy.departure(), None);
    }
}
