//! What a back-test leaves behind for people: `report.html`, `summary.json` and the table on the terminal.

mod bars;
mod contents;
mod html;
mod live;
mod panel;
mod plots;
mod scale;
mod sheet;
pub(super) mod table;
mod tables;

pub(crate) use contents::PRIOR;
pub use contents::{CurvePoint, Period, Report, SeedRun};

use crate::backtest::summary::Summary;
use crate::error::{Error, Result};
use crate::file::write_atomically;
use std::path::Path;

impl Report {
    /// [`summary`](Self::summary), and [`save`](Self::save) of it into `folder`.
    pub fn write(&self, folder: &Path) -> Result<Summary> {
        let summary = self.summary()?;
        self.save(folder, &summary)?;
        Ok(summary)
    }

    /// Writes `report.html` and `summary.json` into `folder`, made if it is missing. `summary` is this report's own.
    ///
    /// Both texts are complete before the first is written, and each file is replaced in one step: a reader never
    /// meets half a file. Errors: what the system says about the file.
    pub fn save(&self, folder: &Path, summary: &Summary) -> Result<()> {
        let page = html::page(self, summary);
        let json = summary.json();
        std::fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        for (name, text) in [("report.html", page), ("summary.json", json)] {
            write_atomically(folder.join(name), |file| file.write_all(text.as_bytes()))?;
        }
        Ok(())
    }

    /// Computes every figure, without writing anything.
    ///
    /// Errors: no seed; fewer than two bars; tracks whose dates differ or whose numbers are not finite; weights that
    /// are not one an asset and one for cash; two baselines of one name, or one that is called `prior`; bootstrap
    /// settings outside their range.
    pub fn summary(&self) -> Result<Summary> {
        self.validate()?;
        Summary::of(self)
    }

    /// The figures as text for a terminal, at most 80 columns wide, a newline at the end. `summary` is this
    /// report's own.
    pub fn table(&self, summary: &Summary) -> String {
        table::table(self, summary)
    }
}
