//! `mpirun -n 4 ppo-risk train`: the policies are those of one process, and a rank that fails is named.
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "support/program.rs"]
mod program;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "support/tools.rs"]
mod tools;

use program::{PROGRAM, SMALL, names, succeed};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tools::{has, text};

const GATE: &str = "the command line on several ranks";

/// Environments for two ranks and for four; more updates than lie between two checkpoints.
const SHORT: &str = "--n-envs 64 --n-steps 8 --batch-size 128 --n-epochs 1 --steps 6144";

fn on_ranks(count: usize, here: &Path, arguments: &str) -> Output {
    Command::new("mpirun")
        .args(["--allow-run-as-root", "--oversubscribe", "-n", &count.to_string()])
        .arg(PROGRAM)
        .args(arguments.split_whitespace())
        .current_dir(here)
        .output()
        .unwrap()
}

fn train(name: &str, seeds: usize) -> String {
    format!("train {SMALL} {SHORT} --seed 5 --seeds {seeds} --name {name}")
}

fn policies(run: &Path, seeds: usize) -> Vec<Vec<u8>> {
    let others = (1..seeds).map(|index| format!("policy-seed-{}.safetensors", 5 + index));
    std::iter::once("policy.safetensors".to_string())
        .chain(others)
        .map(|name| fs::read(run.join(name)).unwrap())
        .collect()
}

#[test]
fn policies_are_those_of_one_process() {
    if !has("mpirun", GATE) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(here, &train("alone", 3));
    let expected = policies(&here.join("runs/alone"), 3);
    assert!(expected[0] != expected[1]);
    // With two ranks the seeds are shared out; four train each of them together.
    for count in [1, 2, 4] {
        let name = format!("on-{count}");
        let output = on_ranks(count, here, &train(&name, 3));
        let said = text(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(text(&output.stdout).starts_with("Out of sample"), "{said}");
        assert_eq!(text(&output.stdout).matches("Out of sample").count(), 1);
        let run = here.join("runs").join(&name);
        assert!(policies(&run, 3) == expected, "{count} ranks");
        assert_eq!(names(&run), names(&here.join("runs/alone")), "{count} ranks");
        let how = match count {
            1 => "Training: ",
            2 => "Ranks: 2, which share the seeds out",
            _ => "Ranks: 4, which train each seed together",
        };
        assert!(said.contains(how), "{said}");
    }
}

/// Killed after a checkpoint, on four ranks; gone on with on two, and by one process.
#[test]
fn a_run_that_was_killed_goes_on_with_another_number_of_ranks() {
    if !has("mpirun", GATE) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let longer = |name: &str| train(name, 1).replace("--steps 6144", "--steps 102400");
    succeed(here, &longer("alone"));
    let expected = policies(&here.join("runs/alone"), 1);
    let mut job = Command::new("mpirun")
        .args(["--allow-run-as-root", "--oversubscribe", "-n", "4", PROGRAM])
        .args(longer("killed").split_whitespace())
        .current_dir(here)
        .spawn()
        .unwrap();
    let killed = here.join("runs/killed");
    let checkpoint = killed.join("checkpoint-seed-5.safetensors");
    let began = Instant::now();
    while !checkpoint.exists() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    job.kill().unwrap();
    job.wait().unwrap();
    assert!(checkpoint.exists() && !killed.join("policy.safetensors").exists());
    // Ranks of a killed mpirun end on their own; the folder is free once rank 0 has.
    let mut resumed = on_ranks(2, here, "train --resume runs/killed");
    while text(&resumed.stderr).contains("in use by a run") && began.elapsed() < Duration::from_secs(90) {
        std::thread::sleep(Duration::from_millis(100));
        resumed = on_ranks(2, here, "train --resume runs/killed");
    }
    assert!(resumed.status.success(), "{}", text(&resumed.stderr));
    assert!(policies(&killed, 1) == expected);
}

#[test]
fn what_one_rank_cannot_do_ends_all() {
    if !has("mpirun", GATE) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // What was asked for is impossible: said once, by rank 0.
    let output = on_ranks(2, here, "train --steps none");
    assert!(!output.status.success());
    let output = on_ranks(2, here, &train("..", 1));
    let said = text(&output.stderr);
    assert!(
        !output.status.success() && said.matches("--name").count() == 1,
        "{said}"
    );
    // 64 environments are blocks of 16: too few for eight ranks.
    let output = on_ranks(8, here, &train("many", 1));
    let said = text(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("`collectives.size` is 8 for 4 blocks of environments"),
        "{said}"
    );
    // A disk without room for rank 0's checkpoint: a limit of the size of files.
    let limited = format!(
        "ulimit -f 8; trap '' XFSZ; exec {PROGRAM} {}",
        train("full", 1).replace("--steps 6144", "--steps 10240")
    );
    let output = Command::new("mpirun")
        .args([
            "--allow-run-as-root",
            "--oversubscribe",
            "-n",
            "2",
            "bash",
            "-c",
            &limited,
        ])
        .current_dir(here)
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("the ranks cannot go on: rank 0 failed: cannot write"),
        "{said}"
    );
    assert!(!here.join("runs/full/policy.safetensors").exists());
}
