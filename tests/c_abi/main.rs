//! The C surface as a C program meets it: the header, the exported symbols, and programs of tests/c that are compiled
//! here against the shared library. A gate that lacks its tool (a compiler, `nm`, valgrind) says that it is skipped, or
//! fails where REQUIRE_TOOLS is set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod backtest;
mod book;
mod cpp;
mod environment;
mod examples;
mod first_release;
mod footprint;
mod glibc;
mod header;
mod host_modes;
mod host_threads;
mod lifetimes;
mod numbers;
mod portfolio;
mod programs;
mod python;
mod results;
mod risk;
mod risk_measures;
mod risk_parts;
mod risk_sizes;
mod sanitizers;
mod settings;
mod sizes;
mod snapshot;
#[path = "../support/surface.rs"]
mod surface;
mod threads;
mod toolchain;
#[path = "../support/tools.rs"]
mod tools;
#[cfg(feature = "train")]
mod update;
