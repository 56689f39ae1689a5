//! AVX2 with FMA, and AVX-512F.

use super::block::{self, Kernel};
use super::dots;
use super::job::Job;
use super::loops::Loops;
use super::narrow;
use super::product::{self, Product};
use super::softmax;
use super::tanh::tanh_all;
use super::tile::{self, Lines, Rows, Span, Stored};
use super::turn::{self, Turn};
use super::vector::{ONE, UPPER_HALF, Vector};
use std::arch::x86_64::*;

pub(super) const AVX2_LANES: usize = 8;
/// 6 rows of 2 vectors: 12 sums, 2 weights and 1 input in 16 registers.
pub(super) const AVX2_PANEL: usize = 2;

pub(super) const AVX512_LANES: usize = 16;
/// 6 rows of 4 vectors: 24 sums, 4 weights and 1 input in 32 registers.
pub(super) const AVX512_PANEL: usize = 4;

/// # Safety
/// As [`block::run`]; the processor has AVX2 and FMA.
pub(super) unsafe fn run_avx2(job: &Job) {
    // SAFETY: the caller's.
    unsafe { block::run::<Avx2, 6, 3, 4, AVX2_PANEL, AVX2_PANEL, 3>(job) }
}

/// # Safety
/// As [`block::run`]; the processor has AVX-512F.
pub(super) unsafe fn run_avx512(job: &Job) {
    // SAFETY: the caller's.
    unsafe { block::run::<Avx512, 6, 3, 2, AVX512_PANEL, AVX512_PANEL, 6>(job) }
}

/// tanh of each value, in place.
#[target_feature(enable = "avx2,fma")]
pub(super) fn tanh_avx2(values: &mut [f32]) {
    // SAFETY: this function has the instructions.
    unsafe { tanh_all::<Avx2>(values) }
}

/// tanh of each value, in place.
#[target_feature(enable = "avx512f")]
pub(super) fn tanh_avx512(values: &mut [f32]) {
    // SAFETY: this function has the instructions.
    unsafe { tanh_all::<Avx512>(values) }
}

/// # Safety
/// As [`turn::turn`]; the processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn turn_avx2(job: &Turn) {
    // SAFETY: the caller's.
    unsafe { turn::turn::<Avx2>(job) }
}

/// # Safety
/// As [`turn::turn`]; the processor has AVX-512F.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn turn_avx512(job: &Turn) {
    // SAFETY: the caller's.
    unsafe { turn::turn::<Avx512>(job) }
}

/// # Safety
/// As [`dots::dots`]; the processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn dots_avx2(rows: &[f32], factors: &[f32], out: &mut [f32]) {
    // SAFETY: the caller's.
    unsafe { dots::dots::<Avx2>(rows, factors, out) }
}

/// # Safety
/// As [`dots::dots`]; the processor has AVX-512F.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn dots_avx512(rows: &[f32], factors: &[f32], out: &mut [f32]) {
    // SAFETY: the caller's.
    unsafe { dots::dots::<Avx512>(rows, factors, out) }
}

/// # Safety
/// As [`softmax::softmax`]; the processor has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn softmax_avx2(lines: &mut [f32], len: usize) {
    // SAFETY: the caller's.
    unsafe { softmax::softmax::<Avx2>(lines, len) }
}

/// # Safety
/// As [`softmax::softmax`]; the processor has AVX-512F.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn softmax_avx512(lines: &mut [f32], len: usize) {
    // SAFETY: the caller's.
    unsafe { softmax::softmax::<Avx512>(lines, len) }
}

/// # Safety
/// As [`tile::tile`]; the processor has AVX2 and FMA.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
unsafe fn tile_avx2<W: Stored, K: Lines, const L: usize, const N: usize>(
    job: &Job,
    row: usize,
    first: usize,
) {
    // SAFETY: the caller's.
    unsafe { tile::tile::<Avx2, W, K, L, N>(job, row, first) }
}

/// # Safety
/// As [`tile::tile`]; the processor has AVX-512F.
#[inline(never)]
#[target_feature(enable = "avx512f")]
unsafe fn tile_avx512<W: Stored, K: Lines, const L: usize, const N: usize>(
    job: &Job,
    row: usize,
    first: usize,
) {
    // SAFETY: the caller's.
    unsafe { tile::tile::<Avx512, W, K, L, N>(job, row, first) }
}

