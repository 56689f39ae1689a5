//! The library without libtorch, as a C program meets it.

use std::path::Path;
use std::process::Command;

/// Where the environment variable SLIM_LIBRARY names a library of `make slim` (stripped), prints its size
/// (`slim_library_bytes`) and what tests/c/slim.c measures with it and the demo policy: `slim_load_ms` (dlopen, ppo_load
/// and the first action; best of five processes), `slim_rss_mb` of that program with one agent, and
/// `agents_10000_rss_mb`, what 10,000 clones of the agent add.
pub(crate) fn figures() {
    let Some(library) = std::env::var_os("SLIM_LIBRARY").filter(|path| !path.is_empty()) else {
        eprintln!("SLIM_LIBRARY names no library: no figures of the slim build");
        return;
    };
    let bytes = std::fs::metadata(&library)
        .expect("the library that SLIM_LIBRARY names")
        .len();
    println!("slim_library_bytes {bytes}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder for a program");
    let program = folder.path().join("slim");
    let compiled = Command::new("cc")
        .args(["-std=c99", "-D_GNU_SOURCE", "-O2"])
        .arg(format!("-I{}", root.join("include").display()))
        .arg(root.join("tests/c/slim.c"))
        .arg("-o")
        .arg(&program)
        .arg("-ldl")
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        eprintln!("no C compiler: no figures of the slim build at work");
        return;
    }
    // One process each: the second in a process would find the library loaded.
    let runs = (0..5).map(|_| {
        let output = Command::new(&program)
            .arg(&library)
            .arg(root.join("models/sp500-20-stocks.safetensors"))
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
