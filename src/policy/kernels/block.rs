//! The multiplication itself: a block of rows times panels of outputs, its sums in registers.
//!
//! Outputs are cut into panels of a few vectors. A panel's weights lie together, the weights of one input after those
//! of the one before, so a block reads them once from front to back. Each row's sum over inputs runs in order in one
//! accumulator, however many rows and panels are in flight beside it: that is why a row's bits depend on nothing else.
//!
//! A layer of one panel at most (narrow) has too few accumulators to hide the latency of an addition. There each sum is
//! kept in four parts, of inputs 0, 4, 8, ..., of 1, 5, 9, ... and so on, added up at the end: also in an order that the
//! shape alone decides.

#![allow(
    clippy::needless_range_loop,
    reason = "closures of iterators would lack the caller's target features"
)]

use super::dense::{Activation, Precision};
use super::tanh::tanh;
use super::vector::Vector;

/// Parts of each sum of a narrow layer.
const PARTS: usize = 4;

/// One layer over some rows, as pointers.
#[derive(Clone, Copy)]
pub(super) struct Job {
    /// Panels: [inputs, vectors * LANES] each, one after another; the last may have fewer vectors. With bf16 the weights
    /// of two vectors lie in the halves of one, and `width` is a multiple of two vectors.
    pub(super) weights: *const f32,
    pub(super) precision: Precision,
    /// [width]
    pub(super) bias: *const f32,
    pub(super) inputs: usize,
    /// Outputs rounded up to whole vectors.
    pub(super) width: usize,
    pub(super) activation: Activation,
    pub(super) rows: usize,
    /// [rows, inputs], a row every `stride` values.
    pub(super) input: *const f32,
    pub(super) stride: usize,
    /// [rows, width]
    pub(super) output: *mut f32,
}

/// How the weights of a panel lie in memory.
trait Stored {
    /// Weights in one word of 32 bits.
    const IN_WORD: usize;

    /// Vector `n` of the weights that start at a word.
    ///
    /// # Safety
    /// As for the methods of [`Vector`]; they can be read.
    unsafe fn load<V: Vector>(from: *const f32, n: usize) -> V;
}

/// One weight a word.
struct Whole;

/// Two weights a word, bf16: those of an even vector in the lower halves, of the next one in the upper.
struct Halves;

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

/// Runs the job in blocks of `R` rows, then of `H`, then row by row with `P` panels of `N` vectors at a time. `N` is at
/// most 4.
///
/// # Safety
/// As for the methods of [`Vector`]; all that [`Job`] describes can be read, and the output written; `width` is a
/// multiple of `LANES`.
#[inline(always)]
pub(super) unsafe fn run<V: Vector, const R: usize, const H: usize, const P: usize, const N: usize>(
    job: Job,
) {
    const { assert!(N <= 4) };
    let vectors = job.width / V::LANES;
    // SAFETY: the caller's.
    unsafe {
        match job.precision {
            Precision::F32 if vectors <= N => narrow::<V>(job),
            Precision::F32 => wide::<V, Whole, R, H, P, N>(job),
            Precision::Bf16 => wide::<V, Halves, R, H, P, N>(job),
        }
    }
}

/// A layer of one panel, row by row.
///
/// # Safety
/// As [`run`].
#[inline(always)]
unsafe fn narrow<V: Vector>(job: Job) {
    for row in 0..job.rows {
        // SAFETY: the caller's; the row is one of the job's.
        unsafe {
            match job.width / V::LANES {
                1 => block::<V, Whole, 1, 1, 1, PARTS>(job, row, 0),
                2 => block::<V, Whole, 1, 1, 2, PARTS>(job, row, 0),
                3 => block::<V, Whole, 1, 1, 3, PARTS>(job, row, 0),
                _ => block::<V, Whole, 1, 1, 4, PARTS>(job, row, 0),
            }
        }
    }
}

/// A layer of several panels, in blocks of rows.
///
/// # Safety
/// As [`run`].
#[inline(always)]
unsafe fn wide<V: Vector, W: Stored, const R: usize, const H: usize, const P: usize, const N: usize>(
    job: Job,
) {
    let mut row = 0;
    // SAFETY: the caller's; rows stay below `job.rows`.
    unsafe {
        while row + R <= job.rows {
            rows::<V, W, R, 1, N>(job, row);
            row += R;
        }
        while row + H <= job.rows {
            rows::<V, W, H, 1, N>(job, row);
            row += H;
        }
        while row < job.rows {
            rows::<V, W, 1, P, N>(job, row);
            row += 1;
        }
    }
}

