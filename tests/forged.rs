//! Checkpoints and snapshots of environments that somebody wrote by hand, checksum and all: refused by name, or gone on
//! from, but never a defect; and a refused snapshot leaves the environments as they were.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ppo_risk::Error;
use ppo_risk::env::{BatchEnvironment, EnvConfig};
use ppo_risk::market::simulate::{RegimeParameters, SimulatedParameters};
use ppo_risk::market::source::digest_of;
use ppo_risk::market::state::StateSpec;
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{Market, prior::Prior};
use ppo_risk::policy::spec::ActionSpec;
use serde_json::{Value, json};
use std::sync::Arc;

const ASSETS: usize = 2;

/// Every value that a number of `value` is put to in turn, with its path.
fn forgeries(value: &Value, path: &str, forged: &mut Vec<(String, Value)>, put: &dyn Fn(Value) -> Value) {
    let numbers = [
        json!(u64::MAX),
        json!(1_u64 << 62),
        json!(41),
        json!(0),
        json!(-1.0),
        json!(1e308),
        json!(null),
    ];
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let put = |inner: Value| {
                    let mut map = map.clone();
                    map.insert(key.clone(), inner);
                    put(Value::Object(map))
                };
                forgeries(inner, &format!("{path}.{key}"), forged, &put);
            }
        }
        Value::Array(list) => {
            // Another length, and the first element's kind stands for all.
            for other in [Vec::new(), list.iter().chain(list.first()).cloned().collect()] {
                forged.push((
                    format!("{path} of length {}", other.len()),
                    put(Value::Array(other)),
                ));
            }
            if let Some(inner) = list.first() {
                let put = |inner: Value| {
                    let mut list = list.clone();
                    list[0] = inner;
                    put(Value::Array(list))
                };
                forgeries(inner, &format!("{path}[0]"), forged, &put);
            }
        }
        Value::Number(_) => {
            forged.extend(
                numbers
                    .into_iter()
                    .map(|number| (format!("{path} = {number}"), put(number))),
            );
        }
        _ => forged.push((path.to_string(), put(json!(7)))),
    }
}

fn all(value: &Value) -> Vec<(String, Value)> {
    let mut forged = Vec::new();
    forgeries(value, "", &mut forged, &|value| value);
    forged
}

fn state() -> StateSpec {
    StateSpec {
        window: 5,
        account: true,
        ..StateSpec::base(ASSETS)
    }
}

fn action() -> ActionSpec {
    ActionSpec {
        prior: Prior::InverseVolatility { lookback: Some(10) },
        ..ActionSpec::default()
    }
}

fn markets() -> [Arc<dyn Market>; 2] {
    let parameters = SimulatedParameters::RegimeSwitching(RegimeParameters::default_assets(ASSETS));
    let start = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let prices = Arc::new(parameters.prices(60, start, 1).unwrap());
    let table = TableMarket::new(prices, 0..=59, 10, 0.0).unwrap();
    [parameters.market().unwrap(), Arc::new(table)]
}

#[test]
fn a_forged_snapshot_is_no_defect() {
    for market in markets() {
        let config = EnvConfig {
            episode_len: 20,
            ..EnvConfig::default()
        };
        let mut batch = BatchEnvironment::new(&config, &state(), &action(), market, 3, 0, 2).unwrap();
        let weights = [1.0 / 3.0; 6];
        for _ in 0..7 {
            batch.step_weights(&weights).unwrap();
        }
        let whole = batch.to_bytes().unwrap();
        let body: Value = serde_json::from_slice(&whole[16..]).unwrap();
        let forged = all(&body);
        assert!(forged.len() > 200, "{}", forged.len());
        let mut refused = 0;
        for (what, value) in forged {
            let body = serde_json::to_vec(&value).unwrap();
            let bytes = [&whole[..8], &digest_of([&body]).to_le_bytes(), &body].concat();
            match batch.restore_bytes(&bytes) {
                // What can be gone on from goes on.
                Ok(()) => {
                    for _ in 0..50 {
                        if batch.step_weights(&weights).is_err() {
                            break;
                        }
                    }
                    batch.restore_bytes(&whole).unwrap();
                }
                Err(error) => {
                    assert!(
                        matches!(error, Error::Invalid { .. } | Error::Memory { .. }),
                        "{what}: {error}"
                    );
                    assert!(batch.to_bytes().unwrap() == whole, "{what} moved something");
                    refused += 1;
                }
            }
        }
        assert!(refused > 100, "only {refused} were refused");
    }
}

#[cfg(feature = "train")]
mod checkpoints {
    use super::*;
    use ppo_risk::policy::file::{self, Extras, Tensor, Values};
    use ppo_risk::policy::spec::{NetworkSpec, PolicySpec};
    use ppo_risk::train::{Experience, TrainConfig, Trainer};
    use serde_json::Map;

    fn trainer(market: Arc<dyn Market>) -> Trainer {
        let mut config = TrainConfig {
            threads: 1,
            total_steps: 64,
            ..TrainConfig::default()
        };
        (config.ppo.n_envs, config.ppo.n_steps, config.ppo.batch_size) = (2, 16, 16);
        config.ppo.n_epochs = 1;
        config.env.episode_len = 20;
        let spec = PolicySpec {
            assets: vec!["A".into(), "B".into()],
            state: state(),
            action: action(),
            network: NetworkSpec::Scorer { hidden: vec![4] },
        };
        Trainer::new(config, spec, market).unwrap()
    }

    #[test]
    fn a_forged_checkpoint_is_no_defect() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        for market in markets() {
            let mut whole = trainer(Arc::clone(&market));
            whole.update().unwrap();
            whole.save_checkpoint(&path, Map::new()).unwrap();
            let (policy, extras) = file::load(&path).unwrap();
            let metadata: Value = serde_json::from_str(&extras.metadata["checkpoint"]).unwrap();
            let Values::U8(blocks) = &extras.tensors["environments"].values else {
                panic!("environments are bytes");
            };
            let blocks: Value = serde_json::from_slice(blocks).unwrap();
            let with_metadata = |value: &Value| {
                let mut extras = extras.clone();
                extras.metadata.insert("checkpoint".into(), value.to_string());
                extras
            };
            let with_blocks = |value: &Value| {
                let mut extras = extras.clone();
                let bytes = value.to_string().into_bytes();
                let shape = vec![bytes.len()];
                let values = Values::U8(bytes);
                extras
                    .tensors
                    .insert("environments".into(), Tensor { shape, values });
                extras
            };
            let cases = all(&metadata)
                .into_iter()
                .map(|(what, value)| (what, with_metadata(&value)));
            let cases: Vec<(String, Extras)> = cases
                .chain(
                    all(&blocks)
                        .into_iter()
                        .map(|(what, value)| (what, with_blocks(&value))),
                )
                .collect();
            assert!(cases.len() > 300, "{}", cases.len());
            let mut refused = 0;
            for (what, extras) in cases {
                file::save(&path, &policy, &extras).unwrap();
                let market = Arc::clone(&market);
                match Trainer::resume_on(&path, |_, _| Ok(Experience::Market(market))) {
                    Ok(mut trainer) if trainer.config().ppo.rollout_len() <= 4096 => {
                        // Going on may fail, as long as it says so.
                        let _ = trainer.update();
                    }
                    Ok(_) => (),
                    Err(error) => {
                        assert!(!error.to_string().is_empty(), "{what}");
                        refused += 1;
                    }
                }
            }
            assert!(refused > 100, "only {refused} were refused");
        }
    }
}
