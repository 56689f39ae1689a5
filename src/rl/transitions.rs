//! Transitions that a host hands in one at a time, and the rollout they make.

use crate::error::Result;
use crate::memory;
use crate::rl::rollout::RolloutBuffer;

/// One decision and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Transition<'a> {
    /// Which of the sequences it continues: one for each account or market that decisions are taken in side by side.
    pub env: usize,
    /// State the decision was taken in, not normalised: [S].
    pub state: &'a [f32],
    /// log(prior + 1e-6) there: [A]; zeros without a prior.
    pub log_prior: &'a [f32],
    /// The action as sampled: [A].
    pub action: &'a [f32],
    /// log pi(action | state) of the policy that acted.
    pub log_prob: f64,
    /// Reward, not scaled.
    pub reward: f64,
    /// State it led to: [S]; what it is worth is not asked where the step terminated.
    pub next_state: &'a [f32],
    /// Nothing follows.
    pub terminated: bool,
    /// The episode was cut off after this step; never together with `terminated`.
    pub truncated: bool,
}

/// Transitions that no update has used yet, sequence by sequence.
#[derive(Debug, Clone)]
pub struct Transitions {
    state_len: usize,
    action_len: usize,
    sequences: Vec<Sequence>,
}

#[derive(Debug, Clone, Default)]
struct Sequence {
    states: Vec<f32>,
    log_priors: Vec<f32>,
    actions: Vec<f32>,
    log_probs: Vec<f32>,
    rewards: Vec<f64>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
    /// States that ends of episodes led to, each with its step.
    final_states: Vec<(usize, Vec<f32>)>,
    /// State that the last step led to.
    next_state: Vec<f32>,
    /// Of the episode under way, which updates do not end.
    reward_sum: f64,
    steps: usize,
    /// Sums of rewards and lengths of the episodes that ended since the last update.
    ended: Vec<(f64, usize)>,
}

/// A rollout made of whole sequences, one after another, and what it does not hold itself.
#[derive(Debug, Clone)]
pub struct HandedRollout {
    /// One block of one environment. The last step of a sequence counts as truncated there, so that its advantage goes
    /// on with the value of the state it led to and does not reach into the next sequence.
    pub buffer: RolloutBuffer,
    /// Of every row: its sequence, and whether its episode ended there.
    pub order: Vec<(usize, bool)>,
    /// Rows whose next value is that of a state of its own, and these states [rows, S], not normalised.
    pub final_rows: Vec<usize>,
    /// See `final_rows`.
    pub final_states: Vec<f32>,
    /// Sum of rewards and length of each episode that ended.
    pub episodes: Vec<(f64, usize)>,
}

impl Transitions {
    /// None yet, of `n_envs` sequences. Errors: not as much memory.
    pub fn new(n_envs: usize, state_len: usize, action_len: usize) -> Result<Self> {
        Ok(Self {
            state_len,
            action_len,
            sequences: memory::filled(
                "the transitions of n_envs sequences",
                &[n_envs],
                Sequence::default(),
            )?,
        })
    }

