//! The header against the sources, the compilers and the symbols.

use crate::surface::surface;
use crate::toolchain::{Host, STRICT, has, library, root, succeeded, text};
use ppo_risk::policy::spec::{ActionSpec, PolicySpec};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// cbindgen's text of these sources, which the headers and the bindings' declarations are made of.
const FLAT: &str = include_str!(concat!(env!("OUT_DIR"), "/ppo_risk.h"));

/// The whole surface as one header.
pub(crate) fn header() -> String {
    FLAT.to_string()
}

/// Run with UPDATE_ABI=1 to write the files that are made of the sources; then read the difference.
#[test]
fn what_is_made_of_the_sources_is_what_is_committed() {
    if !has("python3", "what abi/generate makes") {
        return;
    }
    let mut generate = Command::new("python3");
    generate.arg(root().join("abi/generate"));
    if std::env::var_os("UPDATE_ABI").is_none() {
        generate.arg("--check");
    }
    generate
        .arg(concat!(env!("OUT_DIR"), "/ppo_risk.h"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    succeeded("abi/generate", &generate.output().unwrap());
}

/// The headers, each of which compiles without another before it.
fn headers() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("include/ppo_risk"))
        .unwrap()
        .map(|entry| format!("ppo_risk/{}", entry.unwrap().file_name().display()))
        .collect();
    names.push("ppo_risk.h".to_string());
    names
}

/// A header's declarations without comments, in words.
fn declarations(header: &str) -> BTreeSet<String> {
    let mut code = String::new();
    for (i, piece) in header.split("/*").enumerate() {
        code += if i == 0 {
            piece
        } else {
            piece.split_once("*/").unwrap().1
        };
    }
    let (macros, rest): (Vec<&str>, Vec<&str>) = code
        .lines()
        .filter(|line| !line.contains("extern \"C\"") && *line != "}" && !line.starts_with("}  //"))
        .partition(|line| line.starts_with('#'));
    let constants = macros.iter().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let value = words.get(2)?.trim_matches(|c| c == '(' || c == ')');
        (words[0] == "#define").then(|| format!("{} {value}", words[1]))
    });
    let mut found: BTreeSet<String> = constants.collect();
    // A struct is in one piece with its fields.
    let rest = rest.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut whole = String::new();
    for piece in rest.split(';') {
        whole = format!("{whole} {}", piece.trim()).trim().to_string();
        if whole.matches('{').count() == whole.matches('}').count() {
            found.insert(std::mem::take(&mut whole));
        }
    }
    found
}

/// The headers hold what cbindgen wrote, and nothing else but what they need of each other.
#[test]
fn the_headers_declare_what_cbindgen_does() {
    let expected = declarations(FLAT);
    assert!(expected.len() > 400, "{}", expected.len());
    // But for the structs of another interface, which are in its own words.
    let arrow = fs::read_to_string(root().join("abi/generate/arrow.h")).unwrap();
    let mut found = BTreeSet::new();
    for name in headers() {
        let text = fs::read_to_string(root().join("include").join(name)).unwrap();
        found.extend(declarations(&text.replace(&arrow, "")));
    }
    let needed = |declaration: &String| {
        declaration
            .strip_prefix("struct ")
            .is_some_and(|name| !name.contains(' '))
    };
    found.retain(|declaration| !needed(declaration));
    assert_eq!(found, expected);
}

/// The example at the end of every header's opening.
#[test]
fn the_examples_of_the_headers_compile() {
    if !has("cc", "the headers' examples") {
        return;
    }
    let mut program =
        "#include \"ppo_risk.h\"\n#include <math.h>\n#include <stdio.h>\nint main(void) {\n".to_string();
    for name in headers().iter().filter(|name| name.contains('/')) {
        let text = fs::read_to_string(root().join("include").join(name)).unwrap();
        let opening = text.split("*/").next().unwrap();
        assert!((20..=40).contains(&opening.lines().count()), "{name}");
        let example = opening.split_once(" * Example:\n").unwrap().1;
        let lines = example
            .lines()
            .map(|line| line.strip_prefix(" *     ").unwrap_or_default());
        program += &format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join("\n"));
    }
    let host = Host::new();
    fs::write(host.path("examples.c"), program + "return 0;\n}\n").unwrap();
    let source = host.path("examples.c");
    host.compile("examples", &[source.to_str().unwrap()]);
}

#[test]
fn the_header_compiles_alone_and_twice() {
    let headers = headers();
    let alone = |name: &String| format!("#include \"{name}\"\n#include \"{name}\"\n");
    for (compiler, language, standards) in [
        ("cc", "c", ["c99", "c11"]),
        ("c++", "c++", ["c++11", "c++17"]),
        ("clang", "c", ["c99", "c11"]),
    ] {
        if !has(compiler, &format!("the header in {language}")) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let files = headers.iter().map(|name| {
            // Under another name: an include looks beside its own file first.
            let file = folder.path().join(format!("alone_{}", name.replace('/', "_")));
            fs::write(&file, alone(name)).unwrap();
            file
        });
        let files: Vec<PathBuf> = files.collect();
        for standard in standards {
            let mut command = Command::new(compiler);
            command.args(STRICT).args(["-fsyntax-only", "-x", language]);
            if language == "c" {
                command.arg("-Wstrict-prototypes");
            }
            let include = format!("-I{}", root().join("include").display());
            let output = command
                .args([&format!("-std={standard}"), &include])
                .args(&files)
                .output()
                .unwrap();
            succeeded(&format!("{compiler} -std={standard}"), &output);
        }
    }
}

/// Whoever has Arrow's own header may include it before this library's, or after it.
#[test]
fn the_structs_of_arrow_may_come_from_another_header() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let arrow = root().join("abi/generate/arrow.h").display().to_string();
    let (own, theirs) = (
        "#include \"ppo_risk.h\"\n",
        format!("#include <stdint.h>\n#include \"{arrow}\"\n"),
    );
    for (name, includes) in [
        ("before", format!("{theirs}{own}")),
        ("after", format!("{own}{theirs}")),
    ] {
        let source = host.path(&format!("{name}.c"));
        fs::write(&source, includes + "int main(void) { return 0; }\n").unwrap();
        host.compile(name, &[source.to_str().unwrap()]);
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
    let surface = surface();
    let declared: Vec<&str> = surface.functions().into_keys().collect();
    for name in &declared {
        assert!(name.starts_with("ppo_") || name.starts_with("risk_"), "{name}");
    }
    let listed = fs::read_to_string(root().join("abi/exports.txt")).unwrap();
    assert_eq!(listed.lines().collect::<Vec<_>>(), declared);
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
        let declared: BTreeSet<&str> = declared.into_iter().collect();
        assert_eq!(exported, declared);
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
    let surface = surface();
    let declared: BTreeSet<String> = surface.functions().into_keys().map(str::to_string).collect();
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
    for part in ["soname: [libppo_risk.so.0.2]", "NODELETE", "SYMBOLIC", "$ORIGIN"] {
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
