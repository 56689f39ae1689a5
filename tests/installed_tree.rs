//! An installation as strangers meet it: moved from where it was put, used by programs outside the checkout with
//! pkg-config alone and with CMake alone. The library is the one that cargo built with this test.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use tools::{has, library, root, succeeded, text};

/// An installation that has been moved, and a folder for the programs that use it.
struct Tree {
    folder: TempDir,
}

impl Tree {
    /// None where there is no Python to install with.
    fn new() -> Option<Self> {
        if !has("python3", "the installed tree") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let before = folder.path().join("before");
        succeeded("install.py", &install(&before, &[]));
        let tree = Self { folder };
        fs::create_dir_all(tree.prefix().parent().unwrap()).unwrap();
        fs::rename(before, tree.prefix()).unwrap();
        Some(tree)
    }

    fn prefix(&self) -> PathBuf {
        self.folder.path().join("moved here/usr")
    }

    fn work(&self) -> PathBuf {
        let work = self.folder.path().join("work");
        if !work.exists() {
            fs::create_dir(&work).unwrap();
            for entry in fs::read_dir(root().join("tests/installed")).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), work.join(entry.file_name())).unwrap();
            }
        }
        work
    }

    /// Runs a shell command in the programs' folder, with nothing in its environment but where tools are.
    fn shell(&self, command: &str) -> Output {
        Command::new("sh")
            .args(["-e", "-c", command])
            .current_dir(self.work())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("P", self.prefix())
            .output()
            .unwrap()
    }

    fn decides(&self, program: &str) {
        let model = "$P/share/ppo_risk/models/sp500-20-stocks.safetensors";
        let output = self.shell(&format!("{program} \"{model}\""));
        succeeded(program, &output);
        let expected = format!(
            "ppo_risk {}: 21 weights, sum 1.000000\n",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(text(&output.stdout), expected, "{program}");
    }
}

/// Runs the installer with the library of this build; libtorch's libraries, half a gigabyte, become links.
fn install(prefix: &Path, options: &[&str]) -> Output {
    let mut command = Command::new("python3");
    command
        .arg(root().join(".setup/install.py"))
        .arg("--prefix")
        .arg(prefix)
        .arg("--library")
        .arg(library())
        .args(options);
    if cfg!(feature = "train") {
        command.arg("--torch-lib").arg(torch_folder());
    }
    command.output().unwrap()
}

/// Where the library of this build finds libtorch: the one absolute folder of its run path.
fn torch_folder() -> String {
    let said = dynamic(&library());
    let path = said.lines().find(|line| line.contains("PATH)")).unwrap();
    let path = path.split(['[', ']']).nth(1).unwrap();
    path.split(':')
        .find(|part| part.starts_with('/'))
        .unwrap()
        .to_string()
}

fn dynamic(library: &Path) -> String {
    let output = Command::new("readelf")
        .args(["--dynamic", "--wide"])
        .arg(library)
        .output()
        .unwrap();
    succeeded("readelf", &output);
    text(&output.stdout)
}

