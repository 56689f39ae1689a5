//! The program as people meet it: files, tables, exit statuses, messages.
#![cfg(all(feature = "train", feature = "cli"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

#[path = "support/program.rs"]
mod program;

use program::{PROGRAM, SMALL, names, program, refused, succeed};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The last bar's decision taken apart: as a table that fits a terminal, and whole.
fn explained(here: &Path, policy: &str) {
    let explain = format!("explain {policy} --prices prices.csv");
    let table = succeed(here, &explain).stdout;
    let table = String::from_utf8(table).unwrap();
    assert!(table.starts_with("At the close of "), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let json: Value = serde_json::from_slice(&succeed(here, &format!("{explain} --json")).stdout).unwrap();
    let time = json["time"].as_str().unwrap();
    let same: Value =
        serde_json::from_slice(&succeed(here, &format!("{explain} --json --at {time}")).stdout).unwrap();
    assert_eq!(json, same);
    let number = |value: &Value| value.as_f64().unwrap();
    for (i, weight) in json["weights"].as_array().unwrap().iter().enumerate() {
        let parts = json["parts"].as_array().unwrap().iter();
        let moved: f64 = parts.map(|part| number(&part["moves"][i])).sum();
        assert!(
            (number(&json["at_mean"][i]) + moved - number(weight)).abs() < 1e-4,
            "{json}"
        );
        assert!(json["names"][i].is_string(), "{json}");
    }
}

#[test]
fn a_run_leaves_policies_report_and_summary_that_the_other_commands_read() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let train = format!("train {SMALL} --episodes 4 --seeds 2 --seed 7 --name one");
    let output = succeed(here, &train);

    let run = here.join("runs/one");
    let expected = [
        "config.json",
        "policy-seed-8.safetensors",
        "policy.safetensors",
        "report.html",
        "summary.json",
        "tensorboard",
        "training-seed-7.csv",
        "training-seed-8.csv",
    ];
    assert_eq!(names(&run), expected);
    for seed in ["seed-7", "seed-8"] {
        let events = names(&run.join("tensorboard").join(seed));
        assert!(events[0].starts_with("events.out.tfevents."), "{events:?}");
    }
    let config: Value = serde_json::from_slice(&fs::read(run.join("config.json")).unwrap()).unwrap();
    assert_eq!(config["train"]["total_steps"], 4 * 252);
    assert_eq!(config["train"]["seed"], 7);

    let summary: Value = serde_json::from_slice(&fs::read(run.join("summary.json")).unwrap()).unwrap();
    let baselines = summary["baselines"].as_object().unwrap();
    assert_eq!(baselines.len(), 6);
    for figures in baselines
        .values()
        .chain([&summary["policy"], &summary["seeds"][1]])
    {
        for name in [
            "annual_return",
            "volatility",
            "sharpe",
            "sortino",
            "max_drawdown",
            "calmar",
            "turnover",
        ] {
            assert!(figures[name].is_f64(), "{name}: {figures}");
        }
    }
    assert_eq!(summary["seeds"].as_array().unwrap().len(), 2);
    assert!(summary["train_env_steps_per_s"].as_f64().unwrap() > 0.0);
    assert!(summary["wall_s"].as_f64().unwrap() > 0.0);
    assert!(
        summary["prior"]["sharpe"].is_f64() && summary["sharpe_difference"]["prior"]["verdict"].is_string()
    );
    assert_eq!(summary["left_out"], serde_json::json!([]));

    // Results alone on standard output, within 80 columns, and no control characters in what is no terminal.
    let table = String::from_utf8(output.stdout).unwrap();
    let progress = String::from_utf8(output.stderr).unwrap();
    assert!(table.starts_with("Out of sample"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(
        table.contains("policy, seed 8") && table.contains("minimum variance"),
        "{table}"
    );
    assert!(
        !progress.contains('\u{1b}') && progress.contains("100%"),
        "{progress}"
    );

    // The same test through the saved file: the same figures.
    let policy = "evaluate runs/one/policy.safetensors --prices prices.csv";
    let simulate = "simulate --asset-count 3 --bars 400 --seed 1000007 --out prices.csv";
    succeed(here, simulate);
    let output = succeed(here, &format!("{policy} --out judged"));
    let judged: Value = serde_json::from_slice(&fs::read(here.join("judged/summary.json")).unwrap()).unwrap();
    for figure in ["sharpe", "turnover", "costs_paid"] {
        let (found, expected) = (&judged["policy"][figure], &summary["policy"][figure]);
        // Prices in the file are products of the returns that the run used: rounding only.
        let difference = (found.as_f64().unwrap() - expected.as_f64().unwrap()).abs();
        assert!(difference < 1e-9, "{figure}: {found} against {expected}");
    }
    assert!(String::from_utf8(output.stdout).unwrap().contains("risk parity"));

    // An asset as the benchmark is one more portfolio, held alone; what the policy is compared with already is none.
    let with_benchmark = |name: &str| {
        succeed(
            here,
            &format!("{policy} --benchmark {name} --out benchmark --force"),
        );
        let summary = fs::read(here.join("benchmark/summary.json")).unwrap();
        let summary: Value = serde_json::from_slice(&summary).unwrap();
        let page = fs::read_to_string(here.join("benchmark/report.html")).unwrap();
        let portfolios: Vec<String> = summary["baselines"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        (portfolios, page)
    };
    let (portfolios, page) = with_benchmark("asset_2");
    assert!(
        portfolios.len() == 7 && portfolios.contains(&"asset_2".to_string()),
        "{portfolios:?}"
    );
    assert!(page.contains("the benchmark (asset 2)"));
    for (name, shown) in [
        ("prior", "prior, untrained policy"),
        ("buy_and_hold", "buy and hold"),
    ] {
        let (portfolios, page) = with_benchmark(name);
        assert_eq!(portfolios.len(), 6, "{name}: {portfolios:?}");
        assert!(page.contains(&format!("the benchmark ({shown})")), "{name}");
    }
    let names = [
        "`--benchmark` is \"asset_9\"",
        "buy_and_hold",
        "prior, asset_1, asset_2, asset_3",
    ];
    refused(here, &format!("{policy} --benchmark asset_9"), 1, &names);

    let output = succeed(here, "inspect runs/one/policy.safetensors");
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "3: asset_1, asset_2, asset_3",
        "vol_target",
        "scorer",
        "library_version",
        "sha256",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");

    succeed(here, "export runs/one/policy.safetensors model.onnx");
    let (policy_of_run, _) = ppo_risk::policy::file::load(run.join("policy.safetensors")).unwrap();
    let expected = ppo_risk::policy::onnx::to_bytes(&policy_of_run).unwrap();
    assert!(fs::read(here.join("model.onnx")).unwrap() == expected);
    refused(
        here,
        "export runs/one/summary.json other.onnx",
        1,
        &["summary.json"],
    );
    assert!(!here.join("other.onnx").exists());

    // What is finished stays, unless told otherwise.
    refused(here, &train, 1, &["runs/one", "finished run", "--force"]);
    refused(here, "train --resume runs/one", 1, &["finished"]);
    refused(here, &format!("{policy} --out judged"), 1, &["judged", "--force"]);
    succeed(
        here,
        &format!("train {SMALL} --steps 128 --seeds 1 --name one --force"),
    );
    assert!(!run.join("policy-seed-8.safetensors").exists());
    refused(
        here,
        &format!("{policy} --from 2000-06-01"),
        1,
        &["2000-06-01", "252 returns"],
    );
}

#[test]
fn a_run_that_was_stopped_and_resumed_gives_the_bytes_of_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    // Regimes are fitted again when a run is resumed.
    let sees = "--return-horizons 5 --history 3 --correlation 5 --regimes 2";
    let train = format!("train {SMALL} --steps 30000 --seeds 2 {sees}");
    succeed(here, &format!("{train} --name whole"));

    let mut child = Command::new(PROGRAM)
        .args(format!("{train} --name stopped").split_whitespace())
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stopped = here.join("runs/stopped");
    // The log is written with every checkpoint.
    let deadline = Instant::now() + Duration::from_secs(30);
    while !stopped.join("checkpoint-seed-0.safetensors").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let files = names(&stopped);
    assert!(
        files.contains(&"checkpoint-seed-0.safetensors".to_string()),
        "{files:?}"
    );
    assert!(!files.contains(&"summary.json".to_string()), "{files:?}");
    assert!(
        files.iter().all(|name| !name.starts_with(".writing")),
        "nothing half-written: {files:?}"
    );
    refused(
        here,
        &format!("{train} --name stopped"),
        1,
        &["unfinished", "--resume"],
    );
    succeed(here, "inspect runs/stopped/checkpoint-seed-0.safetensors");

    let output = succeed(here, "train --resume runs/stopped");
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("policy, seed 1")
    );
    for policy in ["policy.safetensors", "policy-seed-1.safetensors"] {
        let bytes = |run: &str| fs::read(here.join("runs").join(run).join(policy)).unwrap();
        assert!(bytes("whole") == bytes("stopped"), "{policy} differs");
    }
    let rows = |run: &str| {
        let log = here.join("runs").join(run).join("training-seed-0.csv");
        fs::read_to_string(log).unwrap().lines().count()
    };
    assert_eq!(rows("whole"), rows("stopped"));
    assert_eq!(names(&stopped), names(&here.join("runs/whole")));
}

#[test]
fn a_policy_sees_what_the_options_say() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(here, "simulate --asset-count 3 --bars 700 --out prices.csv");
    let train = "train --prices prices.csv --train-until 2001-09-01 --test-from 2001-09-01 --n-envs 8 --n-steps 16 \
        --batch-size 64 --threads 1 --device cpu --steps 128 --seeds 1";
    let sees = "--return-horizons 5,20 --volatility-windows 60 --history 3 --regimes 2 --time true";
    for (name, network, correlations, values) in [
        ("scored", "scorer", "mean correlation, beta", 10 + 18 + 10 + 6),
        ("flat", "mlp:hidden=[8]", "correlations of pairs", 10 + 18 + 3 + 6),
    ] {
        succeed(
            here,
            &format!("{train} {sees} --correlation 5 --network {network} --name {name}"),
        );
        let policy = format!("runs/{name}/policy.safetensors");
        let output = succeed(here, &format!("inspect {policy}"));
        let text = String::from_utf8(output.stdout).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            format!("{values} values: weights [3]"),
            "returns of 5, 20 bars [2, 3]".to_string(),
            "volatilities of 60 bars [1, 3]".to_string(),
            correlations.to_string(),
            "the last 3 bars one by one [3, 3]".to_string(),
            "regimes over 250 bars [2]".to_string(),
            "time of the day and of the week [4]".to_string(),
        ] {
            assert!(text.contains(&part), "`{part}` is not in\n{text}");
        }
        succeed(here, &format!("decide {policy} --prices prices.csv"));
        explained(here, &policy);
        succeed(here, &format!("export {policy} {name}.onnx"));
    }
}