    /// Number of transitions that no update has used yet.
    pub fn len(&self) -> usize {
        self.sequences.iter().map(|sequence| sequence.rewards.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps a transition, whose slices have the lengths that these were made for and whose `env` is one of these.
    pub fn push(&mut self, transition: &Transition<'_>) {
        let sequence = &mut self.sequences[transition.env];
        let step = sequence.rewards.len();
        sequence.states.extend_from_slice(transition.state);
        sequence.log_priors.extend_from_slice(transition.log_prior);
        sequence.actions.extend_from_slice(transition.action);
        sequence.log_probs.push(transition.log_prob as f32);
        sequence.rewards.push(transition.reward);
        sequence.terminated.push(transition.terminated);
        sequence.truncated.push(transition.truncated);
        if transition.truncated {
            sequence.final_states.push((step, transition.next_state.to_vec()));
        }
        sequence.next_state.clear();
        sequence.next_state.extend_from_slice(transition.next_state);
        sequence.reward_sum += transition.reward;
        sequence.steps += 1;
        if transition.terminated || transition.truncated {
            sequence.ended.push((sequence.reward_sum, sequence.steps));
            sequence.reward_sum = 0.0;
            sequence.steps = 0;
        }
    }

    /// All that was kept, as one rollout; nothing is kept any more. Errors: not as much memory, and all is kept.
    pub fn take(&mut self) -> Result<HandedRollout> {
        let rows = self.len();
        let mut buffer = RolloutBuffer::new(1, 1, rows, self.state_len, self.action_len)?;
        let mut order = Vec::with_capacity(rows);
        let (mut final_rows, mut final_states, mut episodes) = (Vec::new(), Vec::new(), Vec::new());
        let (states, actions) = (self.state_len, self.action_len);
        for (env, sequence) in self.sequences.iter_mut().enumerate() {
            let (first, count) = (order.len(), sequence.rewards.len());
            let place = first..first + count;
            buffer.raw_states[first * states..(first + count) * states].copy_from_slice(&sequence.states);
            let wide = first * actions..(first + count) * actions;
            buffer.log_priors[wide.clone()].copy_from_slice(&sequence.log_priors);
            buffer.actions[wide].copy_from_slice(&sequence.actions);
            buffer.log_probs[place.clone()].copy_from_slice(&sequence.log_probs);
            buffer.raw_rewards[place.clone()].copy_from_slice(&sequence.rewards);
            buffer.terminated[place.clone()].copy_from_slice(&sequence.terminated);
            buffer.truncated[place].copy_from_slice(&sequence.truncated);
            let ends = sequence.terminated.iter().zip(&sequence.truncated);
            order.extend(ends.map(|(terminated, truncated)| (env, *terminated || *truncated)));
            for (step, state) in sequence.final_states.drain(..) {
                final_rows.push(first + step);
                final_states.extend(state);
            }
            if order.last().is_some_and(|(_, ended)| count > 0 && !ended) {
                buffer.truncated[first + count - 1] = true;
                final_rows.push(first + count - 1);
                final_states.extend_from_slice(&sequence.next_state);
            }
            episodes.append(&mut sequence.ended);
            *sequence = Sequence {
                reward_sum: sequence.reward_sum,
                steps: sequence.steps,
                ..Sequence::default()
            };
        }
        Ok(HandedRollout {
            buffer,
            order,
            final_rows,
            final_states,
            episodes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(transitions: &mut Transitions, env: usize, reward: f64, end: &str) {
        let next = [10.0 * reward as f32];
        transitions.push(&Transition {
            env,
            state: &[reward as f32],
            log_prior: &[0.0, 0.0],
            action: &[0.0, 0.0],
            log_prob: -1.0,
            reward,
            next_state: &next,
            terminated: end == "terminated",
            truncated: end == "truncated",
        });
    }

    #[test]
    fn sequences_do_not_reach_into_each_other_and_episodes_span_updates() {
        let mut transitions = Transitions::new(2, 1, 2).unwrap();
        for (env, reward, end) in [
            (1, 5.0, ""),
            (0, 1.0, "truncated"),
            (0, 2.0, ""),
            (1, 6.0, "terminated"),
            (0, 3.0, ""),
        ] {
            push(&mut transitions, env, reward, end);
        }
        assert_eq!(transitions.len(), 5);
        let taken = transitions.take().unwrap();
        assert_eq!(taken.buffer.raw_rewards, [1.0, 2.0, 3.0, 5.0, 6.0]);
        assert_eq!(taken.buffer.truncated, [true, false, true, false, false]);
        assert_eq!(taken.buffer.terminated, [false, false, false, false, true]);
        assert_eq!(taken.final_rows, [0, 2]);
        assert_eq!(taken.final_states, [10.0, 30.0]);
        let ended = [(0, true), (0, false), (0, false), (1, false), (1, true)];
        assert_eq!(taken.order, ended);
        assert_eq!(taken.episodes, [(1.0, 1), (11.0, 2)]);
        assert!(transitions.is_empty());
        push(&mut transitions, 0, 4.0, "terminated");
        assert_eq!(transitions.take().unwrap().episodes, [(9.0, 3)]);
    }
}
