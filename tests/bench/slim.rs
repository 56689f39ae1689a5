//! The library without libtorch, as a C program meets it.

use crate::installed;
use crate::python;
use crate::tools::{root, succeeded};
use std::path::Path;
use std::process::Command;

/// Prints, of the installed library without libtorch, its size when stripped (`slim_library_bytes`) and what
/// tests/c/slim.c measures with it and the demo policy: `slim_load_ms` (dlopen, ppo_load and the first action; best of
/// five processes), `slim_rss_mb` of that program with one agent, and `agents_10000_rss_mb`, what 10,000 clones of the
/// agent add. Before these, `wheel_bytes`: the Python package with that library.
pub(crate) fn figures() {
    let library = installed::library(&installed::slim());
    let folder = tempfile::tempdir().expect("a folder for a program");
    let stripped = folder.path().join("stripped.so");
    let output = Command::new("strip")
        .arg("--strip-unneeded")
        .arg("-o")
        .arg(&stripped)
        .arg(&library)
        .output();
    succeeded("strip", &output.expect("strip is there where a linker is"));
    let bytes = std::fs::metadata(&stripped).expect("it was just written").len();
    println!("slim_library_bytes {bytes}");
    wheel(&library, folder.path());
    let program = folder.path().join("slim");
    let compiled = Command::new("cc")
        .args(["-std=c99", "-D_GNU_SOURCE", "-O2"])
        .arg(format!("-I{}", root().join("include").display()))
        .arg(root().join("tests/c/slim.c"))
        .arg("-o")
        .arg(&program)
        .arg("-ldl")
        .output();
    succeeded("cc", &compiled.expect("a C compiler"));
    // One process each: the second in a process would find the library loaded.
    let runs = (0..5).map(|_| {
        let output = installed::command(&program)
            .arg(&library)
            .arg(root().join("models/sp500-20-stocks.safetensors"))
            .output()
            .expect("the program runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}");
        let numbers: Vec<f64> = text
            .split_whitespace()
            .map(|n| n.parse().expect("a number"))
            .collect();
        numbers
    });
    let best = runs
        .reduce(|a, b| a.iter().zip(&b).map(|(a, b)| a.min(*b)).collect())
        .expect("there are runs");
    println!("slim_load_ms {:.2}", best[0]);
    println!("slim_rss_mb {:.2}", best[1]);
    println!("agents_10000_rss_mb {:.2}", best[2]);
}

fn wheel(library: &Path, folder: &Path) {
    let Some(python) = python::python() else { return };
    let made = folder.join("wheels");
    let output = Command::new(python)
        .args(["-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"])
        .args(["--no-build-isolation", "--no-deps", "--wheel-dir"])
        .arg(&made)
        .arg(root())
        .env("PPO_RISK_LIBRARY", library)
        .output();
    succeeded("pip wheel", &output.expect("python ran before"));
    let mut wheels = std::fs::read_dir(made).expect("pip made it");
    let wheel = wheels.next().expect("pip made a wheel").expect("a file");
    println!("wheel_bytes {}", wheel.metadata().expect("a file").len());
}