#[test]
fn impossible_options_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("gama.json"), r#"{"train": {"ppo": {"gama": 0.5}}}"#).unwrap();
    fs::write(here.join("risk.json"), r#"{"hedge": {"treshold": 0.1}}"#).unwrap();
    fs::write(here.join("text.json"), r#"{"train": {"ppo": {"gamma": "x"}}}"#).unwrap();
    for (options, words) in [
        ("--gama 0.5", &["--gama", "--gamma"][..]),
        ("--config gama.json", &["gama.json", "train.ppo.gama"]),
        ("--config text.json", &["text.json", "train.ppo.gamma"]),
        ("--gamma 1.5", &["`--gamma` is 1.5", "[0, 1]"]),
        ("--gamma high", &["`--gamma` is \"high\"", "a number"]),
        ("--gamma --seeds 3", &["--gamma <FRACTION>", "value is required"]),
        (
            "--n-envs 2 --n-steps 2",
            &["`--batch-size` is 64", "--n-envs * --n-steps = 4"],
        ),
        (
            "--risk risk.json",
            &["`--risk risk.json: hedge.treshold`", "treshold", "threshold"],
        ),
        ("--asset-count 0", &["`--asset-count` is 0", "[1, 1000]"]),
        (
            "--return-horizons 5,x",
            &["`--return-horizons[1]` is \"x\"", "a whole number"],
        ),
        ("--history 1001", &["`--history` is 1001", "[0, 1000]"]),
        ("--correlation 0.5", &["`--correlation` is 0.5", "[1, 10000]"]),
        ("--regimes 1", &["`--regimes` is 1", "[2, 8]"]),
        ("--episodes 0", &["--episodes", "0"]),
        ("--episodes 1 --steps 1", &["--episodes", "--steps"]),
        ("--prior vol_taget", &["--prior", "vol_taget", "vol_target"]),
        ("--reward crra:b=2", &["b=2", "`crra`: a"]),
        (
            "--train-until yesterday",
            &["`--train-until` is \"yesterday\"", "2020-12-31"],
        ),
        ("--preset best", &["best", "classic"]),
        ("--name ../elsewhere", &["--name", "../elsewhere"]),
        ("--resume runs/one --seeds 3", &["--resume"]),
    ] {
        refused(here, &format!("train {SMALL} {options}"), 2, words);
    }
    refused(here, "trian", 2, &["trian"]);
    refused(here, "evaluate policy", 2, &["--prices"]);
    assert_eq!(
        names(here),
        ["gama.json", "risk.json", "text.json"],
        "nothing was written"
    );
}

#[test]
fn data_that_do_not_fit_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(
        here,
        "simulate --asset-count 4 --bars 1000 --start 2010-01-04 --out prices.csv",
    );
    let text = fs::read_to_string(here.join("prices.csv")).unwrap();
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let row = lines[41].clone();
    lines[41] = row.rsplit_once(',').unwrap().0.to_string() + ",NaN";
    fs::write(here.join("nan.csv"), lines.join("\n")).unwrap();

    for (options, words) in [
        ("--prices missing.csv", &["missing.csv", "No such file"][..]),
        ("--prices nan.csv", &["nan.csv", "line 42", "asset_4", "NaN"]),
        (
            "--prices prices.csv --test-until 2013-01-20",
            &["test period", "at least 22"],
        ),
        (
            "--prices prices.csv --train-until 2012-12-31 --test-from 2012-06-01",
            &["test period", "2012-06-01", "2012-12-31"],
        ),
        (
            "--prices prices.csv --test-from 2012-06-01 --train-until 2012-01-31 --window 900",
            &["price table", "902"],
        ),
        (
            "--prices prices.csv --train-from 2012-01-01 --train-until 2012-02-01 --test-from 2010-03-01",
            &["first date of the test", "2010-03-01", "252 returns"],
        ),
        (
            "--prices prices.csv --train-until 2012-12-31 --test-from 2013-06-01 --signals mood",
            &["column mood", "`--signals`"],
        ),
    ] {
        refused(
            here,
            &format!("train {options} --steps 1000 --name one"),
            1,
            words,
        );
    }
    refused(here, "train --steps 1000", 1, &["--prices", "--market simulated"]);
    assert_eq!(names(here), ["nan.csv", "prices.csv"], "nothing was written");

    fs::write(here.join("file"), "").unwrap();
    let blocked = format!("train {SMALL} --steps 128 --out file/runs --name one");
    refused(here, &blocked, 1, &["file/runs/one"]);
    refused(
        here,
        "simulate --out missing/prices.csv",
        1,
        &["missing/prices.csv"],
    );
}

