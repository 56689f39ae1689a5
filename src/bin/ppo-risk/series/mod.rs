//! `--series FILE`: what a policy did at every bar of its test, as CSV or Parquet.
//!
//! | column | what it holds |
//! |---|---|
//! | `time` | close that ends the bar, UTC |
//! | `return` | simple return of the bar, net of the costs paid at its start |
//! | `cash_return` | simple return of cash over the bar |
//! | `equity` | what 1 at the start of the test has become at the close that ends the bar |
//! | `turnover` | one-way turnover of the trade at the start of the bar |
//! | `cost` | cost of that trade as a fraction of the value before it |
//! | `cash_weight`, `weight:ASSET` | weights held through the bar, after the trade |

mod csv;
mod parquet;
mod read;

pub(crate) use read::{is_series, read};

use ppo_risk::Error;
use ppo_risk::backtest::Track;
use ppo_risk::file::{check_place, write_atomically};
use ppo_risk::market::Time;
use std::path::{Path, PathBuf};

/// Where the rows go.
pub(crate) struct SeriesFile {
    path: PathBuf,
    form: Form,
}

/// How the rows are written.
enum Form {
    Csv,
    Parquet,
}

/// The columns of a track, in the order of the file.
struct Series<'t> {
    times: &'t [Time],
    /// Names, and one number a bar.
    numbers: Vec<(String, Vec<f64>)>,
}

impl SeriesFile {
    /// The file at `path`, once it is clear that it can be written as far as can be known before there is anything to
    /// write. `made` is a folder that the command makes before it writes the file.
    ///
    /// Errors: a folder that is missing or cannot be written to, an ending other than `.csv` and `.parquet`.
    pub(crate) fn new(path: &Path, made: Option<&Path>) -> Result<Self, Error> {
        let comes_later = made.is_some_and(|folder| path.parent() == Some(folder) && !folder.exists());
        if !comes_later {
            check_place(path)?;
        }
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        let form = match ending.to_str() {
            Some("csv") => Form::Csv,
            Some("parquet") => Form::Parquet,
            _ => {
                let expected = "a file whose name ends in .csv or .parquet";
                return Err(Error::invalid("--series", path.display().to_string(), expected));
            }
        };
        let path = path.to_path_buf();
        Ok(Self { path, form })
    }

    /// Writes the bars of `track`, whose weights are those of `assets` and then cash. The file is there whole afterwards
    /// or, on an error, as it was before.
    pub(crate) fn write(&self, track: &Track, assets: &[String]) -> Result<(), Error> {
        self.write_quietly(track, assets)?;
        eprintln!("Series: {}", self.path.display());
        Ok(())
    }

    /// As [`write`](Self::write), without saying so.
    pub(crate) fn write_quietly(&self, track: &Track, assets: &[String]) -> Result<(), Error> {
        let series = Series::of(track, assets);
        write_atomically(&self.path, |file| match self.form {
            Form::Csv => csv::write(&series, file),
            Form::Parquet => parquet::write(&series, file),
        })
    }
}

impl<'t> Series<'t> {
    fn of(track: &'t Track, assets: &[String]) -> Self {
        let mut equity = vec![0.0; track.len()];
        track.write_equity(&mut equity);
        let weights = |column: usize| track.weights.column(column).to_vec();
        let mut numbers: Vec<(String, Vec<f64>)> = [
            ("return", track.returns.clone()),
            ("cash_return", track.cash_returns.clone()),
            ("equity", equity),
            ("turnover", track.turnover.clone()),
            ("cost", track.costs.clone()),
            ("cash_weight", weights(assets.len())),
        ]
        .map(|(name, values)| (name.to_string(), values))
        .into();
        let of_assets = assets.iter().enumerate();
        numbers.extend(of_assets.map(|(column, asset)| (format!("weight:{asset}"), weights(column))));
        Self {
            times: &track.times,
            numbers,
        }
    }
}
