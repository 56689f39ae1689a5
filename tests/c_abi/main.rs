//! The C surface as a C program meets it: the header, the exported symbols, and programs of tests/c that are compiled
//! here against the shared library. A gate that lacks its tool (a compiler, `nm`, valgrind) says that it is skipped.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../support/declarations.rs"]
mod declarations;
mod header;
mod numbers;
mod programs;
mod results;
mod toolchain;
#[cfg(feature = "train")]
mod update;
