//! Decisions: from a state to target weights, a sample, its log-probability, a value.

use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::call::Call;
use crate::ffi::border::failure::{Failure, Outcome};
use crate::ffi::border::handle;
use crate::ffi::border::live::Sizes;
use crate::ffi::border::slice::{self, Output, Span};
use crate::ffi::random::ppo_random;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::policy::action::{fixed_in, log_prior, no_prior, target_weights};

/// What errors call the input of one decision.
pub(super) const ONE: [&str; 2] = ["state", "prior"];

/// Decides: the deterministic target weights in a state. For the order path: it allocates nothing, takes no lock and
/// needs no libtorch, and the same input gives the same bits on every call.
///
/// \param agent        the agent
/// \param state        the state at this close, not normalised (ppo_agent_state_len has its layout): [state_len]
/// \param state_len    S
/// \param prior        weights of the policy's prior at this close, assets and then cash, at least 0 but for what the
///                     policy may sell short or borrow: [prior_len]; NULL where the policy has no prior
/// \param prior_len    ppo_agent_prior_len: A, or 0 with NULL
/// \param weights_out  gets the target weights, summing to 1, within the spec's cap, floor and gross exposure, at least 0
///                     but for what the policy may sell short or borrow: assets in the order of their names, then cash
///                     where the policy may hold it: [weights_len]; shares no memory with the inputs
/// \param weights_len  A
///
/// Allocates nothing, unless more than 32 threads decide with one agent in the same instant. PPO_ERR_INVALID_ARGUMENT
/// (a negative prior, a prior that the policy does not have, memory that is shared).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_select_action(
    agent: *const ppo_agent,
    state: *const f32,
    state_len: usize,
    prior: *const f64,
    prior_len: usize,
    weights_out: *mut f64,
    weights_len: usize,
) -> ppo_status {
    boundary!(ppo_select_action, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let sizes = agent.sizes();
        let input = Input::new(call, sizes, 1, (state, state_len), (prior, prior_len), ONE)?;
        let out = slice::output(
            call,
            weights_out,
            weights_len,
            sizes.action,
            "weights_out",
            &input.places,
        )?;
        agent.decide(|policy, scratch| {
            policy.weights(input.state, input.prior, &mut scratch.workspace, out)
        })?;
        Ok(PPO_OK)
    })
}

/// Decides, and has an answer when a feed breaks: as ppo_select_action, but where the state or the prior holds NaN or an
/// infinity, or the network's scores overflow, `weights_out` gets the host's own weights, such as all cash or what is
/// held now, and `fell_back` says so.
///
/// \param agent         the agent
/// \param state         as for ppo_select_action, but may hold NaN and infinities: [state_len]
/// \param state_len     S
/// \param prior         as for ppo_select_action, but may hold NaN and infinities: [prior_len]
/// \param prior_len     A, or 0 with NULL
/// \param fallback      the weights to fall back on, each in [0, 1] (where the policy may be short or levered: within its
///                      gross exposure), summing to 1 to within 1e-6; copied as they are,
///                      also beyond the spec's cap and floor: [fallback_len]
/// \param fallback_len  A
/// \param weights_out   as for ppo_select_action: [weights_len]; shares no memory with the inputs
/// \param weights_len   A
/// \param fell_back     gets 1 where `weights_out` holds the fallback, 0 where it holds the policy's decision
///
/// The fallback is checked on every call, so that one that cannot be used shows before it is needed. Allocates
/// nothing (as ppo_select_action) but where scores overflow. PPO_ERR_NOT_FINITE (the fallback),
/// PPO_ERR_INVALID_ARGUMENT (a negative prior, a prior that the policy does not have, a fallback that is no
/// portfolio, memory that is shared).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_select_action_or(
    agent: *const ppo_agent,
    state: *const f32,
    state_len: usize,
    prior: *const f64,
    prior_len: usize,
    fallback: *const f64,
    fallback_len: usize,
    weights_out: *mut f64,
    weights_len: usize,
    fell_back: *mut u32,
) -> ppo_status {
    boundary!(ppo_select_action_or, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let sizes = agent.sizes();
        let len = sizes.action;
        let input = Input::new(call, sizes, 1, (state, state_len), (prior, prior_len), ONE)?;
        let [states, priors] = input.places;
        let places = [states, priors, Span::new(fallback, fallback_len, "fallback")];
        let fallback = slice::input(call, fallback, fallback_len, len, "fallback")?;
        let out = slice::output(call, weights_out, weights_len, len, "weights_out", &places)?;
        let fell_back = Output::new(call, fell_back, "fell_back")?;
        let fell = agent.decide(|policy, scratch| {
            policy.weights_or(input.state, input.prior, fallback, &mut scratch.workspace, out)
        })?;
        fell_back.write(u32::from(fell));
        Ok(PPO_OK)
    })
}

