//! The trading environment: one step's rules, rewards, and the batch.

pub mod costs;
