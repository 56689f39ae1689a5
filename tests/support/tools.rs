//! The library of this build, and the tools that tests put it to.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The shared library that is tested or measured: that which cargo built with this program, unless the environment
/// variable LIBRARY_UNDER_TEST names another, as `make bench` does with the installed one.
pub(crate) fn library() -> PathBuf {
    if let Some(named) = std::env::var_os("LIBRARY_UNDER_TEST").filter(|path| !path.is_empty()) {
        return named.into();
    }
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
