//! The one error type: which input is at fault, what was found there, and what was expected.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Short for a result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong, in words that name the guilty input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument, a configuration value or a piece of data that cannot be used.
    #[error("`{input}` is {found}, expected {expected}")]
    Invalid {
        /// Name of the argument, configuration key or array (with an index where it has one).
        input: String,
        /// What it held.
        found: String,
        /// What it has to be.
        expected: String,
    },
    /// A cell of a table file that cannot be used.
    #[error("{file}, line {line}, column {column}: found {found}, expected {expected}")]
    Table {
        /// The file.
        file: String,
        /// Line number in the file, from 1.
        line: u64,
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
    /// Training reached a state it cannot continue from, such as losses that stay non-finite.
    #[error("training stopped at update {update}: {reason}")]
    Training {
        /// The update, from 1.
        update: u64,
        /// Why.
        reason: String,
    },
}

impl Error {
    /// An argument or configuration value named `input` held `found` where `expected` was needed.
    #[cold]
    pub fn invalid(input: impl Into<String>, found: impl Display, expected: impl Display) -> Self {
        Self::worded(input.into(), &found, &expected)
    }

    /// The part of [`invalid`](Self::invalid) that is the same for all types.
    #[cold]
    fn worded(input: String, found: &dyn Display, expected: &dyn Display) -> Self {
        Self::Invalid {
            input,
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }

    /// The same about an input that lies within another, whose name goes before its own.
    pub fn within(self, outer: &str) -> Self {
        match self {
            Self::Invalid {
                input,
                found,
                expected,
            } => Self::invalid(format!("{outer}{input}"), found, expected),
            other => other,
        }
    }

    /// The same about an input whose name begins with `from`, which is called `to` where it was given.
    pub fn renamed(self, from: &str, to: &str) -> Self {
        match self {
            Self::Invalid {
                input,
                found,
                expected,
            } if input.starts_with(from) => {
                Self::invalid(format!("{to}{}", &input[from.len()..]), found, expected)
            }
            other => other,
        }
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
