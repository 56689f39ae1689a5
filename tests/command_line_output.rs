//! What the program leaves on a terminal and in files: help, JSON, silence, completion scripts, paths, event files.
#![cfg(all(feature = "train", feature = "cli"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/tools.rs"]
#[allow(dead_code, reason = "other tests make more of it")]
mod tools;

use ppo_risk::rl::event_file::EventFile;
use program::{PROGRAM, SMALL, names, refused, succeed};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const COMMANDS: [&str; 8] = [
    "train",
    "decide",
    "evaluate",
    "explain",
    "export",
    "inspect",
    "simulate",
    "completions",
];

/// What a command that succeeds writes to standard output.
fn output(folder: &Path, arguments: &str) -> String {
    String::from_utf8(succeed(folder, arguments).stdout).unwrap()
}

fn json(folder: &Path, arguments: &str) -> Value {
    serde_json::from_str(&output(folder, arguments)).unwrap()
}

#[test]
fn help_fits_a_terminal_ends_with_the_exit_statuses_and_names_the_method_last() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for command in [""].iter().chain(&COMMANDS) {
        for form in ["-h", "--help"] {
            let help = output(here, &format!("{command} {form}"));
            assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
            let statuses = help.rsplit("Exit status:").next().unwrap();
            for status in ["0 ", "1 ", "2 ", "130 "] {
                let named = statuses.lines().any(|line| line.trim().starts_with(status));
                assert!(named, "{command} {form}: {status}in\n{statuses}");
            }
        }
    }
    let help = output(here, "train --help");
    let place = |words: &str| {
        help.find(words)
            .unwrap_or_else(|| panic!("{words} is not in\n{help}"))
    };
    let order = [
        "Start here:",
        "Periods",
        "Trading:",
        "What is learnt",
        "--reward ",
        "For those who know PPO",
        "--gae-lambda",
        "--kappa-init",
        "Exit status:",
    ];
    assert!(order.map(place).is_sorted(), "{help}");
    for bound in ["e-38", "e30", "e90", "e308"] {
        assert!(!help.contains(bound), "{bound} in\n{help}");
    }
    let page = output(here, "train -h");
    assert!(
        page.contains("--prices") && !page.contains("--gae-lambda"),
        "{page}"
    );
    assert!(page.lines().count() < 80, "{page}");
}

#[test]
fn results_are_printed_as_json_and_nothing_else_is_said_when_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let silent = |arguments: &str| {
        let output = succeed(here, &format!("{arguments} --quiet"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "", "{arguments}");
        String::from_utf8(output.stdout).unwrap()
    };
    let of = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(silent("simulate --asset-count 3 --bars 700 --out prices.csv"), "");
    let train = format!("train {SMALL} --steps 128 --seeds 1");
    let written = |folder: &str| of(&fs::read_to_string(here.join(folder).join("summary.json")).unwrap());
    assert_eq!(
        of(&silent(&format!("{train} --name one --json"))),
        written("runs/one")
    );
    assert!(silent(&format!("{train} --name two")).starts_with("Out of sample"));

    let policy = "runs/one/policy.safetensors";
    let judged = json(
        here,
        &format!("evaluate {policy} --prices prices.csv --out judged --json"),
    );
    assert_eq!(judged, written("judged"));
    for command in ["evaluate", "decide", "explain"] {
        let text = silent(&format!("{command} {policy} --prices prices.csv"));
        assert!(text.contains("asset_1") || text.contains("risk parity"), "{text}");
        let prices = "--prices prices.csv --json";
        assert!(of(&silent(&format!("{command} {policy} {prices}"))).is_object());
    }

    let inspected = json(here, &format!("inspect {policy} --json"));
    let text = output(here, &format!("inspect {policy}"));
    assert!(text.contains(inspected["sha256"].as_str().unwrap()), "{text}");
    assert_eq!(
        inspected["spec"]["assets"],
        serde_json::json!(["asset_1", "asset_2", "asset_3"])
    );
    assert_eq!(inspected["provenance"]["env_steps"], 128);
    assert_eq!(inspected["checkpoint"], false);
    for parameter in inspected["parameters"].as_array().unwrap() {
        assert!(text.contains(parameter["name"].as_str().unwrap()), "{text}");
    }

    // Errors are said all the same; and a run that goes on takes both options.
    refused(here, "inspect missing --quiet", 1, &["missing"]);
    refused(here, "train --resume runs/one --quiet --json", 1, &["finished"]);
    refused(
        here,
        "train --resume runs/one --seeds 3",
        2,
        &["--resume", "--seeds"],
    );
    refused(
        here,
        "train --resume runs/one --name two",
        2,
        &["--resume", "--name"],
    );
}

