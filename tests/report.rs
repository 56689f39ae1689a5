//! The report on seeded, synthetic tracks: what is in the files, what is never said, and what is refused.
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

use chrono::Days;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::report::{CurvePoint, SeedRun};
use ppo_risk::backtest::{Report, Track};
use serde_json::Value;
use sha2::{Digest, Sha256};

#[path = "support/tracks.rs"]
mod tracks;

const FIGURES: [&str; 10] = [
    "annual_return",
    "volatility",
    "sharpe",
    "sortino",
    "max_drawdown",
    "calmar",
    "value_at_risk",
    "conditional_value_at_risk",
    "turnover",
    "costs_paid",
];

fn track(name: &str, bars: usize, assets: usize, index: u64) -> Track {
    tracks::track("report test", name, bars, assets, index)
}

fn report(bars: usize) -> Report {
    let curve = |seed: u64| -> Vec<CurvePoint> {
        (1..50)
            .map(|update| CurvePoint {
                env_steps: update * 4096,
                episode_return: if update < 3 { f64::NAN } else { update as f64 },
                approx_kl: 0.01,
                explained_variance: f64::NAN,
                std: 0.3 - 0.001 * (update + seed) as f64,
            })
            .collect()
    };
    Report {
        title: "test".to_string(),
        assets: (0..20).map(|i| format!("A{i}")).collect(),
        universe: Vec::new(),
        seeds: (0..3)
            .map(|seed| SeedRun {
                seed: 40 + seed,
                track: track("policy", bars, 20, seed),
                prior: Some(track("prior", bars, 20, 20 + seed)),
                curve: curve(seed),
            })
            .collect(),
        baselines: ["vol_target", "equal_weight"]
            .into_iter()
            .zip(10..)
            .map(|(name, index)| track(name, bars, 20, index))
            .collect(),
        benchmark: None,
        managed: None,
        left_out: Vec::new(),
        train_period: None,
        departure: None,
        configuration: serde_json::json!({"gamma": 0.9}),
        train_env_steps_per_s: f64::NAN,
        wall_s: 12.5,
        caveats: Vec::new(),
        bootstrap: BlockBootstrap {
            draws: 200,
            ..BlockBootstrap::default()
        },
    }
}

fn written(report: &Report) -> (String, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("runs/one");
    let summary = report.write(&run).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&run)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["report.html", "summary.json"],
        "no temporary file is left"
    );
    let read = |name| std::fs::read_to_string(run.join(name)).unwrap();
    let json = serde_json::from_str(&read("summary.json")).unwrap();
    (read("report.html"), json, report.table(&summary))
}

/// Figures are checked elsewhere (tests/metrics.rs); here, that each stands where design §11 puts it.
#[test]
fn summary_holds_every_figure_in_its_place() {
    let report = report(600);
    let (_, json, _) = written(&report);
    for place in [
        "/policy",
        "/prior",
        "/baselines/vol_target",
        "/baselines/equal_weight",
        "/seeds/0",
        "/seeds/2",
    ] {
        let figures = json.pointer(place).unwrap();
        for figure in FIGURES {
            assert!(figures[figure].is_f64(), "{place}/{figure}: {figures}");
        }
    }
    let policy = ppo_risk::risk::metrics::sharpe(&report.seeds[0].track.returns);
    assert_eq!(json["policy"]["sharpe"], policy, "the policy is the first seed");
    let baseline = ppo_risk::risk::metrics::sharpe(&report.baselines[1].returns);
    assert_eq!(json["baselines"]["equal_weight"]["sharpe"], baseline);
    let turnover = json["policy"]["turnover"].as_f64().unwrap();
    assert!((turnover - 0.01 * 252.0).abs() < 1e-12, "one-way, a year");
    assert!(json["policy"]["max_drawdown"].as_f64().unwrap() > 0.0);
    assert_eq!(json["seeds"][1]["seed"], 41);
    for name in ["prior", "vol_target", "equal_weight"] {
        let interval = &json["sharpe_difference"][name];
        let end = |key: &str| interval[key].as_f64().unwrap();
        assert!(
            end("low") < end("median") && end("median") < end("high"),
            "{interval}"
        );
        assert!(
            end("low") < end("estimate") && end("estimate") < end("high"),
            "{interval}"
        );
        let excludes = end("low") > 0.005 || end("high") < -0.005;
        assert_eq!(interval["verdict"] == "includes 0", !excludes, "{interval}");
        let at_once = &interval["at_once"];
        assert!(
            at_once["low"].as_f64().unwrap() < end("low") && at_once["high"].as_f64().unwrap() > end("high")
        );
    }
    assert_eq!(json["wall_s"], 12.5);
    assert!(json["train_env_steps_per_s"].is_null(), "NaN is null");
    let provenance = &json["provenance"];
    assert_eq!(provenance["test_period"]["from"], "2013-01-02");
    assert_eq!(provenance["library_version"], env!("CARGO_PKG_VERSION"));
    // printf '{"gamma":0.9}' | sha256sum
    assert_eq!(
        provenance["configuration_sha256"],
        "e070fd736cdf4f5f5f6a80b34ab0976d591816a755ef54a1c48044523dfc8f21"
    );
}

