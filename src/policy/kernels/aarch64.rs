//! NEON.

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
use std::arch::aarch64::*;

pub(super) const LANES: usize = 4;
/// 6 rows of 4 vectors: 24 sums, 4 weights and 1 input in 32 registers.
pub(super) const PANEL: usize = 4;

/// # Safety
/// As [`block::run`]; the processor has NEON.
pub(super) unsafe fn run(job: &Job) {
    // SAFETY: the caller's.
    unsafe { block::run::<Neon, 6, 3, 2, PANEL, PANEL, 6>(job) }
}

/// # Safety
/// As [`tile::tile`]; the processor has NEON.
#[inline(never)]
#[target_feature(enable = "neon")]
unsafe fn tile_neon<W: Stored, K: Lines, const L: usize, const N: usize>(
    job: &Job,
    row: usize,
    first: usize,
) {
    // SAFETY: the caller's.
    unsafe { tile::tile::<Neon, W, K, L, N>(job, row, first) }
}

/// # Safety
/// As [`turn::turn`]; the processor has NEON.
#[target_feature(enable = "neon")]
pub(super) unsafe fn turn(job: &Turn) {
    // SAFETY: the caller's.
    unsafe { turn::turn::<Neon>(job) }
}

/// # Safety
/// As [`dots::dots`]; the processor has NEON.
#[target_feature(enable = "neon")]
pub(super) unsafe fn dots(rows: &[f32], factors: &[f32], out: &mut [f32]) {
    // SAFETY: the caller's.
    unsafe { dots::dots::<Neon>(rows, factors, out) }
}

/// # Safety
/// As [`softmax::softmax`]; the processor has NEON.
#[target_feature(enable = "neon")]
pub(super) unsafe fn softmax(lines: &mut [f32], len: usize) {
    // SAFETY: the caller's.
    unsafe { softmax::softmax::<Neon>(lines, len) }
}

/// tanh of each value, in place.
#[target_feature(enable = "neon")]
pub(super) fn tanh(values: &mut [f32]) {
    // SAFETY: this function has the instructions.
    unsafe { tanh_all::<Neon>(values) }
}

#[derive(Clone, Copy)]
struct Neon(float32x4_t);

/// # Safety
/// As [`product::run`]; the processor has the instructions.
pub(super) unsafe fn run_product(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run::<Neon, 6, PANEL>(job) }
}

/// # Safety
/// As [`product::run_in_parts`].
pub(super) unsafe fn run_in_parts(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run_in_parts::<Neon, 2>(job) }
}

/// # Safety
/// As [`tile::sums`]; the processor has the instructions.
#[inline(never)]
#[target_feature(enable = "neon")]
unsafe fn product_neon<W: Stored, const L: usize, const N: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { tile::sums::<Neon, W, Rows, L, N>(span) }
}

/// # Safety
/// As [`narrow::parts_of_rows`]; the processor has the instructions.
#[inline(never)]
#[target_feature(enable = "neon")]
unsafe fn narrow_neon<const L: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { narrow::parts_of_rows::<Neon, L>(span) }
}

impl Kernel for Neon {
    unsafe fn product<W: Stored, const L: usize, const N: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { product_neon::<W, L, N>(span) }
    }

    unsafe fn tile<W: Stored, K: Lines, const L: usize, const N: usize>(job: &Job, row: usize, first: usize) {
        // SAFETY: the caller's.
        unsafe { tile_neon::<W, K, L, N>(job, row, first) }
    }

    unsafe fn narrow<const L: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { narrow_neon::<L>(span) }
    }

    unsafe fn tanh(values: &mut [f32]) {
        // SAFETY: the caller has the instructions.
        unsafe { tanh(values) }
    }
}

impl Vector for Neon {
    const LANES: usize = LANES;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vdupq_n_f32(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller has the instructions, and the values can be read.
        Self(unsafe { vld1q_f32(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller has the instructions, and the values can be written.
        unsafe { vst1q_f32(to, self.0) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vaddq_f32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vmulq_f32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vfmaq_f32(term.0, self.0, factor.0) })
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vdivq_f32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn at_least(self, bound: Self) -> Self {
        // SAFETY: the caller has the instructions. NaN in either operand gives NaN; a bound is never NaN.
        Self(unsafe { vmaxq_f32(bound.0, self.0) })
    }

    #[inline(always)]
    unsafe fn at_most(self, bound: Self) -> Self {
        // SAFETY: as in `at_least`.
        Self(unsafe { vminq_f32(bound.0, self.0) })
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vsubq_f32(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn interleaved(self, other: Self) -> (Self, Self) {
        // SAFETY: the caller has the instructions.
        unsafe {
            (
                Self(vzip1q_f32(self.0, other.0)),
                Self(vzip2q_f32(self.0, other.0)),
            )
        }
    }

    #[inline(always)]
    unsafe fn interleaved_pairs(self, other: Self) -> (Self, Self) {
        // SAFETY: the caller has the instructions.
        unsafe {
            let (a, b) = (vreinterpretq_f64_f32(self.0), vreinterpretq_f64_f32(other.0));
            (
                Self(vreinterpretq_f32_f64(vzip1q_f64(a, b))),
                Self(vreinterpretq_f32_f64(vzip2q_f64(a, b))),
            )
        }
    }

    #[inline(always)]
    unsafe fn power_of_two(self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe {
            let bits = vshlq_n_u32::<{ MANTISSA.cast_signed() }>(vreinterpretq_u32_f32(self.0));
            vreinterpretq_f32_u32(vaddq_u32(bits, vdupq_n_u32(ONE)))
        })
    }

    #[inline(always)]
    unsafe fn lower_halves(self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe { vreinterpretq_f32_u32(vshlq_n_u32::<16>(vreinterpretq_u32_f32(self.0))) })
    }

    #[inline(always)]
    unsafe fn upper_halves(self) -> Self {
        // SAFETY: the caller has the instructions.
        Self(unsafe {
            vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(self.0), vdupq_n_u32(UPPER_HALF)))
        })
    }
}
