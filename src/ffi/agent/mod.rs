//! An agent: made, loaded, saved, asked what it is, freed.

pub mod action;
pub mod batch;
pub mod ensemble;
pub mod explain;
pub mod export;

use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle::{self, Kind};
use crate::ffi::border::json;
use crate::ffi::border::live::Agent;
use crate::ffi::border::slice::{self, Output};
use crate::ffi::border::text;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::ffi::training::config::{self, ppo_config};
use crate::market::prior::Prior;
use crate::policy::Policy;
use crate::policy::file::{self, Extras};
use crate::policy::initial::initial_values;
use crate::policy::kernels::Precision;
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::PolicySpec;
use std::ffi::c_char;
use std::sync::Arc;

/// An agent: a policy that turns states into portfolio weights.
pub struct ppo_agent {
    _private: [u8; 0],
}

impl Kind for ppo_agent {
    type Value = Arc<Agent>;
    const MAGIC: [u8; 8] = *b"ppoagent";
    const NAME: &'static str = "agent";
}

/// Makes an agent with an untrained policy, whose provenance holds the seed. Works without libtorch.
///
/// \param spec_json  what the policy is, as ppo_agent_spec_json writes it: names of the assets, layout of the state,
///                   meaning of the action, shape of the network (docs/c_api.md has an example)
/// \param config     how it starts (seed, log_std_init, kappa_init); NULL for the defaults
/// \param agent      gets the agent, which is the caller's to free with ppo_agent_free
///
/// PPO_ERR_INVALID_ARGUMENT and PPO_ERR_NOT_FINITE, with the key that cannot be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_new(
    spec_json: *const c_char,
    config: *const ppo_config,
    agent: *mut *mut ppo_agent,
) -> ppo_status {
    boundary!(ppo_agent_new, [], |call| {
        let agent = Output::new(call, agent, "agent")?;
        let json = text::input(call, spec_json, "spec_json")?;
        let config = config::read(call, config)?;
        let spec = parse_spec(json)?;
        let (ppo, seed) = (&config.ppo, config.seed);
        let parameters = initial_values(&spec, ppo.log_std_init, ppo.kappa_init, seed);
        let normalizer = ObservationNormalizer::new(&spec);
        // What the report's prior is made from.
        let provenance = [("seed".to_string(), seed.into())].into_iter().collect();
        let policy = Policy::new(spec, normalizer, parameters, provenance)?;
        agent.write(handle::create(Arc::new(Agent::new(policy))));
        Ok(PPO_OK)
    })
}

/// Loads an agent from a policy file or a checkpoint (of which the policy alone is taken).
///
/// \param path   the file; on Unix any bytes, elsewhere UTF-8
/// \param agent  gets the agent, which is the caller's to free with ppo_agent_free
///
/// The file may come from anywhere: it is checked before it is believed. PPO_ERR_INVALID_ARGUMENT (an empty path),
/// PPO_ERR_IO (cannot be read), PPO_ERR_FILE (cannot be used).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_load(path: *const c_char, agent: *mut *mut ppo_agent) -> ppo_status {
    boundary!(ppo_load, [], |call| {
        let agent = Output::new(call, agent, "agent")?;
        let (policy, _) = file::load(text::path(call, path, "path")?)?;
        agent.write(handle::create(Arc::new(Agent::new(policy))));
        Ok(PPO_OK)
    })
}

/// Loads an agent from the bytes of a policy file: as ppo_load.
///
/// \param bytes  the file's content: [len]; not kept
/// \param len    number of bytes
/// \param agent  gets the agent, which is the caller's to free with ppo_agent_free
///
/// PPO_ERR_FILE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_load_bytes(
    bytes: *const u8,
    len: usize,
    agent: *mut *mut ppo_agent,
) -> ppo_status {
    boundary!(ppo_load_bytes, [], |call| {
        let agent = Output::new(call, agent, "agent")?;
        let bytes = slice::input(call, bytes, len, len, "bytes")?;
        let (policy, _) = file::from_bytes("bytes", bytes)?;
        agent.write(handle::create(Arc::new(Agent::new(policy))));
        Ok(PPO_OK)
    })
}

/// Saves an agent's policy to a file, which is there whole afterwards or, on an error, as it was before. The same
/// policy gives the same bytes.
///
/// \param agent  the agent
/// \param path   the file; on Unix any bytes, elsewhere UTF-8
///
/// PPO_ERR_INVALID_ARGUMENT (an empty path), PPO_ERR_IO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_save(agent: *const ppo_agent, path: *const c_char) -> ppo_status {
    boundary!(ppo_save, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let path = text::path(call, path, "path")?;
        file::save(path, &agent.snapshot(), &Extras::default())?;
        Ok(PPO_OK)
    })
}

