//! The file a policy is kept in: safetensors, readable by Python's `safetensors`, checked against any altered byte.
//!
//! # Format
//! A safetensors file: the header's length (8 bytes, little-endian), the header (JSON, padded with spaces to a
//! multiple of 8), the tensors one after another (little-endian, row-major).
//!
//! Tensors: `normalizer.count`, `normalizer.mean`, `normalizer.variance` (F64, [groups]), every tensor of
//! [`layout`] (F32), and in a checkpoint any number of others (F64, F32 or U8). Those of an ensemble have one dimension more,
//! the first, of its members.
//!
//! `__metadata__`: `format` = "ppo_risk"; `version` = "2", the
//! [`FORMAT`](crate::json::document::FORMAT) (files of every earlier one are read, and mean what they meant then); `spec` = the [`PolicySpec`] as JSON; `departure` = a
//! [`Departure`](crate::policy::Departure) as JSON, left out by a policy that departs from its prior all the way; of an ensemble
//! `members` = how many, 2 to 64, and where there is one `consensus` = a [`Consensus`](crate::policy::ensemble::Consensus) as JSON; `provenance` = a JSON
//! object; `sha256`; and in a checkpoint any other keys.
//!
//! `sha256` is 64 lower-case hex digits: the SHA-256 of the whole file with these 64 digits replaced by 64 zeros
//! (the character `0`). They follow the one place in the header with the bytes `"sha256":"`.

use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::json::document;
use crate::policy::file_reader;
use crate::policy::layout::layout;
use crate::policy::spec::PolicySpec;
use crate::policy::trained::Policy;
use safetensors::tensor::{Dtype, TensorInfo};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// What `format` says in every file of ours.
pub const FORMAT: &str = "ppo_risk";

/// Largest file that is read or written: 1 GiB. Room for 2^26 parameters, two optimiser moments for each, and more.
pub const LARGEST_FILE: u64 = 1 << 30;

/// Largest header that is read or written: 16 MiB.
pub const LARGEST_HEADER: u64 = 1 << 24;

/// What comes before the checksum's digits, exactly once in a header.
pub(crate) const CHECKSUM_KEY: &[u8] = b"\"sha256\":\"";

/// Number of hex digits in the checksum.
pub(crate) const CHECKSUM_LEN: usize = 64;

