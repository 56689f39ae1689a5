//! The Go binding against the library that cargo built with this test: its own tests, with cgo checking every pointer
//! that it hands over, and the examples beside those in C.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use tools::{has, left_out, library, root, skipped, succeeded, text, tools_are_required};

/// What a Go program finds the library by: a folder with links to it and with its pkg-config file.
struct Workplace(TempDir);

impl Workplace {
    /// None where there is no Go, no C compiler, or no pkg-config.
    fn new() -> Option<Self> {
        let gate = "the Go binding";
        let go = Command::new("go").arg("version").output();
        if !go.is_ok_and(|output| output.status.success()) {
            skipped(gate, "go is not installed");
            return None;
        }
        if !(has("cc", gate) && has("pkg-config", gate)) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let [major, minor] = [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")];
        for name in ["libppo_risk.so", &format!("libppo_risk.so.{major}.{minor}")] {
            std::os::unix::fs::symlink(library(), folder.path().join(name)).unwrap();
        }
        let description = format!(
            "Name: ppo_risk\nDescription: this build\nVersion: {version}\nCflags: -I{include}\n\
             Libs: -L{here} -lppo_risk -Wl,-rpath,{here}\n",
            version = env!("CARGO_PKG_VERSION"),
            include = root().join("include").display(),
            here = folder.path().display(),
        );
        fs::write(folder.path().join("ppo_risk.pc"), description).unwrap();
        Some(Self(folder))
    }

    fn go(&self, arguments: &[&str], module: &str) -> Output {
        self.go_in(arguments, &root().join(module))
    }

    fn go_in(&self, arguments: &[&str], folder: &Path) -> Output {
        Command::new("go")
            .args(arguments)
            .current_dir(folder)
            .env("PKG_CONFIG_PATH", self.0.path())
            .env("GODEBUG", "cgocheck=2")
            .env("GOPROXY", "off")
            .env("GOFLAGS", "-mod=readonly")
            .env("CGO_ENABLED", "1")
            .output()
            .unwrap()
    }
}

const MODULES: [&str; 2] = ["bindings/go", "examples/go"];

#[test]
fn the_sources_are_as_gofmt_and_vet_want_them() {
    let Some(place) = Workplace::new() else { return };
    for module in MODULES {
        match Command::new("gofmt").arg("-l").arg(root().join(module)).output() {
            Ok(output) => assert_eq!(text(&output.stdout), "", "gofmt would change these"),
            Err(_) => skipped("the format of Go sources", "gofmt is not installed"),
        }
        succeeded("go vet", &place.go(&["vet", "./..."], module));
    }
}

#[test]
fn the_package_passes_its_tests() {
    let Some(place) = Workplace::new() else { return };
    let output = place.go(
        &["test", "-count=1", "-timeout=20m", "-v", "./..."],
        "bindings/go",
    );
    succeeded("go test", &output);
    let said = text(&output.stdout);
    for needed in [
        "--- PASS: TestEveryExportAndConstantIsReached",
        "--- PASS: TestResultsAreCsBits",
        "go_select_action_overhead_ns ",
    ] {
        assert!(said.contains(needed), "{needed} is not in\n{said}");
    }
    // A library with all in it leaves no test out; without libtorch those of training are.
    for line in said.lines().filter(|line| line.contains("--- SKIP")) {
        assert!(
            !cfg!(feature = "train") || line.contains("TestADefectPoisonsItsHandle"),
            "skipped: {line}"
        );
    }
}

/// The race detector sees what goroutines and the library's threads share in Go; it takes minutes.
#[test]
fn the_race_detector_finds_nothing() {
    let Some(place) = Workplace::new() else { return };
    if !tools_are_required() {
        left_out("races in the Go binding", "asked for by REQUIRE_TOOLS");
        return;
    }
    let concurrent = "Goroutines|Close|Closed|Context|Panics|Collections|Forgotten|Errors|Log";
    let output = place.go(
        &[
            "test",
            "-race",
            "-count=1",
            "-timeout=20m",
            "-run",
            concurrent,
            ".",
        ],
        "bindings/go",
    );
    succeeded("go test -race", &output);
}

#[test]
fn the_examples_print_what_cs_print() {
    if let Some(place) = Workplace::new() {
        succeeded(
            "go test",
            &place.go(&["test", "-count=1", "./..."], "examples/go"),
        );
    }
}

#[test]
fn the_manuals_program_runs() {
    let Some(place) = Workplace::new() else { return };
    let manual = fs::read_to_string(root().join("docs/go.md")).unwrap();
    let program = manual
        .split("```go\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.go"), program).unwrap();
    let module = format!(
        "module first\n\ngo 1.19\n\nrequire ppo_risk v0.0.0\n\nreplace ppo_risk => {}\n",
        root().join("bindings/go").display()
    );
    fs::write(folder.path().join("go.mod"), module).unwrap();
    let binary = folder.path().join("first");
    let build = ["build", "-o", binary.to_str().unwrap(), "."];
    succeeded("go build", &place.go_in(&build, folder.path()));
    let output = Command::new(binary).current_dir(root()).output().unwrap();
    succeeded("the manual's program", &output);
    let said = text(&output.stdout);
    assert!(said.starts_with('[') && said.trim_end().ends_with(']'), "{said}");
}