/// Seeded closes of an asset: a walk that moves by up to `size` a day.
fn walk(seed: u64, bars: usize, size: f64) -> Vec<f64> {
    let mut random = ppo_risk::math::random::stream(seed, "command line", 0);
    let mut close = 100.0;
    (0..bars)
        .map(|_| {
            close *= 1.0 + size * rand::RngExt::random_range(&mut random, -1.0..1.02);
            close
        })
        .collect()
}

fn wide(folder: &Path, name: &str, columns: &[(&str, Vec<f64>)], ends: usize) {
    let dates = chrono::NaiveDate::from_ymd_opt(2012, 1, 2).unwrap().iter_days();
    let mut text = "date".to_string();
    columns.iter().for_each(|(asset, _)| text += &format!(",{asset}"));
    for (t, date) in dates.take(columns[0].1.len()).enumerate() {
        text += &format!("\n{date}");
        for (asset, closes) in columns {
            let gone = *asset == "OLD" && t >= ends;
            text += &if gone {
                ",".to_string()
            } else {
                format!(",{}", closes[t])
            };
        }
    }
    fs::write(folder.join(name), text + "\n").unwrap();
}

/// An asset that does not move for longer than the look-back, one that ends, adjusted highs a rounding below the close,
/// prices that the risk manager can make nothing of: each run ends with its report, and names what is not in it.
#[test]
fn prices_that_a_baseline_or_the_risk_manager_cannot_use_do_not_cost_the_report() {
    const BARS: usize = 760;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mut flat = walk(2, BARS, 0.02);
    flat[330..700].fill(50.0);
    let (moving, other) = (walk(1, BARS, 0.02), walk(3, BARS, 0.02));
    wide(
        here,
        "suspended.csv",
        &[("AAA", moving.clone()), ("BBB", flat), ("CCC", other.clone())],
        BARS,
    );
    wide(
        here,
        "delisted.csv",
        &[("AAA", moving.clone()), ("OLD", other.clone())],
        400,
    );
    let huge = moving.iter().map(|close| close * 1e14).collect();
    wide(here, "huge.csv", &[("AAA", huge), ("CCC", other)], BARS);
    let mut text = "date,symbol,open,high,low,close".to_string();
    for (t, date) in chrono::NaiveDate::from_ymd_opt(2012, 1, 2)
        .unwrap()
        .iter_days()
        .take(BARS)
        .enumerate()
    {
        for (symbol, closes) in [("AAA", &moving), ("BBB", &walk(2, BARS, 0.02))] {
            let close = closes[t] / 3.0;
            let high = if t % 10 == 3 {
                close * (1.0 - 2.2e-16)
            } else {
                close * 1.004
            };
            text += &format!(
                "\n{date},{symbol},{},{high},{},{close}",
                close * 0.999,
                close * 0.996
            );
        }
    }
    fs::write(here.join("adjusted.csv"), text).unwrap();

    let small = "--n-envs 8 --n-steps 16 --batch-size 64 --threads 1 --steps 128 --seeds 1 --device cpu";
    for (file, options, named) in [
        (
            "suspended",
            "",
            &[
                "inverse volatility: ",
                "without BBB",
                "minimum variance: ",
                "risk parity: ",
            ][..],
        ),
        (
            "delisted",
            "--fill forward",
            &["without OLD", "do not vary over the look-back"],
        ),
        ("huge", "", &["risk managed: left out: `bar.closes[0]`"]),
        ("adjusted", "", &[]),
    ] {
        let periods = "--train-until 2013-03-31 --test-from 2013-04-01";
        // The days of the file are in a row.
        let bars = "--bars-per-year 252";
        let output = succeed(
            here,
            &format!("train {small} {bars} {options} --prices {file}.csv {periods} --name {file}"),
        );
        let table = String::from_utf8(output.stdout).unwrap();
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
        let run = here.join("runs").join(file);
        let page = fs::read_to_string(run.join("report.html")).unwrap();
        let json = fs::read_to_string(run.join("summary.json")).unwrap();
        let summary: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            summary["baselines"].as_object().unwrap().len(),
            6,
            "no row is lost"
        );
        let flowed = table.replace('\n', " ");
        for words in named {
            assert!(flowed.contains(words), "`{words}` is not in\n{table}");
            assert!(
                page.replace("&#39;", "'").contains(words),
                "`{words}` is not on the page of {file}"
            );
        }
        assert_eq!(
            table.contains("Left out"),
            page.contains("<h2>Left out"),
            "{table}"
        );
        assert_eq!(summary["risk_managed"].is_null(), file == "huge");
        if named.is_empty() {
            assert_eq!(summary["left_out"], serde_json::json!([]), "{file}");
        }
        for entry in summary["left_out"].as_array().unwrap() {
            let dated = entry["from"].is_string() && entry["to"].is_string();
            assert!(dated || file == "huge", "{entry}");
        }
        // The same through the saved policy.
        let policy = format!("evaluate runs/{file}/policy.safetensors {bars} --prices {file}.csv {options}");
        let output = succeed(here, &policy);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), table);
    }
}

