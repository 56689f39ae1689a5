//! The one error type: which input is at fault, what was found there, and what was expected.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

/// Short for a result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong, in words that name the guilty input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument, a configuration value or a piece of data that cannot be used.
    #[error("`{input}` {} {found}, expected {expected}", problem.verb())]
    Invalid {
        /// In what way it cannot be used.
        problem: Problem,
        /// Name of the argument, configuration key or array (with an index where it has one).
        input: Words,
        /// What it held.
        found: Words,
        /// What it has to be.
        expected: Words,
    },
    /// A cell of a table that cannot be used.
    #[error("{file}, {place}column {column}: found {found}, expected {expected}")]
    Table {
        /// The file, or what else the table came from.
        file: String,
        /// Where in it.
        place: Place,
        /// Name of the column.
        column: String,
        /// What the cell held.
        found: String,
        /// What it has to be.
        expected: String,
    },
    /// A policy or checkpoint file that cannot be used.
    #[error("policy file {file}: {part} is {found}, expected {expected}")]
    PolicyFile {
        /// The file.
        file: String,
        /// The part of the file: a header field, a tensor, the checksum.
        part: String,
        /// What it held.
        found: String,
        /// What it has to be.
        expected: String,
    },
    /// The operating system refused to read or write.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was being done: "read", "write", "create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// There is not as much memory as a size that the caller chose asks for.
    #[error("not enough memory for {what}: {bytes} bytes")]
    Memory {
        /// What it was for.
        what: String,
        /// How much was asked for; beyond 2^128 it stands for more.
        bytes: u128,
    },
    /// libtorch refused an operation.
    #[error("libtorch failed during {during}: {message}")]
    Torch {
        /// What was being computed.
        during: &'static str,
        /// libtorch's own message.
        message: String,
    },
    /// A function of the host that the library called answered an error.
    #[error("the host's function `{function}` answered {answer}")]
    Host {
        /// Which of its functions.
        function: &'static str,
        /// What it answered.
        answer: i32,
    },
    /// Several processes that train together cannot go on: one has another configuration or update, or what was gathered is
    /// not what they send.
    #[error("the ranks cannot go on: {message}")]
    Collective {
        /// Which rank, and what about it.
        message: String,
    },
    /// Training reached a state it cannot continue from, such as losses that stay non-finite.
    #[error("training stopped at update {update}: {reason}")]
    Training {
        /// The update, from 1.
        update: u64,
        /// Why.
        reason: String,
    },
}

/// Where in a table a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// On this line of a text file, from 1.
    Line(u64),
    /// In this row, from 1, where rows are no lines of text.
    Row(u64),
    /// In no row: the column itself, where its name is on no line.
    Column,
}

impl Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}, "),
            Self::Row(row) => write!(formatter, "row {row}, "),
            Self::Column => Ok(()),
        }
    }
}

/// In what way an input cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It is a number that is NaN or infinite.
    NotFinite,
    /// It has another number of values.
    Length,
    /// It is a key that nothing is called by.
    UnknownKey,
    /// It is a value that is not among the possible ones.
    Value,
}

impl Problem {
    /// What stands between the input and what was found.
    fn verb(self) -> &'static str {
        match self {
            Self::Length => "has",
            Self::NotFinite | Self::UnknownKey | Self::Value => "is",
        }
    }
}

/// Whether a text is what a number that is NaN or infinite looks like.
fn is_not_finite(found: &dyn Display) -> bool {
    matches!(words!("{found}").as_str(), "NaN" | "inf" | "-inf")
}

/// What an input was found to be.
pub trait Found: Display {
    /// In what way that cannot be used.
    fn problem(&self) -> Problem {
        Problem::Value
    }
}

macro_rules! found {
    ($($type:ty)*) => {
        $(impl Found for $type {})*
    };
}

found!(str String Words fmt::Arguments<'_> bool usize u64 u32 i64 i32 chrono::NaiveDate serde_json::Value);

impl Found for f64 {
    fn problem(&self) -> Problem {
        match self.is_finite() {
            true => Problem::Value,
            false => Problem::NotFinite,
        }
    }
}

impl Found for f32 {
    fn problem(&self) -> Problem {
        f64::from(*self).problem()
    }
}

impl<T: Found + ?Sized> Found for &T {
    fn problem(&self) -> Problem {
        (*self).problem()
    }
}

/// So many of something, such as `Count(3, "values")`, where another number is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub usize, pub &'static str);

impl Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0, self.1)
    }
}

impl Found for Count {
    fn problem(&self) -> Problem {
        Problem::Length
    }
}

