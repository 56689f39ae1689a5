//! The library's errors in the words of the command line: options instead of keys of JSON.

use ppo_risk::Error;
use ppo_risk::error::Words;

/// Puts `names` (of the library, then the command line's) into the input of an error.
pub(crate) fn renamed(error: Error, names: &[(&str, &str)]) -> Error {
    error.about(|input| {
        let name = names.iter().find(|(library, _)| *library == input);
        Words::from(name.map_or(input, |(_, option)| *option))
    })
}

/// Puts options in the place of the settings that complaints about a price file point to.
pub(crate) fn about_a_file(error: Error, options: &[(&str, &str)]) -> Error {
    match error {
        Error::Table {
            file,
            line,
            column,
            found,
            expected,
        } => Error::Table {
            file,
            line,
            column,
            found,
            expected: options.iter().fold(expected, |text, (setting, option)| {
                text.replace(&format!("`{setting}`"), &format!("`{option}`"))
            }),
        },
        other => other,
    }
}
