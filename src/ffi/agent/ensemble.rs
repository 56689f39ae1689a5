//! Several policies that decide together.

use crate::ffi::agent::action::{Input, ONE};
use crate::ffi::agent::ppo_agent;
use crate::ffi::border::boundary::boundary;
use crate::ffi::border::handle;
use crate::ffi::border::live::Agent;
use crate::ffi::border::slice::Output;
use crate::ffi::status::{PPO_OK, ppo_status};
use crate::policy::Policy;
use std::sync::Arc;

/// Makes an agent that decides by the mean of the weights of an agent's policy and another's: an ensemble of two, or of one
/// more where an agent is an ensemble already. From the same holdings its log growth before costs is at least the mean of
/// the members', and its turnover at most theirs. ppo_sample_action and ppo_evaluate_action refuse it, and so does a
/// trainer.
///
/// \param agent     the agent
/// \param member    the agent whose policy joins; may be `agent`
/// \param ensemble  gets the new agent, which is the caller's to free with ppo_agent_free; both others stay as they are
///
/// It departs from the prior all the way, whatever the members did. PPO_ERR_INVALID_ARGUMENT (policies of different
/// specs, more than 64 members).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_with_member(
    agent: *const ppo_agent,
    member: *const ppo_agent,
    ensemble: *mut *mut ppo_agent,
) -> ppo_status {
    boundary!(ppo_agent_with_member, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let member = handle::shared(call, member, "member")?;
        let ensemble = Output::new(call, ensemble, "ensemble")?;
        let alone = |agent: &Agent| Policy::clone(&agent.snapshot()).into_members();
        let members = [alone(agent), alone(member)].concat();
        let policy = Policy::ensemble(members).map_err(|error| error.within("member: "))?;
        ensemble.write(handle::create(Arc::new(Agent::new(policy))));
        Ok(PPO_OK)
    })
}

/// Says of how many policies an agent's is made: 1 of one that is no ensemble.
///
/// \param agent  the agent
/// \param count  gets the number
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_agent_member_count(agent: *const ppo_agent, count: *mut usize) -> ppo_status {
    boundary!(ppo_agent_member_count, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let count = Output::new(call, count, "count")?;
        count.write(agent.snapshot().member_count());
        Ok(PPO_OK)
    })
}

/// How far the members of an ensemble disagree in a state: the mean of the one-way turnovers from their weights to the mean
/// of all, 0 where they agree or the policy is no ensemble.
///
/// \param agent         the agent
/// \param state         as for ppo_select_action: [state_len]
/// \param state_len     S
/// \param prior         as for ppo_select_action: [prior_len]; NULL where the policy has no prior
/// \param prior_len     A, or 0 with NULL
/// \param disagreement  gets it: at least 0, and at most 1 where nothing is short or levered
///
/// Allocates nothing (as ppo_select_action). PPO_ERR_INVALID_ARGUMENT (as ppo_select_action).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ppo_disagreement(
    agent: *const ppo_agent,
    state: *const f32,
    state_len: usize,
    prior: *const f64,
    prior_len: usize,
    disagreement: *mut f64,
) -> ppo_status {
    boundary!(ppo_disagreement, [agent], |call| {
        let agent = handle::shared(call, agent, "agent")?;
        let input = Input::new(
            call,
            agent.sizes(),
            1,
            (state, state_len),
            (prior, prior_len),
            ONE,
        )?;
        let disagreement = Output::new(call, disagreement, "disagreement")?;
        let found = agent.decide(|policy, scratch| {
            policy.disagreement(input.state, input.prior, &mut scratch.workspace)
        })?;
        disagreement.write(found);
        Ok(PPO_OK)
    })
}
