//! One decision.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Span};
use crate::ffi::border::versioned::{self, OutputStruct};
use crate::ffi::portfolio::bar::ppo_bar;
use crate::ffi::risk::arrays::given;
use crate::ffi::risk::bar::{BAR_ARRAYS, read_bar};
use crate::ffi::risk::decision::{risk_decision, risk_portfolio, side_number, state_number};
use crate::ffi::risk::manager::risk_manager;
use crate::ffi::risk::reason::{self, risk_reason};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::risk::manager::{Decision, RiskPortfolio};

/// Takes in the bar that just ended and decides what the portfolio may do at its close. To be called once a bar; bars
/// without a decision go to risk_manager_observe.
///
/// \param manager    the manager; as it was where the call fails
/// \param bar        the bar that just ended
/// \param portfolio  what is wished for and what is held
/// \param decision   gets the decision, in arrays of its own; untouched where the call fails
///
/// Allocates nothing and never waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn risk_manage(
    manager: *mut risk_manager,
    bar: *const ppo_bar,
    portfolio: *const risk_portfolio,
    decision: *mut risk_decision,
) -> ppo_status {
    boundary!(risk_manage, [manager], |call| {
        let mut used = handle::exclusive(call, manager, "manager")?;
        let given = read_bar(call, bar, &used)?;
        let (held, spans) = read_portfolio(call, portfolio, used.assets())?;
        let places = Places::new(call, decision, used.assets(), &given.spans, Some(spans))?;
        let decided = used.manage(&given.bar, &held)?;
        places.write(decided);
        Ok(PPO_OK)
    })
}

fn read_portfolio<'a>(
    call: Call<'a>,
    portfolio: *const risk_portfolio,
    assets: usize,
) -> Outcome<(RiskPortfolio<'a>, [Span; 2])> {
    let portfolio = versioned::read_required(call, portfolio, "portfolio")?;
    let (target, target_len) = (portfolio.target, portfolio.target_len);
    let (current, current_len) = (portfolio.current, portfolio.current_len);
    let held = RiskPortfolio {
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
        bar: &[Span; BAR_ARRAYS],
        held: Option<[Span; 2]>,
    ) -> Outcome<Self> {
        let hosts = versioned::read_required(call, decision, "decision")?;
        let place = OutputStruct::new(call, decision, "decision")?;
        let itself = Span::new(decision, 1, "decision");
        // What an output has to lie apart from: the other arrays, the struct, and the outputs that come earlier.
        let mut apart = [itself; BAR_ARRAYS + 6];
        apart[..BAR_ARRAYS].copy_from_slice(bar);
        if let Some(held) = held {
            apart[BAR_ARRAYS..BAR_ARRAYS + 2].copy_from_slice(&held);
        }
        apart[BAR_ARRAYS + 3] = Span::new(hosts.weights, hosts.weights_len, "decision.weights");
        apart[BAR_ARRAYS + 4] = Span::new(hosts.units, hosts.units_len, "decision.units");
        apart[BAR_ARRAYS + 5] = Span::new(hosts.stops, hosts.stops_len, "decision.stops");
        let [of_weights, of_units, of_stops, of_reasons] = [3, 4, 5, 6].map(|own| &apart[..BAR_ARRAYS + own]);
        let (weights, weights_len) = (hosts.weights, hosts.weights_len);
        let weights = slice::output(call, weights, weights_len, assets, "decision.weights", of_weights)?;
        let (units, units_len) = (hosts.units, hosts.units_len);
        let units = slice::optional_output(call, units, units_len, assets, "decision.units", of_units)?;
        let (stops, stops_len) = (hosts.stops, hosts.stops_len);
        let stops = slice::optional_output(call, stops, stops_len, assets, "decision.stops", of_stops)?;
        let (reasons, most) = (hosts.reasons, hosts.reasons_capacity);
        let reasons = slice::optional_output(call, reasons, most, most, "decision.reasons", of_reasons)?;
        Ok(Self {
            place,
            hosts,
            weights,
            units,
            stops,
            reasons,
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
