//! What a host's threads and processes go through: ends while jobs train, calls without memory, small stacks,
//! cancellation, processors that a thread is bound to, saves that are killed.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, demo_policy, has, text};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Every way of tests/c/exit_while_training.c to end, with the status or signal that is its end.
const WAYS: [(&str, Option<i32>); 11] = [
    ("return", Some(7)),
    ("exit", Some(7)),
    ("thread", Some(7)),
    ("callback", Some(7)),
    ("late", Some(7)),
    ("cancelled", Some(7)),
    ("freed", Some(7)),
    ("close", Some(7)),
    ("main", Some(7)),
    ("quick", Some(7)),
    ("term", None),
];

/// How often each is tried, with each number of threads: EXITS=67 makes it 200 of each way.
fn exits() -> u64 {
    std::env::var("EXITS").map_or(3, |exits| exits.parse().unwrap())
}

#[test]
fn a_process_ends_while_jobs_train() {
    if !(cfg!(feature = "train") && has("cc", "C programs")) {
        return;
    }
    let host = Host::new();
    let program = host.compile("exit_while_training", &["exit_while_training.c"]);
    for (way, code) in WAYS {
        // One thread, two, and several jobs and callers besides.
        for threads in ["1", "2", "0"] {
            for attempt in 0..exits() {
                // From before the first update to some way into training.
                let pause = attempt * 7919 % 60 * 1000;
                let output = Command::new(&program)
                    .args([way, threads, &pause.to_string()])
                    .env("LD_LIBRARY_PATH", host.folder.path())
                    .output()
                    .unwrap();
                let said = text(&output.stdout) + &text(&output.stderr);
                assert!(
                    output.status.code() == code && said.is_empty(),
                    "{way}, {threads} threads, after {pause} us: {}: {said}",
                    output.status
                );
            }
        }
    }
}

#[test]
fn a_decision_that_fails_takes_no_memory() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, _] = model_and_folder(&host);
        assert_eq!(host.run("failing", &[&model]), "failing: ok\n");
    }
}

#[test]
fn sixty_four_kilobytes_of_stack_are_enough() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        assert_eq!(host.run("small_stack", &[&model, &folder]), "small_stack: ok\n");
    }
}

#[test]
fn a_cancelled_thread_ends_after_its_call() {
    if has("cc", "C programs") {
        let host = Host::new();
        let [model, folder] = model_and_folder(&host);
        assert_eq!(host.run("cancelled", &[&model, &folder]), "cancelled: ok\n");
    }
}

#[test]
fn a_job_does_not_run_where_its_starter_is_bound() {
    if cfg!(all(feature = "train", target_os = "linux")) && has("cc", "C programs") {
        let said = Host::new().run("affinity", &[]);
        assert!(
            ["affinity: ok\n", "affinity: one processor\n"].contains(&said.as_str()),
            "{said}"
        );
    }
}

#[test]
fn what_a_killed_save_left_is_gone_after_the_next() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let program = host.compile("killed", &["killed.c"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.safetensors");
    let mut left = 0;
    let names = || {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap())
    };
    for attempt in 0..40 {
        let mut child = Command::new(&program)
            .arg(demo_policy())
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        thread::sleep(Duration::from_micros(attempt * 137));
        // kill -9.
        child.kill().unwrap();
        child.wait().unwrap();
        left += names().filter(|name| name.starts_with(".writing-")).count();
    }
    assert!(left > 0, "no save was killed half way");
    let agent = ppo_risk::policy::file::load(demo_policy()).unwrap();
    ppo_risk::policy::file::save(&file, &agent.0, &agent.1).unwrap();
    assert_eq!(names().collect::<Vec<_>>(), ["policy.safetensors"]);
}
