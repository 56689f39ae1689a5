//! Documents as bytes: what their JSON says, in less than half its size and a tenth of its time.
//!
//! ```text
//! "ppostate" | encoding: u32 | format of the document: u32 | value | checksum of all before: u64
//! ```
//! Numbers are little-endian. A value is a letter and what the letter says:
//!
//! | letter | value |
//! |---|---|
//! | `0` `f` `t` | null, false, true |
//! | `u` `i` | a whole number of at least 0, below 0: as -1 less it |
//! | `d` | a number: 8 bytes |
//! | `s` | a text: its length, its bytes |
//! | `[` | a list: its length, its values |
//! | `{` | an object: its length, each key (length and bytes) with its value |
//! | `n` | a list of numbers: its length, 8 bytes each |
//! | `r` | a list of numbers that an earlier `n` ends with: which of them, its length |
//!
//! Whole numbers and lengths are in groups of 7 bits, the lowest first, with the eighth bit set on all but the last. All
//! `r` of a document together have at most as many numbers as the `n` before them.

mod reader;
mod writer;

use crate::error::{Error, Result};
use crate::json::document::{self, Document, FORMAT};
use reader::read;
use serde::{Serialize, Serializer};
use writer::Writer;

const MAGIC: [u8; 8] = *b"ppostate";

/// How values are written: what this page says.
const ENCODING: u32 = 1;

/// Bytes before the value, and after it.
const HEAD: usize = 16;
const TAIL: usize = 8;

/// The document as bytes.
pub fn to_bytes<T: Document>(content: &T) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes.extend(MAGIC);
    writer.bytes.extend(ENCODING.to_le_bytes());
    writer.bytes.extend(FORMAT.to_le_bytes());
    content
        .serialize(&mut writer)
        .expect("a document is made of values");
    let sum = checksum(&writer.bytes);
    writer.bytes.extend(sum.to_le_bytes());
    writer.bytes
}

/// Reads what [`to_bytes`] of this version or of an earlier one wrote; errors call it `input`. The bytes may come from
/// anywhere: no more memory is taken than a small multiple of their number.
///
/// # Errors
/// [`Error::Invalid`] for bytes of something else, of a newer version, cut or altered, and as
/// [`document::from_json`].
pub fn from_bytes<T: Document>(bytes: &[u8], input: &str) -> Result<T> {
    let refuse = |found: String| Error::invalid(input, found, T::KIND);
    if !bytes.starts_with(&MAGIC) {
        return Err(refuse("bytes of something else".to_string()));
    }
    let (Some(kept), true) = (bytes.len().checked_sub(TAIL), bytes.len() >= HEAD + TAIL) else {
        return Err(refuse(format!("cut after {} bytes", bytes.len())));
    };
    let word = |at: usize| {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[at..at + 4]);
        u32::from_le_bytes(word)
    };
    if word(8) != ENCODING {
        let expected = format!("in encoding {ENCODING}, the newest that this library knows");
        return Err(Error::invalid(
            input,
            format!("in encoding {}", word(8)),
            expected,
        ));
    }
    let (content, sum) = bytes.split_at(kept);
    if sum != checksum(content).to_le_bytes() {
        return Err(refuse(
            "cut or altered: its checksum is of other bytes".to_string(),
        ));
    }
    let value = read(&content[HEAD..])
        .ok_or_else(|| refuse("bytes that were not written by this library".to_string()))?;
    document::read(value, word(12), |refusal| refusal.named(input, ": "))
}

/// A list of numbers, for `serialize_with`: as any list, but in one piece where a document is written as bytes.
pub(crate) fn numbers<S: Serializer>(values: &[f64], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return values.serialize(serializer);
    }
    let mut bytes = vec![0; 8 * values.len()];
    for (to, from) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(values) {
        *to = from.to_le_bytes();
    }
    serializer.serialize_bytes(&bytes)
}

