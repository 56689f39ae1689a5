//! The figures of `make bench`: one `name value` a line, each measured in this run, and, where a function's comment does not
//! say otherwise, through the C surface of the library that `make install` or `make install-slim` has installed.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark may panic, like the tests whose tools it shares"
)]

mod acting;
#[cfg(feature = "train")]
mod agent;
mod bindings;
mod c_abi;
mod c_abi_risk;
#[path = "../support/csharp.rs"]
mod csharp;
#[path = "../support/go.rs"]
mod go;
mod installed;
#[cfg(feature = "train")]
#[path = "../known_optima/training.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod known_optima_training;
#[cfg(feature = "train")]
mod learning;
#[path = "../support/linked.rs"]
mod linked;
#[path = "../support/machine_code.rs"]
mod machine_code;
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
#[cfg(feature = "train")]
mod ranks;
mod risk;
mod slim;
#[path = "../support/surface.rs"]
mod surface;
#[path = "../support/tools.rs"]
mod tools;
#[cfg(feature = "train")]
mod training;

use std::process::Command;

/// Groups of figures; `make bench ARGS="acting risk"` prints these alone.
const GROUPS: &[(&str, fn())] = &[
    ("environment", || installed::print("environment")),
    ("acting", acting::figures),
    ("slim", slim::figures),
    ("c_abi", c_abi::figures),
    ("chain", || installed::print("chain")),
    ("bindings", bindings::figures),
    ("risk", risk::figures),
    #[cfg(feature = "train")]
    ("parity", parity::figures),
    #[cfg(feature = "train")]
    ("training", training::figures),
    #[cfg(feature = "train")]
    ("ranks", ranks::figures),
    #[cfg(feature = "train")]
    ("learning", learning::figures),
];

/// Variables that the figures are taken with; all others, such as those by which cargo tunes the allocator of the programs
/// that it starts, are left out.
const ENVIRONMENT: &[&str] = &[
    "PATH",
    "HOME",
    "XDG_CACHE_HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "PEERS",
    "PEERS_HOME",
    "PEERS_LATENCY",
    "FULL_PREFIX",
    "SLIM_PREFIX",
    "LIBRARY_UNDER_TEST",
    "TORCH_PYTHON",
];

fn main() {
    if std::env::vars_os().any(|(name, _)| ENVIRONMENT.iter().all(|kept| name != *kept)) {
        return in_that_environment();
    }
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

/// Runs this program again without the other variables.
fn in_that_environment() {
    let mut program = Command::new(std::env::current_exe().expect("a running program has a file"));
    program.args(std::env::args_os().skip(1)).env_clear();
    program.envs(
        ENVIRONMENT
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?))),
    );
    let status = program.status().expect("it runs");
    std::process::exit(status.code().unwrap_or(1));
}
