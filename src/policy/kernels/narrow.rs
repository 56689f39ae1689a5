//! A tile of a narrow layer over several rows: one vector of each, in its [`PARTS`].
//!
//! As in [`tile`](super::tile) every sum is a variable of its own. Part by part the weights of one input are all that lies
//! in registers beside the sums.

use super::tile::{PARTS, Span};
use super::vector::Vector;

/// Makes the function `parts_of_rows` with a variable for each part of each row.
macro_rules! parts_of_rows {
    ($($part:literal: $($sum:ident $row:literal),*;)*) => {
        /// One vector of `R` rows, each sum in its [`PARTS`]: what [`sums`](super::tile::sums) of parts makes of each row, to
        /// the bit.
        ///
        /// # Safety
        /// As for the methods of [`Vector`]; all that the span describes can be read, and its outputs written.
        #[inline(always)]
        pub(super) unsafe fn parts_of_rows<V: Vector, const R: usize>(span: &Span) {
            const { assert!(R <= 6 && PARTS == 4) };
            let Span { input, inputs_apart, weights, weights_step, start, output, outputs_apart, count, .. } = *span;
            // SAFETY: the caller's.
            unsafe {
                $($(
                    let mut $sum = V::splat(0.0);
                    if $part == 0 && $row < R {
                        $sum = V::load(start);
                    }
                )*)*
                let mut i = 0;
                while i + PARTS <= count {
                    $(
                        let weight = V::load(weights.add((i + $part) * weights_step));
                        $(if $row < R {
                            let x = V::splat(*input.add($row * inputs_apart + i + $part));
                            $sum = x.mul_add(weight, $sum);
                        })*
                    )*
                    i += PARTS;
                }
                // Fewer inputs than parts are left.
                $(if i + $part < count {
                    let weight = V::load(weights.add((i + $part) * weights_step));
                    $(if $row < R {
                        let x = V::splat(*input.add($row * inputs_apart + i + $part));
                        $sum = x.mul_add(weight, $sum);
                    })*
                })*
                let parts = [$([$($sum),*]),*];
                for row in 0..R {
                    let sum = parts[0][row].add(parts[2][row]).add(parts[1][row].add(parts[3][row]));
                    sum.store(output.add(row * outputs_apart));
                }
            }
        }
    };
}

parts_of_rows! {
    0: a0 0, a1 1, a2 2, a3 3, a4 4, a5 5;
    1: b0 0, b1 1, b2 2, b3 3, b4 4, b5 5;
    2: c0 0, c1 1, c2 2, c3 3, c4 4, c5 5;
    3: d0 0, d1 1, d2 2, d3 3, d4 4, d5 5;
}
