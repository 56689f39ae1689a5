//! The programs of examples/c, examples/cpp, examples/python, examples/go and examples/csharp: each prints the same in
//! all five languages, to the last digit, and those that train write the same policy, to the last bit. A language
//! whose tools are missing is said to be skipped, or fails where REQUIRE_TOOLS is set.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/csharp.rs"]
mod csharp;
#[path = "support/go.rs"]
mod go;
#[path = "support/linked.rs"]
mod linked;
#[path = "support/python.rs"]
mod python;
#[path = "support/tools.rs"]
mod tools;

use csharp::Binding;
use go::Go;
use ppo_risk::policy::file;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use tools::{has, root, succeeded, text};

/// What is needed to run an example in every language that is there.
struct Languages {
    folder: TempDir,
    csharp: Option<Binding>,
}

impl Languages {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        linked::link_library(folder.path());
        let csharp = Binding::new();
        if let Some(csharp) = &csharp {
            csharp.make(&["examples"]);
        }
        Self { folder, csharp }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How the example is started in each language, with the language's name.
    fn programs(&self, name: &str) -> Vec<(&'static str, Command)> {
        let compiled = [
            ("C", "cc", "-std=c99", format!("examples/c/{name}.c")),
            ("C++", "c++", "-std=c++17", format!("examples/cpp/{name}.cpp")),
        ];
        let mut programs: Vec<_> = compiled
            .into_iter()
            .filter(|(_, compiler, ..)| has(compiler, "the examples"))
            .map(|(language, compiler, standard, source)| {
                (language, self.compile(compiler, standard, &root().join(source)))
            })
            .collect();
        if let Some(python) = python::python() {
            let mut command = python::command(python);
            command.arg(root().join(format!("examples/python/{name}.py")));
            programs.push(("Python", command));
        }
        if let Some(go) = Go::new() {
            let program = self.path(&format!("{name}_go"));
            let out = program.display().to_string();
            let arguments = ["build", "-o", &out, &format!("./{name}")];
            let output = go.command(&arguments, &root().join("examples/go")).output();
            succeeded("go build", &output.unwrap());
            programs.push(("Go", Command::new(program)));
        }
        if let Some(csharp) = &self.csharp {
            let (first, rest) = name.split_at(1);
            let program = format!("out/{}{rest}.exe", first.to_uppercase());
            let mut command = Command::new("mono");
            command
                .arg(csharp.folder.path().join(program))
                .env("LD_LIBRARY_PATH", csharp.folder.path());
            programs.push(("C#", command));
        }
        programs
    }

    fn compile(&self, compiler: &str, standard: &str, source: &Path) -> Command {
        let kind = source.extension().unwrap().display().to_string();
        let program = self.path(&format!("{}_{kind}", source.file_stem().unwrap().display()));
        let output = Command::new(compiler)
            .args([standard, "-D_GNU_SOURCE", "-O1"])
            .arg(format!("-I{}", root().join("include").display()))
            .arg(source)
            .arg("-o")
            .arg(&program)
            .arg(format!("-L{}", self.folder.path().display()))
            .args(["-lppo_risk", "-lm"])
            .arg(format!("-Wl,-rpath,{}", self.folder.path().display()))
            .output()
            .unwrap();
        succeeded(compiler, &output);
        Command::new(program)
    }

    /// Runs the example in every language; gives what all of them print, and fails where two differ. Where a file is
    /// `written`, it has to be the same too.
    fn same(&self, name: &str, arguments: &[&str], written: Option<&Path>) -> Vec<String> {
        let mut found = Vec::new();
        for (language, mut program) in self.programs(name) {
            let output = program.args(arguments).current_dir(root()).output().unwrap();
            let file = written.map(|path| {
                let bytes = fs::read(path).unwrap();
                fs::remove_file(path).unwrap();
                bytes
            });
            found.push((language, lasting(&format!("{name} in {language}"), &output), file));
        }
        let languages: Vec<&str> = found.iter().map(|(language, ..)| *language).collect();
        let Some((_, lines, file)) = found.first() else {
            return Vec::new();
        };
        for (language, others, other_file) in &found {
            assert_eq!(lines, others, "{name} in {language} beside {}", languages[0]);
            assert!(file == other_file, "{name} in {language} writes another policy");
        }
        let lines = lines.clone();
        let bytes = file.as_ref().map_or(String::new(), |file| {
            format!(", and a policy of {} bytes", file.len())
        });
        // Past the capture of `cargo test`.
        let _ = writeln!(
            std::io::stderr(),
            "{name}: the same {} lines{bytes} in {}",
            lines.len(),
            languages.join(", ")
        );
        lines
    }
}

/// The lines that do not tell of time; those that do say so with their first word.
fn lasting(what: &str, output: &Output) -> Vec<String> {
    succeeded(what, output);
    let printed = text(&output.stdout);
    let timed = |line: &&str| !line.starts_with("latency") && !line.starts_with("speed");
    printed.lines().filter(timed).map(str::to_string).collect()
}

/// Daily closes of made-up assets around the years that the example `train` tells apart.
fn price_file(path: &Path, assets: &[String]) -> String {
    let (mut seed, mut closes) = (5_u32, vec![100.0_f64; assets.len()]);
    let mut csv = format!("date,{}\n", assets.join(","));
    for year in 2011..2016 {
        for (month, day) in (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day))) {
            write!(csv, "{year}-{month:02}-{day:02}").unwrap();
            for close in &mut closes {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *close *= f64::from(1_027_910 + (seed >> 8) % 41_944) / 1_048_576.0;
                write!(csv, ",{close}").unwrap();
            }
            csv.push('\n');
        }
    }
    fs::write(path, csv).unwrap();
    path.display().to_string()
}

#[test]
fn the_programs_print_the_same_in_all_languages() {
    let languages = Languages::new();
    let model = root().join("models/sp500-20-stocks.safetensors");
    let (policy, _) = file::load(&model).unwrap();
    let model = model.display().to_string();
    let prices = price_file(&languages.path("prices.csv"), &policy.spec().assets);
    let enough = |lines: Vec<String>| assert!(lines.is_empty() || lines.len() > 20, "{lines:?}");
    enough(languages.same("infer", &[&model], None));
    enough(languages.same("infer", &[&model, &prices], None));
    enough(languages.same("risk", &[], None));
    if cfg!(feature = "train") {
        let few = ["A", "B", "C"].map(String::from);
        let prices = price_file(&languages.path("few.csv"), &few);
        let written = languages.path("policy.safetensors");
        let path = written.display().to_string();
        let lines = languages.same("train", &[&prices, &path, "8192"], Some(&written));
        assert!(lines.is_empty() || lines.len() > 10, "{lines:?}");
    }
}

/// That the comparison sees a language that prints one digit more.
#[test]
fn a_difference_is_seen() {
    let said = |program: &str| {
        let output = Command::new("sh").args(["-c", program]).output().unwrap();
        lasting(program, &output)
    };
    assert_eq!(
        said("echo value 1.5; echo latency 10"),
        said("echo value 1.5; echo latency 12")
    );
    assert_ne!(said("echo value 1.5"), said("echo value 1.50"));
}
