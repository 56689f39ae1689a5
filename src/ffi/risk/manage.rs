//! One decision: what it is taken on and what comes of it, as structs.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Span};
use crate::ffi::border::versioned::{self, OutputStruct, versioned};
use crate::ffi::risk::manager::risk_manager;
use crate::ffi::risk::reason::risk_reason;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::drawdown_state::TradingState;
use crate::risk::hedge::HedgeSide;
use crate::risk::manager::{Decision, MarketState, Portfolio, RiskManager};
use std::ptr;

/// State: everything within its limits.
pub const RISK_STATE_ACTIVE: u32 = 0;
/// State: no exposure may grow.
pub const RISK_STATE_REDUCING: u32 = 1;
/// State: to cash, until risk_manager_reset.
pub const RISK_STATE_HALTED: u32 = 2;

/// Side of a hedge: none is held.
pub const RISK_HEDGE_NONE: u32 = 0;
/// Side of a hedge: short, the net exposure is long.
pub const RISK_HEDGE_SELL: u32 = 1;
/// Side of a hedge: long, the net exposure is short.
pub const RISK_HEDGE_BUY: u32 = 2;

/// A bar that just ended, as far as it is known. Fill it with risk_market_init. What is not given is estimated from
/// earlier bars where that is possible, and otherwise not looked at; the decision's reasons say which.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct risk_market {
    /// Size of the caller's struct in bytes; risk_market_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Closes of the assets, above 0: [closes_len].
    pub closes: *const f64,
    /// N.
    pub closes_len: usize,
    /// Highs around the closes: [highs_len]; NULL together with `lows`: the true range is that of closes.
    pub highs: *const f64,
    /// N, or 0 with NULL.
    pub highs_len: usize,
    /// Lows around the closes: [lows_len]; NULL together with `highs`.
    pub lows: *const f64,
    /// N, or 0 with NULL.
    pub lows_len: usize,
    /// Average true ranges, above 0, in the unit of the closes: [atr_len]; NULL: the manager's own.
    pub atr: *const f64,
    /// N, or 0 with NULL.
    pub atr_len: usize,
    /// Betas of the assets to the hedge instrument: [betas_len]; NULL: every asset counts as 1.
    pub betas: *const f64,
    /// N, or 0 with NULL.
    pub betas_len: usize,
    /// What the regimes are told apart by: [observation_len]; NULL: none.
    pub observation: *const f64,
    /// The length that risk_manager_counts gives, or 0 with NULL.
    pub observation_len: usize,
    /// Forecast volatility of the target before leverage, annual, above 0; default NaN: the manager's own.
    pub volatility: f64,
    /// Expected return of the target before leverage, annual; default NaN: not given.
    pub trend: f64,
}

versioned!(
    risk_market,
    [120],
    risk_market {
        struct_size: 120,
        reserved: 0,
        closes: ptr::null(),
        closes_len: 0,
        highs: ptr::null(),
        highs_len: 0,
        lows: ptr::null(),
        lows_len: 0,
        atr: ptr::null(),
        atr_len: 0,
        betas: ptr::null(),
        betas_len: 0,
        observation: ptr::null(),
        observation_len: 0,
        volatility: f64::NAN,
        trend: f64::NAN,
    }
);

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

/// Fills a bar with the defaults: nothing given.
///
/// \param market  the struct to fill
/// \param size    `sizeof(risk_market)` as the caller was compiled
///
/// Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_market_init(market: *mut risk_market, size: usize) -> ppo_status {
    boundary!(risk_market_init, [], {
        // SAFETY: the caller's struct has `size` bytes, by the header's contract.
        unsafe { versioned::init(market, size, "market") }?;
        Ok(PPO_OK)
    })
}

/// Fills a portfolio with the defaults.
///
/// \param portfolio  the struct to fill
/// \param size       `sizeof(risk_portfolio)` as the caller was compiled
///
/// Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_portfolio_init(portfolio: *mut risk_portfolio, size: usize) -> ppo_status {
    boundary!(risk_portfolio_init, [], {
        // SAFETY: the caller's struct has `size` bytes, by the header's contract.
        unsafe { versioned::init(portfolio, size, "portfolio") }?;
        Ok(PPO_OK)
    })
}

/// Fills a decision with the defaults: no arrays.
///
/// \param decision  the struct to fill
/// \param size      `sizeof(risk_decision)` as the caller was compiled
///
/// Any thread; allocates nothing. PPO_ERR_NULL_POINTER; PPO_ERR_VERSION for a size that no version had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_decision_init(decision: *mut risk_decision, size: usize) -> ppo_status {
    boundary!(risk_decision_init, [], {
        // SAFETY: the caller's struct has `size` bytes, by the header's contract.
        unsafe { versioned::init(decision, size, "decision") }?;
        Ok(PPO_OK)
    })
}

/// Takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar; bars
/// without a decision go to risk_manager_observe.
///
/// \param manager    the manager; as it was where the call fails
/// \param market     the bar that just ended
/// \param portfolio  what is wished for and what is held
/// \param decision   gets the decision, in arrays of its own; untouched where the call fails
///
/// One thread at a time on `manager`; allocates nothing and never waits. PPO_ERR_NULL_POINTER, PPO_ERR_LENGTH,
/// PPO_ERR_NOT_FINITE, PPO_ERR_INVALID_ARGUMENT, PPO_ERR_VERSION, PPO_ERR_WRONG_HANDLE, PPO_ERR_POISONED,
/// PPO_ERR_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manage(
    manager: *mut risk_manager,
    market: *const risk_market,
    portfolio: *const risk_portfolio,
    decision: *mut risk_decision,
) -> ppo_status {
    boundary!(risk_manage, [manager], {
        // SAFETY: the header's contract.
        let mut used = unsafe { handle::exclusive(manager, "manager") }?;
        // SAFETY: the header's contract.
        let bar = unsafe { read_market(market, &used) }?;
        // SAFETY: the header's contract.
        let (held, spans) = unsafe { read_portfolio(portfolio, used.assets()) }?;
        // SAFETY: the header's contract.
        let places = unsafe { Places::new(decision, used.assets(), bar.spans, spans) }?;
        let decided = used.manage(&bar.state, &held)?;
        // SAFETY: the header's contract.
        unsafe { places.write(decided) };
        Ok(PPO_OK)
    })
}

/// A bar of the host, with where its arrays lie.
pub(in crate::ffi) struct Bar<'a> {
    pub(in crate::ffi) state: MarketState<'a>,
    pub(in crate::ffi) spans: [Span; 6],
}

/// # Safety
/// The struct and its arrays are as the header says, and nobody changes them for `'a`.
pub(in crate::ffi) unsafe fn read_market<'a>(
    market: *const risk_market,
    manager: &RiskManager,
) -> Outcome<Bar<'a>> {
    // SAFETY: the caller's promise.
    let market = unsafe { versioned::read_required(market, "market") }?;
    let assets = manager.assets();
    let width = manager.observation_len();
    // SAFETY: the caller's promise.
    let (closes, highs, lows, atr, betas, observation) = unsafe {
        (
            slice::input(market.closes, market.closes_len, assets, "market.closes")?,
            optional_input(market.highs, market.highs_len, assets, "market.highs")?,
            optional_input(market.lows, market.lows_len, assets, "market.lows")?,
            optional_input(market.atr, market.atr_len, assets, "market.atr")?,
            optional_input(market.betas, market.betas_len, assets, "market.betas")?,
            optional_input(
                market.observation,
                market.observation_len,
                width,
                "market.observation",
            )?,
        )
    };
    let highs_lows = match (highs, lows) {
        (Some(highs), Some(lows)) => Some((highs, lows)),
        (None, None) => None,
        (Some(_), None) => return Err(Failure::invalid("market.lows", "NULL", "lows with the highs")),
        (None, Some(_)) => return Err(Failure::invalid("market.highs", "NULL", "highs with the lows")),
    };
    Ok(Bar {
        state: MarketState {
            closes,
            highs_lows,
            atr,
            volatility: given(market.volatility),
            trend: given(market.trend),
            betas,
            observation,
        },
        spans: [
            Span::new(market.closes, market.closes_len, "market.closes"),
            Span::new(market.highs, market.highs_len, "market.highs"),
            Span::new(market.lows, market.lows_len, "market.lows"),
            Span::new(market.atr, market.atr_len, "market.atr"),
            Span::new(market.betas, market.betas_len, "market.betas"),
            Span::new(market.observation, market.observation_len, "market.observation"),
        ],
    })
}

/// # Safety
/// The struct and its arrays are as the header says, and nobody changes them for `'a`.
unsafe fn read_portfolio<'a>(
    portfolio: *const risk_portfolio,
    assets: usize,
) -> Outcome<(Portfolio<'a>, [Span; 2])> {
    // SAFETY: the caller's promise.
    let portfolio = unsafe { versioned::read_required(portfolio, "portfolio") }?;
    let (target, target_len) = (portfolio.target, portfolio.target_len);
    let (current, current_len) = (portfolio.current, portfolio.current_len);
    let held = Portfolio {
        // SAFETY: the caller's promise.
        target: unsafe { slice::input(target, target_len, assets, "portfolio.target") }?,
        // SAFETY: the caller's promise.
        current: unsafe { slice::input(current, current_len, assets, "portfolio.current") }?,
        equity: portfolio.equity,
        drawdown: given(portfolio.drawdown),
    };
    let spans = [
        Span::new(target, target_len, "portfolio.target"),
        Span::new(current, current_len, "portfolio.current"),
    ];
    Ok((held, spans))
}

