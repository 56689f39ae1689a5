//! The C# binding's Makefile with the library of this build.

use crate::linked::link_library;
use crate::tools::{has, root, succeeded, text};
use std::process::Command;
use tempfile::TempDir;

/// A folder with the library under the names that are looked for, and with what is built of the binding.
pub(crate) struct Binding {
    pub(crate) folder: TempDir,
}

impl Binding {
    /// None where a tool is missing.
    pub(crate) fn new() -> Option<Self> {
        let tools = ["make", "cc", "mcs", "mono"];
        if !tools.iter().all(|tool| has(tool, "the C# binding")) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        link_library(folder.path());
        Some(Self { folder })
    }

    /// Makes targets of the Makefile; gives what they print.
    pub(crate) fn make(&self, targets: &[&str]) -> String {
        let folder = self.folder.path().display();
        let output = Command::new("make")
            .args(["--no-print-directory", "-C", "bindings/csharp"])
            .args(targets)
            .arg(format!("LIB={folder}"))
            .arg(format!("OUT={folder}/out"))
            .current_dir(root())
            .env_remove("MAKEFLAGS")
            .env_remove("LD_LIBRARY_PATH")
            .output()
            .unwrap();
        succeeded(&format!("make {}", targets.join(" ")), &output);
        text(&output.stdout)
    }
}
