//! Sums of products of one row with many: what a mean by shares is.

use super::vector::{Vector, across};

/// Rows whose sums are added up together.
const TOGETHER: usize = 4;

/// # Safety
/// As for the methods of [`Vector`]; there are as many rows of as many values as `out` and `factors` have, and these a
/// multiple of `LANES`.
#[inline(always)]
pub(super) unsafe fn dots<V: Vector>(rows: &[f32], factors: &[f32], out: &mut [f32]) {
    let len = factors.len();
    let (groups, rest) = out.as_chunks_mut::<TOGETHER>();
    let in_groups = groups.len() * TOGETHER;
    for (group, out) in groups.iter_mut().enumerate() {
        // SAFETY: the caller's; these four rows are below the number of rows.
        *out = unsafe { sums::<V, 1>(rows.as_ptr().add(group * TOGETHER * len), factors) };
    }
    for (row, out) in rest.iter_mut().enumerate() {
        // SAFETY: the caller's; this row is below the number of rows.
        *out = unsafe { sums::<V, 0>(rows.as_ptr().add((in_groups + row) * len), factors)[0] };
    }
}

/// The sums of four rows, from `first` on, that lie `APART` rows apart.
///
/// # Safety
/// As for [`dots`]; the rows can be read.
#[inline(always)]
unsafe fn sums<V: Vector, const APART: usize>(first: *const f32, factors: &[f32]) -> [f32; TOGETHER] {
    let apart = APART * factors.len();
    // SAFETY: the caller's; a vector begins at a multiple of its lanes below the number of factors, itself one.
    unsafe {
        let [mut a, mut b, mut c, mut d] = [V::splat(0.0); TOGETHER];
        for k in (0..factors.len()).step_by(V::LANES) {
            let factor = V::load(factors.as_ptr().add(k));
            let row = first.add(k);
            a = V::load(row).mul_add(factor, a);
            b = V::load(row.add(apart)).mul_add(factor, b);
            c = V::load(row.add(2 * apart)).mul_add(factor, c);
            d = V::load(row.add(3 * apart)).mul_add(factor, d);
        }
        across([a, b, c, d], |a, b| a.add(b), |a, b| a + b)
    }
}
