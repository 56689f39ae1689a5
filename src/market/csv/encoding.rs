//! Encodings: from the bytes of a file to its text.

use crate::error::{Error, Place, Result};
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
    let mark: &[u8] = match encoding {
        Encoding::Utf16Le => b"\xff\xfe",
        Encoding::Utf16Be => b"\xfe\xff",
        Encoding::Windows1252 => b"",
        Encoding::Utf8 | Encoding::Detect => b"\xef\xbb\xbf",
    };
    let bytes = bytes.strip_prefix(mark).unwrap_or(bytes);
    let read = match encoding {
        Encoding::Utf16Le => utf_16(bytes, u16::from_le_bytes).map(Cow::Owned),
        Encoding::Utf16Be => utf_16(bytes, u16::from_be_bytes).map(Cow::Owned),
        Encoding::Windows1252 => Ok(windows_1252(bytes)),
        Encoding::Utf8 | Encoding::Detect => utf_8(bytes).map(Cow::Borrowed),
    };
    let refused = |line: u64, found: String, expected: &str| Error::Table {
        file: file.to_string(),
        place: Place::Line(line),
        column: "(any)".to_string(),
        found,
        expected: expected.to_string(),
    };
    let expected = "text in the file's `encoding`: utf_8, utf_16le, utf_16be or windows_1252";
    let text = read.map_err(|line| refused(line, format!("bytes that are not {encoding}"), expected))?;
    if let Some(at) = text.find('\0') {
        return Err(refused(
            line_of(&text.as_bytes()[..at]),
            "a NUL character".to_string(),
            expected,
        ));
    }
    Ok((text, encoding))
}

/// The text, or the line with the first bytes that are none.
fn utf_8(bytes: &[u8]) -> std::result::Result<&str, u64> {
    std::str::from_utf8(bytes).map_err(|error| {
        let (whole, _) = bytes.split_at(error.valid_up_to());
        line_of(whole)
    })
}

/// Likewise, of two bytes each.
fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> std::result::Result<String, u64> {
    let (pairs, rest) = bytes.as_chunks();
    let mut text = String::with_capacity(pairs.len());
    for read in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match read {
            Ok(character) => text.push(character),
            Err(_) => return Err(line_of(text.as_bytes())),
        }
    }
    match rest.is_empty() {
        true => Ok(text),
        false => Err(line_of(text.as_bytes())),
    }
}

/// What the bytes from 0x80 on are in Windows-1252; those from 0xa0 on are what they are in Latin-1.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// The text: every byte is a character.
fn windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let character = |byte: &u8| match byte.checked_sub(0x80) {
        Some(place) => WINDOWS_1252
            .get(usize::from(place))
            .copied()
            .unwrap_or(char::from(*byte)),
        None => char::from(*byte),
    };
    bytes.iter().map(character).collect()
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
fn line_of(text: &[u8]) -> u64 {
    1 + text.iter().filter(|byte| **byte == b'\n').count() as u64
}
