//! The Go binding against the library that cargo built with this test: its own tests, with cgo checking every pointer
//! that it hands over, and the examples beside those in C.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use tools::{has, left_out, library, root, skipped, succeeded, text, tools_are_required};

/// Runs Go with the library of this build.
struct Go {
    /// Folder with the library under the names that are looked for, and its pkg-config file.
    folder: PathBuf,
    /// Go caches what it compiled whatever became of the header and of pkg-config's answer, but not under other flags.
    flags: String,
}

impl Go {
    /// None where there is no Go, no C compiler, or no pkg-config.
    fn new() -> Option<&'static Self> {
        static GO: LazyLock<Option<Go>> = LazyLock::new(Go::prepare);
        GO.as_ref()
    }

    fn prepare() -> Option<Self> {
        let gate = "the Go binding";
        let go = Command::new("go").arg("version").output();
        if !go.is_ok_and(|output| output.status.success()) {
            skipped(gate, "go is not installed");
            return None;
        }
        if !(has("cc", gate) && has("pkg-config", gate)) {
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings_go");
        fs::create_dir_all(&folder).unwrap();
        let [major, minor] = [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")];
        for name in ["libppo_risk.so", &format!("libppo_risk.so.{major}.{minor}")] {
            let link = folder.join(name);
            // The link of an earlier run.
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(library(), link).unwrap();
        }
        let description = format!(
            "Name: ppo_risk\nDescription: this build\nVersion: {version}\nCflags: -I{include}\n\
             Libs: -L{here} -lppo_risk -Wl,-rpath,{here}\n",
            version = env!("CARGO_PKG_VERSION"),
            include = root().join("include").display(),
            here = folder.display(),
        );
        fs::write(folder.join("ppo_risk.pc"), &description).unwrap();
        let mut hasher = DefaultHasher::new();
        description.hash(&mut hasher);
        fs::read(root().join("include/ppo_risk.h"))
            .unwrap()
            .hash(&mut hasher);
        let flags = format!("-O2 -DHEADER_AND_PLACE={}", hasher.finish());
        Some(Self { folder, flags })
    }

    /// The command, with cgo checking every pointer that is handed over.
    fn run(&self, arguments: &[&str], folder: &Path) -> Output {
        self.command(arguments, folder)
            .env("GODEBUG", "cgocheck=2")
            .output()
            .unwrap()
    }

    fn command(&self, arguments: &[&str], folder: &Path) -> Command {
        let mut command = Command::new("go");
        command
            .args(arguments)
            .current_dir(folder)
            .env("PKG_CONFIG_PATH", &self.folder)
            .env("CGO_CFLAGS", &self.flags)
            .env("CGO_ENABLED", "1")
            .env("GOPROXY", "off")
            .env("GOFLAGS", "-mod=readonly");
        command
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
    for needed in ["TestEveryExportAndConstantIsReached", "TestResultsAreCsBits"] {
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

#[test]
fn a_decision_through_go_costs_little() {
    let Some(go) = Go::new() else { return };
    // Without cgo's thorough check, as programs run.
    let arguments = ["test", "-count=1", "-v", "./internal/figures"];
    let output = go.command(&arguments, &package()).output().unwrap();
    succeeded("go test", &output);
    let said = text(&output.stdout);
    assert!(said.contains("go_select_action_overhead_ns "), "{said}");
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
fn the_examples_print_what_cs_print() {
    if let Some(go) = Go::new() {
        succeeded("go test", &go.run(&["test", "-count=1", "./..."], &examples()));
    }
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
