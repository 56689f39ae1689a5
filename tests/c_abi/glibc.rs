//! That the library can be loaded by glibc 2.28, as RHEL 8 has it: of every symbol that it takes from another library, the
//! version that it asks for.

use crate::toolchain::{has, library, succeeded, text};
use std::process::Command;

const NEWEST: [u32; 2] = [2, 28];

#[test]
fn nothing_newer_than_glibc_2_28_is_asked_for() {
    if !has("objdump", "symbol versions") {
        return;
    }
    let output = Command::new("objdump").arg("-T").arg(library()).output().unwrap();
    succeeded("objdump -T", &output);
    let table = text(&output.stdout);
    let asked: Vec<_> = table.lines().filter_map(version).collect();
    assert!(
        asked
            .iter()
            .any(|(_, version)| *version == [2, 2, 5] || *version == [2, 17]),
        "no versions were read of\n{table}"
    );
    let newer: Vec<_> = asked
        .iter()
        .filter(|(_, version)| version.as_slice() > &NEWEST[..])
        .collect();
    assert!(
        newer.is_empty(),
        "newer than glibc 2.28, to be taken into src/ffi/glibc.S: {newer:?}"
    );
}

/// The symbol and its version of glibc that a line of `objdump -T` says.
fn version(line: &str) -> Option<(String, Vec<u32>)> {
    let (_, after) = line.split_once("GLIBC_")?;
    let (version, name) = after.split_once(char::is_whitespace)?;
    let numbers = version.trim_end_matches(')').split('.').map(str::parse);
    Some((name.trim().to_string(), numbers.collect::<Result<_, _>>().ok()?))
}

#[test]
fn versions_are_read_and_compared_as_numbers() {
    let line = "0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.34) pthread_create";
    let (name, found) = version(line).unwrap();
    assert!(name == "pthread_create" && found == [2, 34] && found.as_slice() > &NEWEST[..]);
    let (_, found) = version("0000      w   DF *UND*  0000  GLIBC_2.2.5 .hidden exp").unwrap();
    assert!(found == [2, 2, 5] && found.as_slice() < &NEWEST[..]);
    assert_eq!(version("0000 g    DF .text  0000 ppo_load"), None);
}
