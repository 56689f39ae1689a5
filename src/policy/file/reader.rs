//! Reading a policy file that may come from anywhere: each check before the memory or the trust it guards.

use super::format::{
    CHECKSUM_LEN, Extras, FORMAT, LARGEST_FILE, LARGEST_HEADER, NORMALIZER_TENSORS, POLICY_KEYS, Tensor,
    Values, checksum, checksum_place,
};
use crate::error::{Error, Result};
use crate::json;
use crate::json::document;
use crate::memory;
use crate::policy::ensemble::MOST_MEMBERS;
use crate::policy::layout::layout;
use crate::policy::normalizer::{ObservationNormalizer, RunningStatistics};
use crate::policy::spec::PolicySpec;
use crate::policy::trained::Policy;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes of a regular file of at most `limit` bytes.
pub(super) fn read_capped(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let refuse = |found: String, expected: String| {
        let file = Reader(&path.display().to_string()).bad("the path", found, expected);
        Err(file)
    };
    let at = |error| Error::io("read", path, error);
    // Asked before opening: opening a pipe would wait for a writer.
    let found = std::fs::metadata(path).map_err(at)?;
    if !found.is_file() {
        let kind = if found.is_dir() {
            "a folder"
        } else {
            "not a regular file"
        };
        return refuse(kind.to_string(), "a file".to_string());
    }
    if found.len() > limit {
        return refuse(
            format!("a file of {} bytes", found.len()),
            format!("at most {limit} bytes"),
        );
    }
    let mut bytes = memory::empty("the bytes of a file", &[found.len() as usize])?;
    let file = File::open(path).map_err(at)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(at)?;
    if bytes.len() as u64 > limit {
        return refuse("a file that grows".to_string(), format!("at most {limit} bytes"));
    }
    Ok(bytes)
}

/// Reads the whole file, `bytes`, which errors call `file`.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<(Policy, Extras)> {
    let reader = Reader(file);
    if bytes.len() as u64 > LARGEST_FILE {
        let found = format!("{} bytes", bytes.len());
        return Err(reader.bad("its length", found, format!("at most {LARGEST_FILE}")));
    }
    let mut header = reader.header(bytes)?;
    let mut metadata = reader.metadata(&mut header)?;
    reader.check_checksum(bytes, &metadata)?;
    let tensors = reader.tensors(bytes, &header)?;
    let spec = reader.spec(&metadata)?;
    let provenance = reader.object(&metadata, "provenance")?;
    let consensus = reader.in_json(&metadata, "consensus", "where members stay at the prior")?;
    let departure = reader.in_json(&metadata, "departure", "how far a policy departs from its prior")?;
    let mut policy = match reader.members(&metadata)? {
        None => reader.policy(spec, provenance, &tensors)?,
        Some(members) => reader.ensemble(spec, provenance, &tensors, members)?,
    };
    policy
        .set_consensus(consensus)
        .map_err(|error| reader.wrap("metadata `consensus`", error, "usable"))?;
    policy
        .set_departure(departure)
        .map_err(|error| reader.wrap("metadata `departure`", error, "usable"))?;
    let extras = reader.extras(policy.spec(), &tensors, {
        metadata.retain(|key, _| !POLICY_KEYS.contains(&key.as_str()));
        metadata
    })?;
    Ok((policy, extras))
}

type Tensors<'a> = BTreeMap<String, TensorView<'a>>;

