//! The page `report.html`: one file, nothing fetched. Its script draws charts that a mouse can read over the still ones,
//! which are printed, and are there without it.

use super::Report;
use super::live::{Charts, base64};
use super::panel::WIDE;
use super::plots::{Figure, Key, Plot, holdings, learning, periods, results, rolling, trading};
use super::sheet::{costs, drawdowns, exposure, months, relations, shapes};
use super::tables::{differences_table, figures_table, managed_difference};
use crate::backtest::summary::Summary;
use crate::backtest::words::percent;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");

/// The library that charts are drawn with, as its authors publish it, and what it asks to be kept with it.
const LIBRARY: &str = include_str!("script/uPlot.iife.min.js");
const LIBRARY_STYLE: &str = include_str!("script/uPlot.min.css");
const LIBRARY_LICENCE: &str = include_str!("script/LICENSE.uPlot");

/// What is drawn with it.
const SCRIPT: &str = include_str!("script/chart.js");

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
    let mut charts = Charts::default();
    let mut shown = |figures: Vec<Figure>| -> Markup {
        html! { @for figure in &figures { (self::figure(figure, &mut charts)) } }
    };
    let body = html! {
        h1 { (report.title) }
        (facts(summary))
        p.finding { (summary.interpretation()) }
        (figures_table(report, summary))
        (differences_table(report, summary))
        (managed_difference(report, summary))
        (shown(results(report)))
        (drawdowns(report, summary))
        (months(report, summary))
        (shown(periods(report)))
        (shapes(report))
        (shown(rolling(report)))
        (relations(summary))
        (shown(holdings(report)))
        (exposure(report))
        (shown(vec![trading(report)]))
        (costs(report, summary))
        (shown(learning(report).into_iter().collect()))
        (universe(summary))
        (left_out(summary))
        (reading(report, summary))
        (caveats(report))
        (configuration(report, summary))
    };
    let library = format!("/*\n{}\n*/\n{LIBRARY}", LIBRARY_LICENCE.trim_end());
    // Nothing is fetched, and no script runs but these two, whatever a name may hold.
    let sources = [&library, SCRIPT].map(|script| format!("'sha256-{}'", base64(&Sha256::digest(script))));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src {}",
        sources.join(" ")
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.title) }
                style { (PreEscaped(LIBRARY_STYLE)) (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                script id="charts" type="application/json" { (PreEscaped(charts.json())) }
                script { (PreEscaped(library)) }
                script { (PreEscaped(SCRIPT)) }
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

/// A figure: every plot as a still one, with its number for the script where it draws it too.
fn figure(figure: &Figure, charts: &mut Charts) -> Markup {
    let wide = |plot: &Plot| match plot {
        Plot::Curves(panel) | Plot::Still(panel) => panel.size.0 == WIDE.0,
        Plot::Bars(_) => true,
    };
    html! {
        figure {
            h2 { (figure.title) }
            p.explanation { (figure.explanation) }
            div.plots {
                @for plot in &figure.plots {
                    div.plot.half[!wide(plot)] data-panel=[number(plot, charts)] {
                        div.still {
                            @match plot {
                                Plot::Curves(panel) | Plot::Still(panel) => (panel.svg()),
                                Plot::Bars(bars) => (bars.svg()),
                            }
                        }
                        @if let Plot::Curves(_) = plot { div.live {} }
                    }
                }
            }
            ul.legend { @for entry in &figure.legend { (key(entry)) } }
        }
    }
}

/// The number that the script knows a plot by; none where it leaves it as it is.
fn number(plot: &Plot, charts: &mut Charts) -> Option<usize> {
    match plot {
        Plot::Curves(panel) => Some(charts.add(panel)),
        Plot::Still(_) | Plot::Bars(_) => None,
    }
}

fn key(key: &Key) -> Markup {
    let dash = key.pen.dash.iter().map(|part| (part / 2).to_string());
    let dash = dash.collect::<Vec<_>>().join(" ");
    html! {
        li {
            svg viewBox="0 0 34 14" aria-hidden="true" {
                @if key.area {
                    rect class=(format_args!("area {}", key.pen.class)) y="2" width="34" height="10" {}
                } @else {
                    path class=(format_args!("line {}", key.pen.class)) d="M0 7H34" stroke-width=(key.pen.width.div_ceil(2))
                        stroke-dasharray=[(!dash.is_empty()).then_some(dash)] {}
                }
            }
            (key.name)
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
                "Point at a chart for its values, click on a name to take its curve away or bring it back, drag over dates to \
                 look at them closely, and click twice to see all again; the arrow keys move from bar to bar. All charts over \
                 dates go together. What is printed, and a browser without scripts, has the same charts as pictures."
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
