//! Lets every program of this package find libtorch where it was built against it, with no environment variable set.

use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
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
