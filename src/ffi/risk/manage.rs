//! One decision.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Span};
use crate::ffi::border::versioned::{self, OutputStruct};
use crate::ffi::risk::arrays::given;
use crate::ffi::risk::decision::{risk_decision, risk_market, risk_portfolio, side_number, state_number};
use crate::ffi::risk::manager::risk_manager;
use crate::ffi::risk::reason::{self, risk_reason};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::manager::{Decision, MarketState, Portfolio, RiskManager};

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
            slice::optional_input(market.highs, market.highs_len, assets, "market.highs")?,
            slice::optional_input(market.lows, market.lows_len, assets, "market.lows")?,
            slice::optional_input(market.atr, market.atr_len, assets, "market.atr")?,
            slice::optional_input(market.betas, market.betas_len, assets, "market.betas")?,
            slice::optional_input(
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
            time: (market.time != 0).then_some(market.time),
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
                units: slice::optional_output(
                    hosts.units,
                    hosts.units_len,
                    assets,
                    "decision.units",
                    others([weights, itself, itself]),
                )?,
                stops: slice::optional_output(
                    hosts.stops,
                    hosts.stops_len,
                    assets,
                    "decision.stops",
                    others([weights, units, itself]),
                )?,
                reasons: slice::optional_output(
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
        if let Some(places) = self.reasons {
            reason::write(places, &decided.reasons);
        }
        let written = risk_decision {
            reasons_len: decided.reasons.len(),
            state: state_number(decided.state),
            hedge_active: u32::from(decided.hedge.active),
            hedge_side: side_number(decided.hedge.side),
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
