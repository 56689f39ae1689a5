//! Reading a policy file that may come from anywhere: each check before the memory or the trust it guards.

use crate::error::{Error, Result};
use crate::json;
use crate::json::document;
use crate::memory;
use crate::policy::departure::Departure;
use crate::policy::file::{
    CHECKSUM_LEN, Extras, FORMAT, LARGEST_FILE, LARGEST_HEADER, NORMALIZER_TENSORS, POLICY_KEYS, Tensor,
    Values, checksum, checksum_place,
};
use crate::policy::layout::layout;
use crate::policy::normalizer::{ObservationNormalizer, RunningStatistics};
use crate::policy::spec::PolicySpec;
use crate::policy::trained::Policy;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes of a regular file of at most `limit` bytes.
pub(crate) fn read_capped(path: &Path, limit: u64) -> Result<Vec<u8>> {
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
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<(Policy, Extras)> {
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
    let normalizer = reader.normalizer(&spec, &tensors)?;
    let parameters = reader.parameters(&spec, &tensors)?;
    let departure = reader.departure(&metadata)?;
    let mut policy = Policy::new(spec, normalizer, parameters, provenance)
        .map_err(|error| reader.wrap("its content", error, "a usable policy"))?;
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
    fn departure(&self, metadata: &BTreeMap<String, String>) -> Result<Option<Departure>> {
        if !metadata.contains_key("departure") {
            return Ok(None);
        }
        let found = Value::Object(self.object(metadata, "departure")?);
        let departure = json::from_value(&found, "how far a policy departs from its prior", |refusal| {
            let part = format!("metadata `departure`: `{}`", refusal.key);
            self.bad(part, refusal.found, refusal.expected)
        })?;
        Ok(Some(departure))
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

    fn normalizer(&self, spec: &PolicySpec, tensors: &Tensors) -> Result<ObservationNormalizer> {
        let shape = [ObservationNormalizer::group_count(spec)];
        let list = |name| Ok(f64_values(self.expect(tensors, name, Dtype::F64, &shape)?));
        let [count, mean, variance] = NORMALIZER_TENSORS;
        let statistics = RunningStatistics {
            count: list(count)?,
            mean: list(mean)?,
            variance: list(variance)?,
        };
        ObservationNormalizer::with_statistics(spec, statistics)
            .map_err(|error| self.wrap("its normaliser", error, "usable"))
    }

    fn parameters(&self, spec: &PolicySpec, tensors: &Tensors) -> Result<Vec<f32>> {
        let mut parameters = Vec::new();
        for parameter in layout(spec) {
            let bytes = self.expect(tensors, &parameter.name, Dtype::F32, &parameter.shape)?;
            parameters.extend(f32_values(bytes));
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

fn f32_values(bytes: &[u8]) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect()
}

fn f64_values(bytes: &[u8]) -> Vec<f64> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
}