/// Copies out the bytes that ppo_save writes.
///
/// \param agent     the agent
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the number of bytes, also where they do not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_save_bytes(
    agent: *const ppo_agent,
    buffer: *mut u8,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_save_bytes, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let bytes = file::to_bytes(&agent.snapshot(), &Extras::default())?;
        text::copy_bytes(call, &bytes, buffer, capacity, needed)
    })
}

/// Makes a second agent with the policy that the first one has now. Both share the weights in memory; each is freed by
/// itself, and in either order. Training the one does not change the other.
///
/// \param agent  the agent
/// \param clone  gets the new agent, which is the caller's to free with ppo_agent_free
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_clone(agent: *const ppo_agent, clone: *mut *mut ppo_agent) -> ppo_status {
    boundary!(ppo_agent_clone, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let clone = Output::new(call, clone, "clone")?;
        clone.write(handle::create::<ppo_agent>(Arc::new(Agent::clone(agent))));
        Ok(PPO_OK)
    })
}

/// Precision: weights as they were trained.
pub const PPO_PRECISION_F32: u32 = 0;
/// Precision: the weights of layers of more than 64 outputs rounded to bf16, 8 significant bits; sums are of f32.
pub const PPO_PRECISION_BF16: u32 = 1;

/// Chooses how exactly an agent keeps its network's weights: the policy that it has now, those that training gives it,
/// and those of agents cloned from it and portfolios made with it from now on. With bf16 a decision reads half as much
/// memory, and target weights move a little (docs/c_api.md has measured how much). Saved files, and training, have the
/// weights as they were trained in either case.
///
/// \param agent      the agent
/// \param precision  a PPO_PRECISION_ number; new agents have PPO_PRECISION_F32
///
/// Decisions under way end with what they began with. Allocates a copy of the policy, which is not shared with other
/// agents any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_set_precision(agent: *const ppo_agent, precision: u32) -> ppo_status {
    boundary!(ppo_agent_set_precision, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        agent.set_precision(match precision {
            PPO_PRECISION_F32 => Precision::F32,
            PPO_PRECISION_BF16 => Precision::Bf16,
            _ => {
                let expected = "a PPO_PRECISION_ number";
                return Err(Failure::invalid("precision", precision, expected));
            }
        });
        Ok(PPO_OK)
    })
}

/// How exactly an agent keeps its network's weights: what ppo_agent_set_precision chose, for it or for the agent that it
/// was cloned from.
///
/// \param agent      the agent
/// \param precision  gets a PPO_PRECISION_ number
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_precision(agent: *const ppo_agent, precision: *mut u32) -> ppo_status {
    boundary!(ppo_agent_precision, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let precision = Output::new(call, precision, "precision")?;
        let found = match agent.snapshot().precision() {
            Precision::F32 => PPO_PRECISION_F32,
            Precision::Bf16 => PPO_PRECISION_BF16,
        };
        precision.write(found);
        Ok(PPO_OK)
    })
}

/// Frees an agent. NULL is fine. An agent that was freed before is left alone, and said so in the log and by
/// ppo_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_free(agent: *mut ppo_agent) {
    boundary!(ppo_agent_free, [], |_| {
        handle::free(agent)?;
        Ok(PPO_OK)
    });
}

/// Copies the error message of the last failed call on an agent, made by any thread, as ppo_last_error does.
///
/// \param agent     the agent; a poisoned one is fine
/// \param buffer    room for `capacity` bytes; may be NULL where `capacity` is 0, to ask for the size
/// \param capacity  bytes in `buffer`; a longer message is cut between characters, and still ends with a zero byte
/// \param needed    gets the size of the whole message with its zero byte; may be NULL
///
/// PPO_ERR_BUFFER_TOO_SMALL where the message was cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_last_error(
    agent: *const ppo_agent,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_agent_last_error, [], |call| {
        handle::copy_message(call, agent, "agent", buffer, capacity, needed)
    })
}

/// Number of assets, N.
///
/// \param agent  the agent
/// \param count  gets the number, at least 1
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_asset_count(agent: *const ppo_agent, count: *mut usize) -> ppo_status {
    boundary!(ppo_agent_asset_count, [agent], |call| {
        write_size(call, agent, count, "count", |spec| spec.state.assets)
    })
}