#[test]
fn page_stands_alone_and_stays_small() {
    let (page, ..) = written(&report(10_000));
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(!page.contains("src=") && !page.contains("href=") && !page.contains("url("));
    // Data, the library and what draws with it; the only address is the library's own in its first line.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("http-equiv").count(), 1);
    assert_eq!(
        page.matches("http").count(),
        1 + page.matches("https://github.com/leeoniya/uPlot").count()
    );
    assert!(
        page.contains("Copyright (c) 2022 Leon Sorokin"),
        "the library's licence"
    );
    for title in [
        "Equity",
        "Drawdown",
        "Worst drawdowns",
        "Returns by month",
        "Calendar years",
        "Distribution of returns",
        "Shape of returns",
        "Rolling volatility",
        "Rolling beta and correlation",
        "Beside other portfolios",
        "Weights",
        "Exposure by asset",
        "Turnover and costs",
        "Learning curves",
    ] {
        assert!(page.contains(&format!("<h2>{title}")), "{title}");
    }
    // Equity, drawdown, years, distribution, 2 rolling, 2 relative, weights, 2 of trading, 4 of learning.
    assert_eq!(page.matches("<svg role=\"img\"").count(), 15);
    assert_eq!(page.matches("data-panel=").count(), 13);
    assert!(
        page.contains("seed 41") && page.contains("hindsight") && page.contains("&quot;gamma&quot;: 0.9")
    );
    let shown = page.split("<script").next().unwrap();
    assert!(!shown.contains("NaN") && !shown.contains("inf,"));
}

/// As its authors publish it in uplot-1.6.32.tgz of the npm registry.
#[test]
fn the_library_is_the_published_one() {
    let file = include_bytes!("../src/backtest/report/script/uPlot.iife.min.js");
    let found: String = Sha256::digest(file)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        found,
        "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"
    );
}

/// The months and years of a hand-made track, in their places.
#[test]
fn months_stand_in_their_places() {
    let mut report = report(400);
    // 2013-01-02 and 400 days on: to February 2014.
    let track = &mut report.seeds[0].track;
    track.returns = vec![0.0; 400];
    track.returns[0] = 0.10;
    track.returns[1] = -0.02;
    track.returns[35] = 0.05;
    track.returns[370] = -0.25;
    let (page, json, _) = written(&report);
    let sheet = &json["tear_sheet"];
    let january = &sheet["months"][0];
    assert_eq!((&january["year"], &january["month"]), (&2013.into(), &1.into()));
    assert!((january["return"].as_f64().unwrap() - (1.1 * 0.98 - 1.0)).abs() < 1e-15);
    assert!((sheet["years"][1]["return"].as_f64().unwrap() + 0.25).abs() < 1e-15);
    let worst = &sheet["worst_drawdowns"][0];
    assert_eq!(
        (&worst["peak"], &worst["valley"]),
        (&"2014-01-06".into(), &"2014-01-07".into())
    );
    assert!(worst["recovery"].is_null() && worst["bars_under_water"] == 30);
    assert!(
        page.contains(">7.8</td>") && page.contains(">-25.0</td>") && page.contains("not yet"),
        "heat map"
    );
    assert!((sheet["bars_won"].as_f64().unwrap() - 2.0 / 400.0).abs() < 1e-15);
}

