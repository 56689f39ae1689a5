//! The risk manager for C.

pub mod manage;
pub mod manager;
pub mod reason;