#[test]
fn shells_complete_commands_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = output(here, &format!("completions {shell}"));
        for word in COMMANDS.iter().chain(&["gae-lambda", "quiet"]) {
            assert!(script.contains(word), "{word} is not in the script of {shell}");
        }
        fs::write(here.join(shell), script).unwrap();
    }
    refused(here, "completions csh", 2, &["csh", "bash"]);
    if tools::has("bash", "completion in bash") {
        let asked = "source ./bash; COMP_WORDS=(ppo-risk train --gae); COMP_CWORD=2
            function=$(complete -p ppo-risk | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
            $function ppo-risk --gae train; echo ${COMPREPLY[@]}";
        let mut bash = Command::new("bash");
        let answer = bash.args(["-c", asked]).current_dir(here).output().unwrap();
        assert_eq!(tools::text(&answer.stdout), "--gae-lambda\n", "{answer:?}");
    }
}

/// Policy files are passed on: they say nothing of where the machine that trained them keeps its files.
#[test]
fn no_file_with_a_policy_holds_an_absolute_path() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let place = here.to_str().unwrap();
    succeed(here, "simulate --asset-count 3 --bars 700 --out prices.csv");
    let train = format!(
        "train --prices {place}/prices.csv --train-until 2001-09-01 --test-from 2001-09-01 --n-envs 8 --n-steps 16 \
         --batch-size 64 --threads 1 --device cpu --seeds 1 --out {place}/runs"
    );
    succeed(here, &format!("{train} --steps 128 --name done"));
    let mut unfinished = Command::new(PROGRAM)
        .args(format!("{train} --steps 30000000 --name unfinished").split_whitespace())
        .current_dir(here)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let checkpoint = here.join("runs/unfinished/checkpoint-seed-0.safetensors");
    wait_for(&checkpoint);
    unfinished.kill().unwrap();
    unfinished.wait().unwrap();

    let committed = tools::root().join("models/sp500-20-stocks.safetensors");
    for file in [here.join("runs/done/policy.safetensors"), checkpoint, committed] {
        let bytes = fs::read(&file).unwrap();
        let file = file.display();
        assert!(!String::from_utf8_lossy(&bytes).contains(place), "{file}");
        let inspected = json(here, &format!("inspect {file} --json"));
        let provenance = &inspected["provenance"];
        let mut texts = Vec::new();
        texts_in(provenance, &mut texts);
        assert!(!texts.is_empty());
        for text in texts {
            assert!(!Path::new(&text).has_root(), "{file}: {text}");
        }
        let named = provenance.pointer("/data/prices").unwrap().as_str().unwrap();
        assert!(named.ends_with(".csv"), "{file}: {named}");
        assert_eq!(provenance.pointer("/configuration/market/prices").unwrap(), named);
    }
}

/// All texts in a JSON value.
fn texts_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts_in(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts_in(field, found)),
        _ => (),
    }
}

fn wait_for(file: &Path) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !file.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(file.exists(), "{} is not there", file.display());
}

/// Steps of all events in a folder, as TensorBoard reads them: file after file in the order of their names.
fn steps(folder: &Path) -> Vec<u64> {
    let mut steps = Vec::new();
    for name in names(folder) {
        let bytes = fs::read(folder.join(name)).unwrap();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let len = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
            let event = &rest[12..12 + len];
            // A wall time of nine bytes, then the step, or the file's version.
            if event[9] == 0x10 {
                let digits = event[10..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
                let digits = event[10..10 + digits].iter().rev();
                steps.push(digits.fold(0, |step, byte| step << 7 | u64::from(byte & 0x7f)));
            }
            rest = &rest[12 + len + 4..];
        }
    }
    steps
}

#[test]
fn steps_in_tensorboard_rise_through_a_kill_and_a_resume() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let train = format!("train {SMALL} --steps 30000 --seeds 1");
    let mut run = Command::new(PROGRAM)
        .args(format!("{train} --name one").split_whitespace())
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&here.join("runs/one/checkpoint-seed-0.safetensors"));
    run.kill().unwrap();
    run.wait().unwrap();
    let summary = here.join("runs/one/summary.json");
    assert!(!summary.exists(), "killed too late to be resumed");

    // The process may have been killed at a checkpoint: then this is what another moment would have left.
    let events = here.join("runs/one/tensorboard/seed-0");
    let last = *steps(&events).last().unwrap();
    let mut later = EventFile::create(&events).unwrap();
    for update in 1..=3 {
        later.scalars(last + 128 * update, &[("train/std", 0.5)]).unwrap();
    }
    drop(later);
    let first = events.join(&names(&events)[0]);
    let cut_short = [fs::read(&first).unwrap(), vec![48, 0, 0]].concat();
    fs::write(first, cut_short).unwrap();

    succeed(here, "train --resume runs/one");
    let expected: Vec<u64> = (1..=30000_u64.div_ceil(128)).map(|update| 128 * update).collect();
    assert_eq!(steps(&events), expected);
}
