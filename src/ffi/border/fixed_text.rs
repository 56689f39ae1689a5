//! Text in a buffer of a fixed size: the error messages of failed calls, for which no memory is taken.

use std::fmt;

/// Most bytes of a message; a longer one is cut.
const ROOM: usize = 1023;

/// A text of at most 1,023 bytes, cut between characters, and a zero byte.
#[derive(Debug, Clone, Copy)]
pub(in crate::ffi) struct FixedText {
    len: usize,
    bytes: [u8; ROOM + 1],
}

impl FixedText {
    pub(in crate::ffi) const fn new() -> Self {
        Self {
            len: 0,
            bytes: [0; ROOM + 1],
        }
    }

    /// What these arguments make.
    pub(in crate::ffi) fn of(parts: fmt::Arguments<'_>) -> Self {
        let mut text = Self::new();
        text.set(parts);
        text
    }

    /// From now on what these arguments make.
    pub(in crate::ffi) fn set(&mut self, parts: fmt::Arguments<'_>) {
        self.len = 0;
        // It takes what it has room for, and never fails.
        let _ = fmt::write(self, parts);
    }

    pub(in crate::ffi) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    /// With its zero byte.
    pub(in crate::ffi) fn with_zero(&mut self) -> &[u8] {
        self.bytes[self.len] = 0;
        &self.bytes[..=self.len]
    }
}

impl fmt::Write for FixedText {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let mut end = more.len().min(ROOM - self.len);
        while !more.is_char_boundary(end) {
            end -= 1;
        }
        self.bytes[self.len..self.len + end].copy_from_slice(&more.as_bytes()[..end]);
        self.len += end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut text = FixedText::of(format_args!("{}", "é".repeat(2000)));
        assert_eq!(text.as_str(), "é".repeat(511));
        assert_eq!(text.with_zero().len(), 1023);
        text.set(format_args!("{}-{}", 1, "x"));
        assert_eq!(text.as_str(), "1-x");
        assert_eq!(text.with_zero(), b"1-x\0");
    }
}
