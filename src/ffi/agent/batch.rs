//! Decisions in many states at once.

use crate::ffi::agent::action::Input;
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::slice;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::policy::Workspace;
use rayon::ThreadPoolBuilder;

/// What errors call the input.
const NAMES: [&str; 2] = ["states", "priors"];

/// Most threads of one batch.
const MOST_THREADS: u32 = 256;

/// Decides in many states at once: row by row what ppo_select_action gives, bit for bit, or on an error in any row
/// nothing at all.
///
/// \param agent        the agent
/// \param rows         number of states; 0 does nothing, and the arrays may then be NULL
/// \param states       [rows, S], one state after another: [states_len]
/// \param states_len   rows * S
/// \param priors       [rows, A]: [priors_len]; NULL where the policy has no prior
/// \param priors_len   rows * A, or 0 with NULL
/// \param weights_out  [rows, A]: [weights_len]; shares no memory with the inputs
/// \param weights_len  rows * A
///
/// All on the calling thread. A host with threads of its own may also share out the rows among them, with the same
/// bits. Errors as ppo_select_action, with row and index in the message, as in `states[3][5]`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_select_actions(
    agent: *const ppo_agent,
    rows: usize,
    states: *const f32,
    states_len: usize,
    priors: *const f64,
    priors_len: usize,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_select_actions, [agent], |call| {
        let (states, priors) = ((states, states_len), (priors, priors_len));
        decide(call, agent, 1, rows, states, priors, (weights_out, weights_len))
    })
}

/// ppo_select_actions on several threads: the same bits, however many. The threads are started for the call and have
/// ended when it returns, which takes some 50 microseconds each: for large batches.
///
/// \param agent        the agent
/// \param threads      how many, 1 to 256; 1 is the calling thread alone; no more are started than there are rows
/// \param rows         as for ppo_select_actions
/// \param states       as for ppo_select_actions: [states_len]
/// \param states_len   rows * S
/// \param priors       as for ppo_select_actions: [priors_len]
/// \param priors_len   rows * A, or 0 with NULL
/// \param weights_out  as for ppo_select_actions: [weights_len]
/// \param weights_len  rows * A
///
/// Errors as ppo_select_actions, and PPO_ERR_INVALID_ARGUMENT for a number of threads that is out of range or that
/// the system does not give.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_select_actions_threads(
    agent: *const ppo_agent,
    threads: u32,
    rows: usize,
    states: *const f32,
    states_len: usize,
    priors: *const f64,
    priors_len: usize,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_select_actions_threads, [agent], |call| {
        let (states, priors) = ((states, states_len), (priors, priors_len));
        decide(
            call,
            agent,
            threads,
            rows,
            states,
            priors,
            (weights_out, weights_len),
        )
    })
}

/// Decides in all rows on so many threads.
fn decide(
    call: Call<'_>,
    agent: *const ppo_agent,
    threads: u32,
    rows: usize,
    states: (*const f32, usize),
    priors: (*const f64, usize),
    (weights_out, weights_len): (*mut f64, usize),
) -> Outcome<ppo_status> {
    let agent = handle::shared(call, agent, "agent")?;
    let sizes = agent.sizes();
    if !(1..=MOST_THREADS).contains(&threads) {
        return Err(Failure::invalid(
            "threads",
            threads,
            format!("1 to {MOST_THREADS}"),
        ));
    }
    if rows == 0 {
        return Ok(PPO_OK);
    }
    let input = Input::new(call, sizes, rows, states, priors, NAMES)?;
    let expected = rows.saturating_mul(sizes.action);
    let out = slice::output(
        call,
        weights_out,
        weights_len,
        expected,
        "weights_out",
        &input.places,
    )?;
    if rows == 1 {
        // In the agent's own buffers, as ppo_select_action, and so for no more than that.
        agent.decide(|policy, scratch| {
            policy.weights_batch(input.state, input.prior, None, &mut scratch.workspace, out)
        })?;
        return Ok(PPO_OK);
    }
    let threads = rows.min(threads as usize);
    let mut workspace = Workspace::for_batches(agent.spec(), rows, threads);
    let pool = match threads {
        1 => None,
        _ => Some(
            ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|error| {
                    let found = format!("{threads} ({error})");
                    Failure::invalid("threads", found, "as many as the system gives this process")
                })?,
        ),
    };
    // Kept, rather than read in a slot: a batch may take longer than those who replace policies should wait.
    let policy = agent.snapshot();
    policy.weights_batch(input.state, input.prior, pool.as_ref(), &mut workspace, out)?;
    Ok(PPO_OK)
}
