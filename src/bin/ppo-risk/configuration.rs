//! What a run is to be: a file of settings, the options over it, and the price file that nobody named.

use crate::{Failure, settings};
use clap::ArgMatches;
use ppo_risk::Error;
use ppo_risk::market::csv::Splits;
use ppo_risk::portfolio::config::{RunConfig, Source};
use serde_json::{Value, json};
use std::path::Path;

/// The price file that `make train` fetches.
const DEFAULT_PRICES: &str = "data/sp500_20_stocks.csv";

/// A configuration, with what is needed to word complaints about it.
pub(crate) struct Configuration<'a> {
    pub(crate) config: RunConfig,
    given: &'a ArgMatches,
    /// The name of the file of settings, and what it says.
    file: Option<(String, Value)>,
}

impl<'a> Configuration<'a> {
    /// The settings of `file` with the options of `given` over them.
    pub(crate) fn read(file: Option<&Path>, given: &'a ArgMatches) -> Result<Self, Failure> {
        let file = file.map(read_file).transpose()?;
        let mut settings = file
            .as_ref()
            .map_or_else(|| json!({}), |(_, settings)| settings.clone());
        settings::override_with(&mut settings, given).map_err(Failure::Usage)?;
        let name = settings::OPTIONS.trim_end_matches(": ");
        match RunConfig::from_value(name, &settings) {
            Ok(config) => Ok(Self { config, given, file }),
            Err(error) => Err(Failure::Usage(worded(
                error,
                given,
                file.as_ref(),
                Source::Prices,
            ))),
        }
    }

    /// Names the price file where nobody did; with `is_needed`, it has to be there.
    pub(crate) fn with_prices(mut self, is_needed: bool) -> Result<Self, Failure> {
        let market = &mut self.config.market;
        if market.source == Source::Prices && market.prices.is_none() {
            if is_needed && !Path::new(DEFAULT_PRICES).exists() {
                let found = format!("not given, and there is no {DEFAULT_PRICES} (`make train` fetches it)");
                let expected = "--prices FILE, or --market simulated, which needs no data";
                return Err(Error::invalid("--prices", found, expected).into());
            }
            market.prices = Some(DEFAULT_PRICES.into());
            // RRC, a share of a few dollars then, fell to a third in a bar of 1990.
            market.splits = Splits::Keep;
        }
        Ok(self)
    }

    /// An error of the library about it in the words that it was given in.
    pub(crate) fn worded(&self, error: Error) -> Error {
        worded(error, self.given, self.file.as_ref(), self.config.market.source)
    }
}

fn worded(error: Error, given: &ArgMatches, file: Option<&(String, Value)>, source: Source) -> Error {
    let file = file.map(|(name, settings)| (name.as_str(), settings));
    settings::as_given(error, given, file, source)
}

/// The name of a file of settings, and what it says.
fn read_file(path: &Path) -> Result<(String, Value), Failure> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
    let name = path.display().to_string();
    RunConfig::from_json(&name, &text).map_err(Failure::Usage)?;
    let settings = serde_json::from_str(&text).map_err(|error| {
        Failure::Usage(Error::invalid(
            &name,
            format!("not JSON ({error})"),
            "a JSON object",
        ))
    })?;
    Ok((name, settings))
}

/// A name that is no path: `option` is what it was given by.
pub(crate) fn plain<'n>(option: &str, name: &'n str) -> Result<&'n str, Failure> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']);
    if !plain || name.chars().any(char::is_control) {
        let expected = "a name for a folder (where it lies is --out's)";
        return Err(Failure::Usage(Error::invalid(
            option,
            format!("{name:?}"),
            expected,
        )));
    }
    Ok(name)
}
