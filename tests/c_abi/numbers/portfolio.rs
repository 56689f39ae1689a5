//! Of portfolios.

use super::{Number, layout};

pub(super) fn numbers() -> Vec<Number> {
    layout!(ppo_risk::ffi::portfolio::account: ppo_account {
        struct_size, reserved, value, cash, drawdown, volatility,
    })
}