/// Number of weights that a decision has, A: one for each asset and then, where the policy may hold cash, one for it.
///
/// \param agent  the agent
/// \param len    gets the number, at least 2
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_action_len(agent: *const ppo_agent, len: *mut usize) -> ppo_status {
    boundary!(ppo_agent_action_len, [agent], |call| {
        write_size(call, agent, len, "len", PolicySpec::action_len)
    })
}

/// Number of scores that the network gives, and of values in a sampled action, L: A, and where the policy may sell short
/// one more for each asset. They are the shares of N long positions, of N short ones, and of what is not used.
///
/// \param agent  the agent
/// \param len    gets the number, at least 2
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_score_len(agent: *const ppo_agent, len: *mut usize) -> ppo_status {
    boundary!(ppo_agent_score_len, [agent], |call| {
        write_size(call, agent, len, "len", PolicySpec::score_len)
    })
}

/// Number of values in a state, S: current weights [N], last simple returns [N], rolling volatility [N], cash ratio
/// [1], then, where the spec has them, account [2] (drawdown, volatility of the last 20 portfolio returns) and the
/// host's columns [K].
///
/// \param agent  the agent
/// \param len    gets the number, at least 4
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_state_len(agent: *const ppo_agent, len: *mut usize) -> ppo_status {
    boundary!(ppo_agent_state_len, [agent], |call| {
        write_size(call, agent, len, "len", |spec| spec.state.len())
    })
}

/// Number of prior weights that every decision needs: A where the policy corrects a prior, 0 where it has none.
///
/// \param agent  the agent
/// \param len    gets the number
///
/// Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_prior_len(agent: *const ppo_agent, len: *mut usize) -> ppo_status {
    boundary!(ppo_agent_prior_len, [agent], |call| {
        write_size(call, agent, len, "len", |spec| match spec.action.prior {
            Prior::None => 0,
            _ => spec.action_len(),
        })
    })
}

/// Copies out the name of an asset.
///
/// \param agent     the agent
/// \param index     which, from 0, in the order of the weights
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
///
/// PPO_ERR_INVALID_ARGUMENT for an index beyond the assets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_asset_name(
    agent: *const ppo_agent,
    index: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_agent_asset_name, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let names = &agent.spec().assets;
        #[cfg(debug_assertions)]
        assert_ne!(index, FORCED_PANIC, "forced by a test");
        let name = names.get(index).ok_or_else(|| {
            let expected = format!("below {}", names.len());
            Failure::invalid("index", index, expected)
        })?;
        text::copy(call, name, buffer, capacity, needed)
    })
}

/// Copies out what the policy is, as JSON: names of the assets, layout of the state, meaning of the action, shape of
/// the network. ppo_agent_new takes it back.
///
/// \param agent     the agent
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_spec_json(
    agent: *const ppo_agent,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_agent_spec_json, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let json = serde_json::to_string(agent.snapshot().spec()).expect("a spec is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// Copies out how the policy came to be, as JSON: whatever its trainer wrote (configuration, data, seed, figures).
///
/// \param agent     the agent
/// \param buffer    room for `capacity` bytes; NULL with `capacity` 0 to ask for the size
/// \param capacity  bytes in `buffer`
/// \param needed    gets the size with the zero byte, also where it does not fit; may be NULL where `buffer` is not
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_provenance_json(
    agent: *const ppo_agent,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> ppo_status {
    boundary!(ppo_agent_provenance_json, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let json = serde_json::to_string(&agent.snapshot().provenance).expect("an object is plain JSON");
        text::copy(call, &json, buffer, capacity, needed)
    })
}

/// The index at which ppo_agent_asset_name meets a defect, in builds with debug assertions alone: those that run the
/// tests, which have to see one cross the border. No release has it.
#[cfg(debug_assertions)]
const FORCED_PANIC: usize = usize::MAX;

/// A spec from a host's JSON; the error names the key.
fn parse_spec(text: &str) -> Outcome<PolicySpec> {
    let spec: PolicySpec = json::parse(text, "spec_json", "a policy's spec")?;
    spec.validate().map_err(|error| error.within("spec_json: "))?;
    Ok(spec)
}

/// Writes one of the sizes that a spec has.
fn write_size(
    call: Call<'_>,
    agent: *const ppo_agent,
    out: *mut usize,
    name: &str,
    size: impl FnOnce(&PolicySpec) -> usize,
) -> Outcome<ppo_status> {
    let agent = handle::shared(call, agent, "agent")?;
    let out = Output::new(call, out, name)?;
    out.write(size(agent.spec()));
    Ok(PPO_OK)
}
