//! What a seed's training looked like, update by update: a CSV file that a resumed run goes on from.

use crate::backtest::report::CurvePoint;
use crate::error::{Error, Result};
use crate::file::write_atomically;
use crate::rl::stats::UpdateStats;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One row an update, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrainingLog {
    rows: Vec<Row>,
}

/// One update; fields are [`UpdateStats`]'s, and its names are the tags in TensorBoard.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Row {
    update: u64,
    env_steps: u64,
    /// Seconds of training so far, those before a resume included.
    elapsed_s: f64,
    env_steps_per_s: f64,
    episodes: u64,
    episode_reward: f64,
    episode_log_growth: f64,
    episode_turnover: f64,
    policy_gradient_loss: f64,
    value_loss: f64,
    entropy_loss: f64,
    approx_kl: f64,
    clip_fraction: f64,
    explained_variance: f64,
    std: f64,
    grad_norm: f64,
    learning_rate: f64,
    skipped_minibatches: u64,
}

impl TrainingLog {
    /// Reads a log as [`write`](Self::write) leaves it. Errors name the file.
    pub fn read(path: &Path) -> Result<Self> {
        let unusable = |error: csv::Error| {
            Error::invalid(
                path.display(),
                format_args!("unusable ({error})"),
                "a training log",
            )
        };
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        let rows = csv::Reader::from_reader(&bytes[..]).into_deserialize();
        Ok(Self {
            rows: rows.collect::<std::result::Result<_, _>>().map_err(unusable)?,
        })
    }

    /// Writes the log: a header, then a row an update; NaN where no episode ended.
    pub fn write(&self, path: &Path) -> Result<()> {
        write_atomically(path, |file| {
            let mut writer = csv::Writer::from_writer(file);
            self.rows.iter().try_for_each(|row| writer.serialize(row))?;
            writer.flush()
        })
    }

    /// The log up to the given number of decisions.
    pub fn until(mut self, env_steps: u64) -> Self {
        self.rows.retain(|row| row.env_steps <= env_steps);
        self
    }

    /// Adds an update that ended after `elapsed_s` seconds of training; returns its scalars for TensorBoard.
    pub fn push(&mut self, stats: &UpdateStats, elapsed_s: f64) -> Vec<(&'static str, f64)> {
        self.rows.push(Row {
            update: stats.update,
            env_steps: stats.env_steps,
            elapsed_s,
            env_steps_per_s: stats.env_steps_per_s,
            episodes: stats.episodes,
            episode_reward: stats.episode_reward,
            episode_log_growth: stats.episode_log_growth,
            episode_turnover: stats.episode_turnover,
            policy_gradient_loss: stats.policy_gradient_loss,
            value_loss: stats.value_loss,
            entropy_loss: stats.entropy_loss,
            approx_kl: stats.approx_kl,
            clip_fraction: stats.clip_fraction,
            explained_variance: stats.explained_variance,
            std: stats.std,
            grad_norm: stats.grad_norm,
            learning_rate: stats.learning_rate,
            skipped_minibatches: stats.skipped_minibatches,
        });
        vec![
            ("rollout/episode_reward", stats.episode_reward),
            ("rollout/episode_log_growth", stats.episode_log_growth),
            ("rollout/episode_turnover", stats.episode_turnover),
            ("train/policy_gradient_loss", stats.policy_gradient_loss),
            ("train/value_loss", stats.value_loss),
            ("train/entropy_loss", stats.entropy_loss),
            ("train/approx_kl", stats.approx_kl),
            ("train/clip_fraction", stats.clip_fraction),
            ("train/explained_variance", stats.explained_variance),
            ("train/std", stats.std),
            ("train/grad_norm", stats.grad_norm),
            ("train/learning_rate", stats.learning_rate),
            ("train/skipped_minibatches", stats.skipped_minibatches as f64),
            ("time/env_steps_per_s", stats.env_steps_per_s),
        ]
    }

    /// Seconds of training so far.
    pub fn elapsed_s(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.elapsed_s)
    }

    /// Decisions so far.
    pub fn env_steps(&self) -> u64 {
        self.rows.last().map_or(0, |row| row.env_steps)
    }

    /// The learning curve of a report.
    pub fn curve(&self) -> Vec<CurvePoint> {
        let point = |row: &Row| CurvePoint {
            env_steps: row.env_steps,
            episode_return: row.episode_reward,
            approx_kl: row.approx_kl,
            explained_variance: row.explained_variance,
            std: row.std,
        };
        self.rows.iter().map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_log_reads_back_and_can_be_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        let mut log = TrainingLog::default();
        for update in 1..=5 {
            let stats = UpdateStats {
                update,
                env_steps: 100 * update,
                approx_kl: 0.1 / update as f64,
                ..UpdateStats::default()
            };
            log.push(&stats, 0.3 * update as f64);
        }
        log.rows[2].episode_reward = f64::NAN;
        log.write(&path).unwrap();
        let read = TrainingLog::read(&path).unwrap();
        assert_eq!(format!("{read:?}"), format!("{log:?}"), "NaN differs from itself");
        let cut = read.until(250);
        assert_eq!((cut.rows.len(), cut.env_steps(), cut.elapsed_s()), (2, 200, 0.6));
        assert_eq!(cut.curve().len(), 2);
        std::fs::write(&path, "update\nx\n").unwrap();
        assert!(
            TrainingLog::read(&path)
                .unwrap_err()
                .to_string()
                .contains("log.csv")
        );
    }
}
