//! One trainer configuration for every problem, and the states a trained policy meets.

use ppo_risk::env::reward::RewardMode;
use ppo_risk::env::{BatchEnvironment, ControlVariate, EnvConfig};
use ppo_risk::market::Market;
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::rl::config::{PpoConfig, Schedule};
use ppo_risk::train::{DeviceChoice, TrainConfig, Trainer};
use std::ops::ControlFlow;
use std::sync::Arc;

/// A market, what is rewarded in it, and which choices there are.
pub(crate) struct Problem {
    pub(crate) market: Arc<dyn Market>,
    pub(crate) reward: RewardMode,
    pub(crate) episode_len: usize,
    /// Discount. Where trading is free and nothing an action does outlives its step, the best policy is the same at
    /// any discount, and at 0 the problem is the one it is meant to be: one step.
    pub(crate) gamma: f64,
    /// Whether cash is one of the choices.
    pub(crate) cash: bool,
}

impl Problem {
    /// The policy's spec: 2 x 64 tanh, for the policy and for its value, on the base state and the market's columns.
    pub(crate) fn spec(&self, distribution: Distribution) -> PolicySpec {
        let shape = self.market.shape();
        PolicySpec {
            assets: (0..shape.assets).map(|i| format!("asset {i}")).collect(),
            state: StateSpec {
                window: 2,
                columns: (0..shape.columns).map(|i| format!("column {i}")).collect(),
                ..StateSpec::base(shape.assets)
            },
            action: ActionSpec {
                distribution,
                cash: self.cash,
                ..ActionSpec::default()
            },
            network: NetworkSpec::Mlp {
                hidden: vec![64, 64],
                activation: Activation::Tanh,
                shared_trunk: false,
            },
        }
    }

    /// The one committed configuration; only the seed differs, and what belongs to the problem: its market, reward,
    /// horizon and discount.
    pub(crate) fn config(&self, seed: u64) -> TrainConfig {
        TrainConfig {
            seed,
            total_steps: 2_400_000,
            threads: 1,
            device: DeviceChoice::Cpu,
            ppo: PpoConfig {
                n_envs: 512,
                n_steps: 16,
                batch_size: 2048,
                n_epochs: 4,
                learning_rate: 1e-3,
                learning_rate_schedule: Schedule::Linear,
                gamma: self.gamma,
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
    pub(crate) fn train(&self, distribution: Distribution, seed: u64) -> Policy {
        let spec = self.spec(distribution);
        let mut trainer =
            Trainer::new(self.config(seed), spec, Arc::clone(&self.market)).expect("the problem is valid");
        trainer
            .train(|stats| {
                assert_eq!(
                    stats.skipped_minibatches, 0,
                    "non-finite loss at update {}",
                    stats.update
                );
                assert!(
                    stats.first_ratio_error < 1e-5,
                    "ratio off by {}",
                    stats.first_ratio_error
                );
                ControlFlow::Continue(())
            })
            .expect("training runs through");
        trainer
            .policy(serde_json::Map::new())
            .expect("the policy is finite")
    }

    /// The states that the policy's deterministic actions lead to, in `count` environments over `steps` steps, and
    /// the weights chosen there.
    pub(crate) fn visit(&self, policy: &Policy, count: usize, steps: usize, seed: u64) -> Vec<Visit> {
        let spec = policy.spec();
        let config = EnvConfig {
            control_variate: ControlVariate::None,
            ..self.config(seed).env
        };
        let market = Arc::clone(&self.market);
        let mut batch = BatchEnvironment::new(&config, &spec.state, &spec.action, market, seed, 0, count)
            .expect("the problem is valid");
        let (state_len, action_len) = (spec.state.len(), spec.action_len());
        let mut workspace = Workspace::new(spec);
        let mut visits = Vec::with_capacity(count * steps);
        let mut actions = vec![0.0_f32; count * action_len];
        for _ in 0..steps {
            for (state, action) in batch
                .states()
                .chunks(state_len)
                .zip(actions.chunks_mut(action_len))
            {
                let mut weights = vec![0.0; action_len];
                policy
                    .weights(state, None, &mut workspace, &mut weights)
                    .expect("states are finite");
                for (action, &weight) in action.iter_mut().zip(&weights) {
                    // Scores whose softmax are the weights, or the weights themselves.
                    let share = weight.max(1e-9) as f32;
                    *action = match spec.action.distribution {
                        Distribution::Gaussian => share.ln(),
                        Distribution::Dirichlet => share,
                    };
                }
                visits.push(Visit {
                    state: state.to_vec(),
                    weights,
                });
            }
            batch.step(&actions, None).expect("actions are finite");
        }
        visits
    }
}

/// A state and the deterministic weights there.
pub(crate) struct Visit {
    pub(crate) state: Vec<f32>,
    pub(crate) weights: Vec<f64>,
}

impl Visit {
    /// The values of the caller's columns.
    pub(crate) fn columns(&self, problem: &Problem) -> &[f32] {
        &self.state[self.state.len() - problem.market.shape().columns..]
    }
}
