//! Of the risk manager.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = constants!(ppo_risk::ffi::risk::reason: RISK_NO_INDEX, RISK_REASON_ASSET_MINIMUM, RISK_REASON_ASSET_MAXIMUM, RISK_REASON_GROSS_EXPOSURE, RISK_REASON_NET_MINIMUM, RISK_REASON_NET_MAXIMUM, RISK_REASON_SECTOR_MINIMUM, RISK_REASON_SECTOR_MAXIMUM, RISK_REASON_CASH_FLOOR, RISK_REASON_TURNOVER, RISK_REASON_TURNOVER_EXCEEDED, RISK_REASON_HISTORICAL_VALUE_AT_RISK, RISK_REASON_GAUSSIAN_VALUE_AT_RISK, RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK, RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK, RISK_REASON_TAIL_RISK_EXCEEDED, RISK_REASON_MINIMUM_RELAXED, RISK_REASON_TRADE_BAND, RISK_REASON_DRAWDOWN_REDUCE, RISK_REASON_DRAWDOWN_STOP, RISK_REASON_REDUCING, RISK_REASON_HALTED, RISK_REASON_ASSET_STOP, RISK_REASON_ASSET_STOPPED, RISK_REASON_EXPOSURE_BOUND, RISK_REASON_OPERATOR_HALT, RISK_REASON_OPERATOR_FLATTEN, RISK_REASON_VOLATILITY_TARGET, RISK_REASON_LEVERAGE_MAXIMUM, RISK_REASON_LEVERAGE_MINIMUM, RISK_REASON_LEVERAGE_DRAWDOWN, RISK_REASON_LEVERAGE_TREND, RISK_REASON_LEVERAGE_REGIME, RISK_REASON_LIMITS_REGIME, RISK_REASON_HEDGE_OPENED, RISK_REASON_HEDGE_KEPT, RISK_REASON_HEDGE_CLOSED, RISK_REASON_POSITION_RISK, RISK_REASON_OPEN_RISK, RISK_REASON_POSITION_MAXIMUM, RISK_REASON_POSITION_MINIMUM, RISK_REASON_SKIPPED_LEVERAGE, RISK_REASON_SKIPPED_TAIL_RISK, RISK_REASON_SKIPPED_POSITION_SIZE, RISK_REASON_CLOSE_ONLY_TRUE_RANGE, RISK_REASON_SKIPPED_REGIME, RISK_REASON_SKIPPED_TREND, RISK_REASON_HEDGE_WITHOUT_BETAS, RISK_REASON_FLAT_TARGET, RISK_REASON_FLAT_PRICE);
    numbers.extend(constants!(ppo_risk::ffi::risk::decision:
        RISK_STATE_ACTIVE, RISK_STATE_REDUCING, RISK_STATE_HALTED,
        RISK_HEDGE_NONE, RISK_HEDGE_SELL, RISK_HEDGE_BUY));
    numbers.extend(layout!(ppo_risk::ffi::risk::reason: risk_reason { code, index, found, allowed }));
    numbers.extend(layout!(ppo_risk::ffi::risk::decision: risk_market {
        struct_size, reserved, closes, closes_len, highs, highs_len, lows, lows_len, atr, atr_len, betas, betas_len,
        observation, observation_len, volatility, trend, time,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::decision: risk_portfolio {
        struct_size, reserved, target, target_len, current, current_len, equity, drawdown,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::decision: risk_decision {
        struct_size, reserved, weights, weights_len, units, units_len, stops, stops_len, reasons, reasons_capacity,
        reasons_len, state, hedge_active, hedge_side, reserved_2, cash, gross, net, turnover, leverage, volatility,
        drawdown, hedge_notional, hedge_net, hedge_ratio,
    }));
    numbers.extend(layout!(ppo_risk::ffi::risk::hedge: risk_hedge_position {
        struct_size, reserved, active, side, notional, net, ratio,
    }));
    numbers
}