/// All outputs of `R` rows from `row`.
///
/// # Safety
/// As [`run`]; the rows are below `job.rows`.
#[inline(always)]
unsafe fn rows<V: Vector, W: Stored, const R: usize, const P: usize, const N: usize>(job: Job, row: usize) {
    let vectors = job.width / V::LANES;
    let whole = vectors - vectors % N;
    let mut vector = 0;
    // SAFETY: the caller's; vectors stay below the width.
    unsafe {
        while vector + P * N <= whole {
            block::<V, W, R, P, N, 1>(job, row, vector);
            vector += P * N;
        }
        while vector < whole {
            block::<V, W, R, 1, N, 1>(job, row, vector);
            vector += N;
        }
        match vectors - whole {
            1 => block::<V, W, R, 1, 1, 1>(job, row, vector),
            2 => block::<V, W, R, 1, 2, 1>(job, row, vector),
            3 => block::<V, W, R, 1, 3, 1>(job, row, vector),
            _ => (),
        }
    }
}

/// `P` panels of `N` vectors from vector `first`, of `R` rows from `row`; each sum in `S` parts.
///
/// # Safety
/// As [`run`]; rows and vectors are inside the output, and panels of `N` vectors start at `first`.
#[inline(always)]
unsafe fn block<V: Vector, W: Stored, const R: usize, const P: usize, const N: usize, const S: usize>(
    job: Job,
    row: usize,
    first: usize,
) {
    let first = first * V::LANES;
    let panel = N * V::LANES;
    // SAFETY: the caller's. Panels before this one hold `inputs` weights for each of `first` outputs.
    unsafe {
        let weights = job.weights.add(first * job.inputs / W::IN_WORD);
        let input = job.input.add(row * job.stride);
        let mut sums = [[[[V::splat(0.0); N]; S]; P]; R];
        for r in 0..R {
            for p in 0..P {
                for n in 0..N {
                    sums[r][p][0][n] = V::load(job.bias.add(first + p * panel + n * V::LANES));
                }
            }
        }
        let mut i = 0;
        while i + S <= job.inputs {
            for s in 0..S {
                add_products::<V, W, R, P, N, S>(job, weights, input, i + s, s, &mut sums);
            }
            i += S;
        }
        for s in 0..S - 1 {
            if i + s < job.inputs {
                add_products::<V, W, R, P, N, S>(job, weights, input, i + s, s, &mut sums);
            }
        }
        for r in 0..R {
            for p in 0..P {
                for n in 0..N {
                    let mut half = S / 2;
                    while half > 0 {
                        for s in 0..half {
                            sums[r][p][s][n] = sums[r][p][s][n].add(sums[r][p][s + half][n]);
                        }
                        half /= 2;
                    }
                    let sum = sums[r][p][0][n];
                    let value = match job.activation {
                        Activation::Identity => sum,
                        Activation::Tanh => tanh(sum),
                        Activation::Relu => sum.at_least(V::splat(0.0)),
                    };
                    let at = (row + r) * job.width + first + p * panel + n * V::LANES;
                    value.store(job.output.add(at));
                }
            }
        }
    }
}

/// Adds the products of input `i` to part `s` of the sums.
///
/// # Safety
/// As [`block`]; `i` is an input.
#[inline(always)]
unsafe fn add_products<
    V: Vector,
    W: Stored,
    const R: usize,
    const P: usize,
    const N: usize,
    const S: usize,
>(
    job: Job,
    weights: *const f32,
    input: *const f32,
    i: usize,
    s: usize,
    sums: &mut [[[[V; N]; S]; P]; R],
) {
    let panel = N * V::LANES;
    // SAFETY: the caller's.
    unsafe {
        for p in 0..P {
            let from = weights.add((p * job.inputs + i) * panel / W::IN_WORD);
            let mut weight = [V::splat(0.0); N];
            for n in 0..N {
                weight[n] = W::load(from, n);
            }
            for r in 0..R {
                let x = V::splat(*input.add(r * job.stride + i));
                for n in 0..N {
                    sums[r][p][s][n] = x.mul_add(weight[n], sums[r][p][s][n]);
                }
            }
        }
    }
}
