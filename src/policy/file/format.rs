//! What a policy file is made of: its keys and limits, what a checkpoint adds, the checksum.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What `format` says in every file of ours.
pub const FORMAT: &str = "ppo_risk";

/// Largest file that is read or written: 1 GiB. Room for 2^26 parameters, two optimiser moments for each, and more.
pub const LARGEST_FILE: u64 = 1 << 30;

/// Largest header that is read or written: 16 MiB.
pub const LARGEST_HEADER: u64 = 1 << 24;

/// What comes before the checksum's digits, exactly once in a header.
pub(super) const CHECKSUM_KEY: &[u8] = b"\"sha256\":\"";

/// Number of hex digits in the checksum.
pub(super) const CHECKSUM_LEN: usize = 64;

/// Metadata keys that the policy itself takes up.
pub(super) const POLICY_KEYS: [&str; 8] = [
    "format",
    "version",
    "spec",
    "members",
    "consensus",
    "departure",
    "provenance",
    "sha256",
];

/// Tensors of the normaliser, in the order of [`RunningStatistics`](crate::policy::normalizer::RunningStatistics).
pub(super) const NORMALIZER_TENSORS: [&str; 3] =
    ["normalizer.count", "normalizer.mean", "normalizer.variance"];

/// What a checkpoint holds besides the policy. Empty for a plain policy file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extras {
    /// Tensors by name; a name must not be one the policy itself takes up.
    pub tensors: BTreeMap<String, Tensor>,
    /// Metadata by key; a key must not be one the policy itself takes up.
    pub metadata: BTreeMap<String, String>,
}

/// A tensor of a checkpoint, such as an optimiser's moments or a text as bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its shape; the product is the number of values.
    pub shape: Vec<usize>,
    /// Its values, row-major. Any bits are kept, NaN among them.
    pub values: Values,
}

/// Values of one of the types a file can hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit floats.
    F64(Vec<f64>),
    /// Bytes.
    U8(Vec<u8>),
}

impl Values {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::U8(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where the checksum's digits start, in a file whose header has exactly one place for them.
pub(super) fn checksum_place(file: &[u8]) -> Option<usize> {
    let header_len = u64::from_le_bytes(*file.first_chunk()?);
    let end = usize::try_from(header_len).ok()?.checked_add(8)?;
    let header = file.get(..end)?;
    let mut places = header
        .windows(CHECKSUM_KEY.len())
        .enumerate()
        .filter(|(_, window)| *window == CHECKSUM_KEY);
    let (place, _) = places.next()?;
    let digits = place + CHECKSUM_KEY.len();
    (places.next().is_none() && digits + CHECKSUM_LEN <= end).then_some(digits)
}

/// The checksum a file should have; its place must be there.
pub(crate) fn checksum(file: &[u8]) -> String {
    let digits = checksum_place(file).expect("the caller has found the place");
    let mut hash = Sha256::new();
    hash.update(&file[..digits]);
    hash.update([b'0'; CHECKSUM_LEN]);
    hash.update(&file[digits + CHECKSUM_LEN..]);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
