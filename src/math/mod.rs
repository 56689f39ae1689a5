//! Slices in, slices out: no I/O, no knowledge of markets or policies.

pub mod bayes_stein;
pub mod cholesky;
pub mod correlation;
pub mod covariance;
pub(crate) mod definite;
pub(crate) mod eigenvalue;
pub mod elementary;
pub mod garch;
pub mod hmm;
pub(crate) mod lots;
pub mod markov;
pub mod positive_definite;
pub mod projection;
pub mod quadratic;
pub mod random;
pub mod risk_parity;
pub mod simplex;
pub mod statistics;
pub mod trigamma;