/// Draws an action, as in training, from the host's stream of random numbers.
///
/// \param agent        the agent
/// \param random       the stream; moves on by what is drawn, and not at all on an error
/// \param state        as for ppo_select_action: [state_len]
/// \param state_len    S
/// \param prior        as for ppo_select_action: [prior_len]
/// \param prior_len    A, or 0 with NULL
/// \param action_out   gets the action as the policy is trained on it (gaussian: scores; dirichlet: shares):
///                     [action_len]
/// \param action_len   L, ppo_agent_score_len
/// \param weights_out  gets the action's target weights, as ppo_select_action's: [weights_len]; may be NULL
/// \param weights_len  A, or 0 with NULL
/// \param log_prob     gets the log-probability density of the action; may be NULL
///
/// The outputs share no memory with each other or the inputs. Allocates nothing (as ppo_select_action). Errors as
/// ppo_select_action, and PPO_ERR_BUSY for the stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_sample_action(
    agent: *const ppo_agent,
    random: *mut ppo_random,
    state: *const f32,
    state_len: usize,
    prior: *const f64,
    prior_len: usize,
    action_out: *mut f32,
    action_len: usize,
    weights_out: *mut f64,
    weights_len: usize,
    log_prob: *mut f64,
) -> ppo_status {
    boundary!(ppo_sample_action, [agent, random], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let mut random = handle::exclusive(call, random, "random")?;
        let sizes = agent.sizes();
        let input = Input::new(call, sizes, 1, (state, state_len), (prior, prior_len), ONE)?;
        let len = sizes.action;
        let [states, priors] = input.places;
        let action = slice::output(
            call,
            action_out,
            action_len,
            sizes.scores,
            "action_out",
            &[states, priors],
        )?;
        let places = [states, priors, Span::new(action_out, action_len, "action_out")];
        let weights = slice::optional_output(call, weights_out, weights_len, len, "weights_out", &places)?;
        let log_prob = Output::optional(call, log_prob, "log_prob")?;
        let density = agent.decide(|policy, scratch| {
            let density = policy.sample(
                input.state,
                input.prior,
                &mut random,
                &mut scratch.workspace,
                action,
            )?;
            if let Some(weights) = weights {
                let spec = agent.spec();
                let fixed = &mut scratch.fixed;
                fixed_in(&spec.state, input.state, input.prior, fixed);
                match input.prior {
                    Some(prior) => log_prior(&spec.action, prior, fixed, &mut scratch.log_prior),
                    None => no_prior(&spec.action, fixed, &mut scratch.log_prior),
                }
                target_weights(
                    &spec.action,
                    spec.state.assets,
                    fixed,
                    &scratch.log_prior,
                    action,
                    &mut scratch.weights,
                );
                weights.copy_from_slice(&scratch.weights[..len]);
            }
            Ok::<f64, Failure>(density)
        })?;
        if let Some(log_prob) = log_prob {
            log_prob.write(density);
        }
        Ok(PPO_OK)
    })
}

