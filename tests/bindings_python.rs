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
use python::{GATE, command, package, python};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tools::{has, left_out, library, root, succeeded, text};

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
    let mut tests = command(python);
    tests
        .args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"])
        .env("PPO_RISK_RESULTS", &results);
    #[cfg(all(feature = "train", feature = "cli"))]
    tests.env("PPO_RISK", env!("CARGO_BIN_EXE_ppo-risk"));
    let output = tests.output().unwrap();
    succeeded("pytest", &output);
    for line in text(&output.stdout).lines() {
        if let Some(why) = line.strip_prefix("SKIPPED ") {
            left_out("tests of the package", why);
        }
    }
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
        let mut installed = Command::new(python);
        installed
            .args(["-c", program])
            .arg(root().join("models/sp500-20-stocks.safetensors"))
            .env("PYTHONPATH", &target)
            .env_remove("PPO_RISK_LIBRARY")
            .env_remove("LD_LIBRARY_PATH")
            .current_dir(folder.path());
        // A package does not say where on this machine libtorch lies.
        #[cfg(feature = "train")]
        installed.env(
            "LD_LIBRARY_PATH",
            Path::new(&std::env::var("LIBTORCH").unwrap()).join("lib"),
        );
        let output = installed.output().unwrap();
        succeeded("the installed package", &output);
        let expected = format!(
            "{}/ppo_risk/__init__.py {} 1.0\n",
            target.display(),
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(text(&output.stdout), expected);
    }
}
