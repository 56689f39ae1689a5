//! Decisions a second of training, rollout and update counted, and the ratio to Stable-Baselines3.

use crate::acting;
use ppo_risk::env::EnvConfig;
use ppo_risk::market::simulate::{Gbm, GbmParameters};
use ppo_risk::rl::config::PpoConfig;
use ppo_risk::train::{DeviceChoice, TrainConfig, Trainer};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

/// Updates of one timing, and how many timings there are; the median counts.
const UPDATES: usize = 4;
const REPEATS: usize = 7;

/// Prints `train_env_steps_per_s`: 10 assets, episodes of 252 bars, 64 environments x 64 steps, batch 1024, 4
/// epochs, 2 x 256 tanh, two threads. Where the environment variable PEERS names a program whose `train` prints
/// `sb3_env_steps_per_s N ...` lines, also `train_vs_sb3`, ours over the best of them, in the same run.
pub(crate) fn figures() {
    let market = Gbm::new(GbmParameters::default_assets(10)).expect("default parameters are valid");
    let config = TrainConfig {
        total_steps: 1 << 40,
        threads: 2,
        device: DeviceChoice::Cpu,
        ppo: PpoConfig {
            ent_coef: 0.01,
            ..PpoConfig::default()
        },
        env: EnvConfig::default(),
        ..TrainConfig::default()
    };
    let mut trainer =
        Trainer::new(config, acting::spec(), Arc::new(market)).expect("the benchmark's settings are valid");
    trainer.update().expect("training runs");
    let mut rates: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let (start, before) = (Instant::now(), trainer.progress().env_steps);
            for _ in 0..UPDATES {
                trainer.update().expect("training runs");
            }
            (trainer.progress().env_steps - before) as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    let ours = rates[REPEATS / 2];
    println!("train_env_steps_per_s {ours:.0}");
    // The limit: the products alone, at libtorch's own rate on one thread, on both threads without a gap.
    let gflops = sgemm_gflops();
    println!("sgemm_gflops {gflops:.1}");
    println!(
        "train_products_share {:.3}",
        ours * flops_per_decision() / (2.0 * gflops * 1e9)
    );
    if let Some(best) = sb3() {
        println!("train_vs_sb3 {:.2}", ours / best);
    }
}

/// Rate of libtorch's product of [1024, 256] and [256, 256], one thread, best of many.
fn sgemm_gflops() -> f64 {
    tch::set_num_threads(1);
    let random = |rows| tch::Tensor::randn([rows, 256], (tch::Kind::Float, tch::Device::Cpu));
    let (a, b) = (random(1024), random(256));
    let seconds = (0..200)
        .map(|_| {
            let start = Instant::now();
            drop(std::hint::black_box(a.matmul(&b)));
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    2.0 * 1024.0 * 256.0 * 256.0 / seconds / 1e9
}

/// Multiplications and additions of one decision: a forward pass in the rollout and four epochs of forward and
/// backward, the latter twice a forward less the gradient of the input.
fn flops_per_decision() -> f64 {
    let (inputs, hidden, outputs) = (31.0, 256.0, 12.0);
    let forward = 2.0 * (inputs * hidden + hidden * hidden + hidden * outputs);
    forward + 4.0 * (3.0 * forward - 2.0 * inputs * hidden)
}

/// Best decisions a second of Stable-Baselines3, where it can be run.
fn sb3() -> Option<f64> {
    let program = std::env::var_os("PEERS").filter(|program| !program.is_empty())?;
    let output = Command::new(program).arg("train").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| line.strip_prefix("sb3_env_steps_per_s "))
        .filter_map(|rest| rest.split_whitespace().next()?.parse().ok())
        .max_by(f64::total_cmp)
}
