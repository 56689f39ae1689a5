//! Every count that a host chooses, at sizes that no machine has memory for: an answer, never a defect and never the end
//! of the host. Where JSON has counts, its own defaults say which.

use crate::toolchain::{Host, has, said};
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::portfolio::PortfolioConfig;
use ppo_risk::risk::manager::RiskConfig;
use ppo_risk::train::TrainConfig;
use serde_json::{Value, json};
use std::fs;

const COUNTS: [u64; 5] = [1 << 24, 1 << 32, 1 << 60, 1 << 61, u64::MAX];

/// What tests/c/sizes.c makes of a number.
const SIZED: [&str; 23] = [
    "n_envs",
    "n_steps",
    "batch_size",
    "n_epochs",
    "total_steps",
    "episode_len",
    "n_envs and n_steps",
    "ppo_market_simulate_prices",
    "ppo_market_fit_regimes",
    "ppo_market_select",
    "ppo_env_new",
    "ppo_env_new_from_spec",
    "ppo_select_actions",
    "ppo_select_actions_threads",
    "ppo_prices.bars",
    "ppo_prices.assets",
    "ppo_prices.columns",
    "risk_atr_new, assets",
    "risk_atr_new, bars",
    "risk_limits_new",
    "risk_manager_new",
    "risk_positions_new",
    "ppo_random_new",
];

/// Counts that take no memory: any number is one.
const FREE: [&str; 10] = [
    "atr_bars",
    "total_steps",
    "episode_len",
    "half_life",
    "n_epochs",
    "risk_atr_new, bars",
    "ppo_random_new",
    "ppo_select_actions_threads",
    "seed",
    "block",
];

/// Every way to put `count` in the place of one whole number of `value`, with the number's key.
fn with_count(value: &Value, count: u64) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if inner.is_u64() {
                    let mut other = map.clone();
                    other.insert(key.clone(), json!(count));
                    changed.push((key.clone(), Value::Object(other)));
                }
                for (name, inner) in with_count(inner, count) {
                    let mut other = map.clone();
                    other.insert(key.clone(), inner);
                    changed.push((name, Value::Object(other)));
                }
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                if inner.is_u64() {
                    let mut other = list.clone();
                    other[i] = json!(count);
                    changed.push(("element".to_string(), Value::Array(other)));
                }
            }
        }
        _ => (),
    }
    changed
}

/// JSON that tests/c/sizes.c makes something of.
fn documents() -> Vec<(&'static str, Value)> {
    let value = |config: serde_json::Result<Value>| config.unwrap();
    let mut train = value(serde_json::to_value(TrainConfig::default()));
    train["threads"] = json!(1);
    (train["ppo"]["n_envs"], train["ppo"]["n_steps"]) = (json!(4), json!(16));
    (train["ppo"]["batch_size"], train["ppo"]["n_epochs"]) = (json!(16), json!(1));
    let mut rolling = value(serde_json::to_value(RiskConfig::default()));
    rolling["volatility"] = json!({"rolling": {"bars": 20}});
    let spec = |action: Value, network: Value| {
        json!({"assets": ["A", "B"], "state": {"assets": 2, "window": 20, "account": false, "columns": []},
               "action": action, "network": network})
    };
    let blocks = BlockBootstrap {
        block: Some(21),
        ..BlockBootstrap::default()
    };
    vec![
        ("train", train),
        ("risk", value(serde_json::to_value(RiskConfig::default()))),
        ("risk", rolling),
        (
            "portfolio",
            value(serde_json::to_value(PortfolioConfig::default())),
        ),
        ("compare", value(serde_json::to_value(blocks))),
        (
            "spec",
            spec(
                json!({"prior": {"inverse_volatility": {"lookback": 252}}}),
                json!({"scorer": {"hidden": [8, 8]}}),
            ),
        ),
        (
            "spec",
            spec(
                json!({"prior": {"vol_target": {"target": 0.15, "half_life": 20, "lookback": 252}}}),
                json!({"mlp": {"hidden": [8, 8], "activation": "tanh", "shared_trunk": true}}),
            ),
        ),
    ]
}

#[test]
fn no_size_is_a_defect_or_the_end_of_the_host() {
    if !has("cc", "C programs") {
        return;
    }
    let mut cases = Vec::new();
    for count in COUNTS {
        cases.extend(SIZED.map(|what| (what.to_string(), what.to_string(), count, count.to_string())));
        for (what, document) in documents() {
            for (key, changed) in with_count(&document, count) {
                cases.push((what.to_string(), key, count, changed.to_string()));
            }
        }
    }
    assert!(cases.len() > 250, "only {} cases", cases.len());
    let host = Host::new();
    let lines: String = cases
        .iter()
        .map(|(what, _, _, given)| format!("{what}\t{given}\n"))
        .collect();
    fs::write(host.path("cases"), lines).unwrap();
    let program = host.compile("sizes", &["sizes.c"]);
    let said = said(&program, &[&host.path("cases").display().to_string()]);
    let answers: Vec<&str> = said.lines().collect();
    assert_eq!(answers.len(), cases.len(), "{said}");
    let mut wrong = Vec::new();
    for ((_, key, count, _), answer) in cases.iter().zip(&answers) {
        let status = answer.rsplit('\t').next().unwrap();
        let free = FREE.contains(&key.as_str()) || *count < 1 << 32;
        let refused = status.starts_with("PPO_ERR_") && status != "PPO_ERR_PANIC";
        let built = cfg!(feature = "train") || status != "PPO_ERR_NOT_BUILT";
        if !(refused || free && status == "PPO_OK") || !built && key == "ppo_env_new" {
            wrong.push(*answer);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(
        said.contains("PPO_ERR_OUT_OF_MEMORY"),
        "nothing was out of memory: {said}"
    );
}
