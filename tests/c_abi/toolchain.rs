//! Compiling and running C programs against the library of this build.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// What a C program of a careful host is compiled with.
pub(crate) const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn demo_policy() -> PathBuf {
    root().join("models/sp500-20-stocks.safetensors")
}

/// The shared library that cargo built with this test.
pub(crate) fn library() -> PathBuf {
    let beside = std::env::current_exe().unwrap();
    let library = beside.parent().unwrap().join("libppo_risk.so");
    assert!(library.exists(), "{} is not there", library.display());
    library
}

/// Whether a tool answers; says what is skipped where it does not.
pub(crate) fn has(tool: &str, gate: &str) -> bool {
    let answers = Command::new(tool)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !answers {
        skipped(gate, &format!("{tool} is not installed"));
    }
    answers
}

/// Says that a gate is skipped for want of something; a failure where REQUIRE_TOOLS is set.
pub(crate) fn skipped(gate: &str, why: &str) {
    assert!(!tools_are_required(), "REQUIRE_TOOLS is set, but {gate}: {why}");
    left_out(gate, why);
}

/// Says that a gate does not apply to this build or has to be asked for.
pub(crate) fn left_out(gate: &str, why: &str) {
    // Past the capture of `cargo test`, which shows a passing test's words to nobody.
    let _ = writeln!(std::io::stderr(), "skipped: {gate}: {why}");
}

/// Whether every gate has to run.
pub(crate) fn tools_are_required() -> bool {
    std::env::var_os("REQUIRE_TOOLS").is_some_and(|value| !value.is_empty())
}

/// A folder with the library under the names that linkers and programs look for, and what is compiled against it.
pub(crate) struct Host {
    pub(crate) folder: TempDir,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::of(&library())
    }

    /// One of another build of the library.
    pub(crate) fn of(library: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let soname = format!(
            "libppo_risk.so.{}.{}",
            env!("CARGO_PKG_VERSION_MAJOR"),
            env!("CARGO_PKG_VERSION_MINOR")
        );
        for name in ["libppo_risk.so", &soname] {
            std::os::unix::fs::symlink(library, folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compiles sources (of tests/c, or by their full path) into the program `name`.
    pub(crate) fn compile(&self, name: &str, sources: &[&str]) -> PathBuf {
        self.compile_with("cc", &[], name, sources)
    }

    /// As [`Host::compile`], with this compiler and these options before the sources.
    pub(crate) fn compile_with(
        &self,
        compiler: &str,
        options: &[&str],
        name: &str,
        sources: &[&str],
    ) -> PathBuf {
        let program = self.path(name);
        let output = Command::new(compiler)
            .args(STRICT)
            .args([
                "-std=c99",
                "-Wstrict-prototypes",
                "-D_GNU_SOURCE",
                "-g",
                "-pthread",
            ])
            .args(options)
            .arg(format!("-I{}", root().join("include").display()))
            .args(sources.iter().map(|source| root().join("tests/c").join(source)))
            .arg("-o")
            .arg(&program)
            .arg(format!("-L{}", self.folder.path().display()))
            .args(["-lppo_risk", "-lm", "-ldl"])
            .arg(format!("-Wl,-rpath,{}", self.folder.path().display()))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        program
    }

    /// Compiles tests/c/<name>.c, runs it, and expects it to succeed without a word on standard error.
    pub(crate) fn run(&self, name: &str, arguments: &[&str]) -> String {
        let program = self.compile(name, &[&format!("{name}.c")]);
        let output = Command::new(program).args(arguments).output().unwrap();
        succeeded(name, &output);
        assert_eq!(text(&output.stderr), "", "{name} on standard error");
        text(&output.stdout)
    }
}

pub(crate) fn succeeded(what: &str, output: &Output) {
    assert!(
        output.status.success(),
        "{what} ended with {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
