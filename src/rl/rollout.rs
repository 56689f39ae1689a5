//! What a rollout remembers of every decision.

use crate::error::Result;
use crate::memory;
use std::ops::Range;

/// Decisions of `n_envs` environments over `n_steps` steps, in flat rows.
///
/// Environments are grouped into blocks of equal size that are stepped independently; rows run over blocks, then
/// steps, then the environments of the block. A block's rows are one contiguous, step-major piece.
#[derive(Debug, Clone)]
pub struct RolloutBuffer {
    /// Environments in a block.
    pub block: usize,
    /// Steps of every environment.
    pub n_steps: usize,
    /// Values in a state, S.
    pub state_len: usize,
    /// Values in an action, A.
    pub action_len: usize,
    /// States as the environment gave them: [rows, S].
    pub raw_states: Vec<f32>,
    /// Normalised states: [rows, S].
    pub states: Vec<f32>,
    /// log(prior + 1e-6) at each state: [rows, A].
    pub log_priors: Vec<f32>,
    /// The actions that were taken, as sampled: [rows, A].
    pub actions: Vec<f32>,
    /// The network's scores at each state: [rows, A].
    pub scores: Vec<f32>,
    /// log pi(action | state) of the policy that acted: [rows].
    pub log_probs: Vec<f32>,
    /// V(s_t): [rows].
    pub values: Vec<f32>,
    /// V of the state the step led to: [rows].
    pub next_values: Vec<f32>,
    /// V_b(s_t), the expected reward of the deterministic action: [rows]. With `policy_path`, V of the states on that path.
    pub baseline_values: Vec<f32>,
    /// Rewards as the environment gave them: [rows].
    pub raw_rewards: Vec<f64>,
    /// Scaled rewards: [rows].
    pub rewards: Vec<f32>,
    /// Rewards b_t of the deterministic action on the same returns, as the environment gave them: [rows]. With `policy_path`, those
    /// on that path.
    pub raw_baseline_rewards: Vec<f64>,
    /// The same, scaled: [rows].
    pub baseline_rewards: Vec<f32>,
    /// The step ended in ruin: [rows].
    pub terminated: Vec<bool>,
    /// The step was the last its episode was allowed: [rows].
    pub truncated: Vec<bool>,
    /// With `policy_path`, V of the state that the step on that path led to: [rows].
    pub path_next_values: Vec<f32>,
    /// With `policy_path`, the step on that path ended in ruin: [rows].
    pub path_terminated: Vec<bool>,
    /// With `policy_path`, the step on that path was the last its episode was allowed: [rows].
    pub path_truncated: Vec<bool>,
    /// Advantages A_t: [rows].
    pub advantages: Vec<f32>,
    /// Value targets: [rows].
    pub returns: Vec<f32>,
    /// What each row counts in the loss, 1 unless rows are drawn by priority: [rows].
    pub weights: Vec<f32>,
}

impl RolloutBuffer {
    /// A buffer of zeros. `n_envs` must be a multiple of `block`. Errors: not as much memory.
    pub fn new(
        n_envs: usize,
        block: usize,
        n_steps: usize,
        state_len: usize,
        action_len: usize,
    ) -> Result<Self> {
        debug_assert_eq!(n_envs % block, 0, "blocks have equal size");
        let rows = [n_envs, n_steps];
        let (states, actions) = ([n_envs, n_steps, state_len], [n_envs, n_steps, action_len]);
        let what = "a rollout of n_envs * n_steps decisions";
        // All of it before any: 9 numbers of 4 bytes, 2 of 8 and 4 flags a decision, and its states and actions.
        memory::room(
            what,
            [
                56 * memory::size::<u8>(&rows),
                2 * memory::size::<f32>(&states),
                3 * memory::size::<f32>(&actions),
            ]
            .into_iter()
            .fold(0, u128::saturating_add),
        )?;
        let wide = |shape: &[usize]| memory::filled(what, shape, 0.0_f32);
        Ok(Self {
            block,
            n_steps,
            state_len,
            action_len,
            raw_states: wide(&states)?,
            states: wide(&states)?,
            log_priors: wide(&actions)?,
            actions: wide(&actions)?,
            scores: wide(&actions)?,
            log_probs: wide(&rows)?,
            values: wide(&rows)?,
            next_values: wide(&rows)?,
            baseline_values: wide(&rows)?,
            raw_rewards: memory::filled(what, &rows, 0.0)?,
            rewards: wide(&rows)?,
            raw_baseline_rewards: memory::filled(what, &rows, 0.0)?,
            baseline_rewards: wide(&rows)?,
            terminated: memory::filled(what, &rows, false)?,
            truncated: memory::filled(what, &rows, false)?,
            path_next_values: wide(&rows)?,
            path_terminated: memory::filled(what, &rows, false)?,
            path_truncated: memory::filled(what, &rows, false)?,
            advantages: wide(&rows)?,
            returns: wide(&rows)?,
            weights: memory::filled(what, &rows, 1.0)?,
        })
    }

