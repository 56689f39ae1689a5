//! A trainer: made over a market, a host's environments or transitions, continued from a checkpoint, asked, freed.

use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::live::Agent;
use crate::ffi::border::slice::Output;
use crate::ffi::border::text;
use crate::ffi::border::versioned::OutputStruct;
use crate::ffi::market::ppo_market;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::ffi::training::config::{self, ppo_config};
use crate::ffi::training::host::{self, ppo_host_environment};
use crate::ffi::training::metrics::{from_stats, ppo_metrics};
use crate::ffi::training::session::{Session, Source};
use crate::ffi::training::torch;
use std::ffi::c_char;
use std::sync::Arc;

/// A trainer: an agent, the optimiser that moves its weights, and where its experience comes from. It keeps what it
/// needs: the handles it was made from may be freed before it.
pub struct ppo_trainer {
    _private: [u8; 0],
}

impl Kind for ppo_trainer {
    type Value = Arc<dyn Session>;
    const MAGIC: [u8; 8] = *b"ppotrain";
    const NAME: &'static str = "trainer";
}

/// Makes a trainer that learns in the library's own environments over a market. It goes on from the weights that the
/// agent has, and every update gives the agent its new policy.
///
/// \param agent    the agent to train; one trainer at a time
/// \param market   prices or a simulation of as many assets and columns as the agent's spec has
/// \param config   how to train; NULL for the defaults
/// \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
///
/// Starts `threads` threads where that is more than 1. PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with what
/// cannot be used; PPO_ERR_BUSY where another trainer has the agent; PPO_ERR_TORCH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_new(
    agent: *const ppo_agent,
    market: *const ppo_market,
    config: *const ppo_config,
    trainer: *mut *mut ppo_trainer,
) -> ppo_status {
    boundary!(ppo_trainer_new, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let market = handle::shared(call, market, "market")?;
        let config = config::read(call, config)?;
        let trainer = Output::new(call, trainer, "trainer")?;
        let session = torch::begin(agent, Source::Market(market), config)?;
        trainer.write(handle::create(session));
        Ok(PPO_OK)
    })
}

/// Makes a trainer that learns in environments of the host's: `n_envs` of them, numbered from 0, which the library
/// resets and steps through `environment`.
///
/// \param agent        the agent to train; one trainer at a time
/// \param environment  the host's functions; copied
/// \param config       how to train; NULL for the defaults. Of the environment's settings (reward to episode_len)
///                     control_variate alone is used: PPO_CONTROL_VARIATE_SELF_CRITICAL needs `counterfactual`,
///                     PPO_CONTROL_VARIATE_POLICY_PATH `remember` and `go_back`,
///                     PPO_CONTROL_VARIATE_PRIOR_PATH the result's `prior_reward` and a policy with a prior
/// \param trainer      gets the trainer, which is the caller's to free with ppo_trainer_free
///
/// The host's functions are called during calls that train, on the thread that makes them (or the job's), one at a
/// time, and here to begin the first episodes. Otherwise as ppo_trainer_new; PPO_ERR_CALLBACK where a function of the
/// host answers an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_new_host(
    agent: *const ppo_agent,
    environment: *const ppo_host_environment,
    config: *const ppo_config,
    trainer: *mut *mut ppo_trainer,
) -> ppo_status {
    boundary!(ppo_trainer_new_host, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let host = host::read(call, environment)?;
        let config = config::read(call, config)?;
        let trainer = Output::new(call, trainer, "trainer")?;
        let session = torch::begin(agent, Source::Host(host), config)?;
        trainer.write(handle::create(session));
        Ok(PPO_OK)
    })
}

/// Makes a trainer without environments: it learns from the transitions that ppo_observe hands in, up to `n_envs`
/// sequences of them side by side.
///
/// \param agent    the agent to train; one trainer at a time
/// \param config   how to train, as for ppo_trainer_new_host; NULL for the defaults
/// \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
///
/// Errors as ppo_trainer_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_new_online(
    agent: *const ppo_agent,
    config: *const ppo_config,
    trainer: *mut *mut ppo_trainer,
) -> ppo_status {
    boundary!(ppo_trainer_new_online, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let config = config::read(call, config)?;
        let trainer = Output::new(call, trainer, "trainer")?;
        let session = torch::begin(agent, Source::Transitions, config)?;
        trainer.write(handle::create(session));
        Ok(PPO_OK)
    })
}

/// Goes on from a checkpoint of a trainer over a market. The numbers are those of a run that never stopped.
///
/// \param path     the checkpoint; on Unix any bytes, elsewhere UTF-8
/// \param market   the market that the run was on: another one is refused
/// \param agent    gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
/// \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
///
/// PPO_ERR_IO, PPO_ERR_FILE (no checkpoint, or a damaged one), PPO_ERR_INVALID_ARGUMENT (another market); otherwise
/// as ppo_trainer_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_resume(
    path: *const c_char,
    market: *const ppo_market,
    agent: *mut *mut ppo_agent,
    trainer: *mut *mut ppo_trainer,
) -> ppo_status {
    boundary!(ppo_trainer_resume, [], |call| {
        let path = text::path(call, path, "path")?;
        let market = handle::shared(call, market, "market")?;
        let (agent, trainer) = (
            Output::new(call, agent, "agent")?,
            Output::new(call, trainer, "trainer")?,
        );
        let resumed = torch::resume(path, Source::Market(market))?;
        hand_over(resumed, agent, trainer);
        Ok(PPO_OK)
    })
}

