//! Dynamic portfolio allocation with PPO, and the risk management around it.
//!
//! Layers, lowest first; a file imports only from lower ones, but for [`market`], which all of layer 2 may use too (a
//! test reads this table and holds the sources to it):
//!
//! | layer | module | what lives there |
//! |---|---|---|
//! | 0 | [`error`] | the one error type |
//! | 1 | `fault` | failures on purpose, in tests alone |
//! | 1 | [`file`](mod@file) | atomic writes: a file is there whole or not at all |
//! | 1 | [`json`] | JSON said once, with the key of what cannot be used; saved states that outlive a version |
//! | 1 | `memory` | memory whose size somebody else chose: an error where there is not as much |
//! | 1 | `protobuf` | messages of protobuf's, written field by field |
//! | 1 | [`settings`] | settings said once: name, meaning, default, range |
//! | 1 | [`math`] | slices in, slices out: streams of randomness, projections, small linear algebra, HMM |
//! | 2 | [`market`] | price tables, simulated markets, the prior, and the one state builder |
//! | 2 | [`policy`] | a trained policy as plain data: spec, normaliser, forward pass, file format |
//! | 2 | [`risk`] | the risk manager: limits, leverage, hedge, position sizes, stops, regimes; metrics, Kelly |
//! | 3 | [`env`](mod@env) | the trading environment: one step's rules, rewards, the batch |
//! | 3 | [`rl`] | the libtorch-free half of PPO: configuration, rollout buffer, GAE, schedules |
//! | 4 | [`train`] | feature `train`: networks, update, checkpoint; the only place that names `tch` |
//! | 4 | [`backtest`] | a policy or a baseline over prices, metrics, report |
//! | 5 | `portfolio` | [`Portfolio`](portfolio): train, rebalance, leverage, Kelly for one caller |
//! | 6 | [`ffi`] | the C surface: the only place that names `extern "C"`; no arithmetic |
#![deny(unsafe_code)]
#![allow(rustdoc::broken_intra_doc_links, reason = "shapes such as [N] are not links")]
#![cfg_attr(
    test,
    allow(clippy::float_cmp, reason = "tests compare exact values on purpose")
)]

pub mod backtest;
pub mod env;
pub mod error;
mod fault;
pub mod ffi;
pub mod file;
pub mod json;
pub mod market;
pub mod math;
mod memory;
pub mod policy;
pub mod portfolio;
mod protobuf;
pub mod risk;
pub mod rl;
pub mod settings;
pub mod train;

pub use error::{Error, Result};
