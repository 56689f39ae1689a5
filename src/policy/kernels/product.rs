//! Products of matrices, for training: out = start + left · right.
//!
//! Each sum runs over its terms in order, in one accumulator, whatever the number of lines, the size of a tile or the place
//! of a line: its bits depend on its own terms alone.

use super::block::Kernel;
use super::tile::{Span, Whole};
use super::vector::VECTOR_STEP;

/// Terms that are added up in one go: the rows of a panel of `right` that are read for them stay in the first-level cache
/// while the lines go by.
const TERMS: usize = 128;

/// A matrix to multiply from the left, as it lies in memory: its lines, each a sum's factors.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    values: &'a [f32],
    lines: usize,
    terms: usize,
    /// From line to line, and from term to term.
    apart: usize,
    step: usize,
}

impl<'a> Left<'a> {
    /// A line for each row of `stride` values, of the first `terms` of them.
    ///
    /// Panics where `stride` is less, or 0.
    pub fn rows(values: &'a [f32], stride: usize, terms: usize) -> Self {
        assert!(terms <= stride, "terms of a row");
        Self {
            values,
            lines: values.len() / stride,
            terms,
            apart: stride,
            step: 1,
        }
    }

    /// The transpose: a line for each of the first `lines` columns, a term for each row of `stride` values.
    ///
    /// Panics where `stride` is less, or 0.
    pub fn columns(values: &'a [f32], stride: usize, lines: usize) -> Self {
        assert!(lines <= stride, "lines of a column");
        Self {
            values,
            lines,
            terms: values.len() / stride,
            apart: 1,
            step: stride,
        }
    }
}

/// A product, as pointers.
pub(super) struct Product {
    left: *const f32,
    left_apart: usize,
    left_step: usize,
    right: *const f32,
    /// [width], or null.
    start: *const f32,
    out: *mut f32,
    lines: usize,
    terms: usize,
    width: usize,
}

impl Product {
    /// left · right into `out`, each line plus `start` where there is one: as
    /// [`InstructionSet::multiply`](super::InstructionSet::multiply), which panics where this does.
    pub(super) fn new(left: Left<'_>, right: &[f32], start: Option<&[f32]>, out: &mut [f32]) -> Self {
        assert!(left.terms > 0, "terms of a sum");
        let width = right.len() / left.terms;
        assert_eq!(right.len(), left.terms * width, "values of the right matrix");
        assert_eq!(width % VECTOR_STEP, 0, "width");
        assert_eq!(out.len(), left.lines * width, "values of the product");
        assert!(
            start.is_none_or(|start| start.len() == width),
            "values of the start"
        );
        Self {
            left: left.values.as_ptr(),
            left_apart: left.apart,
            left_step: left.step,
            right: right.as_ptr(),
            start: start.map_or(std::ptr::null(), <[f32]>::as_ptr),
            out: out.as_mut_ptr(),
            lines: left.lines,
            terms: left.terms,
            width,
        }
    }
}

/// Runs it in tiles of `L` lines of `N` vectors.
///
/// # Safety
/// As for the methods of [`Vector`](super::vector::Vector); all that it describes can be read, and `out` written; `width`
/// is a multiple of `LANES`.
pub(super) unsafe fn run<V: Kernel, const L: usize, const N: usize>(product: &Product) {
    const { assert!(L <= 6 && N <= 4) };
    let vectors = product.width / V::LANES;
    for first in (0..product.terms).step_by(TERMS) {
        let mut vector = 0;
        while vector < vectors {
            // SAFETY: the caller's; vectors stay below the width, and terms below theirs.
            unsafe {
                match vectors - vector {
                    1 if N > 1 => lines::<V, L, 1>(product, first, vector),
                    2 if N > 2 => lines::<V, L, 2>(product, first, vector),
                    3 if N > 3 => lines::<V, L, 3>(product, first, vector),
                    _ => lines::<V, L, N>(product, first, vector),
                }
            }
            vector += N;
        }
    }
}

/// `N` vectors of all lines, of the terms from `first` on.
///
/// # Safety
/// As [`run`]; the vectors are below the width, and `first` below the terms.
unsafe fn lines<V: Kernel, const L: usize, const N: usize>(product: &Product, first: usize, vector: usize) {
    let column = vector * V::LANES;
    let mut line = 0;
    while line < product.lines {
        // SAFETY: the caller's; lines stay below theirs.
        unsafe {
            let out = product.out.add(line * product.width + column);
            let (start, starts_apart) = match first {
                0 if product.start.is_null() => (product.start, 0),
                0 => (product.start.add(column), 0),
                // What the terms before came to.
                _ => (out.cast_const(), product.width),
            };
            let span = Span {
                input: product
                    .left
                    .add(line * product.left_apart + first * product.left_step),
                inputs_apart: product.left_apart,
                inputs_step: product.left_step,
                weights: product.right.add(first * product.width + column),
                weights_apart: 0,
                weights_step: product.width,
                start,
                starts_apart,
                output: out,
                outputs_apart: product.width,
                count: (product.terms - first).min(TERMS),
            };
            line += match product.lines - line {
                left if left >= L => tile::<V, L, N>(&span),
                left if left >= 4 && L > 4 => tile::<V, 4, N>(&span),
                left if left >= 2 && L > 2 => tile::<V, 2, N>(&span),
                _ => tile::<V, 1, N>(&span),
            };
        }
    }
}

/// A tile; gives its lines.
///
/// # Safety
/// As [`Kernel::product`].
unsafe fn tile<V: Kernel, const L: usize, const N: usize>(span: &Span) -> usize {
    // SAFETY: the caller's.
    unsafe { V::product::<Whole, L, N>(span) };
    L
}
