//! Writing a policy file.

use super::format::{
    CHECKSUM_LEN, Extras, FORMAT, LARGEST_FILE, LARGEST_HEADER, NORMALIZER_TENSORS, POLICY_KEYS, Values,
    checksum, checksum_place,
};
use crate::error::{Error, Result};
use crate::json::document;
use crate::policy::layout::layout;
use crate::policy::spec::PolicySpec;
use crate::policy::trained::Policy;
use safetensors::tensor::{Dtype, TensorInfo};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The bytes that [`save`](super::save) writes; fails as it does.
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
