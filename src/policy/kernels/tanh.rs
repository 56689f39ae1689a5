//! tanh as a quotient of polynomials.

use super::vector::{MOST_LANES, Vector};

/// Beyond this tanh is 1 to half of f32's last digit.
const SATURATED: f32 = 9.0;

/// tanh(x) = x P(x²) / Q(x²) on [-9, 9]: the minimax of the relative error, 2.1e-8 before rounding. The coefficients
/// (constant term first) are those that tests/golden/tanh_rational.py prints, rounded to f32. All are positive, so
/// nothing cancels.
const P: [f32; 5] = [1.0, 1.338_101_9e-1, 3.495_58e-3, 2.060_895e-5, 1.335_447_6e-8];
const Q: [f32; 5] = [1.0, 4.671_433_4e-1, 2.587_695_2e-2, 3.285_621_7e-4, 7.776_483e-7];

/// tanh of every lane: at most 4e-7 from the true one, odd, never beyond 1 in size, NaN for NaN.
///
/// # Safety
/// As for the methods of [`Vector`].
#[inline(always)]
pub(super) unsafe fn tanh<V: Vector>(x: V) -> V {
    // SAFETY: the caller's.
    unsafe {
        let x = x.at_least(V::splat(-SATURATED)).at_most(V::splat(SATURATED));
        let square = x.mul(x);
        let (mut p, mut q) = (V::splat(P[4]), V::splat(Q[4]));
        for i in [3, 2, 1, 0] {
            p = p.mul_add(square, V::splat(P[i]));
            q = q.mul_add(square, V::splat(Q[i]));
        }
        let tanh = x.mul(p).div(q);
        tanh.at_least(V::splat(-1.0)).at_most(V::splat(1.0))
    }
}

/// tanh of each value, in place.
///
/// # Safety
/// As for the methods of [`Vector`].
#[inline(always)]
pub(super) unsafe fn tanh_all<V: Vector>(values: &mut [f32]) {
    let mut blocks = values.chunks_exact_mut(V::LANES);
    // SAFETY: a block holds as many values as a register; `tail` holds at least as many.
    unsafe {
        for block in &mut blocks {
            tanh(V::load(block.as_ptr())).store(block.as_mut_ptr());
        }
        let rest = blocks.into_remainder();
        if rest.is_empty() {
            return;
        }
        let mut tail = [0.0; MOST_LANES];
        tail[..rest.len()].copy_from_slice(rest);
        tanh(V::load(tail.as_ptr())).store(tail.as_mut_ptr());
        rest.copy_from_slice(&tail[..rest.len()]);
    }
}
