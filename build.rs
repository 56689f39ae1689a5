//! Writes the C header from `src/ffi`, gives the shared library its name, keeps other libraries' symbols out of it and has it
//! ask for no glibc after 2.28, and lets every program of this package find libtorch where it was built against it.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    write_header();
    name_the_shared_library();
    ask_for_older_glibc();
    find_libtorch();
}

/// Writes `ppo_risk.h` to OUT_DIR: a test compares it with the committed `include/ppo_risk.h`.
fn write_header() {
    println!("cargo:rerun-if-changed=cbindgen.toml");
    println!("cargo:rerun-if-changed=src/ffi");
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let settings =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml can be read");
    let header = cbindgen::Builder::new()
        .with_config(settings)
        .with_src(root.join("src/ffi/mod.rs")) // and the modules that it names
        .generate();
    match header {
        Ok(header) => {
            header.write_to_file(Path::new(&variable("OUT_DIR")).join("ppo_risk.h"));
        }
        // Not a failure: a mistake in these sources is the compiler's to report, and the test's to see.
        Err(error) => println!("cargo:warning=no C header: {error}"),
    }
}

/// The name by which programs ask for the library says with which others it can be exchanged: before 1.0, those of
/// the same 0.MINOR.
fn name_the_shared_library() {
    if variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let (major, minor) = (
        variable("CARGO_PKG_VERSION_MAJOR"),
        variable("CARGO_PKG_VERSION_MINOR"),
    );
    let version = if major == "0" { format!("0.{minor}") } else { major };
    for argument in [
        format!("-soname,libppo_risk.so.{version}"),
        // Functions of static libraries that are linked in, and of crates below this one, are nobody's interface.
        "--exclude-libs,ALL".to_string(),
        // A library with thread-local data cannot be unloaded safely.
        "-z,nodelete".to_string(),
        // Its own functions call each other whatever else the host has loaded.
        "-Bsymbolic".to_string(),
        // libtorch lies in a folder of its own beside it, where an installation puts it, or right beside it.
        "-rpath,$ORIGIN/ppo_risk:$ORIGIN".to_string(),
    ] {
        println!("cargo:rustc-cdylib-link-arg=-Wl,{argument}");
    }
}

/// Links what lets the library be loaded by glibc 2.28, whichever it is built on.
fn ask_for_older_glibc() {
    let source = "src/ffi/glibc.S";
    println!("cargo:rerun-if-changed={source}");
    let is_gnu = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    let is_known = ["x86_64", "aarch64"].contains(&variable("CARGO_CFG_TARGET_ARCH").as_str());
    if !(is_gnu && is_known) {
        return;
    }
    for object in cc::Build::new().file(source).compile_intermediates() {
        println!("cargo:rustc-cdylib-link-arg={}", object.display());
    }
    // Before 2.34, threads and dlsym were in libraries of their own; later ones have them for who asks.
    println!("cargo:rustc-cdylib-link-arg=-Wl,--no-as-needed,-l:libpthread.so.0,-l:libdl.so.2,--as-needed");
}

fn find_libtorch() {
    // torch-sys says where it found libtorch: LIBTORCH, the link that `make setup` puts here, or a Python's PyTorch.
    println!("cargo:rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    let Some(lib) = std::env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from) else {
        return; // built without the trainer
    };
    // A link in the checkout is resolved, so that a program outlives the checkout it was built in.
    let lib = lib.canonicalize().unwrap_or(lib);
    println!("cargo:rustc-link-arg=-Wl,-rpath,{}", lib.display());
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/../lib");
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
