//! Beside Python's PyTorch in one process, whichever was loaded first. TORCH_PYTHON names a Python that has PyTorch, of
//! the version that the library was built against.

use crate::toolchain::{demo_policy, left_out, library, root, succeeded, text};
use std::process::Command;

#[test]
fn pytorch_and_the_library_share_a_process() {
    let Some(python) = std::env::var_os("TORCH_PYTHON") else {
        left_out(
            "beside PyTorch",
            "TORCH_PYTHON does not name a Python that has it",
        );
        return;
    };
    for first in ["library", "torch"] {
        let output = Command::new(&python)
            .arg(root().join("tests/c_abi/beside_torch.py"))
            .arg(library())
            .arg(demo_policy())
            .arg(first)
            .output()
            .unwrap();
        succeeded(&format!("{first} first"), &output);
        assert_eq!(text(&output.stdout), "beside torch: ok\n", "{first} first");
        assert_eq!(text(&output.stderr), "", "{first} first");
    }
}