#[test]
fn nothing_is_claimed_that_the_interval_does_not_bear() {
    for shift in [-0.01, 0.0, 0.01] {
        let mut report = report(500);
        for seed in &mut report.seeds {
            seed.track.returns.iter_mut().for_each(|r| *r += shift);
        }
        let (page, json, table) = written(&report);
        for text in [&page, &table, &json.to_string()] {
            let text = text.to_lowercase();
            assert!(!text.contains("beat") && !text.contains("outperform"));
        }
        let expected = match shift {
            s if s < 0.0 => "lies below 0",
            s if s > 0.0 => "lies above 0",
            _ => "includes 0: no difference can be claimed",
        };
        let flowed = table.replace('\n', " ");
        assert!(flowed.contains(expected) && page.contains(expected), "{table}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let mut report = report(300);
    let evil = "</title><script>alert('x')</script>&\u{1b}[2J_\"x";
    report.title = evil.to_string();
    report.assets[0] = evil.to_string();
    report.caveats = vec![evil.to_string()];
    report.configuration = serde_json::json!({ evil: evil });
    report.baselines[0].name = format!("{evil}{}", "長".repeat(90));
    let (page, json, table) = written(&report);
    assert!(
        page.matches("<script").count() == 3 && !page.contains('\u{1b}') && page.contains("&lt;script&gt;")
    );
    assert!(!table.contains('\u{1b}'));
    assert!(json["baselines"][&report.baselines[0].name]["sharpe"].is_f64());
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn table_fits_a_terminal_whatever_the_figures() {
    let mut report = report(300);
    report.baselines[0].returns = vec![3.0; 300];
    report.baselines[1].returns = vec![0.0; 300];
    report.baselines[1].returns[7] = -1.0;
    report.baselines[1].turnover = vec![1e7; 300];
    let (_, json, table) = written(&report);
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(
        json["baselines"]["vol_target"]["sharpe"].is_null(),
        "a constant series"
    );
    assert!(json["sharpe_difference"]["vol_target"]["median"].is_null());
    assert!(table.contains("undefined"), "{table}");
}

#[test]
fn short_and_bare_reports_are_whole() {
    let mut report = report(2);
    report.seeds.truncate(1);
    report.seeds[0].curve.clear();
    report.baselines.clear();
    report.seeds[0].prior = None;
    let (page, json, table) = written(&report);
    assert!(page.contains("There is no baseline") && table.contains("policy, seed 40"));
    assert_eq!(json["sharpe_difference"], serde_json::json!({}));
    assert_eq!(page.matches("<svg role=\"img\"").count(), 7);
}

#[test]
fn unusable_input_is_named_and_nothing_is_written() {
    type Spoil = fn(&mut Report);
    let cases: [(Spoil, &str); 13] = [
        (|r| r.seeds.clear(), "report.seeds"),
        (
            |r| r.baselines[1].name = "vol_target".to_string(),
            "holding vol_target twice",
        ),
        (
            |r| r.baselines[1].name = "prior".to_string(),
            "`report.baselines` is holding prior",
        ),
        (
            |r| r.seeds[2].prior = Some(track("prior", 299, 20, 1)),
            "track prior: times` has 299 values, expected 300",
        ),
        (
            |r| r.seeds[0].track.cash_returns[9] = f64::NAN,
            "track policy: cash_returns[9]` is NaN",
        ),
        (
            |r| r.baselines[1] = track("x", 299, 20, 1),
            "track x: times` has 299 values, expected 300",
        ),
        (
            |r| r.baselines[1] = track("x", 0, 20, 1),
            "track x: times` is empty",
        ),
        (
            |r| r.baselines[1] = track("x", 300, 3, 1),
            "track x: weights` has 4 columns, expected 21",
        ),
        (
            |r| r.baselines[1].returns[9] = f64::NAN,
            "track equal_weight: returns[9]` is NaN",
        ),
        (
            |r| r.seeds[1].track.costs[3] = f64::INFINITY,
            "track policy: costs[3]` is inf",
        ),
        (|r| r.seeds[0].track.times.swap(4, 5), "track policy: times[5]"),
        (
            |r| {
                let late = r.baselines[1].times[299].date() + Days::new(1);
                r.baselines[1].times[299] = late.into();
            },
            "track equal_weight: times[299]",
        ),
        (|r| r.bootstrap.level = 1.0, "bootstrap.level"),
    ];
    for (spoil, message) in cases {
        let mut report = report(300);
        spoil(&mut report);
        let folder = tempfile::tempdir().unwrap();
        let error = report.write(folder.path()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}\nshould hold {message}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "kept").unwrap();
    let error = report(300).write(&file.join("run")).unwrap_err().to_string();
    assert!(
        error.contains("cannot create") && error.contains("file/run"),
        "{error}"
    );

    std::fs::create_dir(folder.path().join("report.html")).unwrap();
    let error = report(300).write(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("cannot write") && error.contains("report.html"),
        "{error}"
    );
    assert!(!folder.path().join("summary.json").exists());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
}