/// A text of an error as `format!` makes a `String`.
macro_rules! words {
    ($($part:tt)*) => {
        $crate::error::Words::of(format_args!($($part)*))
    };
}
pub(crate) use words;

/// `input` has as many values as whatever `of` says: `expected`.
pub(crate) fn check_length(input: &str, found: usize, expected: usize, of: &str) -> Result<()> {
    if found != expected {
        let found = Count(found, "values");
        return Err(Error::invalid(input, found, words!("{expected} ({of})")));
    }
    Ok(())
}

impl Error {
    /// An argument or configuration value named `input` held `found` where `expected` was needed.
    #[cold]
    pub fn invalid(input: impl Display, found: impl Found, expected: impl Display) -> Self {
        let problem = found.problem();
        debug_assert!(
            problem != Problem::Value || !is_not_finite(&found),
            "a number that is not finite has to be given as a number"
        );
        Self::worded(problem, &input, &found, &expected)
    }

    /// As [`invalid`](Self::invalid), where the problem is known.
    #[cold]
    pub fn worded(
        problem: Problem,
        input: &dyn Display,
        found: &dyn Display,
        expected: &dyn Display,
    ) -> Self {
        Self::Invalid {
            problem,
            input: words!("{input}"),
            found: words!("{found}"),
            expected: words!("{expected}"),
        }
    }

    /// The same about an input that lies within another, whose name goes before its own.
    pub fn within(self, outer: &str) -> Self {
        self.called(&[("", outer)])
    }

    /// The same about an input whose name begins as the first of a pair: it begins as the second where it was given. The
    /// first pair that fits counts; other errors stay as they are.
    pub fn called(mut self, names: &[(&str, &str)]) -> Self {
        if let Self::Invalid { input, .. } = &mut self {
            let here = names
                .iter()
                .find_map(|(name, here)| Some((here, input.strip_prefix(name)?)));
            if let Some((here, rest)) = here {
                *input = words!("{here}{rest}");
            }
        }
        self
    }

    /// The same about an input that `name` makes of its name.
    pub fn about(mut self, name: impl FnOnce(&str) -> Words) -> Self {
        if let Self::Invalid { input, .. } = &mut self {
            *input = name(input);
        }
        self
    }

    /// The system refused to `action` the file at `path`.
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io {
            action,
            path: path.as_ref().to_path_buf(),
            source,
        }
    }
}

/// Most bytes of a text that lies in place.
const SHORT: usize = 71;

/// A text of an error. A short one lies in place, so that it takes no memory to say what is wrong with a decision; a
/// longer one is cut where there is no memory for it.
#[derive(Clone)]
pub struct Words(Kept);

#[derive(Clone)]
enum Kept {
    Short { len: u8, text: [u8; SHORT] },
    Long(String),
}

impl Words {
    /// The text that these arguments make.
    #[cold]
    pub fn of(parts: fmt::Arguments<'_>) -> Self {
        let mut words = Self(Kept::Short {
            len: 0,
            text: [0; SHORT],
        });
        // It takes what it has room for, and never fails.
        let _ = fmt::write(&mut words, parts);
        words
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kept::Short { len, text } => std::str::from_utf8(&text[..usize::from(*len)]).unwrap_or_default(),
            Kept::Long(text) => text.as_str(),
        }
    }
}

impl fmt::Write for Words {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        match &mut self.0 {
            Kept::Short { len, text } => {
                let end = usize::from(*len) + more.len();
                if let Some(place) = text.get_mut(usize::from(*len)..end) {
                    place.copy_from_slice(more.as_bytes());
                    *len = end as u8;
                    return Ok(());
                }
                let mut long = String::new();
                if long.try_reserve(end).is_ok() {
                    long.push_str(self.as_str());
                    long.push_str(more);
                    self.0 = Kept::Long(long);
                }
            }
            Kept::Long(text) => {
                if text.try_reserve(more.len()).is_ok() {
                    text.push_str(more);
                }
            }
        }
        Ok(())
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        words!("{text}")
    }
}

impl std::ops::Deref for Words {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_format_makes() {
        for text in ["", "`x`", &"é".repeat(35), &"é".repeat(36), &"long ".repeat(100)] {
            assert_eq!(words!("{text}").as_str(), text);
            assert_eq!(words!("{}{text}", 7).as_str(), format!("7{text}"));
            assert_eq!(format!("{:?}", words!("{text}")), format!("{text:?}"));
        }
        let error = Error::invalid(words!("state[{}]", 3), f64::NAN, "a finite number");
        assert_eq!(error.to_string(), "`state[3]` is NaN, expected a finite number");
    }
}
