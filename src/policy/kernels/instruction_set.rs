//! Which instructions the kernels are run with.

#[cfg(target_arch = "aarch64")]
use super::aarch64;
use super::job::Job;
use super::loops::Loops;
use super::portable;
use super::product::{Apart, Left, Product, Start};
use super::turn::Turn;
use super::vector::VECTOR_STEP;
#[cfg(target_arch = "x86_64")]
use super::x86_64;

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

    /// Writes over each line of `len` scores, a multiple of [`VECTOR_STEP`], its shares: e^score over the sum of the line's. A
    /// score of -infinity has next to none (e^-87 beside the largest). A line's bits depend on that line alone.
    ///
    /// Panics where `lines` are not whole ones.
    pub fn softmax(self, lines: &mut [f32], len: usize) {
        assert!(len > 0 && len.is_multiple_of(VECTOR_STEP), "scores of a line");
        assert!(lines.len().is_multiple_of(len), "scores of the lines");
        // SAFETY: the asserts above hold the lines.
        unsafe { self.run_softmax(lines, len) }
    }

    /// Writes to `out` ([N]) Σ_k row_k factor_k of each row of `rows` ([N, K], K = the number of `factors`, a multiple of
    /// [`VECTOR_STEP`]). A sum's bits depend on its own row and the factors alone.
    ///
    /// Panics where a length does not fit.
    pub fn dots(self, rows: &[f32], factors: &[f32], out: &mut [f32]) {
        assert_eq!(factors.len() % VECTOR_STEP, 0, "number of factors");
        assert_eq!(rows.len(), out.len() * factors.len(), "values of the rows");
        // SAFETY: the asserts above hold the rows.
        unsafe { self.run_dots(rows, factors, out) }
    }

    /// Writes `columns` values, a multiple of [`VECTOR_STEP`], of each of so many lines the other way round: those of each column
    /// side by side. Lines, and what becomes of columns, begin as far apart as said.
    ///
    /// Panics where a length does not fit.
    pub fn turn(self, from: Apart<&[f32]>, lines: usize, columns: usize, to: Apart<&mut [f32]>) {
        let job = Turn::new((from.values, from.apart), (lines, columns), (to.values, to.apart));
        // SAFETY: what is made of borrows that last until here is within them.
        unsafe { self.run_turn(&job) }
    }

    /// Writes left · right to `out` ([lines, width]), each line plus `start` ([width]) where there is one. `right` is [terms,
    /// width], with a width that is a multiple of [`VECTOR_STEP`].
    ///
    /// Panics where there is no term or a length does not fit.
    pub fn multiply(self, left: Left<'_>, right: &[f32], start: Option<&[f32]>, out: &mut [f32]) {
        let product = Product::together(left, right, start, out);
        // SAFETY: what is made of borrows that last until here is within them; they keep `out` apart from the rest.
        unsafe { self.run_product(&product) }
    }

    /// Writes left · right, each line from `start`, to lines of `width` values of `out`; what lies between those stays. `width`
    /// is a multiple of [`VECTOR_STEP`].
    ///
    /// Panics where there is no term or a length does not fit.
    pub fn multiply_apart(
        self,
        left: Left<'_>,
        right: Apart<&[f32]>,
        start: Start<'_>,
        out: Apart<&mut [f32]>,
        width: usize,
    ) {
        let product = Product::new(left, right, start, out, width);
        // SAFETY: as above.
        unsafe { self.run_product(&product) }
    }

    /// Writes left · right to lines of `width` values of `out`, as [`multiply_apart`](Self::multiply_apart) from 0, faster where
    /// there are few lines of few values. Each sum is of four parts: of the terms 0, 4, 8, ..., of 1, 5, 9, ... and so on.
    ///
    /// Panics as that does, and where the terms of a line do not lie together.
    #[inline]
    pub fn multiply_few(self, left: Left<'_>, right: Apart<&[f32]>, out: Apart<&mut [f32]>, width: usize) {
        let product = Product::new(left, right, Start::Zero, out, width);
        assert!(product.is_plain(), "terms of a line");
        // SAFETY: as above; the assert holds the terms.
        unsafe { self.run_in_parts(&product) }
    }

    /// How the weights of a layer are packed: (lanes of a vector, vectors of a panel).
    pub(super) fn packing(self) -> (usize, usize) {
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
    /// As [`softmax`](super::softmax::softmax).
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

    /// Turns lines.
    ///
    /// # Safety
    /// As [`turn::turn`](super::turn::turn).
    unsafe fn run_turn(self, job: &Turn) {
        // SAFETY: a value of this type exists only where the processor has the instructions; the rest is the
        // caller's.
        unsafe {
            match self.0 {
                Kind::Portable => portable::turn(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => x86_64::turn_avx2(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => x86_64::turn_avx512(job),
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => aarch64::turn(job),
            }
        }
    }

    /// Runs a product.
    ///
    /// # Safety
    /// As [`product::run`](super::product::run).
    unsafe fn run_product(self, job: &Product) {
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

    /// Runs a product whose sums are of parts.
    ///
    /// # Safety
    /// As [`product::run_in_parts`](super::product::run_in_parts).
    unsafe fn run_in_parts(self, job: &Product) {
        // SAFETY: a value of this type exists only where the processor has the instructions; the rest is the
        // caller's.
        unsafe {
            match self.0 {
                Kind::Portable => portable::run_in_parts(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => x86_64::run_in_parts_avx2(job),
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512 => x86_64::run_in_parts_avx512(job),
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => aarch64::run_in_parts(job),
            }
        }
    }

    /// Runs a layer.
    ///
    /// # Safety
    /// As [`block::run`](super::block::run); the layer was packed for this set.
    pub(super) unsafe fn run(self, job: &Job) {
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
