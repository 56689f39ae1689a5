//! What the library does to a host that loads it: nothing but what the host asks for.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, library, text};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What loading a library and calling it changed, as tests/c/footprint.c tells it; empty where nothing did.
fn changed_by(host: &Host, library: &Path) -> String {
    let program = host.compile("footprint", &["footprint.c"]);
    let [model, _] = model_and_folder(host);
    let report = host.path("report");
    let output = Command::new(program)
        .arg(library)
        .arg(model)
        .arg(&report)
        .current_dir(host.folder.path())
        .output()
        .unwrap();
    let mut found = fs::read_to_string(report).unwrap();
    for (name, bytes) in [("output", &output.stdout), ("error", &output.stderr)] {
        if !bytes.is_empty() {
            found += &format!("standard {name}: {}", text(bytes));
        }
    }
    if !output.status.success() && found.is_empty() {
        found = format!("ended with {}", output.status);
    }
    found
}

/// A library that brings ours along and does one thing that no library should.
fn rude(host: &Host, defect: usize) -> PathBuf {
    let name = format!("rude_{defect}.so");
    let define = format!("-DDEFECT={defect}");
    host.compile_with("cc", &["-shared", "-fPIC", &define], &name, &["rude.c"])
}

/// How tests/c/lifecycle.c ends.
fn ends(host: &Host, library: &Path, way: &str) -> (bool, String) {
    let program = host.compile("lifecycle", &["lifecycle.c"]);
    let [model, _] = model_and_folder(host);
    let output = Command::new(program)
        .arg(library)
        .args([&model, way])
        .output()
        .unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    (output.status.success(), said)
}

#[test]
fn the_host_is_left_as_it_was() {
    if has("cc", "C programs") {
        let host = Host::new();
        assert_eq!(changed_by(&host, &library()), "");
    }
}

#[test]
fn what_a_rude_library_does_is_found() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    for (defect, sign) in [
        "umask",
        "locale",
        "folder",
        "environment",
        "mxcsr",
        "Threads:",
        "processor time",
        "signal 11",
        "descriptor",
        "standard output: hello",
    ]
    .iter()
    .enumerate()
    {
        // A processor's modes are looked at where the program knows them.
        if *sign == "mxcsr" && cfg!(not(target_arch = "x86_64")) {
            continue;
        }
        let found = changed_by(&host, &rude(&host, defect));
        assert!(found.contains(sign), "{sign}: {found}");
    }
    for way in ["reload", "leave", "late"] {
        assert!(!ends(&host, &rude(&host, 10), way).0, "{way}");
    }
}

#[test]
fn a_host_may_end_as_it_likes() {
    if has("cc", "C programs") {
        let host = Host::new();
        for (way, said) in [
            ("reload", "lifecycle: ok\n"),
            ("leave", "lifecycle: ok\n"),
            ("late", "lifecycle: ok\nfreed\n"),
        ] {
            assert_eq!(ends(&host, &library(), way), (true, said.to_string()), "{way}");
        }
    }
}
