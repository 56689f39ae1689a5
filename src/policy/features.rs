//! What the scorer network reads of a state: one row an asset, and one for cash.

use crate::policy::layout::{SCORER_OWN, scorer_inputs};
use crate::policy::spec::PolicySpec;

/// Writes the scorer's rows ([A, F], row-major, F = [`scorer_inputs`]) of one normalised state ([S]).
///
/// A row holds the asset's own weight, last return, volatility and 0, or for cash (last, when the action has cash)
/// the cash ratio, 0, 0 and 1; then the market, the same in every row: mean over assets of return and of volatility,
/// cash ratio, account [0 or 2], columns [K]. The means are summed in f64, so that the order of the assets does not
/// show in them.
pub fn scorer_rows(spec: &PolicySpec, normalized_state: &[f32], rows: &mut [f32]) {
    let assets = spec.state.assets;
    let (weights, rest) = normalized_state.split_at(assets);
    let (returns, rest) = rest.split_at(assets);
    let (volatilities, rest) = rest.split_at(assets);
    let mean = |block: &[f32]| {
        let sum: f64 = block.iter().map(|&value| f64::from(value)).sum();
        (sum / assets as f64) as f32
    };
    let (mean_return, mean_volatility) = (mean(returns), mean(volatilities));
    for (i, row) in rows.chunks_exact_mut(scorer_inputs(spec)).enumerate() {
        let own = if i < assets {
            [weights[i], returns[i], volatilities[i], 0.0]
        } else {
            [rest[0], 0.0, 0.0, 1.0]
        };
        row[..SCORER_OWN].copy_from_slice(&own);
        row[SCORER_OWN] = mean_return;
        row[SCORER_OWN + 1] = mean_volatility;
        row[SCORER_OWN + 2..].copy_from_slice(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::test_specs;

    #[test]
    fn rows_hold_their_own_block_and_the_market() {
        let spec = test_specs::scorer(2);
        // weights, returns, volatilities, cash ratio, account, one column
        let state = [0.5, 0.25, 0.125, 0.375, 0.5, 1.5, 0.75, -1.0, -2.0, 9.0];
        let mut rows = vec![0.0; 3 * scorer_inputs(&spec)];
        scorer_rows(&spec, &state, &mut rows);
        let market = [0.25, 1.0, 0.75, -1.0, -2.0, 9.0];
        let own = [
            [0.5, 0.125, 0.5, 0.0],
            [0.25, 0.375, 1.5, 0.0],
            [0.75, 0.0, 0.0, 1.0],
        ];
        let expected: Vec<f32> = own
            .iter()
            .flat_map(|own| own.iter().chain(&market).copied())
            .collect();
        assert_eq!(rows, expected);
    }
}
