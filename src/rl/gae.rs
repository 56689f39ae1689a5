//! Generalised advantage estimation (Schulman et al. 2016).

/// One batch of steps for [`advantages`]. Every slice is [n_steps, n_envs], step-major.
#[derive(Debug, Clone, Copy)]
pub struct Steps<'a> {
    /// Rewards r_t.
    pub rewards: &'a [f32],
    /// V(s_t).
    pub values: &'a [f32],
    /// V of the state the step led to: that of the next step, or where the episode ended, of its final state.
    pub next_values: &'a [f32],
    /// The episode ended by ruin: nothing follows, whatever `next_values` holds.
    pub terminated: &'a [bool],
    /// The episode was cut off by its length or the end of the data: its value goes on, its advantage sum does not.
    pub truncated: &'a [bool],
}

/// Writes A_t = delta_t + gamma * lambda * A_{t+1}, delta_t = r_t + gamma * V(s_{t+1}) - V(s_t), to `advantages`
/// ([n_steps, n_envs]). Value targets are A_t + V(s_t).
pub fn advantages(steps: Steps<'_>, n_envs: usize, gamma: f32, lambda: f32, advantages: &mut [f32]) {
    let rows = advantages.len();
    for row in (0..rows).rev() {
        let bootstrap = if steps.terminated[row] {
            0.0
        } else {
            gamma * steps.next_values[row]
        };
        let delta = steps.rewards[row] + bootstrap - steps.values[row];
        let ended = steps.terminated[row] || steps.truncated[row];
        let later = if ended || row + n_envs >= rows {
            0.0
        } else {
            advantages[row + n_envs]
        };
        advantages[row] = delta + gamma * lambda * later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REWARDS: [f32; 3] = [1.0, 2.0, 3.0];
    const VALUES: [f32; 3] = [0.5, 0.25, 0.125];
    const NEXT: [f32; 3] = [0.25, 7.0, 4.0];

    fn run(terminated: [bool; 3], truncated: [bool; 3]) -> [f32; 3] {
        let mut out = [0.0; 3];
        let steps = Steps {
            rewards: &REWARDS,
            values: &VALUES,
            next_values: &NEXT,
            terminated: &terminated,
            truncated: &truncated,
        };
        advantages(steps, 1, 0.5, 0.5, &mut out);
        out
    }

    #[test]
    fn truncation_keeps_the_final_value_and_termination_does_not() {
        let last = 3.0 + 0.5 * 4.0 - 0.125;
        // Both end the episode at step 1: step 0 sees step 1 but not step 2.
        let truncated = run([false; 3], [false, true, false]);
        let middle = 2.0 + 0.5 * 7.0 - 0.25;
        assert_eq!(truncated, [1.0 + 0.5 * 0.25 - 0.5 + 0.25 * middle, middle, last]);
        let terminated = run([false, true, false], [false; 3]);
        let middle = 2.0 - 0.25;
        assert_eq!(terminated, [1.0 + 0.5 * 0.25 - 0.5 + 0.25 * middle, middle, last]);
    }
}
