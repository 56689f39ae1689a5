//! Of environments.

use super::{Number, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = layout!(ppo_risk::ffi::environment::queries: ppo_episode {
        reward_sum, log_growth, turnover, cost, steps,
    });
    numbers.extend(layout!(ppo_risk::ffi::environment::step: ppo_env_outputs {
        struct_size, reserved, len, states_len, prior_len, rewards, raw_rewards, baseline_rewards, net_returns,
        turnovers, costs, terminated, truncated, states, final_states, prior,
    }));
    numbers
}
