//! Back-tests: a policy, alone or under a risk manager, or a baseline over prices; its path and its figures.

pub mod figures;
pub mod path;
pub mod state;

use crate::backtest::{Baseline, ManagedTrack, Track, run_policy, untrained};
use crate::env::config::LARGEST_BALANCE;
use crate::env::{Costs, EnvConfig};
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::Output;
use crate::ffi::border::{json, text};
use crate::ffi::market::ppo_market;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::json::document::Document;
use crate::market::state::StateSpec;
use crate::portfolio::evaluation::run_one;
use crate::portfolio::{report_risk, run_managed};
use crate::risk::manager::RiskConfig;
use crate::settings::{Range, settings};
use serde::{Deserialize, Serialize};
use std::ffi::c_char;

/// Baseline: equal weight, brought back every 21 bars.
pub const PPO_BASELINE_EQUAL_WEIGHT: u32 = 0;
/// Baseline: equal weight at the start, then held.
pub const PPO_BASELINE_BUY_AND_HOLD: u32 = 1;
/// Baseline: weights in inverse proportion to volatility, every 21 bars.
pub const PPO_BASELINE_INVERSE_VOLATILITY: u32 = 2;
/// Baseline: minimum variance, long only, every 21 bars.
pub const PPO_BASELINE_MINIMUM_VARIANCE: u32 = 3;
/// Baseline: risk parity, every 21 bars.
pub const PPO_BASELINE_RISK_PARITY: u32 = 4;
/// Baseline: equal weight scaled to a volatility of 15%, cash for the rest, traded when exposure is off by more than
/// 0.1.
pub const PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT: u32 = 5;

/// What a portfolio did over prices: returns, weights, turnover, costs. It never changes.
pub struct ppo_backtest {
    _private: [u8; 0],
}

impl Kind for ppo_backtest {
    type Value = Backtest;
    const MAGIC: [u8; 8] = *b"ppobacks";
    const NAME: &'static str = "backtest";
}

/// The value behind a `ppo_backtest`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backtest {
    /// Of a policy by itself, or of a baseline.
    Plain(Track),
    /// Of a policy under a risk manager.
    Managed(ManagedTrack),
}

impl Document for Backtest {
    const KIND: &'static str = "what a back-test came to";
}

impl Backtest {
    pub(in crate::ffi) fn track(&self) -> &Track {
        match self {
            Self::Plain(track) => track,
            Self::Managed(managed) => &managed.track,
        }
    }

    pub(in crate::ffi) fn managed(&self) -> Outcome<&ManagedTrack> {
        match self {
            Self::Managed(managed) => Ok(managed),
            Self::Plain(_) => {
                let found = "without a risk manager";
                Err(Failure::invalid(
                    "backtest",
                    found,
                    "one that was run with `book` or `risk`",
                ))
            }
        }
    }
}

/// Runs an agent's deterministic decisions over a market's bars, as one episode that starts in cash: on the time line
/// and at the costs that it was trained on.
///
/// \param agent         the agent, with the policy that it has now
/// \param market        prices of the policy's assets and columns. Decisions are taken within the market's bars
///                      (ppo_market_select), the first once there are 252 returns of history before it, or as many as
///                      the policy needs where that is more, so that policies and baselines share their dates
/// \param options_json  an object with any of `balance` (money at the start, above 0; default 100000), `cost_rate`, `minimum_fee`, `impact`, `impact_exponent`, `lot`,
///                      `borrow_rate`, `margin_rate` and `maintenance` (as in ppo_config; lots of a risk manager are its
///                      own), `managed` (true: every decision goes through a risk manager with the settings that reports
///                      use: no leverage above 1, shorts and borrowed money as far as the policy may; default false),
///                      `risk` (the risk manager's own settings, as for risk_manager_new; in place of `managed`), `prior` (true: the decisions of the policy as it
///                      was before its training, which is the rule that it departs from, on the same band and costs;
///                      default false); NULL for the defaults
/// \param backtest      gets the result, which is the caller's to free with ppo_backtest_free
///
/// A decision that the risk manager refuses is left out: what is held stays, without reasons.
///
/// PPO_ERR_INVALID_ARGUMENT for a market of other assets, without the history, with fewer than 22 returns or without
/// end, settings that cannot be used, `prior` of a policy that departs from no rule, a portfolio that is ruined.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_run(
    agent: *const ppo_agent,
    market: *const ppo_market,
    options_json: *const c_char,
    backtest: *mut *mut ppo_backtest,
) -> ppo_status {
    boundary!(ppo_backtest_run, [agent, market], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let market = handle::shared(call, market, "market")?;
        let options = Options::read(call, options_json)?;
        let backtest = Output::new(call, backtest, "backtest")?;
        let mut policy = agent.snapshot();
        let market = market.test(Some(policy.spec()))?;
        if options.prior {
            let expected = "a policy with a prior";
            let found = || {
                Failure::invalid(
                    "options_json",
                    "asking for a prior that the policy has not",
                    expected,
                )
            };
            policy = untrained(&policy)?.ok_or_else(found)?.into();
        }
        let env = options.env()?;
        let risk = match options {
            Options { risk: Some(risk), .. } => Some(risk),
            Options { managed: true, .. } => Some(report_risk(policy.spec())),
            _ => None,
        };
        let result = match risk {
            None => Backtest::Plain(run_policy("policy", &policy, market, &env)?),
            Some(risk) => {
                let run = run_managed("policy", &policy, &market, &env, &risk);
                Backtest::Managed(run.map_err(|error| error.called(&[("risk.", "options_json: risk.")]))?)
            }
        };
        backtest.write(handle::create(result));
        Ok(PPO_OK)
    })
}

