//! The report of a policy under risk management: its figures, how often which reason was given, its refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use chrono::Days;
use ndarray::Array2;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::report::SeedRun;
use ppo_risk::backtest::{ManagedTrack, Report, Track};
use ppo_risk::market::BarsPerYear;
use ppo_risk::risk::metrics;
use ppo_risk::risk::reason::{Reason, ReasonCode};
use serde_json::{Value, json};

#[path = "support/tracks.rs"]
mod tracks;

const ASSETS: usize = 3;

fn track(name: &str, bars: usize, index: u64) -> Track {
    tracks::track("managed report test", name, bars, ASSETS, index)
}

fn reason(code: ReasonCode) -> Reason {
    Reason::portfolio(code, 1.0, f64::NAN)
}

/// Bar t has the codes whose number in `every` divides t, and the first of them twice, as if about two assets.
fn managed(bars: usize, every: &[(ReasonCode, usize)]) -> ManagedTrack {
    let given = |t: usize| -> Vec<Reason> {
        let codes = every.iter().filter(|(_, step)| t.is_multiple_of(*step));
        let mut reasons: Vec<Reason> = codes.map(|&(code, _)| reason(code)).collect();
        reasons.extend(reasons.first().copied());
        reasons
    };
    let mut track = track("managed", bars, 99);
    track.returns = self::track("policy", bars, 0).returns;
    track.returns.iter_mut().for_each(|r| *r = 0.5 * *r - 0.0001);
    ManagedTrack {
        track,
        reasons: (0..bars).map(given).collect(),
        leverage: (0..bars)
            .map(|t| if t.is_multiple_of(2) { 0.5 } else { 1.0 })
            .collect(),
        hedge: (0..bars)
            .map(|t| if t.is_multiple_of(4) { 0.2 } else { 0.0 })
            .collect(),
    }
}

fn report(bars: usize, managed: Option<ManagedTrack>) -> Report {
    Report {
        title: "test".to_string(),
        assets: (0..ASSETS).map(|i| format!("A{i}")).collect(),
        universe: Vec::new(),
        seeds: (0..2)
            .map(|seed| SeedRun {
                seed: 40 + seed,
                track: track("policy", bars, seed),
                prior: None,
                curve: Vec::new(),
            })
            .collect(),
        baselines: vec![track("equal_weight", bars, 10)],
        benchmark: None,
        managed,
        left_out: Vec::new(),
        train_period: None,
        departure: None,
        configuration: json!({}),
        train_env_steps_per_s: f64::NAN,
        wall_s: 1.0,
        caveats: Vec::new(),
        bootstrap: BlockBootstrap {
            draws: 200,
            ..BlockBootstrap::default()
        },
    }
}

fn written(report: &Report) -> (String, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let summary = report.write(folder.path()).unwrap();
    let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let json = serde_json::from_str(&read("summary.json")).unwrap();
    (read("report.html"), json, report.table(&summary))
}

const SOME: [(ReasonCode, usize); 4] = [
    (ReasonCode::AssetMaximum, 10),
    (ReasonCode::VolatilityTarget, 1),
    (ReasonCode::DrawdownReduce, 300),
    (ReasonCode::SkippedTrend, 3),
];

#[test]
fn summary_counts_bars_and_compares_with_the_raw_policy() {
    let report = report(600, Some(managed(600, &SOME)));
    let (_, json, _) = written(&report);
    let found = &json["risk_managed"];
    let expected = json!({"ASSET_MAXIMUM": 60, "VOLATILITY_TARGET": 600, "DRAWDOWN_REDUCE": 2});
    assert_eq!(
        found["bars"], expected,
        "a bar counts once, for however many assets"
    );
    assert_eq!(found["notes"], json!({"SKIPPED_TREND": 200}));
    assert_eq!(found["mean_leverage"], 0.75);
    assert!((found["mean_hedge"].as_f64().unwrap() - 0.05).abs() < 1e-15);
    let track = &report.managed.as_ref().unwrap().track;
    assert_eq!(
        found["sharpe"],
        metrics::sharpe(&track.returns),
        "flattened as a seed's"
    );
    assert_eq!(found["costs_paid"], track.costs.iter().sum::<f64>());
    let interval = report
        .bootstrap
        .sharpe_difference(
            &track.excess_returns(),
            &report.seeds[0].track.excess_returns(),
            BarsPerYear::DAILY,
        )
        .unwrap();
    assert_eq!(
        found["sharpe_difference"],
        serde_json::to_value(interval).unwrap()
    );
    // Half of every return less a cost is a lower ratio on whatever bars are drawn.
    assert!(
        interval.high < 0.0,
        "managed minus raw, not the other way: {interval:?}"
    );
}

