//! What a back-test cannot compute: named, instead of losing the rest.

use super::words::{display_name, plain};
use crate::error::Result;
use crate::market::Time;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// Decisions, a row or a file that a report goes without, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The portfolio, such as `inverse_volatility`, or the file.
    pub what: String,
    /// The asset that it is about; `None` where it is about none in particular.
    pub asset: Option<String>,
    /// Whether nothing was decided, so that what was held stayed; else there were decisions, but without the asset.
    pub undecided: bool,
    /// How many closes are concerned; 0 where it is the row or the file.
    pub closes: usize,
    /// The first of these closes.
    pub from: Option<Time>,
    /// The last of them.
    pub to: Option<Time>,
    /// What was found, at the first of them.
    pub why: String,
}

impl LeftOut {
    /// A row or a file as a whole.
    pub fn whole(what: impl Into<String>, why: &dyn Display) -> Self {
        Self {
            what: what.into(),
            asset: None,
            undecided: true,
            closes: 0,
            from: None,
            to: None,
            why: why.to_string(),
        }
    }

    /// In words for people, without control characters.
    pub(crate) fn sentence(&self) -> String {
        let dates = match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => format!(" on {from}"),
            (Some(from), Some(to)) => format!(" at {} closes, {from} to {to}", self.closes),
            _ => String::new(),
        };
        let asset = self.asset.as_deref().map(plain);
        let what = match (asset, self.undecided) {
            (Some(asset), false) => format!("without {asset}{dates}"),
            (Some(asset), true) => format!("left out for {asset}{dates}"),
            (None, _) => format!("left out{dates}"),
        };
        format!("{}: {what}: {}", display_name(&self.what), plain(&self.why))
    }
}

/// What was computed; or none, with a note of why the row or file `what` is left out.
pub fn attempt<T>(what: &str, result: Result<T>, left_out: &mut Vec<LeftOut>) -> Option<T> {
    result
        .map_err(|error| left_out.push(LeftOut::whole(what, &error)))
        .ok()
}

/// Notes that portfolio `what` decided at the close at `time` without `asset`, or did not decide (`undecided`): one entry
/// for all closes of a kind.
pub(crate) fn note_close(
    left_out: &mut Vec<LeftOut>,
    what: &str,
    (asset, undecided): (Option<&String>, bool),
    time: Time,
    why: &dyn Display,
) {
    let same = |entry: &&mut LeftOut| {
        (entry.what.as_str(), entry.asset.as_ref(), entry.undecided) == (what, asset, undecided)
    };
    match left_out.iter_mut().find(same) {
        Some(entry) => {
            entry.closes += 1;
            entry.to = Some(time);
        }
        None => left_out.push(LeftOut {
            asset: asset.cloned(),
            undecided,
            closes: 1,
            from: Some(time),
            to: Some(time),
            ..LeftOut::whole(what, why)
        }),
    }
}
