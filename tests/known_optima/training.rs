//! One trainer configuration for every problem, and the states a trained policy meets.

use ppo_risk::env::{BatchEnvironment, ControlVariate, EnvConfig};
use ppo_risk::env::reward::RewardMode;
use ppo_risk::market::Market;
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::rl::config::{PpoConfig, Schedule};
use ppo_risk::train::{DeviceChoice, TrainConfig, Trainer};
use std::ops::ControlFlow;
use std::sync::Arc;

/// A market, what is rewarded in it, and which choices there are.
pub struct Problem {
    pub market: Arc<dyn Market>,
    pub reward: RewardMode,
    pub episode_len: usize,
    /// Discount. Where trading is free and nothing an action does outlives its step, the best policy is the same at
    /// any discount, and at 0 the problem is the one it is meant to be: one step.
    pub gamma: f64,
    /// Whether cash is one of the choices.
    pub cash: bool,
}

impl Problem {
    /// The policy's spec: 2 x 64 tanh on the base state and the market's columns.
    pub fn spec(&self, distribution: Distribution) -> PolicySpec {
        let shape = self.market.shape();
        PolicySpec {
            assets: (0..shape.assets).map(|i| format!("asset {i}")).collect(),
            state: StateSpec {
                assets: shape.assets,
                window: 2,
                account: false,
                columns: (0..shape.columns).map(|i| format!("column {i}")).collect(),
            },
            action: ActionSpec { distribution, cash: self.cash, ..ActionSpec::default() },
            network: NetworkSpec::Mlp {
                hidden: vec![64, 64],
                activation: Activation::Tanh,
                shared_trunk: ev("SEP", 0.0) == 0.0,
            },
        }
    }

    /// The one committed configuration; only the seed differs.
    pub fn config(&self, seed: u64) -> TrainConfig {
        TrainConfig {
            seed,
            total_steps: ev("STEPS", 1_200_000.0) as u64,
            threads: 1,
            device: DeviceChoice::Cpu,
            ppo: PpoConfig {
                n_envs: ev("NENVS", 512.0) as usize,
                n_steps: ev("NSTEPS", 16.0) as usize,
                batch_size: ev("BATCH", 2048.0) as usize,
                n_epochs: ev("EPOCHS", 4.0) as usize,
                gamma: self.gamma, gae_lambda: ev("LAMBDA", 0.95), vf_coef: ev("VF", 0.5), clip_range: ev("CLIP", 0.2), max_grad_norm: ev("GN", 0.5), log_std_init: ev("LS", -1.2), kappa_init: ev("KAPPA", 20.0), learning_rate: ev("LR", 1e-3),
                learning_rate_schedule: Schedule::Linear,
                ..PpoConfig::default()
            },
            env: EnvConfig {
                cost_rate: 0.0,
                episode_len: self.episode_len,
                reward: self.reward,
                control_variate: ControlVariate::SelfCritical,
                ..EnvConfig::default()
            },
        }
    }

    /// Trains one policy to the end.
    pub fn train(&self, distribution: Distribution, seed: u64) -> Policy {
        let spec = self.spec(distribution);
        let mut trainer =
            Trainer::new(self.config(seed), spec, Arc::clone(&self.market)).expect("the problem is valid");
        trainer
            .train(|stats| {
                assert_eq!(stats.skipped_minibatches, 0, "non-finite loss at update {}", stats.update);
                assert!(stats.first_ratio_error < 1e-5, "ratio off by {}", stats.first_ratio_error);
                if std::env::var_os("TRACE").is_some() && stats.update % 10 == 0 { eprintln!("u {} std {:.3} kl {:.4} clip {:.3} ev {:.3} vl {:.4} gn {:.3} er {:.4}", stats.update, stats.std, stats.approx_kl, stats.clip_fraction, stats.explained_variance, stats.value_loss, stats.grad_norm, stats.episode_reward); }
                ControlFlow::Continue(())
            })
            .expect("training runs through");
        trainer.policy(serde_json::Map::new()).expect("the policy is finite")
    }

    /// The states that the policy's deterministic actions lead to, in `count` environments over `steps` steps, and
    /// the weights chosen there.
    pub fn visit(&self, policy: &Policy, count: usize, steps: usize, seed: u64) -> Vec<Visit> {
        let spec = policy.spec();
        let config = EnvConfig { control_variate: ControlVariate::None, ..self.config(seed).env };
        let market = Arc::clone(&self.market);
        let mut batch = BatchEnvironment::new(&config, &spec.state, &spec.action, market, seed, 0, count)
            .expect("the problem is valid");
        let (state_len, action_len) = (spec.state.len(), spec.action_len());
        let mut workspace = Workspace::new(spec);
        let mut visits = Vec::with_capacity(count * steps);
        let mut actions = vec![0.0_f32; count * action_len];
        for _ in 0..steps {
            for (state, action) in batch.states().chunks(state_len).zip(actions.chunks_mut(action_len)) {
                let mut weights = vec![0.0; action_len];
                policy.weights(state, None, &mut workspace, &mut weights).expect("states are finite");
                for (action, &weight) in action.iter_mut().zip(&weights) {
                    // Scores whose softmax are the weights, or the weights themselves.
                    let share = weight.max(1e-9) as f32;
                    *action = match spec.action.distribution {
                        Distribution::Gaussian => share.ln(),
                        Distribution::Dirichlet => share,
                    };
                }
                visits.push(Visit { state: state.to_vec(), weights });
            }
            batch.step(&actions, None).expect("actions are finite");
        }
        visits
    }
}

/// A state and the deterministic weights there.
pub struct Visit {
    pub state: Vec<f32>,
    pub weights: Vec<f64>,
}

impl Visit {
    /// The values of the caller's columns.
    pub fn columns(&self, problem: &Problem) -> &[f32] {
        &self.state[self.state.len() - problem.market.shape().columns..]
    }
}

fn ev(n: &str, d: f64) -> f64 { std::env::var(n).map_or(d, |v| v.parse().unwrap()) }
