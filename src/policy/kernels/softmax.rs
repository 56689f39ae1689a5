//! Scores to shares that add up to 1.

use super::vector::{Vector, across};

/// Lines that are gone through together: the processor need not wait for one, and their lanes are combined at once.
const TOGETHER: usize = 4;

/// # Safety
/// As for the methods of [`Vector`]; `len` is a multiple of `LANES` and not 0, and `lines` of `len`.
#[inline(always)]
pub(super) unsafe fn softmax<V: Vector>(lines: &mut [f32], len: usize) {
    let mut groups = lines.chunks_exact_mut(TOGETHER * len);
    // SAFETY: the caller's; each group is four lines, what is left one after another.
    unsafe {
        for group in &mut groups {
            of_four::<V, 1>(group.as_mut_ptr(), len);
        }
        for line in groups.into_remainder().chunks_exact_mut(len) {
            of_four::<V, 0>(line.as_mut_ptr(), len);
        }
    }
}

/// Four lines, `APART` lines apart: for 0, the same one four times.
///
/// # Safety
/// As for [`softmax`]; the lines can be read and written.
#[inline(always)]
unsafe fn of_four<V: Vector, const APART: usize>(first: *mut f32, len: usize) {
    // SAFETY: the caller's; a vector begins at a multiple of its lanes below the length, itself one.
    unsafe {
        let line = |i: usize| first.add(i * APART * len);
        let mut largest = [V::splat(f32::NEG_INFINITY); TOGETHER];
        for k in (0..len).step_by(V::LANES) {
            for (i, largest) in largest.iter_mut().enumerate() {
                *largest = largest.at_least(V::load(line(i).add(k)));
            }
        }
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        let largest = across(largest, |a, b| a.at_least(b), larger);
        let lines = 1 + (TOGETHER - 1) * APART;
        let mut sums = [V::splat(0.0); TOGETHER];
        for k in (0..len).step_by(V::LANES) {
            for (i, sum) in sums.iter_mut().enumerate().take(lines) {
                let score = line(i).add(k);
                let share = exp(V::load(score).sub(V::splat(largest[i])));
                share.store(score);
                *sum = sum.add(share);
            }
        }
        let sums = across(sums, |a, b| a.add(b), |a, b| a + b);
        for (i, sum) in sums.iter().enumerate().take(lines) {
            let scale = V::splat(1.0 / sum);
            for k in (0..len).step_by(V::LANES) {
                let share = line(i).add(k);
                V::load(share).mul(scale).store(share);
            }
        }
    }
}

/// e^x of every lane for x up to 0, to 2e-7 of it; below -87, where it is nothing beside the largest share, e^-87; NaN for NaN.
/// 2^k e^r with k = x / ln 2 rounded and |r| up to ln 2 / 2, where seven terms of the series are enough.
///
/// # Safety
/// As for the methods of [`Vector`].
#[inline(always)]
unsafe fn exp<V: Vector>(x: V) -> V {
    /// Added to a number below 2^22 in size, it leaves the rounded number in the last bits.
    const ROUNDING: f32 = 12_582_912.0;
    /// -ln 2 in two parts, of which the first has few bits: k times it is exact.
    const MINUS_LN_2: (f32, f32) = (-0.693_359_4, 2.121_944_4e-4);
    const SERIES: [f32; 7] = [
        1.0 / 5040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
    ];
    // SAFETY: the caller's.
    unsafe {
        let x = x.at_least(V::splat(-87.0));
        let shifted = x.mul_add(V::splat(std::f32::consts::LOG2_E), V::splat(ROUNDING));
        let k = shifted.sub(V::splat(ROUNDING));
        let r = k.mul_add(V::splat(MINUS_LN_2.0), x);
        let r = k.mul_add(V::splat(MINUS_LN_2.1), r);
        let mut sum = V::splat(SERIES[0]);
        for term in &SERIES[1..] {
            sum = sum.mul_add(r, V::splat(*term));
        }
        sum.mul_add(r, V::splat(1.0)).mul(shifted.power_of_two())
    }
}
