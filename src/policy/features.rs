//! What the scorer network reads of a state: one row an asset, one more for its short position where there are any, and
//! one for cash.

use crate::market::state_spec::Content;
use crate::policy::layout::{plain_blocks, row_len, scorer_inputs};
use crate::policy::spec::PolicySpec;

/// Writes the rows ([L, F], row-major, F = [`row_len`]) of one normalised state ([S]), for networks that score rows.
///
/// A row holds the asset's own value of every block that has one an asset (weight, last return, volatility) and 0, or for
/// cash (last, when the action has cash) the cash ratio for a weight, zeros and 1; where assets may be sold short then the
/// side, 1 for a long position, -1 for a short one of the same asset and 0 for cash; then the market, the same in every row:
/// of these blocks but the weights the mean over assets, and every other block. The means are summed in f64, so that the
/// order of the assets does not show in them. Where assets may be missing they are means over those that take part, and
/// that of the flags is the part that does.
///
/// Where an attention reads the history, that is left out of all this and comes last: the asset's own, [C, L] with the oldest
/// bar first, C numbers of each: the return and the asset's columns, 0 for cash, and the columns that are the same for all.
pub fn scorer_rows(spec: &PolicySpec, normalized_state: &[f32], rows: &mut [f32]) {
    let assets = spec.state.assets;
    let positions = assets * (1 + usize::from(spec.action.short));
    let width = row_len(spec);
    let mut column = 0;
    let mut cash = 0;
    for block in plain_blocks(spec) {
        match block.content {
            Content::Cash => cash = block.range.start,
            _ if block.per_asset => {
                let own = &normalized_state[block.range];
                for rows in rows[..positions * width].chunks_exact_mut(assets * width) {
                    for (row, &value) in rows.chunks_exact_mut(width).zip(own) {
                        row[column] = value;
                    }
                }
                column += 1;
            }
            _ => (),
        }
    }
    let own = column;
    for (i, row) in rows.chunks_exact_mut(width).enumerate() {
        row[own] = f32::from(u8::from(i == positions));
        if i == positions {
            row[..own].fill(0.0);
            row[0] = normalized_state[cash];
        }
        if spec.action.short {
            row[own + 1] = match i / assets {
                0 => 1.0,
                1 => -1.0,
                _ => 0.0,
            };
        }
    }
    let market = own + 1 + usize::from(spec.action.short);
    column = market;
    let (first, others) = rows.split_at_mut(width);
    let taking_part = match spec.state.listed_range() {
        Some(flags) => normalized_state[flags].iter().sum::<f32>().max(1.0).into(),
        None => assets as f64,
    };
    for block in plain_blocks(spec) {
        let values = &normalized_state[block.range];
        match (block.per_asset, block.content) {
            (true, Content::Weights) => (),
            (true, content) => {
                let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
                let count = if content == Content::Listed {
                    assets as f64
                } else {
                    taking_part
                };
                first[column] = (sum / count) as f32;
                column += 1;
            }
            (false, _) => {
                first[column..column + values.len()].copy_from_slice(values);
                column += values.len();
            }
        }
    }
    let plain = scorer_inputs(spec);
    let shared = &first[market..plain];
    for row in others.chunks_exact_mut(width) {
        row[market..plain].copy_from_slice(shared);
    }
    if plain < width {
        write_history(spec, normalized_state, rows);
    }
}

/// Writes what rows end with: the history of their assets, and of what is the same for all.
fn write_history(spec: &PolicySpec, normalized_state: &[f32], rows: &mut [f32]) {
    let (plain, width) = (scorer_inputs(spec), row_len(spec));
    let (assets, bars) = (spec.state.assets, spec.state.history);
    let positions = assets * (1 + usize::from(spec.action.short));
    for block in spec.state.blocks() {
        let Some((channel, back)) = block.content.place_in_history(&spec.state) else {
            continue;
        };
        let column = plain + channel * bars + bars - 1 - back;
        let values = &normalized_state[block.range];
        let own = values.iter().cycle().take(positions).copied().chain([0.0]);
        for (row, own) in rows.chunks_exact_mut(width).zip(own) {
            match block.per_asset {
                true => row[column] = own,
                false => {
                    for (to, value) in row[column..].iter_mut().step_by(bars).zip(values) {
                        *to = *value;
                    }
                }
            }
        }
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

    #[test]
    fn a_short_position_has_a_row_of_its_own_asset() {
        let mut spec = test_specs::scorer(2);
        spec.action.short = true;
        let state = [0.5, 0.25, 0.125, 0.375, 0.5, 1.5, 0.75, -1.0, -2.0, 9.0];
        let width = scorer_inputs(&spec);
        let mut rows = vec![0.0; 5 * width];
        scorer_rows(&spec, &state, &mut rows);
        let market = [0.25, 1.0, 0.75, -1.0, -2.0, 9.0];
        let own = [
            [0.5, 0.125, 0.5, 0.0, 1.0],
            [0.25, 0.375, 1.5, 0.0, 1.0],
            [0.5, 0.125, 0.5, 0.0, -1.0],
            [0.25, 0.375, 1.5, 0.0, -1.0],
            [0.75, 0.0, 0.0, 1.0, 0.0],
        ];
        let expected: Vec<f32> = own
            .iter()
            .flat_map(|own| own.iter().chain(&market).copied())
            .collect();
        assert_eq!(rows, expected);
    }
}