    /// Number of decisions in the buffer.
    pub fn rows(&self) -> usize {
        self.values.len()
    }

    /// Rows of one block.
    pub fn block_rows(&self) -> usize {
        self.block * self.n_steps
    }

    /// Where a row stands when those of each environment lie together, in the order of time.
    pub fn place_in_time(&self, row: u32) -> usize {
        let (block, row) = (row as usize / self.block_rows(), row as usize % self.block_rows());
        block * self.block_rows() + row % self.block * self.n_steps + row / self.block
    }

    /// The rows of every block, to be filled side by side.
    pub fn blocks_mut(&mut self) -> impl Iterator<Item = RolloutBlock<'_>> {
        let rows = self.block_rows();
        let (states, actions) = (rows * self.state_len, rows * self.action_len);
        let mut raw_states = self.raw_states.chunks_mut(states);
        let mut normalized = self.states.chunks_mut(states);
        let mut log_priors = self.log_priors.chunks_mut(actions);
        let mut taken = self.actions.chunks_mut(actions);
        let mut scores = self.scores.chunks_mut(actions);
        let mut log_probs = self.log_probs.chunks_mut(rows);
        let mut values = self.values.chunks_mut(rows);
        let mut next_values = self.next_values.chunks_mut(rows);
        let mut baseline_values = self.baseline_values.chunks_mut(rows);
        let mut rewards = self.raw_rewards.chunks_mut(rows);
        let mut baseline_rewards = self.raw_baseline_rewards.chunks_mut(rows);
        let mut terminated = self.terminated.chunks_mut(rows);
        let mut truncated = self.truncated.chunks_mut(rows);
        let mut path_next_values = self.path_next_values.chunks_mut(rows);
        let mut path_terminated = self.path_terminated.chunks_mut(rows);
        let mut path_truncated = self.path_truncated.chunks_mut(rows);
        std::iter::from_fn(move || {
            Some(RolloutBlock {
                raw_states: raw_states.next()?,
                states: normalized.next()?,
                log_priors: log_priors.next()?,
                actions: taken.next()?,
                scores: scores.next()?,
                log_probs: log_probs.next()?,
                values: values.next()?,
                next_values: next_values.next()?,
                baseline_values: baseline_values.next()?,
                raw_rewards: rewards.next()?,
                raw_baseline_rewards: baseline_rewards.next()?,
                terminated: terminated.next()?,
                truncated: truncated.next()?,
                path_next_values: path_next_values.next()?,
                path_terminated: path_terminated.next()?,
                path_truncated: path_truncated.next()?,
            })
        })
    }

    /// Bytes of a row as [`write_rows`](Self::write_rows) writes it.
    pub fn row_bytes(&self) -> usize {
        4 * (2 * self.state_len + 2 * self.action_len + 5) + 8 * 2 + 4
    }

    /// Appends some rows as they were collected, without what is worked out of them later.
    pub fn write_rows(&self, rows: Range<usize>, out: &mut Vec<u8>) {
        let (s, a) = (self.state_len, self.action_len);
        for (values, width) in [
            (&self.raw_states, s),
            (&self.states, s),
            (&self.log_priors, a),
            (&self.actions, a),
            (&self.log_probs, 1),
            (&self.values, 1),
            (&self.next_values, 1),
            (&self.baseline_values, 1),
            (&self.path_next_values, 1),
        ] {
            let values = &values[rows.start * width..rows.end * width];
            out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        for values in [&self.raw_rewards, &self.raw_baseline_rewards] {
            out.extend(values[rows.clone()].iter().flat_map(|value| value.to_le_bytes()));
        }
        let of_path = [&self.path_terminated, &self.path_truncated];
        for flags in [&self.terminated, &self.truncated].into_iter().chain(of_path) {
            out.extend(flags[rows.clone()].iter().map(|flag| u8::from(*flag)));
        }
    }

    /// Takes rows from what [`write_rows`](Self::write_rows) wrote of them.
    ///
    /// Panics where the bytes are not as many as it writes.
    pub fn read_rows(&mut self, rows: Range<usize>, bytes: &[u8]) {
        assert_eq!(bytes.len(), rows.len() * self.row_bytes(), "bytes of the rows");
        let (s, a) = (self.state_len, self.action_len);
        let mut rest = bytes;
        let mut next = |len: usize| {
            let (piece, after) = rest.split_at(len);
            rest = after;
            piece
        };
        for (values, width) in [
            (&mut self.raw_states, s),
            (&mut self.states, s),
            (&mut self.log_priors, a),
            (&mut self.actions, a),
            (&mut self.log_probs, 1),
            (&mut self.values, 1),
            (&mut self.next_values, 1),
            (&mut self.baseline_values, 1),
            (&mut self.path_next_values, 1),
        ] {
            let values = &mut values[rows.start * width..rows.end * width];
            let (numbers, _) = next(4 * values.len()).as_chunks();
            values
                .iter_mut()
                .zip(numbers)
                .for_each(|(to, from)| *to = f32::from_le_bytes(*from));
        }
        for values in [&mut self.raw_rewards, &mut self.raw_baseline_rewards] {
            let values = &mut values[rows.clone()];
            let (numbers, _) = next(8 * values.len()).as_chunks();
            values
                .iter_mut()
                .zip(numbers)
                .for_each(|(to, from)| *to = f64::from_le_bytes(*from));
        }
        let of_path = [&mut self.path_terminated, &mut self.path_truncated];
        for flags in [&mut self.terminated, &mut self.truncated]
            .into_iter()
            .chain(of_path)
        {
            let flags = &mut flags[rows.clone()];
            let bytes = next(flags.len());
            flags
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, from)| *to = *from != 0);
        }
    }

    /// Share of the variance of the returns that the values explained: 1 - Var(returns - values)/Var(returns); NaN
    /// where the returns do not vary.
    pub fn explained_variance(&self) -> f64 {
        let (mut sum, mut squares, mut residual_sum, mut residual_squares) = (0.0, 0.0, 0.0, 0.0);
        for (&target, &value) in self.returns.iter().zip(&self.values) {
            let (target, residual) = (f64::from(target), f64::from(target) - f64::from(value));
            sum += target;
            squares += target * target;
            residual_sum += residual;
            residual_squares += residual * residual;
        }
        let n = self.rows() as f64;
        let variance = squares / n - (sum / n).powi(2);
        let unexplained = residual_squares / n - (residual_sum / n).powi(2);
        if variance > 0.0 {
            1.0 - unexplained / variance
        } else {
            f64::NAN
        }
    }
}

