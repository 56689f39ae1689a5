//! The same bits come out whatever locale and floating-point modes the host has, and it keeps them.

use crate::toolchain::{Host, demo_policy, has, skipped, text};
use std::fs;
use std::path::Path;
use std::process::Command;

const LOCALE: &str = "de_DE.UTF-8";

/// What tests/c/host_modes.c writes in a host of this way; a line on its standard output is a finding.
fn written(host: &Host, program: &Path, way: &str) -> Result<Vec<u8>, String> {
    let path = host.path(&format!("written_{way}"));
    let output = Command::new(program)
        .arg(demo_policy())
        .arg(&path)
        .arg(way)
        .env("LOCPATH", host.folder.path())
        .output()
        .unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    if !output.status.success() || said != "host_modes: ok\n" {
        return Err(format!("{way}: {}: {said}", output.status));
    }
    Ok(fs::read(path).unwrap())
}

/// Makes a locale with a decimal comma in the host's folder.
fn make_locale(host: &Host) -> bool {
    const GATE: &str = "a locale with a decimal comma";
    if !has("localedef", GATE) {
        return false;
    }
    let output = Command::new("localedef")
        .args(["-i", "de_DE", "-f", "UTF-8"])
        .arg(host.path(LOCALE))
        .output()
        .unwrap();
    if !output.status.success() {
        skipped(GATE, "localedef has no sources of locales (package locales)");
    }
    output.status.success()
}

#[test]
fn the_hosts_modes_change_no_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let program = host.compile("host_modes", &["host_modes.c"]);
    let plain = written(&host, &program, "plain").unwrap();
    assert!(plain.len() > 10_000);
    let mut ways = vec!["flush", "upward", "trap"];
    if make_locale(&host) {
        ways.push(LOCALE);
    }
    for way in ways {
        let found = written(&host, &program, way).unwrap();
        assert_eq!(found.len(), plain.len(), "{way}");
        let differs = found.iter().zip(&plain).position(|(one, other)| one != other);
        assert_eq!(differs, None, "{way}: the first byte that differs");
    }
}
