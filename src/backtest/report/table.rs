//! The table on the terminal.

use super::{PRIOR, Report};
use crate::backtest::bootstrap::Simultaneous;
use crate::backtest::summary::{Difference, Summary};
use crate::backtest::verdict::DECIMALS;
use crate::backtest::words::{PRIOR_ROW, code_name, display_name, number, percent, share};
use crate::risk::performance::Performance;

/// Widest line, in characters.
const COLUMNS: usize = 80;

/// What stands over the figures of a row.
pub(in crate::backtest) const HEADINGS: [[&str; 7]; 2] = [
    [
        "return", "volat.", "Sharpe", "Sortino", "max.dd", "Calmar", "turnover",
    ],
    ["%/year", "%/year", "", "", "%", "", "1/year"],
];

/// What stands over the numbers of a difference.
pub(in crate::backtest) const DIFFERENCES: [&str; 5] = ["differ.", "low", "high", "low", "high"];

/// Reasons, and things left out, listed at most.
const REASONS: usize = 8;

pub(super) fn table(report: &Report, summary: &Summary) -> String {
    let period = summary.provenance.test_period;
    let mut text = format!(
        "Out of sample, {} to {}: {} bars, net of costs.\n\
         Sharpe and Sortino ratios are of returns over what cash earned.\n\n",
        period.from, period.to, summary.provenance.test_bars
    );
    for cells in HEADINGS {
        text += &row("", cells.map(String::from));
    }
    for seed in &summary.seeds {
        text += &row(&format!("policy, seed {}", seed.seed), figures(&seed.performance));
    }
    if summary.seeds.len() > 1 {
        let name = format!("policy, median of {}", summary.seeds.len());
        text += &row(&name, figures(&summary.median_figures()));
    }
    if let Some(managed) = &summary.risk_managed {
        text += &row("policy, risk managed", figures(&managed.performance));
    }
    if let Some(prior) = &summary.prior {
        text += &row(PRIOR_ROW, figures(prior));
    }
    for baseline in &report.baselines {
        text += &row(
            &display_name(&baseline.name),
            figures(&summary.baselines[&baseline.name]),
        );
    }
    text += &differences(report, summary);
    text += &decisions(report, summary);
    text += &left_out(summary);
    text
}

fn differences(report: &Report, summary: &Summary) -> String {
    if summary.sharpe_difference.is_empty() && summary.risk_managed.is_none() {
        return String::new();
    }
    if let Some(verdict) = summary.too_short() {
        let text = format!("Differences in annual Sharpe ratio: {}.", verdict.word());
        return "\n".to_string() + &wrapped(&text);
    }
    let bootstrap = summary.provenance.bootstrap;
    let level = percent(bootstrap.level);
    let mut text = "\n".to_string();
    text += &wrapped(&format!(
        "Annual Sharpe ratio, first minus second, with {level} intervals: each alone, and as wide as all of a seed's \
         need at once, which the words follow (paired bootstrap, {}, {} draws)",
        summary.blocks(),
        bootstrap.draws
    ));
    text += &format!("{:<26}{:>8}{:>16}{:>16}\n", "", "", "alone", "at once");
    text += &columns("", DIFFERENCES.map(String::from), "");
    for (k, seed) in summary.seeds.iter().enumerate() {
        let prior = seed
            .sharpe_difference
            .get(PRIOR)
            .map(|found| (PRIOR_ROW.to_string(), found));
        // The first seed against everything, the others against the prior alone.
        let baselines = report.baselines.iter().filter(|_| k == 0);
        let baselines =
            baselines.map(|track| (display_name(&track.name), &seed.sharpe_difference[&track.name]));
        for (place, (name, found)) in prior.into_iter().chain(baselines).enumerate() {
            if place == 0 {
                text += &format!("seed {} minus\n", seed.seed);
            }
            text += &difference(&format!("  {name}"), found);
        }
    }
    if let Some(managed) = &summary.risk_managed {
        let alone = managed.sharpe_difference;
        text += "risk managed minus\n";
        text += &difference(
            "  policy",
            &Difference {
                alone,
                at_once: Simultaneous::from(&alone),
            },
        );
    }
    text + "\n" + &wrapped(&summary.interpretation())
}

