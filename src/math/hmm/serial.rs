//! A model as it stands in a file: nested lists.

use super::GaussianHmm;
use crate::error::{Count, Error, Result};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// The fields of [`GaussianHmm`], matrices as lists of rows.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    initial: Vec<f64>,
    transition: Vec<Vec<f64>>,
    means: Vec<Vec<f64>>,
    covariances: Vec<Vec<Vec<f64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log_likelihood: Option<f64>,
}

impl From<GaussianHmm> for Parameters {
    fn from(model: GaussianHmm) -> Self {
        let likelihood = model.log_likelihood;
        Self {
            initial: model.initial,
            transition: rows(&model.transition),
            means: rows(&model.means),
            covariances: model.covariances.iter().map(rows).collect(),
            log_likelihood: likelihood.is_finite().then_some(likelihood),
        }
    }
}

impl TryFrom<Parameters> for GaussianHmm {
    type Error = Error;

    fn try_from(found: Parameters) -> Result<Self> {
        let covariances = found.covariances.iter().enumerate();
        let model = Self {
            transition: matrix("transition", &found.transition)?,
            means: matrix("means", &found.means)?,
            covariances: covariances
                .map(|(state, rows)| matrix(&format!("covariances[{state}]"), rows))
                .collect::<Result<_>>()?,
            initial: found.initial,
            log_likelihood: found.log_likelihood.unwrap_or(f64::NEG_INFINITY),
        };
        model.validate()?;
        Ok(model)
    }
}

fn rows(matrix: &Array2<f64>) -> Vec<Vec<f64>> {
    matrix.rows().into_iter().map(|row| row.to_vec()).collect()
}

/// `rows` as a matrix; all must be as long as the first.
fn matrix(input: &str, rows: &[Vec<f64>]) -> Result<Array2<f64>> {
    let width = rows.first().map_or(0, Vec::len);
    if let Some((row, values)) = rows.iter().enumerate().find(|(_, row)| row.len() != width) {
        let found = Count(values.len(), "values");
        let expected = format!("{width} (as row 0)");
        return Err(Error::invalid(format!("{input}[{row}]"), found, expected));
    }
    Ok(Array2::from_shape_fn((rows.len(), width), |(i, j)| rows[i][j]))
}