/// Differs where one word of 8 bytes does: every step can be undone.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut sum = bytes.len() as u64;
    for word in words.iter().chain([&last]) {
        sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        sum ^= sum >> 32;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// A value of every kind, and lists of numbers that others end with.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        none: Option<u8>,
        flags: [bool; 2],
        counts: Vec<u64>,
        below: Vec<i64>,
        kinds: Vec<Kind>,
        name: String,
        #[serde(serialize_with = "numbers")]
        history: Vec<f64>,
        #[serde(serialize_with = "numbers")]
        end: Vec<f64>,
        #[serde(serialize_with = "numbers")]
        other: Vec<f64>,
        plain: Vec<f64>,
        #[serde(serialize_with = "numbers")]
        empty: Vec<f64>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Of(f64),
        Pair(i8, char),
        Named { by: f32 },
    }

    impl Document for Sample {
        const KIND: &'static str = "a sample";
    }

    fn sample() -> Sample {
        let history: Vec<f64> = (0..100).map(|i| f64::from(i) / 7.0).collect();
        Sample {
            none: None,
            flags: [true, false],
            counts: vec![0, 127, 128, u64::MAX],
            below: vec![-1, i64::MIN, 5],
            kinds: vec![
                Kind::Plain,
                Kind::Of(-0.0),
                Kind::Pair(-3, 'é'),
                Kind::Named { by: 0.1 },
            ],
            name: "a name".to_string(),
            end: history[40..].to_vec(),
            other: history[..60].to_vec(),
            history,
            plain: vec![5e-324, f64::MAX, 0.1 + 0.2],
            empty: Vec::new(),
        }
    }

    #[test]
    fn documents_come_back_to_the_bit() {
        let bytes = to_bytes(&sample());
        assert_eq!(bytes, to_bytes(&sample()));
        let read: Sample = from_bytes(&bytes, "state").unwrap();
        assert_eq!(document::to_json(&read), document::to_json(&sample()));
        // The end of the history is said, not written again.
        assert!(bytes.len() < 8 * (100 + 60 + 3) + 300, "{}", bytes.len());
    }

    #[test]
    fn every_cut_and_every_altered_bit_is_found() {
        let bytes = to_bytes(&sample());
        let refused = |bytes: &[u8]| from_bytes::<Sample>(bytes, "state").is_err();
        for end in 0..bytes.len() {
            assert!(refused(&bytes[..end]), "cut at {end}");
        }
        for bit in 0..8 * bytes.len() {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&altered), "bit {bit}");
        }
        assert!(refused(&[&bytes[..], &[0]].concat()));
    }

    /// Bytes whose checksum is right, whatever else is wrong with them.
    fn signed(content: &[u8]) -> Vec<u8> {
        [content, &checksum(content).to_le_bytes()].concat()
    }

    #[test]
    fn forged_bytes_with_a_right_checksum_end_in_a_document_or_an_error() {
        let bytes = to_bytes(&sample());
        let content = &bytes[..bytes.len() - TAIL];
        let mut refused = 0;
        for place in 0..content.len() {
            refused += usize::from(from_bytes::<Sample>(&signed(&content[..place]), "state").is_err());
            for byte in [0, 1, 0x7f, 0x80, 0xff, b'[', b'{', b'n', b'r'] {
                let mut altered = content.to_vec();
                altered[place] = byte;
                refused += usize::from(from_bytes::<Sample>(&signed(&altered), "state").is_err());
            }
        }
        assert!(refused > content.len(), "{refused}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let head = |encoding: u32, format: u32| {
            [&MAGIC[..], &encoding.to_le_bytes(), &format.to_le_bytes()].concat()
        };
        let of = |value: &[u8]| signed(&[&head(ENCODING, FORMAT), value].concat());
        let strange = "bytes that were not written by this library";
        let mut deep = vec![b'['; 100_000];
        deep.iter_mut().skip(1).step_by(2).for_each(|byte| *byte = 1);
        let newer = format!(
            "`state: format` is {}, expected at most {FORMAT}: it was written by a newer version",
            FORMAT + 1
        );
        let many = [&b"{\x02\x01an\x01"[..], &1_f64.to_le_bytes(), b"\x01br\x00\x02"].concat();
        for (bytes, expected) in [
            (
                b"{\"manager\": {}}".to_vec(),
                "`state` is bytes of something else, expected a sample",
            ),
            (MAGIC.to_vec(), "`state` is cut after 8 bytes"),
            (
                signed(&head(2, FORMAT)),
                "`state` is in encoding 2, expected in encoding 1, the newest",
            ),
            (
                signed(&[&head(1, FORMAT + 1), &b"{\x00"[..]].concat()),
                newer.as_str(),
            ),
            (
                of(b"{\x00"),
                "`state` is without the key `flags`, expected a sample",
            ),
            (of(b"{\x01\x01xt"), "unknown key"),
            (of(b""), strange),
            (of(b"tt"), strange),
            (of(b"{\x02\x01xt\x01xt"), strange),
            (of(b"[\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), strange),
            (of(b"n\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), strange),
            (of(b"u\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), strange),
            (of(b"r\x00\x00"), strange),
            (of(&many), strange),
            (of(&deep), strange),
            (of(&[b"d", &f64::NAN.to_le_bytes()[..]].concat()), strange),
            (of(b"s\x01\xff"), strange),
        ] {
            let error = from_bytes::<Sample>(&bytes, "state").unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
