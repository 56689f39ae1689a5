//! tests/c/threads.c under ThreadSanitizer, with a library that is instrumented too: one that is not tells it nothing
//! of what guards its data. The standard library comes without instrumentation, so that what its locks guard has to be
//! named (tests/c/threads.supp); the atomics are the crate's own and are all seen.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, left_out, root, skipped, succeeded, text, tools_are_required};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GATE: &str = "races between threads";

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

/// The library without libtorch, instrumented, in a target folder of its own (two minutes the first time).
fn instrumented() -> PathBuf {
    const TARGET: &str = "x86_64-unknown-linux-gnu";
    let folder = root().join("target/thread-sanitizer");
    let output = Command::new(env!("CARGO"))
        .args([
            "rustc",
            "--lib",
            "--crate-type",
            "cdylib",
            "--no-default-features",
        ])
        .args([
            "--quiet",
            "--target",
            TARGET,
            "--config",
            "profile.dev.opt-level=1",
        ])
        .arg("--target-dir")
        .arg(&folder)
        .current_dir(root())
        // Options that a released compiler does not offer otherwise.
        .env("RUSTC_BOOTSTRAP", "1")
        .env(
            "RUSTFLAGS",
            "-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer",
        )
        .env_remove("CARGO_PROFILE_DEV_OPT_LEVEL")
        .output()
        .unwrap();
    succeeded("cargo rustc -Zsanitizer=thread", &output);
    folder.join(TARGET).join("debug/libppo_risk.so")
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
    let suppressions = root().join("tests/c/threads.supp");
    let options = format!("suppressions={}:exitcode=66", suppressions.display());
    Command::new(program)
        .args(arguments)
        .env("TSAN_OPTIONS", options)
        .output()
        .unwrap()
}

#[test]
fn threads_do_not_race() {
    if !tools_are_required() {
        left_out(GATE, "builds the library once more: REQUIRE_TOOLS=1 runs it");
        return;
    }
    if !(has("clang", GATE) && has("cc", GATE) && has("nm", GATE)) {
        return;
    }
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        left_out(GATE, "made for Linux on x86-64");
        return;
    }
    let Some(runtime) = runtime() else {
        skipped(GATE, "this Rust compiler has no ThreadSanitizer runtime");
        return;
    };
    let library = instrumented();
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
