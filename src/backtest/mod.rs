//! See the crate's architecture table.
