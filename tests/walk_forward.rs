//! Walk-forward: nothing judges that was learnt from, a run that was killed goes on to the same bytes, and what is joined is
//! what one portfolio would have done.
#![cfg(all(feature = "train", feature = "cli"))]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that fails may panic, its helpers as well, and compares exact values on purpose"
)]

#[path = "support/program.rs"]
mod program;

use ppo_risk::policy::{Policy, file};
use program::{PROGRAM, SMALL, names, program, refused, succeed};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Two folds of 1,000 bars, done in a moment.
const FOLDS: &str = "--folds 2 --purge 30 --embargo 5 --prior vol_target:lookback=30";

fn walk_forward(name: &str, more: &str) -> String {
    let small = SMALL.replace("--test-bars 400", "--test-bars 1000");
    format!("walk-forward {small} {FOLDS} --steps 1024 --seeds 2 --seed 7 --name {name} {more}")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Every policy of a walk-forward, by its place in the folder.
fn policies(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(here) = folders.pop() {
        for name in names(&here) {
            let path = here.join(&name);
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".safetensors") {
                let bytes = fs::read(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_path_buf(), bytes));
            }
        }
    }
    found.sort();
    found
}

/// A summary without how long things took.
fn timeless(path: &Path) -> Value {
    let mut value = json(path);
    for key in ["wall_s", "train_env_steps_per_s"] {
        value.as_object_mut().unwrap().remove(key);
    }
    value
}

#[test]
fn a_walk_forward_leaves_reports_that_other_commands_read() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let output = succeed(here, &walk_forward("one", ""));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.starts_with("Out of sample"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    for part in [
        "Walk-forward, out of sample over 2 tests in a row",
        "the mean of 2 seeds each",
        "1 comparison",
    ] {
        assert!(table.contains(part), "`{part}` is not in\n{table}");
    }
    let walk = here.join("runs/one");
    assert_eq!(names(&walk), ["standard", "summary.json", "walk-forward.json"]);
    let setup = walk.join("standard");
    assert_eq!(
        names(&setup),
        ["fold-1", "fold-2", "report.html", "series.csv", "summary.json"]
    );
    assert_eq!(policies(&walk).len(), 4);
    let summary = json(&walk.join("summary.json"));
    let folds = summary["setups"][0]["folds"].as_array().unwrap();
    assert_eq!(folds[0]["test_period"]["to"], folds[1]["test_period"]["from"]);
    assert_eq!(summary["comparisons"], 1);
    assert_eq!(summary["reference"]["name"], "prior");
    // The mean's own figures are those of the series that was written.
    let compared = succeed(here, "compare runs/one/standard runs/one/standard --json");
    let compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    for figure in ["sharpe", "annual_return", "turnover", "max_drawdown"] {
        let (found, expected) = (&compared["compared"][0][figure], &summary["compared"][0][figure]);
        assert!(
            (found.as_f64().unwrap() - expected.as_f64().unwrap()).abs() < 1e-9,
            "{figure}"
        );
    }
    assert_eq!(compared["compared"][0]["sharpe_difference"]["estimate"], 0.0);
    assert_eq!(
        compared["compared"][0]["growth_difference"]["standard_error"],
        0.0
    );

    // What is finished stays, unless told otherwise.
    refused(
        here,
        &walk_forward("one", ""),
        1,
        &["runs/one", "finished run", "--force"],
    );
    refused(
        here,
        "walk-forward --resume runs/one",
        1,
        &["a finished walk-forward"],
    );
    succeed(
        here,
        &walk_forward("one", "--force").replace("--seeds 2", "--seeds 1"),
    );
    assert_eq!(policies(&walk).len(), 2);
}

