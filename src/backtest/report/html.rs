//! The page `report.html`: one file, nothing fetched, no script.

use super::panel::WIDE;
use super::plots::{Figure, Key, figures, mean_weights};
use super::{PRIOR, Report};
use crate::backtest::summary::{Difference, Summary};
use crate::backtest::verdict::DECIMALS;
use crate::backtest::words::{PRIOR_ROW, display_name, number, percent};
use crate::risk::performance::Performance;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

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

/// What holds for every back-test of this kind.
const CAVEATS: [&str; 5] = [
    "The past is one draw. The interval says how far the difference in Sharpe ratio moves when these dates are \
     reshuffled in blocks; it knows nothing of markets that these dates do not contain.",
    "Assets picked today with hindsight (they exist, they are large, they have a long history) have done better than \
     a pick at the time would have. That flatters every portfolio on this page, the baselines as well; only \
     differences between portfolios are comparable, and even they may depend on the pick.",
    "Trades are filled at the close at the stated cost, without market impact, taxes or financing.",
    "The more settings are tried on the same test dates, the better the best one looks by chance. Whoever changes \
     the configuration after reading this page has used the test data up.",
    "Seeds differ only in chance. Their spread shows how much of a result is luck in training; the first seed is the \
     one that is saved, chosen before any of them was tested.",
];

/// The whole page.
pub(super) fn page(report: &Report, summary: &Summary) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (report.title) }
                    (facts(summary))
                    p.finding { (summary.interpretation()) }
                    (figures_table(report, summary))
                    (differences_table(report, summary))
                    (managed_difference(report, summary))
                    (universe(summary))
                    (left_out(summary))
                    @for shown in figures(report) { (figure(&shown)) }
                    (weights_list(report))
                    (reading(report, summary))
                    (caveats(report))
                    (configuration(report, summary))
                }
            }
        }
    };
    // A title or a name may hold what a terminal obeys that shows the file.
    let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
    page.into_string().replace(obeyed, "\u{fffd}")
}

fn facts(summary: &Summary) -> Markup {
    let provenance = &summary.provenance;
    let test = provenance.test_period;
    html! {
        p.facts {
            @if let Some(period) = provenance.train_period {
                "Trained on " (period.from) " to " (period.to) "; judged"
            } @else {
                "Judged"
            }
            " on " (test.from) " to " (test.to) ": " (provenance.test_bars) " bars, " (provenance.assets.len())
            " assets, net of costs."
            @if summary.train_env_steps_per_s.is_finite() {
                " Training made " (format_args!("{:.0}", summary.train_env_steps_per_s))
                " environment steps a second; everything took " (format_args!("{:.0}", summary.wall_s)) " s."
            }
            " ppo_risk " (provenance.library_version) "."
        }
    }
}

fn figures_table(report: &Report, summary: &Summary) -> Markup {
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

fn differences_table(report: &Report, summary: &Summary) -> Markup {
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

fn managed_difference(report: &Report, summary: &Summary) -> Markup {
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

/// Who was there when, of those that were not there throughout.
fn universe(summary: &Summary) -> Markup {
    html! {
        @if !summary.universe.is_empty() {
            h2 { "Who was there" }
            p.explanation {
                "Assets that were not there from the first bar of the prices to the last. Each takes part once it has the \
                 returns that the policy looks back on, keeps its last price while it is halted, and is paid out at its end."
            }
            table {
                thead { tr { th { "Asset" } th { "First price" } th { "End" } th { "Bars halted" } } }
                tbody {
                    @for presence in &summary.universe {
                        tr {
                            td { (presence.asset) }
                            td { (presence.from) }
                            td { @if let Some(until) = presence.until { (until) } @else { "–" } }
                            td { (presence.halted_bars) }
                        }
                    }
                }
            }
        }
    }
}

fn left_out(summary: &Summary) -> Markup {
    html! {
        @if !summary.left_out.is_empty() {
            h2 { "Left out" }
            p.explanation { "What could not be computed, and why." }
            ul { @for entry in &summary.left_out { li { (entry.sentence()) } } }
        }
    }
}

fn figure(figure: &Figure) -> Markup {
    let wide = figure.panels.iter().all(|panel| panel.size.0 == WIDE.0);
    html! {
        figure {
            h2 { (figure.title) }
            p.explanation { (figure.explanation) }
            div.panels.wide[wide].half[!wide] {
                @for panel in &figure.panels { (panel.svg()) }
            }
            ul.legend { @for entry in &figure.legend { (key(entry)) } }
        }
    }
}

fn key(key: &Key) -> Markup {
    let (top, height) = if key.strong { (3, 8) } else { (6, 3) };
    html! {
        li {
            svg viewBox="0 0 26 14" aria-hidden="true" {
                // Closed: an element of SVG has no end by itself.
                rect y=(top) width="26" height=(height) fill=(format_args!("#{:06X}", key.colour)) {}
            }
            (key.name)
        }
    }
}

fn weights_list(report: &Report) -> Markup {
    html! {
        h2 { "Mean weights" }
        p.explanation { "Of the policy (seed " (report.seeds[0].seed) ") over all test bars." }
        ul.weights {
            @for (i, mean) in mean_weights(report, &report.seeds[0].track) {
                li {
                    span { (report.assets.get(i).map_or("cash", String::as_str)) }
                    span { (format_args!("{:.1}%", 100.0 * mean)) }
                }
            }
        }
    }
}

fn reading(report: &Report, summary: &Summary) -> Markup {
    let bars_per_year = report.seeds[0].track.bars_per_year;
    let level = percent(summary.provenance.bootstrap.level);
    html! {
        h2 { "How to read this" }
        ul {
            li {
                "Every portfolio trades on the same dates, at the same prices and costs. A decision at a close uses \
                 prices up to that close and earns the return to the next one."
            }
            li {
                "Sharpe and Sortino ratios are of each bar's return over what cash earned in it, annualised with "
                (bars_per_year) " bars a year; the prior is the policy before its training, under the same trade \
                 band, caps and costs; drawdown, VaR and CVaR are losses, written positive; Calmar is the return over the largest drawdown; \
                 turnover is one-way. A dash means undefined."
            }
            li {
                "Look at the differences before the levels: all portfolios share most of their fortune. The " (level)
                " interval is made of what the difference becomes when the same dates are drawn again in blocks, and \
                 is meant to hold the true one that often; it is a measure of how sure the difference is, not a forecast."
            }
            li {
                "A Sharpe ratio measured over ten years has a standard error of about 0.3: two portfolios whose \
                 ratios differ by 0.1 are alike for all that can be known, unless they move almost together."
            }
        }
    }
}

fn caveats(report: &Report) -> Markup {
    html! {
        h2 { "Caveats" }
        ul { @for caveat in report.caveats.iter().map(String::as_str).chain(CAVEATS) { li { (caveat) } } }
    }
}

fn configuration(report: &Report, summary: &Summary) -> Markup {
    html! {
        h2 { "Configuration" }
        p.explanation { "SHA-256 " (summary.provenance.configuration_sha256) }
        // `{:#}` is serde_json's indented form.
        pre { (format_args!("{:#}", report.configuration)) }
    }
}
