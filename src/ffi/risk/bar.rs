//! A bar of the host, as a risk manager and a policy look at it.

use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::slice::{self, Span};
use crate::ffi::border::versioned;
use crate::ffi::portfolio::bar::{for_policy, ppo_bar};
use crate::ffi::risk::arrays::given;
use crate::policy::spec::PolicySpec;
use crate::risk::manager::{Bar, RiskManager};

/// Arrays of a bar.
pub(in crate::ffi) const BAR_ARRAYS: usize = 14;

/// A bar of the host, with where its arrays lie.
pub(in crate::ffi) struct GivenBar<'a> {
    pub(in crate::ffi) bar: Bar<'a>,
    pub(in crate::ffi) spans: [Span; BAR_ARRAYS],
}

/// What a risk manager looks at of a bar.
pub(in crate::ffi) fn read_bar<'a>(
    call: Call<'a>,
    bar: *const ppo_bar,
    manager: &RiskManager,
) -> Outcome<GivenBar<'a>> {
    let given_bar = versioned::read_required(call, bar, "bar")?;
    Ok(GivenBar {
        bar: seen_by_manager(call, &given_bar, manager)?,
        spans: spans(&given_bar),
    })
}

fn seen_by_manager<'a>(call: Call<'a>, given_bar: &ppo_bar, manager: &RiskManager) -> Outcome<Bar<'a>> {
    let assets = manager.assets();
    let width = manager.observation_len();
    let array = |pointer, len, expected, name| slice::optional_input(call, pointer, len, expected, name);
    let closes = slice::input(call, given_bar.closes, given_bar.closes_len, assets, "bar.closes")?;
    let highs = array(given_bar.highs, given_bar.highs_len, assets, "bar.highs")?;
    let lows = array(given_bar.lows, given_bar.lows_len, assets, "bar.lows")?;
    let atr = array(given_bar.atr, given_bar.atr_len, assets, "bar.atr")?;
    let betas = array(given_bar.betas, given_bar.betas_len, assets, "bar.betas")?;
    let (pointer, len) = (given_bar.observation, given_bar.observation_len);
    let observation = array(pointer, len, width, "bar.observation")?;
    let highs_lows = match (highs, lows) {
        (Some(highs), Some(lows)) => Some((highs, lows)),
        (None, None) => None,
        (Some(_), None) => return Err(Failure::invalid("bar.lows", "NULL", "lows with the highs")),
        (None, Some(_)) => return Err(Failure::invalid("bar.highs", "NULL", "highs with the lows")),
    };
    Ok(Bar {
        highs_lows,
        atr,
        volatility: given(given_bar.volatility),
        trend: given(given_bar.trend),
        betas,
        observation,
        time: (given_bar.time != 0).then_some(given_bar.time),
        ..Bar::closes(closes)
    })
}

/// Where the arrays of a bar lie.
fn spans(given_bar: &ppo_bar) -> [Span; BAR_ARRAYS] {
    [
        Span::new(given_bar.closes, given_bar.closes_len, "bar.closes"),
        Span::new(given_bar.highs, given_bar.highs_len, "bar.highs"),
        Span::new(given_bar.lows, given_bar.lows_len, "bar.lows"),
        Span::new(given_bar.atr, given_bar.atr_len, "bar.atr"),
        Span::new(given_bar.betas, given_bar.betas_len, "bar.betas"),
        Span::new(
            given_bar.observation,
            given_bar.observation_len,
            "bar.observation",
        ),
        Span::new(given_bar.columns, given_bar.columns_len, "bar.columns"),
        Span::new(
            given_bar.asset_columns,
            given_bar.asset_columns_len,
            "bar.asset_columns",
        ),
        Span::new(given_bar.prior, given_bar.prior_len, "bar.prior"),
        Span::new(given_bar.ends, given_bar.ends_len, "bar.ends"),
        Span::new(given_bar.cost_rates, given_bar.cost_rates_len, "bar.cost_rates"),
        Span::new(
            given_bar.half_spreads,
            given_bar.half_spreads_len,
            "bar.half_spreads",
        ),
        Span::new(
            given_bar.borrow_rates,
            given_bar.borrow_rates_len,
            "bar.borrow_rates",
        ),
        Span::new(given_bar.volumes, given_bar.volumes_len, "bar.volumes"),
    ]
}

/// The same with what a policy looks at.
pub(in crate::ffi) fn read_whole_bar<'a>(
    call: Call<'a>,
    bar: *const ppo_bar,
    manager: &RiskManager,
    spec: &PolicySpec,
) -> Outcome<GivenBar<'a>> {
    let given_bar = versioned::read_required(call, bar, "bar")?;
    let seen = seen_by_manager(call, &given_bar, manager)?;
    let shown = for_policy(call, &given_bar, spec)?;
    Ok(GivenBar {
        bar: Bar {
            cash_return: given_bar.cash_return,
            shown,
            ..seen
        },
        spans: spans(&given_bar),
    })
}
