//! Plain Rust, for processors without one of the other sets: the compiler makes what it can of it.

use super::block::{self, Kernel};
use super::dots;
use super::job::Job;
use super::narrow;
use super::product::{self, Product};
use super::softmax;
use super::tanh::tanh_all;
use super::tile::{self, Lines, Rows, Span, Stored};
use super::turn::{self, Turn};
use super::vector::{MANTISSA, ONE, UPPER_HALF, Vector};

pub(super) const LANES: usize = 8;
/// 2 rows of 2 vectors: 8 sums, 4 weights, 1 input and 1 product in 16 registers of four lanes.
pub(super) const PANEL: usize = 2;

#[derive(Clone, Copy)]
struct Lanes([f32; LANES]);

/// # Safety
/// As [`block::run`].
pub(super) unsafe fn run(job: &Job) {
    // SAFETY: the caller's; plain Rust needs no instructions. Four parts of one vector are 8 registers of sums.
    unsafe { block::run::<Lanes, 2, 2, 2, PANEL, 1, 1>(job) }
}

/// # Safety
/// As [`tile::tile`].
#[inline(never)]
unsafe fn tile_portable<W: Stored, K: Lines, const L: usize, const N: usize>(
    job: &Job,
    row: usize,
    first: usize,
) {
    // SAFETY: the caller's.
    unsafe { tile::tile::<Lanes, W, K, L, N>(job, row, first) }
}

pub(super) fn tanh(values: &mut [f32]) {
    // SAFETY: plain Rust needs no instructions.
    unsafe { tanh_all::<Lanes>(values) }
}

/// # Safety
/// As [`turn::turn`].
pub(super) unsafe fn turn(job: &Turn) {
    // SAFETY: the caller's.
    unsafe { turn::turn::<Lanes>(job) }
}

/// # Safety
/// As [`dots::dots`].
pub(super) unsafe fn dots(rows: &[f32], factors: &[f32], out: &mut [f32]) {
    // SAFETY: the caller's; plain Rust needs no instructions.
    unsafe { dots::dots::<Lanes>(rows, factors, out) }
}

/// # Safety
/// As [`softmax::softmax`].
pub(super) unsafe fn softmax(lines: &mut [f32], len: usize) {
    // SAFETY: the caller's; plain Rust needs no instructions.
    unsafe { softmax::softmax::<Lanes>(lines, len) }
}

/// # Safety
/// As [`product::run`].
pub(super) unsafe fn run_product(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run::<Lanes, 2, PANEL>(job) }
}

/// # Safety
/// As [`product::run_in_parts`].
pub(super) unsafe fn run_in_parts(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run_in_parts::<Lanes, 1>(job) }
}

/// # Safety
/// As [`tile::sums`].
#[inline(never)]
unsafe fn product_portable<W: Stored, const L: usize, const N: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { tile::sums::<Lanes, W, Rows, L, N>(span) }
}

/// # Safety
/// As [`narrow::parts_of_rows`].
#[inline(never)]
unsafe fn narrow_portable<const L: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { narrow::parts_of_rows::<Lanes, L>(span) }
}

impl Kernel for Lanes {
    unsafe fn product<W: Stored, const L: usize, const N: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { product_portable::<W, L, N>(span) }
    }

    unsafe fn tile<W: Stored, K: Lines, const L: usize, const N: usize>(job: &Job, row: usize, first: usize) {
        // SAFETY: the caller's.
        unsafe { tile_portable::<W, K, L, N>(job, row, first) }
    }

    unsafe fn narrow<const L: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { narrow_portable::<L>(span) }
    }

    unsafe fn tanh(values: &mut [f32]) {
        tanh(values);
    }
}

impl Lanes {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl Vector for Lanes {
    const LANES: usize = LANES;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's; an array of f32 is aligned like one.
        Self(unsafe { *from.cast() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's; an array of f32 is aligned like one.
        unsafe { *to.cast() = self.0 }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * factor.0[i] + term.0[i]))
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.zip(other, |a, b| a / b)
    }

    #[inline(always)]
    unsafe fn at_least(self, bound: Self) -> Self {
        self.zip(bound, |x, bound| if bound > x { bound } else { x })
    }

    #[inline(always)]
    unsafe fn at_most(self, bound: Self) -> Self {
        self.zip(bound, |x, bound| if bound < x { bound } else { x })
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    #[inline(always)]
    unsafe fn interleaved(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.0, other.0);
        (
            Self([a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]]),
            Self([a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]]),
        )
    }

    #[inline(always)]
    unsafe fn interleaved_pairs(self, other: Self) -> (Self, Self) {
        let (a, b) = (self.0, other.0);
        (
            Self([a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5]]),
            Self([a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7]]),
        )
    }

    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        Self(
            self.0
                .map(|lane| f32::from_bits((lane.to_bits() << MANTISSA).wrapping_add(ONE))),
        )
    }

    #[inline(always)]
    unsafe fn lower_halves(self) -> Self {
        Self(self.0.map(|lane| f32::from_bits(lane.to_bits() << 16)))
    }

    #[inline(always)]
    unsafe fn upper_halves(self) -> Self {
        Self(self.0.map(|lane| f32::from_bits(lane.to_bits() & UPPER_HALF)))
    }
}
