//! The program `ppo-risk` as a child process.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Where it is.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ppo-risk");

/// A market and a trainer that are done in a moment.
pub(crate) const SMALL: &str = "--market simulated --asset-count 3 --test-bars 400 --n-envs 8 --n-steps 16 --batch-size 64 \
    --threads 1 --device cpu";

/// Runs the program in `folder`; arguments are separated by spaces.
pub(crate) fn program(folder: &Path, arguments: &str) -> Output {
    Command::new(PROGRAM)
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The same, which has to succeed.
pub(crate) fn succeed(folder: &Path, arguments: &str) -> Output {
    let output = program(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}\n{errors}");
    output
}

/// That the program refuses with this status, says all of `words` on standard error, and nothing as a result.
pub(crate) fn refused(folder: &Path, arguments: &str, status: i32, words: &[&str]) {
    let output = program(folder, arguments);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{arguments}\n{message}");
    assert!(
        output.stdout.is_empty(),
        "{arguments}: results although it failed"
    );
    for word in words {
        assert!(
            message.contains(word),
            "{arguments}\n`{word}` is not in: {message}"
        );
    }
}

/// What is in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
