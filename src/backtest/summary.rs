//! The figures of a back-test: what `summary.json` holds, and what may be said about them.

use crate::backtest::bootstrap::{BlockBootstrap, Interval};
use crate::backtest::managed::ManagedTrack;
use crate::backtest::report::Report;
use crate::backtest::track::Track;
use crate::error::Result;
use crate::math::statistics::mean;
use crate::risk::performance::Performance;
use crate::risk::reason::ReasonCode;
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Everything in `summary.json`. Figures that are undefined are NaN here and `null` there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Test figures of the first seed's policy, the one that is saved.
    pub policy: Performance,
    /// Test figures of every baseline, by name.
    pub baselines: BTreeMap<String, Performance>,
    /// Every seed's test figures, in the order trained.
    pub seeds: Vec<SeedSummary>,
    /// Annual Sharpe of the first seed's policy minus each baseline's, by the baseline's name.
    pub sharpe_difference: BTreeMap<String, Interval>,
    /// The first seed's policy under risk management; `null` where there was none.
    pub risk_managed: Option<RiskManagedSummary>,
    /// Name of the baseline that the policy is a correction of, where it has one.
    pub prior: Option<String>,
    /// Environment steps a second while training, all seeds together, rollouts and updates counted.
    pub train_env_steps_per_s: f64,
    /// Seconds from the start of training to the report.
    pub wall_s: f64,
    /// What the figures were made from.
    pub provenance: Provenance,
}

/// One seed's test figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedSummary {
    /// The seed.
    pub seed: u64,
    /// Its figures.
    #[serde(flatten)]
    pub performance: Performance,
    /// Its annual Sharpe minus each baseline's.
    pub sharpe_difference: BTreeMap<String, Interval>,
}

/// Test figures of the first seed's policy under risk management, and what the risk manager did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskManagedSummary {
    /// Its figures, without the hedge, which is not traded.
    #[serde(flatten)]
    pub performance: Performance,
    /// Its annual Sharpe minus that of the same policy without risk management.
    pub sharpe_difference: Interval,
    /// On how many bars each code was among the reasons, by name; without notes and codes that never were.
    pub bars: BTreeMap<&'static str, usize>,
    /// The same of notes: what was not looked at, or how.
    pub notes: BTreeMap<&'static str, usize>,
    /// Mean over the bars of the dynamic leverage, before the limits.
    pub mean_leverage: f64,
    /// Mean over the bars of the hedge, notional over equity; not traded.
    pub mean_hedge: f64,
}

/// What a summary's figures were made from, so that they can be traced.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Provenance {
    /// Version of this library.
    pub library_version: String,
    /// First and last close of the training data, where the report is about a training.
    pub train_period: Option<Period>,
    /// Dates of the first and the last return.
    pub test_period: Period,
    /// Number of returns.
    pub test_bars: usize,
    /// Names of the assets.
    pub assets: Vec<String>,
    /// SHA-256 of the configuration as compact JSON, in hexadecimal.
    pub configuration_sha256: String,
    /// How the intervals were made.
    pub bootstrap: BlockBootstrap,
}

/// A range of dates, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// First date.
    pub from: NaiveDate,
    /// Last date.
    pub to: NaiveDate,
}

