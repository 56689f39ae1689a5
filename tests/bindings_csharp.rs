//! The C# binding beside the C API: held to the header, to C's results and to what C refuses; its examples print what
//! the C examples print. `bindings/csharp/Makefile` compiles and runs it with mono; a test that lacks a tool says that
//! it is skipped, or fails where REQUIRE_TOOLS is set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/csharp.rs"]
mod csharp;
#[path = "support/linked.rs"]
mod linked;
#[path = "support/tools.rs"]
mod tools;

use csharp::Binding;
use std::process::Command;
use tools::{left_out, root, succeeded, text};

impl Binding {
    /// What a program prints with the library in reach.
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(root())
            .env("LD_LIBRARY_PATH", self.folder.path())
            .output()
            .unwrap();
        succeeded(program, &output);
        text(&output.stdout)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// What an example prints in C and in C#.
    fn example(&self, c: &str, cs: &str, arguments: &[&str]) -> [String; 2] {
        let program = self.path(c);
        let output = Command::new("cc")
            .args(["-std=c99", "-D_GNU_SOURCE", "-Iinclude", "-o", &program])
            .arg(format!("examples/c/{c}.c"))
            .arg(format!("-L{}", self.folder.path().display()))
            .args(["-lppo_risk", "-lm"])
            .current_dir(root())
            .output()
            .unwrap();
        succeeded("cc", &output);
        let exe = self.path(&format!("out/{cs}.exe"));
        let in_cs = [&[exe.as_str()], arguments].concat();
        [self.run(&program, arguments), self.run("mono", &in_cs)]
    }
}

/// The lines that do not tell of time.
fn lasting(printed: &str) -> Vec<&str> {
    let timed = ["latency", "speed"];
    let lines = printed.lines();
    lines
        .filter(|line| !timed.iter().any(|start| line.starts_with(start)))
        .collect()
}

#[test]
fn every_function_struct_and_constant_is_the_headers() {
    if let Some(binding) = Binding::new() {
        assert_eq!(
            binding.make(&["functions", "numbers"]),
            "functions: ok\nnumbers: ok\n"
        );
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
            "managed",
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
fn examples_print_what_they_print_in_c() {
    let Some(binding) = Binding::new() else {
        return;
    };
    binding.make(&["examples"]);
    let model = root().join("models/sp500-20-stocks.safetensors");
    let model = model.display().to_string();
    let [c, cs] = binding.example("infer", "Infer", &[&model]);
    assert_eq!(lasting(&c), lasting(&cs), "infer");
    assert!(
        cs.contains("decisions") && cs.contains("latency of a bar in ns: p50"),
        "{cs}"
    );
    let [c, cs] = binding.example("risk", "Risk", &[]);
    assert_eq!(c, cs, "risk");
    let prices = root().join("data/sp500_20_stocks.csv");
    if !prices.exists() {
        left_out("the C# examples over prices", "the price file is not there");
        return;
    }
    let prices = prices.display().to_string();
    let [c, cs] = binding.example("infer", "Infer", &[&model, &prices]);
    assert_eq!(lasting(&c), lasting(&cs), "infer, over prices");
    if cfg!(feature = "train") {
        let policy = binding.path("policy.safetensors");
        let [c, cs] = binding.example("train", "Train", &[&prices, &policy, "20000"]);
        assert_eq!(lasting(&c), lasting(&cs), "train");
    }
}
