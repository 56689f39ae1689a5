//! Names and numbers as people read them: the same on the terminal, in `report.html` and in sentences.

use crate::risk::reason::ReasonCode;

/// The prior's name in a row.
pub(super) const PRIOR_ROW: &str = "prior, untrained policy";

/// A track's name for people: spaces for underscores, and no control characters (a terminal would obey them).
pub(super) fn display_name(name: &str) -> String {
    plain(name).replace('_', " ")
}

/// A reason's code for people: lower case, spaces for underscores.
pub(super) fn code_name(code: ReasonCode) -> String {
    display_name(&code.name().to_lowercase())
}

/// Text that a terminal cannot obey.
pub(super) fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// A probability as a percentage, without needless digits.
pub(super) fn percent(probability: f64) -> String {
    format!("{}%", (probability * 1e4).round() / 100.0)
}

/// The part of all bars in percent, without the sign; 0.0 and 100.0 only where it is so exactly.
pub(super) fn share(bars: usize, of: usize) -> String {
    let percent = 100.0 * bars as f64 / of as f64;
    if bars > 0 && percent < 0.1 {
        "<0.1".to_string()
    } else if bars < of && percent > 99.9 {
        ">99.9".to_string()
    } else {
        format!("{percent:.1}")
    }
}

/// At most seven characters for any value; a dash for an undefined one.
pub(super) fn number(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return "-".to_string();
    }
    let text = format!("{value:.decimals$}");
    // A negative number that rounds to 0 is written without its sign.
    let text = match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_string(),
        _ => text,
    };
    if text.len() > 7 {
        format!("{value:.0e}")
    } else {
        text
    }
}
