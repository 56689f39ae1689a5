//! The Python package of bindings/python, against the library that cargo built with this test. It needs python3 with
//! venv, and the network once: a virtual environment with what the tests need is made in the cache folder of `make
//! setup` and kept.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/linked.rs"]
mod linked;
#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

use linked::link_library;
use python::{GATE, package, python, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tools::{has, library, root, succeeded, text};

/// Compiles a C program against this build's library.
fn compile(source: &Path, folder: &Path) -> PathBuf {
    link_library(folder);
    let program = folder.join("program");
    let output = Command::new("cc")
        .args(["-std=c99", "-D_GNU_SOURCE", "-O1"])
        .arg(format!("-I{}", root().join("include").display()))
        .arg(source)
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{}", folder.display()))
        .args(["-lppo_risk", "-lm"])
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .output()
        .unwrap();
    succeeded("cc", &output);
    program
}

#[test]
fn declarations_are_what_the_header_gives() {
    if !has("python3", GATE) {
        return;
    }
    let mut declare = Command::new("python3");
    declare
        .arg(package().join("declare.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if std::env::var_os("UPDATE_ABI").is_none() {
        declare.arg("--check");
    }
    succeeded("declare.py", &declare.output().unwrap());
}

#[test]
fn the_package_passes_its_tests() {
    let Some(python) = python().filter(|_| has("cc", GATE)) else {
        return;
    };
    // What C gets, for Python to compare with to the bit.
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results.bin");
    let program = compile(&root().join("tests/c/results.c"), folder.path());
    let policy = root().join("models/sp500-20-stocks.safetensors");
    let output = Command::new(program)
        .arg(policy)
        .arg(&results)
        .arg("100")
        .output()
        .unwrap();
    succeeded("results.c", &output);
    let arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider"];
    let output = run(python, &arguments, &[("PPO_RISK_RESULTS", &results)]);
    succeeded("pytest", &output);
}

/// What a program prints, but for the lines of time, which differ from run to run and say so with their first word.
fn said(what: &str, output: &Output) -> Vec<String> {
    succeeded(what, output);
    let printed = text(&output.stdout);
    let timed = |line: &&str| !line.starts_with("latency") && !line.starts_with("speed");
    printed.lines().filter(timed).map(str::to_string).collect()
}

#[test]
fn the_examples_print_what_the_c_examples_print() {
    let Some(python) = python().filter(|_| has("cc", GATE)) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let policy = root()
        .join("models/sp500-20-stocks.safetensors")
        .display()
        .to_string();
    let prices = price_file(folder.path()).display().to_string();
    let made = folder.path().join("made.safetensors").display().to_string();
    let mut examples = vec![("infer", vec![policy.as_str()]), ("risk", vec![])];
    if cfg!(feature = "train") {
        examples.push(("train", vec![&prices, &made, "8192"]));
    }
    for (name, arguments) in examples {
        let program = compile(&root().join(format!("examples/c/{name}.c")), folder.path());
        let expected = said(name, &Command::new(program).args(&arguments).output().unwrap());
        let example = root()
            .join(format!("examples/python/{name}.py"))
            .display()
            .to_string();
        let found = run(python, &[&[example.as_str()], arguments.as_slice()].concat(), &[]);
        assert_eq!(said(name, &found), expected, "{name}");
        assert!(expected.len() > 10, "{name} prints {expected:?}");
    }
}

/// Daily closes of three made-up assets around the years that examples/python/train.py tells apart.
fn price_file(folder: &Path) -> PathBuf {
    let (mut seed, mut closes, mut csv) = (5_u32, [100.0_f64; 3], "date,A,B,C\n".to_string());
    for year in 2011..2016 {
        for (month, day) in (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day))) {
            csv.push_str(&format!("{year}-{month:02}-{day:02}"));
            for close in &mut closes {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *close *= f64::from(1_027_910 + (seed >> 8) % 41_944) / 1_048_576.0;
                csv.push_str(&format!(",{close}"));
            }
            csv.push('\n');
        }
    }
    let path = folder.join("prices.csv");
    fs::write(&path, csv).unwrap();
    path
}

#[test]
fn a_wheel_of_the_checkout_is_installed_and_decides() {
    let Some(python) = python() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("installed");
    for place in [root(), &package()] {
        let _ = fs::remove_dir_all(&target);
        let mut pip = Command::new(python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-build-isolation",
            "--no-deps",
            "--target",
        ])
        .arg(&target)
        .arg(place)
        .env("PPO_RISK_LIBRARY", library());
        succeeded("pip install .", &pip.output().unwrap());
        // Nothing but the installed package says where the library is.
        let program = "import sys, ppo_risk\n\
                       with ppo_risk.Agent.load(sys.argv[1]) as agent:\n    \
                           weights = agent.select_action([0.0] * agent.state_len, [1 / 21] * 21)\n\
                       print(ppo_risk.__file__, ppo_risk.version(), round(weights.sum(), 9))\n";
        let output = Command::new(python)
            .args(["-c", program])
            .arg(root().join("models/sp500-20-stocks.safetensors"))
            .env("PYTHONPATH", &target)
            .env_remove("PPO_RISK_LIBRARY")
            .current_dir(folder.path())
            .output()
            .unwrap();
        succeeded("the installed package", &output);
        let expected = format!(
            "{}/ppo_risk/__init__.py {} 1.0\n",
            target.display(),
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(text(&output.stdout), expected);
    }
}
