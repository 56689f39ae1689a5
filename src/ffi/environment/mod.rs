//! The library's own environments over a market, for hosts that step them themselves.

pub mod queries;
pub mod step;

use crate::env::BatchEnvironment;
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::Outcome;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::{json, text};
use crate::ffi::market::ppo_market;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::ffi::training::config::{self, ppo_config};
use crate::policy::spec::PolicySpec;
use std::ffi::c_char;

/// E environments over a market that step together and start the next episode by themselves. Episodes start all in
/// cash, at a bar drawn from each environment's own stream. It keeps what it needs: the handles it was made from may be
/// freed before it.
pub struct ppo_env {
    _private: [u8; 0],
}

impl Kind for ppo_env {
    type Value = Environments;
    const MAGIC: [u8; 8] = *b"ppoenvir";
    const NAME: &'static str = "env";
}

/// Episodes that ended and wait to be taken, if there are no more environments than this.
const EPISODES_KEPT: usize = 1024;

/// The value behind a `ppo_env`.
pub(in crate::ffi) struct Environments {
    pub(in crate::ffi) batch: BatchEnvironment,
    /// N.
    pub(in crate::ffi) assets: usize,
    /// A.
    pub(in crate::ffi) action_len: usize,
    /// L.
    pub(in crate::ffi) score_len: usize,
    /// S.
    pub(in crate::ffi) state_len: usize,
}

/// Makes environments for an agent's policy, each at the first state of its first episode. They are those that a
/// trainer with the same configuration learns in: environment `first_index + i` sees the same bars however a run is
/// split into handles.
///
/// \param agent        the agent, of which the spec alone is used
/// \param market       prices or a simulation with the spec's assets and columns
/// \param config       seed, balance, cost_rate, borrow_rate, margin_rate, maintenance, episode_len, reward and
///                     control_variate (the rest is not used); NULL for the defaults
/// \param first_index  number of the first environment's random stream under the seed; usually 0
/// \param count        number of environments, E: 1 to 16,777,216
/// \param env          gets the environments, which are the caller's to free with ppo_env_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with what cannot be used, such as a market that is too short for
/// the policy's look-back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_new(
    agent: *const ppo_agent,
    market: *const ppo_market,
    config: *const ppo_config,
    first_index: u64,
    count: usize,
    env: *mut *mut ppo_env,
) -> ppo_status {
    boundary!(ppo_env_new, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        make(
            call,
            agent.snapshot().spec(),
            market,
            config,
            first_index,
            count,
            env,
        )
    })
}

/// Makes environments for a policy's spec, without an agent: as ppo_env_new.
///
/// \param spec_json    the spec, as for ppo_agent_new; its network is not used
/// \param market       prices or a simulation with the spec's assets and columns
/// \param config       as for ppo_env_new; NULL for the defaults
/// \param first_index  number of the first environment's random stream under the seed; usually 0
/// \param count        number of environments, E: 1 to 16,777,216
/// \param env          gets the environments, which are the caller's to free with ppo_env_free
///
/// Errors as ppo_env_new, and PPO_ERR_INVALID_ARGUMENT with the spec's key that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_new_from_spec(
    spec_json: *const c_char,
    market: *const ppo_market,
    config: *const ppo_config,
    first_index: u64,
    count: usize,
    env: *mut *mut ppo_env,
) -> ppo_status {
    boundary!(ppo_env_new_from_spec, [market], |call| {
        let json = text::input(call, spec_json, "spec_json")?;
        let spec: PolicySpec = json::parse(json, "spec_json", "a policy's spec")?;
        spec.validate().map_err(|error| error.within("spec_json: "))?;
        make(call, &spec, market, config, first_index, count, env)
    })
}

/// Starts a new episode in every environment. What was unfinished is forgotten, and is no episode of
/// ppo_env_take_episodes.
///
/// \param env  the environments
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_reset(env: *mut ppo_env) -> ppo_status {
    boundary!(ppo_env_reset, [env], |call| {
        handle::exclusive(call, env, "env")?.batch.reset()?;
        Ok(PPO_OK)
    })
}

/// Copies out everything that moves, as bytes: to go back to this point, in this process or a later one.
///
/// \param env       the environments
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
///
/// Reads all of the market's prices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_snapshot(
    env: *mut ppo_env,
    buffer: *mut u8,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_env_snapshot, [env], |call| {
        let bytes = handle::exclusive(call, env, "env")?.batch.to_bytes()?;
        text::copy_bytes(call, &bytes, buffer, capacity, needed)
    })
}

/// Goes back to where a snapshot was taken, in environments made with the same spec, settings and market: what follows
/// is the same to the last bit. Episodes that waited to be taken then wait again.
///
/// \param env    the environments
/// \param bytes  what ppo_env_snapshot gave: [len]; not kept
/// \param len    number of bytes
///
/// Reads all of the market's prices. PPO_ERR_INVALID_ARGUMENT for bytes that were changed or cut and for those of
/// other environments: nothing moves then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_restore(env: *mut ppo_env, bytes: *const u8, len: usize) -> ppo_status {
    boundary!(ppo_env_restore, [env], |call| {
        let mut env = handle::exclusive(call, env, "env")?;
        let bytes = slice::input(call, bytes, len, len, "bytes")?;
        env.batch
            .restore_bytes(bytes)
            .map_err(|error| error.called(&[("snapshot", "bytes")]))?;
        Ok(PPO_OK)
    })
}

/// Frees environments. NULL is fine. Environments that were freed before are left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_free(env: *mut ppo_env) {
    boundary!(ppo_env_free, [], |_| {
        handle::free(env)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on environments, made by any thread, as ppo_last_error does.
///
/// \param env       the environments; poisoned ones are fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_env_last_error(
    env: *const ppo_env,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_env_last_error, [], |call| {
        handle::copy_message(call, env, "env", buffer, capacity, needed)
    })
}

fn make(
    call: Call<'_>,
    spec: &PolicySpec,
    market: *const ppo_market,
    config: *const ppo_config,
    first_index: u64,
    count: usize,
    env: *mut *mut ppo_env,
) -> Outcome<ppo_status> {
    let market = handle::shared(call, market, "market")?;
    let config = config::read(call, config)?;
    let env = Output::new(call, env, "env")?;
    let market = market.market(spec)?;
    let (state, action) = (&spec.state, &spec.action);
    let mut batch = BatchEnvironment::new(
        &config.env,
        state,
        action,
        market,
        config.seed,
        first_index,
        count,
    )?;
    batch.keep_episodes(EPISODES_KEPT)?;
    let value = Environments {
        batch,
        assets: spec.state.assets,
        action_len: spec.action_len(),
        score_len: spec.score_len(),
        state_len: spec.state.len(),
    };
    env.write(handle::create(value));
    Ok(PPO_OK)
}
