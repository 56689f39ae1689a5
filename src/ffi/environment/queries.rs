//! What environments say of themselves: sizes, states, prior weights, portfolios, episodes that ended.

use crate::env::EpisodeStats;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle;
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::environment::{Environments, ppo_env};
use crate::ffi::status::{PPO_OK, ppo_status};

/// Sums over an episode that ended. The struct stays as it is: an array of them is written by ppo_env_take_episodes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ppo_episode {
    /// Sum of the rewards of the mode, before any control variate.
    pub reward_sum: f64,
    /// ln(final value / balance): minus infinity at ruin.
    pub log_growth: f64,
    /// Sum of the one-way turnovers of its steps.
    pub turnover: f64,
    /// Sum of the costs of its steps, each as a fraction of the value before its trade.
    pub cost: f64,
    /// Steps taken.
    pub steps: u64,
}

/// Number of environments, E.
///
/// \param env    the environments
/// \param count  gets the number, at least 1
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_count(env: *mut ppo_env, count: *mut usize) -> ppo_status {
    boundary!(ppo_env_count, [env], |call| {
        write_size(call, env, count, "count", |env| env.batch.len())
    })
}

/// Number of assets, N.
///
/// \param env    the environments
/// \param count  gets the number, at least 1
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_asset_count(env: *mut ppo_env, count: *mut usize) -> ppo_status {
    boundary!(ppo_env_asset_count, [env], |call| {
        write_size(call, env, count, "count", |env| env.assets)
    })
}

/// Number of weights, A: as ppo_agent_action_len.
///
/// \param env  the environments
/// \param len  gets the number, at least 2
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_action_len(env: *mut ppo_env, len: *mut usize) -> ppo_status {
    boundary!(ppo_env_action_len, [env], |call| {
        write_size(call, env, len, "len", |env| env.action_len)
    })
}

/// Number of values in a sampled action, L: as ppo_agent_score_len.
///
/// \param env  the environments
/// \param len  gets the number, at least 2
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_score_len(env: *mut ppo_env, len: *mut usize) -> ppo_status {
    boundary!(ppo_env_score_len, [env], |call| {
        write_size(call, env, len, "len", |env| env.score_len)
    })
}

/// Number of values in a state, S: as ppo_agent_state_len.
///
/// \param env  the environments
/// \param len  gets the number, at least 4
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_state_len(env: *mut ppo_env, len: *mut usize) -> ppo_status {
    boundary!(ppo_env_state_len, [env], |call| {
        write_size(call, env, len, "len", |env| env.state_len)
    })
}

/// Copies out what an agent sees at this close, not normalised.
///
/// \param env         the environments
/// \param states      gets the states: [E, S], as ppo_agent_state_len lays them out
/// \param states_len  number of values in `states`
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_states(
    env: *mut ppo_env,
    states: *mut f32,
    states_len: usize,
) -> ppo_status {
    boundary!(ppo_env_states, [env], |call| {
        let env = handle::exclusive(call, env, "env")?;
        let seen = env.batch.states();
        slice::output(call, states, states_len, seen.len(), "states", &[])?.copy_from_slice(seen);
        Ok(PPO_OK)
    })
}

/// Copies out the prior's weights at this close, before caps and floors: what an agent with a prior takes beside the
/// states. Without a prior, 1/A each.
///
/// \param env        the environments
/// \param prior      gets the weights: [E, A]
/// \param prior_len  number of values in `prior`
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_prior_weights(
    env: *mut ppo_env,
    prior: *mut f64,
    prior_len: usize,
) -> ppo_status {
    boundary!(ppo_env_prior_weights, [env], |call| {
        let env = handle::exclusive(call, env, "env")?;
        let expected = env.batch.len() * env.action_len;
        let prior = slice::output(call, prior, prior_len, expected, "prior", &[])?;
        env.batch.prior_weights(prior)?;
        Ok(PPO_OK)
    })
}

