//! Every constant and every struct of the header: what C makes of it is what Rust has.

mod list;

use crate::surface::{Surface, surface};
use crate::toolchain::{Host, has, succeeded, text};
use ppo_risk::ffi::risk::reason::REASONS;
use ppo_risk::ffi::status::{STATUSES, ppo_status};
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::fs;
use std::process::Command;

/// An expression in C, and its value in Rust.
pub(crate) type Number = (String, i64);

/// Constants of a module of `ppo_risk::ffi`.
macro_rules! constants {
    ($module:path: $($name:ident),+ $(,)?) => {{
        use $module as module;
        vec![$((stringify!($name).to_string(), i64::from(module::$name))),+]
    }};
}
pub(crate) use constants;

/// Size of a struct of a module of `ppo_risk::ffi`, and the offset of every one of its fields.
macro_rules! layout {
    ($module:path: $type:ident { $($field:ident),+ $(,)? }) => {{
        use $module as module;
        vec![
            (format!("sizeof({})", stringify!($type)), size_of::<module::$type>() as i64),
            $((
                format!("offsetof({}, {})", stringify!($type), stringify!($field)),
                std::mem::offset_of!(module::$type, $field) as i64,
            )),+
        ]
    }};
}
pub(crate) use layout;

#[test]
fn numbers_and_layouts_in_c_are_rusts() {
    let status = ("sizeof(ppo_status)".to_string(), size_of::<ppo_status>() as i64);
    let expected: BTreeMap<String, i64> = list::numbers().into_iter().chain([status]).collect();
    assert_eq!(listed(&surface()), expected);
    if !has("cc", "numbers and layouts in C") {
        return;
    }
    let prints: String = expected
        .keys()
        .map(|name| format!("    printf(\"%lld\\n\", (long long)({name}));\n"))
        .collect();
    let host = Host::new();
    let source = host.path("numbers.c");
    let program = format!(
        "#include \"ppo_risk.h\"\n#include <stdio.h>\n\nint main(void) {{\n{prints}    return ppo_version_number() != \
         PPO_VERSION_NUMBER;\n}}\n"
    );
    fs::write(&source, program).unwrap();
    let program = host.compile("numbers", &[source.to_str().unwrap()]);
    let output = Command::new(program).output().unwrap();
    succeeded("numbers", &output);
    let said = text(&output.stdout);
    let found = said.lines().map(|line| line.parse().unwrap());
    let found: BTreeMap<String, i64> = expected.keys().cloned().zip(found).collect();
    assert_eq!(found, expected);
}

#[test]
fn statuses_and_reasons_have_the_names_of_their_constants() {
    let named = |prefixes: [&str; 2]| -> BTreeMap<String, i64> {
        let is_one = |(name, _): &Number| prefixes.iter().any(|prefix| name.starts_with(prefix));
        list::numbers().into_iter().filter(is_one).collect()
    };
    let name = |name: &CStr| name.to_str().unwrap().to_string();
    let statuses = STATUSES
        .iter()
        .map(|(number, own)| (name(own), i64::from(*number)));
    assert_eq!(
        statuses.collect::<BTreeMap<_, _>>(),
        named(["PPO_OK", "PPO_ERR_"])
    );
    let reasons = REASONS
        .iter()
        .map(|(number, own)| (format!("RISK_REASON_{}", name(own)), i64::from(*number)));
    let reason = "RISK_REASON_";
    assert_eq!(reasons.collect::<BTreeMap<_, _>>(), named([reason, reason]));
}

/// The numbers of abi/surface.txt: every constant, the size of every struct, the offset of every field.
fn listed(surface: &Surface) -> BTreeMap<String, i64> {
    let constants = surface.of("constant").map(|line| (line[0].clone(), &line[1]));
    let structs = surface
        .of("struct")
        .map(|line| (format!("sizeof({})", line[0]), &line[1]));
    let fields = surface
        .of("field")
        .map(|line| (format!("offsetof({}, {})", line[0], line[1]), &line[2]));
    let status = [("sizeof(ppo_status)".to_string(), 4)];
    let numbers = constants.chain(structs).chain(fields);
    numbers
        .map(|(name, number)| (name, number.parse().unwrap()))
        .chain(status)
        .collect()
}
