//! Seeded streams of randomness. Every consumer (an environment, the shuffling of minibatches, a bootstrap) owns a
//! stream of its own, so that a result depends on the seed and never on the number of threads or the order of calls.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator behind every random draw: xoshiro256++ (Blackman and Vigna), serialisable for checkpoints.
pub type Stream = Xoshiro256PlusPlus;

/// The stream of consumer number `index` of the kind `purpose` under a run's `seed`.
///
/// Streams of different (purpose, index) are statistically independent: their 256-bit states are drawn by
/// SplitMix64 from a hash of all three.
pub fn stream(seed: u64, purpose: &str, index: u64) -> Stream {
    // FNV-1a over the purpose keeps the names readable and the mapping fixed for ever.
    let name = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mixed = [name, index]
        .into_iter()
        .fold(mix(seed), |state, part| mix(state ^ mix(part)));
    Stream::seed_from_u64(mixed)
}

/// Whether a stream, which was read from somewhere, is the one state that never moves: all zeros.
pub(crate) fn is_stuck(stream: &Stream) -> bool {
    let mut copy = stream.clone();
    (0..4).all(|_| copy.next_u64() == 0)
}

/// One step of SplitMix64 (Steele, Lea and Flood 2014): a bijection that scatters every input bit.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_purpose_and_index_and_repeat() {
        let first = |seed, purpose, index| stream(seed, purpose, index).next_u64();
        let base = first(1, "environment", 0);
        assert_eq!(base, first(1, "environment", 0));
        for other in [
            first(2, "environment", 0),
            first(1, "shuffle", 0),
            first(1, "environment", 1),
        ] {
            assert_ne!(base, other);
        }
    }
}
