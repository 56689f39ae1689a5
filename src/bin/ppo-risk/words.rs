//! The library's errors in the terms of the command line: options instead of keys of JSON.

use ppo_risk::Error;
use ppo_risk::error::Words;

/// Puts `names` (of the library, then the command line's) into the input of an error.
pub(crate) fn renamed(error: Error, names: &[(&str, &str)]) -> Error {
    error.about(|input| {
        let name = names.iter().find(|(library, _)| *library == input);
        Words::from(name.map_or(input, |(_, option)| *option))
    })
}

/// Settings of a price file that every command with such a file has as options, by the library's names and the command
/// line's.
const OF_A_FILE: [(&str, &str); 20] = [
    ("asset_name", "--asset-name"),
    ("borrow_rate_column", "--borrow-rate-column"),
    ("cash_rate", "--cash-rate-column"),
    ("close_column", "--close-column"),
    ("confirm_cash_rate", "--confirm-cash-rate"),
    ("cost_rate_column", "--cost-rate-column"),
    ("date_format", "--date-format"),
    ("decimal", "--decimal"),
    ("delisting_return", "--delisting-return"),
    ("encoding", "--encoding"),
    ("end_column", "--end-column"),
    ("fill", "--fill"),
    ("half_spread_column", "--half-spread-column"),
    ("ignore", "--ignore"),
    ("layout", "--layout"),
    ("max_halted_bars", "--max-halted-bars"),
    ("prior", "--prior-columns"),
    ("separator", "--separator"),
    ("splits", "--splits"),
    ("thousands", "--thousands"),
];

/// Puts options in the place of the settings that complaints about a price file point to: `name` and `name: value`.
/// `others` are settings beside those that every command has.
pub(crate) fn about_a_file(error: Error, others: &[(&str, &str)]) -> Error {
    match error {
        Error::Table {
            file,
            place,
            column,
            found,
            expected,
        } => {
            let options = OF_A_FILE.iter().chain(others);
            let in_words = |text: String| {
                options.clone().fold(text, |text, (setting, option)| {
                    text.replace(&format!("`{setting}`"), &format!("`{option}`"))
                        .replace(&format!("`{setting}: "), &format!("`{option} "))
                })
            };
            Error::Table {
                file,
                place,
                column,
                found: in_words(found),
                expected: in_words(expected),
            }
        }
        other => renamed(other, &OF_A_FILE),
    }
}
