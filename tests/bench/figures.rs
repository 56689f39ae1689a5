//! The figures of `make bench`: one `name value` a line, each measured in this run.

mod acting;
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
#[cfg(feature = "train")]
mod training;

fn main() {
    environment::figures();
    acting::figures();
    #[cfg(feature = "train")]
    {
        training::figures();
        learning::figures();
    }
}
