//! Generalised advantage estimation (Schulman et al. 2016), and V-trace (Espeholt et al. 2018) where the policy is no longer
//! the one that acted.

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
    /// pi(a_t | s_t) over that of the policy that acted, of which no more than 1 counts; empty where the policy is the same.
    pub ratios: &'a [f32],
}

/// Writes A_t = rho_t * (delta_t + gamma * lambda * A_{t+1}), delta_t = r_t + gamma * V(s_{t+1}) - V(s_t), to `advantages`
/// ([n_steps, n_envs]), with rho_t = min(ratio_t, 1), which is 1 without ratios. Value targets are A_t + V(s_t).
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
        let ratio = steps.ratios.get(row).map_or(1.0, |ratio| ratio.min(1.0));
        advantages[row] = ratio * (delta + gamma * lambda * later);
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
            ratios: &[],
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

    /// Ratios of 1 change no bit; larger ones count as 1.
    #[test]
    fn a_policy_that_has_not_moved_has_the_advantages_of_gae() {
        let steps = |ratios: &'static [f32]| {
            let mut out = [0.0; 3];
            let steps = Steps {
                rewards: &REWARDS,
                values: &VALUES,
                next_values: &NEXT,
                terminated: &[false; 3],
                truncated: &[false, true, false],
                ratios,
            };
            advantages(steps, 1, 0.9, 0.7, &mut out);
            out.map(f32::to_bits)
        };
        assert_eq!(steps(&[]), steps(&[1.0; 3]));
        assert_eq!(steps(&[]), steps(&[1.0, 7.5, 2.0]));
        assert_ne!(steps(&[]), steps(&[1.0, 0.5, 1.0]));
    }

    /// On a chain of three states with two actions: at the values of the policy that V-trace aims at, whose probabilities are
    /// in proportion to min(pi, mu), the expected advantage of what mu does is 0 in every state, over any number of steps.
    #[test]
    fn v_trace_is_zero_at_its_fixed_point() {
        use nalgebra::{Matrix3, Vector3};
        const GAMMA: f64 = 0.9;
        const LAMBDA: f32 = 0.8;
        let (acted, now) = (
            [[0.7, 0.3], [0.4, 0.6], [0.5, 0.5]],
            [[0.2, 0.8], [0.9, 0.1], [0.5, 0.5]],
        );
        let rewards = [[1.0, -0.5], [0.3, 2.0], [-1.0, 0.4]];
        // Each action moves on by one or two states, but for one time in ten, when it stays.
        let next = |state: usize, action: usize| {
            let mut to = [0.0; 3];
            to[(state + 1 + action) % 3] = 0.9;
            to[state] += 0.1;
            to
        };
        let aimed_at = |state: usize, action: usize| {
            let least = |a: usize| f64::min(acted[state][a], now[state][a]);
            least(action) / (least(0) + least(1))
        };
        let each =
            |of: &dyn Fn(usize, usize) -> f64, state| (0..2).map(|action| of(state, action)).sum::<f64>();
        let earned = Vector3::from_fn(|s, _| each(&|s, a| aimed_at(s, a) * rewards[s][a], s));
        let moves = Matrix3::from_fn(|s, to| each(&|s, a| aimed_at(s, a) * next(s, a)[to], s));
        let values = (Matrix3::identity() - GAMMA * moves)
            .lu()
            .solve(&earned)
            .expect("it is regular");
        for first in 0..3 {
            let mut expected = 0.0;
            // Every path of three steps: an action and a state each.
            for code in 0..6_usize.pow(3) {
                let (mut state, mut probability, mut rest) = (first, 1.0, code);
                let (mut r, mut v, mut after, mut ratios) = ([0.0; 3], [0.0; 3], [0.0; 3], [0.0; 3]);
                for t in 0..3 {
                    let (action, to) = (rest % 2, rest / 2 % 3);
                    rest /= 6;
                    probability *= acted[state][action] * next(state, action)[to];
                    r[t] = rewards[state][action] as f32;
                    v[t] = values[state] as f32;
                    after[t] = values[to] as f32;
                    ratios[t] = (now[state][action] / acted[state][action]) as f32;
                    state = to;
                }
                let mut out = [0.0; 3];
                let steps = Steps {
                    rewards: &r,
                    values: &v,
                    next_values: &after,
                    terminated: &[false; 3],
                    truncated: &[false; 3],
                    ratios: &ratios,
                };
                advantages(steps, 1, GAMMA as f32, LAMBDA, &mut out);
                expected += probability * f64::from(out[0]);
            }
            assert!(expected.abs() < 1e-6, "state {first}: {expected}");
        }
    }
}
