//! The optimiser's step over a piece of the parameters: blocks added up, norm, Adam (Kingma and Ba 2015).

use crate::policy::kernels::Loops;
use crate::train::fused::parts::MOST_PARTS;
use crate::train::minibatch::BETAS;

/// Values of a piece: few enough that a piece of everything stays in the first-level cache.
pub(super) const PIECE: usize = 2048;

/// Adds up a piece of the blocks' gradients as a balanced tree, whose shape the number of blocks alone decides; gives the
/// sum of its squares.
pub(super) struct AddUp<'a, B> {
    /// The whole gradient of a block.
    pub(super) block: B,
    pub(super) blocks: usize,
    /// Where the piece begins.
    pub(super) first: usize,
    pub(super) out: &'a mut [f32],
}

impl<'a, B: Fn(usize) -> &'a [f32] + Copy> Loops for AddUp<'_, B> {
    type Out = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Self {
            block,
            blocks,
            first,
            out,
        } = self;
        add_blocks(block, blocks, first, out);
        // Side by side, always the same.
        let mut sums = [0.0_f64; 8];
        let mut rows = out.chunks_exact(8);
        for row in &mut rows {
            for lane in 0..8 {
                sums[lane] += f64::from(row[lane]) * f64::from(row[lane]);
            }
        }
        let rest: f64 = rows
            .remainder()
            .iter()
            .map(|&value| f64::from(value).powi(2))
            .sum();
        sums.iter().sum::<f64>() + rest
    }
}

/// Sums of blocks that wait for as many more: 1, 2, 4 … of them.
const LEVELS: usize = 8;

/// Values that are added up together.
const COLUMNS: usize = 64;

// A minibatch has no more blocks than levels have room for.
const _: () = assert!(
    MOST_PARTS < 1 << LEVELS,
    "every bit of a number of blocks has a level"
);

/// The sum of the blocks, of which there is one at least: of the first ones, as many as the largest power of two below their
/// number, and of the others, each added up the same way. Without a call, which would leave the loops' instructions.
#[inline(always)]
fn add_blocks<'a>(block: impl Fn(usize) -> &'a [f32], blocks: usize, first: usize, out: &mut [f32]) {
    let mut levels = [[0.0; COLUMNS]; LEVELS];
    for (columns, out) in out.chunks_mut(COLUMNS).enumerate() {
        let from = first + columns * COLUMNS;
        for number in 0..blocks {
            let mut sum = [0.0; COLUMNS];
            sum[..out.len()].copy_from_slice(&block(number)[from..][..out.len()]);
            let level = number.trailing_ones() as usize;
            for earlier in &levels[..level] {
                add(earlier, &mut sum);
            }
            levels[level] = sum;
        }
        let last = blocks.trailing_zeros() as usize;
        let mut sum = levels[last];
        for (level, earlier) in levels.iter().enumerate().skip(last + 1) {
            if blocks >> level & 1 == 1 {
                add(earlier, &mut sum);
            }
        }
        out.copy_from_slice(&sum[..out.len()]);
    }
}

#[inline(always)]
fn add(earlier: &[f32; COLUMNS], sum: &mut [f32; COLUMNS]) {
    for (sum, earlier) in sum.iter_mut().zip(earlier) {
        *sum += earlier;
    }
}

/// What one step is, besides the gradient.
#[derive(Debug, Clone, Copy)]
pub(in crate::train) struct Step {
    /// The gradient is multiplied by it first.
    scale: f32,
    /// Learning rate over the first moment's correction.
    rate: f32,
    /// 1 / the square root of the second moment's.
    correction: f32,
    eps: f32,
}

impl Step {
    /// Step number `steps`, from 1.
    pub(in crate::train) fn new(learning_rate: f64, scale: f64, eps: f64, steps: u64) -> Self {
        let steps = steps.min(1 << 30) as i32;
        let correction = |beta: f64| 1.0 - beta.powi(steps);
        Self {
            scale: scale.min(1.0) as f32,
            rate: (learning_rate / correction(BETAS.0)) as f32,
            correction: (1.0 / correction(BETAS.1).sqrt()) as f32,
            eps: eps as f32,
        }
    }
}

/// A step in a piece of everything.
pub(super) struct Take<'a> {
    pub(super) step: Step,
    pub(super) gradient: &'a [f32],
    /// Moments.
    pub(super) first: &'a mut [f32],
    pub(super) second: &'a mut [f32],
    /// The parameters before the step, and where they go.
    pub(super) values: &'a [f32],
    pub(super) out: &'a mut [f32],
}

impl Loops for Take<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            step,
            gradient,
            first,
            second,
            values,
            out,
        } = self;
        let (new, new_square) = ((1.0 - BETAS.0) as f32, (1.0 - BETAS.1) as f32);
        let moments = first.iter_mut().zip(second);
        let values = values.iter().zip(out);
        for ((gradient, (first, second)), (value, out)) in gradient.iter().zip(moments).zip(values) {
            let gradient = gradient * step.scale;
            *first += new * (gradient - *first);
            *second += new_square * (gradient * gradient - *second);
            *out = value - step.rate * *first / (second.sqrt() * step.correction + step.eps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::stream;
    use rand::RngExt;

    /// The tree, as it is defined.
    fn tree(blocks: &[Vec<f32>], column: usize) -> f32 {
        match blocks {
            [one] => one[column],
            _ => {
                let (left, right) = blocks.split_at(blocks.len().next_power_of_two() / 2);
                tree(left, column) + tree(right, column)
            }
        }
    }

    #[test]
    fn blocks_are_added_up_as_a_balanced_tree_to_the_bit() {
        let mut draws = stream(1, "blocks", 0);
        let (first, len) = (5, COLUMNS + 7);
        for count in 1..=MOST_PARTS {
            let mut block = || {
                (0..first + len)
                    .map(|_| draws.random_range(-1.0..1.0_f32))
                    .collect()
            };
            let blocks: Vec<Vec<f32>> = (0..count).map(|_| block()).collect();
            let mut out = vec![0.0; len];
            add_blocks(|number| &blocks[number], count, first, &mut out);
            for (column, found) in out.iter().enumerate() {
                let expected = tree(&blocks, first + column);
                assert_eq!(found.to_bits(), expected.to_bits(), "{count} blocks, {column}");
            }
        }
    }
}
