//! Of measures, sizes and forecasts.

use super::{Number, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = layout!(ppo_risk::ffi::risk::metrics: risk_conventions {
        struct_size, reserved, bars_per_year, risk_free, required_return, tail,
    });
    numbers.extend(layout!(ppo_risk::ffi::risk::metrics: risk_metrics {
        struct_size, reserved, total_return, annual_return, annual_volatility, sharpe, sortino, downside_risk,
        max_drawdown, calmar, omega, value_at_risk, conditional_value_at_risk, stability, tail_ratio, skewness,
        kurtosis,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::metrics: risk_drawdown_period {
        depth, peak, valley, recovery,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::benchmark: risk_benchmark_metrics {
        struct_size, reserved, beta, alpha, up_beta, up_alpha, down_beta, down_alpha, capture, up_capture,
        down_capture, up_down_capture, information_ratio, batting, up_batting, down_batting, beta_fragility,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::performance: risk_performance_figures {
        struct_size, reserved, bars, equity, peak, drawdown, max_drawdown, mean, total_return, annual_return,
        annual_volatility, sharpe, sortino, downside_risk, calmar,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::kelly: risk_kelly_estimate {
        struct_size, reserved, weights, weights_len, standard_errors, standard_errors_len, unconstrained,
        unconstrained_len, unconstrained_standard_errors, unconstrained_standard_errors_len, excess, excess_len,
        mean_shrinkage, covariance_shrinkage,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::volatility: risk_garch_fit {
        struct_size, reserved, omega, alpha, beta, mean, log_likelihood, next_variance,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::tail: risk_tail_risk {
        struct_size, reserved, mean, deviation, historical_value_at_risk, historical_conditional_value_at_risk,
        gaussian_value_at_risk, gaussian_conditional_value_at_risk,
    }));
    numbers
}
