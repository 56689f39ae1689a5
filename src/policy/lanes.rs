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

/// Copies numbers, of which there are few: for them a call of memcpy takes longer.
#[inline(always)]
pub(crate) fn copy_few(from: &[f32], to: &mut [f32]) {
    let (from, from_rest) = from.as_chunks::<4>();
    let (to, to_rest) = to.as_chunks_mut::<4>();
    for (from, to) in from.iter().zip(to) {
        *to = *from;
    }
    for i in 0..3 {
        if let (Some(from), Some(to)) = (from_rest.get(i), to_rest.get_mut(i)) {
            *to = *from;
        }
    }
}

/// Whether both are the same to the bit.
pub(crate) fn is_same(a: &[f32], b: &[f32]) -> bool {
    let differing = |a: &[f32], b: &[f32]| {
        let bits = a.iter().zip(b).map(|(a, b)| a.to_bits() ^ b.to_bits());
        bits.fold(0, |all, bits| all | bits)
    };
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let as_many = a.len() == b.len() && a_rest.len() == b_rest.len();
    as_many && a.iter().zip(b).all(|(a, b)| differing(a, b) == 0) && differing(a_rest, b_rest) == 0
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
#[cfg(feature = "train")]
#[inline(always)]
fn add_up(sums: [f32; LANES]) -> f32 {
    halve::<2, 1>(halve::<4, 2>(halve::<8, 4>(halve::<LANES, 8>(sums))))[0]
}

/// The second half added to the first.
#[cfg(feature = "train")]
#[inline(always)]
fn halve<const N: usize, const HALF: usize>(values: [f32; N]) -> [f32; HALF] {
    let mut sums = [0.0; HALF];
    for lane in 0..HALF {
        sums[lane] = values[lane] + values[lane + HALF];
    }
    sums
}
