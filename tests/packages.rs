//! The Debian packages, installed into a folder of their own as dpkg does it, Conan's package, and programs that are built
//! with what they hold. The library in them is a small one in C, which has a version and needs nothing: packages are of the library
//! without libtorch, which this build need not be.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tools::{has, library, root, succeeded, text};

/// Runs a shell command in a folder.
fn shell(folder: &Path, command: &str) -> String {
    let output = Command::new("sh")
        .args(["-e", "-c", command])
        .current_dir(folder)
        .env("CHECKOUT", root())
        .output()
        .unwrap();
    succeeded(command, &output);
    text(&output.stdout)
}

/// A library with the name of ours.
fn small(folder: &Path) -> PathBuf {
    let source = format!(
        "const char *ppo_version(void) {{ return \"{}\"; }}\n",
        env!("CARGO_PKG_VERSION")
    );
    fs::write(folder.join("small.c"), source).unwrap();
    let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
    shell(
        folder,
        &format!("cc -shared -fPIC -Wl,-soname,libppo_risk.so.{major}.{minor} small.c -o libppo_risk.so"),
    );
    folder.join("libppo_risk.so")
}

#[test]
fn debian_packages_install_and_a_program_is_built_with_them() {
    let gate = "the Debian packages";
    if !["dpkg", "dpkg-deb", "python3", "cc", "pkg-config"]
        .iter()
        .all(|tool| has(tool, gate))
    {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = small(folder);
    let packed = Command::new("python3")
        .arg(root().join("bindings/packages/debian.py"))
        .args([&folder.join("made"), &small])
        .output()
        .unwrap();
    succeeded("debian.py", &packed);

    // Dependencies are in no folder of its own, and so not looked for.
    let dpkg = "dpkg --root=$PWD/there --force-not-root --force-depends --force-script-chrootless";
    shell(
        folder,
        &format!(
            "mkdir -p there/var/lib/dpkg/updates there/var/lib/dpkg/info there/var/lib/dpkg/triggers
             touch there/var/lib/dpkg/status
             {dpkg} -i made/*.deb 2>&1"
        ),
    );
    let architecture = shell(folder, "dpkg --print-architecture");
    let installed = shell(
        folder,
        "dpkg-query --admindir=there/var/lib/dpkg -W -f '${Package} ${Version} ${Architecture} ${Status}\\n'",
    );
    let version = env!("CARGO_PKG_VERSION");
    let state = format!("{version} {} install ok installed", architecture.trim());
    assert_eq!(
        installed,
        format!("libppo-risk-dev {state}\nlibppo-risk0.2 {state}\n")
    );
    let libraries = shell(
        folder,
        "dpkg-query --admindir=there/var/lib/dpkg -L libppo-risk0.2 | grep -o 'libppo_risk.*' | sort",
    );
    assert_eq!(
        libraries,
        format!("libppo_risk.so.0.2\nlibppo_risk.so.{version}\n")
    );
    let needs = shell(
        folder,
        "dpkg-query --admindir=there/var/lib/dpkg -W -f '${Depends}' libppo-risk0.2",
    );
    assert_eq!(needs, "libc6 (>= 2.28), libgcc-s1");
    assert_eq!(
        shell(
            folder,
            "cat there/usr/share/doc/libppo-risk0.2/copyright | head -1"
        ),
        shell(root(), "head -1 LICENSE-MIT")
    );

    fs::write(
        folder.join("program.c"),
        "#include <ppo_risk.h>\n#include <stdio.h>\nint main(void) { return puts(ppo_version()) < 0; }\n",
    )
    .unwrap();
    let said = shell(
        folder,
        "lib=$(echo there/usr/lib/*-linux-gnu)
         export PKG_CONFIG_PATH=$PWD/$lib/pkgconfig
         cc -std=c99 program.c $(pkg-config --cflags --libs ppo_risk) -Wl,-rpath,$PWD/$lib -o program
         ./program",
    );
    assert_eq!(said, format!("{version}\n"));

    shell(folder, &format!("{dpkg} -r libppo-risk-dev libppo-risk0.2 2>&1"));
    assert_eq!(
        shell(folder, "find there/usr -type f -o -type l 2>/dev/null || true"),
        ""
    );
}

#[test]
fn conan_makes_a_package_and_a_program_is_built_with_it() {
    let gate = "the Conan package";
    if !["cmake", "cc"].iter().all(|tool| has(tool, gate)) {
        return;
    }
    let Some(python) = python::python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = small(folder);
    // Copied, for Conan builds its program beside the program's source.
    let (recipe, test) = (
        root().join("bindings/packages/conan"),
        folder.join("test_package"),
    );
    shell(
        folder,
        "cp -r \"$CHECKOUT/bindings/packages/conan/test_package\" test_package",
    );
    let conan = |arguments: &[&str]| {
        let output = python::command(python)
            .args([
                "-c",
                "import sys\nfrom conan.cli.cli import main\nmain(sys.argv[1:])",
            ])
            .args(arguments)
            .env("CONAN_HOME", folder.join("home"))
            .env("PPO_RISK_LIBRARY", &small)
            .output()
            .unwrap();
        succeeded(&format!("conan {}", arguments[0]), &output);
        text(&output.stdout) + &text(&output.stderr)
    };
    conan(&["profile", "detect"]);
    let said = conan(&[
        "create",
        recipe.to_str().unwrap(),
        "--no-remote",
        "--test-folder",
        test.to_str().unwrap(),
    ]);
    let version = env!("CARGO_PKG_VERSION");
    assert!(said.contains(&format!("\nppo_risk {version}\n")), "{said}");
    // The sources that Conan keeps are enough for cargo.
    let metadata = "cd home/p/ppo_*/es && cargo metadata --offline --locked --no-deps --format-version 1";
    assert!(shell(folder, metadata).contains(&format!("ppo_risk@{version}")));
    let package = "ls home/p/b/ppo_*/p/licenses home/p/b/ppo_*/p/lib/libppo_risk.so";
    let kept = shell(folder, package);
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.txt"] {
        assert!(kept.contains(name), "{kept}");
    }
}

/// vcpkg itself is not needed: CMake runs the port with functions in the place of vcpkg's.
#[test]
fn the_port_of_vcpkg_makes_a_package_and_a_program_is_built_with_it() {
    let gate = "the port of vcpkg";
    if !["cmake", "cc", "python3"].iter().all(|tool| has(tool, gate)) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let small = small(folder);
    let port = root().join("bindings/packages/vcpkg/ppo-risk");
    let stubs = "
        function(vcpkg_check_linkage)
        endfunction()
        function(vcpkg_find_acquire_program name)
            find_program(${name} NAMES python3 REQUIRED)
        endfunction()
        function(vcpkg_execute_required_process)
            cmake_parse_arguments(PARSE_ARGV 0 arg \"\" \"WORKING_DIRECTORY;LOGNAME\" \"COMMAND\")
            execute_process(COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${arg_WORKING_DIRECTORY} RESULT_VARIABLE failed)
            if(failed OR arg_UNPARSED_ARGUMENTS OR NOT arg_LOGNAME)
                message(FATAL_ERROR \"${arg_COMMAND}: ${failed}\")
            endif()
        endfunction()
        function(vcpkg_install_copyright)
            cmake_parse_arguments(PARSE_ARGV 0 arg \"\" \"COMMENT\" \"FILE_LIST\")
            file(MAKE_DIRECTORY \"${CURRENT_PACKAGES_DIR}/share/${PORT}\")
            foreach(text IN LISTS arg_FILE_LIST)
                file(READ \"${text}\" words)
                file(APPEND \"${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright\" \"${words}\")
            endforeach()
        endfunction()
        include(\"${PORTFILE}\")
    ";
    fs::write(folder.join("port.cmake"), stubs).unwrap();
    let install = format!(
        "export PPO_RISK_LIBRARY=\"{}\"
         cmake -D PORT=ppo-risk -D TARGET_TRIPLET=x64-linux -D CURRENT_BUILDTREES_DIR=$PWD/trees \\
             -D CURRENT_PACKAGES_DIR=$PWD/package -D PORTFILE=\"{}/portfile.cmake\" -P port.cmake",
        small.display(),
        port.display()
    );
    shell(folder, &install);
    let kept = shell(
        folder,
        "cat package/share/ppo-risk/copyright package/share/ppo-risk/usage",
    );
    for words in [
        "Permission is hereby granted",
        "Apache License",
        "ppo_risk::ppo_risk",
    ] {
        assert!(kept.contains(words), "{words} is not in\n{kept}");
    }
    let consumer = root().join("bindings/packages/conan/test_package");
    let build = format!(
        "cmake -S {} -B build -D CMAKE_PREFIX_PATH=$PWD/package 2>&1 && cmake --build build 2>&1
         find build -maxdepth 1 -type f -executable -exec {{}} \\;",
        consumer.display()
    );
    let version = env!("CARGO_PKG_VERSION");
    let said = shell(folder, &build);
    assert!(said.ends_with(&format!("{version}\n")), "{said}");
}

/// Recipes that name the version name this one.
#[test]
fn recipes_have_the_version_of_the_crate() {
    let read = |name: &str| fs::read_to_string(root().join("bindings/packages").join(name)).unwrap();
    let port: serde_json::Value = serde_json::from_str(&read("vcpkg/ppo-risk/vcpkg.json")).unwrap();
    assert_eq!(port["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(port["license"], env!("CARGO_PKG_LICENSE"));
    let conda = format!("version: \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(read("conda/recipe.yaml").contains(&conda));
}

/// The crate holds what it is built from, and nothing else; crates.io takes 10 MB.
#[test]
fn the_crate_is_packed_without_stray_files() {
    let folder = tempfile::tempdir().unwrap();
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(["package", "--allow-dirty", "--offline", "--quiet"])
            .args(arguments)
            .current_dir(root())
            .env("CARGO_TARGET_DIR", folder.path())
            .output()
            .unwrap();
        succeeded("cargo package", &output);
        text(&output.stdout)
    };
    let listed = cargo(&["--list"]);
    let whole = [
        "Cargo.toml",
        "Cargo.toml.orig",
        "Cargo.lock",
        ".cargo_vcs_info.json",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "build.rs",
        "cbindgen.toml",
        "examples/risk_loop.rs",
    ];
    for file in listed.lines() {
        // Of the report's charts, the library that draws them and its licence, too.
        let source = file.starts_with("src/")
            && [".rs", ".S", ".css", ".js", "/LICENSE.uPlot"]
                .iter()
                .any(|end| file.ends_with(end));
        let header = file.starts_with("include/") && [".h", ".hpp"].iter().any(|end| file.ends_with(end));
        assert!(source || header || whole.contains(&file), "{file} is packed");
    }
    for file in [
        "src/lib.rs",
        "src/ffi/glibc.S",
        "src/bin/ppo-risk/main.rs",
        "include/ppo_risk.h",
    ] {
        assert!(listed.lines().any(|line| line == file), "{file} is not packed");
    }
    cargo(&["--no-verify"]);
    let packed = format!("package/ppo_risk-{}.crate", env!("CARGO_PKG_VERSION"));
    let size = fs::metadata(folder.path().join(packed)).unwrap().len();
    assert!(size < 10_000_000, "{size} bytes");
}

/// What a package cannot hold, and what would not be found where it is installed.
#[test]
fn a_library_with_libtorch_is_no_debian_package() {
    if !cfg!(feature = "train") || !has("python3", "the Debian packages") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let packed = Command::new("python3")
        .arg(root().join("bindings/packages/debian.py"))
        .args([&folder.path().join("made"), &library()])
        .output()
        .unwrap();
    assert!(!packed.status.success());
    let said = text(&packed.stderr);
    assert!(
        said.contains("needs more than Debian has, such as libtorch"),
        "{said}"
    );
}

/// Packages pass on the licences of all that the library holds.
#[test]
fn the_licences_are_of_the_crates_of_today() {
    if !has("python3", "the licences of crates") {
        return;
    }
    let output = Command::new("python3")
        .arg(root().join("bindings/packages/licences.py"))
        .arg("--check")
        .output()
        .unwrap();
    succeeded("licences.py", &output);
    let texts = fs::read_to_string(root().join("bindings/packages/THIRD-PARTY.txt")).unwrap();
    for holder in ["Apache License", "The Rust Project Developers", "WHATWG"] {
        assert!(texts.contains(holder), "{holder} is not in the licences");
    }
}
