//! A folder that programs in other languages find the library of this build in.

use crate::tools::library;
use std::fs;
use std::path::Path;

/// Puts the library into `folder` under the names that are looked for when linking and when loading, and what an
/// installed library has in a folder beside it.
pub(crate) fn link_library(folder: &Path) {
    let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
    let beside = library().with_file_name("ppo_risk");
    for (name, target) in [
        ("libppo_risk.so", library()),
        (&format!("libppo_risk.so.{major}.{minor}"), library()),
        ("ppo_risk", beside),
    ] {
        let link = folder.join(name);
        // The link of an earlier run.
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(target, link).unwrap();
    }
}
