//! tests/c/threads.c, and the crate's tests of live agents, under ThreadSanitizer, with a library that is instrumented
//! too: one that is not tells it nothing of what guards its data. The standard library comes without instrumentation, so
//! that what its locks guard has to be named (tests/c/threads.supp); the atomics are the crate's own and are all seen.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, left_out, root, skipped, succeeded, text, tools_are_required};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GATE: &str = "races between threads";
const TARGET: &str = "x86_64-unknown-linux-gnu";
const SUPPRESSIONS: &str = "tests/c/threads.supp";

/// The sanitizer's runtime that belongs to this compiler.
fn runtime() -> Option<PathBuf> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir"])
        .current_dir(root())
        .output()
        .ok()?;
    let folder = PathBuf::from(text(&output.stdout).trim());
    let files = folder.read_dir().ok()?.flatten().map(|entry| entry.path());
    let mut runtimes = files.filter(|path| path.to_string_lossy().ends_with("_rt.tsan.a"));
    runtimes.next()
}

/// Runs cargo on the crate without libtorch, instrumented, in a target folder of its own (two minutes the first time).
fn instrumented(command: &str, arguments: &[&str], suppressions: &Path) -> Output {
    let output = Command::new(env!("CARGO"))
        .args([command, "--lib", "--no-default-features", "--quiet"])
        .args(["--target", TARGET])
        .args(["--config", "profile.dev.opt-level=1"])
        .args(["--config", "profile.test.opt-level=1"])
        .arg("--target-dir")
        .arg(folder())
        .args(arguments)
        .current_dir(root())
        // Options that a released compiler does not offer otherwise.
        .env("RUSTC_BOOTSTRAP", "1")
        .env(
            "RUSTFLAGS",
            "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer",
        )
        .env("TSAN_OPTIONS", options(suppressions))
        .env_remove("CARGO_PROFILE_DEV_OPT_LEVEL")
        .output()
        .unwrap();
    succeeded(&format!("cargo {command} -Zsanitizer=thread"), &output);
    output
}

fn folder() -> PathBuf {
    root().join("target/thread-sanitizer")
}

fn options(suppressions: &Path) -> String {
    format!("suppressions={}:exitcode=66", suppressions.display())
}

fn sanitized(host: &Host, runtime: &Path, source: &str) -> PathBuf {
    // Compiled by itself and linked with the compiler's runtime, not with clang's older one.
    let options = ["-fsanitize=thread", "-c", "-Wno-unused-command-line-argument"];
    let object = host.compile_with("clang", &options, "program.o", &[source]);
    let program = host.path("program");
    let output = Command::new("cc")
        .arg(&object)
        .arg("-o")
        .arg(&program)
        .args(["-Wl,--whole-archive".as_ref(), runtime.as_os_str()])
        .args(["-Wl,--no-whole-archive", "-Wl,--export-dynamic"])
        .arg(format!("-L{}", host.folder.path().display()))
        .arg(format!("-Wl,-rpath,{}", host.folder.path().display()))
        .args(["-lppo_risk", "-pthread", "-lm", "-ldl", "-lrt"])
        .output()
        .unwrap();
    succeeded("cc", &output);
    program
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .env("TSAN_OPTIONS", options(&root().join(SUPPRESSIONS)))
        .output()
        .unwrap()
}

/// The sanitizer's runtime; says what is skipped where there is none, or where the gate was not asked for.
fn sanitizer() -> Option<PathBuf> {
    if !tools_are_required() {
        left_out(GATE, "builds the library once more: REQUIRE_TOOLS=1 runs it");
        return None;
    }
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        left_out(GATE, "made for Linux on x86-64");
        return None;
    }
    let runtime = runtime();
    if runtime.is_none() {
        skipped(GATE, "this Rust compiler has no ThreadSanitizer runtime");
    }
    runtime
}

#[test]
fn threads_do_not_race() {
    let Some(runtime) = sanitizer() else { return };
    if !(has("clang", GATE) && has("cc", GATE) && has("nm", GATE)) {
        return;
    }
    let arguments = ["--crate-type", "cdylib"];
    instrumented("rustc", &arguments, &root().join(SUPPRESSIONS));
    let library = folder().join(TARGET).join("debug/libppo_risk.so");
    let symbols = Command::new("nm")
        .arg("--dynamic")
        .arg(&library)
        .output()
        .unwrap();
    assert!(
        text(&symbols.stdout).contains("__tsan_"),
        "the library is not instrumented"
    );
    let host = Host::of(&library);
    let [model, _] = model_and_folder(&host);
    let output = run(&sanitized(&host, &runtime, "threads.c"), &[&model, "500"]);
    succeeded("threads with ThreadSanitizer", &output);
    // What it has to find: two threads that write the same output.
    let output = run(&sanitized(&host, &runtime, "race.c"), &[&model]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(66), "{said}");
    for part in ["data race", "libppo_risk.so"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Training publishes policies while others decide: the crate's own tests of that, for libtorch cannot be instrumented.
#[test]
fn readers_and_publishers_do_not_race() {
    if sanitizer().is_none() {
        return;
    }
    // The test harness hands its results over by way of the standard library, which is not instrumented.
    let folder = tempfile::tempdir().unwrap();
    let suppressions = folder.path().join("suppressions");
    let crates = fs::read_to_string(root().join(SUPPRESSIONS)).unwrap();
    fs::write(&suppressions, crates + "race:std::sync::mpmc\n").unwrap();
    let output = instrumented("test", &["--", "ffi::agent::live"], &suppressions);
    let said = text(&output.stdout);
    assert!(said.contains("7 passed"), "{said}");
}