#[derive(Clone, Copy)]
struct Avx2(__m256);

#[derive(Clone, Copy)]
struct Avx512(__m512);

/// A vector at any address. The intrinsics that read one copy it through a variable, whose address checked builds ask for:
/// then it lies in memory.
#[repr(C, packed)]
struct Unaligned<V>(V);

/// # Safety
/// As [`product::run`]; the processor has the instructions.
pub(super) unsafe fn run_product_avx2(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run::<Avx2, 6, AVX2_PANEL>(job) }
}

/// # Safety
/// As [`product::run_in_parts`]; the processor has the instructions.
pub(super) unsafe fn run_in_parts_avx2(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run_in_parts::<Avx2, 2>(job) }
}

/// # Safety
/// As [`tile::sums`]; the processor has the instructions.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
unsafe fn product_avx2<W: Stored, const L: usize, const N: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { tile::sums::<Avx2, W, Rows, L, N>(span) }
}

/// Runs them, compiled for these instructions.
#[target_feature(enable = "avx2,fma")]
#[inline]
pub(super) fn loops_avx2<L: Loops>(loops: L) -> L::Out {
    loops.run()
}

/// # Safety
/// As [`narrow::parts_of_rows`]; the processor has the instructions.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
unsafe fn narrow_avx2<const L: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { narrow::parts_of_rows::<Avx2, L>(span) }
}

impl Kernel for Avx2 {
    unsafe fn product<W: Stored, const L: usize, const N: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { product_avx2::<W, L, N>(span) }
    }

    unsafe fn tile<W: Stored, K: Lines, const L: usize, const N: usize>(job: &Job, row: usize, first: usize) {
        // SAFETY: the caller's.
        unsafe { tile_avx2::<W, K, L, N>(job, row, first) }
    }

    unsafe fn narrow<const L: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { narrow_avx2::<L>(span) }
    }

    unsafe fn tanh(values: &mut [f32]) {
        // SAFETY: the caller has the instructions.
        unsafe { tanh_avx2(values) }
    }
}

/// # Safety
/// As [`product::run`]; the processor has the instructions.
pub(super) unsafe fn run_product_avx512(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run::<Avx512, 6, AVX512_PANEL>(job) }
}

/// # Safety
/// As [`product::run_in_parts`]; the processor has the instructions.
pub(super) unsafe fn run_in_parts_avx512(job: &Product) {
    // SAFETY: the caller's.
    unsafe { product::run_in_parts::<Avx512, 2>(job) }
}

/// # Safety
/// As [`tile::sums`]; the processor has the instructions.
#[inline(never)]
#[target_feature(enable = "avx512f")]
unsafe fn product_avx512<W: Stored, const L: usize, const N: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { tile::sums::<Avx512, W, Rows, L, N>(span) }
}

/// Runs them, compiled for these instructions.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn loops_avx512<L: Loops>(loops: L) -> L::Out {
    loops.run()
}

/// # Safety
/// As [`narrow::parts_of_rows`]; the processor has the instructions.
#[inline(never)]
#[target_feature(enable = "avx512f")]
unsafe fn narrow_avx512<const L: usize>(span: &Span) {
    // SAFETY: the caller's.
    unsafe { narrow::parts_of_rows::<Avx512, L>(span) }
}

impl Kernel for Avx512 {
    unsafe fn product<W: Stored, const L: usize, const N: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { product_avx512::<W, L, N>(span) }
    }

    unsafe fn tile<W: Stored, K: Lines, const L: usize, const N: usize>(job: &Job, row: usize, first: usize) {
        // SAFETY: the caller's.
        unsafe { tile_avx512::<W, K, L, N>(job, row, first) }
    }

    unsafe fn narrow<const L: usize>(span: &Span) {
        // SAFETY: the caller's.
        unsafe { narrow_avx512::<L>(span) }
    }

    unsafe fn tanh(values: &mut [f32]) {
        // SAFETY: the caller has the instructions.
        unsafe { tanh_avx512(values) }
    }
}