/// Every file and link below a folder, relative to it.
fn places(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_program_is_built_with_pkg_config_alone() {
    if !(has("pkg-config", "pkg-config")
        && has("cc", "C programs")
        && has("c++", "C++ programs")
        && has("readelf", "libraries"))
    {
        return;
    }
    let Some(tree) = Tree::new() else { return };
    for (compiler, standard, source, program) in [
        ("cc", "c99", "consumer.c", "consumer_c"),
        ("c++", "c++17", "consumer.cpp", "consumer_cpp"),
    ] {
        let output = tree.shell(&format!(
            "export PKG_CONFIG_PATH=\"$P/lib/pkgconfig\"
             eval {compiler} -std={standard} -Wall -Wextra -Werror -pedantic {source} \
             $(pkg-config --cflags --libs ppo_risk) \"'-Wl,-rpath,$P/lib'\" -o {program}"
        ));
        succeeded(compiler, &output);
        tree.decides(&format!("./{program}"));
    }
    let output = tree.shell("PKG_CONFIG_PATH=\"$P/lib/pkgconfig\" pkg-config --modversion ppo_risk");
    assert_eq!(text(&output.stdout).trim(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_program_is_built_with_cmake_alone() {
    if !(has("cmake", "CMake")
        && has("cc", "C programs")
        && has("c++", "C++ programs")
        && has("readelf", "libraries"))
    {
        return;
    }
    let Some(tree) = Tree::new() else { return };
    succeeded(
        "cmake",
        &tree.shell("cmake -S . -B built -DCMAKE_PREFIX_PATH=\"$P\" -DWANTED=0.2 && cmake --build built"),
    );
    for program in ["./built/consumer_c", "./built/consumer_cpp"] {
        tree.decides(program);
    }
    for (wanted, fits) in [
        ("0.2.0", true),
        ("0.3", false),
        ("0.1.9", false),
        ("0.2.1", false),
        ("1.0", false),
    ] {
        let output = tree.shell(&format!(
            "cmake -S . -B version-{wanted} -DCMAKE_PREFIX_PATH=\"$P\" -DWANTED={wanted}"
        ));
        assert_eq!(
            output.status.success(),
            fits,
            "version {wanted}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn the_installed_library_names_no_folder_of_this_machine() {
    if !(has("readelf", "the installed library") && has("nm", "exported symbols")) {
        return;
    }
    let Some(tree) = Tree::new() else { return };
    let lib = tree.prefix().join("lib");
    let soname = format!(
        "libppo_risk.so.{}.{}",
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR")
    );
    let full = format!("libppo_risk.so.{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        fs::read_link(lib.join("libppo_risk.so")).unwrap(),
        Path::new(&soname)
    );
    assert_eq!(fs::read_link(lib.join(&soname)).unwrap(), Path::new(&full));

    let said = dynamic(&lib.join(&full));
    assert!(said.contains(&format!("soname: [{soname}]")), "{said}");
    let path = said.lines().find(|line| line.contains("PATH)")).unwrap();
    let path = path.split(['[', ']']).nth(1).unwrap();
    assert!(path.starts_with("$ORIGIN/ppo_risk:"), "{path}");
    assert!(path.split(':').all(|part| part.starts_with("$ORIGIN")), "{path}");
    let needed: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .map(|line| line.split(['[', ']']).nth(1).unwrap())
        .collect();
    for name in &needed {
        let system = [
            "libc.",
            "libm.",
            "libgcc_s.",
            "libstdc++.",
            "ld-linux",
            "libdl.",
            "libpthread.",
            "librt.",
        ];
        let torch = ["libtorch_cpu.so", "libc10.so", "libtorch.so", "libgomp."];
        let torch = cfg!(feature = "train") && torch.iter().any(|start| name.starts_with(start));
        assert!(
            torch || system.iter().any(|start| name.starts_with(start)),
            "{needed:?}"
        );
        if torch {
            assert!(
                lib.join("ppo_risk").join(name).exists(),
                "{name} is not beside the library"
            );
        }
    }

    let symbols = Command::new("nm")
        .args(["--dynamic"])
        .arg(lib.join(&full))
        .output()
        .unwrap();
    succeeded("nm", &symbols);
    let said = text(&symbols.stdout);
    let defined = said
        .lines()
        .filter_map(|line| line.split_once(" T ").map(|(_, name)| name));
    let exports = fs::read_to_string(root().join("abi/exports.txt")).unwrap();
    let mut defined: Vec<&str> = defined.collect();
    defined.sort_unstable();
    assert_eq!(defined, exports.lines().collect::<Vec<_>>());
}

#[test]
fn the_tree_is_whole_and_names_no_folder_of_this_machine() {
    let Some(tree) = Tree::new() else { return };
    let installed: Vec<String> = places(&tree.prefix())
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    for place in [
        "include/ppo_risk.h",
        "include/ppo_risk.hpp",
        "include/ppo_risk/status.h",
        "include/ppo_risk/training.h",
        "lib/pkgconfig/ppo_risk.pc",
        "lib/cmake/ppo_risk/ppo_risk-config.cmake",
        "share/doc/ppo_risk/LICENSE-MIT",
        "share/doc/ppo_risk/LICENSE-APACHE",
        "share/doc/ppo_risk/THIRD-PARTY.txt",
        "share/doc/ppo_risk/c_api.md",
        "share/doc/ppo_risk/install.md",
        "share/doc/ppo_risk/examples/c/infer.c",
        "share/doc/ppo_risk/examples/c/train.c",
        "share/doc/ppo_risk/examples/cpp/risk.cpp",
        "share/doc/ppo_risk/examples/cpp/infer.cpp",
        "share/doc/ppo_risk/examples/cpp/engine.cpp",
        "share/ppo_risk/models/sp500-20-stocks.safetensors",
    ] {
        assert!(
            installed.iter().any(|found| found == place),
            "{place} is not in {installed:#?}"
        );
    }
    let home = std::env::var("HOME").unwrap_or_default();
    let mut here = vec![root().display().to_string(), "before/".to_string()];
    here.extend((home.len() > 1).then_some(home));
    for place in &installed {
        let path = tree.prefix().join(place);
        if path.is_symlink() {
            continue;
        }
        if let Ok(said) = fs::read_to_string(&path) {
            for folder in &here {
                assert!(!said.contains(folder.as_str()), "{place} names {folder}");
            }
        }
    }
    // The sums are of everything but themselves, and right.
    let sums = fs::read_to_string(tree.prefix().join("share/ppo_risk/SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count() + 1, installed.len());
    if has("sha256sum", "the sums of the installed files") {
        let output = tree.shell("cd \"$P\" && sha256sum --quiet --check share/ppo_risk/SHA256SUMS");
        succeeded("sha256sum", &output);
    }
}

#[test]
fn uninstalling_leaves_what_others_put_there() {
    let Some(tree) = Tree::new() else { return };
    let other = tree.prefix().join("lib/pkgconfig/other.pc");
    fs::write(&other, "Name: other\n").unwrap();
    succeeded("uninstall", &install(&tree.prefix(), &["--uninstall"]));
    assert_eq!(places(&tree.prefix()), [Path::new("lib/pkgconfig/other.pc")]);
    assert!(!tree.prefix().join("include").exists());
}

#[test]
fn what_cannot_be_installed_is_refused() {
    if !has("python3", "the installer") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().join("prefix");
    let nothing = folder.path().join("nothing.so").display().to_string();
    let text_file = root().join("Cargo.toml").display().to_string();
    for (options, word) in [
        (vec!["--prefix", "relative"], "not absolute"),
        (vec!["--library", &nothing], "nothing.so"),
        (vec!["--library", &text_file], "no 64-bit little-endian ELF file"),
        (vec!["--libdir", "../lib"], "not below the prefix"),
    ] {
        let output = install(&prefix, &options);
        assert!(!output.status.success(), "{options:?}");
        assert!(text(&output.stderr).contains(word), "{}", text(&output.stderr));
        assert!(!prefix.exists(), "{options:?} left something");
    }
}
