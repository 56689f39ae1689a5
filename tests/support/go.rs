//! Go with the library of this build.

use crate::linked::link_library;
use crate::tools::{has, root, skipped};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Runs Go with the library of this build.
pub(crate) struct Go {
    /// Folder with the library under the names that are looked for, and its pkg-config file.
    folder: PathBuf,
    /// Go caches what it compiled whatever became of the header and of pkg-config's answer, but not under other flags.
    flags: String,
}

impl Go {
    /// None where there is no Go, no C compiler, or no pkg-config.
    pub(crate) fn new() -> Option<&'static Self> {
        static GO: LazyLock<Option<Go>> = LazyLock::new(Go::prepare);
        GO.as_ref()
    }

    fn prepare() -> Option<Self> {
        let gate = "the Go binding";
        let go = Command::new("go").arg("version").output();
        if !go.is_ok_and(|output| output.status.success()) {
            skipped(gate, "go is not installed");
            return None;
        }
        if !(has("cc", gate) && has("pkg-config", gate)) {
            return None;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings_go");
        fs::create_dir_all(&folder).unwrap();
        link_library(&folder);
        let description = format!(
            "Name: ppo_risk\nDescription: this build\nVersion: {version}\nCflags: -I{include}\n\
             Libs: -L{here} -lppo_risk -Wl,-rpath,{here}\n",
            version = env!("CARGO_PKG_VERSION"),
            include = root().join("include").display(),
            here = folder.display(),
        );
        fs::write(folder.join("ppo_risk.pc"), &description).unwrap();
        let mut hasher = DefaultHasher::new();
        description.hash(&mut hasher);
        let entries = fs::read_dir(root().join("include/ppo_risk")).unwrap();
        let mut headers: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        headers.sort();
        for header in headers {
            fs::read(header).unwrap().hash(&mut hasher);
        }
        let flags = format!("-O2 -DHEADER_AND_PLACE={}", hasher.finish());
        Some(Self { folder, flags })
    }

    /// Runs Go in a folder, with the library in reach.
    pub(crate) fn command(&self, arguments: &[&str], folder: &Path) -> Command {
        let mut command = Command::new("go");
        command
            .args(arguments)
            .current_dir(folder)
            .env("PKG_CONFIG_PATH", &self.folder)
            .env("CGO_CFLAGS", &self.flags)
            .env("CGO_ENABLED", "1")
            .env("GOPROXY", "off")
            .env("GOFLAGS", "-mod=readonly");
        command
    }
}
