//! Of the risk manager.

use super::{Number, constants, layout};
use ppo_risk::ffi::risk::reason::REASONS;

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers: Vec<Number> = REASONS
        .iter()
        .map(|(number, name)| {
            (
                format!("RISK_REASON_{}", name.to_str().unwrap()),
                i64::from(*number),
            )
        })
        .collect();
    numbers.extend(constants!(ppo_risk::ffi::risk::reason: RISK_NO_INDEX));
    numbers.extend(constants!(ppo_risk::ffi::risk::decision:
        RISK_STATE_ACTIVE, RISK_STATE_REDUCING, RISK_STATE_HALTED,
        RISK_HEDGE_NONE, RISK_HEDGE_SELL, RISK_HEDGE_BUY));
    numbers.extend(layout!(ppo_risk::ffi::risk::reason: risk_reason { code, index, found, allowed }));
    numbers.extend(layout!(ppo_risk::ffi::portfolio::bar: ppo_bar {
        struct_size, reserved, closes, closes_len, highs, highs_len, lows, lows_len, atr, atr_len, betas, betas_len,
        observation, observation_len, volatility, trend, time, cash_return, columns, columns_len,
        asset_columns, asset_columns_len, prior, prior_len, ends, ends_len, cost_rates, cost_rates_len, half_spreads, half_spreads_len, borrow_rates, borrow_rates_len, volumes, volumes_len,
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
