//! Numbers: the decimal mark and what stands between thousands, and which of them a file has.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// The mark by which every number of the file can be read. Numbers that could be read by both as different values
    /// are refused.
    #[default]
    Detect,
    /// `.`
    #[serde(alias = ".")]
    Point,
    /// `,`
    #[serde(alias = ",")]
    Comma,
}

/// What stands between each three digits before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thousands {
    /// As [`Decimal::Detect`].
    #[default]
    Detect,
    /// Nothing.
    None,
    /// `,`
    #[serde(alias = ",")]
    Comma,
    /// `.`
    #[serde(alias = ".")]
    Point,
    /// A space, of any of the widths that spreadsheets write.
    Space,
    /// `'`
    #[serde(alias = "'")]
    Apostrophe,
}

/// How the numbers of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberForm {
    pub(super) decimal: Decimal,
    pub(super) thousands: Thousands,
}

impl NumberForm {
    pub(super) const PLAIN: Self = Self::new(Decimal::Point, Thousands::None);

    /// Every form, the likeliest first.
    const ALL: [Self; 8] = [
        Self::PLAIN,
        Self::new(Decimal::Comma, Thousands::None),
        Self::new(Decimal::Point, Thousands::Comma),
        Self::new(Decimal::Comma, Thousands::Point),
        Self::new(Decimal::Point, Thousands::Space),
        Self::new(Decimal::Comma, Thousands::Space),
        Self::new(Decimal::Point, Thousands::Apostrophe),
        Self::new(Decimal::Comma, Thousands::Apostrophe),
    ];

    const fn new(decimal: Decimal, thousands: Thousands) -> Self {
        Self { decimal, thousands }
    }

    /// Whether `decimal` and `thousands` leave it possible.
    fn fits(self, decimal: Decimal, thousands: Thousands) -> bool {
        (decimal == Decimal::Detect || decimal == self.decimal)
            && (thousands == Thousands::Detect || thousands == self.thousands)
    }

    /// The number that `text` is, infinities and NaN included.
    pub(super) fn read(self, text: &str) -> Option<f64> {
        if self == Self::PLAIN {
            return text.parse().ok();
        }
        let (mantissa, exponent) = text.split_at(text.find(['e', 'E']).unwrap_or(text.len()));
        let (whole, fraction) =
            match mantissa.split_once(if self.decimal == Decimal::Comma { ',' } else { '.' }) {
                Some((whole, fraction)) => (whole, fraction),
                None => (mantissa, ""),
            };
        let (sign, whole) = match whole.strip_prefix(['+', '-']) {
            Some(digits) => (&whole[..1], digits),
            None => ("", whole),
        };
        let mut groups = whole.split(|mark| self.separates(mark));
        let first = groups.next().unwrap_or_default();
        let rest: Vec<&str> = groups.collect();
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let grouped = rest.is_empty() || ((1..=3).contains(&first.len()) && !first.starts_with('0'));
        if !grouped
            || rest.iter().any(|group| group.len() != 3 || !digits(group))
            || !digits(first)
            || !digits(fraction)
        {
            return None;
        }
        format!("{sign}{first}{}.{fraction}{exponent}", rest.concat())
            .parse()
            .ok()
    }

    fn separates(self, mark: char) -> bool {
        match self.thousands {
            Thousands::Detect | Thousands::None => false,
            Thousands::Comma => mark == ',',
            Thousands::Point => mark == '.',
            Thousands::Space => matches!(mark, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}'),
            Thousands::Apostrophe => matches!(mark, '\'' | '\u{2019}'),
        }
    }
}

impl fmt::Display for NumberForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.decimal {
            Decimal::Detect | Decimal::Point => "decimal point",
            Decimal::Comma => "decimal comma",
        })?;
        formatter.write_str(match self.thousands {
            Thousands::Detect | Thousands::None => "",
            Thousands::Comma => ", comma between thousands",
            Thousands::Point => ", point between thousands",
            Thousands::Space => ", space between thousands",
            Thousands::Apostrophe => ", apostrophe between thousands",
        })
    }
}

/// What numbers are written in.
pub(super) enum Found {
    One(NumberForm),
    /// The number at this place among the texts has two values, both of which a file of such numbers could mean.
    Ambiguous(usize, [f64; 2]),
    /// The two marks that were asked for are the same.
    Same,
}

