//! A trained policy as plain data: what it is ([`spec`]), which parameters it has ([`layout`]), how a state becomes
//! weights ([`Policy`]), and the file it is kept in ([`file`](mod@file)). Nothing here needs libtorch.

pub mod action;
pub(crate) mod attend;
mod departure;
pub mod describe;
pub mod distribution;
pub mod ensemble;
pub mod explain;
pub mod features;
pub mod file;
pub mod forward;
pub mod initial;
pub mod kernels;
pub(crate) mod lanes;
pub mod layout;
pub mod normalizer;
pub mod onnx;
pub mod spec;
#[cfg(test)]
pub(crate) mod test_specs;
mod trained;

pub use departure::Departure;
pub use trained::{Policy, Workspace};
