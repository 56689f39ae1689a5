//! Of training.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = constants!(ppo_risk::ffi::training::config:
        PPO_DEVICE_AUTO, PPO_DEVICE_CPU, PPO_DEVICE_CUDA,
        PPO_SCHEDULE_CONSTANT, PPO_SCHEDULE_LINEAR,
        PPO_REWARD_SHAPED, PPO_REWARD_LOG_RETURN, PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE,
        PPO_REWARD_DIFFERENTIAL_SHARPE,
        PPO_START_CASH, PPO_START_RANDOM,
        PPO_CONTROL_VARIATE_NONE, PPO_CONTROL_VARIATE_PRIOR_PATH, PPO_CONTROL_VARIATE_SELF_CRITICAL);
    numbers.extend(layout!(ppo_risk::ffi::training::config: ppo_config {
        struct_size, reserved, seed, log_std_init, kappa_init, total_steps, n_envs, n_steps, batch_size, n_epochs,
        threads, device, learning_rate, gamma, gae_lambda, clip_range, clip_range_vf, ent_coef, vf_coef,
        max_grad_norm, target_kl, adam_eps, learning_rate_schedule, clip_range_schedule, normalize_advantage,
        normalize_observation, normalize_reward, reward, control_variate, start, reward_parameter,
        shaped_volatility, shaped_drawdown, shaped_drawdown_threshold, shaped_cost, balance, cost_rate, episode_len,
        borrow_rate, margin_rate, maintenance, minimum_fee, impact, impact_exponent, lot,
        priority_alpha, priority_beta, log_std_final, kappa_final,
    }));
    numbers.extend(constants!(ppo_risk::ffi::training::job:
        PPO_JOB_RUNNING, PPO_JOB_FINISHED, PPO_JOB_CANCELLED, PPO_JOB_FAILED, PPO_WAIT_FOREVER));
    numbers.extend(layout!(ppo_risk::ffi::training::metrics: ppo_metrics {
        struct_size, reserved, update, env_steps, episodes, skipped_minibatches, env_steps_per_s, episode_reward,
        episode_log_growth, episode_turnover, learning_rate, policy_gradient_loss, value_loss, entropy_loss, approx_kl,
        clip_fraction, explained_variance, std, grad_norm,
    }));
    numbers.extend(layout!(ppo_risk::ffi::training::run: ppo_train_options {
        struct_size, reserved, progress, user, checkpoint_path, checkpoint_interval, most_updates,
    }));
    numbers.extend(layout!(ppo_risk::ffi::training::online: ppo_transition {
        struct_size, reserved, env, state, state_len, prior, prior_len, action, action_len, next_state, next_state_len,
        log_prob, reward, terminated, truncated,
    }));
    numbers.extend(layout!(ppo_risk::ffi::training::collectives: ppo_collectives {
        struct_size, reserved, rank, size, user, allgather,
    }));
    numbers.extend(layout!(ppo_risk::ffi::training::host: ppo_host_environment {
        struct_size, reserved, user, reset, step, counterfactual,
    }));
    numbers.extend(layout!(ppo_risk::ffi::training::host: ppo_host_result {
        reward, terminated, truncated, prior_reward,
    }));
    numbers
}
