//! The optimiser's step over a piece of the parameters: blocks added up, norm, Adam (Kingma and Ba 2015).

use crate::policy::kernels::Loops;
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
        tree(block, 0, blocks, first, out);
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

/// The sum of blocks `from` to `to`, of which there is one at least: those before the largest power of two below their number,
/// and then the others.
fn tree<'a>(
    block: impl Fn(usize) -> &'a [f32] + Copy,
    from: usize,
    to: usize,
    first: usize,
    out: &mut [f32],
) {
    if to - from == 1 {
        out.copy_from_slice(&block(from)[first..][..out.len()]);
        return;
    }
    let middle = from + (to - from).next_power_of_two() / 2;
    let mut other = [0.0; PIECE];
    let other = &mut other[..out.len()];
    tree(block, from, middle, first, out);
    tree(block, middle, to, first, other);
    out.iter_mut().zip(other).for_each(|(sum, other)| *sum += *other);
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
