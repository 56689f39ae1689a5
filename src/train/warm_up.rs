//! All that training asks of libtorch, once, on next to nothing.

use crate::error::Result;
use crate::market::state::StateSpec;
use crate::policy::initial::initial_values;
use crate::policy::spec::{ActionSpec, Activation, Distribution, NetworkSpec, PolicySpec};
use crate::rl::config::PpoConfig;
use crate::rl::rollout::RolloutBuffer;
use crate::train::learner::{Learner, LossConfig};
use tch::Device;

/// One step of every kind of network and distribution, on two decisions.
pub fn everything() -> Result<()> {
    let mlp = |activation| NetworkSpec::Mlp {
        hidden: vec![2],
        activation,
        shared_trunk: true,
    };
    for (network, distribution) in [
        (mlp(Activation::Tanh), Distribution::Gaussian),
        (mlp(Activation::Relu), Distribution::Dirichlet),
        (NetworkSpec::Scorer { hidden: vec![2] }, Distribution::Gaussian),
    ] {
        let spec = PolicySpec {
            assets: vec!["a".to_string(), "b".to_string()],
            state: StateSpec {
                window: 1,
                ..StateSpec::base(2)
            },
            action: ActionSpec {
                distribution,
                ..ActionSpec::default()
            },
            network,
        };
        let mut buffer = RolloutBuffer::new(2, 2, 1, spec.state.len(), spec.score_len())?;
        buffer.actions.fill(1.0 / spec.score_len() as f32);
        let values = initial_values(&spec, 0.0, 1.0, 0);
        let mut learner = Learner::by_autograd(spec, &values, Device::Cpu)?;
        let ppo = PpoConfig {
            clip_range_vf: Some(0.2),
            ent_coef: 0.1,
            ..PpoConfig::default()
        };
        let config = LossConfig {
            ppo: &ppo,
            clip_range: 0.2,
            self_critical: true,
        };
        let figures = learner.differentiate(&buffer, &[0, 1], config)?;
        learner.apply(1e-3, 0.5, 1e-5, figures.grad_norm)?;
        learner.restore_optimizer(&learner.optimizer_state()?)?;
        learner.values()?;
    }
    Ok(())
}
