//! The libraries that `make install` and `make install-slim` installed, and programs in C that use them as a stranger's
//! would: the installed header and library, and an environment with nothing of ours.

use crate::acting;
use crate::risk;
use crate::tools::{root, succeeded, text};
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::policy::onnx;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// What programs are run with: where tools are, and whose they are.
const ENVIRONMENT: [&str; 2] = ["PATH", "HOME"];

/// Where `make bench` installed the whole library.
pub(crate) fn full() -> PathBuf {
    prefix("FULL_PREFIX")
}

/// Where `make bench` installed the library without libtorch.
pub(crate) fn slim() -> PathBuf {
    prefix("SLIM_PREFIX")
}

fn prefix(variable: &str) -> PathBuf {
    std::env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: `make bench` installs what is measured"))
        .into()
}

/// The library below a prefix.
pub(crate) fn library(prefix: &Path) -> PathBuf {
    prefix.join("lib/libppo_risk.so")
}

/// A command with nothing in its environment but where tools are: no setting of the allocator, no library's folder.
pub(crate) fn command(program: impl Into<OsString>) -> Command {
    let mut command = Command::new(program.into());
    command.env_clear();
    command.envs(
        ENVIRONMENT
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?))),
    );
    command
}

/// Prints what tests/bench/c/NAME.c measures with the whole library.
pub(crate) fn print(name: &str) {
    print!("{}", run(&full(), name, &[]));
}

/// What tests/bench/c/NAME.c, linked with the library of this prefix, prints when it is given the inputs and `arguments`.
pub(crate) fn run(prefix: &Path, name: &str, arguments: &[&str]) -> String {
    let program = compile("cc", prefix, name);
    let output = command(program).arg(inputs()).args(arguments).output();
    let output = output.expect("it was just compiled");
    succeeded(name, &output);
    text(&output.stdout)
}

/// The program of tests/bench/c/NAME.c, linked with the library of this prefix.
pub(crate) fn compile(compiler: &str, prefix: &Path, name: &str) -> PathBuf {
    let program = inputs().join(name);
    let compiled = command(compiler)
        .args(["-std=c99", "-D_GNU_SOURCE", "-O2", "-pthread", "-o"])
        .arg(&program)
        .arg(root().join("tests/bench/c").join(name).with_extension("c"))
        .arg("-I")
        .arg(prefix.join("include"))
        .arg(library(prefix))
        .arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()))
        .arg("-lm")
        .output();
    succeeded(compiler, &compiled.expect("a C compiler"));
    program
}

/// The number that a line of `name value` among these gives.
pub(crate) fn value(lines: &str, name: &str) -> f64 {
    let mut found = lines
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let value = found.next().and_then(|value| value.parse().ok());
    value.unwrap_or_else(|| panic!("no {name} in {lines}"))
}

/// A folder with what the programs read: policy.safetensors and spec.json (the benchmark network), attention.safetensors, attention.onnx and
/// attention.json, market.json,
/// risk.json, regime.json, and prices.f64 (closes, [BARS, ASSETS]).
pub(crate) fn inputs() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for programs");
        let write = |name: &str, bytes: &[u8]| {
            fs::write(folder.path().join(name), bytes).expect("the folder is there");
        };
        let json = |name: &str, value: serde_json::Result<String>| {
            write(name, value.expect("plain JSON").as_bytes());
        };
        let spec = acting::spec();
        let market = SimulatedParameters::Gbm(GbmParameters {
            assets: spec.assets.clone(),
            ..GbmParameters::default_assets(spec.assets.len())
        });
        write("policy.safetensors", &acting::file(&acting::policy()));
        let attention = acting::attention_policy();
        write("attention.safetensors", &acting::file(&attention));
        write(
            "attention.onnx",
            &onnx::to_bytes(&attention).expect("a policy that is neither short nor levered"),
        );
        json("spec.json", serde_json::to_string(&spec));
        json("attention.json", serde_json::to_string(&acting::attention_spec()));
        json("market.json", serde_json::to_string(&market));
        json("risk.json", serde_json::to_string(&risk::config()));
        json("regime.json", serde_json::to_string(&risk::regimes()));
        let prices: Vec<u8> = risk::prices()
            .iter()
            .flat_map(|close| close.to_ne_bytes())
            .collect();
        write("prices.f64", &prices);
        folder
    });
    folder.path()
}
