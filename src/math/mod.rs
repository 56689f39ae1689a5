//! Slices in, slices out: no I/O, no knowledge of markets or policies.

pub mod random;
pub mod simplex;
