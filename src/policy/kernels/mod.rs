//! The arithmetic of the forward pass, written once over a vector type and compiled for each instruction set.
//!
//! The set is chosen when a policy is loaded ([`InstructionSet::best`]); weights are packed for it then, in the order
//! in which the kernel reads them. Every output is the sum of its products in an order that the layer's shape alone
//! decides, so a row has the same bits in a batch of any size, at any place in it, at any address and on any thread.
//! Two instruction sets add in different orders and may differ in the last bits.
//!
//! This is the one folder with `unsafe` besides the C surface. It rests on two facts: a value of [`InstructionSet`]
//! exists only for a set that this processor was found to have, and [`Dense::run`] checks every length before a
//! pointer is made.
#![allow(unsafe_code, reason = "the one folder of SIMD kernels")]

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod aligned;
mod block;
mod dense;
mod dots;
pub mod naive;
mod narrow;
mod portable;
mod product;
mod softmax;
mod tanh;
mod tile;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub use aligned::Aligned;
pub use dense::{Activation, Dense, Precision};
pub use product::Left;

/// Most values in one vector of any set.
const MOST_LANES: usize = 16;

/// Widths of matrices to multiply are multiples of this: a vector of any set is a part of it.
pub const VECTOR_STEP: usize = MOST_LANES;

/// Widths of layers go up to a multiple of this at most: two vectors of any set.
pub const WIDTH_STEP: usize = 2 * MOST_LANES;

/// Instructions that this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstructionSet(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Plain Rust; multiplications and additions are rounded separately.
    Portable,
    /// AVX2 with FMA: 8 lanes.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512F: 16 lanes.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// NEON: 4 lanes.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

/// Plain loops that are worth compiling for each set of instructions, and what they need. A closure would not do: what is not
/// inlined into a function of a set is compiled for any processor, and a closure is inlined only where it is short.
pub trait Loops {
    /// What they give.
    type Out;

    /// Runs them. Must be `#[inline(always)]`, with all that it calls.
    fn run(self) -> Self::Out;
}

impl InstructionSet {
    /// Plain Rust, which runs anywhere.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// The fastest of [`available`](Self::available).
    pub fn best() -> Self {
        let available = Self::available();
        available.last().expect("plain Rust is always there")
    }

    /// Every set that this processor has, slowest first; the first is [`PORTABLE`](Self::PORTABLE).
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        let mut sets = vec![Kind::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if avx2 {
                sets.push(Kind::Avx2);
            }
            if avx2 && is_x86_feature_detected!("avx512f") {
                sets.push(Kind::Avx512);
            }
        }
        #[cfg(target_arch = "aarch64")]
        {
            if std::arch::is_aarch64_feature_detected!("neon") {
                sets.push(Kind::Neon);
            }
        }
        sets.into_iter().map(Self)
    }

    /// `portable`, `avx2`, `avx512` or `neon`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => "neon",
        }
    }

    /// Writes tanh of each value over it, as the hidden layers compute it: at most 4e-7 from the true one, odd, and
    /// never beyond 1 in size.
    pub fn tanh(self, values: &mut [f32]) {
        match self.0 {
            Kind::Portable => portable::tanh(values),
            // SAFETY: a value of this type exists only where the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { x86_64::tanh_avx2(values) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { x86_64::tanh_avx512(values) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => unsafe { aarch64::tanh(values) },
        }
    }

    /// Runs plain loops, compiled for these instructions.
    #[inline]
    pub fn vectorize<L: Loops>(self, loops: L) -> L::Out {
        match self.0 {
            Kind::Portable => loops.run(),
            // SAFETY: a value of this type exists only where the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { x86_64::loops_avx2(loops) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { x86_64::loops_avx512(loops) },
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => loops.run(),
        }
    }

    /// How the weights of a layer are packed: (lanes of a vector, vectors of a panel).
    fn packing(self) -> (usize, usize) {
        match self.0 {
            Kind::Portable => (portable::LANES, portable::PANEL),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => (x86_64::AVX2_LANES, x86_64::AVX2_PANEL),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => (x86_64::AVX512_LANES, x86_64::AVX512_PANEL),
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => (aarch64::LANES, aarch64::PANEL),
        }
    }

    /// Makes shares of scores.
    ///
    /// # Safety
    /// As [`softmax::softmax`].
    unsafe fn run_softmax(self, lines: &mut [f32], len: usize) {
        // SAFETY: a value of this type exists only where the processor has the instructions; the rest is the
        // caller's.
        unsafe {
            match self.0 {
                Kind::Portable => portable::softmax(lines, len),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => x86_64::softmax_avx2(lines, len),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => x86_64::softmax_avx512(lines, len),
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => aarch64::softmax(lines, len),
            }
        }
    }

    /// Adds up products of rows.
    ///
    /// # Safety
    /// There are as many rows of as many values as `out` and `factors` have, and these a multiple of [`VECTOR_STEP`].
    unsafe fn run_dots(self, rows: &[f32], factors: &[f32], out: &mut [f32]) {
        // SAFETY: a value of this type exists only where the processor has the instructions; the rest is the
        // caller's.
        unsafe {
            match self.0 {
                Kind::Portable => portable::dots(rows, factors, out),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => x86_64::dots_avx2(rows, factors, out),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => x86_64::dots_avx512(rows, factors, out),
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => aarch64::dots(rows, factors, out),
            }
        }
    }

    /// Runs a product.
    ///
    /// # Safety
    /// As [`product::run`].
    unsafe fn run_product(self, job: &product::Product) {
        // SAFETY: a value of this type exists only where the processor has the instructions; the rest is the
        // caller's.
        unsafe {
            match self.0 {
                Kind::Portable => portable::run_product(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => x86_64::run_product_avx2(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => x86_64::run_product_avx512(job),
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => aarch64::run_product(job),
            }
        }
    }

    /// Runs a layer.
    ///
    /// # Safety
    /// As [`block::run`]; the layer was packed for this set.
    unsafe fn run(self, job: &tile::Job) {
        // SAFETY: a value of this type exists only where the processor has the instructions; the rest is the
        // caller's.
        unsafe {
            match self.0 {
                Kind::Portable => portable::run(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => x86_64::run_avx2(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => x86_64::run_avx512(job),
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => aarch64::run(job),
            }
        }
    }
}