/// One block's rows of a [`RolloutBuffer`]; fields as there, [n_steps, block, ...], step-major.
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields are the buffer's")]
pub struct RolloutBlock<'a> {
    pub raw_states: &'a mut [f32],
    pub states: &'a mut [f32],
    pub log_priors: &'a mut [f32],
    pub actions: &'a mut [f32],
    pub scores: &'a mut [f32],
    pub log_probs: &'a mut [f32],
    pub values: &'a mut [f32],
    pub next_values: &'a mut [f32],
    pub baseline_values: &'a mut [f32],
    pub raw_rewards: &'a mut [f64],
    pub raw_baseline_rewards: &'a mut [f64],
    pub terminated: &'a mut [bool],
    pub truncated: &'a mut [bool],
    pub path_next_values: &'a mut [f32],
    pub path_terminated: &'a mut [bool],
    pub path_truncated: &'a mut [bool],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_an_environment_stand_together_in_the_order_of_time() {
        // Two blocks of three environments, four steps: a row for each step's environments, block by block.
        let buffer = RolloutBuffer::new(6, 3, 4, 1, 1).unwrap();
        let mut rows: Vec<u32> = (0..24).collect();
        rows.sort_by_key(|row| buffer.place_in_time(*row));
        let expected = [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11].map(|row| [row, row + 12]);
        let [first, second] = [0, 1].map(|block| expected.map(|row| row[block]));
        assert_eq!(rows, [first, second].concat());
    }
}
