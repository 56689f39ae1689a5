//! Portfolios on the same bars, each compared with one reference: the set-ups of a walk-forward, or one portfolio with another.

use super::bootstrap::BlockBootstrap;
use super::report::table::{DIFFERENCES, HEADINGS, columns, figures, row, wrapped};
use super::summary::{Difference, Period};
use super::verdict::DECIMALS;
use super::words::{display_name, number, percent};
use super::{LeftOut, Track};
use crate::error::{Error, Result};
use crate::risk::performance::Performance;
use serde::Serialize;

/// What is compared, all of it on the same bars; the names of all tracks differ.
#[derive(Debug, Clone)]
pub struct SideBySide {
    /// At least one, in the order shown.
    pub compared: Vec<Track>,
    /// What each of them is compared with.
    pub reference: Track,
    /// What is shown beside them.
    pub others: Vec<Track>,
    /// How the intervals are made.
    pub bootstrap: BlockBootstrap,
}

/// The figures of a [`SideBySide`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideBySideSummary {
    /// First and last bar.
    pub period: Period,
    /// Number of bars.
    pub bars: usize,
    /// Number of comparisons, which the simultaneous intervals and the words allow for.
    pub comparisons: usize,
    /// In the order given.
    pub compared: Vec<Compared>,
    /// What they are compared with.
    pub reference: Named,
    /// What is shown beside them.
    pub others: Vec<Named>,
    /// Decisions that could not be taken.
    pub left_out: Vec<LeftOut>,
    /// How the intervals were made.
    pub bootstrap: BlockBootstrap,
}

/// A portfolio's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The figures.
    #[serde(flatten)]
    pub performance: Performance,
}

/// The figures of one that is compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Its name and its own figures.
    #[serde(flatten)]
    pub own: Named,
    /// Its annual Sharpe ratio less the reference's.
    pub sharpe_difference: Difference,
    /// Its mean log growth a bar less the reference's.
    pub growth_difference: Difference,
}

impl SideBySide {
    /// Computes every figure.
    ///
    /// Errors: nothing to compare, tracks of other bars than the reference's, fewer than two bars, numbers that are not
    /// finite, settings of the bootstrap out of range.
    pub fn summary(&self) -> Result<SideBySideSummary> {
        if self.compared.is_empty() {
            return Err(Error::invalid("compared", "empty", "at least one portfolio"));
        }
        for track in self.tracks() {
            track.validate()?;
            if track.times != self.reference.times {
                let expected = format!("those of {}", self.reference.name);
                let input = format!("track {}: times", track.name);
                return Err(Error::invalid(input, "of other bars", expected));
            }
        }
        // The reference is what all have in common, so the differences are its own less theirs.
        let reference = self.reference.excess_returns();
        let excess: Vec<Vec<f64>> = self.compared.iter().map(Track::excess_returns).collect();
        let excess: Vec<&[f64]> = excess.iter().map(Vec::as_slice).collect();
        let rate = self.reference.bars_per_year;
        let sharpe = self.bootstrap.sharpe_differences(&reference, &excess, rate)?;
        let returns: Vec<&[f64]> = self.compared.iter().map(|track| &track.returns[..]).collect();
        let growth = self
            .bootstrap
            .growth_differences(&self.reference.returns, &returns)?;
        let compared = self.compared.iter().enumerate().map(|(k, track)| {
            Ok(Compared {
                own: named(track)?,
                sharpe_difference: Difference {
                    alone: sharpe.alone[k].reversed(),
                    at_once: sharpe.at_once[k].reversed(),
                },
                growth_difference: Difference {
                    alone: growth.alone[k].reversed(),
                    at_once: growth.at_once[k].reversed(),
                },
            })
        });
        let times = &self.reference.times;
        Ok(SideBySideSummary {
            period: Period {
                from: times[0],
                to: times[times.len() - 1],
            },
            bars: times.len(),
            comparisons: self.compared.len(),
            compared: compared.collect::<Result<_>>()?,
            reference: named(&self.reference)?,
            others: self.others.iter().map(named).collect::<Result<_>>()?,
            left_out: self.tracks().flat_map(|track| track.left_out.clone()).collect(),
            bootstrap: self.bootstrap,
        })
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.compared.iter().chain([&self.reference]).chain(&self.others)
    }
}

fn named(track: &Track) -> Result<Named> {
    Ok(Named {
        name: track.name.clone(),
        performance: track.performance()?,
    })
}

impl SideBySideSummary {
    /// The figures as text for a terminal, at most 80 columns wide, a newline at the end.
    pub fn table(&self) -> String {
        let mut text = HEADINGS
            .iter()
            .map(|cells| row("", cells.map(String::from)))
            .collect::<String>();
        let compared = self.compared.iter().map(|compared| &compared.own);
        for Named { name, performance } in compared.chain([&self.reference]).chain(&self.others) {
            text += &row(&display_name(name), figures(performance));
        }
        let reference = display_name(&self.reference.name);
        text += "\n";
        let compared = match self.comparisons {
            1 => "1 comparison".to_string(),
            several => format!("{several} comparisons"),
        };
        text += &wrapped(&format!(
            "Annual Sharpe ratio less that of {reference}: {compared}, with {} intervals, each alone, and as wide as all need \
             at once; the words follow Romano and Wolf's step-down over all {} (paired bootstrap, {} draws)",
            percent(self.bootstrap.level),
            self.comparisons,
            self.bootstrap.draws
        ));
        text += &format!("{:<26}{:>8}{:>16}{:>16}\n", "", "", "alone", "at once");
        text += &columns("", DIFFERENCES.map(String::from), "");
        for compared in &self.compared {
            let Difference { alone, at_once } = &compared.sharpe_difference;
            let cells = [alone.estimate, alone.low, alone.high, at_once.low, at_once.high];
            let cells = cells.map(|value| number(value, DECIMALS));
            text += &columns(&display_name(&compared.own.name), cells, &at_once.verdict.word());
        }
        text
    }

    /// As JSON, indented, with a newline at the end.
    pub fn json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("the keys are strings and the values plain numbers");
        text.push('\n');
        text
    }
}
