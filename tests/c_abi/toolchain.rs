//! Compiling and running C programs against the library of this build.

pub(crate) use crate::tools::{has, left_out, library, root, skipped, succeeded, text, tools_are_required};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What a C program of a careful host is compiled with.
pub(crate) const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"];

pub(crate) fn demo_policy() -> PathBuf {
    root().join("models/sp500-20-stocks.safetensors")
}

/// A folder with the library under the names that linkers and programs look for, and what is compiled against it.
pub(crate) struct Host {
    pub(crate) folder: TempDir,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::of(&library())
    }

    /// One of another build of the library.
    pub(crate) fn of(library: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let soname = format!(
            "libppo_risk.so.{}.{}",
            env!("CARGO_PKG_VERSION_MAJOR"),
            env!("CARGO_PKG_VERSION_MINOR")
        );
        for name in ["libppo_risk.so", &soname] {
            std::os::unix::fs::symlink(library, folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Compiles sources (of tests/c, or by their full path) into the program `name`.
    pub(crate) fn compile(&self, name: &str, sources: &[&str]) -> PathBuf {
        self.compile_with("cc", &[], name, sources)
    }

    /// As [`Host::compile`], with this compiler and these options before the sources.
    pub(crate) fn compile_with(
        &self,
        compiler: &str,
        options: &[&str],
        name: &str,
        sources: &[&str],
    ) -> PathBuf {
        let language = ["-std=c99", "-Wstrict-prototypes", "-D_GNU_SOURCE"];
        self.build(compiler, &[&language, options].concat(), name, sources)
    }

    /// Compiles C++ sources, named as for [`Host::compile`].
    pub(crate) fn compile_cpp(
        &self,
        compiler: &str,
        standard: &str,
        name: &str,
        sources: &[&str],
    ) -> PathBuf {
        self.build(compiler, &[standard, "-Wshadow", "-Wconversion"], name, sources)
    }

    fn build(&self, compiler: &str, options: &[&str], name: &str, sources: &[&str]) -> PathBuf {
        let program = self.path(name);
        let output = Command::new(compiler)
            .args(STRICT)
            .args(options)
            .args(["-g", "-pthread"])
            .arg(format!("-I{}", root().join("include").display()))
            .args(sources.iter().map(|source| root().join("tests/c").join(source)))
            .arg("-o")
            .arg(&program)
            .arg(format!("-L{}", self.folder.path().display()))
            .args(["-lppo_risk", "-lm", "-ldl"])
            .arg(format!("-Wl,-rpath,{}", self.folder.path().display()))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        program
    }

    /// Compiles tests/c/<name>.c, runs it, and expects it to succeed without a word on standard error.
    pub(crate) fn run(&self, name: &str, arguments: &[&str]) -> String {
        let program = self.compile(name, &[&format!("{name}.c")]);
        said(&program, arguments)
    }
}

/// What a program prints that is expected to succeed without a word on standard error.
pub(crate) fn said(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let name = program.display();
    succeeded(&name.to_string(), &output);
    assert_eq!(text(&output.stderr), "", "{name} on standard error");
    text(&output.stdout)
}