/// The methods of [`Vector`] as one intrinsic each, or two. `max` and `min` of x86 give their second operand where either is
/// NaN, so the value comes second.
macro_rules! vector {
    ($type:ident, $lanes:expr, $splat:ident, $add:ident, $mul:ident, $mul_add:ident,
     $div:ident, $max:ident, $min:ident, $to_bits:ident, $from_bits:ident, $shift_left:ident, $and:ident,
     $splat_bits:ident, $sub:ident, $low:ident, $high:ident, $low_pairs:ident, $high_pairs:ident, $to_pairs:ident,
     $from_pairs:ident, $add_bits:ident) => {
        impl Vector for $type {
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $splat(value) })
            }

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                // SAFETY: the values can be read.
                unsafe { (*from.cast::<Unaligned<Self>>()).0 }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                // SAFETY: the values can be written.
                unsafe { (*to.cast::<Unaligned<Self>>()).0 = self }
            }

            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $add(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $mul(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $mul_add(self.0, factor.0, term.0) })
            }

            #[inline(always)]
            unsafe fn div(self, other: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $div(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn at_least(self, bound: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $max(bound.0, self.0) })
            }

            #[inline(always)]
            unsafe fn at_most(self, bound: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $min(bound.0, self.0) })
            }

            #[inline(always)]
            unsafe fn sub(self, other: Self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $sub(self.0, other.0) })
            }

            #[inline(always)]
            unsafe fn interleaved(self, other: Self) -> (Self, Self) {
                // SAFETY: the caller has the instructions.
                unsafe { (Self($low(self.0, other.0)), Self($high(self.0, other.0))) }
            }

            #[inline(always)]
            unsafe fn interleaved_pairs(self, other: Self) -> (Self, Self) {
                // SAFETY: the caller has the instructions.
                unsafe {
                    let (a, b) = ($to_pairs(self.0), $to_pairs(other.0));
                    (
                        Self($from_pairs($low_pairs(a, b))),
                        Self($from_pairs($high_pairs(a, b))),
                    )
                }
            }

            #[inline(always)]
            unsafe fn power_of_two(self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe {
                    let bits = $shift_left::<23>($to_bits(self.0));
                    $from_bits($add_bits(bits, $splat_bits(ONE.cast_signed())))
                })
            }

            #[inline(always)]
            unsafe fn lower_halves(self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe { $from_bits($shift_left::<16>($to_bits(self.0))) })
            }

            #[inline(always)]
            unsafe fn upper_halves(self) -> Self {
                // SAFETY: the caller has the instructions.
                Self(unsafe {
                    $from_bits($and(
                        $to_bits(self.0),
                        $splat_bits(UPPER_HALF.cast_signed()),
                    ))
                })
            }
        }
    };
}

vector!(
    Avx2,
    AVX2_LANES,
    _mm256_set1_ps,
    _mm256_add_ps,
    _mm256_mul_ps,
    _mm256_fmadd_ps,
    _mm256_div_ps,
    _mm256_max_ps,
    _mm256_min_ps,
    _mm256_castps_si256,
    _mm256_castsi256_ps,
    _mm256_slli_epi32,
    _mm256_and_si256,
    _mm256_set1_epi32,
    _mm256_sub_ps,
    _mm256_unpacklo_ps,
    _mm256_unpackhi_ps,
    _mm256_unpacklo_pd,
    _mm256_unpackhi_pd,
    _mm256_castps_pd,
    _mm256_castpd_ps,
    _mm256_add_epi32
);
vector!(
    Avx512,
    AVX512_LANES,
    _mm512_set1_ps,
    _mm512_add_ps,
    _mm512_mul_ps,
    _mm512_fmadd_ps,
    _mm512_div_ps,
    _mm512_max_ps,
    _mm512_min_ps,
    _mm512_castps_si512,
    _mm512_castsi512_ps,
    _mm512_slli_epi32,
    _mm512_and_si512,
    _mm512_set1_epi32,
    _mm512_sub_ps,
    _mm512_unpacklo_ps,
    _mm512_unpackhi_ps,
    _mm512_unpacklo_pd,
    _mm512_unpackhi_pd,
    _mm512_castps_pd,
    _mm512_castpd_ps,
    _mm512_add_epi32
);
