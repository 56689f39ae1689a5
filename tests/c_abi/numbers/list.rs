//! Made by abi/generate from src/ffi: every constant and every struct of the header, with its module in Rust.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    [
        constants!(ppo_risk::ffi::agent:
            PPO_PRECISION_F32, PPO_PRECISION_BF16),
        layout!(ppo_risk::ffi::backtest::figures: ppo_backtest_summary {
            struct_size, reserved, bars, annual_return, volatility, sharpe, sortino, max_drawdown, calmar,
            value_at_risk, conditional_value_at_risk, turnover, costs_paid,
        }),
        constants!(ppo_risk::ffi::backtest:
            PPO_BASELINE_EQUAL_WEIGHT, PPO_BASELINE_BUY_AND_HOLD, PPO_BASELINE_INVERSE_VOLATILITY,
            PPO_BASELINE_MINIMUM_VARIANCE, PPO_BASELINE_RISK_PARITY, PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT),
        layout!(ppo_risk::ffi::environment::queries: ppo_episode {
            reward_sum, log_growth, turnover, cost, steps,
        }),
        layout!(ppo_risk::ffi::environment::step: ppo_env_outputs {
            struct_size, reserved, len, states_len, prior_len, rewards, raw_rewards, baseline_rewards,
            net_returns, turnovers, costs, terminated, truncated, states, final_states, prior,
        }),
        constants!(ppo_risk::ffi::library:
            PPO_VERSION_MAJOR, PPO_VERSION_MINOR, PPO_VERSION_PATCH, PPO_VERSION_NUMBER, PPO_FEATURE_TRAIN),
        constants!(ppo_risk::ffi::log:
            PPO_LOG_OFF, PPO_LOG_ERROR, PPO_LOG_WARN, PPO_LOG_INFO, PPO_LOG_DEBUG),
        layout!(ppo_risk::ffi::market::prices: ppo_prices {
            struct_size, reserved, bars, assets, columns, closes, asset_names, times, bars_per_year,
            confirm_cash_rate, reserved_2, opens, highs, lows, volumes, cash_rates, cash_rate, column_names,
            signals, asset_columns, asset_column_names, asset_signals, prior, ends, delisting_return,
            max_halted_bars, gaps, cost_rates, cost_rates_len, half_spreads, half_spreads_len, borrow_rates,
            borrow_rates_len,
        }),
        constants!(ppo_risk::ffi::market::queries:
            PPO_BAR_AT_OR_AFTER, PPO_BAR_AT_OR_BEFORE),
        layout!(ppo_risk::ffi::portfolio::account: ppo_account {
            struct_size, reserved, value, cash, drawdown, volatility,
        }),
        layout!(ppo_risk::ffi::portfolio::bar: ppo_bar {
            struct_size, reserved, closes, closes_len, highs, highs_len, lows, lows_len, atr, atr_len, betas,
            betas_len, observation, observation_len, volatility, trend, time, cash_return, columns,
            columns_len, asset_columns, asset_columns_len, prior, prior_len, ends, ends_len, cost_rates,
            cost_rates_len, half_spreads, half_spreads_len, borrow_rates, borrow_rates_len, volumes,
            volumes_len,
        }),
        layout!(ppo_risk::ffi::risk::benchmark: risk_benchmark_metrics {
            struct_size, reserved, beta, alpha, up_beta, up_alpha, down_beta, down_alpha, capture, up_capture,
            down_capture, up_down_capture, information_ratio, batting, up_batting, down_batting,
            beta_fragility,
        }),
        constants!(ppo_risk::ffi::risk::decision:
            RISK_STATE_ACTIVE, RISK_STATE_REDUCING, RISK_STATE_HALTED, RISK_HEDGE_NONE, RISK_HEDGE_SELL,
            RISK_HEDGE_BUY),
        layout!(ppo_risk::ffi::risk::decision: risk_portfolio {
            struct_size, reserved, target, target_len, current, current_len, equity, drawdown,
        }),
        layout!(ppo_risk::ffi::risk::decision: risk_decision {
            struct_size, reserved, weights, weights_len, units, units_len, stops, stops_len, reasons,
            reasons_capacity, reasons_len, state, hedge_active, hedge_side, reserved_2, cash, gross, net,
            turnover, leverage, volatility, drawdown, hedge_notional, hedge_net, hedge_ratio,
        }),
        layout!(ppo_risk::ffi::risk::hedge: risk_hedge_position {
            struct_size, reserved, active, side, notional, net, ratio,
        }),
        layout!(ppo_risk::ffi::risk::kelly: risk_kelly_estimate {
            struct_size, reserved, weights, weights_len, standard_errors, standard_errors_len, unconstrained,
            unconstrained_len, unconstrained_standard_errors, unconstrained_standard_errors_len, excess,
            excess_len, mean_shrinkage, covariance_shrinkage,
        }),
        layout!(ppo_risk::ffi::risk::metrics: risk_conventions {
            struct_size, reserved, bars_per_year, risk_free, required_return, tail,
        }),
        layout!(ppo_risk::ffi::risk::metrics: risk_metrics {
            struct_size, reserved, total_return, annual_return, annual_volatility, sharpe, sortino,
            downside_risk, max_drawdown, calmar, omega, value_at_risk, conditional_value_at_risk, stability,
            tail_ratio, skewness, kurtosis,
        }),
        layout!(ppo_risk::ffi::risk::metrics: risk_drawdown_period {
            depth, peak, valley, recovery,
        }),
        layout!(ppo_risk::ffi::risk::performance: risk_performance_figures {
            struct_size, reserved, bars, equity, peak, drawdown, max_drawdown, mean, total_return,
            annual_return, annual_volatility, sharpe, sortino, downside_risk, calmar,
        }),
        constants!(ppo_risk::ffi::risk::reason:
            RISK_NO_INDEX, RISK_REASON_ASSET_MINIMUM, RISK_REASON_ASSET_MAXIMUM, RISK_REASON_GROSS_EXPOSURE,
            RISK_REASON_NET_MINIMUM, RISK_REASON_NET_MAXIMUM, RISK_REASON_SECTOR_MINIMUM,
            RISK_REASON_SECTOR_MAXIMUM, RISK_REASON_CASH_FLOOR, RISK_REASON_TURNOVER,
            RISK_REASON_TURNOVER_EXCEEDED, RISK_REASON_HISTORICAL_VALUE_AT_RISK,
            RISK_REASON_GAUSSIAN_VALUE_AT_RISK, RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK,
            RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK, RISK_REASON_TAIL_RISK_EXCEEDED,
            RISK_REASON_MINIMUM_RELAXED, RISK_REASON_TRADE_BAND, RISK_REASON_DRAWDOWN_REDUCE,
            RISK_REASON_DRAWDOWN_STOP, RISK_REASON_REDUCING, RISK_REASON_HALTED, RISK_REASON_ASSET_STOP,
            RISK_REASON_ASSET_STOPPED, RISK_REASON_EXPOSURE_BOUND, RISK_REASON_OPERATOR_HALT,
            RISK_REASON_OPERATOR_FLATTEN, RISK_REASON_ASSET_HALTED, RISK_REASON_MARGIN_CALL,
            RISK_REASON_ASSET_PINNED, RISK_REASON_VOLATILITY_TARGET, RISK_REASON_LEVERAGE_MAXIMUM,
            RISK_REASON_LEVERAGE_MINIMUM, RISK_REASON_LEVERAGE_DRAWDOWN, RISK_REASON_LEVERAGE_TREND,
            RISK_REASON_LEVERAGE_REGIME, RISK_REASON_LIMITS_REGIME, RISK_REASON_HEDGE_OPENED,
            RISK_REASON_HEDGE_KEPT, RISK_REASON_HEDGE_CLOSED, RISK_REASON_POSITION_RISK,
            RISK_REASON_OPEN_RISK, RISK_REASON_POSITION_MAXIMUM, RISK_REASON_POSITION_MINIMUM,
            RISK_REASON_SKIPPED_LEVERAGE, RISK_REASON_SKIPPED_TAIL_RISK, RISK_REASON_SKIPPED_POSITION_SIZE,
            RISK_REASON_CLOSE_ONLY_TRUE_RANGE, RISK_REASON_SKIPPED_REGIME, RISK_REASON_SKIPPED_TREND,
            RISK_REASON_HEDGE_WITHOUT_BETAS, RISK_REASON_FLAT_TARGET, RISK_REASON_FLAT_PRICE),
        layout!(ppo_risk::ffi::risk::reason: risk_reason {
            code, index, found, allowed,
        }),
        layout!(ppo_risk::ffi::risk::tail: risk_tail_risk {
            struct_size, reserved, mean, deviation, historical_value_at_risk,
            historical_conditional_value_at_risk, gaussian_value_at_risk, gaussian_conditional_value_at_risk,
        }),
        layout!(ppo_risk::ffi::risk::volatility: risk_garch_fit {
            struct_size, reserved, omega, alpha, beta, mean, log_likelihood, next_variance,
        }),
        constants!(ppo_risk::ffi::status:
            PPO_OK, PPO_ERR_NULL_POINTER, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_LENGTH, PPO_ERR_NOT_FINITE,
            PPO_ERR_BUFFER_TOO_SMALL, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED, PPO_ERR_PANIC, PPO_ERR_BUSY,
            PPO_ERR_IO, PPO_ERR_FILE, PPO_ERR_TABLE, PPO_ERR_TORCH, PPO_ERR_TRAINING, PPO_ERR_NOT_BUILT,
            PPO_ERR_FORKED, PPO_ERR_CANCELLED, PPO_ERR_VERSION, PPO_ERR_TIMEOUT, PPO_ERR_CALLBACK,
            PPO_ERR_NOT_READY, PPO_ERR_OUT_OF_MEMORY, PPO_ERR_COLLECTIVE),
        layout!(ppo_risk::ffi::training::collectives: ppo_collectives {
            struct_size, reserved, rank, size, user, allgather,
        }),
        constants!(ppo_risk::ffi::training::config:
            PPO_DEVICE_AUTO, PPO_DEVICE_CPU, PPO_DEVICE_CUDA, PPO_SCHEDULE_CONSTANT, PPO_SCHEDULE_LINEAR,
            PPO_REWARD_SHAPED, PPO_REWARD_LOG_RETURN, PPO_REWARD_CRRA, PPO_REWARD_MEAN_VARIANCE,
            PPO_REWARD_DIFFERENTIAL_SHARPE, PPO_REWARD_TERMINAL_CRRA, PPO_START_CASH, PPO_START_RANDOM,
            PPO_CONTROL_VARIATE_NONE, PPO_CONTROL_VARIATE_PRIOR_PATH, PPO_CONTROL_VARIATE_SELF_CRITICAL,
            PPO_CONTROL_VARIATE_POLICY_PATH),
        layout!(ppo_risk::ffi::training::config: ppo_config {
            struct_size, reserved, seed, log_std_init, kappa_init, total_steps, n_envs, n_steps, batch_size,
            n_epochs, threads, device, learning_rate, gamma, gae_lambda, clip_range, clip_range_vf, ent_coef,
            vf_coef, max_grad_norm, target_kl, adam_eps, learning_rate_schedule, clip_range_schedule,
            normalize_advantage, normalize_observation, normalize_reward, reward, control_variate, start,
            reward_parameter, shaped_volatility, shaped_drawdown, shaped_drawdown_threshold, shaped_cost,
            balance, cost_rate, episode_len, borrow_rate, margin_rate, maintenance, minimum_fee, impact,
            impact_exponent, lot, priority_alpha, priority_beta, log_std_final, kappa_final,
        }),
        layout!(ppo_risk::ffi::training::host: ppo_host_result {
            reward, terminated, truncated, prior_reward,
        }),
        layout!(ppo_risk::ffi::training::host: ppo_host_environment {
            struct_size, reserved, user, reset, step, counterfactual, remember, go_back,
        }),
        constants!(ppo_risk::ffi::training::job:
            PPO_JOB_RUNNING, PPO_JOB_FINISHED, PPO_JOB_CANCELLED, PPO_JOB_FAILED, PPO_WAIT_FOREVER),
        layout!(ppo_risk::ffi::training::metrics: ppo_metrics {
            struct_size, reserved, update, env_steps, episodes, skipped_minibatches, env_steps_per_s,
            episode_reward, episode_log_growth, episode_turnover, learning_rate, policy_gradient_loss,
            value_loss, entropy_loss, approx_kl, clip_fraction, explained_variance, std, grad_norm,
        }),
        layout!(ppo_risk::ffi::training::online: ppo_transition {
            struct_size, reserved, env, state, state_len, prior, prior_len, action, action_len, next_state,
            next_state_len, log_prob, reward, terminated, truncated,
        }),
        layout!(ppo_risk::ffi::training::run: ppo_train_options {
            struct_size, reserved, progress, user, checkpoint_path, checkpoint_interval, most_updates,
        }),
    ]
    .concat()
}
