//! The C# binding beside the C API: held to the header, to C's results and to what C refuses. `bindings/csharp/Makefile` compiles and runs it with mono; a test that lacks a tool says that
//! it is skipped, or fails where REQUIRE_TOOLS is set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/csharp.rs"]
mod csharp;
#[path = "support/linked.rs"]
mod linked;
#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

use csharp::Binding;
use tools::{left_out, library, root, succeeded, text};

#[test]
fn structs_are_laid_out_as_in_c() {
    if let Some(binding) = Binding::new() {
        assert_eq!(binding.make(&["layouts"]), "layouts: ok\n");
    }
}

#[test]
fn what_c_refuses_is_refused_in_the_same_words() {
    if let Some(binding) = Binding::new() {
        assert_eq!(binding.make(&["refusals"]), "refusals: ok\n");
    }
}

#[test]
fn results_are_those_of_c_bit_for_bit() {
    if let Some(binding) = Binding::new() {
        let printed = binding.make(&["results"]);
        let parts = [
            "results_risk",
            "results_risk_parts",
            "results_risk_measures",
            "results_risk_sizes",
            "portfolio",
            "book",
            "environment",
            "backtest",
        ];
        for part in ["results"].iter().chain(&parts) {
            let line = format!("{part}: ok\n");
            assert!(printed.contains(&line), "{line} is not in\n{printed}");
        }
    }
}

#[test]
fn training_threads_and_lifetimes_hold() {
    if let Some(binding) = Binding::new() {
        let printed = binding.make(&["training", "lifetimes"]);
        for part in ["training: ok\n", "lifetimes: ok\n"] {
            assert!(printed.contains(part), "{part} is not in\n{printed}");
        }
    }
}

#[test]
fn a_missing_library_is_explained() {
    if let Some(binding) = Binding::new() {
        assert_eq!(binding.make(&["without"]), "without: ok\n");
    }
}

/// On mono, and on CoreCLR with the runtime that PyPI has.
#[test]
fn the_package_brings_the_library() {
    let (Some(binding), Some(python)) = (Binding::new(), python::python()) else {
        return;
    };
    binding.make(&["package"]);
    let output = python::command(python)
        .arg(root().join("bindings/csharp/tests/package.py"))
        .arg(binding.folder.path().join("out/package/PpoRisk.dll"))
        .arg(library())
        .arg(root().join("models/sp500-20-stocks.safetensors"))
        .arg(root().join("abi/surface.txt"))
        .output()
        .unwrap();
    succeeded("package.py", &output);
    let said = text(&output.stdout);
    for group in [
        "layouts",
        "refusals",
        "lifetimes",
        "training",
        "results",
        "without",
    ] {
        assert!(
            said.contains(&format!("mono: {group}: ok\n")),
            "{group} is not in\n{said}"
        );
        if !said.contains("core: dotnetcore2 is not installed") {
            assert!(
                said.contains(&format!("core: {group}: ok\n")),
                "{group} is not in\n{said}"
            );
        }
    }
    if said.contains("core: dotnetcore2 is not installed") {
        left_out(
            "the C# binding on CoreCLR",
            "PyPI has no runtime for this processor",
        );
    }
}
