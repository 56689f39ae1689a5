//! The figures of a back-test: what `summary.json` holds, and what may be said about them.

use crate::backtest::bootstrap::{BlockBootstrap, Interval, Simultaneous};
use crate::backtest::left_out::LeftOut;
use crate::backtest::managed::ManagedTrack;
use crate::backtest::report::{PRIOR, Report, SeedRun};
use crate::backtest::tear_sheet::TearSheet;
use crate::backtest::track::Track;
use crate::backtest::verdict::Verdict;
use crate::backtest::words::{display_name, percent};
use crate::error::Result;
use crate::market::universe::Presence;
use crate::math::statistics::{mean, quantile_sorted};
use crate::policy::Departure;
use crate::risk::performance::Performance;
use crate::risk::reason::ReasonCode;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub use crate::backtest::report::Period;

/// Everything in `summary.json`. Figures that are undefined are NaN here and `null` there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Test figures of the first seed's policy, the one that is saved.
    pub policy: Performance,
    /// Test figures of every baseline, by name.
    pub baselines: BTreeMap<String, Performance>,
    /// Every seed's test figures, in the order trained.
    pub seeds: Vec<SeedSummary>,
    /// How far the policies depart from their prior, and by which evidence; `null`: all the way.
    pub departure: Option<Departure>,
    /// Annual Sharpe of the first seed's policy minus each baseline's, by the baseline's name, and minus its prior's
    /// as `prior`.
    pub sharpe_difference: BTreeMap<String, Difference>,
    /// What a tear sheet says of the first seed's policy.
    pub tear_sheet: TearSheet,
    /// The first seed's policy under risk management; `null` where there was none.
    pub risk_managed: Option<RiskManagedSummary>,
    /// Test figures of the untrained policy, which is the rule that the first seed's departs from; `null` where it
    /// departs from none, or where they could not be computed.
    pub prior: Option<Performance>,
    /// When assets were there that were not there throughout.
    pub universe: Vec<Presence>,
    /// What the report goes without, and why.
    pub left_out: Vec<LeftOut>,
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
    /// Its annual Sharpe minus each baseline's, and minus its own prior's as `prior`.
    pub sharpe_difference: BTreeMap<String, Difference>,
}

/// One of a seed's differences in annual Sharpe ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// As if it were the only one.
    #[serde(flatten)]
    pub alone: Interval,
    /// Beside all of that seed's others.
    pub at_once: Simultaneous,
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

