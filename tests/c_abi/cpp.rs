//! `include/ppo_risk.hpp`, and the programs of tests/cpp that use it.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, root, said};
use std::fs;

/// The programs of tests/cpp, each linked with a second unit that has the header too.
const PROGRAMS: [&str; 7] = [
    "agents", "history", "hourly", "live", "measures", "parts", "training",
];

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
        assert!(words.contains(&name), "ppo_risk.hpp does not call {name}");
    }
}
