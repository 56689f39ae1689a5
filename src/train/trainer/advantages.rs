//! The advantages of a rollout, and what control variates take out of them.

use super::Trainer;
use crate::env::ControlVariate;
use crate::rl::gae;

impl Trainer {
    /// With `self_critical`, takes what the market did to the step out of the rewards.
    pub(super) fn take_out_baselines(&mut self) {
        if !self.self_critical() {
            return;
        }
        // b_t does not depend on the sampled action and V_b(s_t) is its mean, so r_t - (b_t - V_b(s_t)) has the
        // mean of r_t, and what the market did to every action alike is gone from advantages and value targets.
        let buffer = &mut self.buffer;
        let baselines = buffer.baseline_rewards.iter().zip(&buffer.baseline_values);
        for (reward, (baseline, expected)) in buffer.rewards.iter_mut().zip(baselines) {
            *reward -= baseline - expected;
        }
    }

    /// Advantages and value targets, of a policy that differs by these ratios [rows] from the one that acted; empty: it does not.
    pub(super) fn estimate_advantages(&mut self, ratios: &[f32]) {
        let (gamma, lambda) = (self.config.ppo.gamma as f32, self.config.ppo.gae_lambda as f32);
        let is_followed = self.config.env.control_variate == ControlVariate::PolicyPath;
        let buffer = &mut self.buffer;
        let rows = buffer.block_rows();
        for block in 0..buffer.rows() / rows {
            let piece = || block * rows..(block + 1) * rows;
            let steps = gae::Steps {
                rewards: &buffer.rewards[piece()],
                values: &buffer.values[piece()],
                next_values: &buffer.next_values[piece()],
                terminated: &buffer.terminated[piece()],
                truncated: &buffer.truncated[piece()],
                ratios: ratios.get(piece()).unwrap_or_default(),
            };
            gae::advantages(
                steps,
                buffer.block,
                gamma,
                lambda,
                &mut buffer.advantages[piece()],
            );
            // What the path's steps were better than expected by, in the place of the targets, which come next.
            let of_path = &mut buffer.returns[piece()];
            of_path.fill(0.0);
            if is_followed {
                let steps = gae::Steps {
                    rewards: &buffer.baseline_rewards[piece()],
                    values: &buffer.baseline_values[piece()],
                    next_values: &buffer.path_next_values[piece()],
                    terminated: &buffer.path_terminated[piece()],
                    truncated: &buffer.path_truncated[piece()],
                    ratios: &[],
                };
                gae::advantages(steps, buffer.block, gamma, lambda, of_path);
            }
        }
        let targets = buffer.returns.iter_mut().zip(&buffer.values);
        for (advantage, (target, value)) in buffer.advantages.iter_mut().zip(targets) {
            let of_path = std::mem::replace(target, *advantage + value);
            // The path has begun where these actions began and knows none of them: subtracted, it leaves their mean as it is, and
            // takes with it what the market did to both.
            *advantage -= of_path;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reused;
    use super::*;
    use crate::env::{Costs, EnvConfig, Start};
    use crate::market::prior::Prior;
    use crate::market::simulate::{GbmParameters, SimulatedParameters};
    use crate::market::state::StateSpec;
    use crate::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
    use crate::rl::config::PpoConfig;
    use crate::train::{DeviceChoice, TrainConfig};

    const ASSETS: usize = 3;

    /// A trainer after one rollout, before it has learnt from it: trades that cost, episodes of so many bars.
    fn collected(
        control_variate: ControlVariate,
        distribution: Distribution,
        log_std: f64,
        episode_len: usize,
    ) -> Trainer {
        let config = TrainConfig {
            seed: 4,
            threads: 1,
            device: DeviceChoice::Cpu,
            ppo: PpoConfig {
                n_envs: 16,
                n_steps: 24,
                batch_size: 384,
                log_std_init: log_std,
                kappa_init: 400.0,
                ..PpoConfig::default()
            },
            env: EnvConfig {
                costs: Costs {
                    cost_rate: 0.002,
                    ..Costs::default()
                },
                start: Start::Random,
                episode_len,
                control_variate,
                ..EnvConfig::default()
            },
            ..TrainConfig::default()
        };
        let spec = PolicySpec {
            assets: (0..ASSETS).map(|i| format!("asset {i}")).collect(),
            state: StateSpec::base(ASSETS),
            action: ActionSpec {
                distribution,
                prior: Prior::Hold,
                ..ActionSpec::default()
            },
            network: NetworkSpec::Mlp {
                hidden: vec![16, 16],
                activation: Activation::Tanh,
                shared_trunk: false,
            },
        };
        let market = SimulatedParameters::Gbm(GbmParameters::default_assets(ASSETS));
        let mut trainer = Trainer::new(config, spec, market.market().unwrap()).unwrap();
        trainer.collect_rollout(&mut Reused::default()).unwrap();
        trainer.take_out_baselines();
        trainer.estimate_advantages(&[]);
        trainer
    }

    fn largest(values: &[f32]) -> f32 {
        values.iter().fold(0.0, |most, value| most.max(value.abs()))
    }

    /// Sampled actions and the path meet the same market, through the ends of episodes and into the next ones.
    #[test]
    fn a_policy_without_noise_has_no_advantage_over_its_own_path() {
        let of = |variate| {
            collected(variate, Distribution::Gaussian, -20.0, 7)
                .buffer
                .advantages
        };
        assert!(largest(&of(ControlVariate::None)) > 0.1, "the market is noisy");
        assert!(largest(&of(ControlVariate::PolicyPath)) < 1e-4);
    }

    /// In episodes of one step the path is the deterministic action in the same state.
    #[test]
    fn the_path_of_one_step_is_what_self_critical_takes() {
        for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
            let of = |variate| collected(variate, distribution, -1.0, 1).buffer;
            let (path, critical) = (of(ControlVariate::PolicyPath), of(ControlVariate::SelfCritical));
            assert_eq!(path.raw_rewards, critical.raw_rewards);
            assert_eq!(path.raw_baseline_rewards, critical.raw_baseline_rewards);
            assert_eq!(path.baseline_values, path.values, "the states are the same");
        }
    }

    /// Over more steps what is left is what the noise of the actions came to, and value targets stay what they are without it.
    #[test]
    fn the_path_takes_the_market_out_of_all_steps_that_follow() {
        for distribution in [Distribution::Gaussian, Distribution::Dirichlet] {
            let of = |variate| collected(variate, distribution, -2.0, 50).buffer;
            let (none, path) = (of(ControlVariate::None), of(ControlVariate::PolicyPath));
            let squares = |values: &[f32]| values.iter().map(|a| f64::from(*a).powi(2)).sum::<f64>();
            let left = squares(&path.advantages) / squares(&none.advantages);
            assert!(left < 0.25, "{left}");
            assert_eq!(path.returns, none.returns);
        }
    }
}