/// Of 126 bars a 90% interval covers 82%: none is printed, anywhere.
#[test]
fn a_short_test_has_no_interval() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let small = SMALL.replace("--test-bars 400", "--test-bars 379");
    let output = succeed(here, &format!("train {small} --steps 128 --seeds 1 --name short"));
    let table = String::from_utf8(output.stdout).unwrap().replace('\n', " ");
    let words = "too short for an interval: 126 bars, 252 needed";
    assert!(
        table.contains(words) && !table.contains("above 0") && !table.contains("below 0"),
        "{table}"
    );
    assert!(
        !table.contains("includes 0") && !table.contains("resampling"),
        "{table}"
    );
    let run = here.join("runs/short");
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(
        page.contains(words) && !page.contains("class=\"text\""),
        "the page"
    );
    let summary: Value = serde_json::from_slice(&fs::read(run.join("summary.json")).unwrap()).unwrap();
    let managed = &summary["risk_managed"]["sharpe_difference"];
    for interval in summary["sharpe_difference"]
        .as_object()
        .unwrap()
        .values()
        .chain([managed])
    {
        assert_eq!(interval["verdict"], words);
        assert!(interval["low"].is_null() && interval["high"].is_null());
    }
}

#[test]
fn a_policy_is_not_judged_on_other_assets_or_on_its_own_training() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(
        here,
        "simulate --asset-count 20 --bars 1500 --start 2010-01-04 --out twenty.csv",
    );
    succeed(
        here,
        "simulate --asset-count 10 --bars 1500 --start 2010-01-04 --out ten.csv",
    );
    let small = "--n-envs 8 --n-steps 16 --batch-size 64 --threads 1 --steps 128 --seeds 1";
    succeed(
        here,
        &format!(
            "train {small} --prices twenty.csv --train-until 2013-12-31 --test-from 2014-01-01 --name twenty"
        ),
    );
    let policy = "evaluate runs/twenty/policy.safetensors";
    refused(
        here,
        &format!("{policy} --prices ten.csv"),
        1,
        &["table of 10 assets", "asset_11"],
    );
    refused(
        here,
        &format!("{policy} --prices twenty.csv --from 2012-01-02"),
        1,
        &["overlapping", "2012-01-02", "2013-12-31"],
    );
    // Without dates: what training has not seen, which is the run's own test.
    let output = succeed(here, &format!("{policy} --prices twenty.csv"));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.starts_with("Out of sample, 2014-01-02 to "), "{table}");

    let path = here.join("runs/twenty/policy.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(here.join("altered"), &bytes).unwrap();
    fs::write(here.join("short"), &bytes[..last / 2]).unwrap();
    for file in ["altered", "short", "twenty.csv", "missing"] {
        refused(here, &format!("inspect {file}"), 1, &[file]);
        refused(here, &format!("evaluate {file} --prices twenty.csv"), 1, &[file]);
    }
}

