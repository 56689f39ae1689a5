//! A training update through C is Rust's own, bit for bit.

use crate::toolchain::{Host, has};
use ppo_risk::env::{ControlVariate, HostEnvironment, HostEnvironments, HostStep};
use ppo_risk::policy::Policy;
use ppo_risk::policy::file;
use ppo_risk::policy::initial::initial_values;
use ppo_risk::policy::normalizer::ObservationNormalizer;
use ppo_risk::policy::spec::PolicySpec;
use ppo_risk::train::{DeviceChoice, Experience, TrainConfig, Trainer};

/// The environment of tests/c/update.c.
#[derive(Default)]
struct Made {
    taken: [u64; 16],
    kept: [u64; 16],
}

impl Made {
    /// By the step that comes next.
    fn earned(&self, env: usize, weights: &[f64]) -> f64 {
        let third = weights[2] * (self.taken[env] % 4) as f64 * 0.0625;
        weights[0] * 0.25 - weights[1] * 0.125 + third
    }

    fn look(&self, env: usize, state: &mut [f32], prior: &mut [f64]) {
        for (i, value) in state.iter_mut().enumerate() {
            let number = (env as u64 * 7 + self.taken[env] * 3 + i as u64 * 5) % 11;
            *value = number as f32 * 0.125 - 0.5;
        }
        for (i, weight) in prior.iter_mut().enumerate() {
            *weight = (1 + (env + i) % 3) as f64 / 8.0;
        }
    }
}

impl HostEnvironment for Made {
    fn reset(&mut self, env: usize, seed: u64, state: &mut [f32], prior: &mut [f64]) -> ppo_risk::Result<()> {
        self.taken[env] = seed % 5;
        self.look(env, state, prior);
        Ok(())
    }

    fn step(
        &mut self,
        env: usize,
        weights: &[f64],
        state: &mut [f32],
        prior: &mut [f64],
    ) -> ppo_risk::Result<HostStep> {
        let reward = self.earned(env, weights);
        let prior_reward = (self.taken[env] % 4) as f64 * 0.03125;
        self.taken[env] += 1;
        self.look(env, state, prior);
        Ok(HostStep {
            reward,
            prior_reward,
            terminated: self.taken[env].is_multiple_of(13),
            truncated: self.taken[env] % 13 == 7,
        })
    }

    fn tells_counterfactual(&self) -> bool {
        true
    }

    fn counterfactual(&mut self, env: usize, weights: &[f64]) -> ppo_risk::Result<f64> {
        self.taken[env] -= 1;
        let reward = self.earned(env, weights);
        self.taken[env] += 1;
        Ok(reward)
    }

    fn can_go_back(&self) -> bool {
        true
    }

    fn remember(&mut self, env: usize) -> ppo_risk::Result<()> {
        self.kept[env] = self.taken[env];
        Ok(())
    }

    fn go_back(&mut self, env: usize) -> ppo_risk::Result<()> {
        self.taken[env] = self.kept[env];
        Ok(())
    }
}

#[test]
fn two_updates_from_c_are_rusts_bit_for_bit() {
    if !has("cc", "C programs") {
        return;
    }
    for control_variate in [
        ControlVariate::None,
        ControlVariate::PriorPath,
        ControlVariate::SelfCritical,
        ControlVariate::PolicyPath,
    ] {
        two_updates(control_variate);
    }
}

fn two_updates(control_variate: ControlVariate) {
    let host = Host::new();
    let written = host.path("update.safetensors");
    let number = (control_variate as u32).to_string();
    let said = host.run("update", &[&written.display().to_string(), &number]);
    assert_eq!(said, "update: ok\n");
    let (found, _) = file::load(written).unwrap();

    let spec: PolicySpec = found.spec().clone();
    let mut config = TrainConfig {
        seed: 5,
        total_steps: 4 * 16 * 24,
        threads: 1,
        device: DeviceChoice::Cpu,
        ..TrainConfig::default()
    };
    config.env.control_variate = control_variate;
    config.ppo.n_envs = 16;
    config.ppo.n_steps = 24;
    config.ppo.batch_size = 96;
    let values = initial_values(&spec, config.ppo.log_std_init, config.ppo.kappa_init, 5);
    let normalizer = ObservationNormalizer::new(&spec);
    let start = Policy::new(spec.clone(), normalizer, values, serde_json::Map::new()).unwrap();
    let environments = HostEnvironments::new(Made::default(), &spec, control_variate, 5, 16).unwrap();
    let experience = Experience::Environments(Box::new(environments));
    let mut trainer = Trainer::from_policy(config, &start, experience).unwrap();
    trainer.update().unwrap();
    trainer.update().unwrap();
    let expected = trainer.policy(found.provenance.clone()).unwrap();

    let bits = |policy: &Policy| -> Vec<u32> {
        let parameters = policy.network().parameters();
        parameters.iter().map(|value| value.to_bits()).collect()
    };
    assert_ne!(bits(&start), bits(&expected), "nothing was learnt");
    assert_eq!(bits(&found), bits(&expected));
    assert_eq!(found.normalizer(), expected.normalizer());
    assert_eq!(found.provenance["env_steps"], 2 * 16 * 24);
}
