//! The programs of examples/c and examples/cpp: strict compilers take them, both languages print the same, and it is
//! what the crate has to say; and the engine of examples/cpp, which proves itself.

use crate::toolchain::{Host, demo_policy, has, said, succeeded, text};
use ppo_risk::market::BarColumns;
use ppo_risk::market::state::StateSpec;
use ppo_risk::math::random::stream;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, file, layout};
use ppo_risk::portfolio::{Portfolio, PortfolioConfig};
use rand::RngExt;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// An example in C and in C++.
struct Example {
    programs: [PathBuf; 2],
    name: &'static str,
}

impl Example {
    /// Compiles both; none where a compiler is missing.
    fn of(host: &Host, name: &'static str) -> Option<Self> {
        if !(has("cc", "the C examples") && has("c++", "the C++ examples")) {
            return None;
        }
        let c = host.compile(name, &[&format!("../../examples/c/{name}.c")]);
        let source = format!("../../examples/cpp/{name}.cpp");
        let cpp = host.compile_cpp("c++", "-std=c++17", &format!("{name}_cpp"), &[&source]);
        Some(Self {
            programs: [c, cpp],
            name,
        })
    }

    /// What both print. Lines of time differ from run to run, and say so with their first word.
    fn said(&self, arguments: &[&str]) -> String {
        let [c, cpp] = self.programs.each_ref().map(|program| said(program, arguments));
        let same = |text: &str| -> Vec<String> {
            let cut = |line: &str| match line.split([' ', ':']).next() {
                Some(first @ ("latency" | "speed")) => first.to_string(),
                _ => line.to_string(),
            };
            text.lines().map(cut).collect()
        };
        assert_eq!(same(&c), same(&cpp), "{} in C and in C++", self.name);
        let widest = same(&c).iter().map(String::len).max();
        assert!(widest <= Some(80), "{} prints {widest:?} columns", self.name);
        c
    }

    /// Both refuse: with this exit status and these words, and without a result.
    fn refuses(&self, arguments: &[&str], status: i32, words: &str) {
        for program in &self.programs {
            let output = Command::new(program).args(arguments).output().unwrap();
            let found = text(&output.stderr);
            assert_eq!(output.status.code(), Some(status), "{}: {found}", self.name);
            assert!(found.contains(words), "{} says {found}", self.name);
        }
    }
}

/// Closes that the examples make up, written down once more.
fn closes(assets: usize, bars: usize) -> Vec<Vec<f64>> {
    let mut seed: u32 = 5;
    let mut last = vec![100.0; assets];
    let mut row = || {
        for close in &mut last {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *close *= f64::from(1_027_910 + (seed >> 8) % 41_944) / 1_048_576.0;
        }
        last.clone()
    };
    (0..bars).map(|_| row()).collect()
}

/// Writes the days from 2011-01-03 on as a price file.
fn price_file(host: &Host, assets: &[String], closes: &[Vec<f64>]) -> String {
    let mut csv = format!("date,{}\n", assets.join(","));
    let first = chrono::NaiveDate::from_ymd_opt(2011, 1, 3).unwrap();
    for (date, row) in first.iter_days().zip(closes) {
        write!(csv, "{date}").unwrap();
        for close in row {
            write!(csv, ",{close}").unwrap();
        }
        csv.push('\n');
    }
    let path = host.path("prices.csv");
    std::fs::write(&path, csv).unwrap();
    path.display().to_string()
}

/// What `infer` has to print before its last line.
fn inferred(closes: &[Vec<f64>]) -> String {
    let (policy, _) = file::load(demo_policy()).unwrap();
    let assets = policy.spec().assets.clone();
    let mut manager = Portfolio::new(policy, PortfolioConfig::default()).unwrap();
    let (mut target, mut decisions) = (Vec::new(), 0);
    for row in closes {
        manager.push_prices(row, 0.0, BarColumns::default()).unwrap();
        if manager.ready() {
            target = manager.rebalance().unwrap().to_vec();
            decisions += 1;
        }
    }
    let (account, version) = (manager.account(), env!("CARGO_PKG_VERSION"));
    let view = account.view();
    let mut lines = format!(
        "ppo_risk {version}: {} bars, {decisions} decisions\n\n",
        closes.len()
    );
    writeln!(lines, "{:8}  {:>8}  {:>8}", "", "held", "wanted").unwrap();
    let held = view.weights.iter().chain([&view.cash]);
    let names = assets.iter().map(String::as_str).chain(["cash"]);
    for ((name, held), target) in names.zip(held).zip(&target) {
        writeln!(lines, "{name:8}  {:7.3}%  {:7.3}%", 100.0 * held, 100.0 * target).unwrap();
    }
    let (value, drawdown) = (account.value(), 100.0 * view.drawdown);
    let volatility = 100.0 * view.volatility;
    writeln!(
        lines,
        "\naccount: value {value:.2}, {drawdown:.2}% below its peak, volatility {volatility:.3}% a bar"
    )
    .unwrap();
    lines
}

