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
use linked::link_library;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tools::{has, left_out, library, root, skipped, succeeded, text, tools_are_required};

/// The module's path, which names no host: it is had from a proxy, or from its place.
const MODULE: &str = "ppo.risk/pporisk";

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
    let folder = tempfile::tempdir().unwrap();
    let module = format!(
        "module first\n\ngo 1.19\n\nrequire {MODULE} v0.2.0\n\nreplace {MODULE} => {}\n",
        package().display()
    );
    fs::write(folder.path().join("main.go"), first_program()).unwrap();
    fs::write(folder.path().join("go.mod"), module).unwrap();
    succeeded("go build", &go.run(&["build", "-o", "first", "."], folder.path()));
    decides(&folder.path().join("first"), "");
}

/// What strangers do: `go get` from a proxy, which is a folder here, and a program that finds the library in the module, by
/// pkg-config, or beside itself.
#[test]
fn the_module_is_had_from_a_proxy() {
    let Some(go) = Go::new() else { return };
    if !has("python3", "the Go module") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let proxy = folder.path().join("proxy");
    let packed = Command::new("python3")
        .arg(package().join("pack.py"))
        .args([&proxy, &library()])
        .output()
        .unwrap();
    succeeded("pack.py", &packed);
    let (program, modules) = (folder.path().join("program"), folder.path().join("modules"));
    fs::create_dir(&program).unwrap();
    fs::write(program.join("main.go"), first_program()).unwrap();
    fs::write(program.join("go.mod"), "module first\n\ngo 1.19\n").unwrap();
    let stranger = |arguments: &[&str]| {
        let mut command = go.command(arguments, &program);
        command
            .env("GOPROXY", format!("file://{}", proxy.display()))
            .env("GONOSUMDB", MODULE)
            .env("GOMODCACHE", &modules)
            // What is fetched may be deleted with the folder.
            .env("GOFLAGS", "-modcacherw");
        command
    };
    let version = format!("{MODULE}@v{}", env!("CARGO_PKG_VERSION"));
    succeeded("go get", &stranger(&["get", &version]).output().unwrap());
    let libtorch = libtorch();
    let output = stranger(&["build", "-tags", "pporisk_beside", "-o", "inside", "."])
        .env_remove("PKG_CONFIG_PATH")
        .env("CGO_LDFLAGS", format!("-Wl,-rpath-link,{libtorch}"))
        .output();
    succeeded("go build -tags pporisk_beside", &output.unwrap());
    decides(&program.join("inside"), &libtorch);
    let built = stranger(&["build", "-o", "installed", "."]).output();
    succeeded("go build", &built.unwrap());
    decides(&program.join("installed"), "");

    // Moved, with the library beside it, and the module gone.
    fs::remove_dir_all(&modules).unwrap();
    let moved = folder.path().join("moved");
    fs::create_dir(&moved).unwrap();
    link_library(&moved);
    fs::rename(program.join("inside"), moved.join("inside")).unwrap();
    decides(&moved.join("inside"), "");
}

#[test]
fn without_cgo_the_compiler_says_what_is_missing() {
    let Some(go) = Go::new() else { return };
    let output = go
        .command(&["build", "."], &package())
        .env("CGO_ENABLED", "0")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(
        said.contains("needs_cgo_set_CGO_ENABLED_1_and_install_a_C_compiler"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 2, "more than one complaint:\n{said}");
}

/// The manual's program.
fn first_program() -> String {
    let manual = fs::read_to_string(root().join("docs/go.md")).unwrap();
    let program = manual.split("```go\n").nth(1).unwrap();
    program.split("```").next().unwrap().to_string()
}

/// Where the library of this build has libtorch, which a module does not say; "" where it needs none.
fn libtorch() -> String {
    let program = "import sys; sys.path.insert(0, sys.argv[1]); from elf import Library; from pathlib import Path; \
                   print(':'.join(part for part in Library(Path(sys.argv[2])).run_path if part[:1] == '/'))";
    let output = Command::new("python3")
        .args(["-c", program])
        .args([root().join(".setup"), library()])
        .output()
        .unwrap();
    succeeded("elf.py", &output);
    text(&output.stdout).trim().to_string()
}

/// Runs it, where the policy is, with a folder of libraries or none.
fn decides(program: &Path, libraries: &str) {
    let output = Command::new(program)
        .current_dir(root())
        .env("LD_LIBRARY_PATH", libraries)
        .output()
        .unwrap();
    succeeded("the manual's program", &output);
    let said = text(&output.stdout);
    assert_eq!(said.split_whitespace().count(), 21, "{said}");
}