#[test]
fn without_a_risk_manager_nothing_is_said_of_one() {
    let (page, json, table) = written(&report(300, None));
    assert!(json.as_object().unwrap().contains_key("risk_managed") && json["risk_managed"].is_null());
    for text in [&page, &table] {
        let text = text.to_lowercase();
        for word in ["risk manage", "risk-manage", "hedge"] {
            assert!(!text.contains(word), "{word}");
        }
    }
    assert_eq!(page.matches("<svg role=\"img\"").count(), 11);
}

#[test]
fn table_lists_the_most_frequent_codes_in_eighty_columns() {
    // Every code: more than the table lists; later ones less often.
    let all: Vec<(ReasonCode, usize)> = ReasonCode::ALL.iter().copied().zip(1..).collect();
    let codes = all.iter().filter(|(code, _)| !code.is_note()).count();
    let (_, _, table) = written(&report(600, Some(managed(600, &all))));
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let lines: Vec<&str> = table.lines().collect();
    let at = |start: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("no {start} in\n{table}"))
    };
    assert!(at("policy, median of 2") < at("policy, risk managed"));
    assert!(at("policy, risk managed") < at("equal weight"));
    assert!(at("seed 40 minus") < at("risk managed minus"));
    assert!(lines[at("seed 40 minus") + 1].starts_with("  equal weight "));
    let compared = lines[at("risk managed minus") + 1];
    assert!(compared.starts_with("  policy ") && compared.ends_with("below 0"));
    let block = at("What the risk manager did");
    assert_eq!(
        lines[block + 1].split_whitespace().collect::<Vec<_>>(),
        ["asset", "minimum", "100.0"]
    );
    assert_eq!(
        lines[block + 2].split_whitespace().collect::<Vec<_>>(),
        ["asset", "maximum", "50.0"]
    );
    assert!(lines[block + 8].starts_with("cash floor"));
    assert_eq!(
        lines[block + 9],
        format!("... and {} more, in summary.json", codes - 8)
    );
    let flowed = table.replace('\n', " ");
    assert!(
        flowed.contains("Mean leverage 0.75") && flowed.contains("does not trade"),
        "{table}"
    );
    assert!(flowed.contains("Risk managed against the policy itself: the 90% interval lies below 0"));
    assert!(flowed.contains("the risk-managed policy's Sharpe ratio was lower"));
    assert!(!table.contains("skipped"), "notes shape nothing");
}

#[test]
fn shares_are_not_rounded_to_never_or_always() {
    let mut managed = managed(
        3_000,
        &[(ReasonCode::VolatilityTarget, 1), (ReasonCode::CashFloor, 3_000)],
    );
    managed.reasons[7].clear();
    let (_, _, table) = written(&report(3_000, Some(managed)));
    let line = |start: &str| table.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(line("volatility target").ends_with(" >99.9"), "{table}");
    assert!(line("cash floor").ends_with(" <0.1"), "{table}");
}

