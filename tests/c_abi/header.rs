//! The header against the sources, the compilers and the symbols.

use crate::declarations::functions;
use crate::toolchain::{Host, STRICT, has, library, root, succeeded, text};
use ppo_risk::policy::spec::{ActionSpec, PolicySpec};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/ppo_risk.h"));

/// The header of these sources, which a test holds the committed one to.
pub(crate) fn header() -> String {
    GENERATED.to_string()
}

/// Run with UPDATE_ABI=1 to write the committed files; then read the difference.
fn committed(path: &str, generated: &str) {
    if std::env::var_os("UPDATE_ABI").is_some() {
        fs::write(root().join(path), generated).unwrap();
    }
    let committed = fs::read_to_string(root().join(path)).unwrap();
    assert!(
        committed == generated,
        "{path} is not what the sources give: UPDATE_ABI=1 cargo test --test c_abi writes it"
    );
}

#[test]
fn the_committed_header_is_the_generated_one() {
    committed("include/ppo_risk.h", GENERATED);
}

#[test]
fn the_header_compiles_alone_and_twice() {
    let source = "#include \"ppo_risk.h\"\n#include \"ppo_risk.h\"\n";
    for (compiler, language, standards) in [
        ("cc", "c", ["c99", "c11"]),
        ("c++", "c++", ["c++11", "c++17"]),
        ("clang", "c", ["c99", "c11"]),
    ] {
        if !has(compiler, &format!("the header in {language}")) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("header_alone");
        fs::write(&file, source).unwrap();
        for standard in standards {
            let mut command = Command::new(compiler);
            command.args(STRICT).args(["-fsyntax-only", "-x", language]);
            if language == "c" {
                command.arg("-Wstrict-prototypes");
            }
            let include = format!("-I{}", root().join("include").display());
            let output = command
                .args([&format!("-std={standard}"), &include])
                .arg(&file)
                .output()
                .unwrap();
            succeeded(&format!("{compiler} -std={standard}"), &output);
        }
    }
}

#[test]
fn two_units_of_one_program_have_the_header() {
    if has("cc", "C programs") {
        let program = Host::new();
        let program = (program.compile("units", &["unit_one.c", "unit_two.c"]), program);
        succeeded("units", &Command::new(&program.0).output().unwrap());
    }
}

#[test]
fn exports_are_the_headers_functions_and_the_committed_list() {
    let mut declared: Vec<String> = functions(&header())
        .into_iter()
        .map(|(_, name, _)| name)
        .collect();
    declared.sort();
    let distinct: BTreeSet<&String> = declared.iter().collect();
    assert_eq!(
        distinct.len(),
        declared.len(),
        "a function is declared twice: {declared:?}"
    );
    for name in &declared {
        assert!(name.starts_with("ppo_") || name.starts_with("risk_"), "{name}");
    }
    committed("abi/exports.txt", &(declared.join("\n") + "\n"));
    let sources = fs::read_dir(root().join("tests/c")).unwrap();
    let harness: String = sources
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("arguments")
        })
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for name in &declared {
        assert!(
            harness.contains(&format!("{name}(")),
            "no tests/c/arguments*.c calls {name}"
        );
    }
    if has("nm", "exported symbols") {
        let output = Command::new("nm")
            .args(["--dynamic", "--defined-only"])
            .arg(library())
            .output()
            .unwrap();
        succeeded("nm", &output);
        let said = text(&output.stdout);
        let exported: BTreeSet<&str> = said.lines().filter_map(|line| line.split(' ').nth(2)).collect();
        let declared: BTreeSet<&str> = declared.iter().map(String::as_str).collect();
        assert_eq!(exported, declared);
    }
}

#[test]
fn every_function_is_documented_in_the_header() {
    for (comment, name, parameters) in functions(&header()) {
        for parameter in &parameters {
            let documented = comment
                .lines()
                .filter_map(|line| line.trim().strip_prefix("* \\param "))
                .any(|rest| rest.split(' ').next() == Some(parameter));
            let short = name.ends_with("_free") || name == "ppo_status_name";
            assert!(documented || short, "{name}: `{parameter}` is not documented");
        }
        let words = comment.to_lowercase();
        for (what, any) in [
            ("threads", &["thread"][..]),
            (
                "errors",
                &["ppo_err_", "errors as", "cannot fail", "ppo_last_error"],
            ),
        ] {
            assert!(
                any.iter().any(|word| words.contains(word)),
                "{name}: {what} are not documented"
            );
        }
    }
}

/// No panic can get past an export that is one `boundary!` under its own name.
#[test]
fn every_export_is_inside_the_boundary() {
    // They return constants of the library.
    const CONSTANT: [&str; 5] = [
        "ppo_version",
        "ppo_version_number",
        "ppo_features",
        "ppo_status_name",
        "risk_reason_name",
    ];
    let mut seen = BTreeSet::new();
    for source in sources(&root().join("src/ffi")) {
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let source = code.collect::<Vec<_>>().join("\n") + "\n";
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for (at, _) in source
            .match_indices("pub unsafe extern \"C\" fn ")
            .chain(source.match_indices("pub extern \"C\" fn "))
        {
            let rest = source[at..].split_once(" fn ").unwrap().1;
            let name = rest.split('(').next().unwrap().to_string();
            let body = &rest[rest.find('{').unwrap()..rest.find("\n}\n").unwrap() + 3];
            let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
            let opens = format!("{{ boundary!({name}, [");
            let ends =
                body.ends_with("Ok(PPO_OK) }) }") || body.ends_with("} }) }") || body.ends_with("}); }");
            let ends = ends || body.ends_with(") }) }");
            let constant = CONSTANT.contains(&name.as_str()) && !body.contains("unsafe");
            let once = body.matches("boundary!(").count() == 1;
            assert!(
                constant || (body.starts_with(&opens) && once && ends),
                "{name} is not one boundary!: {body}"
            );
            seen.insert(name);
        }
    }
    let declared: BTreeSet<String> = functions(&header())
        .into_iter()
        .map(|(_, name, _)| name)
        .collect();
    assert_eq!(seen, declared);
}

/// The text of every Rust file below a folder.
fn sources(folder: &std::path::Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

#[test]
fn the_spec_in_the_manual_is_one() {
    let manual = fs::read_to_string(root().join("docs/c_api.md")).unwrap();
    let json = manual
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let spec: PolicySpec = serde_json::from_str(json).unwrap();
    spec.validate().unwrap();
    let defaults = ActionSpec::default();
    assert_eq!(
        spec.action, defaults,
        "the manual says that these are the defaults"
    );
}

#[test]
fn the_library_is_linked_as_it_should_be() {
    if !has("readelf", "name and flags of the library") {
        return;
    }
    let output = Command::new("readelf")
        .args(["--dynamic", "--wide"])
        .arg(library())
        .output()
        .unwrap();
    succeeded("readelf", &output);
    let said = text(&output.stdout);
    for part in ["soname: [libppo_risk.so.0.1]", "NODELETE", "SYMBOLIC", "$ORIGIN"] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    assert!(!said.contains("TEXTREL"), "{said}");
    for part in ["torch", "libc10", "gomp", "stdc++"] {
        let needed = said
            .lines()
            .any(|line| line.contains("(NEEDED)") && line.contains(part));
        // torch's own libraries bring its OpenMP in.
        if part != "gomp" || cfg!(not(feature = "train")) {
            assert_eq!(needed, cfg!(feature = "train"), "{part}\n{said}");
        }
    }
}