impl Summary {
    /// Computes every figure of a validated report. Errors as [`Report::summary`].
    pub(crate) fn of(report: &Report) -> Result<Self> {
        let baselines = report
            .baselines
            .iter()
            .map(|track| Ok((track.name.clone(), performance(track)?)))
            .collect::<Result<_>>()?;
        let seeds = report
            .seeds
            .iter()
            .map(|run| {
                Ok(SeedSummary {
                    seed: run.seed,
                    performance: performance(&run.track)?,
                    sharpe_difference: differences(report, &run.track)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let policy = &report.seeds[0].track;
        Ok(Self {
            policy: seeds[0].performance,
            baselines,
            sharpe_difference: seeds[0].sharpe_difference.clone(),
            risk_managed: report
                .managed
                .as_ref()
                .map(|managed| risk_managed(report, managed))
                .transpose()?,
            seeds,
            prior: report.prior.clone(),
            train_env_steps_per_s: report.train_env_steps_per_s,
            wall_s: report.wall_s,
            provenance: Provenance {
                library_version: env!("CARGO_PKG_VERSION").to_string(),
                train_period: report.train_period,
                test_period: Period {
                    from: policy.dates[0],
                    to: policy.dates[policy.len() - 1],
                },
                test_bars: policy.len(),
                assets: report.assets.clone(),
                configuration_sha256: digest(&report.configuration),
                bootstrap: report.bootstrap,
            },
        })
    }

    /// One or two sentences on what the intervals allow to be said, and no more: against the prior (else the first
    /// baseline), how many of all the intervals exclude 0, and whether risk management changed the ratio.
    pub fn interpretation(&self) -> String {
        let mut text = self.against_baselines();
        if let Some(managed) = &self.risk_managed {
            let level = self.provenance.bootstrap.level;
            text += &format!(
                " Risk managed against the policy itself: {}.",
                finding(&managed.sharpe_difference, level, "risk-managed policy")
            );
        }
        text
    }

    fn against_baselines(&self) -> String {
        let level = percent(self.provenance.bootstrap.level);
        let Some((name, interval)) = self
            .prior
            .as_ref()
            .and_then(|prior| self.sharpe_difference.get_key_value(prior))
            .or_else(|| self.sharpe_difference.first_key_value())
        else {
            return "There is no baseline to compare with.".to_string();
        };
        let mut text = format!(
            "Policy (first seed) against {}{}: {}.",
            super::report::display_name(name),
            if self.prior.as_ref() == Some(name) {
                ", its prior"
            } else {
                ""
            },
            finding(interval, self.provenance.bootstrap.level, "policy")
        );
        let compared = self.sharpe_difference.len();
        if compared > 1 {
            let excluding = self
                .sharpe_difference
                .values()
                .filter(|interval| !interval.is_undefined() && !interval.includes_zero())
                .count();
            text += &format!(
                " Of the {compared} intervals, {excluding} exclude{} 0; with {level} intervals, about {:.1} of \
                 {compared} would do so by chance alone.",
                if excluding == 1 { "s" } else { "" },
                compared as f64 * (1.0 - self.provenance.bootstrap.level)
            );
        }
        text
    }

    /// `summary.json` as text, indented, with a newline at the end.
    pub(crate) fn json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("the keys are strings and the values plain numbers");
        text.push('\n');
        text
    }
}

/// What an interval of a difference in Sharpe ratio, `whose` minus another, allows to be said.
fn finding(interval: &Interval, level: f64, whose: &str) -> String {
    let level = percent(level);
    if interval.is_undefined() {
        "the difference is undefined, since a series without variation has no Sharpe ratio".to_string()
    } else if interval.includes_zero() {
        format!("the {level} interval includes 0: no difference can be claimed")
    } else {
        let (side, word) = if interval.low > 0.0 {
            ("above", "higher")
        } else {
            ("below", "lower")
        };
        format!(
            "the {level} interval lies {side} 0: the {whose}'s Sharpe ratio was {word} on these dates, by more than \
             resampling them explains; other dates may differ"
        )
    }
}

/// A probability as a percentage, without needless digits.
pub(crate) fn percent(probability: f64) -> String {
    format!("{}%", (probability * 1e4).round() / 100.0)
}

fn performance(track: &Track) -> Result<Performance> {
    Performance::new(&track.returns, &track.turnover, &track.costs)
}

fn differences(report: &Report, track: &Track) -> Result<BTreeMap<String, Interval>> {
    report
        .baselines
        .iter()
        .map(|baseline| {
            let interval = report
                .bootstrap
                .sharpe_difference(&track.returns, &baseline.returns)?;
            Ok((baseline.name.clone(), interval))
        })
        .collect()
}

fn risk_managed(report: &Report, managed: &ManagedTrack) -> Result<RiskManagedSummary> {
    let policy = &report.seeds[0].track;
    let (notes, bars): (Vec<_>, Vec<_>) = managed
        .bars_by_code()
        .into_iter()
        .partition(|(code, _)| code.is_note());
    let by_name = |counts: Vec<(ReasonCode, usize)>| {
        counts
            .into_iter()
            .map(|(code, count)| (code.name(), count))
            .collect()
    };
    Ok(RiskManagedSummary {
        performance: performance(&managed.track)?,
        sharpe_difference: report
            .bootstrap
            .sharpe_difference(&managed.track.returns, &policy.returns)?,
        bars: by_name(bars),
        notes: by_name(notes),
        mean_leverage: mean(&managed.leverage),
        mean_hedge: mean(&managed.hedge),
    })
}

fn digest(configuration: &serde_json::Value) -> String {
    Sha256::digest(configuration.to_string())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