/// Metadata keys that the policy itself takes up.
pub(crate) const POLICY_KEYS: [&str; 8] = [
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
pub(crate) const NORMALIZER_TENSORS: [&str; 3] =
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

/// Writes a policy, or with `extras` a checkpoint, to `path`: the file is there whole or, on any error, not at all
/// (see [`write_atomically`]). The same policy gives the same bytes.
///
/// Fails where an extra's name or key is the policy's own, a tensor's shape is not its number of values, the file
/// would be over 1 GiB or its header over 16 MiB, or the file cannot be written.
pub fn save(path: impl AsRef<Path>, policy: &Policy, extras: &Extras) -> Result<()> {
    let bytes = to_bytes(policy, extras)?;
    write_atomically(path, |writer| writer.write_all(&bytes))
}

/// Reads a policy, with what else a checkpoint holds.
///
/// The file may come from anywhere. Every size is checked before memory is taken, and [`Error::PolicyFile`] names
/// the file, the part, what was found and what was expected.
pub fn load(path: impl AsRef<Path>) -> Result<(Policy, Extras)> {
    let path = path.as_ref();
    let bytes = file_reader::read_capped(path, LARGEST_FILE)?;
    from_bytes(&path.display().to_string(), &bytes)
}

/// The bytes that [`save`] writes; fails as it does.
pub fn to_bytes(policy: &Policy, extras: &Extras) -> Result<Vec<u8>> {
    let mut tensors = policy_tensors(policy);
    for (name, tensor) in &extras.tensors {
        if tensors.iter().any(|(taken, ..)| taken == name) || name == "__metadata__" {
            let expected = "a name that the policy does not take up";
            return Err(Error::invalid("name of an extra tensor", name, expected));
        }
        let product = tensor.shape.iter().try_fold(1_usize, |p, &n| p.checked_mul(n));
        if product != Some(tensor.values.len()) {
            let found = format!("{:?} for {} values", tensor.shape, tensor.values.len());
            return Err(Error::invalid(
                format!("shape of `{name}`"),
                found,
                "their number",
            ));
        }
        let (dtype, bytes) = little_endian(&tensor.values);
        tensors.push((name.clone(), dtype, tensor.shape.clone(), bytes));
    }
    // Widest first, so that every tensor is aligned to its own values.
    tensors.sort_by_key(|(_, dtype, ..)| std::cmp::Reverse(dtype.bitsize()));
    let header = header(policy, extras, &tensors)?;
    let total = 8 + header.len() as u64 + tensors.iter().map(|(.., bytes)| bytes.len() as u64).sum::<u64>();
    for (input, found, limit) in [
        ("length of the header", header.len() as u64, LARGEST_HEADER),
        ("length of the file", total, LARGEST_FILE),
    ] {
        if found > limit {
            let found = format!("{found} bytes");
            return Err(Error::invalid(input, found, format!("at most {limit}")));
        }
    }
    let mut file = Vec::with_capacity(total as usize);
    file.extend((header.len() as u64).to_le_bytes());
    file.extend(header);
    for (.., bytes) in &tensors {
        file.extend(bytes);
    }
    let digits = checksum_place(&file).expect("the header has one sha256, and no key that could hide it");
    let checksum = checksum(&file);
    file[digits..digits + CHECKSUM_LEN].copy_from_slice(checksum.as_bytes());
    Ok(file)
}

/// Reads what [`to_bytes`] writes; `file` is what errors call it. Fails as [`load`] does.
pub fn from_bytes(file: &str, bytes: &[u8]) -> Result<(Policy, Extras)> {
    file_reader::read(file, bytes)
}

type NamedBytes = (String, Dtype, Vec<usize>, Vec<u8>);

/// Of an ensemble, each tensor has a first dimension of its members.
fn policy_tensors(policy: &Policy) -> Vec<NamedBytes> {
    let members = policy.member_count();
    let shaped = |shape: Vec<usize>| match members {
        1 => shape,
        _ => [vec![members], shape].concat(),
    };
    let groups = policy.normalizer().statistics().count.len();
    let mut tensors: Vec<NamedBytes> = Vec::new();
    for (place, name) in NORMALIZER_TENSORS.iter().enumerate() {
        let of_all = policy.members().flat_map(|member| {
            let statistics = member.normalizer.statistics();
            let lists = [&statistics.count, &statistics.mean, &statistics.variance];
            lists[place].clone()
        });
        let bytes = of_all.flat_map(f64::to_le_bytes).collect();
        tensors.push((name.to_string(), Dtype::F64, shaped(vec![groups]), bytes));
    }
    let mut first = 0;
    for parameter in layout(policy.spec()) {
        let own = first..first + parameter.len();
        first = own.end;
        let of_all = policy
            .members()
            .flat_map(|member| &member.network.parameters()[own.clone()]);
        let bytes = of_all.flat_map(|value| value.to_le_bytes()).collect();
        tensors.push((parameter.name, Dtype::F32, shaped(parameter.shape), bytes));
    }
    tensors
}

fn little_endian(values: &Values) -> (Dtype, Vec<u8>) {
    match values {
        Values::F32(values) => (Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Values::F64(values) => (Dtype::F64, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Values::U8(values) => (Dtype::U8, values.clone()),
    }
}

/// The header with zeros for a checksum. serde_json's maps are sorted, so that the same policy gives the same bytes;
/// the crate's own writer keeps metadata in a hash map, whose order changes from run to run.
fn header(policy: &Policy, extras: &Extras, tensors: &[NamedBytes]) -> Result<Vec<u8>> {
    let mut metadata: BTreeMap<&str, String> = BTreeMap::new();
    for (key, value) in &extras.metadata {
        // A quote in a key could imitate the checksum's place.
        if POLICY_KEYS.contains(&key.as_str()) || key.contains('"') {
            let expected = "a key that the policy does not take up, without quotes";
            return Err(Error::invalid("key of extra metadata", key, expected));
        }
        metadata.insert(key, value.clone());
    }
    metadata.insert("format", FORMAT.to_string());
    metadata.insert("version", document::FORMAT.to_string());
    metadata.insert("spec", spec_json(policy.spec()).to_string());
    if policy.member_count() > 1 {
        metadata.insert("members", policy.member_count().to_string());
    }
    if let Some(consensus) = policy.consensus() {
        let consensus = serde_json::to_string(consensus).expect("finite numbers are plain JSON");
        metadata.insert("consensus", consensus);
    }
    if let Some(departure) = policy.departure() {
        let departure = serde_json::to_string(departure).expect("finite numbers are plain JSON");
        metadata.insert("departure", departure);
    }
    metadata.insert("provenance", Value::Object(policy.provenance.clone()).to_string());
    metadata.insert("sha256", "0".repeat(CHECKSUM_LEN));
    let mut header = Map::new();
    header.insert("__metadata__".to_string(), serde_json::json!(metadata));
    let mut start = 0;
    for (name, dtype, shape, bytes) in tensors {
        let info = TensorInfo {
            dtype: *dtype,
            shape: shape.clone(),
            data_offsets: (start, start + bytes.len()),
        };
        start += bytes.len();
        let info = serde_json::to_value(info).expect("a tensor's description is plain JSON");
        header.insert(name.clone(), info);
    }
    let mut text = Value::Object(header).to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    Ok(text)
}

pub(crate) fn spec_json(spec: &PolicySpec) -> Value {
    serde_json::to_value(spec).expect("a spec is plain JSON")
}

/// Where the checksum's digits start, in a file whose header has exactly one place for them.
pub(crate) fn checksum_place(file: &[u8]) -> Option<usize> {
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
