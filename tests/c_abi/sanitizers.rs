//! The programs of tests/c under clang's sanitizers: memory errors on the host's side of the border, leaks on both
//! sides (the library's allocations are the process's), undefined behaviour, and signs that the sanitizers are on.

use crate::programs::{ARGUMENTS, model_and_folder};
use crate::toolchain::{Host, has, skipped, succeeded, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GATE: &str = "address, leak and undefined behaviour sanitizers";

const OPTIONS: [&str; 3] = [
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
];

/// Whether clang has its sanitizers beside it.
fn available(host: &Host) -> bool {
    if !has("clang", GATE) || !has("nm", GATE) {
        return false;
    }
    let source = host.path("empty.c");
    std::fs::write(&source, "int main(void) { return 0; }\n").unwrap();
    let built = Command::new("clang")
        .args(OPTIONS)
        .arg(&source)
        .arg("-o")
        .arg(host.path("empty"))
        .output();
    let built = built.unwrap().status.success();
    if !built {
        skipped(GATE, "clang's sanitizer runtime (libclang-rt) is not installed");
    }
    built
}

fn sanitized(host: &Host, options: &[&str], source: &str) -> PathBuf {
    let options = [&OPTIONS[..], options].concat();
    let program = host.compile_with("clang", &options, "sanitized", &[source]);
    let output = Command::new("nm").arg(&program).output().unwrap();
    succeeded("nm", &output);
    let symbols = text(&output.stdout);
    for symbol in ["__asan_report_load8", "__ubsan_handle_", "__lsan_"] {
        assert!(symbols.contains(symbol), "{source} was built without {symbol}");
    }
    program
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .env(
            "ASAN_OPTIONS",
            "detect_leaks=1:abort_on_error=0:strict_string_checks=1",
        )
        .env("UBSAN_OPTIONS", "print_stacktrace=1")
        .output()
        .unwrap()
}

#[test]
fn sanitizers_find_nothing() {
    let host = Host::new();
    if !available(&host) {
        return;
    }
    let [model, folder] = model_and_folder(&host);
    let bytes = host.path("results.bin").display().to_string();
    let mut programs = vec![
        ("results", vec![model.as_str(), &bytes, "10"]),
        ("first_release", vec![&model, &folder]),
        ("threads", vec![&model, "100"]),
        ("swap", vec![&model, "300"]),
        ("lifetimes", vec![&model, "100"]),
    ];
    programs.extend(ARGUMENTS.map(|name| (name, vec![model.as_str(), &folder])));
    if cfg!(debug_assertions) {
        programs.push(("panic", vec![&model]));
    }
    if cfg!(feature = "train") {
        programs.push(("training", vec![&model, &folder]));
    }
    for (name, arguments) in programs {
        // The slope of the heap is measured elsewhere: the sanitizer's own allocator does not say.
        let program = sanitized(&host, &["-DSANITIZED"], &format!("{name}.c"));
        let output = run(&program, &arguments);
        succeeded(&format!("{name} with sanitizers"), &output);
        assert_eq!(text(&output.stderr), "", "{name} with sanitizers");
    }
}

#[test]
fn sanitizers_find_what_they_should() {
    let host = Host::new();
    if !available(&host) {
        return;
    }
    let [model, _] = model_and_folder(&host);
    for (defect, sign) in [
        // A handle of the library that is not freed, with all that it owns.
        ("LEAK", "LeakSanitizer: detected memory leaks"),
        ("OVERFLOW", "AddressSanitizer: heap-buffer-overflow"),
        ("USE_AFTER_FREE", "AddressSanitizer: heap-use-after-free"),
        ("UNDEFINED", "runtime error: signed integer overflow"),
    ] {
        let program = sanitized(&host, &[&format!("-D{defect}")], "defects.c");
        let output = run(&program, &[&model]);
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && said.contains(sign),
            "{defect}: {said}"
        );
    }
}