impl Summary {
    /// Computes every figure of a validated report. Errors as [`Report::summary`].
    pub(crate) fn of(report: &Report) -> Result<Self> {
        let baselines = report
            .baselines
            .iter()
            .map(|track| Ok((track.name.clone(), track.performance()?)))
            .collect::<Result<_>>()?;
        let seeds = report
            .seeds
            .iter()
            .map(|run| {
                Ok(SeedSummary {
                    seed: run.seed,
                    performance: run.track.performance()?,
                    sharpe_difference: differences(report, run)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let SeedRun {
            track: policy, prior, ..
        } = &report.seeds[0];
        let left_out = report.left_out.iter();
        let left_out = left_out.chain(report.tracks().flat_map(|track| &track.left_out));
        Ok(Self {
            universe: report.universe.clone(),
            policy: seeds[0].performance,
            departure: report.departure,
            baselines,
            sharpe_difference: seeds[0].sharpe_difference.clone(),
            tear_sheet: TearSheet::of(policy, report.compared_with(&report.seeds[0]))?,
            risk_managed: report
                .managed
                .as_ref()
                .map(|managed| risk_managed(report, managed))
                .transpose()?,
            seeds,
            prior: prior.as_ref().map(Track::performance).transpose()?,
            left_out: left_out.cloned().collect(),
            train_env_steps_per_s: report.train_env_steps_per_s,
            wall_s: report.wall_s,
            provenance: Provenance {
                library_version: env!("CARGO_PKG_VERSION").to_string(),
                train_period: report.train_period,
                test_period: Period {
                    from: policy.times[0],
                    to: policy.times[policy.len() - 1],
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
        if let Some(departure) = &self.departure {
            text += &format!(" The policies go {}.", departure.sentence());
        }
        if let Some(managed) = &self.risk_managed {
            let level = self.provenance.bootstrap.level;
            let said = managed
                .sharpe_difference
                .verdict
                .sentence(level, "risk-managed policy");
            text += &format!(" Risk managed against the policy itself: {said}.");
        }
        text
    }

    /// How long the blocks of the intervals are, and who chose them, in words.
    pub(crate) fn blocks(&self) -> String {
        let managed = self.risk_managed.iter().map(|managed| managed.sharpe_difference);
        let compared = self.seeds.iter().flat_map(|seed| seed.sharpe_difference.values());
        let intervals = compared.map(|difference| difference.alone).chain(managed);
        let blocks = intervals
            .filter(|interval| interval.low.is_finite())
            .map(|interval| interval.block);
        let range = blocks.fold(None, |range, block| match range {
            None => Some((block, block)),
            Some((low, high)) => Some((block.min(low), block.max(high))),
        });
        let chosen = match self.provenance.bootstrap.block {
            Some(_) => "",
            None => " as the data ask for",
        };
        match range {
            None => "no blocks".to_string(),
            Some((1, 1)) => format!("blocks of 1 bar{chosen}"),
            Some((low, high)) if low == high => format!("blocks of {low} bars{chosen}"),
            Some((low, high)) => format!("blocks of {low} to {high} bars{chosen}"),
        }
    }

    /// Why no interval is given, where the test is too short for one.
    pub(crate) fn too_short(&self) -> Option<Verdict> {
        let managed = self.risk_managed.iter().map(|managed| &managed.sharpe_difference);
        let compared = self
            .sharpe_difference
            .values()
            .map(|difference| &difference.alone);
        let mut verdicts = compared.chain(managed).map(|interval| interval.verdict);
        verdicts.find(|verdict| matches!(verdict, Verdict::TooShort { .. }))
    }

    fn against_baselines(&self) -> String {
        let level = self.provenance.bootstrap.level;
        let Some((name, difference)) = self
            .sharpe_difference
            .get_key_value(PRIOR)
            .or_else(|| self.sharpe_difference.first_key_value())
        else {
            return "There is no baseline to compare with.".to_string();
        };
        let mut text = format!(
            "Policy (first seed) against {}: {}.",
            if name == PRIOR {
                "its prior".to_string()
            } else {
                display_name(name)
            },
            difference.alone.verdict.sentence(level, "policy")
        );
        let compared = self.sharpe_difference.len();
        if compared > 1 && self.too_short().is_none() {
            let excluding = |verdict: fn(&Difference) -> Verdict| {
                let verdicts = self.sharpe_difference.values().map(verdict);
                verdicts.filter(|verdict| verdict.excludes_zero()).count()
            };
            text += &format!(
                " Of {compared} comparisons, {} exclude 0 when each is taken alone, where chance makes about {:.1} of \
                 {compared} do so, and {} when all are taken at once ({}, step-down).",
                excluding(|difference| difference.alone.verdict),
                compared as f64 * (1.0 - level),
                excluding(|difference| difference.at_once.verdict),
                percent(level),
            );
        }
        text
    }

    /// Each figure's median over the seeds (each taken alone, so that they need not belong to one seed).
    pub(crate) fn median_figures(&self) -> Performance {
        let median = |figure: fn(&Performance) -> f64| {
            let mut values: Vec<f64> = self.seeds.iter().map(|seed| figure(&seed.performance)).collect();
            if values.iter().any(|value| value.is_nan()) {
                return f64::NAN;
            }
            values.sort_unstable_by(f64::total_cmp);
            quantile_sorted(&values, 0.5)
        };
        Performance {
            annual_return: median(|p| p.annual_return),
            volatility: median(|p| p.volatility),
            sharpe: median(|p| p.sharpe),
            sortino: median(|p| p.sortino),
            max_drawdown: median(|p| p.max_drawdown),
            calmar: median(|p| p.calmar),
            value_at_risk: median(|p| p.value_at_risk),
            conditional_value_at_risk: median(|p| p.conditional_value_at_risk),
            turnover: median(|p| p.turnover),
            costs_paid: median(|p| p.costs_paid),
        }
    }

    /// `summary.json` as text, indented, with a newline at the end.
    pub fn json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("the keys are strings and the values plain numbers");
        text.push('\n');
        text
    }
}

/// Against every baseline, and against the prior under its name.
fn differences(report: &Report, run: &SeedRun) -> Result<BTreeMap<String, Difference>> {
    let (names, others): (Vec<&str>, Vec<&Track>) = report.compared_with(run).unzip();
    let found = report.sharpe_differences(&run.track, &others)?;
    let differences = found.alone.into_iter().zip(found.at_once);
    let differences = differences.map(|(alone, at_once)| Difference { alone, at_once });
    Ok(names.into_iter().map(String::from).zip(differences).collect())
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
        performance: managed.track.performance()?,
        sharpe_difference: report.sharpe_difference(&managed.track, policy)?,
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