/// The options of a command with the names of their values, as its help shows them.
fn options_of(folder: &Path, command: &str) -> Vec<(String, String)> {
    let help = String::from_utf8(succeed(folder, &format!("{command} --help")).stdout).unwrap();
    for line in help.lines() {
        assert!(line.chars().count() <= 80, "{command} --help: {line}");
    }
    let lines = help.lines().map(str::trim).filter(|line| line.starts_with("--"));
    let with_value = |line: &str| {
        let (option, rest) = line.split_once(" <")?;
        Some((option.to_string(), rest.split('>').next()?.to_string()))
    };
    lines.filter_map(with_value).collect()
}

/// Every option of every command, given a value that it cannot take, is named as typed, and so are the value and what
/// would be one. An option with a new kind of value has to be added here.
#[test]
fn every_option_with_an_unusable_value_is_named_with_the_form_expected() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(
        here,
        "simulate --asset-count 3 --bars 1000 --start 2010-01-04 --out prices.csv",
    );
    fs::write(here.join("blocked"), "").unwrap();
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/models/sp500-20-stocks.safetensors");
    let small = format!("{SMALL} --seeds 1");
    let mut walked = 0;
    for (command, base) in [
        ("train", small.as_str()),
        ("evaluate", policy),
        ("decide", policy),
        ("explain", policy),
        ("simulate", ""),
        ("inspect", policy),
        ("export", policy),
    ] {
        for (option, value_name) in options_of(here, command) {
            let numbers = ["-1000000000", "high"];
            let (values, form): (&[&str], &str) = match value_name.as_str() {
                "N" | "K" | "BARS" | "SEED" => (&numbers, "whole number"),
                "BARS,..." => (&["high", "1"], "whole number|2 to 100000 bars"),
                "MONEY" | "NUMBER" | "REACH" | "UNITS" | "FRACTION" | "RATE" | "RETURN" | "RANGE"
                | "WEIGHT" | "EXPOSURE" | "HALF_LIFE" | "NORM" | "KL" | "EPS" | "KAPPA" | "LOG_STD"
                | "TURNOVER" | "ALPHA" | "BETA" => (&numbers, "a number"),
                "BOOL" => (&["perhaps"], "true or false"),
                "DATE" => (&["yesterday", "05-06-07"], "2020-12-31"),
                "TIME" => (&["yesterday", "05-06-07"], "2022-12-30"),
                "LAYOUT" | "FILL" | "MARKET" | "PRESET" | "DEVICE" | "MODEL" | "WHICH" | "SCHEDULE"
                | "SEPARATOR" | "MARK" | "ENCODING" | "FORMAT" | "SPLITS" | "HOW_FAR" => {
                    (&["other"], "` or `|one of")
                }
                "PRIOR" | "REWARD" | "NETWORK" => (&["other"], "one of"),
                "COLUMN" | "COLUMN,..." => (
                    &["mood"],
                    "a column of this name|nothing: this policy|a long file",
                ),
                "ASSET" => (&["ACME"], "one asset"),
                "NAME" => (&["../other"], "a name for a folder|one of"),
                "FILE" | "FOLDER" => (
                    &["blocked/there", "missing/there"],
                    "No such file|Not a directory|not found",
                ),
                other => panic!("{option} <{other}>: what can it not be?"),
            };
            for value in values {
                let rest = match (command, option.as_str()) {
                    (_, "--resume") => String::new(),
                    ("train", _) if value_name.starts_with("COLUMN") || value_name == "ASSET" => {
                        format!("{small} --market prices --prices prices.csv")
                    }
                    ("train", "--prices") => format!("{small} --market prices"),
                    ("train", "--episodes") => small.clone(),
                    ("train", "--out") if value.starts_with("missing") => continue, // it is made
                    ("train", _) => format!("{small} --steps 128"),
                    ("evaluate" | "decide" | "explain", "--prices") => policy.to_string(),
                    ("evaluate", "--out") => continue, // after the back-tests: the next test
                    ("evaluate" | "decide" | "explain", _) => format!("{policy} --prices prices.csv"),
                    ("simulate", "--out") => String::new(),
                    ("simulate", _) if value_name.starts_with("COLUMN") || value_name == "ASSET" => {
                        "--out simulated.csv --fit prices.csv".to_string()
                    }
                    ("simulate", _) => "--out simulated.csv".to_string(),
                    _ => base.to_string(),
                };
                let output = program(here, &format!("{command} {rest} {option} {value}"));
                let message = String::from_utf8_lossy(&output.stderr);
                let case = format!("{command} {option} {value}\n{message}");
                assert!(matches!(output.status.code(), Some(1 | 2)), "{case}");
                assert!(output.stdout.is_empty(), "{case}");
                assert!(message.contains(value), "the value is not in: {case}");
                // A file or folder is its own name.
                let files = ["FILE", "FOLDER"].contains(&value_name.as_str());
                assert!(files || message.contains(&option), "the option is not in: {case}");
                let range = *value == "-1000000000"
                    && ["in [", "in (", "at least", "above"]
                        .iter()
                        .any(|word| message.contains(word));
                assert!(
                    range || form.split('|').any(|form| message.contains(form)),
                    "no form in: {case}"
                );
                for word in ["f64", "usize", "u64", "invalid type", "struct ", "options:"] {
                    assert!(!message.contains(word), "`{word}` in: {case}");
                }
                walked += 1;
            }
        }
    }
    assert!(walked > 90, "{walked}");
    assert_eq!(names(here), ["blocked", "prices.csv"], "nothing was written");
}

