//! Slices in, slices out: no I/O, no knowledge of markets or policies.

pub mod cholesky;
pub mod hmm;
pub mod markov;
pub mod random;
pub mod simplex;
