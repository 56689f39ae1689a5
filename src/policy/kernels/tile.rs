//! The multiplication itself: a tile of outputs, whose sums stay in registers.
//!
//! ```text
//! tile: L lines of N vectors; a line is a row, a panel of one row, or a part of one row's sums
//!     sum[line][n] = bias, or 0
//!     for each input i:                                      the one loop; what is below is written out
//!         for each line, for each n:
//!             sum[line][n] += input(line, i) * weights(line, i, n)
//!     output = sums; parts are added up first
//! ```
//!
//! Every sum is a variable of its own (`a0`, `a1`, ...), never in an array and never behind a reference: then no
//! setting of the compiler can put it into memory, as one did that unrolled a loop over an array too late. The table of
//! these variables is at the end of this file; tests/machine_code.rs reads the loops of the libraries that are built.
//!
//! Outputs are cut into panels of a few vectors. A panel's weights lie together, the weights of one input after those
//! of the one before, so a tile reads them once from front to back. Each row's sum over inputs runs in order in one
//! accumulator, however many rows and panels are in flight beside it: that is why a row's bits depend on nothing else.
//!
//! A layer of one panel at most (narrow) has too few accumulators to hide the latency of an addition. There each sum is
//! kept in four parts, of inputs 0, 4, 8, ..., of 1, 5, 9, ... and so on, added up at the end: also in an order that the
//! shape alone decides. One row keeps the parts of all its vectors in flight, several rows those of one vector each.

use super::job::Job;
use super::vector::Vector;

/// Parts of each sum of a narrow layer.
pub(super) const PARTS: usize = 4;

/// How the weights of a panel lie in memory.
pub(super) trait Stored {
    /// Weights in one word of 32 bits.
    const IN_WORD: usize;

    /// Vector `n` of the weights that start at a word.
    ///
    /// # Safety
    /// As for the methods of [`Vector`]; they can be read.
    unsafe fn load<V: Vector>(from: *const f32, n: usize) -> V;
}

/// One weight a word.
pub(super) struct Whole;

/// Two weights a word, bf16: those of an even vector in the lower halves, of the next one in the upper.
pub(super) struct Halves;

impl Stored for Whole {
    const IN_WORD: usize = 1;

    #[inline(always)]
    unsafe fn load<V: Vector>(from: *const f32, n: usize) -> V {
        // SAFETY: the caller's.
        unsafe { V::load(from.add(n * V::LANES)) }
    }
}

impl Stored for Halves {
    const IN_WORD: usize = 2;

    #[inline(always)]
    unsafe fn load<V: Vector>(from: *const f32, n: usize) -> V {
        // SAFETY: the caller's.
        unsafe {
            let words = V::load(from.add(n / 2 * V::LANES));
            match n % 2 {
                0 => words.lower_halves(),
                _ => words.upper_halves(),
            }
        }
    }
}

/// What the sums of the lines of a tile are.
pub(super) trait Sums {
    /// Whether a line is a part of the same sums.
    const ARE_PARTS: bool;

    /// Whether all lines use the same weights, which are then read once.
    const SHARE_WEIGHTS: bool;
}

/// What the lines of a tile are, as distances in values from one line to the next.
pub(super) trait Lines: Sums {
    /// From the inputs of a line to those of the next.
    fn inputs_apart(job: &Job) -> usize;

    /// From the weights of a line to those of the next; `panel` is the number of outputs in a panel.
    fn weights_apart(job: &Job, panel: usize) -> usize;

    /// From the biases of a line to those of the next.
    fn biases_apart(panel: usize) -> usize;

    /// From the outputs of a line to those of the next.
    fn outputs_apart(job: &Job, panel: usize) -> usize;
}

/// A line is a row: all use the same weights.
pub(super) struct Rows;

/// A line is a panel: all use the same input.
pub(super) struct Panels;

/// A line is one of the [`PARTS`] of each sum of a row: all write the same outputs.
pub(super) struct Parts;

impl Sums for Rows {
    const ARE_PARTS: bool = false;
    const SHARE_WEIGHTS: bool = true;
}

impl Lines for Rows {
    #[inline(always)]
    fn inputs_apart(job: &Job) -> usize {
        job.stride
    }

    #[inline(always)]
    fn weights_apart(_: &Job, _: usize) -> usize {
        0
    }

    #[inline(always)]
    fn biases_apart(_: usize) -> usize {
        0
    }

    #[inline(always)]
    fn outputs_apart(job: &Job, _: usize) -> usize {
        job.width
    }
}

impl Sums for Panels {
    const ARE_PARTS: bool = false;
    const SHARE_WEIGHTS: bool = false;
}

impl Lines for Panels {
    #[inline(always)]
    fn inputs_apart(_: &Job) -> usize {
        0
    }

    #[inline(always)]
    fn weights_apart(job: &Job, panel: usize) -> usize {
        job.inputs * panel
    }

    #[inline(always)]
    fn biases_apart(panel: usize) -> usize {
        panel
    }

    #[inline(always)]
    fn outputs_apart(_: &Job, panel: usize) -> usize {
        panel
    }
}

impl Sums for Parts {
    const ARE_PARTS: bool = true;
    const SHARE_WEIGHTS: bool = false;
}

impl Lines for Parts {
    #[inline(always)]
    fn inputs_apart(_: &Job) -> usize {
        1
    }

    #[inline(always)]
    fn weights_apart(_: &Job, panel: usize) -> usize {
        panel
    }

    #[inline(always)]
    fn biases_apart(_: usize) -> usize {
        0
    }

