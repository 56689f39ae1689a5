//! What the kernels need of a register of f32.

/// Most values in one vector of any set.
pub(super) const MOST_LANES: usize = 16;

/// Widths of matrices to multiply are multiples of this: a vector of any set is a part of it.
pub const VECTOR_STEP: usize = MOST_LANES;

/// Widths of layers go up to a multiple of this at most: two vectors of any set.
pub const WIDTH_STEP: usize = 2 * MOST_LANES;

/// The bits of a lane that its upper half is.
pub(super) const UPPER_HALF: u32 = 0xffff_0000;

/// Bits of the fraction of an f32, and the bits of 1.
pub(super) const MANTISSA: u32 = 23;
pub(super) const ONE: u32 = 127 << MANTISSA;

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

    /// self - other
    unsafe fn sub(self, other: Self) -> Self;

    /// Of every four lanes of both, one after the other: the first two of each, and the last two.
    unsafe fn interleaved(self, other: Self) -> (Self, Self);

    /// The same two by two: the first two of self and then of other, and the last two.
    unsafe fn interleaved_pairs(self, other: Self) -> (Self, Self);

    /// 2^n in each lane, n the integer that the last bits of the lane are, from -126 to 127.
    unsafe fn power_of_two(self) -> Self;

    /// The numbers whose upper 16 bits are the lower 16 of each lane; the other bits are 0.
    unsafe fn lower_halves(self) -> Self;

    /// The numbers whose upper 16 bits are the upper 16 of each lane; the other bits are 0.
    unsafe fn upper_halves(self) -> Self;
}

/// Of each of four vectors what `combine` makes of its lanes, which it is given two by two; in an order that depends on the type
/// alone.
///
/// # Safety
/// The processor has the instructions.
#[inline(always)]
pub(super) unsafe fn across<V: Vector>(
    [a, b, c, d]: [V; 4],
    combine: impl Fn(V, V) -> V,
    combine_two: impl Fn(f32, f32) -> f32,
) -> [f32; 4] {
    let mut lanes = [0.0; MOST_LANES];
    // SAFETY: the caller's; the array has room for a vector of any set.
    unsafe {
        let both = |(first, second): (V, V)| combine(first, second);
        let (first, second) = (both(a.interleaved(b)), both(c.interleaved(d)));
        both(first.interleaved_pairs(second)).store(lanes.as_mut_ptr());
    }
    let mut groups = lanes[..V::LANES].as_chunks::<4>().0.iter();
    let mut out = *groups.next().expect("a vector has four lanes or more");
    for group in groups {
        for (out, lane) in out.iter_mut().zip(group) {
            *out = combine_two(*out, *lane);
        }
    }
    out
}
