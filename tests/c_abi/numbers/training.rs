//! Of training.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = constants!(ppo_risk::ffi::training::config:
        PPO_DEVICE_AUTO, PPO_DEVICE_CPU, PPO_DEVICE_CUDA,
        PPO_SCHEDULE_CONSTANT, PPO_SCHEDULE_LINEAR,
        PPO_REWARD_SHAPED, PPO_REWARD_LOG_RETURN, PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE,
        PPO_REWARD_DIFFERENTIAL_SHARPE,
        PPO_CONTROL_VARIATE_NONE, PPO_CONTROL_VARIATE_PRIOR_PATH, PPO_CONTROL_VARIATE_SELF_CRITICAL);
    numbers.extend(layout!(ppo_risk::ffi::training::config: ppo_config {
        struct_size, reserved, seed, log_std_init, kappa_init, total_steps, n_envs, n_steps, batch_size, n_epochs,
        threads, device, learning_rate, gamma, gae_lambda, clip_range, clip_range_vf, ent_coef, vf_coef,
        max_grad_norm, target_kl, adam_eps, learning_rate_schedule, clip_range_schedule, normalize_advantage,
        normalize_observation, normalize_reward, reward, control_variate, reserved_2, reward_parameter,
        shaped_volatility, shaped_drawdown, shaped_drawdown_threshold, shaped_cost, balance, cost_rate, episode_len,
    }));
    numbers
}