    #[inline(always)]
    fn outputs_apart(_: &Job, _: usize) -> usize {
        0
    }
}

/// Writes the sums of the [`PARTS`] of `N` vectors.
///
/// # Safety
/// As for the methods of [`Vector`]; the vectors can be written.
#[inline(always)]
unsafe fn add_up<V: Vector, const N: usize>(parts: [[V; 4]; 6], output: *mut f32) {
    for n in 0..N {
        let [first, second, third, fourth, ..] = parts.map(
            #[inline(always)]
            |part| part[n],
        );
        // SAFETY: the caller's.
        unsafe {
            let sum = first.add(third).add(second.add(fourth));
            sum.store(output.add(n * V::LANES));
        }
    }
}

/// What a tile reads and writes, as pointers; distances are in values.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) input: *const f32,
    /// From the inputs of a line to those of the next.
    pub(super) inputs_apart: usize,
    /// From one input of a line to the next.
    pub(super) inputs_step: usize,
    pub(super) weights: *const f32,
    /// From the weights of a line to those of the next.
    pub(super) weights_apart: usize,
    /// From the weights of an input to those of the next.
    pub(super) weights_step: usize,
    /// What the sums start from; null for 0.
    pub(super) start: *const f32,
    /// From the start of a line to that of the next.
    pub(super) starts_apart: usize,
    pub(super) output: *mut f32,
    /// From the outputs of a line to those of the next.
    pub(super) outputs_apart: usize,
    /// Inputs.
    pub(super) count: usize,
}

/// `L` lines of `N` vectors from vector `first`, of the row or of `L` rows from `row`.
///
/// # Safety
/// As [`run`](super::block::run); the lines are inside the job. A panel of `N` vectors starts at `first`, or the layer is narrow.
#[inline(always)]
pub(super) unsafe fn tile<V: Vector, W: Stored, K: Lines, const L: usize, const N: usize>(
    job: &Job,
    row: usize,
    first: usize,
) {
    let first = first * V::LANES;
    // A narrow layer is one panel, of which this may be a part; before other panels lie those of all outputs before them.
    let (panel, before) = match K::ARE_PARTS {
        true => (job.width, first),
        false => (N * V::LANES, first * job.inputs),
    };
    // SAFETY: the caller's.
    unsafe {
        let span = Span {
            input: job.input.add(row * job.stride),
            inputs_apart: K::inputs_apart(job),
            inputs_step: 1,
            weights: job.weights.add(before / W::IN_WORD),
            weights_apart: K::weights_apart(job, panel),
            weights_step: panel,
            start: job.bias.add(first),
            starts_apart: K::biases_apart(panel),
            output: job.output.add(row * job.width + first),
            outputs_apart: K::outputs_apart(job, panel),
            count: job.inputs,
        };
        sums::<V, W, K, L, N>(&span);
    }
}

/// Makes the function `sums` with a variable for each vector of each line.
macro_rules! sums {
    ($($line:literal: $($sum:ident $n:literal),*;)*) => {
        /// `L` lines of `N` vectors; they may be the [`PARTS`] of one row's sums.
        ///
        /// # Safety
        /// As for the methods of [`Vector`]; all that the span describes can be read, and its outputs written.
        #[inline(always)]
        pub(super) unsafe fn sums<V: Vector, W: Stored, K: Sums, const L: usize, const N: usize>(span: &Span) {
            const { assert!(L <= 6 && N <= 4 && (!K::ARE_PARTS || L == PARTS)) };
            let Span {
                input,
                inputs_apart,
                inputs_step,
                weights,
                weights_apart,
                weights_step,
                start,
                starts_apart,
                output,
                outputs_apart,
                count,
            } = *span;
            let at_once = if K::ARE_PARTS { L } else { 1 };
            let weights_apart = if K::SHARE_WEIGHTS { 0 } else { weights_apart };
            // SAFETY: the caller's.
            unsafe {
                $($(
                    let mut $sum = V::splat(0.0);
                    if $n < N && $line < (if K::ARE_PARTS { 1 } else { L }) && !start.is_null() {
                        $sum = V::load(start.add($line * starts_apart + $n * V::LANES));
                    }
                )*)*
                let mut i = 0;
                while i + at_once <= count {
                    $(if $line < L {
                        let x = V::splat(*input.add($line * inputs_apart + i * inputs_step));
                        let from = weights.add(($line * weights_apart + i * weights_step) / W::IN_WORD);
                        $(if $n < N {
                            $sum = x.mul_add(W::load(from, $n), $sum);
                        })*
                    })*
                    i += at_once;
                }
                if !K::ARE_PARTS {
                    $($(if $line < L && $n < N {
                        $sum.store(output.add($line * outputs_apart + $n * V::LANES));
                    })*)*
                    return;
                }
                // Fewer inputs than parts are left.
                $(if $line < L && i + $line < count {
                    let x = V::splat(*input.add($line * inputs_apart + i));
                    let from = weights.add(($line * weights_apart + i * weights_step) / W::IN_WORD);
                    $(if $n < N {
                        $sum = x.mul_add(W::load(from, $n), $sum);
                    })*
                })*
                add_up::<V, N>([$([$($sum),*]),*], output);
            }
        }
    };
}

sums! {
    0: a0 0, a1 1, a2 2, a3 3;
    1: b0 0, b1 1, b2 2, b3 3;
    2: c0 0, c1 1, c2 2, c3 3;
    3: d0 0, d1 1, d2 2, d3 3;
    4: e0 0, e1 1, e2 2, e3 3;
    5: f0 0, f1 1, f2 2, f3 3;
}
