//! The Python of a virtual environment that has what the package needs, with the library of this build.

use crate::tools::{has, left_out, library, root, skipped, text};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What is left out without Python.
pub(crate) const GATE: &str = "the Python package";

/// Where the package lies.
pub(crate) fn package() -> PathBuf {
    root().join("bindings/python")
}

/// The Python of the virtual environment; none where it cannot be made, which is said.
pub(crate) fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON.get_or_init(make_environment).as_deref()
}

fn make_environment() -> Option<PathBuf> {
    if !has("python3", GATE) {
        return None;
    }
    // Stable-Baselines3 brings PyTorch, which is gigabytes: where it is asked for, in an environment of its own.
    let sb3 = std::env::var_os("PPO_RISK_SB3").is_some_and(|value| !value.is_empty());
    let (name, list) = if sb3 {
        ("python-sb3", "requirements-sb3.txt")
    } else {
        ("python-tests", "requirements.txt")
    };
    let requirements = package().join("tests").join(list);
    let wanted = fs::read_to_string(&requirements).unwrap();
    let version = Command::new("python3").arg("--version").output().unwrap();
    let version = text(&version.stdout).trim().replace(' ', "-");
    let home = cache().join(format!("{name}-{version}"));
    let python = home.join("bin/python");
    let installed = home.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|list| list == wanted) {
        return Some(python);
    }
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ];
    let steps = [
        step(Path::new("python3"), &["-m", "venv", "--clear"], &home),
        step(&python, &pip, &requirements),
    ];
    for mut step in steps {
        let output = step.output().unwrap();
        if !output.status.success() {
            let words = text(&output.stderr);
            let last = words.lines().last().unwrap_or_default();
            skipped(GATE, &format!("no virtual environment: {last}"));
            return None;
        }
    }
    fs::write(installed, wanted).unwrap();
    Some(python)
}

fn step(program: &Path, arguments: &[&str], last: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).arg(last);
    command
}

/// The folder that .setup/download.py caches in.
fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache");
    base.filter(|base| !base.as_os_str().is_empty())
        .unwrap_or_else(home)
        .join("ppo-risk")
}

/// The environment's Python in the package's folder, with the package of the checkout and this build's library.
pub(crate) fn command(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .env("PYTHONPATH", package())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PPO_RISK_LIBRARY", library())
        .current_dir(package());
    command
}

/// A Python with NumPy and PyTorch of the version that the library goes with, where the environment variable TORCH_PYTHON names
/// one; what is left out without it is said.
#[allow(dead_code, reason = "the package's tests look for it themselves")]
pub(crate) fn with_torch(gate: &str) -> Option<PathBuf> {
    let list = fs::read_to_string(package().join("tests/requirements-sb3.txt")).unwrap();
    let wanted = list
        .lines()
        .find_map(|line| line.strip_prefix("torch=="))
        .unwrap();
    let program =
        "import numpy\nfrom importlib import metadata\nprint(metadata.version('torch').split('+')[0])";
    let found = std::env::var_os("TORCH_PYTHON").and_then(|python| {
        let output = Command::new(&python).args(["-c", program]).output().ok()?;
        (text(&output.stdout).trim() == wanted).then(|| python.into())
    });
    if found.is_none() {
        let why = format!("TORCH_PYTHON names no Python with NumPy and PyTorch {wanted}");
        left_out(gate, &why);
    }
    found
}
