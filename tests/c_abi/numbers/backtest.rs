//! Of back-tests.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = constants!(ppo_risk::ffi::backtest:
        PPO_BASELINE_EQUAL_WEIGHT, PPO_BASELINE_BUY_AND_HOLD, PPO_BASELINE_INVERSE_VOLATILITY,
        PPO_BASELINE_MINIMUM_VARIANCE, PPO_BASELINE_RISK_PARITY, PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT);
    numbers.extend(layout!(ppo_risk::ffi::backtest::figures: ppo_backtest_summary {
        struct_size, reserved, bars, annual_return, volatility, sharpe, sortino, max_drawdown, calmar, value_at_risk,
        conditional_value_at_risk, turnover, costs_paid,
    }));
    numbers
}
