//! Encodings: from the bytes of a file to its text.

use crate::error::{Error, Place, Result};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// How a file's bytes stand for its characters. A byte order mark of the encoding is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// What the byte order mark says; without one UTF-8 where the bytes are that, else Windows-1252.
    #[default]
    Detect,
    /// UTF-8.
    #[serde(rename = "utf_8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf_16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf_16be")]
    Utf16Be,
    /// Windows-1252, which holds Latin-1.
    #[serde(rename = "windows_1252")]
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Detect => "an encoding to be detected",
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 (low byte first)",
            Self::Utf16Be => "UTF-16 (high byte first)",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

/// The text of `bytes`, and the encoding it was read by.
pub(super) fn decode<'b>(
    file: &str,
    bytes: &'b [u8],
    encoding: Encoding,
) -> Result<(Cow<'b, str>, Encoding)> {
    let encoding = match encoding {
        Encoding::Detect => detect(bytes),
        given => given,
    };
    let (decoder, mark): (_, &[u8]) = match encoding {
        Encoding::Utf16Le => (UTF_16LE, b"\xff\xfe"),
        Encoding::Utf16Be => (UTF_16BE, b"\xfe\xff"),
        Encoding::Windows1252 => (WINDOWS_1252, b""),
        Encoding::Utf8 | Encoding::Detect => (UTF_8, b"\xef\xbb\xbf"),
    };
    let bytes = bytes.strip_prefix(mark).unwrap_or(bytes);
    let refused = |line: u64, found: String, expected: &str| Error::Table {
        file: file.to_string(),
        place: Place::Line(line),
        column: "(any)".to_string(),
        found,
        expected: expected.to_string(),
    };
    let expected = "text in the file's `encoding`: utf_8, utf_16le, utf_16be or windows_1252";
    let Some(text) = decoder.decode_without_bom_handling_and_without_replacement(bytes) else {
        let (text, _) = decoder.decode_without_bom_handling(bytes);
        let whole = text.split('\u{fffd}').next().unwrap_or_default();
        return Err(refused(
            line_of(whole),
            format!("bytes that are not {encoding}"),
            expected,
        ));
    };
    if let Some(at) = text.find('\0') {
        return Err(refused(
            line_of(&text[..at]),
            "a NUL character".to_string(),
            expected,
        ));
    }
    Ok((text, encoding))
}

fn detect(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xff, 0xfe, ..] => Encoding::Utf16Le,
        [0xfe, 0xff, ..] => Encoding::Utf16Be,
        _ if std::str::from_utf8(bytes).is_ok() => Encoding::Utf8,
        _ => Encoding::Windows1252,
    }
}

/// The line that follows `text`.
fn line_of(text: &str) -> u64 {
    1 + text.bytes().filter(|byte| *byte == b'\n').count() as u64
}
