//! The architecture, held by reading the sources: the direction of imports that the table in src/lib.rs states, and
//! what only one folder may name.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod imports;
mod source;

use imports::Files;
use source::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where `unsafe` may be written: the border of the C surface, and the folder of SIMD kernels. The rest of the surface
/// declares its exports, which a host calls `unsafe`, and no more.
const MAY_BE_UNSAFE: [&str; 2] = ["src/ffi/border/", "src/policy/kernels/"];

/// The layers that decide, in which exp and its like are those of `math::elementary`: a decision has the same bits on every
/// system.
const DECIDE: [&str; 6] = ["math", "market", "policy", "risk", "env", "portfolio"];

/// What is said in the plainest way, for tests to compare with.
const NAIVE: &str = "src/policy/kernels/naive.rs";

/// Folders, and the files beside them, in which no machine's paths may appear.
const PUBLIC: [&str; 10] = [
    ".cargo", ".ci", ".setup", "data", "docs", "examples", "include", "models", "src", "tests",
];

#[test]
fn the_sources_keep_the_rules() {
    let layers = layers(&read("src/lib.rs"));
    assert!(layers.len() >= 10, "{layers:?}");
    let sources = sources();
    assert!(sources.len() > 50, "only {} files were read", sources.len());
    let mut violations: Vec<String> = sources
        .iter()
        .flat_map(|source| check_source(source, &layers))
        .collect();
    let beside = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    let beside = beside.filter(|path| path.is_file() && path.file_name().unwrap() != ".git");
    let inside = PUBLIC
        .iter()
        .map(|folder| root().join(folder))
        .filter(|folder| folder.is_dir());
    for path in beside.chain(inside.flat_map(|folder| files(&folder))) {
        // Pictures and policies are no text.
        if let Ok(text) = fs::read_to_string(&path) {
            violations.extend(check_paths(&relative(&path), &text));
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn files_import_from_each_other_in_one_direction() {
    let library = sources()
        .into_iter()
        .filter(|source| !source.file.starts_with("src/bin/"));
    let circles = Files::new(library).circles();
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn circles_are_found_through_re_exports_and_macros() {
    let circles = |files: &[(&str, &str)]| {
        let sources = files.iter().map(|(path, text)| Source::read(path, text));
        Files::new(sources).circles()
    };
    let root = ("src/lib.rs", "pub mod a; pub use a::One;");
    let folder = ("src/a/mod.rs", "mod b; mod c; pub use b::One; pub use c::*;");
    let one = "pub struct One;";
    for (b, c, circle) in [
        (
            "use super::Two; pub struct One;",
            "use super::One; pub struct Two;",
            true,
        ),
        (
            "use super::c::Two; pub struct One;",
            "use crate::One; pub struct Two;",
            true,
        ),
        (
            "use crate::a::Two; pub struct One;",
            "fn f() { debug_assert!(super::b::g()) } pub struct Two;",
            true,
        ),
        (
            "use super::Two; pub struct One;",
            "#[cfg(test)] mod tests { use crate::One; } pub struct Two;",
            false,
        ),
        (one, "use super::One; pub struct Two;", false),
        (
            "pub(in crate::a::c) struct One;",
            "use super::One; pub struct Two;",
            false,
        ),
        ("use super::Two; pub struct One;", "pub struct Two;", false),
        (
            "macro_rules! m { () => { pub(super) fn f() {} } } pub struct One;",
            "pub struct Two;",
            false,
        ),
    ] {
        let found = circles(&[root, folder, ("src/a/b.rs", b), ("src/a/c.rs", c)]);
        let expected: &[&str] = if circle { &["src/a/b.rs, src/a/c.rs"] } else { &[] };
        assert_eq!(found, expected, "{b} and {c}");
    }
    // A variable, a field or a method may have the name of a module.
    for (inside, circle) in [
        ("b.c()", false),
        ("debug_assert!(spec.b.c)", false),
        ("debug_assert!(spec.b())", false),
        ("debug_assert!(spec.d == b::c())", true),
        ("b::c()", true),
    ] {
        let folder = format!("mod b; fn f() {{ {inside} }} pub struct One;");
        let found = circles(&[
            root,
            ("src/a/mod.rs", &folder),
            ("src/a/b.rs", "use super::One; pub fn c() {}"),
        ]);
        let expected: &[&str] = if circle {
            &["src/a/mod.rs, src/a/b.rs"]
        } else {
            &[]
        };
        assert_eq!(found, expected, "{inside}");
    }
}

#[test]
fn the_table_names_every_module() {
    let text = read("src/lib.rs");
    let layers = layers(&text);
    let declared: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("pub ")
                .unwrap_or(line)
                .strip_prefix("mod ")?
                .strip_suffix(';')
        })
        .collect();
    for module in &declared {
        assert!(
            layers.contains_key(*module),
            "{module} has no layer in src/lib.rs"
        );
    }
    assert_eq!(declared.len(), layers.len(), "{layers:?} against {declared:?}");
}

#[test]
fn each_rule_finds_what_breaks_it() {
    let layers = layers(&read("src/lib.rs"));
    let found = |path: &str, text: &str| check_source(&Source::read(path, text), &layers).join("\n");
    for (path, text, word) in [
        // Upwards, sideways, nested, in the middle of code, by way of `super`.
        ("src/math/a.rs", "use crate::market::Bar;", "market"),
        ("src/market/a.rs", "use crate::policy::Policy;", "policy"),
        ("src/market/a.rs", "use crate::risk::kelly;", "risk"),
        ("src/policy/a.rs", "use crate::risk::kelly;", "risk"),
        ("src/risk/a.rs", "use crate::policy::Policy;", "policy"),
        ("src/env/a.rs", "use crate::rl::gae;", "rl"),
        (
            "src/rl/a.rs",
            "use crate::{error::Error, train::{Trainer, x}};",
            "train",
        ),
        ("src/backtest/a.rs", "use crate::train::Trainer;", "train"),
        ("src/file.rs", "use crate::math::random;", "math"),
        ("src/env/a.rs", "fn f() { crate::portfolio::g() }", "portfolio"),
        (
            "src/env/a.rs",
            "pub(crate) use\n    crate::{\n    backtest::Track,\n};",
            "backtest",
        ),
        ("src/env/mod.rs", "use super::backtest::Track;", "backtest"),
        // Inside a macro, inside a module of the file.
        (
            "src/env/a.rs",
            "fn f() { assert!(crate::backtest::g(1, 2)) }",
            "backtest",
        ),
        (
            "src/env/a.rs",
            "mod b { use super::super::super::backtest::Track; }",
            "backtest",
        ),
        ("src/env/a.rs", "use super::super::backtest::Track;", "backtest"),
        ("src/env/a.rs", "use crate::nowhere::x;", "nowhere"),
        // What only one folder may name.
        ("src/rl/a.rs", "use tch::Tensor;", "tch"),
        ("src/rl/a.rs", "fn f(error: ::tch::TchError) {}", "tch"),
        ("src/rl/a.rs", "use torch_sys::at_new;", "torch_sys"),
        (
            "src/bin/ppo-risk/main.rs",
            "fn f() { let n = tch::Cuda::device_count(); }",
            "tch",
        ),
        ("src/math/a.rs", "fn f() { let x = unsafe { *p }; }", "unsafe"),
        ("src/policy/a.rs", "fn f() { let x = unsafe { *p }; }", "unsafe"),
        ("src/train/a.rs", "unsafe impl Send for X {}", "unsafe"),
        (
            "src/math/a.rs",
            "fn f() { let x = \"\\\"\"; let y = '\"'; unsafe {} }",
            "unsafe",
        ),
        ("src/math/a.rs", "#![allow(unsafe_code)]", "unsafe_code"),
        (
            "src/ffi/a.rs",
            "fn f() { let x = unsafe { *p }; }",
            "outside src/ffi/border",
        ),
        (
            "src/ffi/a.rs",
            "unsafe impl Send for X {}",
            "outside src/ffi/border",
        ),
        ("src/ffi/a.rs", "unsafe fn f() {}", "outside src/ffi/border"),
        (
            "src/ffi/a.rs",
            "macro_rules! m { () => { unsafe { f() } } }",
            "outside src/ffi/border",
        ),
        (
            "src/policy/a.rs",
            "fn f(x: f64) -> f64 { (x + 1.0).exp() }",
            "calls exp",
        ),
        (
            "src/env/a.rs",
            "fn f(x: &[f64]) { x.iter().map(|x| x.powf(2.5)); }",
            "calls powf",
        ),
        (
            "src/math/a.rs",
            "fn f(x: &[f64]) { x.iter().copied().map(f64::ln); }",
            "calls ln",
        ),
        ("src/train/a.rs", "pub extern \"C\" fn f() {}", "extern"),
        ("src/train/a.rs", "extern  \"C-unwind\" fn f() {}", "extern"),
    ] {
        assert!(
            found(path, text).contains(word),
            "{path}: {text}: {:?}",
            found(path, text)
        );
    }
    for (path, text) in [
        (
            "src/policy/a.rs",
            "use crate::market::Bar;\nuse crate::math::random;\nuse crate::policy::b;",
        ),
        (
            "src/risk/a.rs",
            "use crate::{error::{Error, Result}, market::prior::Prior};",
        ),
        (
            "src/policy/a.rs",
            "/// See [`Trainer`](crate::train::Trainer), which is unsafe for tch.\nfn f() {}",
        ),
        (
            "src/rl/a.rs",
            "fn f() { let text = \"// not a comment\"; } // use tch",
        ),
        (
            "src/rl/a.rs",
            "fn f() { let text = \"tch is \\\" unsafe\"; let x = 1; }",
        ),
        ("src/train/a.rs", "use tch::Tensor;\nuse crate::rl::gae;"),
        ("src/policy/kernels/a.rs", "fn f() { let x = unsafe { *p }; }"),
        ("src/ffi/border/a.rs", "fn f() { let x = unsafe { *p }; }"),
        (
            "src/ffi/a.rs",
            "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn ppo_agent_free() {}",
        ),
        ("src/ffi/a.rs", "type F = unsafe extern \"C\" fn(i32) -> i32;"),
        (
            "src/math/a.rs",
            "fn f() -> crate::Result<()> { Err(crate::Error::invalid(a, b, c)) }",
        ),
        (
            "src/env/a.rs",
            "mod tests { use super::*; }\nuse super::walker::Walker;",
        ),
        ("src/portfolio/a.rs", "use crate::backtest::Track;"),
        (
            "src/policy/a.rs",
            "fn f(x: f64) { exp(x); set.tanh(&mut x); } #[cfg(test)] mod tests { fn g() { 1.0_f64.exp(); } }",
        ),
        ("src/backtest/report/a.rs", "fn f(x: f64) -> f64 { x.ln() }"),
        (
            "src/math/a.rs",
            "fn f() { let catchment = 1; let unsafely = '\"'; } // unsafe",
        ),
    ] {
        assert_eq!(found(path, text), "", "{path}: {text}");
    }
    // Pieced together, so that this file passes.
    for folder in ["home", "root", "Users", "work"] {
        let text = format!("let path = \"/{folder}/somebody/x\";");
        assert!(!check_paths("src/a.rs", &text).is_empty(), "{text}");
        assert!(check_paths("src/a.rs", &format!("tests/{folder}/x")).is_empty());
    }
    assert!(!check_paths("a.toml", &format!("x = 'C:{}Users'", '\\')).is_empty());
}

/// Layer of each module, from the table in the crate's documentation.
fn layers(lib: &str) -> BTreeMap<String, u32> {
    lib.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("//! |")?.split('|').map(str::trim);
            let layer = cells.next()?.parse().ok()?;
            let module = cells.next()?.split('`').nth(1)?;
            Some((module.to_string(), layer))
        })
        .collect()
}