/// Reads one file; holds its name for the errors.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn bad(&self, part: impl Into<String>, found: impl Display, expected: impl Display) -> Error {
        Error::PolicyFile {
            file: self.0.to_string(),
            part: part.into(),
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }

    /// A part that another layer refused, in this file's words.
    fn wrap(&self, part: &str, error: Error, otherwise: &str) -> Error {
        match error {
            Error::Invalid {
                input,
                found,
                expected,
                ..
            } => self.bad(format!("{part}: `{input}`"), found, expected),
            other => self.bad(part, other, otherwise),
        }
    }

    /// The header as JSON without repeated keys.
    fn header(&self, bytes: &[u8]) -> Result<Map<String, Value>> {
        let Some(len) = bytes.first_chunk().map(|len| u64::from_le_bytes(*len)) else {
            let found = format!("{} bytes", bytes.len());
            return Err(self.bad("its length", found, "at least 8 bytes"));
        };
        let room = (bytes.len() as u64 - 8).min(LARGEST_HEADER);
        if len > room {
            let found = format!("{len} bytes");
            let expected = format!("at most {room} bytes (a policy file, and a whole one)");
            return Err(self.bad("the length of the header", found, expected));
        }
        let text = std::str::from_utf8(&bytes[8..8 + len as usize])
            .map_err(|error| self.bad("the header", error, "UTF-8"))?;
        match json::parse(text) {
            Ok(Value::Object(header)) => Ok(header),
            Ok(_) => Err(self.bad("the header", "not an object", "a JSON object")),
            Err(error) => Err(self.bad("the header", error, "a JSON object")),
        }
    }

    /// Takes the metadata out of the header, and checks format and version before anything else is believed.
    fn metadata(&self, header: &mut Map<String, Value>) -> Result<BTreeMap<String, String>> {
        let Some(Value::Object(entries)) = header.remove("__metadata__") else {
            let found = "missing or not an object";
            return Err(self.bad("__metadata__", found, "the metadata of a policy file"));
        };
        let mut metadata = BTreeMap::new();
        for (key, value) in entries {
            let Value::String(value) = value else {
                return Err(self.bad(format!("metadata `{key}`"), value, "a string"));
            };
            metadata.insert(key, value);
        }
        let found = self.entry(&metadata, "format")?;
        if found != FORMAT {
            return Err(self.bad("metadata `format`", format!("{found:?}"), FORMAT));
        }
        self.version(&metadata)?;
        Ok(metadata)
    }

    /// The format of the spec.
    fn version(&self, metadata: &BTreeMap<String, String>) -> Result<u32> {
        let found = self.entry(metadata, "version")?;
        // One way to write each number.
        match found.parse() {
            Ok(version) if found == u32::to_string(&version) => {
                document::check_format(version)
                    .map_err(|refusal| self.bad("metadata `version`", refusal.found, refusal.expected))?;
                Ok(version)
            }
            _ => Err(self.bad("metadata `version`", format!("{found:?}"), "a number of a format")),
        }
    }

    fn entry<'m>(&self, metadata: &'m BTreeMap<String, String>, key: &str) -> Result<&'m str> {
        let missing = || self.bad(format!("metadata `{key}`"), "missing", "there");
        metadata.get(key).map(String::as_str).ok_or_else(missing)
    }

    fn check_checksum(&self, bytes: &[u8], metadata: &BTreeMap<String, String>) -> Result<()> {
        let stated = self.entry(metadata, "sha256")?;
        let Some(digits) = checksum_place(bytes) else {
            let expected = "one entry of 64 hex digits, written without spaces or escapes";
            return Err(self.bad("metadata `sha256`", "not where it has to be", expected));
        };
        let actual = checksum(bytes);
        if actual.as_bytes() != &bytes[digits..digits + CHECKSUM_LEN] || actual != stated {
            let found = format!("{stated:?}");
            let expected =
                format!("{actual}, the SHA-256 of what is in the file: it was cut short or altered");
            return Err(self.bad("metadata `sha256`", found, expected));
        }
        Ok(())
    }

    /// Views of all tensors; safetensors checks that shapes, types and offsets agree and fill the file exactly.
    fn tensors<'b>(&self, bytes: &'b [u8], header: &Map<String, Value>) -> Result<Tensors<'b>> {
        for (name, info) in header {
            // Whole multiples of a byte, in our three types; the crate knows more than this format does.
            if !matches!(info["dtype"].as_str(), Some("F64" | "F32" | "U8")) {
                let part = format!("the type of tensor `{name}`");
                return Err(self.bad(part, &info["dtype"], "F64, F32 or U8"));
            }
        }
        let expected = "tensors that follow each other and fill the file";
        let parsed =
            SafeTensors::deserialize(bytes).map_err(|error| self.bad("the tensors", error, expected))?;
        Ok(parsed.tensors().into_iter().collect())
    }

    fn object(&self, metadata: &BTreeMap<String, String>, key: &str) -> Result<Map<String, Value>> {
        let part = format!("metadata `{key}`");
        match json::parse(self.entry(metadata, key)?) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(other) => Err(self.bad(part, other, "a JSON object")),
            Err(error) => Err(self.bad(part, error, "a JSON object")),
        }
    }

    /// None in files that do not say it.
    fn in_json<T: DeserializeOwned>(
        &self,
        metadata: &BTreeMap<String, String>,
        key: &str,
        expected: &str,
    ) -> Result<Option<T>> {
        if !metadata.contains_key(key) {
            return Ok(None);
        }
        let found = Value::Object(self.object(metadata, key)?);
        let read = json::from_value(&found, expected, |refusal| {
            let part = format!("metadata `{key}`: `{}`", refusal.key);
            self.bad(part, refusal.found, refusal.expected)
        })?;
        Ok(Some(read))
    }

    /// Members of an ensemble.
    fn members(&self, metadata: &BTreeMap<String, String>) -> Result<Option<usize>> {
        let Some(found) = metadata.get("members") else {
            return Ok(None);
        };
        // One way to write each number.
        match found.parse() {
            Ok(members @ 2..=MOST_MEMBERS) if *found == members.to_string() => Ok(Some(members)),
            _ => {
                let expected = format!("2 to {MOST_MEMBERS}");
                Err(self.bad("metadata `members`", format!("{found:?}"), expected))
            }
        }
    }

    fn policy(&self, spec: PolicySpec, provenance: Map<String, Value>, tensors: &Tensors) -> Result<Policy> {
        let normalizer = self.normalizers(&spec, tensors, None)?.swap_remove(0);
        let parameters = self.parameters(&spec, tensors, None)?.swap_remove(0);
        self.made(spec, normalizer, parameters, provenance)
    }

    fn ensemble(
        &self,
        spec: PolicySpec,
        provenance: Map<String, Value>,
        tensors: &Tensors,
        members: usize,
    ) -> Result<Policy> {
        let normalizers = self.normalizers(&spec, tensors, Some(members))?;
        let parameters = self.parameters(&spec, tensors, Some(members))?;
        let each = normalizers.into_iter().zip(parameters);
        let policies =
            each.map(|(normalizer, parameters)| self.made(spec.clone(), normalizer, parameters, Map::new()));
        let mut policy = Policy::ensemble(policies.collect::<Result<_>>()?)
            .map_err(|error| self.wrap("its content", error, "a usable ensemble"))?;
        policy.provenance = provenance;
        Ok(policy)
    }

    fn made(
        &self,
        spec: PolicySpec,
        normalizer: ObservationNormalizer,
        parameters: Vec<f32>,
        provenance: Map<String, Value>,
    ) -> Result<Policy> {
        Policy::new(spec, normalizer, parameters, provenance)
            .map_err(|error| self.wrap("its content", error, "a usable policy"))
    }

    fn spec(&self, metadata: &BTreeMap<String, String>) -> Result<PolicySpec> {
        let found = Value::Object(self.object(metadata, "spec")?);
        let spec: PolicySpec = document::read(found, self.version(metadata)?, |refusal| {
            let part = match refusal.key.as_str() {
                "" => "metadata `spec`".to_string(),
                key => format!("metadata `spec`: `{key}`"),
            };
            self.bad(part, refusal.found, refusal.expected)
        })?;
        spec.validate()
            .map_err(|error| self.wrap("metadata `spec`", error, "valid"))?;
        Ok(spec)
    }

    /// One of each member.
    fn normalizers(
        &self,
        spec: &PolicySpec,
        tensors: &Tensors,
        members: Option<usize>,
    ) -> Result<Vec<ObservationNormalizer>> {
        let groups = ObservationNormalizer::group_count(spec);
        let shape = with_members(members, &[groups]);
        let list = |name| Ok(f64_values(self.expect(tensors, name, Dtype::F64, &shape)?));
        let [count, mean, variance] = NORMALIZER_TENSORS;
        let [count, mean, variance] = [list(count)?, list(mean)?, list(variance)?];
        let of_member = |member: usize| {
            let own = |values: &[f64]| values[member * groups..][..groups].to_vec();
            let statistics = RunningStatistics {
                count: own(&count),
                mean: own(&mean),
                variance: own(&variance),
            };
            ObservationNormalizer::with_statistics(spec, statistics)
                .map_err(|error| self.wrap("its normaliser", error, "usable"))
        };
        (0..members.unwrap_or(1)).map(of_member).collect()
    }

    /// Those of each member.
    fn parameters(
        &self,
        spec: &PolicySpec,
        tensors: &Tensors,
        members: Option<usize>,
    ) -> Result<Vec<Vec<f32>>> {
        let mut parameters = vec![Vec::new(); members.unwrap_or(1)];
        for parameter in layout(spec) {
            let shape = with_members(members, &parameter.shape);
            let values = f32_values(self.expect(tensors, &parameter.name, Dtype::F32, &shape)?);
            for (own, values) in parameters.iter_mut().zip(values.chunks(parameter.len())) {
                own.extend_from_slice(values);
            }
        }
        Ok(parameters)
    }

    /// The bytes of a tensor that must have this type and shape.
    fn expect<'b>(
        &self,
        tensors: &Tensors<'b>,
        name: &str,
        dtype: Dtype,
        shape: &[usize],
    ) -> Result<&'b [u8]> {
        let expected = format!("{dtype:?} {shape:?}");
        let Some(tensor) = tensors.get(name) else {
            return Err(self.bad(format!("tensor `{name}`"), "missing", expected));
        };
        if tensor.dtype() != dtype || tensor.shape() != shape {
            let found = format!("{:?} {:?}", tensor.dtype(), tensor.shape());
            return Err(self.bad(format!("tensor `{name}`"), found, expected));
        }
        Ok(tensor.data())
    }

    fn extras(
        &self,
        spec: &PolicySpec,
        tensors: &Tensors,
        metadata: BTreeMap<String, String>,
    ) -> Result<Extras> {
        let layout = layout(spec);
        let own = |name: &str| {
            NORMALIZER_TENSORS.contains(&name) || layout.iter().any(|parameter| parameter.name == name)
        };
        let mut extra = BTreeMap::new();
        for (name, tensor) in tensors.iter().filter(|(name, _)| !own(name)) {
            let values = match tensor.dtype() {
                Dtype::F32 => Values::F32(f32_values(tensor.data())),
                Dtype::F64 => Values::F64(f64_values(tensor.data())),
                Dtype::U8 => Values::U8(tensor.data().to_vec()),
                other => return Err(self.bad(format!("tensor `{name}`"), other, "F64, F32 or U8")),
            };
            let shape = tensor.shape().to_vec();
            extra.insert(name.clone(), Tensor { shape, values });
        }
        Ok(Extras {
            tensors: extra,
            metadata,
        })
    }
}

/// The shape of a tensor that each of so many members has.
fn with_members(members: Option<usize>, shape: &[usize]) -> Vec<usize> {
    members.iter().chain(shape).copied().collect()
}

fn f32_values(bytes: &[u8]) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect()
}

fn f64_values(bytes: &[u8]) -> Vec<f64> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
}
