//! exp, ln and their like with the same bits on every system: what a policy decides and what a risk manager says must not
//! depend on whose C library is there. [`exp`] and [`ln`] are written out in additions, multiplications and one division,
//! without branches on the way of ordinary numbers, so that a loop of them is compiled to vectors; what is asked for
//! rarely is the `libm` crate's, which is Rust too.
//!
//! Nothing of these layers calls the methods of `f64` of these names: `tests/layers` reads the sources for them, and
//! `tests/c/own_functions.c` counts the calls that reach the C library.

pub use libm::{cos, exp2, expm1 as exp_m1, log1p as ln_1p, log10, pow as powf, sin};

/// ln 2 in two parts, of which the first has few bits: k times it is exact.
const LN_2: (f64, f64) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);

/// e^x, at most one unit in the last place from the nearest number (2.3e-16 of it); 0 below -745.2, infinite above 709.8,
/// NaN for NaN.
///
/// 2^k e^r with k = x / ln 2 rounded and |r| up to ln 2 / 2, where thirteen terms of the series are enough.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    /// Added to a number below 2^51 in size, it leaves the rounded number in the last bits.
    const ROUNDING: f64 = 6_755_399_441_055_744.0;
    /// 1/n!
    const SERIES: [f64; 14] = reciprocal_factorials();
    // Results beyond these are 0 or infinite as those at them are. Comparisons, for NaN has to stay.
    let x = if x < -746.0 { -746.0 } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let shifted = x * std::f64::consts::LOG2_E + ROUNDING;
    let k = shifted - ROUNDING;
    let r = (x - k * LN_2.0) - k * LN_2.1;
    let (r2, c) = (r * r, &SERIES);
    let r4 = r2 * r2;
    let low = (c[2] + c[3] * r) + r2 * (c[4] + c[5] * r);
    let middle = (c[6] + c[7] * r) + r2 * (c[8] + c[9] * r);
    let high = (c[10] + c[11] * r) + r2 * (c[12] + c[13] * r);
    let power = 1.0 + (r + r2 * (low + r4 * middle + (r4 * r4) * high));
    // 2^k in two factors, each of them a normal number even where the result is not.
    let k = shifted.to_bits().wrapping_sub(ROUNDING.to_bits());
    let half = (k.wrapping_add(2048) >> 1).wrapping_sub(1024);
    power * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

const fn reciprocal_factorials() -> [f64; 14] {
    let mut terms = [1.0; 14];
    let (mut n, mut factorial) = (2, 1.0);
    while n < terms.len() {
        factorial *= n as f64;
        terms[n] = 1.0 / factorial;
        n += 1;
    }
    terms
}

/// 2^k of a k in -1022..=1023, in two's complement.
#[inline(always)]
fn power_of_two(k: u64) -> f64 {
    f64::from_bits(k.wrapping_add(1023) << 52)
}

/// The natural logarithm, at most one unit in the last place from the nearest number; minus infinity of 0, NaN of what is
/// below it.
#[inline]
pub fn ln(x: f64) -> f64 {
    /// 2^54 makes a normal number of any other one.
    const SCALE: f64 = 18_014_398_509_481_984.0;
    if x.is_normal() && x > 0.0 {
        ln_of_normal(x)
    } else if x == 0.0 {
        f64::NEG_INFINITY
    } else if x > 0.0 && x.is_finite() {
        ln_of_scaled(x * SCALE, 54.0)
    } else if x > 0.0 {
        x
    } else {
        f64::NAN
    }
}

/// As [`ln`], of a positive normal number: what it is of another is not said. A loop of it becomes vectors.
#[inline(always)]
pub fn ln_of_normal(x: f64) -> f64 {
    ln_of_scaled(x, 0.0)
}

/// ln of the positive normal number x, less `twos` ln 2.
///
/// k ln 2 + ln m with m from sqrt(1/2) to sqrt(2); with f = m - 1 and s = f/(2 + f), ln m = 2 atanh s = f - s (f - R), where R is
/// of nine terms of the series in s². f²/2 is taken out of it, as rounding asks.
#[inline(always)]
fn ln_of_scaled(x: f64, twos: f64) -> f64 {
    /// The bits of sqrt(1/2).
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const EXPONENT: u64 = 0xfff0_0000_0000_0000;
    /// The exponent of 2^52, whose last bits count ones.
    const TWO_TO_52: u64 = 0x4330_0000_0000_0000;
    /// 2^52, and 2048 that keep k above 0.
    const OFFSET: f64 = 4_503_599_627_370_496.0 + 2048.0;
    /// 2/(2 n + 3)
    const SERIES: [f64; 9] = [
        2.0 / 3.0,
        2.0 / 5.0,
        2.0 / 7.0,
        2.0 / 9.0,
        2.0 / 11.0,
        2.0 / 13.0,
        2.0 / 15.0,
        2.0 / 17.0,
        2.0 / 19.0,
    ];
    let bits = x.to_bits();
    let above = bits.wrapping_sub(SQRT_HALF);
    let k = f64::from_bits((above.wrapping_add(1 << 63) >> 52) | TWO_TO_52) - (OFFSET + twos);
    let f = f64::from_bits(bits.wrapping_sub(above & EXPONENT)) - 1.0;
    let (s, c) = (f / (2.0 + f), &SERIES);
    let z = s * s;
    let z2 = z * z;
    let low = (c[0] + c[1] * z) + z2 * (c[2] + c[3] * z);
    let high = ((c[4] + c[5] * z) + z2 * (c[6] + c[7] * z)) + (z2 * z2) * c[8];
    let rest = z * (low + (z2 * z2) * high);
    let half_square = 0.5 * f * f;
    k * LN_2.0 + (f - (half_square - (s * (half_square + rest) + k * LN_2.1)))
}
