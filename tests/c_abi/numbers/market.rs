//! Of markets.

use super::{Number, constants, layout};

pub(super) fn numbers() -> Vec<Number> {
    let mut numbers = constants!(ppo_risk::ffi::market::queries: PPO_BAR_AT_OR_AFTER, PPO_BAR_AT_OR_BEFORE);
    numbers.extend(layout!(ppo_risk::ffi::market::prices: ppo_prices {
        struct_size, reserved, bars, assets, columns, closes, asset_names, times, bars_per_year, confirm_cash_rate,
        reserved_2, opens, highs, lows, volumes, cash_rates, cash_rate, column_names, signals, asset_columns,
        asset_column_names, asset_signals, prior, ends, delisting_return, max_halted_bars, gaps, cost_rates, cost_rates_len, half_spreads, half_spreads_len, borrow_rates, borrow_rates_len,
    }));
    numbers
}
