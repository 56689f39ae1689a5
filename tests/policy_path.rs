//! What the control variate `policy_path` asks of environments, the library's own and a host's: that they go back to where they
//! were, and then meet the same again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ppo_risk::env::{
    BatchEnvironment, ControlVariate, EnvConfig, Environments, HostEnvironment, HostEnvironments, HostStep,
    Start,
};
use ppo_risk::market::prior::Prior;
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::market::state::StateSpec;
use ppo_risk::policy::spec::{ActionSpec, Activation, NetworkSpec, PolicySpec};

const COUNT: usize = 3;
const ASSETS: usize = 2;

fn spec(prior: Prior) -> PolicySpec {
    PolicySpec {
        assets: (0..ASSETS).map(|i| format!("asset {i}")).collect(),
        state: StateSpec::base(ASSETS),
        action: ActionSpec {
            prior,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Mlp {
            hidden: vec![4],
            activation: Activation::Tanh,
            shared_trunk: true,
        },
    }
}

/// Where a host's environment stands: its episode, its steps in it, and what it holds.
#[derive(Clone, Copy, Default)]
struct Place {
    seed: u64,
    steps: u64,
    held: f64,
}

/// Pays for holding, and takes something for trading, by the episode and the step. Episodes have five steps.
#[derive(Default)]
struct Host {
    now: [Place; COUNT],
    kept: [Place; COUNT],
    forgets: bool,
}

impl Host {
    fn look(&self, env: usize, state: &mut [f32]) {
        let Place { seed, steps, held } = self.now[env];
        for (i, value) in state.iter_mut().enumerate() {
            *value = (seed % 97 + 13 * steps + i as u64) as f32 * 0.01 + held as f32;
        }
    }
}

impl HostEnvironment for Host {
    fn reset(&mut self, env: usize, seed: u64, state: &mut [f32], _: &mut [f64]) -> ppo_risk::Result<()> {
        self.now[env] = Place {
            seed,
            ..Place::default()
        };
        self.look(env, state);
        Ok(())
    }

    fn step(
        &mut self,
        env: usize,
        weights: &[f64],
        state: &mut [f32],
        _: &mut [f64],
    ) -> ppo_risk::Result<HostStep> {
        let place = &mut self.now[env];
        let pays = (place.seed % 7 + place.steps) as f64;
        let reward = weights[0] * pays - (weights[0] - place.held).abs();
        (place.steps, place.held) = (place.steps + 1, weights[0]);
        let truncated = place.steps == 5;
        self.look(env, state);
        Ok(HostStep {
            reward,
            prior_reward: 0.0,
            terminated: false,
            truncated,
        })
    }

    fn can_go_back(&self) -> bool {
        !self.forgets
    }

    fn remember(&mut self, env: usize) -> ppo_risk::Result<()> {
        self.kept[env] = self.now[env];
        Ok(())
    }

    fn go_back(&mut self, env: usize) -> ppo_risk::Result<()> {
        self.now[env] = self.kept[env];
        Ok(())
    }
}

fn hosts(forgets: bool) -> ppo_risk::Result<HostEnvironments<Host>> {
    let host = Host {
        forgets,
        ..Host::default()
    };
    HostEnvironments::new(host, &spec(Prior::None), ControlVariate::PolicyPath, 3, COUNT)
}

/// Scores of a step, those of the way there and of another.
fn scores(way: usize, step: usize, len: usize) -> Vec<f32> {
    let score = |i: usize| ((7 * way + 3 * step + 5 * i) % 11) as f32 * 0.3 - 1.5;
    (0..COUNT * len).map(score).collect()
}

/// Everything that some steps show.
fn seen(environments: &mut dyn Environments, way: usize, is_sampled: bool) -> Vec<String> {
    let len = environments.log_priors().len() / COUNT;
    let step = |step: usize| {
        let scores = scores(way, step, len);
        let taken = match is_sampled {
            true => environments.step(&scores, None).unwrap().clone(),
            false => environments.step_deterministic(&scores).unwrap().clone(),
        };
        let (states, priors) = (environments.states(), environments.log_priors());
        let of_each = (0..COUNT).map(|env| {
            let ended = taken.terminated[env] || taken.truncated[env];
            // Of an episode that goes on, no final state.
            let last = match ended {
                true => &taken.final_states[env * states.len() / COUNT..(env + 1) * states.len() / COUNT],
                false => &[],
            };
            format!("{} {ended} {last:?}", taken.rewards[env])
        });
        format!("{:?} {states:?} {priors:?}", of_each.collect::<Vec<_>>())
    };
    (0..17).map(step).collect()
}

/// A sampled action that has met no noise is the deterministic one.
fn check(environments: &mut dyn Environments) {
    seen(environments, 0, true);
    environments.append_episodes(&mut Vec::new());
    environments.remember().unwrap();
    let without_noise = seen(environments, 1, false);
    environments.go_back().unwrap();
    let ended = |environments: &mut dyn Environments| {
        let mut episodes = Vec::new();
        environments.append_episodes(&mut episodes);
        episodes.len()
    };
    assert_eq!(ended(environments), 0, "of the way that is gone back, none ended");
    assert_eq!(seen(environments, 1, true), without_noise);
    assert!(ended(environments) >= COUNT, "episodes end, and others begin");
    environments.go_back().unwrap();
    assert_ne!(
        seen(environments, 2, true),
        without_noise,
        "other actions lead elsewhere"
    );
}

#[test]
fn environments_of_the_librarys_go_back() {
    let spec = spec(Prior::Hold);
    let config = EnvConfig {
        episode_len: 5,
        start: Start::Random,
        ..EnvConfig::default()
    };
    let market = SimulatedParameters::Gbm(GbmParameters::default_assets(ASSETS))
        .market()
        .unwrap();
    check(&mut BatchEnvironment::new(&config, &spec.state, &spec.action, market, 3, 0, COUNT).unwrap());
}

#[test]
fn environments_of_a_hosts_go_back() {
    check(&mut hosts(false).unwrap());
    let refused = hosts(true).err().unwrap().to_string();
    assert!(
        refused.contains("`env.control_variate` is policy_path"),
        "{refused}"
    );
    assert!(refused.contains("remember and go back"), "{refused}");
}