/// The form of the numbers `texts`, as far as `decimal` and `thousands` leave it open. `commas_separate` says that commas
/// stand between cells, so that a point is the decimal mark wherever it can be.
pub(super) fn find<'t>(
    texts: impl Iterator<Item = &'t str> + Clone,
    decimal: Decimal,
    thousands: Thousands,
    commas_separate: bool,
) -> Found {
    let mut forms: Vec<NumberForm> = NumberForm::ALL.to_vec();
    forms.retain(|form| form.fits(decimal, thousands));
    let reads = |form: NumberForm, text: &str| form.read(text).is_some();
    let numbers = texts.enumerate().filter(|(_, text)| is_written_in_digits(text));
    match forms[..] {
        [] => return Found::Same,
        [form] => return Found::One(form),
        [NumberForm::PLAIN, ..]
            if commas_separate && numbers.clone().all(|(_, text)| reads(NumberForm::PLAIN, text)) =>
        {
            return Found::One(NumberForm::PLAIN);
        }
        _ => (),
    }
    // Digits alone are the same in every form.
    let marked = numbers.filter(|(_, text)| text.bytes().any(|byte| !byte.is_ascii_digit()));
    let mut counts = vec![0_usize; forms.len()];
    let mut total = 0;
    for (_, text) in marked.clone() {
        total += 1;
        for (count, form) in counts.iter_mut().zip(&forms) {
            *count += usize::from(reads(*form, text));
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let mut counts = counts.into_iter();
    forms.retain(|_| counts.next() == Some(most));
    if most == total {
        for (place, text) in marked {
            let first = forms[0].read(text);
            let other = forms
                .iter()
                .map(|form| form.read(text))
                .find(|value| *value != first);
            if let (Some(first), Some(Some(other))) = (first, other) {
                return Found::Ambiguous(place, [first, other]);
            }
        }
    }
    Found::One(forms[0])
}

/// Whether `text` can be a number in one of the forms.
fn is_written_in_digits(text: &str) -> bool {
    let marks = |character: char| {
        ".,+-eE".contains(character)
            || NumberForm::new(Decimal::Point, Thousands::Space).separates(character)
            || NumberForm::new(Decimal::Point, Thousands::Apostrophe).separates(character)
    };
    text.contains(|character: char| character.is_ascii_digit())
        && text
            .chars()
            .all(|character| character.is_ascii_digit() || marks(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_reads_its_own() {
        let form = NumberForm::new;
        for (form, text, expected) in [
            (NumberForm::PLAIN, "1234.5", 1234.5),
            (form(Decimal::Comma, Thousands::None), "-1234,5e-2", -12.345),
            (form(Decimal::Comma, Thousands::None), ",5", 0.5),
            (form(Decimal::Point, Thousands::Comma), "1,234,567.5", 1_234_567.5),
            (form(Decimal::Point, Thousands::Comma), "1234.5", 1234.5),
            (form(Decimal::Comma, Thousands::Point), "1.234.567,5", 1_234_567.5),
            (form(Decimal::Comma, Thousands::Space), "1\u{202f}234,5", 1234.5),
            (form(Decimal::Point, Thousands::Apostrophe), "1'234.5", 1234.5),
        ] {
            assert_eq!(form.read(text), Some(expected), "{form}: {text}");
        }
        for (form, text) in [
            (form(Decimal::Comma, Thousands::None), "1.5"),
            (form(Decimal::Point, Thousands::Comma), "1,23"),
            (form(Decimal::Point, Thousands::Comma), "1234,567"),
            (form(Decimal::Point, Thousands::Comma), "0,567"),
            (form(Decimal::Point, Thousands::Comma), "1,234,"),
            (form(Decimal::Comma, Thousands::Point), "1,5,5"),
            (form(Decimal::Comma, Thousands::None), ""),
            (form(Decimal::Comma, Thousands::None), ","),
            (form(Decimal::Comma, Thousands::None), "1,5e"),
            (form(Decimal::Comma, Thousands::None), "--1"),
        ] {
            assert_eq!(form.read(text), None, "{form}: {text}");
        }
    }
}
