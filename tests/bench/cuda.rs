//! `make cuda`: training on a GPU. Prints
//! * `cuda_policy_difference`: largest difference of a parameter after one update on the GPU to the same on the CPU, the worst
//!   of the networks and distributions; it must be at most 1e-4,
//! * `cuda_env_steps_per_s_N`, `cpu_env_steps_per_s_N`: decisions a second of training with N environments (64, 1,024 and
//!   16,384) of 64 steps, in 4 minibatches of each of 4 epochs, 2 x 256 tanh, 10 assets; rollout and update counted,
//!
//! and fails where there is no such device. The card's name is on standard error.

#![allow(clippy::unwrap_used, reason = "a measurement that fails may panic")]

use ppo_risk::market::Market;
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::train::config::DeviceChoice;
use ppo_risk::train::{TrainConfig, Trainer};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

const MOST_DIFFERENCE: f64 = 1e-4;

/// How long each rate is measured, after one update that is not.
const SPAN: Duration = Duration::from_secs(6);

fn main() -> ExitCode {
    if !tch::Cuda::is_available() {
        eprintln!(
            "make cuda: this libtorch offers no CUDA device. Expected: LIBTORCH is a CUDA build of libtorch 2.11.0 (or \
             LIBTORCH_USE_PYTORCH=1 and PyTorch 2.11.0 is installed), on a machine with a card"
        );
        return ExitCode::FAILURE;
    }
    let card = Command::new("nvidia-smi")
        .args(["--query-gpu=name", "--format=csv,noheader"])
        .output();
    eprintln!(
        "{}",
        card.map_or_else(
            |error| error.to_string(),
            |card| String::from_utf8_lossy(&card.stdout).trim().to_string()
        )
    );

    let mlp = NetworkSpec::Mlp {
        hidden: vec![256, 256],
        activation: Activation::Tanh,
        shared_trunk: true,
    };
    let scorer = NetworkSpec::Scorer { hidden: vec![32, 32] };
    let mut worst = 0.0_f64;
    for network in [&mlp, &scorer] {
        for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
            let after = |device| {
                let mut trainer = trainer(spec(network.clone(), distribution), 64, device);
                trainer.update().unwrap();
                let policy = trainer.policy(serde_json::Map::new()).unwrap();
                policy.network().parameters().to_vec()
            };
            let (gpu, cpu) = (after(DeviceChoice::Cuda), after(DeviceChoice::Cpu));
            let off = gpu.iter().zip(&cpu).map(|(a, b)| f64::from((a - b).abs()));
            worst = off.fold(worst, f64::max);
        }
    }
    println!("cuda_policy_difference {worst:.2e}");
    for n_envs in [64, 1024, 16384] {
        for (name, device) in [("cuda", DeviceChoice::Cuda), ("cpu", DeviceChoice::Cpu)] {
            let rate = rate(trainer(spec(mlp.clone(), Distribution::Gaussian), n_envs, device));
            println!("{name}_env_steps_per_s_{n_envs} {rate:.0}");
        }
    }
    match worst <= MOST_DIFFERENCE {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!(
                "make cuda: cuda_policy_difference is {worst:.2e}, expected at most {MOST_DIFFERENCE:e}"
            );
            ExitCode::FAILURE
        }
    }
}

fn spec(network: NetworkSpec, distribution: Distribution) -> PolicySpec {
    PolicySpec {
        assets: (0..10).map(|asset| format!("A{asset}")).collect(),
        state: StateSpec::base(10),
        action: ActionSpec {
            distribution,
            ..ActionSpec::default()
        },
        network,
    }
}

fn trainer(spec: PolicySpec, n_envs: usize, device: DeviceChoice) -> Trainer {
    let parameters = GbmParameters {
        assets: spec.assets.clone(),
        ..GbmParameters::default_assets(10)
    };
    let market: Arc<dyn Market> = SimulatedParameters::Gbm(parameters).market().unwrap();
    let mut config = TrainConfig {
        device,
        seed: 1,
        total_steps: 1 << 40,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..TrainConfig::default()
    };
    config.ppo.n_envs = n_envs;
    config.ppo.n_steps = 64;
    config.ppo.n_epochs = 4;
    config.ppo.batch_size = n_envs * 64 / 4;
    Trainer::new(config, spec, market).unwrap()
}

fn rate(mut trainer: Trainer) -> f64 {
    trainer.update().unwrap();
    let (began, before) = (Instant::now(), trainer.progress().env_steps);
    while began.elapsed() < SPAN {
        trainer.update().unwrap();
    }
    (trainer.progress().env_steps - before) as f64 / began.elapsed().as_secs_f64()
}