/// Copies out the portfolios at this close. Where an episode has just ended, the next one's.
///
/// \param env          the environments
/// \param values       gets their values, in the money of the configuration's balance: [E]; may be NULL
/// \param drawdowns    gets 1 - value / highest value of the episode so far, in [0, 1]: [E]; may be NULL
/// \param len          number of values in `values` and in `drawdowns`: E
/// \param weights      gets the weights held, assets and then cash (also where the policy may not hold any), before the
///                     next trade: [E, N + 1]; may be NULL
/// \param weights_len  number of values in `weights`; 0 where it is NULL
///
/// Allocates nothing. PPO_ERR_INVALID_ARGUMENT where outputs overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_portfolios(
    env: *mut ppo_env,
    values: *mut f64,
    drawdowns: *mut f64,
    len: usize,
    weights: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_env_portfolios, [env], |call| {
        let env = handle::exclusive(call, env, "env")?;
        let (count, row) = (env.batch.len(), env.assets + 1);
        // The length is shared: an array that is not there has none.
        let [values_len, drawdowns_len] =
            [values, drawdowns].map(|array| if array.is_null() { 0 } else { len });
        let spans = [
            Span::new(values, values_len, "values"),
            Span::new(drawdowns, drawdowns_len, "drawdowns"),
        ];
        let values = slice::optional_output(call, values, values_len, count, "values", &[])?;
        let drawdowns =
            slice::optional_output(call, drawdowns, drawdowns_len, count, "drawdowns", &[spans[0]])?;
        let weights = slice::optional_output(call, weights, weights_len, count * row, "weights", &spans)?;
        let accounts = || env.batch.accounts();
        if let Some(values) = values {
            values
                .iter_mut()
                .zip(accounts())
                .for_each(|(out, account)| *out = account.value());
        }
        if let Some(drawdowns) = drawdowns {
            let pairs = drawdowns.iter_mut().zip(accounts());
            pairs.for_each(|(out, account)| *out = account.view().drawdown);
        }
        if let Some(weights) = weights {
            for (out, account) in weights.chunks_exact_mut(row).zip(accounts()) {
                out[..row - 1].copy_from_slice(account.weights());
                out[row - 1] = account.cash();
            }
        }
        Ok(PPO_OK)
    })
}

/// Takes the episodes that have ended since the last call, in the order in which they ended. The last 1024 (or E, where
/// that is more) wait to be taken; older ones are forgotten.
///
/// \param env       the environments
/// \param episodes  gets at most `capacity` episodes, the first to end first; the others go on waiting
/// \param capacity  room in `episodes`, at least 1
/// \param taken     gets how many were written
///
/// Allocates nothing. PPO_ERR_LENGTH where `capacity` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_take_episodes(
    env: *mut ppo_env,
    episodes: *mut ppo_episode,
    capacity: usize,
    taken: *mut usize,
) -> ppo_status {
    boundary!(ppo_env_take_episodes, [env], |call| {
        let mut env = handle::exclusive(call, env, "env")?;
        let taken = Output::new(call, taken, "taken")?;
        let out = slice::output(call, episodes, capacity, capacity.max(1), "episodes", &[])?;
        let mut count = 0;
        for (out, episode) in out.iter_mut().zip(env.batch.drain_episodes(capacity)) {
            *out = from_stats(&episode);
            count += 1;
        }
        taken.write(count);
        Ok(PPO_OK)
    })
}

fn from_stats(stats: &EpisodeStats) -> ppo_episode {
    ppo_episode {
        reward_sum: stats.reward_sum,
        log_growth: stats.log_growth,
        turnover: stats.turnover,
        cost: stats.cost,
        steps: stats.steps as u64,
    }
}

/// Writes one of the environments' sizes.
fn write_size(
    call: Call<'_>,
    env: *mut ppo_env,
    out: *mut usize,
    name: &str,
    size: impl FnOnce(&Environments) -> usize,
) -> Outcome<ppo_status> {
    let env = handle::exclusive(call, env, "env")?;
    let out = Output::new(call, out, name)?;
    out.write(size(&env));
    Ok(PPO_OK)
}
