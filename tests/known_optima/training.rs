//! One trainer configuration for every problem, and the states a trained policy meets.

use ppo_risk::env::reward::RewardMode;
use ppo_risk::env::{BatchEnvironment, ControlVariate, Costs, EnvConfig, Start};
use ppo_risk::market::Market;
use ppo_risk::market::prior::Prior;
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::initial::initial_values;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use ppo_risk::policy::{Policy, Workspace};
use ppo_risk::rl::config::{PpoConfig, Schedule};
use ppo_risk::train::{DeviceChoice, Experience, TrainConfig, Trainer};
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
    /// What an episode starts with.
    pub(crate) start: Start,
    /// Exponent of prioritised trajectories.
    pub(crate) priority_alpha: f64,
    /// Cost per traded notional.
    pub(crate) cost_rate: f64,
    /// Whether cash is one of the choices.
    pub(crate) cash: bool,
    /// Whether assets may be sold short.
    pub(crate) short: bool,
    /// Largest gross exposure.
    pub(crate) max_gross: f64,
    /// What the policy corrects.
    pub(crate) prior: Prior,
    /// What the policy sees besides the market's columns.
    pub(crate) state: StateSpec,
    /// The network.
    pub(crate) network: NetworkSpec,
    /// Decisions to take.
    pub(crate) total_steps: u64,
}

impl Problem {
    /// One-step episodes of log growth with cash among the choices, 2 x 64 tanh for the policy and for its value, and
    /// 2.4M decisions.
    pub(crate) fn of(market: Arc<dyn Market>) -> Self {
        let state = StateSpec {
            window: 2,
            ..StateSpec::base(market.shape().assets)
        };
        Self {
            market,
            state,
            reward: RewardMode::LogReturn,
            episode_len: 1,
            gamma: 0.0,
            cost_rate: 0.0,
            priority_alpha: 0.0,
            start: Start::Cash,
            cash: true,
            short: false,
            max_gross: 1.0,
            prior: Prior::None,
            network: NetworkSpec::Mlp {
                hidden: vec![64, 64],
                activation: Activation::Tanh,
                shared_trunk: false,
            },
            total_steps: 2_400_000,
        }
    }

    /// The policy's spec, with the market's columns in its state.
    pub(crate) fn spec(&self, distribution: Distribution) -> PolicySpec {
        let shape = self.market.shape();
        PolicySpec {
            assets: (0..shape.assets).map(|i| format!("asset {i}")).collect(),
            state: StateSpec {
                columns: (0..shape.columns).map(|i| format!("column {i}")).collect(),
                asset_columns: (0..shape.asset_columns).map(|i| format!("own {i}")).collect(),
                ..self.state.clone()
            },
            action: ActionSpec {
                distribution,
                cash: self.cash,
                short: self.short,
                max_gross: self.max_gross,
                prior: self.prior,
                ..ActionSpec::default()
            },
            network: self.network.clone(),
        }
    }

    /// The one committed configuration; only the seed differs, and what belongs to the problem: its market, reward,
    /// horizon and discount.
    ///
    /// Chosen on signals of seven assets (volatility 25%, half-life 10 days), which no figure is about: many updates on few
    /// decisions each, in one minibatch, with large steps. The noise is the library's default.
    pub(crate) fn config(&self, seed: u64) -> TrainConfig {
        TrainConfig {
            seed,
            total_steps: self.total_steps,
            threads: 1,
            device: DeviceChoice::Cpu,
            ppo: PpoConfig {
                n_envs: 128,
                n_steps: 8,
                batch_size: 1024,
                n_epochs: 4,
                learning_rate: 3e-3,
                learning_rate_schedule: Schedule::Linear,
                gamma: self.gamma,
                priority_alpha: self.priority_alpha,
                ..PpoConfig::default()
            },
            env: EnvConfig {
                costs: Costs {
                    cost_rate: self.cost_rate,
                    ..Costs::default()
                },
                episode_len: self.episode_len,
                start: self.start,
                reward: self.reward,
                control_variate: ControlVariate::PolicyPath,
                ..EnvConfig::default()
            },
        }
    }

    /// Trains one policy to the end.
    pub(crate) fn train(&self, distribution: Distribution, seed: u64) -> Policy {
        let [policy] = self.train_by([self.total_steps], distribution, seed);
        policy
    }

    /// One training, as its policy is once so many decisions were taken, rising.
    pub(crate) fn train_by<const K: usize>(
        &self,
        steps: [u64; K],
        distribution: Distribution,
        seed: u64,
    ) -> [Policy; K] {
        let market = Experience::Market(Arc::clone(&self.market));
        let mut trainer = self.trainer(market, distribution, seed);
        steps.map(|steps| {
            run(&mut trainer, steps);
            trainer
                .policy(serde_json::Map::new())
                .expect("the policy is finite")
        })
    }

    /// Decisions until a policy is good enough, looked at every so many; all of them where it never is.
    pub(crate) fn steps_until(
        &self,
        every: u64,
        distribution: Distribution,
        seed: u64,
        is_enough: impl Fn(&Policy) -> bool,
    ) -> u64 {
        let market = Experience::Market(Arc::clone(&self.market));
        let mut trainer = self.trainer(market, distribution, seed);
        for steps in (every..=self.total_steps).step_by(every as usize) {
            run(&mut trainer, steps);
            let policy = trainer.policy(serde_json::Map::new());
            if is_enough(&policy.expect("the policy is finite")) {
                return steps;
            }
        }
        self.total_steps
    }

    /// Trains one policy to the end in other environments than those over the market.
    pub(crate) fn train_in(&self, experience: Experience, distribution: Distribution, seed: u64) -> Policy {
        let mut trainer = self.trainer(experience, distribution, seed);
        run(&mut trainer, self.total_steps);
        trainer
            .policy(serde_json::Map::new())
            .expect("the policy is finite")
    }

    fn trainer(&self, experience: Experience, distribution: Distribution, seed: u64) -> Trainer {
        let (config, spec) = (self.config(seed), self.spec(distribution));
        let values = initial_values(&spec, config.ppo.log_std_init, config.ppo.kappa_init, seed);
        let normalizer = ObservationNormalizer::new(&spec);
        let start = Policy::new(spec, normalizer, values, serde_json::Map::new()).expect("the spec is valid");
        Trainer::from_policy(config, &start, experience).expect("the problem is valid")
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
        let mut weights = vec![0.0; count * action_len];
        let mut priors = vec![0.0; count * action_len];
        for _ in 0..steps {
            batch.prior_weights(&mut priors).expect("as many as the actions");
            let rows = weights.chunks_mut(action_len).zip(priors.chunks(action_len));
            for (state, (weights, prior)) in batch.states().chunks(state_len).zip(rows) {
                let prior = (self.prior != Prior::None).then_some(prior);
                policy
                    .weights(state, prior, &mut workspace, weights)
                    .expect("states are finite");
                visits.push(Visit {
                    state: state.to_vec(),
                    weights: weights.to_vec(),
                });
            }
            batch.step_weights(&weights).expect("weights are weights");
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
    /// The values of the caller's columns, those of each asset after the others.
    pub(crate) fn columns(&self, problem: &Problem) -> &[f32] {
        let shape = problem.market.shape();
        let shown = shape.columns + shape.assets * shape.asset_columns;
        &self.state[self.state.len() - shown..]
    }
}

/// Trains until so many decisions were taken.
fn run(trainer: &mut Trainer, steps: u64) {
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
            match stats.env_steps < steps {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })
        .expect("training runs through");
}