/// Missing, a folder, empty, no text: whatever is in a file's place is named, and nothing is written.
#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("folder")).unwrap();
    fs::write(here.join("empty"), "").unwrap();
    let noise: Vec<u8> = (0..4096_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    fs::write(here.join("noise"), noise).unwrap();
    succeed(here, "simulate --asset-count 3 --bars 400 --out prices.csv");
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/models/sp500-20-stocks.safetensors");
    let before = names(here);
    for file in ["missing", "folder", "empty", "noise"] {
        for command in [
            format!("train --prices {file} --steps 128"),
            format!("train {SMALL} --config {file}"),
            format!("train {SMALL} --risk {file}"),
            format!("train --resume {file}"),
            format!("evaluate {file} --prices prices.csv"),
            format!("evaluate {policy} --prices {file}"),
            format!("inspect {file}"),
            format!("export {file} model.onnx"),
            format!("simulate --out simulated.csv --fit {file}"),
        ] {
            let output = program(here, &command);
            let message = String::from_utf8_lossy(&output.stderr);
            assert!(
                matches!(output.status.code(), Some(1 | 2)),
                "{command}\n{message}"
            );
            assert!(
                message.contains(file) && output.stdout.is_empty(),
                "{command}\n{message}"
            );
        }
    }
    assert_eq!(names(here), before, "nothing was written");
    // A device is written to, not replaced, and says when it is full.
    if cfg!(target_os = "linux") {
        for command in [
            "simulate --out /dev/full".to_string(),
            format!("export {policy} /dev/full"),
        ] {
            refused(here, &command, 1, &["cannot write /dev/full", "No space left"]);
        }
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}

#[test]
fn runs_at_the_same_time_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let start = |arguments: &str| {
        Command::new(PROGRAM)
            .args(arguments.split_whitespace())
            .current_dir(here)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let train = format!("train {SMALL} --steps 128 --seeds 1");
    let unnamed: Vec<_> = (0..3).map(|_| start(&train)).collect();
    for run in unnamed {
        let output = run.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let runs = here.join("runs");
    let made = names(&runs);
    assert_eq!(made.len(), 3, "{made:?}");
    for run in &made {
        assert!(runs.join(run).join("summary.json").exists(), "{made:?}");
    }

    let named: Vec<_> = (0..3).map(|_| start(&format!("{train} --name one"))).collect();
    let mut done = 0;
    for run in named {
        let output = run.wait_with_output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        match output.status.success() {
            true => done += 1,
            false => assert!(message.contains("runs/one"), "{message}"),
        }
    }
    assert_eq!(done, 1);
    assert!(runs.join("one/summary.json").exists());

    // A run that goes on is neither replaced nor resumed.
    let mut long = start(&format!("train {SMALL} --steps 30000000 --seeds 1 --name long"));
    let checkpoint = runs.join("long/checkpoint-seed-0.safetensors");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !checkpoint.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    for command in [
        format!("{train} --name long --force"),
        "train --resume runs/long".to_string(),
    ] {
        refused(here, &command, 1, &["runs/long", "in use by a run"]);
    }
    // Ctrl-C twice: at once, with whole files.
    for _ in 0..2 {
        Command::new("kill")
            .args(["-INT", &long.id().to_string()])
            .status()
            .unwrap();
    }
    assert_eq!(long.wait().unwrap().code(), Some(130));
    succeed(here, "inspect runs/long/checkpoint-seed-0.safetensors");
    let files = names(&runs.join("long"));
    assert!(files.contains(&"config.json".to_string()), "{files:?}");
}

/// A share's bars after adjusting, weekly ones, and a high that is none.
#[test]
fn bars_of_vendors_end_in_a_report_or_are_refused_at_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let mut seed = 1_u32;
    let mut close = [50.0, 80.0];
    let mut daily = "date,symbol,high,low,close\n".to_string();
    let mut weekly = "date,A,B\n".to_string();
    let first = chrono::NaiveDate::from_ymd_opt(2010, 1, 4).unwrap();
    for bar in 0..700_u64 {
        let date = first + chrono::Days::new(7 * (bar / 5) + bar % 5);
        for (name, close) in ["A", "B"].iter().zip(&mut close) {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *close *= 1.0 + (f64::from(seed >> 8) / 16_777_216.0 - 0.5) * 0.03;
            // The high of each second bar is its close, through a factor and back.
            let high = if bar % 2 == 0 {
                *close * 1.1 / 1.1
            } else {
                *close * 1.01
            };
            daily += &format!("{date},{name},{high},{},{close}\n", *close * 0.99);
        }
        let week = first + chrono::Days::new(7 * bar);
        weekly += &format!("{week},{},{}\n", close[0], close[1]);
    }
    fs::write(here.join("daily.csv"), &daily).unwrap();
    fs::write(here.join("weekly.csv"), weekly).unwrap();
    let mut lines: Vec<&str> = daily.lines().collect();
    let broken = format!("{},A,1,1,{}", first + chrono::Days::new(1), close[0]);
    lines[3] = &broken;
    fs::write(here.join("broken.csv"), lines.join("\n")).unwrap();

    let small = "--n-envs 8 --n-steps 16 --batch-size 64 --threads 1 --steps 128 --seeds 1";
    let periods = "--train-until 2011-12-30 --test-from 2012-01-02";
    refused(
        here,
        &format!("train {small} {periods} --prices broken.csv"),
        1,
        &["broken.csv, line 4, column high: found 1, expected at least the close"],
    );
    assert!(!here.join("runs").exists(), "nothing is trained");
    let output = succeed(
        here,
        &format!("train {small} {periods} --prices daily.csv --name daily"),
    );
    assert!(here.join("runs/daily/report.html").exists());
    assert!(!String::from_utf8_lossy(&output.stderr).contains("Note:"));

    let periods = "--train-until 2016-12-30 --test-from 2017-01-02";
    let bars = "52 bars a year";
    let output = succeed(
        here,
        &format!("train {small} {periods} --prices weekly.csv --name weekly"),
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains(bars));
    let report = |path: &str| fs::read_to_string(here.join(path)).unwrap();
    assert!(report("runs/weekly/report.html").contains(bars));
    let output = succeed(
        here,
        "evaluate runs/weekly/policy.safetensors --prices weekly.csv --out judged",
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains(bars));
    assert!(report("judged/report.html").contains(bars));
}

/// A price file as a spreadsheet writes it: what was understood is said, and options say what is not.
#[test]
fn how_a_price_file_was_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    succeed(
        here,
        "simulate --asset-count 2 --bars 700 --start 2010-01-04 --out plain.csv",
    );
    let plain = fs::read_to_string(here.join("plain.csv")).unwrap();
    let european = |factor: f64| -> String {
        let rows = plain.lines().skip(1).enumerate().map(|(bar, line)| {
            let cells: Vec<&str> = line.split(',').collect();
            let day: Vec<&str> = cells[0].split('-').collect();
            let factor = if bar < 300 { 1.0 } else { factor };
            let close = (cells[1].parse::<f64>().unwrap() * factor).to_string();
            let other = cells[2].replace('.', ",");
            format!(
                "{}.{}.{};{};{other}\n",
                day[2],
                day[1],
                day[0],
                close.replace('.', ",")
            )
        });
        "Datum;A;B\n".to_string() + &rows.collect::<String>()
    };
    fs::write(here.join("european.csv"), european(1.0)).unwrap();
    fs::write(here.join("split.csv"), european(0.25)).unwrap();
    let read_as = "read as: wide, 700 rows, separator `;`, decimal comma, dates day.month.year";
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).to_string();

    let small = format!("{SMALL} --market prices --seeds 1");
    let periods = "--train-until 2011-06-30 --test-from 2011-07-01";
    let output = succeed(
        here,
        &format!("train {small} --steps 128 {periods} --prices european.csv --name one"),
    );
    assert!(said(&output).contains(read_as), "{}", said(&output));
    let evaluate = "evaluate runs/one/policy.safetensors --prices";
    let output = succeed(here, &format!("{evaluate} european.csv"));
    assert!(said(&output).contains(read_as), "{}", said(&output));

    let words = [
        "line 302, column A",
        "4:1 of A",
        "`--splits adjust`",
        "`--splits keep`",
    ];
    refused(here, &format!("{evaluate} split.csv"), 1, &words);
    refused(
        here,
        &format!("train {small} {periods} --prices split.csv"),
        1,
        &words,
    );
    let output = succeed(here, &format!("{evaluate} split.csv --splits adjust"));
    assert!(
        said(&output).contains("adjusted for the split 4:1 of A"),
        "{}",
        said(&output)
    );
    refused(
        here,
        &format!("{evaluate} european.csv --date-format us"),
        1,
        &["line 9, column Datum", "month, day, year"],
    );
    refused(
        here,
        "simulate --splits keep --out none.csv",
        2,
        &["--fit", "not given"],
    );
}
