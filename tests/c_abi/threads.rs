//! tests/c/threads.c and tests/c/swap.c, and the crate's tests of live agents, under ThreadSanitizer, with a library that is instrumented
//! too: one that is not tells it nothing of what guards its data. The standard library comes without instrumentation, so
//! that what its locks guard has to be named (tests/c/threads.supp); the atomics are the crate's own and are all seen.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, left_out, root, skipped, succeeded, text, tools_are_required};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GATE: &str = "races between threads";
const TARGET: &str = "x86_64-unknown-linux-gnu";

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
fn instrumented(command: &str, arguments: &[&str]) -> Output {
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
        .env("TSAN_OPTIONS", options(0))
        .env_remove("CARGO_PROFILE_DEV_OPT_LEVEL")
        .output()
        .unwrap();
    succeeded(&format!("cargo {command} -Zsanitizer=thread"), &output);
    output
}

fn folder() -> PathBuf {
    root().join("target/thread-sanitizer")
}

/// What the sanitizer is told: with which status to end where it found something.
fn options(exit_code: i32) -> String {
    let suppressions = root().join("tests/c/threads.supp");
    format!("suppressions={}:exitcode={exit_code}", suppressions.display())
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
        .env("TSAN_OPTIONS", options(66))
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
    instrumented("rustc", &arguments);
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
    let output = run(&sanitized(&host, &runtime, "swap.c"), &[&model, "2000"]);
    succeeded("swap with ThreadSanitizer", &output);
    // What it has to find: two threads that write the same output.
    let output = run(&sanitized(&host, &runtime, "race.c"), &[&model]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(66), "{said}");
    for part in ["data race", "libppo_risk.so"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Training publishes policies while others decide, and portfolios are given others: the crate's own tests of that, for
/// libtorch cannot be instrumented.
#[test]
fn readers_and_publishers_do_not_race() {
    if sanitizer().is_none() {
        return;
    }
    let output = instrumented("test", &["--", "ffi::border::live", "ffi::portfolio::orders"]);
    let said = text(&output.stdout);
    let passed = said
        .split("test result: ok. ")
        .nth(1)
        .and_then(|rest| rest.split(" passed").next());
    assert!(
        passed.is_some_and(|number| number.parse::<usize>().is_ok_and(|number| number > 0)),
        "{said}"
    );
    let found = text(&output.stderr);
    let ours: Vec<&str> = found
        .split("WARNING: ThreadSanitizer")
        .skip(1)
        .filter(is_of_an_agent)
        .collect();
    assert!(ours.is_empty(), "{}", ours.join("\n"));
}

/// Whether an agent's code made one of the two accesses of a report. The test harness makes reports of its own: it hands
/// tests and results over by way of the standard library, which is not instrumented.
fn is_of_an_agent(report: &&str) -> bool {
    let end = ["Location is", " created by "]
        .iter()
        .filter_map(|part| report.find(part))
        .min();
    let accesses = &report[..end.unwrap_or(report.len())];
    let owners = [
        "ffi::border::live::Agent>::",
        "ffi::portfolio::orders::NextPolicy>::",
    ];
    owners.iter().any(|owner| accesses.contains(owner))
}

#[test]
fn reports_of_the_test_harness_are_told_from_those_of_an_agent() {
    let access =
        |code: &str| format!("data race\n Write of size 8\n #0 {code}\n Thread T1 created by main\n #0 x");
    let agent = access("<ppo_risk::ffi::border::live::Agent>::settle live.rs:221");
    let harness =
        access("Arc<Mutex<Option<test::run_test>>>::drop") + "<ppo_risk::ffi::border::live::Agent>::settle";
    assert!(is_of_an_agent(&agent.as_str()) && !is_of_an_agent(&harness.as_str()));
}