#[test]
fn infer_decides_what_the_crate_decides() {
    let host = Host::new();
    let Some(infer) = Example::of(&host, "infer") else {
        return;
    };
    let model = demo_policy().display().to_string();
    let (policy, _) = file::load(demo_policy()).unwrap();
    let assets = &policy.spec().assets;
    let (long, short) = (closes(assets.len(), 20_000), closes(assets.len(), 400));
    let prices = price_file(&host, assets, &short);
    for (arguments, closes) in [(vec![model.as_str()], &long), (vec![&model, &prices], &short)] {
        let printed = infer.said(&arguments);
        let (numbers, time) = printed.split_at(printed.find("latency of a bar in ns: p50 ").unwrap());
        assert_eq!(numbers, inferred(closes));
        assert!(time.contains(", p99 ") && time.contains(", max "), "{time}");
    }
    let too_few = price_file(&host, assets, &short[..100]);
    infer.refuses(
        &[&model, &too_few],
        1,
        "100 bars, but the first decision needs 253",
    );
    let others = price_file(&host, &assets[1..], &closes(assets.len() - 1, 400));
    infer.refuses(
        &[&model, &others],
        1,
        "not the policy's assets in their order (AAPL)",
    );
    infer.refuses(&[], 2, "usage: infer POLICY [PRICES]");
    infer.refuses(&["none"], 1, "PPO_ERR_IO: ");
}

#[cfg(feature = "train")]
#[test]
fn train_judges_the_policy_that_it_writes() {
    use ppo_risk::backtest::{Baseline, Track, run_policy};
    use ppo_risk::env::EnvConfig;
    use ppo_risk::market::csv::{CsvOptions, read_csv};
    use ppo_risk::portfolio::evaluation::{run_one, test_bars};
    use std::sync::Arc;

    let host = Host::new();
    let Some(train) = Example::of(&host, "train") else {
        return;
    };
    let assets = ["A", "B", "C"].map(String::from);
    let prices = price_file(&host, &assets, &closes(assets.len(), 1000));
    let written = host.path("policy.safetensors");
    let path = written.display().to_string();
    let policies = train.programs.each_ref().map(|program| {
        said(program, &[&prices, &path, "8192"]);
        std::fs::read(&written).unwrap()
    });
    assert!(policies[0] == policies[1], "the policies of C and C++ differ");
    let printed = train.said(&[&prices, &path, "8192"]);
    for part in [
        "3 assets\n\nlearns from 2011-01-03 to 2012-12-31\nupdate  decisions",
        "\n     1       4096      none ended    0.0",
        "\n     2       8192      none ended    0.0",
        "\njudged from 2013-01-01 to 2013-09-28, at costs of 0.1%\n",
        "\nSharpe ratio, policy less volatility target: ",
    ] {
        assert!(printed.contains(part), "{part} is not in\n{printed}");
    }

    let (policy, _) = file::load(&written).unwrap();
    let table = Arc::new(read_csv(&prices, &CsvOptions::default()).unwrap());
    let market = test_bars(table, 729..=999, 252, 0.0).unwrap();
    let ours = run_policy("policy", &policy, Arc::clone(&market), &EnvConfig::default()).unwrap();
    let equal = run_one(Baseline::EqualWeight, &market, &EnvConfig::default(), 20).unwrap();
    let target = run_one(Baseline::VolTargetEqualWeight, &market, &EnvConfig::default(), 20).unwrap();
    let row = |name: &str, track: &Track| {
        let figures = track.performance().unwrap();
        format!(
            "{name:18}  {:6.1}%  {:9.1}%  {:7.3}  {:7.1}%  {:8.2}\n",
            100.0 * figures.annual_return,
            100.0 * figures.volatility,
            figures.sharpe,
            100.0 * figures.max_drawdown,
            figures.turnover
        )
    };
    let rows = row("policy", &ours) + &row("equal weight", &equal) + &row("volatility target", &target);
    assert!(printed.contains(&rows), "{rows} is not in\n{printed}");
    train.refuses(&[&prices], 2, "usage: train PRICES POLICY [DECISIONS]");
    train.refuses(&["none", &path], 1, "PPO_ERR_IO: ");
}

#[cfg(not(feature = "train"))]
#[test]
fn train_says_that_there_is_no_trainer() {
    let host = Host::new();
    if let Some(train) = Example::of(&host, "train") {
        train.refuses(&["none", "none"], 1, "this library was built without the trainer");
    }
}

