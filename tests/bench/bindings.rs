//! What decisions cost from Python, Go and C# beyond the same calls from C.

use crate::csharp::Binding;
use crate::go::Go;
use crate::python;
use crate::tools::{library, root, succeeded, text};
use std::path::Path;
use std::process::Command;

/// For each language that is installed, `py`, `go` and `cs` (mono), prints what its own program measures on the demo
/// policy, the calls from C timed in the same process, in turn:
/// * `py_select_action_p50_ns`, `go_...`, `cs_...`: one decision into arrays of the caller's;
/// * `py_select_action_overhead_ns`, `go_...`, `cs_...`: that less `ppo_select_action` from C;
/// * `py_select_actions_1024_over_c`, `go_...`, `cs_...`: 1,024 states in one call, over `ppo_select_actions` from C.
pub(crate) fn figures() {
    if let Some(python) = python::python() {
        let folder = tempfile::tempdir().expect("a folder for a library");
        let overhead = folder.path().join("liboverhead.so");
        compile(&overhead);
        let output = python::command(python).arg("bench.py").arg(overhead).output();
        let output = output.expect("python ran before");
        succeeded("bench.py", &output);
        print!("{}", text(&output.stdout));
    }
    if let Some(go) = Go::new() {
        let model = root().join("models/sp500-20-stocks.safetensors");
        let arguments = ["run", "./internal/figures", &model.display().to_string()];
        // Without cgo's thorough check, as programs run.
        let output = go.command(&arguments, &root().join("bindings/go")).output();
        let output = output.expect("go ran before");
        succeeded("go run", &output);
        print!("{}", text(&output.stdout));
    }
    if let Some(binding) = Binding::new() {
        let printed = binding.make(&["bench"]);
        for line in printed.lines().filter(|line| line.starts_with("cs_")) {
            println!("{line}");
        }
    }
}

/// tests/c/overhead.c as a library that is loaded beside ours.
fn compile(overhead: &Path) {
    let output = Command::new("cc")
        .args([
            "-std=c99",
            "-D_GNU_SOURCE",
            "-O2",
            "-fPIC",
            "-shared",
            "-Iinclude",
            "-o",
        ])
        .arg(overhead)
        .arg("tests/c/overhead.c")
        .arg(library())
        .arg("-lm")
        .current_dir(root())
        .output();
    succeeded("cc", &output.expect("a C compiler"));
}
