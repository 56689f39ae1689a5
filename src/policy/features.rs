//! What the scorer network reads of a state: one row an asset, one more for its short position where there are any, and
//! one for cash.

use crate::market::state_spec::{Block, Content};
use crate::policy::lanes::copy_few;
use crate::policy::layout::{plain_blocks, row_len, scorer_inputs};
use crate::policy::spec::PolicySpec;
use std::ops::Range;

/// What networks that score rows read of a state: rows [L, F], row-major, F = [`row_len`].
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
///
/// Where each number lies in the state is worked out once, when it is made.
#[derive(Debug, Clone)]
pub struct RowLayout {
    assets: usize,
    /// RowLayout of assets: one each, or two with shorts.
    positions: usize,
    width: usize,
    short: bool,
    cash: usize,
    listed: Option<Range<usize>>,
    /// Where the blocks with one value an asset begin.
    own: Vec<usize>,
    market: Vec<Shared>,
    history: Vec<Past>,
}

/// What is the same in every row.
#[derive(Debug, Clone)]
enum Shared {
    /// The mean over the assets that take part of the block that begins here.
    Mean(usize),
    /// The part of the assets that take part, of the block of flags that begins here.
    Part(usize),
    /// A block as it is.
    Block(Range<usize>),
}

/// A block of the history: which number of its bar it, or its first value, is, and the column that this goes to; its other
/// values `bars` columns further on each.
#[derive(Debug, Clone)]
struct Past {
    range: Range<usize>,
    channel: usize,
    column: usize,
    bars: usize,
    per_asset: bool,
}

impl RowLayout {
    /// Those of this spec.
    pub fn new(spec: &PolicySpec) -> Self {
        let (mut own, mut market, mut cash) = (Vec::new(), Vec::new(), 0);
        for block in plain_blocks(spec) {
            let start = block.range.start;
            if block.per_asset {
                own.push(start);
            }
            match (block.per_asset, block.content) {
                (true, Content::Weights) => (),
                (true, Content::Listed) => market.push(Shared::Part(start)),
                (true, _) => market.push(Shared::Mean(start)),
                (false, content) => {
                    if content == Content::Cash {
                        cash = start;
                    }
                    market.push(Shared::Block(block.range));
                }
            }
        }
        let (plain, bars) = (scorer_inputs(spec), spec.state.history);
        let past = |block: Block| {
            let (channel, back) = block.content.place_in_history(spec.state.asset_columns.len())?;
            Some(Past {
                channel,
                column: plain + channel * bars + bars - 1 - back,
                bars,
                per_asset: block.per_asset,
                range: block.range,
            })
        };
        let history = match spec.attention() {
            Some(_) => spec.state.blocks().filter_map(past).collect(),
            None => Vec::new(),
        };
        Self {
            assets: spec.state.assets,
            positions: spec.state.assets * (1 + usize::from(spec.action.short)),
            width: row_len(spec),
            short: spec.action.short,
            cash,
            listed: spec.state.listed_range(),
            own,
            market,
            history,
        }
    }

    /// Values in a row, F.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Writes the rows of one normalised state ([S]). Allocates nothing.
    pub fn write(&self, state: &[f32], rows: &mut [f32]) {
        self.write_plain(state, self.width, rows);
        for past in &self.history {
            past.write(state, self.positions, self.width, rows);
        }
    }

    /// Where the history lies in a state: its bars, the last one first.
    pub(crate) fn history(&self) -> Range<usize> {
        let mut ends = self.history.iter();
        let first = ends.next().map_or(0..0, |past| past.range.clone());
        first.start..ends.next_back().map_or(first.end, |past| past.range.end)
    }

    /// Writes the numbers of the bar so many before the last, as an attention reads them, of the first `count` rows: [C, R
    /// rounded up].
    pub(crate) fn write_bar(&self, state: &[f32], back: usize, count: usize, out: &mut [f32]) {
        // Never 0: only an attention reads a history, of one bar or more.
        let bars = self.history[0].bars;
        let of_bar = self.history.len() / bars;
        let blocks = &self.history[back * of_bar..][..of_bar];
        let channels = blocks.iter().map(Past::channels).sum::<usize>();
        let width = out.len() / channels;
        for past in blocks {
            let values = &state[past.range.clone()];
            if past.per_asset {
                let own = values.iter().cycle().take(self.positions).chain([&0.0]);
                let rows = out[past.channel * width..][..count].iter_mut();
                rows.zip(own).for_each(|(to, own)| *to = *own);
            } else {
                let lines = out[past.channel * width..].chunks_exact_mut(width);
                for (line, value) in lines.zip(values) {
                    line[..count].fill(*value);
                }
            }
        }
    }

    /// Writes what rows of `width` values begin with: all but the history where an attention reads that.
    pub(crate) fn write_plain(&self, state: &[f32], width: usize, rows: &mut [f32]) {
        let assets = self.assets;
        for (column, &start) in self.own.iter().enumerate() {
            let own = &state[start..start + assets];
            for rows in rows[..self.positions * width].chunks_exact_mut(assets * width) {
                for (row, &value) in rows.chunks_exact_mut(width).zip(own) {
                    row[column] = value;
                }
            }
        }
        let own = self.own.len();
        for (i, row) in rows.chunks_exact_mut(width).enumerate() {
            row[own] = f32::from(u8::from(i == self.positions));
            if i == self.positions {
                row[..own].fill(0.0);
                row[0] = state[self.cash];
            }
            if self.short {
                row[own + 1] = match i / assets {
                    0 => 1.0,
                    1 => -1.0,
                    _ => 0.0,
                };
            }
        }
        let market = own + 1 + usize::from(self.short);
        let (first, others) = rows.split_at_mut(width);
        let plain = self.write_market(state, market, first);
        let shared = &first[market..plain];
        for row in others.chunks_exact_mut(width) {
            copy_few(shared, &mut row[market..plain]);
        }
    }

    /// Writes what is the same in every row from column `column` on; gives the column after it.
    fn write_market(&self, state: &[f32], mut column: usize, row: &mut [f32]) -> usize {
        let assets = self.assets as f64;
        let taking_part = match &self.listed {
            Some(flags) => state[flags.clone()].iter().sum::<f32>().max(1.0).into(),
            None => assets,
        };
        for shared in &self.market {
            let (start, count) = match shared {
                Shared::Mean(start) => (*start, taking_part),
                Shared::Part(start) => (*start, assets),
                Shared::Block(range) => {
                    row[column..column + range.len()].copy_from_slice(&state[range.clone()]);
                    column += range.len();
                    continue;
                }
            };
            let values = &state[start..start + self.assets];
            let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
            row[column] = (sum / count) as f32;
            column += 1;
        }
        column
    }
}

impl Past {
    /// Numbers of its bar that it is.
    fn channels(&self) -> usize {
        if self.per_asset { 1 } else { self.range.len() }
    }

    fn write(&self, state: &[f32], positions: usize, width: usize, rows: &mut [f32]) {
        let values = &state[self.range.clone()];
        if self.per_asset {
            let own = values.iter().cycle().take(positions).chain([&0.0]);
            for (row, own) in rows.chunks_exact_mut(width).zip(own) {
                row[self.column] = *own;
            }
            return;
        }
        for row in rows.chunks_exact_mut(width) {
            for (to, value) in row[self.column..].iter_mut().step_by(self.bars).zip(values) {
                *to = *value;
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
        RowLayout::new(&spec).write(&state, &mut rows);
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
        RowLayout::new(&spec).write(&state, &mut rows);
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
