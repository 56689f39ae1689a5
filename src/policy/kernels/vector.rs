//! What the kernels need of a register of f32.

/// The bits of a lane that its upper half is.
pub(super) const UPPER_HALF: u32 = 0xffff_0000;

/// A register of [`LANES`](Self::LANES) f32 and its operations, lane by lane.
///
/// # Safety
/// Of every method: the processor has the instructions of the implementing type.
pub(super) trait Vector: Copy {
    /// Values in one register.
    const LANES: usize;

    /// The same value in all lanes.
    unsafe fn splat(value: f32) -> Self;

    /// Reads `LANES` values, at any address.
    ///
    /// # Safety
    /// They can be read.
    unsafe fn load(from: *const f32) -> Self;

    /// Writes `LANES` values, at any address.
    ///
    /// # Safety
    /// They can be written.
    unsafe fn store(self, to: *mut f32);

    /// self + other
    unsafe fn add(self, other: Self) -> Self;

    /// self * other
    unsafe fn mul(self, other: Self) -> Self;

    /// self * factor + term, rounded once (portable: twice).
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;

    /// self / other
    unsafe fn div(self, other: Self) -> Self;

    /// The larger of `bound` and self; NaN where self is NaN.
    unsafe fn at_least(self, bound: Self) -> Self;

    /// The smaller of `bound` and self; NaN where self is NaN.
    unsafe fn at_most(self, bound: Self) -> Self;

    /// The sum of the lanes of each. Which order they are added in depends on nothing but the type.
    unsafe fn sums(vectors: [Self; 4]) -> [f32; 4];

    /// The numbers whose upper 16 bits are the lower 16 of each lane; the other bits are 0.
    unsafe fn lower_halves(self) -> Self;

    /// The numbers whose upper 16 bits are the upper 16 of each lane; the other bits are 0.
    unsafe fn upper_halves(self) -> Self;
}