#[test]
fn several_setups_are_compared_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), r#"{"action": {"trade_band": 0.0}}"#).unwrap();
    fs::write(
        here.join("b.json"),
        r#"{"action": {"trade_band": 0.2}, "network": {"scorer": {"hidden": [4]}}}"#,
    )
    .unwrap();
    let both = walk_forward("two", "--setup free=a.json --setup banded=b.json");
    let output = succeed(here, &both);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.starts_with("Walk-forward"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    for part in [
        "2 comparisons",
        "Romano and Wolf's",
        "free",
        "banded",
        "prior of banded",
    ] {
        assert!(table.contains(part), "`{part}` is not in\n{table}");
    }
    let summary = json(&here.join("runs/two/summary.json"));
    assert_eq!(summary["comparisons"], 2);
    for compared in summary["compared"].as_array().unwrap() {
        let difference = &compared["sharpe_difference"];
        // Intervals that hold at once are no narrower.
        for (wide, narrow) in
            [("at_once", "low"), ("at_once", "high")].map(|(k, end)| (&difference[k][end], &difference[end]))
        {
            assert!(wide.is_number() == narrow.is_number());
        }
    }
    // One alone is what it is beside another.
    succeed(here, &walk_forward("alone", "--setup free=a.json"));
    let of_free = |name: &str| -> Vec<Vec<u8>> {
        let all = policies(&here.join("runs").join(name).join("free")).into_iter();
        all.map(|(_, bytes)| bytes).collect()
    };
    assert!(of_free("two") == of_free("alone"));

    refused(
        here,
        &walk_forward("x", "--setup free=a.json --setup free=b.json"),
        1,
        &["two called free"],
    );
    refused(here, &walk_forward("x", "--setup ../a=a.json"), 2, &["--setup"]);
    refused(here, &walk_forward("x", "--setup a"), 2, &["NAME=FILE"]);
    refused(
        here,
        &walk_forward("x", "--train-until 2001-01-01"),
        1,
        &["--train-until", "walk-forward"],
    );
    refused(
        here,
        &walk_forward("x", "--folds 30"),
        1,
        &["--folds", "decisions over 30 folds"],
    );
    assert!(!here.join("runs/x").exists());
}

/// Killed in its second fold, and gone on with: every file that holds no times is the same.
#[test]
fn what_was_killed_goes_on_to_the_same_bytes_and_trains_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let longer = |name: &str| walk_forward(name, "").replace("--steps 1024", "--steps 20480");
    succeed(here, &longer("alone"));
    let mut process = Command::new(PROGRAM)
        .args(longer("killed").split_whitespace())
        .current_dir(here)
        .spawn()
        .unwrap();
    let killed = here.join("runs/killed");
    let second = killed.join("standard/fold-2/checkpoint-seed-7.safetensors");
    let began = Instant::now();
    while !second.exists() && began.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(1));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(second.exists() && !killed.join("summary.json").exists());
    let first = killed.join("standard/fold-1/policy.safetensors");
    let written = fs::metadata(&first).unwrap().modified().unwrap();
    succeed(here, "walk-forward --resume runs/killed");
    assert_eq!(fs::metadata(&first).unwrap().modified().unwrap(), written);
    let alone = here.join("runs/alone");
    assert!(policies(&killed) == policies(&alone));
    for name in ["summary.json", "standard/summary.json"] {
        assert_eq!(
            timeless(&killed.join(name)),
            timeless(&alone.join(name)),
            "{name}"
        );
    }
    let series = |walk: &Path| fs::read(walk.join("standard/series.csv")).unwrap();
    assert!(series(&killed) == series(&alone));
    // One that is lost is trained again, and no other.
    fs::remove_file(killed.join("summary.json")).unwrap();
    fs::remove_file(killed.join("standard/fold-2/policy-seed-8.safetensors")).unwrap();
    let output = succeed(here, "walk-forward --resume runs/killed --json");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("fold 2, seed 8 (4 of 4)") && !said.contains("(3 of 4)"),
        "{said}"
    );
    assert!(policies(&killed) == policies(&alone));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, json(&killed.join("summary.json")));
}

/// All that was learnt, apart from where the prices came from.
fn learnt(policy: &Policy) -> (Vec<u32>, Value, Value, Value) {
    let parameters = policy.network().parameters();
    (
        parameters.iter().map(|number| number.to_bits()).collect(),
        serde_json::to_value(policy.normalizer().statistics()).unwrap(),
        serde_json::to_value(policy.spec()).unwrap(),
        serde_json::to_value(policy.departure()).unwrap(),
    )
}