/// Goes on from a checkpoint of a trainer over a host's environments. These begin new episodes, for they are not in a
/// checkpoint; everything else goes on where it was.
///
/// \param path         the checkpoint; on Unix any bytes, elsewhere UTF-8
/// \param environment  the host's functions; copied
/// \param agent        gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
/// \param trainer      gets the trainer, which is the caller's to free with ppo_trainer_free
///
/// Errors as ppo_trainer_resume, and PPO_ERR_CALLBACK where a function of the host answers an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_resume_host(
    path: *const c_char,
    environment: *const ppo_host_environment,
    agent: *mut *mut ppo_agent,
    trainer: *mut *mut ppo_trainer,
) -> ppo_status {
    boundary!(ppo_trainer_resume_host, [], |call| {
        let path = text::path(call, path, "path")?;
        let host = host::read(call, environment)?;
        let (agent, trainer) = (
            Output::new(call, agent, "agent")?,
            Output::new(call, trainer, "trainer")?,
        );
        let resumed = torch::resume(path, Source::Host(host))?;
        hand_over(resumed, agent, trainer);
        Ok(PPO_OK)
    })
}

/// Goes on from a checkpoint of a trainer that learns from transitions. Those that no update had used are gone.
///
/// \param path     the checkpoint; on Unix any bytes, elsewhere UTF-8
/// \param agent    gets a new agent with the run's policy, which is the caller's to free with ppo_agent_free
/// \param trainer  gets the trainer, which is the caller's to free with ppo_trainer_free
///
/// Errors as ppo_trainer_resume.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_resume_online(
    path: *const c_char,
    agent: *mut *mut ppo_agent,
    trainer: *mut *mut ppo_trainer,
) -> ppo_status {
    boundary!(ppo_trainer_resume_online, [], |call| {
        let path = text::path(call, path, "path")?;
        let (agent, trainer) = (
            Output::new(call, agent, "agent")?,
            Output::new(call, trainer, "trainer")?,
        );
        let resumed = torch::resume(path, Source::Transitions)?;
        hand_over(resumed, agent, trainer);
        Ok(PPO_OK)
    })
}

/// Frees a trainer. NULL is fine. Its agent keeps the policy of the last update; a job that runs on the trainer goes on.
/// A trainer that was freed before is left alone, and said so in the log and by ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_free(trainer: *mut ppo_trainer) {
    boundary!(ppo_trainer_free, [], |_| {
        handle::free(trainer)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on a trainer, made by any thread, as ppo_last_error does.
///
/// \param trainer   the trainer; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_last_error(
    trainer: *const ppo_trainer,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_trainer_last_error, [], |call| {
        handle::copy_message(call, trainer, "trainer", buffer, capacity, needed)
    })
}

/// Writes a checkpoint: a policy file (ppo_load reads it) with all that training needs to go on. It is there whole
/// afterwards or, on an error, as it was before.
///
/// \param trainer  the trainer
/// \param path     the file; on Unix any bytes, elsewhere UTF-8
///
/// PPO_ERR_BUSY while another call or a job works on the trainer; PPO_ERR_IO, PPO_ERR_INVALID_ARGUMENT (an empty
/// path).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_save(trainer: *const ppo_trainer, path: *const c_char) -> ppo_status {
    boundary!(ppo_trainer_save, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        trainer.save(text::path(call, path, "path")?)?;
        Ok(PPO_OK)
    })
}

/// How far a trainer has come.
///
/// \param trainer  the trainer
/// \param metrics  gets the counters (update, env_steps, episodes), other figures 0; may be NULL
/// \param done     gets 1 where all of the configuration's steps have been taken, else 0; may be NULL
///
/// Allocates nothing. PPO_ERR_BUSY while another call or a job works on the trainer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_progress(
    trainer: *const ppo_trainer,
    metrics: *mut ppo_metrics,
    done: *mut u32,
) -> ppo_status {
    boundary!(ppo_trainer_progress, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let metrics = OutputStruct::optional(call, metrics, "metrics")?;
        let done = Output::optional(call, done, "done")?;
        let standing = trainer.standing()?;
        if let Some(metrics) = metrics {
            metrics.write(&from_stats(&standing.last));
        }
        if let Some(done) = done {
            done.write(u32::from(standing.done));
        }
        Ok(PPO_OK)
    })
}

/// Copies out a trainer's configuration as JSON, as ppo_config_to_json.
///
/// \param trainer   the trainer
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_BUSY while another call or a job works on the trainer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_config_json(
    trainer: *const ppo_trainer,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_trainer_config_json, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let json = serde_json::to_string(&trainer.config()?).expect("a configuration is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Makes another handle on the agent that a trainer trains, for those who no longer have it.
///
/// \param trainer  the trainer
/// \param agent    gets the handle, which is the caller's to free with ppo_agent_free; it gets every new policy too
///
/// It may be called while a job works on the trainer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_trainer_agent(
    trainer: *const ppo_trainer,
    agent: *mut *mut ppo_agent,
) -> ppo_status {
    boundary!(ppo_trainer_agent, [trainer], |call| {
        let trainer = handle::shared(call, trainer, "trainer")?;
        let agent = Output::new(call, agent, "agent")?;
        agent.write(handle::create::<ppo_agent>(Arc::clone(trainer.agent())));
        Ok(PPO_OK)
    })
}

fn hand_over(
    (made, session): (Arc<Agent>, Arc<dyn Session>),
    agent: Output<*mut ppo_agent>,
    trainer: Output<*mut ppo_trainer>,
) {
    agent.write(handle::create(made));
    trainer.write(handle::create(session));
}
