//! Making and freeing handles, over and over, takes no memory.

use crate::programs::model_and_folder;
use crate::surface::surface;
use crate::toolchain::{Host, has, root};
use std::fs;

#[test]
fn making_and_freeing_handles_takes_no_memory() {
    let program = fs::read_to_string(root().join("tests/c/lifetimes.c")).unwrap();
    for name in surface().functions().keys() {
        assert!(
            !name.ends_with("_free") || program.contains(&format!("{name}(")),
            "tests/c/lifetimes.c does not make and free what {name} frees"
        );
    }
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        // More than the cycles that the resting headers need before they are used again.
        let said = host.run("lifetimes", &[&model, "100000"]);
        assert!(said.contains("lifetimes: ok"), "{said}");
        assert!(said.contains("ppo_agent_new: 100000 cycles, "), "{said}");
    }
}