/// A number that is NaN where it is not given.
fn given(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

/// # Safety
/// As [`slice::input`].
unsafe fn optional_input<'a>(
    pointer: *const f64,
    len: usize,
    expected: usize,
    name: &str,
) -> Outcome<Option<&'a [f64]>> {
    if pointer.is_null() && len == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { slice::input(pointer, len, expected, name) }.map(Some)
}

/// Where a decision goes, every array checked.
pub(in crate::ffi) struct Places<'a> {
    place: OutputStruct<risk_decision>,
    hosts: risk_decision,
    weights: &'a mut [f64],
    units: Option<&'a mut [f64]>,
    stops: Option<&'a mut [f64]>,
    reasons: Option<&'a mut [risk_reason]>,
}

impl Places<'_> {
    /// # Safety
    /// The struct and its arrays are as the header says, and nobody else uses them for as long as this lives.
    pub(in crate::ffi) unsafe fn new(
        decision: *mut risk_decision,
        assets: usize,
        bar: [Span; 6],
        held: [Span; 2],
    ) -> Outcome<Self> {
        // SAFETY: the caller's promise.
        let hosts = unsafe { versioned::read_required(decision, "decision") }?;
        // SAFETY: the caller's promise.
        let place = unsafe { OutputStruct::new(decision, "decision") }?;
        let weights = Span::new(hosts.weights, hosts.weights_len, "decision.weights");
        let units = Span::new(hosts.units, hosts.units_len, "decision.units");
        let stops = Span::new(hosts.stops, hosts.stops_len, "decision.stops");
        let itself = Span::new(decision, 1, "decision");
        // Of the outputs those that come earlier.
        let others = |outputs: [Span; 3]| {
            let [a, b, c, d, e, f] = bar;
            let [target, current] = held;
            let [x, y, z] = outputs;
            [a, b, c, d, e, f, target, current, itself, x, y, z]
        };
        // SAFETY: the caller's promise.
        unsafe {
            Ok(Self {
                place,
                hosts,
                weights: slice::output(
                    hosts.weights,
                    hosts.weights_len,
                    assets,
                    "decision.weights",
                    others([itself; 3]),
                )?,
                units: optional_output(
                    hosts.units,
                    hosts.units_len,
                    assets,
                    "decision.units",
                    others([weights, itself, itself]),
                )?,
                stops: optional_output(
                    hosts.stops,
                    hosts.stops_len,
                    assets,
                    "decision.stops",
                    others([weights, units, itself]),
                )?,
                reasons: optional_output(
                    hosts.reasons,
                    hosts.reasons_capacity,
                    hosts.reasons_capacity,
                    "decision.reasons",
                    others([weights, units, stops]),
                )?,
            })
        }
    }

    /// # Safety
    /// As [`new`](Self::new).
    pub(in crate::ffi) unsafe fn write(self, decided: &Decision) {
        self.weights.copy_from_slice(&decided.weights);
        if let Some(units) = self.units {
            units.fill(f64::NAN);
            for (place, position) in units.iter_mut().zip(&decided.positions) {
                *place = position.units;
            }
        }
        if let Some(stops) = self.stops {
            stops.fill(f64::NAN);
            for (place, position) in stops.iter_mut().zip(&decided.positions) {
                *place = position.stop.unwrap_or(f64::NAN);
            }
        }
        if let Some(reasons) = self.reasons {
            for (place, reason) in reasons.iter_mut().zip(&decided.reasons) {
                *place = risk_reason::of(reason);
            }
        }
        let written = risk_decision {
            reasons_len: decided.reasons.len(),
            state: match decided.state {
                TradingState::Active => RISK_STATE_ACTIVE,
                TradingState::Reducing => RISK_STATE_REDUCING,
                TradingState::Halted => RISK_STATE_HALTED,
            },
            hedge_active: u32::from(decided.hedge.active),
            hedge_side: match decided.hedge.side {
                HedgeSide::None => RISK_HEDGE_NONE,
                HedgeSide::Sell => RISK_HEDGE_SELL,
                HedgeSide::Buy => RISK_HEDGE_BUY,
            },
            cash: decided.cash,
            gross: decided.gross,
            net: decided.net,
            turnover: decided.turnover,
            leverage: decided.leverage,
            volatility: decided.volatility,
            drawdown: decided.drawdown,
            hedge_notional: decided.hedge.notional,
            hedge_net: decided.hedge.net,
            hedge_ratio: decided.hedge.ratio,
            reserved_2: 0,
            ..self.hosts
        };
        // SAFETY: the caller's promise.
        unsafe { self.place.write(&written) };
    }
}

/// # Safety
/// As [`slice::output`].
unsafe fn optional_output<'a, T>(
    pointer: *mut T,
    len: usize,
    expected: usize,
    name: &'static str,
    others: [Span; 12],
) -> Outcome<Option<&'a mut [T]>> {
    if pointer.is_null() && len == 0 {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    unsafe { slice::output(pointer, len, expected, name, others) }.map(Some)
}