/// What the policy says of a given action in a state, such as one drawn before.
///
/// \param agent       the agent
/// \param state       as for ppo_select_action: [state_len]
/// \param state_len   S
/// \param prior       as for ppo_select_action: [prior_len]
/// \param prior_len   A, or 0 with NULL
/// \param action      as ppo_sample_action writes it; a dirichlet's shares are above 0: [action_len]
/// \param action_len  L, ppo_agent_score_len
/// \param log_prob    gets the log-probability density of the action; may be NULL
/// \param entropy     gets the entropy of the distribution over actions, in nats; may be NULL
/// \param value       gets the critic's value of the state; may be NULL
///
/// Allocates nothing (as ppo_select_action). Errors as ppo_select_action.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_evaluate_action(
    agent: *const ppo_agent,
    state: *const f32,
    state_len: usize,
    prior: *const f64,
    prior_len: usize,
    action: *const f32,
    action_len: usize,
    log_prob: *mut f64,
    entropy: *mut f64,
    value: *mut f64,
) -> ppo_status {
    boundary!(ppo_evaluate_action, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let sizes = agent.sizes();
        let input = Input::new(call, sizes, 1, (state, state_len), (prior, prior_len), ONE)?;
        let action = slice::input(call, action, action_len, sizes.scores, "action")?;
        let outputs = [(log_prob, "log_prob"), (entropy, "entropy"), (value, "value")];
        let [log_prob, entropy, value] = outputs.map(|(pointer, name)| Output::optional(call, pointer, name));
        let (log_prob, entropy, value) = (log_prob?, entropy?, value?);
        let found = agent.decide(|policy, scratch| {
            let workspace = &mut scratch.workspace;
            let density = policy.log_prob(input.state, input.prior, action, workspace)?;
            let nats = policy.entropy(input.state, input.prior, workspace)?;
            let worth = policy.value(input.state, workspace)?;
            Ok::<_, Failure>([density, nats, f64::from(worth)])
        })?;
        for (output, found) in [log_prob, entropy, value].into_iter().zip(found) {
            if let Some(output) = output {
                output.write(found);
            }
        }
        Ok(PPO_OK)
    })
}

/// The critic's value of a state: expected discounted reward as the trainer scaled it.
///
/// \param agent      the agent
/// \param state      as for ppo_select_action: [state_len]
/// \param state_len  S
/// \param value      gets the value
///
/// Allocates nothing (as ppo_select_action).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_value(
    agent: *const ppo_agent,
    state: *const f32,
    state_len: usize,
    value: *mut f64,
) -> ppo_status {
    boundary!(ppo_value, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let state = slice::input(call, state, state_len, agent.sizes().state, "state")?;
        let value = Output::new(call, value, "value")?;
        let found = agent.decide(|policy, scratch| policy.value(state, &mut scratch.workspace))?;
        value.write(f64::from(found));
        Ok(PPO_OK)
    })
}

/// What a decision starts from, for one state or several.
pub(super) struct Input<'a> {
    pub(super) state: &'a [f32],
    pub(super) prior: Option<&'a [f64]>,
    /// Where both lie.
    pub(super) places: [Span; 2],
}

impl<'a> Input<'a> {
    pub(super) fn new(
        call: Call<'a>,
        sizes: Sizes,
        rows: usize,
        (state, state_len): (*const f32, usize),
        (prior, prior_len): (*const f64, usize),
        [state_name, prior_name]: [&'static str; 2],
    ) -> Outcome<Self> {
        let [features, actions] = [sizes.state, sizes.action].map(|len| len.saturating_mul(rows));
        let places = [
            Span::new(state, state_len, state_name),
            Span::new(prior, prior_len, prior_name),
        ];
        let state = slice::input(call, state, state_len, features, state_name)?;
        let prior = slice::optional_input(call, prior, prior_len, actions, prior_name)?;
        Ok(Self { state, prior, places })
    }
}
