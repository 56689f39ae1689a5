//! The architecture, held by reading the sources: the direction of imports that the table in src/lib.rs states, and
//! what only one folder may name.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where `unsafe` may be written: the C surface, and the folder of SIMD kernels.
const MAY_BE_UNSAFE: [&str; 2] = ["src/ffi/", "src/policy/kernels/"];

/// Folders, and the files beside them, in which no machine's paths may appear.
const PUBLIC: [&str; 10] = [
    ".cargo", ".ci", ".setup", "data", "docs", "examples", "include", "models", "src", "tests",
];

#[test]
fn the_sources_keep_the_rules() {
    let layers = layers(&read("src/lib.rs"));
    assert!(layers.len() >= 10, "{layers:?}");
    let mut violations = Vec::new();
    let mut checked = 0;
    for path in files(&root().join("src")) {
        let name = relative(&path);
        if name.ends_with(".rs") {
            violations.extend(check_source(&name, &read(&name), &layers));
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} files were read");
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
    let found = |path: &str, text: &str| check_source(path, text, &layers).join("\n");
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
        ("src/env/a.rs", "use super::super::backtest::Track;", "backtest"),
        ("src/env/a.rs", "use crate::nowhere::x;", "nowhere"),
        // What only one folder may name.
        ("src/rl/a.rs", "use tch::Tensor;", "tch"),
        ("src/rl/a.rs", "fn f(error: ::tch::TchError) {}", "tch"),
        ("src/rl/a.rs", "use torch_sys::at_new;", "torch_sys"),
        (
            "src/bin/ppo-risk/main.rs",
            "let n = tch::Cuda::device_count();",
            "tch",
        ),
        ("src/math/a.rs", "let x = unsafe { *p };", "unsafe"),
        ("src/policy/a.rs", "let x = unsafe { *p };", "unsafe"),
        ("src/train/a.rs", "unsafe impl Send for X {}", "unsafe"),
        (
            "src/math/a.rs",
            "let x = \"\\\"\"; let y = '\"'; unsafe {}",
            "unsafe",
        ),
        ("src/math/a.rs", "#![allow(unsafe_code)]", "unsafe_code"),
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
        ("src/rl/a.rs", "let text = \"// not a comment\"; // use tch"),
        ("src/rl/a.rs", "let text = \"tch is \\\" unsafe\"; let x = 1;"),
        ("src/train/a.rs", "use tch::Tensor;\nuse crate::rl::gae;"),
        ("src/policy/kernels/a.rs", "let x = unsafe { *p };"),
        ("src/ffi/a.rs", "pub unsafe extern \"C\" fn ppo_agent_free() {}"),
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
            "src/math/a.rs",
            "let catchment = 1; let unsafely = '\"'; // unsafe",
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
fn check_source(path: &str, text: &str, layers: &BTreeMap<String, u32>) -> Vec<String> {
    let (code, code_and_strings) = (code(text, false), code(text, true));
    let mut violations = Vec::new();
    let mut report = |what: String| violations.push(format!("{path}: {what}"));
    let own = module(path);
    for name in imports(path, &code) {
        // Items of the crate's root are the error type's.
        let name = if name.starts_with(char::is_uppercase) {
            "error"
        } else {
            &name
        };
        let Some(own) = own.filter(|own| *own != name) else {
            continue;
        };
        match (layers.get(own), layers.get(name)) {
            (None, _) => (), // the C surface and the programs, above all layers
            (_, None) => report(format!("imports {name}, which has no layer in src/lib.rs")),
            (Some(own_layer), Some(layer)) => {
                let shared = name == "market" && own_layer == layer;
                if layer >= own_layer && !shared {
                    report(format!(
                        "{own} (layer {own_layer}) imports {name} (layer {layer})"
                    ));
                }
            }
        }
    }
    for name in ["tch", "torch_sys"] {
        if own != Some("train") && has_word(&code, name) {
            report(format!("names {name} outside src/train"));
        }
    }
    if !MAY_BE_UNSAFE.iter().any(|folder| path.starts_with(folder)) {
        if has_word(&code, "unsafe") {
            report("unsafe outside src/ffi".to_string());
        }
        if has_word(&code.replace("deny(unsafe_code)", ""), "unsafe_code") {
            report("unsafe_code allowed outside src/ffi".to_string());
        }
    }
    let external = words(&code_and_strings, "extern").any(|rest| rest.trim_start().starts_with("\"C"));
    if !path.starts_with("src/ffi/") && external {
        report("extern \"C\" outside src/ffi".to_string());
    }
    violations
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

/// First component of a file's module path; none for the crate's root.
fn module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    match inside.split_once('/') {
        Some((folder, _)) => Some(folder),
        None => inside.strip_suffix(".rs").filter(|stem| *stem != "lib"),
    }
}

/// Names directly below the crate's root that the code reaches for.
fn imports(path: &str, code: &str) -> Vec<String> {
    let compact = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut names = Vec::new();
    // As many `super`s as reach the root from the file's own module; from a module inside the file, which needs one
    // more, that many reach the folder, whose modules are imported by their full path.
    let folders = path.matches('/').count() - 1;
    let depth = folders + usize::from(!path.ends_with("/mod.rs"));
    for root in ["crate::".to_string(), "super::".repeat(depth)] {
        for (at, _) in compact.match_indices(&root) {
            let before = compact[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') || root.is_empty() {
                continue;
            }
            let rest = compact[at + root.len()..].trim_start();
            match rest.strip_prefix('{') {
                Some(group) => names.extend(first_names(group)),
                None => names.extend(leading_name(rest)),
            }
        }
    }
    names
}

/// First name of each path in a group of imports, up to the group's end.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut at_start) = (0, true);
    let mut names = Vec::new();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            _ if at_start && !c.is_whitespace() => {
                at_start = false;
                names.extend(leading_name(&group[at..]));
            }
            _ => (),
        }
    }
    names
}

fn leading_name(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Source text without its line comments and, unless `with_strings`, without what its strings hold.
fn code(text: &str, with_strings: bool) -> String {
    let mut code = String::with_capacity(text.len());
    let mut inside_string = false;
    for line in text.lines() {
        let (mut before, mut escaped) = (' ', false);
        let mut rest = line.chars().peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied();
            if !inside_string && c == '/' && next == Some('/') {
                break;
            }
            let is_character = before == '\'' && next == Some('\'');
            let is_quote = c == '"' && !escaped && !is_character;
            if with_strings || !inside_string || is_quote {
                code.push(c);
            }
            inside_string ^= is_quote;
            escaped = inside_string && c == '\\' && !escaped;
            before = c;
        }
        code.push('\n');
    }
    code
}

fn has_word(code: &str, word: &str) -> bool {
    words(code, word).next().is_some()
}

/// What follows each place where `word` stands by itself.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).filter_map(move |(at, _)| {
        let rest = &code[at + word.len()..];
        let alone = !code[..at].ends_with(part) && !rest.starts_with(part);
        alone.then_some(rest)
    })
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
