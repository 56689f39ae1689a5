//! The figures of `make bench`: one `name value` a line, each measured in this run.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark may panic, like the tests whose tools it shares"
)]

mod acting;
mod agent;
#[path = "../support/allocations.rs"]
mod allocations;
mod bindings;
mod c_abi;
mod c_abi_risk;
mod chain;
#[path = "../support/csharp.rs"]
mod csharp;
#[path = "../support/declarations.rs"]
mod declarations;
mod environment;
#[path = "../support/go.rs"]
mod go;
#[cfg(feature = "train")]
#[path = "../known_optima/training.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod known_optima_training;
#[cfg(feature = "train")]
mod learning;
#[path = "../support/linked.rs"]
mod linked;
#[cfg(feature = "train")]
#[path = "../known_optima/markets.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod markets;
#[cfg(feature = "train")]
mod parity;
#[path = "../support/python.rs"]
mod python;
#[cfg(feature = "train")]
#[path = "../known_optima/quadrature.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod quadrature;
mod risk;
mod slim;
#[path = "../support/tools.rs"]
mod tools;
#[cfg(feature = "train")]
mod training;

/// Groups of figures; `make bench ARGS="acting risk"` prints these alone.
const GROUPS: &[(&str, fn())] = &[
    ("environment", environment::figures),
    ("acting", acting::figures),
    ("slim", slim::figures),
    ("c_abi", c_abi::figures),
    ("chain", chain::figures),
    ("bindings", bindings::figures),
    ("risk", risk::figures),
    #[cfg(feature = "train")]
    ("parity", parity::figures),
    #[cfg(feature = "train")]
    ("training", training::figures),
    #[cfg(feature = "train")]
    ("learning", learning::figures),
];

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|name| !name.starts_with('-'))
        .collect();
    if let Some(unknown) = wanted
        .iter()
        .find(|name| GROUPS.iter().all(|(group, _)| group != name))
    {
        let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        eprintln!("no figures are called {unknown}; there are {}", names.join(", "));
        std::process::exit(2);
    }
    for (name, figures) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|group| group == name) {
            figures();
        }
    }
}
