//! What a back-test cannot compute: named, instead of losing the rest.

use super::report::display_name;
use crate::error::Result;
use chrono::NaiveDate;
use serde::Serialize;
use std::fmt::Display;

/// Decisions, a row or a file that a report goes without, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The portfolio, such as `inverse_volatility`, or the file.
    pub what: String,
    /// The asset that its decisions go without; `None` where it is the decisions, the row or the file as a whole.
    pub asset: Option<String>,
    /// How many decisions are concerned; 0 where it is the row or the file.
    pub decisions: usize,
    /// Close of the first of these decisions.
    pub from: Option<NaiveDate>,
    /// Close of the last of them.
    pub to: Option<NaiveDate>,
    /// What was found, at the first of them.
    pub why: String,
}

impl LeftOut {
    /// A row or a file as a whole.
    pub fn whole(what: impl Into<String>, why: &dyn Display) -> Self {
        Self {
            what: what.into(),
            asset: None,
            decisions: 0,
            from: None,
            to: None,
            why: why.to_string(),
        }
    }

    /// In words for people, without control characters.
    pub(crate) fn sentence(&self) -> String {
        let dates = match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => format!(", {from}"),
            (Some(from), Some(to)) => format!(", {from} to {to}"),
            _ => String::new(),
        };
        let decisions = match self.decisions {
            1 => "1 decision".to_string(),
            count => format!("{count} decisions"),
        };
        let what = match (&self.asset, self.decisions) {
            (_, 0) => "left out".to_string(),
            (Some(asset), _) => format!("{decisions} without {}{dates}", plain(asset)),
            (None, _) => format!("{decisions} left out, what was held stayed{dates}"),
        };
        format!("{}: {what}: {}", display_name(&self.what), plain(&self.why))
    }
}

/// Text that a terminal cannot obey.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// What was computed; or none, with a note of why the row or file `what` is left out.
pub fn attempt<T>(what: &str, result: Result<T>, left_out: &mut Vec<LeftOut>) -> Option<T> {
    result
        .map_err(|error| left_out.push(LeftOut::whole(what, &error)))
        .ok()
}

/// Notes that a decision of portfolio `what` was taken without `asset`, or not taken at all: one entry for each of the
/// two, with the dates of the first and the last.
pub(crate) fn note_decision(
    left_out: &mut Vec<LeftOut>,
    what: &str,
    asset: Option<&String>,
    date: NaiveDate,
    why: &dyn Display,
) {
    let same = |entry: &&mut LeftOut| entry.what == what && entry.asset.as_ref() == asset;
    match left_out.iter_mut().find(same) {
        Some(entry) => {
            entry.decisions += 1;
            entry.to = Some(date);
        }
        None => left_out.push(LeftOut {
            asset: asset.cloned(),
            decisions: 1,
            from: Some(date),
            to: Some(date),
            ..LeftOut::whole(what, why)
        }),
    }
}
