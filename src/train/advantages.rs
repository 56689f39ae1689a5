//! The advantages of a minibatch.

use crate::policy::action;
use crate::policy::spec::PolicySpec;
use crate::rl::rollout::RolloutBuffer;

/// Writes the advantages of the rows, over the whole minibatch: (A - mean) / (standard deviation with ddof 1 + 1e-8). Rows at which
/// there was nothing to decide, which a policy of a universe with gaps may have, have no part in it and an advantage of 0.
pub(super) fn minibatch_advantages(
    spec: &PolicySpec,
    buffer: &RolloutBuffer,
    rows: &[u32],
    normalize: bool,
    out: &mut Vec<f32>,
) {
    let len = buffer.action_len;
    let is_open = |row: usize| !spec.state.listed || action::is_open(&buffer.log_priors[row * len..][..len]);
    let rows = rows.iter().map(|&row| row as usize);
    let open = rows.clone().filter(|row| is_open(*row));
    let raw = open.map(|row| f64::from(buffer.advantages[row]));
    let count = raw.clone().count();
    let (mut mean, mut deviation) = (0.0, 1.0);
    if normalize && rows.len() >= 2 {
        let n = count as f64;
        mean = raw.clone().sum::<f64>() / n.max(1.0);
        let squares: f64 = raw.map(|a| (a - mean).powi(2)).sum();
        deviation = (squares / (n - 1.0).max(1.0)).sqrt() + 1e-8;
    }
    let advantage = |row: usize| match is_open(row) {
        true => ((f64::from(buffer.advantages[row]) - mean) / deviation) as f32,
        false => 0.0,
    };
    out.clear();
    out.extend(rows.map(advantage));
}