fn difference(name: &str, Difference { alone, at_once }: &Difference) -> String {
    let cells = [alone.estimate, alone.low, alone.high, at_once.low, at_once.high];
    columns(
        name,
        cells.map(|value| number(value, DECIMALS)),
        &at_once.verdict.word(),
    )
}

pub(in crate::backtest) fn columns(name: &str, cells: [String; 5], word: &str) -> String {
    let mut line = format!("{:<26}", shortened(name, 25));
    for cell in cells {
        line += &format!("{cell:>8}");
    }
    (line + " " + word).trim_end().to_string() + "\n"
}

/// What the report goes without; all of it is in `summary.json`.
fn left_out(summary: &Summary) -> String {
    let all = &summary.left_out;
    if all.is_empty() {
        return String::new();
    }
    let mut text = "\nLeft out\n".to_string();
    for entry in all.iter().take(REASONS) {
        text += &wrapped(&entry.sentence());
    }
    if all.len() > REASONS {
        text += &format!("... and {} more, in summary.json\n", all.len() - REASONS);
    }
    text
}

/// The codes that shaped most decisions; notes are left to `summary.json`.
fn decisions(report: &Report, summary: &Summary) -> String {
    let (Some(managed), Some(figures)) = (&report.managed, &summary.risk_managed) else {
        return String::new();
    };
    let bars = managed.track.len();
    let codes: Vec<_> = managed
        .bars_by_code()
        .into_iter()
        .filter(|(code, _)| !code.is_note())
        .collect();
    let mut text = format!("\n{:<41}{:>9}\n", "What the risk manager did", "% of bars");
    for &(code, count) in codes.iter().take(REASONS) {
        text += &format!("{:<41}{:>9}\n", code_name(code), share(count, bars));
    }
    match codes.len() {
        0 => text += "nothing: every decision was left as it was\n",
        n if n > REASONS => text += &format!("... and {} more, in summary.json\n", n - REASONS),
        _ => {}
    }
    text + &wrapped(&format!(
        "Mean leverage {} before the limits; mean hedge {} of equity, which the back-test does not trade.",
        number(figures.mean_leverage, 2),
        number(figures.mean_hedge, 2)
    ))
}

pub(in crate::backtest) fn figures(performance: &Performance) -> [String; 7] {
    [
        number(100.0 * performance.annual_return, 1),
        number(100.0 * performance.volatility, 1),
        number(performance.sharpe, 2),
        number(performance.sortino, 2),
        number(100.0 * performance.max_drawdown, 1),
        number(performance.calmar, 2),
        number(performance.turnover, 2),
    ]
}

pub(in crate::backtest) fn row(name: &str, cells: [String; 7]) -> String {
    let mut line = format!("{:<24}", shortened(name, 23));
    // Wide enough for the headings; with the name, 80 columns.
    for (cell, width) in cells.iter().zip([8, 8, 7, 8, 8, 8, 9]) {
        line += &format!("{cell:>width$}");
    }
    line.trim_end().to_string() + "\n"
}

fn shortened(name: &str, width: usize) -> String {
    if name.chars().count() <= width {
        return name.to_string();
    }
    name.chars().take(width - 1).chain(['…']).collect()
}

pub(in crate::backtest) fn wrapped(text: &str) -> String {
    let (mut lines, mut width) = (String::new(), 0);
    for word in text.split_whitespace() {
        let word = shortened(word, COLUMNS);
        let len = word.chars().count();
        if width > 0 && width + 1 + len > COLUMNS {
            lines.push('\n');
            width = 0;
        }
        if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines += &word;
        width += len;
    }
    lines + "\n"
}
