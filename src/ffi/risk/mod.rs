//! The risk manager for C, and its parts by themselves.

mod arrays;
pub mod atr;
pub mod decision;
pub mod drawdown;
pub mod hedge;
pub mod limits;
pub mod manage;
pub mod manager;
pub mod positions;
pub mod reason;
