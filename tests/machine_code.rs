//! The loops of the kernels as they are in the libraries that are built: in an earlier release build the sums of one were
//! kept on the stack, and a batch took 2.2 times as long as in the build that was measured.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/machine_code.rs"]
mod machine_code;
#[path = "support/tools.rs"]
mod tools;

use machine_code::{SETS, Set, faults, kernels, loops_elsewhere};
use std::path::Path;
use std::process::Command;
use tools::{has, left_out, library, root, skipped, succeeded, tools_are_required};

const GATE: &str = "the machine code of the kernels";

/// Of this build: checked arithmetic and all, many units of code generation, little optimised (which plain Rust needs to
/// become vectors).
#[test]
fn no_kernel_of_this_build_keeps_sums_on_the_stack() {
    if has("objdump", GATE) && has("nm", GATE) {
        let explicit = SETS.iter().filter(|set| set.name != "portable");
        sums_stay_in_registers(&library(), cfg!(feature = "train"), explicit);
    }
}

/// Of what `make install-slim` installs: release, one unit, optimised with its dependencies. (The library with the
/// trainer, which takes minutes to build, is looked at by `make bench`.)
#[test]
fn no_kernel_of_the_library_that_ships_keeps_sums_on_the_stack() {
    if !tools_are_required() {
        return left_out(GATE, "builds the library that ships: REQUIRE_TOOLS=1 runs it");
    }
    if !(has("objdump", GATE) && has("nm", GATE) && has("make", GATE)) {
        return;
    }
    let output = Command::new("make").arg("slim").current_dir(root()).output();
    succeeded("make slim", &output.unwrap());
    let library = root().join("target/slim/release/libppo_risk.so");
    sums_stay_in_registers(&library, false, SETS);
    for set in SETS.iter().filter(|set| set.name.starts_with("avx")) {
        let (functions, found) = loops_elsewhere(&library, set);
        assert!(functions > 0, "no function of loops_{}", set.name);
        assert!(found.is_empty(), "loops compiled for any processor: {found:#?}");
    }
}

fn sums_stay_in_registers<'a>(library: &Path, with_trainer: bool, sets: impl IntoIterator<Item = &'a Set>) {
    if SETS.is_empty() {
        return skipped(GATE, "no processor whose instructions are known here");
    }
    for set in sets {
        for kernel in kernels(with_trainer) {
            let found = faults(library, kernel, set);
            assert!(found.is_empty(), "{}: {found:#?}", library.display());
        }
    }
}