/// A policy of 10 assets that may be missing, with random parameters.
fn listed_policy(seed: u64) -> Policy {
    let assets = 10;
    let spec = PolicySpec {
        assets: (0..assets).map(|asset| format!("asset {asset}")).collect(),
        state: StateSpec {
            listed: true,
            ..StateSpec::base(assets)
        },
        action: ActionSpec::default(),
        network: NetworkSpec::Scorer { hidden: vec![8] },
    };
    let mut draws = stream(seed, "engine", 0);
    let count = layout::layout(&spec).iter().map(layout::Parameter::len).sum();
    let values = (0..count).map(|_| draws.random_range(-1.0..1.0_f32)).collect();
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, values, serde_json::Map::new()).unwrap()
}

/// The engine proves itself: killed and stopped at several bars, and started again, it leaves the bytes of one that ran whole.
#[test]
fn the_engine_goes_on_from_where_it_was_ended() {
    if !has("c++", "the C++ examples") {
        return;
    }
    let host = Host::new();
    let engine = host.compile_cpp("c++", "-std=c++17", "engine", &["../../examples/cpp/engine.cpp"]);
    let paths = ["first", "newer", "folder"].map(|name| host.path(name).display().to_string());
    for (path, seed) in paths.iter().zip([1, 2]) {
        file::save(path, &listed_policy(seed), &file::Extras::default()).unwrap();
    }
    let [first, newer, folder] = paths.each_ref().map(String::as_str);
    std::fs::create_dir(folder).unwrap();
    let printed = said(&engine, &["prove", first, newer, folder]);
    for name in ["killed", "stopped"] {
        let line = format!("{name} three times and started again: the same bytes\n");
        assert!(printed.contains(&line), "{printed}");
    }
    // What it compares could differ: the newer policy decides otherwise.
    std::fs::create_dir(host.path("other")).unwrap();
    let other = host.path("other").display().to_string();
    said(&engine, &["run", first, first, &other]);
    let state = |folder: &str| std::fs::read(host.path(folder).join("book-3")).unwrap();
    assert!(state("folder/whole") != state("other"));
    // A state that was altered is refused by name.
    let mut altered = state("other");
    let last = altered.len() - 1;
    altered[last] ^= 1;
    std::fs::write(host.path("other").join("book-3"), altered).unwrap();
    for (arguments, status, words) in [
        (vec!["run", first, newer, &other], 1, "`state` is cut or altered"),
        (vec!["prove", first, newer, folder], 1, "a new folder"),
        (
            vec!["run", first, newer],
            2,
            "usage: engine run|prove POLICY NEWER FOLDER",
        ),
    ] {
        let output = Command::new(&engine).args(arguments).output().unwrap();
        let found = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{found}");
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn risk_says_what_it_decides_and_why() {
    let host = Host::new();
    let Some(risk) = Example::of(&host, "risk") else {
        return;
    };
    let printed = risk.said(&[]);
    let bars = printed.lines().filter(|line| line.contains("equity"));
    assert_eq!(bars.count(), 20, "{printed}");
    // What the text says of the scenario: each in its turn.
    let mut rest = printed.as_str();
    for part in [
        "  0  equity 100000  drawdown  0.0%  ACTIVE    stocks 60.0%  gold 25.0%",
        "ASSET_MAXIMUM STOCKS: found 0.75, allowed 0.6",
        "TRADE_BAND",
        "HEDGE_OPENED",
        "HEDGE_CLOSED",
        "REDUCING",
        "DRAWDOWN_REDUCE",
        "HALTED    stocks  0.0%  gold  0.0%",
        "DRAWDOWN_STOP",
        "ASSET_STOP STOCKS",
        "risk_manager_reset",
        " 15  equity",
        "ACTIVE    stocks  0.0%  gold 25.0%",
        "ASSET_STOPPED STOCKS",
        "ACTIVE    stocks 60.0%  gold 25.0%",
    ] {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("{part} is not where it belongs in\n{printed}"));
        rest = &rest[at + part.len()..];
    }
}

/// The policy of two and of four processes under MPI is that of one, and a checkpoint of four goes on on two.
#[test]
fn processes_train_one_policy_by_mpi() {
    const GATE: &str = "training by MPI";
    if !(cfg!(feature = "train") && has("mpicc", GATE) && has("mpirun", GATE)) {
        return;
    }
    let host = Host::new();
    let program = host.compile_with("mpicc", &[], "train_mpi", &["../../examples/c/train_mpi.c"]);
    let run = |ranks: usize, folder: &str| {
        let folder = host.folder.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let output = Command::new("mpirun")
            .args(["--allow-run-as-root", "--oversubscribe", "-n", &ranks.to_string()])
            .arg(&program)
            .arg(&folder)
            .env("LD_LIBRARY_PATH", host.folder.path())
            .output()
            .unwrap();
        succeeded("mpirun", &output);
        fs::read(folder.join("policy.safetensors")).unwrap()
    };
    let alone = run(1, "alone");
    assert!(run(2, "two") == alone, "two ranks");
    assert!(run(4, "four") == alone, "four ranks");
    let longer = run(1, "alone");
    assert!(longer != alone, "nothing more was learnt");
    assert!(run(2, "four") == longer, "four ranks, then two");
}