/// Runs a baseline over a market's bars, on the dates and at the costs that ppo_backtest_run has.
///
/// \param market        prices; as for ppo_backtest_run
/// \param baseline      a PPO_BASELINE_ number
/// \param options_json  as for ppo_backtest_run, where a baseline has no risk manager and no prior; NULL for the
///                      defaults
/// \param backtest      gets the result, which is the caller's to free with ppo_backtest_free
///
/// Rules that divide by a variance leave out the assets whose returns do not vary over the look-back, and a decision that
/// a rule has no answer for is left out: what is held stays until the next one.
///
/// Errors as ppo_backtest_run, and PPO_ERR_INVALID_ARGUMENT for a number that is no baseline's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_run_baseline(
    market: *const ppo_market,
    baseline: u32,
    options_json: *const c_char,
    backtest: *mut *mut ppo_backtest,
) -> ppo_status {
    boundary!(ppo_backtest_run_baseline, [market], |call| {
        let market = handle::shared(call, market, "market")?;
        let options = Options::read(call, options_json)?;
        let backtest = Output::new(call, backtest, "backtest")?;
        let Some(&chosen) = usize::try_from(baseline).ok().and_then(|i| Baseline::ALL.get(i)) else {
            return Err(Failure::invalid(
                "baseline",
                baseline,
                "a PPO_BASELINE_ number (0 to 5)",
            ));
        };
        if options.managed || options.prior || options.risk.is_some() {
            let expected = "nothing: a baseline has no risk manager and no prior";
            return Err(Failure::invalid(
                "options_json: managed, risk, prior",
                "given",
                expected,
            ));
        }
        let env = options.env()?;
        let market = market.test(None)?;
        // That of a policy which does not say another.
        let window = StateSpec::base(market.table().assets().len()).window;
        let track = run_one(chosen, &market, &env, window)?;
        backtest.write(handle::create(Backtest::Plain(track)));
        Ok(PPO_OK)
    })
}

/// Frees a back-test. NULL is fine. One that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_free(backtest: *mut ppo_backtest) {
    boundary!(ppo_backtest_free, [], |_| {
        handle::free(backtest)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a back-test, made by any thread, as ppo_last_error does.
///
/// \param backtest  the back-test; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_backtest_last_error(
    backtest: *const ppo_backtest,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_backtest_last_error, [], |call| {
        handle::copy_message(call, backtest, "backtest", buffer, capacity, needed)
    })
}

settings! {
    /// How a back-test is run.
    pub struct Options in "options_json: " {
        #[shared]
        /// What trading and holding cost.
        costs: Costs;
        /// Money at the start.
        balance: f64 = EnvConfig::default().balance, "MONEY", Range::above(0.0, LARGEST_BALANCE);
        /// Whether every decision goes through the risk manager of reports.
        managed: bool = false, "BOOL", Range::ANY;
        /// The risk manager's own settings.
        risk: Option<RiskConfig> = None, "OBJECT", Range::ANY;
        /// Whether the policy is as it was before its training.
        prior: bool = false, "BOOL", Range::ANY;
    }
}

impl Options {
    fn read(call: Call<'_>, json: *const c_char) -> Outcome<Self> {
        if json.is_null() {
            return Ok(Self::default());
        }
        let json = text::input(call, json, "options_json")?;
        json::parse(json, "options_json", "options of a back-test")
    }

    /// The environment's settings, checked.
    fn env(&self) -> Outcome<EnvConfig> {
        let env = EnvConfig {
            costs: self.costs,
            balance: self.balance,
            ..EnvConfig::default()
        };
        self.check_ranges()
            .map_err(|error| error.called(&[("env.", "options_json: ")]))?;
        Ok(env)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_baselines_are_pinned() {
        for (number, name) in [
            (PPO_BASELINE_EQUAL_WEIGHT, "equal_weight"),
            (PPO_BASELINE_BUY_AND_HOLD, "buy_and_hold"),
            (PPO_BASELINE_INVERSE_VOLATILITY, "inverse_volatility"),
            (PPO_BASELINE_MINIMUM_VARIANCE, "minimum_variance"),
            (PPO_BASELINE_RISK_PARITY, "risk_parity"),
            (PPO_BASELINE_VOL_TARGET_EQUAL_WEIGHT, "vol_target_equal_weight"),
        ] {
            assert_eq!(Baseline::ALL[number as usize].name(), name);
        }
    }
}