/// What a source file does against the rules, one line each.
fn check_source(source: &Source, layers: &BTreeMap<String, u32>) -> Vec<String> {
    let mut violations = BTreeSet::new();
    let own = source.module.first().map(String::as_str);
    for (inside, path) in &source.paths {
        let reached = imports::absolute(inside, path);
        // Items of the crate's root are the error type's.
        let name = match reached.as_ref().and_then(|path| path.first()) {
            Some(name) if name.starts_with(char::is_uppercase) => "error",
            Some(name) => name,
            None => continue,
        };
        let Some(own) = own.filter(|own| *own != name) else {
            continue;
        };
        match (layers.get(own), layers.get(name)) {
            (None, _) => (), // the C surface and the programs, above all layers
            (_, None) => _ = violations.insert(format!("imports {name}, which has no layer in src/lib.rs")),
            (Some(own_layer), Some(layer)) => {
                let shared = name == "market" && own_layer == layer;
                if layer >= own_layer && !shared {
                    let what = format!("{own} (layer {own_layer}) imports {name} (layer {layer})");
                    violations.insert(what);
                }
            }
        }
    }
    for name in ["tch", "torch_sys"] {
        if own != Some("train") && source.words.contains(name) {
            violations.insert(format!("names {name} outside src/train"));
        }
    }
    if !MAY_BE_UNSAFE.iter().any(|folder| source.file.starts_with(folder)) {
        let in_surface = source.file.starts_with("src/ffi/");
        for word in ["unsafe", "unsafe_code"] {
            if source.words.contains(word) && !in_surface {
                violations.insert(format!("{word} outside src/ffi"));
            }
        }
        if source.unsafe_code && in_surface {
            violations.insert("unsafe outside src/ffi/border".to_string());
        }
    }
    if !source.file.starts_with("src/ffi/") && source.extern_c {
        violations.insert("extern \"C\" outside src/ffi".to_string());
    }
    if own.is_some_and(|own| DECIDE.contains(&own)) && source.file != NAIVE {
        for name in &source.system_functions {
            violations.insert(format!("calls {name} of the system, not of math::elementary"));
        }
    }
    let file = &source.file;
    violations
        .into_iter()
        .map(|what| format!("{file}: {what}"))
        .collect()
}

/// Paths of somebody's machine in a text file.
fn check_paths(path: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let mut folders: Vec<String> = ["home", "root", "Users", "work", "mnt", "srv"]
        .map(|folder| format!("/{folder}/"))
        .to_vec();
    folders.push(format!("C:{}", '\\'));
    for (number, line) in text.lines().enumerate() {
        for folder in &folders {
            let is_absolute = |at: usize| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || "._-})]*".contains(c))
            };
            if line.match_indices(folder).any(|(at, _)| is_absolute(at)) {
                violations.push(format!("{path}, line {}: names {folder}", number + 1));
            }
        }
    }
    violations
}

/// Every source file of the crate, read.
fn sources() -> Vec<Source> {
    let names = files(&root().join("src")).into_iter().map(|path| relative(&path));
    names
        .filter(|name| name.ends_with(".rs"))
        .map(|name| Source::read(&name, &read(&name)))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap();
    inside.to_str().unwrap().replace('\\', "/")
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}
