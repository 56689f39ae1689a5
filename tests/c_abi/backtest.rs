//! Back-tests through C are Rust's own, bit for bit.

use crate::toolchain::{Host, has};
use chrono::NaiveDate;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::{Baseline, Track, run_policy, untrained};
use ppo_risk::env::{Costs, EnvConfig};
use ppo_risk::market::BarsPerYear;
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::Policy;
use ppo_risk::policy::initial::initial_values;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use ppo_risk::portfolio::evaluation::{run_one, test_bars};
use ppo_risk::portfolio::{report_risk, run_managed};
use std::sync::Arc;

const BARS: usize = 700;

/// Takes numbers off the front of what the C program wrote and compares them.
struct Written(std::vec::IntoIter<u64>);

impl Written {
    fn expect(&mut self, what: &str, values: impl IntoIterator<Item = f64>) {
        for (i, value) in values.into_iter().enumerate() {
            let found = f64::from_bits(self.0.next().unwrap());
            let same = found.to_bits() == value.to_bits() || found.is_nan() && value.is_nan();
            assert!(same, "{what}, number {i}: C has {found}, Rust {value}");
        }
    }

    fn expect_track(&mut self, what: &str, track: &Track) {
        let dates = track
            .times
            .iter()
            .map(|time| f64::from(time.date().to_epoch_days()));
        self.expect(what, dates);
        self.expect(what, track.returns.iter().copied());
        let mut value = 1.0;
        let equity = track.returns.iter().map(|earned| {
            value *= 1.0 + earned;
            value
        });
        self.expect(what, equity);
        self.expect(what, track.turnover.iter().copied());
        self.expect(what, track.costs.iter().copied());
        self.expect(what, track.weights.iter().copied());
        let figures = track.performance().unwrap();
        self.expect(
            what,
            [
                figures.annual_return,
                figures.volatility,
                figures.sharpe,
                figures.sortino,
                figures.max_drawdown,
                figures.calmar,
                figures.value_at_risk,
                figures.conditional_value_at_risk,
                figures.turnover,
                figures.costs_paid,
            ],
        );
    }
}

#[test]
fn back_tests_from_c_are_rusts_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let path = host.path("backtest.bin");
    let said = host.run("backtest", &[&path.display().to_string()]);
    assert_eq!(said, "backtest: ok\n");
    let bytes = std::fs::read(path).unwrap();
    let (words, rest) = bytes.as_chunks::<8>();
    assert!(rest.is_empty());
    let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let mut written = Written(words.into_iter());

    let policy = policy();
    let start = NaiveDate::from_epoch_days(10_000).unwrap();
    let table = Arc::new(parameters().prices(BARS, start, 3).unwrap());
    let market = test_bars(table, 300..=BARS - 1, 252, 0.0).unwrap();
    let env = EnvConfig {
        costs: Costs {
            cost_rate: 0.002,
            ..Costs::default()
        },
        ..EnvConfig::default()
    };
    let plain = run_policy("policy", &policy, Arc::clone(&market), &env).unwrap();
    written.expect_track("policy", &plain);
    let risk = report_risk(policy.spec());
    let managed = run_managed("policy", &policy, &market, &EnvConfig::default(), &risk).unwrap();
    written.expect_track("managed", &managed.track);
    written.expect("leverage", managed.leverage);
    written.expect("hedge", managed.hedge);
    let bootstrap = BlockBootstrap {
        draws: 200,
        ..BlockBootstrap::default()
    };
    for baseline in Baseline::ALL {
        let track = run_one(baseline, &market, &EnvConfig::default(), 20).unwrap();
        written.expect_track(baseline.name(), &track);
        let interval = bootstrap
            .sharpe_difference(
                &plain.excess_returns(),
                &track.excess_returns(),
                BarsPerYear::DAILY,
            )
            .unwrap();
        written.expect("interval", [interval.median, interval.low, interval.high]);
    }
    let prior = untrained(&policy).unwrap().unwrap();
    let prior = run_policy("prior", &prior, Arc::clone(&market), &env).unwrap();
    written.expect_track("prior", &prior);
    assert!(written.0.next().is_none());
}

/// The simulation of tests/c/backtest.c.
fn parameters() -> SimulatedParameters {
    SimulatedParameters::Gbm(GbmParameters {
        assets: ["A", "B", "C", "D"].map(String::from).to_vec(),
        drift: vec![0.02, 0.05, 0.08, 0.11],
        covariance: vec![
            vec![0.04, 0.01, 0.01, 0.01],
            vec![0.01, 0.0625, 0.01, 0.01],
            vec![0.01, 0.01, 0.09, 0.02],
            vec![0.01, 0.01, 0.02, 0.1225],
        ],
        cash_rate: 0.01,
        bars_per_year: BarsPerYear::DAILY,
    })
}

/// The policy of tests/c/backtest.c.
fn policy() -> Policy {
    let action = serde_json::json!({
        "cash": true,
        "prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 252}},
        "trade_band": 0.05,
    });
    let action: ActionSpec = serde_json::from_value(action).unwrap();
    let spec = PolicySpec {
        assets: ["A", "B", "C", "D"].map(String::from).to_vec(),
        state: StateSpec::base(4),
        action,
        network: NetworkSpec::Scorer { hidden: vec![16] },
    };
    let values = initial_values(&spec, -1.2, 20.0, 0);
    let normalizer = ObservationNormalizer::new(&spec);
    let provenance = [("seed".to_string(), 0.into())].into_iter().collect();
    Policy::new(spec, normalizer, values, provenance).unwrap()
}
