//! The Go binding against the library that cargo built with this test: its own tests, with cgo checking every pointer
//! that it hands over, and the examples beside those in C.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/go.rs"]
mod go;
#[path = "support/linked.rs"]
mod linked;
#[path = "support/tools.rs"]
mod tools;

use go::Go;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tools::{left_out, root, skipped, succeeded, text, tools_are_required};

impl Go {
    /// The command, with cgo checking every pointer that is handed over.
    fn run(&self, arguments: &[&str], folder: &Path) -> Output {
        self.command(arguments, folder)
            .env("GODEBUG", "cgocheck=2")
            .output()
            .unwrap()
    }
}

fn package() -> PathBuf {
    root().join("bindings/go")
}

fn examples() -> PathBuf {
    root().join("examples/go")
}

#[test]
fn the_sources_are_as_gofmt_and_vet_want_them() {
    let Some(go) = Go::new() else { return };
    for module in [package(), examples()] {
        match Command::new("gofmt").arg("-l").arg(&module).output() {
            Ok(output) => assert_eq!(text(&output.stdout), "", "gofmt would change these"),
            Err(_) => skipped("the format of Go sources", "gofmt is not installed"),
        }
        succeeded("go vet", &go.run(&["vet", "./..."], &module));
    }
}

#[test]
fn the_package_passes_its_tests() {
    let Some(go) = Go::new() else { return };
    let output = go.run(&["test", "-count=1", "-timeout=20m", "-v", "."], &package());
    succeeded("go test", &output);
    let said = text(&output.stdout);
    for needed in ["TestEveryExportIsReached", "TestResultsAreCsBits"] {
        assert!(
            said.contains(&format!("--- PASS: {needed} ")),
            "{needed} is not in\n{said}"
        );
    }
    // A library with all in it leaves no test out but that of the defect, which needs debug assertions.
    if cfg!(feature = "train") {
        for line in said.lines().filter(|line| line.contains("--- SKIP")) {
            assert!(line.contains("TestADefectPoisonsItsHandle"), "skipped: {line}");
        }
    }
}

/// The race detector sees what goroutines and the library's threads share in Go; it takes minutes.
#[test]
fn the_race_detector_finds_nothing() {
    let Some(go) = Go::new() else { return };
    if !tools_are_required() {
        left_out("races in the Go binding", "asked for by REQUIRE_TOOLS");
        return;
    }
    let concurrent = "Goroutines|Close|Context|Panics|Collections|Forgotten|Errors|Log|Handles(May|Are)";
    let arguments = [
        "test",
        "-race",
        "-count=1",
        "-timeout=20m",
        "-run",
        concurrent,
        ".",
    ];
    succeeded("go test -race", &go.run(&arguments, &package()));
}

#[test]
fn the_manuals_program_runs() {
    let Some(go) = Go::new() else { return };
    let manual = fs::read_to_string(root().join("docs/go.md")).unwrap();
    let program = manual.split("```go\n").nth(1).unwrap();
    let program = program.split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let module = format!(
        "module first\n\ngo 1.19\n\nrequire ppo_risk v0.0.0\n\nreplace ppo_risk => {}\n",
        package().display()
    );
    fs::write(folder.path().join("main.go"), program).unwrap();
    fs::write(folder.path().join("go.mod"), module).unwrap();
    succeeded("go build", &go.run(&["build", "-o", "first", "."], folder.path()));
    let first = folder.path().join("first");
    let output = Command::new(first).current_dir(root()).output().unwrap();
    succeeded("the manual's program", &output);
    let said = text(&output.stdout);
    assert_eq!(said.split_whitespace().count(), 21, "{said}");
}
