//! The figures of `make bench`: one `name value` a line, each measured in this run.

mod acting;
#[path = "../support/allocations.rs"]
mod allocations;
mod environment;
#[cfg(feature = "train")]
#[path = "../known_optima/training.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod known_optima_training;
#[cfg(feature = "train")]
mod learning;
#[cfg(feature = "train")]
#[path = "../known_optima/markets.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod markets;
#[cfg(feature = "train")]
#[path = "../known_optima/quadrature.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod quadrature;
mod risk;
#[cfg(feature = "train")]
mod training;

fn main() {
    environment::figures();
    acting::figures();
    risk::figures();
    #[cfg(feature = "train")]
    {
        training::figures();
        learning::figures();
    }
}
