//! `include/ppo_risk.hpp`, and the programs of tests/cpp that use it.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, root, said};
use std::fs;

/// Functions that the C++ header has no use for, with the reason.
const LEFT_OUT: [(&str, &str); 38] = [
    ("risk_benchmark_metrics_compute", MEASURES),
    ("risk_benchmark_metrics_init", MEASURES),
    ("risk_conventions_init", MEASURES),
    ("risk_covariance", MEASURES),
    ("risk_garch_fit_init", MEASURES),
    ("risk_kelly_binary", MEASURES),
    ("risk_kelly_continuous", MEASURES),
    ("risk_kelly_estimate_init", MEASURES),
    ("risk_kelly_from_returns", MEASURES),
    ("risk_kelly_unconstrained", MEASURES),
    ("risk_kelly_weights", MEASURES),
    ("risk_leverage", MEASURES),
    ("risk_metrics_compute", MEASURES),
    ("risk_metrics_init", MEASURES),
    ("risk_performance_figures_init", MEASURES),
    ("risk_performance_free", MEASURES),
    ("risk_performance_last_error", MEASURES),
    ("risk_performance_new", MEASURES),
    ("risk_performance_push", MEASURES),
    ("risk_performance_read", MEASURES),
    ("risk_performance_restore", MEASURES),
    ("risk_performance_state_json", MEASURES),
    ("risk_regime_config_json", MEASURES),
    ("risk_regime_counts", MEASURES),
    ("risk_regime_factors", MEASURES),
    ("risk_regime_fit", MEASURES),
    ("risk_regime_free", MEASURES),
    ("risk_regime_last_error", MEASURES),
    ("risk_regime_new", MEASURES),
    ("risk_regime_probabilities", MEASURES),
    ("risk_regime_restore", MEASURES),
    ("risk_regime_state_json", MEASURES),
    ("risk_regime_update", MEASURES),
    ("risk_tail_risk_compute", MEASURES),
    ("risk_tail_risk_init", MEASURES),
    ("risk_volatility", MEASURES),
    ("risk_volatility_fit", MEASURES),
    ("risk_worst_drawdowns", MEASURES),
];

const MEASURES: &str = "measures are not in it yet";

/// The programs of tests/cpp, each linked with a second unit that has the header too.
const PROGRAMS: [&str; 5] = ["agents", "history", "live", "parts", "training"];

#[test]
fn the_programs_get_what_c_gets() {
    for (compiler, standard) in [
        ("c++", "-std=c++17"),
        ("c++", "-std=c++20"),
        ("clang++", "-std=c++17"),
    ] {
        if !has(compiler, &format!("C++ programs with {compiler}")) {
            continue;
        }
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        for name in PROGRAMS {
            let source = format!("../cpp/{name}.cpp");
            let program = host.compile_cpp(compiler, standard, name, &[&source, "../cpp/unit_two.cpp"]);
            let printed = said(&program, &[&model, &folder]);
            assert_eq!(printed, format!("{name}: ok\n"), "{compiler} {standard}");
        }
    }
}

#[test]
fn every_function_is_in_the_cpp_header() {
    let header = fs::read_to_string(root().join("include/ppo_risk.hpp")).unwrap();
    let words: Vec<&str> = header
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .collect();
    let exports = fs::read_to_string(root().join("abi/exports.txt")).unwrap();
    for name in exports.lines() {
        let left_out = LEFT_OUT.iter().any(|(function, _)| *function == name);
        assert!(
            words.contains(&name) != left_out,
            "ppo_risk.hpp does not call {name}"
        );
    }
}
