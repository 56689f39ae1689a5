//! A folder that programs in other languages find the library of this build in.

use crate::tools::library;
use std::fs;
use std::path::Path;

/// Puts the library into `folder` under the names that are looked for when linking and when loading.
pub(crate) fn link_library(folder: &Path) {
    let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
    for name in ["libppo_risk.so", &format!("libppo_risk.so.{major}.{minor}")] {
        let link = folder.join(name);
        // The link of an earlier run.
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(library(), link).unwrap();
    }
}