#[test]
fn page_shows_the_curve_the_timeline_and_the_exposure() {
    let (page, ..) = written(&report(600, Some(managed(600, &SOME))));
    assert!(page.contains("<h2>What the risk manager did</h2>"));
    assert!(page.contains("<tr class=\"managed\"><td>policy, risk managed</td>"));
    // As without, and timeline, leverage, exposure.
    assert_eq!(page.matches("<svg role=\"img\"").count(), 11 + 3);
    // Equity, drawdown, trading (2), rolling (2), exposure; beside its name at the end of four of them; leverage.
    let lines = |width: u32| {
        let line = format!("<path class=\"line managed\" stroke-width=\"{width}\"");
        page.matches(&line).count()
    };
    assert_eq!((lines(11), lines(4)), (7 + 4, 1));
    // Five legends.
    assert_eq!(page.matches("</svg>policy, risk managed</li>").count(), 5);
    // Rows are drawn from the top: a higher row has a smaller y.
    let height = |label: &str| -> f64 {
        let text = &page[..page.find(label).unwrap()];
        let y = &text[text.rfind(" y=\"").unwrap() + 4..];
        y[..y.find('"').unwrap()].parse().unwrap()
    };
    let (often, sometimes) = (height("volatility target 100.0%"), height("asset maximum 10.0%"));
    assert!(often < sometimes && sometimes < height("drawdown reduce 0.3%"));
    assert!(page.contains("does not trade it") && !page.contains("skipped"));
    assert!(!page.split("<script").next().unwrap().contains("NaN"));
}

#[test]
fn a_page_with_every_code_on_many_bars_stays_small() {
    let all: Vec<(ReasonCode, usize)> = ReasonCode::ALL.iter().copied().zip(2..).collect();
    let (page, ..) = written(&report(10_000, Some(managed(10_000, &all))));
    assert!(page.len() < 1_500_000, "{} bytes", page.len());
    assert!(page.contains("historical conditional value at risk"));
}

#[test]
fn a_risk_manager_that_did_nothing_and_two_bars_are_whole() {
    let mut report = report(2, Some(managed(2, &[(ReasonCode::SkippedLeverage, 1)])));
    report.seeds.truncate(1);
    report.baselines.clear();
    let (page, json, table) = written(&report);
    assert_eq!(json["risk_managed"]["bars"], json!({}));
    assert_eq!(json["risk_managed"]["notes"], json!({"SKIPPED_LEVERAGE": 2}));
    assert!(page.contains("It left every decision as it was."));
    assert!(table.contains("nothing: every decision was left as it was"));
    let short = "too short for an interval: 2 bars, 252 needed";
    let verdict = &json["risk_managed"]["sharpe_difference"]["verdict"];
    assert_eq!(verdict, short, "compared without any baseline");
    let flowed = table.replace('\n', " ");
    assert!(flowed.contains(short) && page.contains(short), "{table}");
    // Equity, drawdown, years, distribution, leverage, exposure, weights, trading (2): no timeline.
    assert_eq!(page.matches("<svg role=\"img\"").count(), 9);
}

#[test]
fn an_unusable_track_is_named_and_nothing_is_written() {
    type Spoil = fn(&mut ManagedTrack);
    let cases: [(Spoil, &str); 7] = [
        (
            |m| m.track.returns[9] = f64::NAN,
            "track managed: returns[9]` is NaN",
        ),
        (
            |m| drop(m.reasons.pop()),
            "track managed: reasons` has 299 values, expected 300",
        ),
        (
            |m| m.leverage.push(1.0),
            "track managed: leverage` has 301 values",
        ),
        (|m| m.leverage[3] = -0.1, "track managed: leverage[3]` is -0.1"),
        (|m| m.hedge[4] = f64::INFINITY, "track managed: hedge[4]` is inf"),
        (
            |m| m.track.weights = Array2::zeros((300, 9)),
            "track managed: weights` has 9 columns",
        ),
        (
            |m| {
                let late = m.track.times[299].date() + Days::new(1);
                m.track.times[299] = late.into();
            },
            "track managed: times[299]",
        ),
    ];
    for (spoil, message) in cases {
        let mut managed = managed(300, &SOME);
        spoil(&mut managed);
        let folder = tempfile::tempdir().unwrap();
        let error = report(300, Some(managed))
            .write(folder.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains(message), "{error}\nshould hold {message}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    let shorter = report(300, Some(managed(299, &SOME)));
    let error = shorter.summary().unwrap_err().to_string();
    assert!(
        error.contains("track managed: times` has 299 values, expected 300"),
        "{error}"
    );
}
