//! The tables of figures and of differences.

use super::{PRIOR, Report};
use crate::backtest::summary::{Difference, Summary};
use crate::backtest::verdict::DECIMALS;
use crate::backtest::words::{PRIOR_ROW, display_name, number, percent};
use crate::risk::performance::Performance;
use maud::{Markup, html};

/// Both lines of a heading and the figure below it as text.
type Column = (&'static str, &'static str, fn(&Performance) -> String);

/// Columns of the table of figures.
const COLUMNS: [Column; 10] = [
    ("Return", "% a year", |p| number(100.0 * p.annual_return, 1)),
    ("Volatility", "% a year", |p| number(100.0 * p.volatility, 1)),
    ("Sharpe", "", |p| number(p.sharpe, 2)),
    ("Sortino", "", |p| number(p.sortino, 2)),
    ("Max. draw-", "down %", |p| number(100.0 * p.max_drawdown, 1)),
    ("Calmar", "", |p| number(p.calmar, 2)),
    ("VaR 95%", "% a bar", |p| number(100.0 * p.value_at_risk, 2)),
    ("CVaR 95%", "% a bar", |p| {
        number(100.0 * p.conditional_value_at_risk, 2)
    }),
    ("Turnover", "a year", |p| number(p.turnover, 2)),
    ("Costs paid", "% in all", |p| number(100.0 * p.costs_paid, 2)),
];

pub(super) fn figures_table(report: &Report, summary: &Summary) -> Markup {
    let row = |class: &str, name: &str, performance: &Performance| {
        html! {
            tr class=(class) {
                td { (name) }
                @for (_, _, text) in COLUMNS { td { (text(performance)) } }
            }
        }
    };
    let several = summary.seeds.len() > 1;
    html! {
        h2 { "Figures out of sample" }
        div.scroll {
            table {
                tr {
                    th {}
                    @for (first, second, _) in COLUMNS {
                        th { (first) @if !second.is_empty() { br; (second) } }
                    }
                }
                @for (k, seed) in summary.seeds.iter().enumerate() {
                    @let saved = if k == 0 && several { " (saved)" } else { "" };
                    @let class = if k == 0 { "policy first" } else { "policy" };
                    (row(class, &format!("policy, seed {}{saved}", seed.seed), &seed.performance))
                }
                @if several {
                    (row("policy", "policy, median of seeds", &summary.median_figures()))
                }
                @if let Some(managed) = &summary.risk_managed {
                    (row("managed", "policy, risk managed", &managed.performance))
                }
                @if let Some(prior) = &summary.prior {
                    (row("", PRIOR_ROW, prior))
                }
                @for baseline in &report.baselines {
                    (row("", &display_name(&baseline.name), &summary.baselines[&baseline.name]))
                }
            }
        }
    }
}

pub(super) fn differences_table(report: &Report, summary: &Summary) -> Markup {
    if summary.sharpe_difference.is_empty() {
        return html! {};
    }
    let bootstrap = summary.provenance.bootstrap;
    // A prior that one seed lacks is a gap; one that all lack has no row.
    let names = report.baselines.iter().map(|track| track.name.as_str());
    let compared = [PRIOR].into_iter().chain(names).filter(|&name| {
        let mut seeds = summary.seeds.iter();
        seeds.any(|seed| seed.sharpe_difference.contains_key(name))
    });
    html! {
        h2 { "Difference in Sharpe ratio" }
        @if let Some(verdict) = summary.too_short() {
            p.explanation { "The test is " (verdict.word()) "." }
        } @else {
            p.explanation {
                "Annual Sharpe ratio of the policy minus that of the policy it was before training (its prior) and of \
                 each baseline on the same dates, with its " (percent(bootstrap.level)) " interval: paired circular \
                 block bootstrap, studentised, " (summary.blocks()) ", " (bootstrap.draws) " draws. An interval that \
                 includes 0 means that these data cannot tell the two apart. Who looks at several intervals meets one \
                 that excludes 0 by chance more often than at one: those \u{201c}at once\u{201d} are so wide that all of \
                 a seed's together hold with " (percent(bootstrap.level)) ", and the words follow them (Romano and \
                 Wolf's step-down)."
            }
            div.scroll {
                table {
                    tr {
                        th { "Policy minus" }
                        @for seed in &summary.seeds {
                            th { "Seed " (seed.seed) ":" br; "difference" }
                            th { "interval" br; "alone" }
                            th { "interval" br; "at once" }
                            th {}
                        }
                    }
                    @for name in compared {
                        tr {
                            td { @if name == PRIOR { (PRIOR_ROW) } @else { (display_name(name)) } }
                            @for seed in &summary.seeds { (interval(seed.sharpe_difference.get(name))) }
                        }
                    }
                }
            }
        }
    }
}

/// The cells of one seed's difference; empty where there is none.
fn interval(difference: Option<&Difference>) -> Markup {
    let ends = |low: f64, high: f64| format!("{} to {}", number(low, DECIMALS), number(high, DECIMALS));
    html! {
        @if let Some(Difference { alone, at_once }) = difference {
            td { (number(alone.estimate, DECIMALS)) }
            td { (ends(alone.low, alone.high)) }
            td { (ends(at_once.low, at_once.high)) }
            td.text { (at_once.verdict.word()) }
        } @else {
            td {} td {} td {} td {}
        }
    }
}

pub(super) fn managed_difference(report: &Report, summary: &Summary) -> Markup {
    let Some(managed) = &summary.risk_managed else {
        return html! {};
    };
    let interval = &managed.sharpe_difference;
    html! {
        p {
            "Sharpe ratio of the risk-managed policy minus that of the policy itself (seed " (report.seeds[0].seed) "): "
            @if let Some(verdict) = summary.too_short() {
                (verdict.word())
            } @else {
                (number(interval.estimate, DECIMALS)) ", " (percent(summary.provenance.bootstrap.level))
                " interval " (number(interval.low, DECIMALS)) " to " (number(interval.high, DECIMALS)) ": "
                (interval.verdict.word())
            }
            ". Leverage was " (number(managed.mean_leverage, 2)) " on average, and the hedge, which is not traded, "
            (number(managed.mean_hedge, 2)) " times the value."
        }
    }
}
