//! The C surface: every function that a host calls, and nothing else. The headers of `include/ppo_risk` are made from
//! these files, their doc comments included; docs/c_api.md has the conventions.
//!
//! Every export has one shape: the `boundary!` macro (no panic gets past it), pointers turned into references, slices
//! and structs by the folder `border` (which names what is wrong), one call into the crate. There is no arithmetic
//! here, and no declaration depends on the features that are switched on: the header and the symbols are the same
//! without libtorch.
//!
//! To add an export: write it in the file of its type as `pub unsafe extern "C" fn ppo_x(...) -> ppo_status` around
//! `boundary!(ppo_x, [handles], |_| { ... })`, and run `UPDATE_ABI=1 cargo test --test c_abi header`, which makes the
//! headers and the declarations of every binding. A test reads these sources and refuses an export that does without the
//! macro.
//!
//! For programs that are not Rust. A Rust program uses the crate's other modules: among other things, the panic hook
//! that this module installs keeps panics off the whole program's standard error.
#![allow(unsafe_code, reason = "pointers of the host are read and written here")]
#![allow(non_camel_case_types, reason = "names are C's")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the doc comments are the header's: ownership, lengths and threads are stated there, in C's words"
)]

pub mod agent;
pub mod backtest;
pub mod book;
mod border;
pub mod environment;
pub mod library;
pub mod log;
pub mod market;
pub mod portfolio;
pub mod random;
pub mod risk;
pub mod status;
pub mod training;
