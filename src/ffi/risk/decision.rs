//! What a decision is taken on and what comes of it, as structs.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::drawdown_state::TradingState;
use crate::risk::hedge::HedgeSide;
use std::ptr;

/// State: everything within its limits.
pub const RISK_STATE_ACTIVE: u32 = 0;
/// State: no exposure may grow, by drawdown or ppo_book_halt.
pub const RISK_STATE_REDUCING: u32 = 1;
/// State: to cash, until risk_manager_reset, or while ppo_book_flatten lasts.
pub const RISK_STATE_HALTED: u32 = 2;

/// Side of a hedge: none is held.
pub const RISK_HEDGE_NONE: u32 = 0;
/// Side of a hedge: short, the net exposure is long.
pub const RISK_HEDGE_SELL: u32 = 1;
/// Side of a hedge: long, the net exposure is short.
pub const RISK_HEDGE_BUY: u32 = 2;

/// The portfolio at the close. Fill it with risk_portfolio_init.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_portfolio {
    /// Size of the caller's struct in bytes; risk_portfolio_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Weights wished for: [target_len]. Cash is the rest; negative is short; at most 1e6 in size.
    pub target: *const f64,
    /// N.
    pub target_len: usize,
    /// Weights held now, after the bar's drift: [current_len]. At most 100 in size.
    pub current: *const f64,
    /// N.
    pub current_len: usize,
    /// What the portfolio is worth, money above 0; default 0, which is refused.
    pub equity: f64,
    /// 1 - equity/peak, in [0, 1]; default NaN: the manager follows the peak of the equities that it is shown.
    pub drawdown: f64,
}

versioned!(
    risk_portfolio,
    [56],
    risk_portfolio {
        struct_size: 56,
        reserved: 0,
        target: ptr::null(),
        target_len: 0,
        current: ptr::null(),
        current_len: 0,
        equity: 0.0,
        drawdown: f64::NAN,
    }
);

/// A decision. Fill it with risk_decision_init, and set the arrays that risk_manage is to write to: it writes to them
/// and to everything after `reasons_capacity`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_decision {
    /// Size of the caller's struct in bytes; risk_decision_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Place for the weights to trade to at this close: [weights_len]. Negative is short. Not NULL.
    pub weights: *mut f64,
    /// N.
    pub weights_len: usize,
    /// Place for the units to hold, signed as the weight, NaN where positions are not sized: [units_len]; may be NULL.
    pub units: *mut f64,
    /// N, or 0 with NULL.
    pub units_len: usize,
    /// Place for the prices at which to get out, NaN where there is none: [stops_len]; may be NULL.
    pub stops: *mut f64,
    /// N, or 0 with NULL.
    pub stops_len: usize,
    /// Place for the reasons, in the order of the decision: [reasons_capacity]; may be NULL.
    pub reasons: *mut risk_reason,
    /// Reasons that there is room for, or 0 with NULL. What is beyond it is left out.
    pub reasons_capacity: usize,
    /// Reasons that the decision has: more than `reasons_capacity` where some were left out.
    pub reasons_len: usize,
    /// The state it was taken in, a RISK_STATE_ number.
    pub state: u32,
    /// Whether the hedge is open, 0 or 1.
    pub hedge_active: u32,
    /// Side of the hedge position, a RISK_HEDGE_ number.
    pub hedge_side: u32,
    /// 0.
    pub reserved_2: u32,
    /// Cash at the weights; negative where money is borrowed.
    pub cash: f64,
    /// Sum of abs(weights): leverage as held.
    pub gross: f64,
    /// Sum of weights.
    pub net: f64,
    /// One-way turnover from the current weights.
    pub turnover: f64,
    /// Factor that the target was multiplied by before the limits.
    pub leverage: f64,
    /// Forecast volatility of the target before leverage, annual; NaN where there is none.
    pub volatility: f64,
    /// Drawdown that it was taken at, in [0, 1].
    pub drawdown: f64,
    /// Size of the hedge position in money, 0 or more. The hedge is not part of the weights.
    pub hedge_notional: f64,
    /// Net exposure that is hedged, as a signed part of equity.
    pub hedge_net: f64,
    /// Part of the net exposure that is hedged; 0 while closed.
    pub hedge_ratio: f64,
}

versioned!(
    risk_decision,
    [176],
    risk_decision {
        struct_size: 176,
        reserved: 0,
        weights: ptr::null_mut(),
        weights_len: 0,
        units: ptr::null_mut(),
        units_len: 0,
        stops: ptr::null_mut(),
        stops_len: 0,
        reasons: ptr::null_mut(),
        reasons_capacity: 0,
        reasons_len: 0,
        state: RISK_STATE_ACTIVE,
        hedge_active: 0,
        hedge_side: RISK_HEDGE_NONE,
        reserved_2: 0,
        cash: 0.0,
        gross: 0.0,
        net: 0.0,
        turnover: 0.0,
        leverage: 0.0,
        volatility: f64::NAN,
        drawdown: 0.0,
        hedge_notional: 0.0,
        hedge_net: 0.0,
        hedge_ratio: 0.0,
    }
);

/// Fills a portfolio with the defaults.
///
/// \param portfolio  the struct to fill
/// \param size       `sizeof(risk_portfolio)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_portfolio_init(portfolio: *mut risk_portfolio, size: usize) -> ppo_status {
    boundary!(risk_portfolio_init, [], |call| {
        versioned::init(call, portfolio, size, "portfolio")?;
        Ok(PPO_OK)
    })
}

/// Fills a decision with the defaults: no arrays.
///
/// \param decision  the struct to fill
/// \param size      `sizeof(risk_decision)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_decision_init(decision: *mut risk_decision, size: usize) -> ppo_status {
    boundary!(risk_decision_init, [], |call| {
        versioned::init(call, decision, size, "decision")?;
        Ok(PPO_OK)
    })
}

/// The number of a state.
pub(super) fn state_number(state: TradingState) -> u32 {
    match state {
        TradingState::Active => RISK_STATE_ACTIVE,
        TradingState::Reducing => RISK_STATE_REDUCING,
        TradingState::Halted => RISK_STATE_HALTED,
    }
}

/// The number of a hedge's side.
pub(super) fn side_number(side: HedgeSide) -> u32 {
    match side {
        HedgeSide::None => RISK_HEDGE_NONE,
        HedgeSide::Sell => RISK_HEDGE_SELL,
        HedgeSide::Buy => RISK_HEDGE_BUY,
    }
}
