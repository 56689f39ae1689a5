//! One decision.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
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
/// Allocates nothing and never waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manage(
    manager: *mut risk_manager,
    market: *const risk_market,
    portfolio: *const risk_portfolio,
    decision: *mut risk_decision,
) -> ppo_status {
    boundary!(risk_manage, [manager], |call| {
        let mut used = handle::exclusive(call, manager, "manager")?;
        let bar = read_market(call, market, &used)?;
        let (held, spans) = read_portfolio(call, portfolio, used.assets())?;
        let places = Places::new(call, decision, used.assets(), bar.spans, spans)?;
        let decided = used.manage(&bar.state, &held)?;
        places.write(decided);
        Ok(PPO_OK)
    })
}

/// A bar of the host, with where its arrays lie.
pub(in crate::ffi) struct Bar<'a> {
    pub(in crate::ffi) state: MarketState<'a>,
    pub(in crate::ffi) spans: [Span; 6],
}

pub(in crate::ffi) fn read_market<'a>(
    call: Call<'a>,
    market: *const risk_market,
    manager: &RiskManager,
) -> Outcome<Bar<'a>> {
    let market = versioned::read_required(call, market, "market")?;
    let assets = manager.assets();
    let width = manager.observation_len();
    let (closes, highs, lows, atr, betas, observation) = (
        slice::input(call, market.closes, market.closes_len, assets, "market.closes")?,
        slice::optional_input(call, market.highs, market.highs_len, assets, "market.highs")?,
        slice::optional_input(call, market.lows, market.lows_len, assets, "market.lows")?,
        slice::optional_input(call, market.atr, market.atr_len, assets, "market.atr")?,
        slice::optional_input(call, market.betas, market.betas_len, assets, "market.betas")?,
        slice::optional_input(
            call,
            market.observation,
            market.observation_len,
            width,
            "market.observation",
        )?,
    );
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

fn read_portfolio<'a>(
    call: Call<'a>,
    portfolio: *const risk_portfolio,
    assets: usize,
) -> Outcome<(Portfolio<'a>, [Span; 2])> {
    let portfolio = versioned::read_required(call, portfolio, "portfolio")?;
    let (target, target_len) = (portfolio.target, portfolio.target_len);
    let (current, current_len) = (portfolio.current, portfolio.current_len);
    let held = Portfolio {
        target: slice::input(call, target, target_len, assets, "portfolio.target")?,
        current: slice::input(call, current, current_len, assets, "portfolio.current")?,
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

impl<'a> Places<'a> {
    pub(in crate::ffi) fn new(
        call: Call<'a>,
        decision: *mut risk_decision,
        assets: usize,
        bar: [Span; 6],
        held: [Span; 2],
    ) -> Outcome<Self> {
        let hosts = versioned::read_required(call, decision, "decision")?;
        let place = OutputStruct::new(call, decision, "decision")?;
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
        Ok(Self {
            place,
            hosts,
            weights: slice::output(
                call,
                hosts.weights,
                hosts.weights_len,
                assets,
                "decision.weights",
                others([itself; 3]),
            )?,
            units: slice::optional_output(
                call,
                hosts.units,
                hosts.units_len,
                assets,
                "decision.units",
                others([weights, itself, itself]),
            )?,
            stops: slice::optional_output(
                call,
                hosts.stops,
                hosts.stops_len,
                assets,
                "decision.stops",
                others([weights, units, itself]),
            )?,
            reasons: slice::optional_output(
                call,
                hosts.reasons,
                hosts.reasons_capacity,
                hosts.reasons_capacity,
                "decision.reasons",
                others([weights, units, stops]),
            )?,
        })
    }

    pub(in crate::ffi) fn write(self, decided: &Decision) {
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
        self.place.write(&written);
    }
}
