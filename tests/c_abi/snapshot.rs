//! The interface against the one that was committed: a program that was compiled with an older header of this release
//! series goes on working. Functions, struct fields at the end and constants may be added; nothing else may change.
//! UPDATE_ABI=1 writes the additions, and refuses the rest: delete a file of abi/ to begin a new series (with a new
//! PPO_VERSION_MINOR, and so a new soname).

use crate::header::header;
use crate::surface::{Surface, surface};
use crate::toolchain::{Host, has, root, succeeded, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BASELINE: &str = "abi/ppo_risk.abi";
const CONSTANTS: &str = "abi/constants.txt";

fn updating() -> bool {
    std::env::var_os("UPDATE_ABI").is_some()
}

/// The header with a body behind every function: what compilers and abidiff see of the interface, without the
/// library's inside.
fn with_bodies(header: &str) -> String {
    let (before, declarations) = header.rsplit_once("extern \"C\" {\n").unwrap();
    let bodies = declarations.replace(");\n", ") { __builtin_trap(); }\n");
    format!("{before}extern \"C\" {{\n{bodies}")
}

/// The shared object of a header, with debug information.
fn interface_of(header: &str, folder: &Path, name: &str) -> PathBuf {
    fs::write(folder.join("ppo_risk.c"), with_bodies(header)).unwrap();
    let output = Command::new("cc")
        .current_dir(folder)
        .args([
            "-std=c11",
            "-g",
            "-fPIC",
            "-shared",
            "-w",
            "ppo_risk.c",
            "-o",
            name,
        ])
        .output()
        .unwrap();
    succeeded("cc", &output);
    let object = folder.join(name);
    // abidiff finds no difference where there is no debug information.
    assert!(has_debug_information(&object), "{name} has no debug information");
    object
}

fn has_debug_information(object: &Path) -> bool {
    let output = Command::new("readelf")
        .args(["--sections", "--wide"])
        .arg(object)
        .output()
        .unwrap();
    succeeded("readelf", &output);
    text(&output.stdout).contains(".debug_info")
}

/// abidw's description of a shared object.
fn description(object: &Path) -> String {
    let output = Command::new("abidw")
        .args([
            "--no-corpus-path",
            "--no-comp-dir-path",
            "--no-show-locs",
            "--no-elf-needed",
        ])
        .arg(object)
        .output()
        .unwrap();
    succeeded("abidw", &output);
    text(&output.stdout)
}

/// What abidiff has against an interface that should take the place of an older one; empty where programs do not
/// notice. Its exit status does not tell a field that was added at the end from one that moved, and its suppression of
/// the former hides the latter: its words are read.
fn breaks(older: &Path, newer: &Path) -> Vec<String> {
    let output = Command::new("abidiff")
        .args(["--leaf-changes-only", "--no-added-syms", "--no-show-locs"])
        .arg(older)
        .arg(newer)
        .output()
        .unwrap();
    // Bits of the exit status: 1 an error, 2 wrong usage, 4 a change, 8 a removed symbol.
    let code = output.status.code().unwrap();
    let said = text(&output.stdout);
    assert!(code & 3 == 0, "abidiff: {said}{}", text(&output.stderr));
    let unknown = |line: &&str| !is_an_addition(line);
    let found: Vec<String> = said.lines().filter(unknown).map(String::from).collect();
    if code & 8 != 0 && found.is_empty() {
        return vec![said];
    }
    found
}

/// A line of abidiff's report that says that a struct grew, or nothing.
fn is_an_addition(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || line.starts_with("Leaf changes summary: ")
        || line.starts_with("Changed leaf types summary: ")
        || line.starts_with("Removed/Changed/Added functions summary: 0 Removed, 0 Changed, ")
        || line.starts_with("Removed/Changed/Added variables summary: 0 Removed, 0 Changed, ")
        || line.starts_with("'struct ") && line.ends_with(" changed:")
        || line.starts_with("type size changed from ")
        || line.ends_with(" data member insertion:")
        || line.ends_with(" data member insertions:")
        || line.starts_with('\'') && line.contains("', at offset ") && line.ends_with("(in bits)")
}

#[test]
fn what_programs_were_compiled_with_is_still_there() {
    const GATE: &str = "the interface against abi/";
    if !(has("abidw", GATE) && has("abidiff", GATE) && has("cc", GATE) && has("readelf", GATE)) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let now = interface_of(&header(), folder.path(), "now.so");
    let baseline = root().join(BASELINE);
    if baseline.exists() {
        let found = breaks(&baseline, &now);
        assert!(
            found.is_empty(),
            "programs that were compiled before would break:\n{}",
            found.join("\n")
        );
    }
    let description = description(&now);
    if updating() {
        fs::write(&baseline, &description).unwrap();
    }
    let committed = fs::read_to_string(&baseline).unwrap();
    assert_eq!(
        committed.matches("<function-decl ").count(),
        surface().functions().len(),
        "{BASELINE} has another number of functions than the header: UPDATE_ABI=1 cargo test --test c_abi writes it"
    );
    // The file itself differs with the compiler: what it says is compared, in the other direction.
    let found = breaks(&now, &baseline);
    assert!(
        found.is_empty(),
        "{BASELINE} lacks what was added: UPDATE_ABI=1 cargo test --test c_abi writes it"
    );
}

/// Names and values of a surface's constants.
fn constants(surface: &Surface) -> BTreeMap<String, String> {
    let lines = surface.of("constant");
    lines.map(|line| (line[0].clone(), line[1].clone())).collect()
}

/// Constants that are gone or have another value. The version moves.
fn changed(older: &BTreeMap<String, String>, newer: &BTreeMap<String, String>) -> Vec<String> {
    let stays = older.iter().filter(|(name, _)| !name.starts_with("PPO_VERSION_"));
    stays
        .filter(|(name, value)| newer.get(*name) != Some(*value))
        .map(|(name, value)| format!("{name} was {value}, is {:?}", newer.get(name)))
        .collect()
}

#[test]
fn numbers_keep_their_meaning() {
    let now = constants(&surface());
    let read = |text: String| -> BTreeMap<String, String> {
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        pairs
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    };
    let path = root().join(CONSTANTS);
    if path.exists() {
        let before = read(fs::read_to_string(&path).unwrap());
        assert_eq!(changed(&before, &now), [""; 0]);
    }
    if updating() {
        let lines: String = now
            .iter()
            .map(|(name, value)| format!("{name} {value}\n"))
            .collect();
        fs::write(&path, lines).unwrap();
    }
    let committed = read(fs::read_to_string(&path).unwrap());
    assert!(
        committed == now,
        "{CONSTANTS} is not what the sources give: UPDATE_ABI=1 cargo test --test c_abi writes it"
    );
}

#[test]
fn the_first_header_is_a_part_of_todays() {
    const GATE: &str = "the interface against the first one";
    let first = fs::read_to_string(root().join("abi/first/ppo_risk.h")).unwrap();
    let before = constants(&Surface::read("abi/first/surface.txt"));
    assert_eq!(changed(&before, &constants(&surface())), [""; 0]);
    if has("abidiff", GATE) && has("cc", GATE) && has("readelf", GATE) {
        let folder = tempfile::tempdir().unwrap();
        let older = interface_of(&first, folder.path(), "first.so");
        let newer = interface_of(&header(), folder.path(), "now.so");
        assert_eq!(breaks(&older, &newer), [""; 0]);
    }
}

/// What the gates above must not let pass, each made from today's header.
#[test]
fn every_kind_of_break_is_found() {
    const GATE: &str = "breaks of the interface";
    if !(has("abidiff", GATE) && has("cc", GATE) && has("readelf", GATE)) {
        return;
    }
    let host = Host::new();
    let folder = host.folder.path();
    let header = header();
    let now = interface_of(&header, folder, "now.so");
    let swapped = header
        .replace("double gamma;", "double held;")
        .replace("double gae_lambda;", "double gamma;")
        .replace("double held;", "double gae_lambda;");
    let (last, tail) = ("\n} ppo_config;", "\n    double later;\n} ppo_config;");
    let value = "ppo_status ppo_value(const struct ppo_agent *agent, const float *state, size_t state_len, double *value);";
    assert!(header.contains(last) && header.contains(value));
    for (what, changed) in [
        ("moved fields", swapped.clone()),
        ("moved fields, and one added", swapped.replace(last, tail)),
        (
            "a field's type",
            header.replace("double gamma;", "uint64_t gamma;"),
        ),
        (
            "a field's sign",
            header.replace("uint32_t threads;", "int32_t threads;"),
        ),
        ("a field removed", header.replace("    double gamma;\n", "")),
        (
            "a field in the middle",
            header.replace("double gamma;", "double gamma; double other;"),
        ),
        ("a function removed", header.replace(value, "")),
        (
            "a parameter's type",
            header.replace(value, &value.replace("size_t state_len", "uint32_t state_len")),
        ),
        (
            "a pointer's type",
            header.replace(value, &value.replace("const float *state", "const double *state")),
        ),
        (
            "a parameter added",
            header.replace(
                value,
                &value.replace("double *value", "double *value, size_t value_len"),
            ),
        ),
        (
            "a result's type",
            header.replace(value, &value.replace("ppo_status ppo_value", "void ppo_value")),
        ),
        (
            "a callback's type",
            header.replace(
                "(uint32_t level, const char *message",
                "(uint64_t level, const char *message",
            ),
        ),
    ] {
        assert_ne!(changed, header, "{what}: the header has changed: adapt this test");
        let newer = interface_of(&changed, folder, "changed.so");
        assert!(!breaks(&now, &newer).is_empty(), "{what}: not found");
    }
    for (what, changed) in [
        ("a field at the end", header.replace(last, tail)),
        (
            "a function",
            header.replace(
                value,
                &format!("{value}\n{}", value.replace("ppo_value", "ppo_other")),
            ),
        ),
    ] {
        assert_ne!(changed, header, "{what}");
        let newer = interface_of(&changed, folder, "changed.so");
        assert_eq!(breaks(&now, &newer), [""; 0], "{what}");
    }
    let before = constants(&surface());
    let (mut moved, mut gone) = (before.clone(), before.clone());
    moved.insert("PPO_ERR_LENGTH".to_string(), "-33".to_string());
    gone.remove("PPO_ERR_LENGTH");
    assert_eq!(changed(&before, &moved).len(), 1);
    assert_eq!(changed(&before, &gone).len(), 1);
    // The trap: without debug information abidiff is content with everything.
    let stripped = Command::new("cc")
        .current_dir(folder)
        .args([
            "-std=c11",
            "-fPIC",
            "-shared",
            "-w",
            "-s",
            "ppo_risk.c",
            "-o",
            "stripped.so",
        ])
        .output()
        .unwrap();
    succeeded("cc", &stripped);
    assert!(!has_debug_information(&folder.join("stripped.so")));
}
