//! A bar that just ended, as portfolios, books and risk managers take it.

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::slice;
use crate::ffi::border::versioned::{self, versioned};
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::market::prior::Prior;
use crate::market::{BarColumns, CostColumns};
use crate::policy::spec::PolicySpec;
use std::ptr;

/// A bar that just ended, as far as it is known: the same for a portfolio, a book and a risk manager. Fill it with
/// ppo_bar_init. What is not given is estimated from earlier bars where that is possible, and otherwise not looked at; the
/// decision's reasons say which.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_bar {
    /// Size of the caller's struct in bytes; ppo_bar_init writes it.
    pub struct_size: u32,
    /// Has to be 0.
    pub reserved: u32,
    /// Closes of the assets, above 0: [closes_len]. NaN is no price, for policies that were trained on prices with gaps: the
    /// asset is then halted, or not there at all.
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
    /// When the bar closed, in nanoseconds since 1970-01-01 UTC; default 0: not given. A bar that is no later than the
    /// last one that had a time is refused (PPO_ERR_INVALID_ARGUMENT, with both), so that none counts twice; one without
    /// a time is not compared. A portfolio looks at it where its policy sees the time, and then needs it.
    pub time: i64,
    /// Simple return of cash over the bar, at least -1; default 0. Earned from the first decision, or the first _set_position,
    /// on: what is held is not followed before. The risk manager does not look at it, nor at what follows.
    pub cash_return: f64,
    /// The policy's columns, known at the close: [columns_len]; NULL where it has none.
    pub columns: *const f64,
    /// K, or 0 with NULL.
    pub columns_len: usize,
    /// The policy's columns of each asset, known at the close, an asset's own side by side: [N, F], asset_columns_len values;
    /// NULL where it has none.
    pub asset_columns: *const f64,
    /// N * F, or 0 with NULL.
    pub asset_columns_len: usize,
    /// Weights of a supplied prior for the decision at this close, assets and then cash: [prior_len]; NULL where the policy's
    /// prior is not `supplied`.
    pub prior: *const f64,
    /// N + 1, or 0 with NULL.
    pub prior_len: usize,
    /// Not 0 where an asset ends at this close, and what is held of it is paid out: [ends_len]; NULL: none does.
    pub ends: *const f64,
    /// N, or 0 with NULL.
    pub ends_len: usize,
    /// Commission per traded notional of each asset at this close, in [0, 1), in the place of the portfolio's `cost_rate`:
    /// [cost_rates_len]; NULL: not given.
    pub cost_rates: *const f64,
    /// N, or 0 with NULL.
    pub cost_rates_len: usize,
    /// Half the spread between bid and ask as a part of the price, in [0, 1), paid on top of commission:
    /// [half_spreads_len]; NULL: not given.
    pub half_spreads: *const f64,
    /// N, or 0 with NULL.
    pub half_spreads_len: usize,
    /// Annual fee on what is sold short of each asset, over the bar that begins, in [0, 10], in the place of `borrow_rate`:
    /// [borrow_rates_len]; NULL: not given.
    pub borrow_rates: *const f64,
    /// N, or 0 with NULL.
    pub borrow_rates_len: usize,
    /// Units of each asset traded over the bar, at least 0, for a portfolio with impact:
    /// [volumes_len]; NULL: not given, which such a portfolio refuses.
    pub volumes: *const f64,
    /// N, or 0 with NULL.
    pub volumes_len: usize,
}

versioned!(
    ppo_bar,
    [184, 200, 264],
    ppo_bar {
        struct_size: 264,
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
        time: 0,
        cash_return: 0.0,
        columns: ptr::null(),
        columns_len: 0,
        asset_columns: ptr::null(),
        asset_columns_len: 0,
        prior: ptr::null(),
        prior_len: 0,
        ends: ptr::null(),
        ends_len: 0,
        cost_rates: ptr::null(),
        cost_rates_len: 0,
        half_spreads: ptr::null(),
        half_spreads_len: 0,
        borrow_rates: ptr::null(),
        borrow_rates_len: 0,
        volumes: ptr::null(),
        volumes_len: 0,
    }
);

/// Fills a bar with the defaults: nothing given.
///
/// \param bar   the struct to fill
/// \param size  `sizeof(ppo_bar)` as the caller was compiled
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_bar_init(bar: *mut ppo_bar, size: usize) -> ppo_status {
    boundary!(ppo_bar_init, [], |call| {
        versioned::init(call, bar, size, "bar")?;
        Ok(PPO_OK)
    })
}

/// What a policy sees of a bar besides prices.
pub(in crate::ffi) fn for_policy<'a>(
    call: Call<'a>,
    bar: &ppo_bar,
    spec: &PolicySpec,
) -> Outcome<BarColumns<'a>> {
    let values = |pointer, len, expected, name| slice::possibly_none(call, pointer, len, expected, name);
    let (columns, of_assets) = (bar.columns, bar.asset_columns);
    let each = spec.state.assets * spec.state.asset_columns.len();
    let of_assets_or_none = |pointer, len, name| {
        let values = slice::optional_input(call, pointer, len, spec.state.assets, name)?;
        Outcome::Ok(values.unwrap_or_default())
    };
    Ok(BarColumns {
        columns: values(columns, bar.columns_len, spec.state.columns.len(), "bar.columns")?,
        asset_columns: values(of_assets, bar.asset_columns_len, each, "bar.asset_columns")?,
        prior: values(bar.prior, bar.prior_len, prior_len_of(spec), "bar.prior")?,
        time: (bar.time != 0).then_some(bar.time),
        ends: of_assets_or_none(bar.ends, bar.ends_len, "bar.ends")?,
        costs: CostColumns {
            cost_rates: of_assets_or_none(bar.cost_rates, bar.cost_rates_len, "bar.cost_rates")?,
            half_spreads: of_assets_or_none(bar.half_spreads, bar.half_spreads_len, "bar.half_spreads")?,
            borrow_rates: of_assets_or_none(bar.borrow_rates, bar.borrow_rates_len, "bar.borrow_rates")?,
            volumes: of_assets_or_none(bar.volumes, bar.volumes_len, "bar.volumes")?,
        },
    })
}

/// Weights of a supplied prior that a bar brings.
fn prior_len_of(spec: &PolicySpec) -> usize {
    match spec.action.prior {
        Prior::Supplied => spec.state.assets + 1,
        _ => 0,
    }
}
