//! A program that knows the first header alone, in today's library.

use crate::programs::model_and_folder;
use crate::surface::Surface;
use crate::toolchain::{Host, has, root, succeeded, text};
use std::fs;
use std::process::Command;

#[test]
fn a_program_of_the_first_header_goes_on_working() {
    let first = root().join("abi/first");
    let program = fs::read_to_string(root().join("tests/c/first_release.c")).unwrap();
    for name in Surface::read("abi/first/surface.txt").functions().keys() {
        assert!(
            program.contains(&format!("{name}(")),
            "tests/c/first_release.c does not call {name}"
        );
    }
    if !has("cc", "a program of the first header") {
        return;
    }
    let host = Host::new();
    let [model, folder] = model_and_folder(&host);
    for (name, include) in [
        ("first_header", &first),
        ("todays_header", &root().join("include")),
    ] {
        // Before the other folders of headers.
        let include = format!("-I{}", include.display());
        let program = host.compile_with("cc", &[&include], name, &["first_release.c"]);
        let output = Command::new(program).args([&model, &folder]).output().unwrap();
        succeeded(name, &output);
        let said = text(&output.stdout);
        let size = if name == "first_header" { "32" } else { "larger" };
        assert_eq!(said, format!("ppo_config: {size}\nfirst_release: ok\n"));
    }
}
