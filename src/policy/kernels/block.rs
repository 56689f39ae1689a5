//! A layer over rows: which tiles of its outputs are computed one after another.

use super::job::{Activation, Job, Precision};
use super::tile::{Halves, Lines, PARTS, Panels, Parts, Rows, Span, Stored, Whole};
use super::vector::Vector;

/// A vector with the functions that are compiled for its instructions.
pub(super) trait Kernel: Vector {
    /// [`tile`](super::tile::tile), as a function of its own: it has all registers to itself, and a symbol by which it is found.
    ///
    /// # Safety
    /// As [`tile`](super::tile::tile).
    unsafe fn tile<W: Stored, K: Lines, const L: usize, const N: usize>(job: &Job, row: usize, first: usize);

    /// [`sums`](super::tile::sums) of lines that are not parts, as a function of its own.
    ///
    /// # Safety
    /// As [`sums`](super::tile::sums).
    unsafe fn product<W: Stored, const L: usize, const N: usize>(span: &Span);

    /// [`parts_of_rows`](super::narrow::parts_of_rows), as a function of its own.
    ///
    /// # Safety
    /// As [`parts_of_rows`](super::narrow::parts_of_rows).
    unsafe fn narrow<const L: usize>(span: &Span);

    /// [`tanh_all`](super::tanh::tanh_all)
    ///
    /// # Safety
    /// As for the methods of [`Vector`].
    unsafe fn tanh(values: &mut [f32]);
}

/// Runs the job in blocks of `R` rows, then of `H`, then row by row with `P` panels of `N` vectors at a time; a narrow
/// layer in tiles of one vector of `B` rows, then of `M` vectors of one.
///
/// # Safety
/// As for the methods of [`Vector`]; all that [`Job`] describes can be read, and the output written; `width` is a
/// multiple of `LANES`.
pub(super) unsafe fn run<
    V: Kernel,
    const R: usize,
    const H: usize,
    const P: usize,
    const N: usize,
    const M: usize,
    const B: usize,
>(
    job: &Job,
) {
    let vectors = job.width / V::LANES;
    // SAFETY: the caller's.
    unsafe {
        match job.precision {
            Precision::F32 if vectors <= N => narrow::<V, M, B>(job),
            Precision::F32 => wide::<V, Whole, R, H, P, N>(job),
            Precision::Bf16 => wide::<V, Halves, R, H, P, N>(job),
        }
    }
}

/// A layer of one panel, in blocks of rows, then row by row.
///
/// # Safety
/// As [`run`].
unsafe fn narrow<V: Kernel, const M: usize, const B: usize>(job: &Job) {
    let in_blocks = job.rows - job.rows % B;
    for row in (0..in_blocks).step_by(B) {
        for first in (0..job.width).step_by(V::LANES) {
            // SAFETY: the caller's; the rows are the job's, and the vectors the width's.
            unsafe {
                V::narrow::<B>(&Span {
                    input: job.input.add(row * job.stride),
                    inputs_apart: job.stride,
                    inputs_step: 1,
                    weights: job.weights.add(first),
                    weights_apart: 0,
                    weights_step: job.width,
                    start: job.bias.add(first),
                    starts_apart: 0,
                    output: job.output.add(row * job.width + first),
                    outputs_apart: job.width,
                    count: job.inputs,
                });
            }
        }
    }
    // SAFETY: the caller's; the rows are the job's.
    unsafe {
        for row in in_blocks..job.rows {
            tiles::<V, Whole, Parts, PARTS, M>(job, row, 0);
        }
        activate::<V>(job, 0, job.rows);
    }
}

/// A layer of several panels, in blocks of rows.
///
/// # Safety
/// As [`run`].
unsafe fn wide<V: Kernel, W: Stored, const R: usize, const H: usize, const P: usize, const N: usize>(
    job: &Job,
) {
    let vectors = job.width / V::LANES;
    let mut row = 0;
    // SAFETY: the caller's; rows stay below `job.rows`, and vectors below the width.
    unsafe {
        while row + R <= job.rows {
            tiles::<V, W, Rows, R, N>(job, row, 0);
            activate::<V>(job, row, R);
            row += R;
        }
        while row + H <= job.rows {
            tiles::<V, W, Rows, H, N>(job, row, 0);
            activate::<V>(job, row, H);
            row += H;
        }
        while row < job.rows {
            let mut vector = 0;
            while vector + P * N <= vectors {
                V::tile::<W, Panels, P, N>(job, row, vector);
                vector += P * N;
            }
            tiles::<V, W, Rows, 1, N>(job, row, vector);
            activate::<V>(job, row, 1);
            row += 1;
        }
    }
}

/// The outputs from vector `first` on, `N` vectors at a time.
///
/// # Safety
/// As [`run`]; the lines are inside the job, and a panel starts at `first`.
unsafe fn tiles<V: Kernel, W: Stored, K: Lines, const L: usize, const N: usize>(
    job: &Job,
    row: usize,
    first: usize,
) {
    const { assert!(N <= 4) };
    let vectors = job.width / V::LANES;
    let mut vector = first;
    // SAFETY: the caller's; vectors stay below the width.
    unsafe {
        while vector + N <= vectors {
            V::tile::<W, K, L, N>(job, row, vector);
            vector += N;
        }
        match vectors - vector {
            1 if N > 1 => V::tile::<W, K, L, 1>(job, row, vector),
            2 if N > 2 => V::tile::<W, K, L, 2>(job, row, vector),
            3 if N > 3 => V::tile::<W, K, L, 3>(job, row, vector),
            _ => (),
        }
    }
}

/// Applies the activation to `rows` rows of sums from `row`, while they are in the cache.
///
/// # Safety
/// As [`run`]; the rows are below `job.rows`.
unsafe fn activate<V: Kernel>(job: &Job, row: usize, rows: usize) {
    // SAFETY: the caller's; nothing else refers to the output.
    let sums = unsafe {
        let first = job.output.add(row * job.width);
        std::slice::from_raw_parts_mut(first, rows * job.width)
    };
    match job.activation {
        Activation::Identity => (),
        // SAFETY: the caller has the instructions.
        Activation::Tanh => unsafe { V::tanh(sums) },
        // NaN stays.
        Activation::Relu => sums
            .iter_mut()
            .for_each(|sum| *sum = if *sum < 0.0 { 0.0 } else { *sum }),
    }
}
