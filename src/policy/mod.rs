//! A trained policy as plain data: what it is ([`spec`]), which parameters it has ([`layout`]), how a state becomes
//! weights ([`Policy`]), and the file it is kept in ([`file`](mod@file)). Nothing here needs libtorch.

pub mod action;
//DESC
pub mod distribution;
pub mod features;
//FILE
pub mod forward;
pub mod layout;
pub mod normalizer;
pub mod spec;
//STRICT
#[cfg(test)]
mod test_specs;
mod trained;

pub use trained::{Policy, Workspace};
