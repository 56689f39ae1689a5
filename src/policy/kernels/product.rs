//! Products of matrices, for training: out = start + left · right.
//!
//! Each sum runs over its terms in order, in one accumulator, whatever the number of lines, the size of a tile or the place
//! of a line: its bits depend on its own terms alone.

use super::block::Kernel;
use super::tile::{Span, Whole};
use super::vector::{MOST_LANES, VECTOR_STEP};
use std::ops::Range;

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

    /// Lines and terms, each so many and so far apart.
    ///
    /// Panics where the values are fewer.
    #[inline]
    pub fn new(values: &'a [f32], (lines, apart): (usize, usize), (terms, step): (usize, usize)) -> Self {
        let last = lines.saturating_sub(1) * apart + terms.saturating_sub(1) * step;
        assert!(last < values.len(), "values of the left matrix");
        Self {
            values,
            lines,
            terms,
            apart,
            step,
        }
    }

    /// As [`rows`](Self::rows), of those values of each row that lie in `own`.
    ///
    /// Panics where that reaches beyond the stride, or begins beyond all values.
    pub fn part_of_rows(values: &'a [f32], stride: usize, own: Range<usize>) -> Self {
        assert!(own.end <= stride, "values of a row");
        Self {
            values: &values[own.start..],
            ..Self::rows(values, stride, own.len())
        }
    }

    /// As [`columns`](Self::columns), of those columns that lie in `own`.
    ///
    /// Panics where that reaches beyond the stride, or begins beyond all values.
    pub fn part_of_columns(values: &'a [f32], stride: usize, own: Range<usize>) -> Self {
        assert!(own.end <= stride, "columns");
        Self {
            values: &values[own.start..],
            ..Self::columns(values, stride, own.len())
        }
    }
}

/// Lines of a product's width that need not lie together.
#[derive(Debug)]
pub struct Apart<V> {
    /// The values, from the first line's on.
    pub values: V,
    /// From line to line.
    pub apart: usize,
}

/// What the sums of a product start from.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// 0
    Zero,
    /// The same for every line: [width].
    Alike(&'a [f32]),
    /// Each line's own: [lines, width].
    Own(&'a [f32]),
    /// What is there already.
    There,
}

/// A product, as pointers.
pub(super) struct Product {
    left: *const f32,
    left_apart: usize,
    left_step: usize,
    right: *const f32,
    right_apart: usize,
    /// Null for 0.
    start: *const f32,
    start_apart: usize,
    out: *mut f32,
    out_apart: usize,
    lines: usize,
    terms: usize,
    width: usize,
}

impl Product {
    /// left · right into `out`, each line from `start`: as
    /// [`InstructionSet::multiply_apart`](super::InstructionSet::multiply_apart), which panics where this does.
    #[inline]
    pub(super) fn new(
        left: Left<'_>,
        right: Apart<&[f32]>,
        start: Start<'_>,
        out: Apart<&mut [f32]>,
        width: usize,
    ) -> Self {
        let (lines, terms) = (left.lines, left.terms);
        let reach = |lines: usize, apart: usize| lines.checked_sub(1).map_or(0, |last| last * apart + width);
        assert!(terms > 0, "terms of a sum");
        assert_eq!(width % VECTOR_STEP, 0, "width");
        assert!(
            right.values.len() >= reach(terms, right.apart),
            "values of the right matrix"
        );
        assert!(out.apart >= width, "width of the product");
        assert!(
            out.values.len() >= reach(lines, out.apart),
            "values of the product"
        );
        let to = out.values.as_mut_ptr();
        let (begin, start_apart) = match start {
            Start::Zero => (std::ptr::null(), 0),
            Start::Alike(start) => {
                assert_eq!(start.len(), width, "values of the start");
                (start.as_ptr(), 0)
            }
            Start::Own(start) => {
                assert_eq!(start.len(), lines * width, "values of the start");
                (start.as_ptr(), width)
            }
            Start::There => (to.cast_const(), out.apart),
        };
        Self {
            left: left.values.as_ptr(),
            left_apart: left.apart,
            left_step: left.step,
            right: right.values.as_ptr(),
            right_apart: right.apart,
            start: begin,
            start_apart,
            out: to,
            out_apart: out.apart,
            lines,
            terms,
            width,
        }
    }

    /// Whether the terms of a line lie together, and the sums start from 0.
    pub(super) fn is_plain(&self) -> bool {
        self.left_step == 1 && self.start.is_null()
    }

    /// The same of matrices that lie together: as [`InstructionSet::multiply`](super::InstructionSet::multiply), which panics
    /// where this does.
    pub(super) fn together(left: Left<'_>, right: &[f32], start: Option<&[f32]>, out: &mut [f32]) -> Self {
        assert!(left.terms > 0, "terms of a sum");
        let width = right.len() / left.terms;
        assert_eq!(right.len(), left.terms * width, "values of the right matrix");
        assert_eq!(out.len(), left.lines * width, "values of the product");
        let (right, out) = (
            Apart {
                values: right,
                apart: width,
            },
            Apart {
                values: out,
                apart: width,
            },
        );
        Self::new(left, right, start.map_or(Start::Zero, Start::Alike), out, width)
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

/// Runs it in tiles of `B` lines of one vector, each sum in the parts of a narrow layer: so few lines and vectors would not hide
/// the latency of an addition.
///
/// # Safety
/// As [`run`]; the sums start from 0, and the terms of a line lie together.
pub(super) unsafe fn run_in_parts<V: Kernel, const B: usize>(product: &Product) {
    static ZEROS: [f32; MOST_LANES] = [0.0; MOST_LANES];
    for column in (0..product.width).step_by(V::LANES) {
        let mut line = 0;
        while line < product.lines {
            // SAFETY: the caller's; vectors stay below the width, and lines below theirs.
            unsafe {
                let span = Span {
                    input: product.left.add(line * product.left_apart),
                    inputs_apart: product.left_apart,
                    inputs_step: 1,
                    weights: product.right.add(column),
                    weights_apart: 0,
                    weights_step: product.right_apart,
                    start: ZEROS.as_ptr(),
                    starts_apart: 0,
                    output: product.out.add(line * product.out_apart + column),
                    outputs_apart: product.out_apart,
                    count: product.terms,
                };
                if product.lines - line >= B {
                    V::narrow::<B>(&span);
                    line += B;
                } else {
                    V::narrow::<1>(&span);
                    line += 1;
                }
            }
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
            let out = product.out.add(line * product.out_apart + column);
            let (start, starts_apart) = match first {
                0 if product.start.is_null() => (product.start, 0),
                0 => (
                    product.start.add(line * product.start_apart + column),
                    product.start_apart,
                ),
                // What the terms before came to.
                _ => (out.cast_const(), product.out_apart),
            };
            let span = Span {
                input: product
                    .left
                    .add(line * product.left_apart + first * product.left_step),
                inputs_apart: product.left_apart,
                inputs_step: product.left_step,
                weights: product.right.add(first * product.right_apart + column),
                weights_apart: 0,
                weights_step: product.right_apart,
                start,
                starts_apart,
                output: out,
                outputs_apart: product.out_apart,
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
