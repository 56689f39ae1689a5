//! What is said beside the results.

use std::fmt::Display;

/// Writes to standard error what is neither a result nor an error; nothing with --quiet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notes {
    quiet: bool,
}

impl Notes {
    /// Notes that are written unless `quiet`.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Whether nothing is written.
    pub(crate) fn are_off(self) -> bool {
        self.quiet
    }

    /// Writes a line.
    pub(crate) fn say(self, note: impl Display) {
        if !self.quiet {
            eprintln!("{note}");
        }
    }
}
