//! Numbers side by side in plain Rust, which the compiler makes vectors of: as many in every set of instructions, so that the
//! bits are the same in all. Each function is compiled for the instructions of its caller, which is why it is inlined.

/// Numbers side by side.
pub(crate) const LANES: usize = 16;

/// Adds a multiple of one to the other.
#[inline(always)]
pub(crate) fn add(factor: f32, values: &[f32; LANES], sums: &mut [f32; LANES]) {
    for lane in 0..LANES {
        sums[lane] += factor * values[lane];
    }
}

/// Σ a b of two of one length, a multiple of the lanes, in lanes that are then added up: on the way back of training.
#[cfg(feature = "train")]
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    add_up(sums)
}

/// The sum of the lanes, half of them added to the other half until one is left.
#[inline(always)]
pub(crate) fn add_up(sums: [f32; LANES]) -> f32 {
    halve::<2, 1>(halve::<4, 2>(halve::<8, 4>(halve::<LANES, 8>(sums))))[0]
}

/// The second half added to the first.
#[inline(always)]
fn halve<const N: usize, const HALF: usize>(values: [f32; N]) -> [f32; HALF] {
    let mut sums = [0.0; HALF];
    for lane in 0..HALF {
        sums[lane] = values[lane] + values[lane + HALF];
    }
    sums
}

/// Scores, a multiple of the lanes, to shares that add up to 1.
#[inline(always)]
pub(crate) fn softmax(scores: &mut [f32]) {
    let mut largest = [f32::NEG_INFINITY; LANES];
    for scores in scores.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            largest[lane] = larger(largest[lane], scores[lane]);
        }
    }
    let largest = largest_of(largest);
    let mut sums = [0.0_f32; LANES];
    for scores in scores.as_chunks_mut::<LANES>().0 {
        for lane in 0..LANES {
            scores[lane] = exp(scores[lane] - largest);
            sums[lane] += scores[lane];
        }
    }
    let scale = 1.0 / add_up(sums);
    for scores in scores.as_chunks_mut::<LANES>().0 {
        for score in scores {
            *score *= scale;
        }
    }
}

/// The larger of two, the first where the second is NaN: one instruction, where `f32::max` is several.
#[inline(always)]
fn larger(first: f32, second: f32) -> f32 {
    if second > first { second } else { first }
}

/// The largest lane, by halves as [`add_up`].
#[inline(always)]
fn largest_of(mut values: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            values[lane] = larger(values[lane], values[lane + half]);
        }
        half /= 2;
    }
    values[0]
}

/// e^x for x up to 0, to 2e-7 of it; below -87, where it is nothing beside the largest share, e^-87. In additions and
/// multiplications alone, so that several are computed side by side, with the same bits everywhere: 2^k e^r with k = x / ln 2
/// rounded and |r| up to ln 2 / 2, where seven terms of the series are enough.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Added to a number below 2^22 in size, it leaves the rounded number in the last bits.
    const ROUNDING: f32 = 12_582_912.0;
    /// ln 2 in two parts, of which the first has few bits: k times it is exact.
    const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
    const SERIES: [f32; 7] = [
        1.0 / 5040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
    ];
    let x = larger(-87.0, x);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let k = shifted - ROUNDING;
    let r = (x - k * LN_2.0) - k * LN_2.1;
    let mut sum = SERIES[0];
    for term in &SERIES[1..] {
        sum = sum * r + term;
    }
    let power = f32::from_bits(
        shifted
            .to_bits()
            .wrapping_sub(ROUNDING.to_bits())
            .wrapping_add(127)
            << 23,
    );
    (sum * r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn exp_is_within_its_bound() {
        for i in 0..=870_000 {
            let x = -(i as f32) * 1e-4;
            let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((found / expected - 1.0).abs() < 2e-7, "{x}: {found} {expected}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), exp(-87.0));
    }
}