/// Prices after a fold's training change: no number of it moves, its regimes and its departure by evidence included.
#[test]
fn no_fold_knows_what_comes_after_its_training() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(
        here,
        "simulate --asset-count 3 --bars 2200 --seed 3 --out prices.csv",
    );
    let small = SMALL.replace(
        "--market simulated --asset-count 3 --test-bars 400",
        "--prices prices.csv",
    );
    let walk = |name: &str| {
        format!(
            "walk-forward {small} {FOLDS} --steps 512 --seeds 1 --regimes 2 --departure evidence --evidence-steps 256 \
             --name {name} --quiet"
        )
    };
    // The look-back of the regimes needs more bars than the options above purge.
    let folds = |name: &str| walk(name).replace("--purge 30", "--purge 10");
    succeed(here, &folds("before"));
    let summary = json(&here.join("runs/before/summary.json"));
    let period = &summary["setups"][0]["folds"][0]["train_period"];
    let end = period["to"].as_str().unwrap().to_string();
    assert!(
        summary["setups"][0]["folds"][0]["departure"]["lambda"].is_number(),
        "{summary}"
    );
    // Everything later than the last close that was learnt from.
    let text = fs::read_to_string(here.join("prices.csv")).unwrap();
    let mut changed = String::new();
    for (row, line) in text.lines().enumerate() {
        let mut cells: Vec<String> = line.split(',').map(String::from).collect();
        if row > 0 && cells[0].as_str() > &end[..10] {
            for (i, cell) in cells[1..].iter_mut().enumerate() {
                let price: f64 = cell.parse().unwrap();
                *cell = (price * (1.1 + 0.05 * ((row * 7 + i * 3) % 5) as f64)).to_string();
            }
        }
        changed += &(cells.join(",") + "\n");
    }
    assert!(changed != text);
    fs::write(here.join("prices.csv"), changed).unwrap();
    succeed(here, &folds("after"));
    let policy = |name: &str, path: &str| {
        let path = here.join("runs").join(name).join("standard").join(path);
        file::load(path).unwrap().0
    };
    let of_first = policies(&here.join("runs/before/standard/fold-1"));
    assert_eq!(
        of_first.len(),
        3,
        "its own policy, and those of two folds of evidence"
    );
    for (path, _) in &of_first {
        let path = format!("fold-1/{}", path.display());
        assert_eq!(
            learnt(&policy("before", &path)),
            learnt(&policy("after", &path)),
            "{path}"
        );
    }
    // The second fold has learnt from what changed.
    let second = "fold-2/policy.safetensors";
    assert_ne!(
        learnt(&policy("before", second)),
        learnt(&policy("after", second))
    );
}

#[test]
fn a_run_departs_as_far_as_its_evidence_says() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(
        here,
        "simulate --asset-count 3 --bars 1800 --seed 3 --out prices.csv",
    );
    let small = SMALL.replace(
        "--market simulated --asset-count 3 --test-bars 400",
        "--prices prices.csv",
    );
    let train = format!(
        "train {small} {FOLDS} --steps 1024 --seeds 2 --seed 7 --departure evidence --evidence-steps 512 --name one"
    );
    let output = succeed(here, &train);
    let run = here.join("runs/one");
    let (first, _) = file::load(run.join("policy.safetensors")).unwrap();
    let (second, _) = file::load(run.join("policy-seed-8.safetensors")).unwrap();
    let departure = *first.departure().unwrap();
    assert_eq!(second.departure(), Some(&departure));
    let summary = json(&run.join("summary.json"));
    assert_eq!(summary["departure"], serde_json::to_value(departure).unwrap());
    let table = String::from_utf8(output.stdout).unwrap();
    let said = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(&format!("{:.3} of the way from the prior", departure.lambda)),
        "{table}"
    );
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.contains("of the way from the prior"));
    // By the formula, of what the folds' policies did.
    let expected =
        ppo_risk::policy::Departure::by_evidence(departure.mean, departure.standard_error, departure.bars);
    assert_eq!(departure, expected);
    assert_eq!(policies(&run.join("evidence")).len(), 2);
    let inspected = program(here, "inspect runs/one/policy.safetensors");
    assert!(String::from_utf8(inspected.stdout).unwrap().contains("departure"));

    let full = train.replace(
        "--departure evidence --evidence-steps 512 --name one",
        "--name full",
    );
    succeed(here, &full);
    let (whole, _) = file::load(here.join("runs/full/policy.safetensors")).unwrap();
    assert_eq!(whole.departure(), None);
    assert_eq!(whole.network().parameters(), first.network().parameters());
    refused(
        here,
        &train.replace("--prior vol_target:lookback=30", "--prior none"),
        1,
        &["--departure", "no prior"],
    );
}
