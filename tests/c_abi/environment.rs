//! Environments stepped by a C program, replayed here to the last bit.

use crate::toolchain::{Host, has};
use chrono::NaiveDate;
use ndarray::Array2;
use ppo_risk::env::{BatchEnvironment, ControlVariate, EnvConfig};
use ppo_risk::market::prices::PriceTable;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::simulate::business_days;
use ppo_risk::market::state::{StateBuilder, StateSpec};
use ppo_risk::market::table::TableMarket;
use ppo_risk::policy::spec::ActionSpec;
use std::sync::Arc;

const BARS: usize = 400;
const ASSETS: usize = 5;
const COUNT: usize = 8;
const ACTIONS: usize = COUNT * (ASSETS + 1);
const STEPS: usize = 500;

/// What the C program wrote, from front to back.
struct Written<'a>(&'a [u8]);

impl Written<'_> {
    fn take<const SIZE: usize, T>(&mut self, count: usize, value: fn([u8; SIZE]) -> T) -> Vec<T> {
        let (front, rest) = self.0.split_at(count * SIZE);
        self.0 = rest;
        let chunks = front.chunks_exact(SIZE);
        chunks.map(|chunk| value(chunk.try_into().unwrap())).collect()
    }

    fn doubles(&mut self, count: usize) -> Vec<f64> {
        self.take(count, f64::from_le_bytes)
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        self.take(count, f32::from_le_bytes)
    }

    fn are_doubles<'v>(&mut self, what: &str, expected: impl IntoIterator<Item = &'v f64>) {
        let expected: Vec<u64> = expected.into_iter().map(|value| value.to_bits()).collect();
        let found: Vec<u64> = self
            .doubles(expected.len())
            .iter()
            .map(|value| value.to_bits())
            .collect();
        assert_eq!(found, expected, "{what}");
    }

    fn are_floats(&mut self, what: &str, expected: &[f32]) {
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&self.floats(expected.len())), bits(expected), "{what}");
    }
}

/// The environments of tests/c/environment.c, made of the crate's own parts.
fn environments(closes: Vec<f64>, wave: Vec<f64>) -> BatchEnvironment {
    let start = NaiveDate::from_ymd_opt(2000, 1, 3).unwrap();
    let names = ["V", "W", "X", "Y", "Z"].map(String::from).to_vec();
    let close = Array2::from_shape_vec((BARS, ASSETS), closes).unwrap();
    let wave = Array2::from_shape_vec((BARS, 1), wave).unwrap();
    let table = PriceTable::new(business_days(BARS, start).unwrap(), names, close)
        .and_then(|table| table.with_columns(vec!["wave".to_string()], wave))
        .and_then(|table| table.with_cash_rate(vec![0.03; BARS], false))
        .unwrap();
    let state = StateSpec {
        account: true,
        columns: vec!["wave".to_string()],
        ..StateSpec::base(ASSETS)
    };
    let action = ActionSpec {
        prior: Prior::VolTarget {
            target: 0.15,
            half_life: 20.0,
            lookback: Some(60),
        },
        trade_band: 0.02,
        weight_cap: 0.6,
        ..ActionSpec::default()
    };
    let config = EnvConfig {
        episode_len: 60,
        control_variate: ControlVariate::PriorPath,
        ..EnvConfig::default()
    };
    let warm_up = StateBuilder::new(&state, action.prior, action.cash)
        .unwrap()
        .warm_up_bars();
    let market = TableMarket::new(Arc::new(table), 100..=300, warm_up, 0.0).unwrap();
    BatchEnvironment::new(&config, &state, &action, Arc::new(market), 9, 3, COUNT).unwrap()
}

#[test]
fn c_steps_what_rust_steps_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let file = host.path("environment.bin");
    let folder = host.folder.path().display().to_string();
    let arguments = [&file.display().to_string(), &folder, &STEPS.to_string()];
    let said = host.run("environment", &arguments.map(String::as_str));
    assert_eq!(said, "environment: ok\n");
    let bytes = std::fs::read(file).unwrap();
    let mut written = Written(&bytes);
    let closes = written.doubles(BARS * ASSETS);
    let wave = written.doubles(BARS);
    let mut batch = environments(closes, wave);
    let mut ended = 0;
    for t in 0..STEPS {
        let step = if t % 2 == 0 {
            batch.step(&written.floats(ACTIONS), None)
        } else {
            batch.step_weights(&written.doubles(ACTIONS))
        };
        let step = step.unwrap().clone();
        written.are_doubles("rewards", &step.rewards);
        written.are_doubles("raw rewards", &step.raw_rewards);
        let details = batch.details();
        written.are_doubles("net returns", details.iter().map(|step| &step.net_return));
        written.are_doubles("turnovers", details.iter().map(|step| &step.turnover));
        written.are_doubles("costs", details.iter().map(|step| &step.cost));
        for (what, expected) in [("terminated", &step.terminated), ("truncated", &step.truncated)] {
            let expected: Vec<u8> = expected.iter().map(|flag| u8::from(*flag)).collect();
            assert_eq!(
                written.take(COUNT, u8::from_le_bytes),
                expected,
                "{what}, step {t}"
            );
        }
        written.are_floats("states", batch.states());
        written.are_floats("final states", &step.final_states);
        let mut prior = vec![0.0; ACTIONS];
        batch.prior_weights(&mut prior).unwrap();
        written.are_doubles("prior", &prior);
        let accounts = || batch.accounts();
        let values: Vec<f64> = accounts().map(|account| account.value()).collect();
        let drawdowns: Vec<f64> = accounts().map(|account| account.view().drawdown).collect();
        let weights = accounts().flat_map(|account| [account.weights(), &[account.cash()]].concat());
        let weights: Vec<f64> = weights.collect();
        written.are_doubles("values", &values);
        written.are_doubles("drawdowns", &drawdowns);
        written.are_doubles("weights held", &weights);
        ended += step.truncated.iter().filter(|flag| **flag).count();
    }
    let episodes = batch.take_episodes();
    assert_eq!((ended, episodes.len()), (COUNT * (STEPS / 60), ended));
    for episode in episodes {
        let (growth, steps) = (episode.log_growth, episode.steps as f64);
        let expected = [episode.reward_sum, growth, episode.turnover, episode.cost, steps];
        written.are_doubles("an episode", &expected);
    }
    assert!(written.0.is_empty());
}
