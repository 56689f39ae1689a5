//! The page `report.html`: one file, nothing fetched, no script.

use super::panel::{WIDE, escaped};
use super::plots::{Figure, Key, figures, mean_weights};
use super::{PRIOR, Report};
use crate::backtest::bootstrap::Interval;
use crate::backtest::summary::Summary;
use crate::backtest::verdict::DECIMALS;
use crate::backtest::words::{PRIOR_ROW, display_name, number, percent};
use crate::risk::performance::Performance;

const STYLE: &str = include_str!("style.css");

/// A heading (markup) and the figure below it as text.
type Column = (&'static str, fn(&Performance) -> String);

/// Columns of the table of figures: heading, and the figure as text.
const COLUMNS: [Column; 10] = [
    ("Return<br>% a year", |p| number(100.0 * p.annual_return, 1)),
    ("Volatility<br>% a year", |p| number(100.0 * p.volatility, 1)),
    ("Sharpe", |p| number(p.sharpe, 2)),
    ("Sortino", |p| number(p.sortino, 2)),
    ("Max. draw-<br>down %", |p| number(100.0 * p.max_drawdown, 1)),
    ("Calmar", |p| number(p.calmar, 2)),
    ("VaR 95%<br>% a bar", |p| number(100.0 * p.value_at_risk, 2)),
    ("CVaR 95%<br>% a bar", |p| {
        number(100.0 * p.conditional_value_at_risk, 2)
    }),
    ("Turnover<br>a year", |p| number(p.turnover, 2)),
    ("Costs paid<br>% in all", |p| number(100.0 * p.costs_paid, 2)),
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
    let title = escaped(&report.title);
    let figures: String = figures(report).iter().map(figure).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         {facts}<p class=\"finding\">{finding}</p>\n{table}{differences}{managed}{left_out}{figures}{weights}\
         {reading}{caveats}{configuration}</main>\n</body>\n</html>\n",
        facts = facts(summary),
        finding = escaped(&summary.interpretation()),
        table = figures_table(report, summary),
        differences = differences_table(report, summary),
        managed = managed_difference(report, summary),
        left_out = left_out(summary),
        weights = weights_list(report),
        reading = reading(summary),
        caveats = caveats(report),
        configuration = configuration(report, summary),
    )
}

fn facts(summary: &Summary) -> String {
    let provenance = &summary.provenance;
    let test = provenance.test_period;
    let trained = match provenance.train_period {
        Some(period) => format!("Trained on {} to {}; judged", period.from, period.to),
        None => "Judged".to_string(),
    };
    let speed = if summary.train_env_steps_per_s.is_finite() {
        format!(
            " Training made {:.0} environment steps a second; everything took {:.0} s.",
            summary.train_env_steps_per_s, summary.wall_s
        )
    } else {
        String::new()
    };
    format!(
        "<p class=\"facts\">{trained} on {} to {}: {} bars, {} assets, net of costs.{speed} ppo_risk {}.</p>\n",
        test.from,
        test.to,
        provenance.test_bars,
        provenance.assets.len(),
        escaped(&provenance.library_version)
    )
}

fn figures_table(report: &Report, summary: &Summary) -> String {
    let headings: String = COLUMNS
        .iter()
        .map(|(name, _)| format!("<th>{name}</th>"))
        .collect();
    let row = |class: &str, name: &str, performance: &Performance| {
        let cells: String = COLUMNS
            .iter()
            .map(|(_, text)| format!("<td>{}</td>", text(performance)))
            .collect();
        format!("<tr class=\"{class}\"><td>{}</td>{cells}</tr>\n", escaped(name))
    };
    let mut rows = String::new();
    for (k, seed) in summary.seeds.iter().enumerate() {
        let class = if k == 0 { "policy first" } else { "policy" };
        let saved = if k == 0 && summary.seeds.len() > 1 {
            " (saved)"
        } else {
            ""
        };
        rows += &row(
            class,
            &format!("policy, seed {}{saved}", seed.seed),
            &seed.performance,
        );
    }
    if summary.seeds.len() > 1 {
        rows += &row("policy", "policy, median of seeds", &summary.median_figures());
    }
    if let Some(managed) = &summary.risk_managed {
        rows += &row("managed", "policy, risk managed", &managed.performance);
    }
    if let Some(prior) = &summary.prior {
        rows += &row("", PRIOR_ROW, prior);
    }
    for baseline in &report.baselines {
        rows += &row(
            "",
            &display_name(&baseline.name),
            &summary.baselines[&baseline.name],
        );
    }
    format!(
        "<h2>Figures out of sample</h2>\n<div class=\"scroll\"><table>\n<tr><th></th>{headings}</tr>\n{rows}</table></div>\n"
    )
}

fn differences_table(report: &Report, summary: &Summary) -> String {
    const HEADING: &str = "<h2>Difference in Sharpe ratio</h2>\n<p class=\"explanation\">";
    if summary.sharpe_difference.is_empty() {
        return String::new();
    }
    if let Some(verdict) = summary.too_short() {
        return format!("{HEADING}The test is {}.</p>\n", verdict.word());
    }
    let bootstrap = summary.provenance.bootstrap;
    let mut rows = String::new();
    let names = report.baselines.iter().map(|track| track.name.as_str());
    for name in [PRIOR].into_iter().chain(names) {
        // A prior that one seed lacks is a gap.
        if summary
            .seeds
            .iter()
            .all(|seed| !seed.sharpe_difference.contains_key(name))
        {
            continue;
        }
        let cell = |interval: Option<&Interval>| match interval {
            None => "<td></td><td></td><td></td>".to_string(),
            Some(interval) => format!(
                "<td>{}</td><td>{} to {}</td><td class=\"text\">{}</td>",
                number(interval.median, DECIMALS),
                number(interval.low, DECIMALS),
                number(interval.high, DECIMALS),
                interval.verdict.word()
            ),
        };
        let seeds = summary.seeds.iter();
        let cells: String = seeds.map(|seed| cell(seed.sharpe_difference.get(name))).collect();
        let shown = if name == PRIOR {
            PRIOR_ROW.to_string()
        } else {
            display_name(name)
        };
        rows += &format!("<tr><td>{}</td>{cells}</tr>\n", escaped(&shown));
    }
    let seeds: String = summary
        .seeds
        .iter()
        .map(|seed| format!("<th>Seed {}:<br>median</th><th>interval</th><th></th>", seed.seed))
        .collect();
    format!(
        "{HEADING}Annual Sharpe ratio of the policy minus that of the policy it was before training (its prior) and of \
         each baseline on the same dates, with its {} interval: paired circular block bootstrap, blocks of {} bars, {} \
         draws. An interval that includes 0 means that these data cannot tell the two apart.</p>\n\
         <div class=\"scroll\"><table>\n<tr><th>Policy minus</th>{seeds}</tr>\n{rows}</table></div>\n",
        percent(bootstrap.level),
        bootstrap.block,
        bootstrap.draws
    )
}

fn managed_difference(report: &Report, summary: &Summary) -> String {
    let Some(managed) = &summary.risk_managed else {
        return String::new();
    };
    let interval = &managed.sharpe_difference;
    let found = match summary.too_short() {
        Some(verdict) => verdict.word(),
        None => format!(
            "median {}, {} interval {} to {}: {}",
            number(interval.median, DECIMALS),
            percent(summary.provenance.bootstrap.level),
            number(interval.low, DECIMALS),
            number(interval.high, DECIMALS),
            interval.verdict.word()
        ),
    };
    format!(
        "<p>Sharpe ratio of the risk-managed policy minus that of the policy itself (seed {}): {found}. Leverage was {} \
         on average, and the hedge, which is not traded, {} times the value.</p>\n",
        report.seeds[0].seed,
        number(managed.mean_leverage, 2),
        number(managed.mean_hedge, 2)
    )
}

fn left_out(summary: &Summary) -> String {
    if summary.left_out.is_empty() {
        return String::new();
    }
    let sentences = summary.left_out.iter().map(|entry| entry.sentence());
    let items: String = sentences
        .map(|sentence| format!("<li>{}</li>\n", escaped(&sentence)))
        .collect();
    format!(
        "<h2>Left out</h2>\n<p class=\"explanation\">What could not be computed, and why.</p>\n<ul>\n{items}</ul>\n"
    )
}

fn figure(figure: &Figure) -> String {
    let class = if figure.panels.iter().all(|panel| panel.size.0 == WIDE.0) {
        "wide"
    } else {
        "half"
    };
    let panels: String = figure.panels.iter().map(|panel| panel.svg()).collect();
    let legend: String = figure.legend.iter().map(key).collect();
    format!(
        "<figure>\n<h2>{}</h2>\n<p class=\"explanation\">{}</p>\n<div class=\"panels {class}\">\n{panels}</div>\n\
         <ul class=\"legend\">{legend}</ul>\n</figure>\n",
        escaped(figure.title),
        escaped(&figure.explanation)
    )
}

fn key(key: &Key) -> String {
    let (top, height) = if key.strong { (3, 8) } else { (6, 3) };
    format!(
        "<li><svg viewBox=\"0 0 26 14\" aria-hidden=\"true\"><rect y=\"{top}\" width=\"26\" height=\"{height}\" \
         fill=\"#{:06X}\"/></svg>{}</li>",
        key.colour,
        escaped(&key.name)
    )
}

fn weights_list(report: &Report) -> String {
    let items: String = mean_weights(report, &report.seeds[0].track)
        .into_iter()
        .map(|(i, mean)| {
            let name = report.assets.get(i).map_or("cash", String::as_str);
            format!(
                "<li><span>{}</span><span>{:.1}%</span></li>",
                escaped(name),
                100.0 * mean
            )
        })
        .collect();
    format!(
        "<h2>Mean weights</h2>\n<p class=\"explanation\">Of the policy (seed {}) over all test bars.</p>\n\
         <ul class=\"weights\">{items}</ul>\n",
        report.seeds[0].seed
    )
}

fn reading(summary: &Summary) -> String {
    let level = percent(summary.provenance.bootstrap.level);
    format!(
        "<h2>How to read this</h2>\n<ul>\n\
         <li>Every portfolio trades on the same dates, at the same prices and costs. A decision at a close uses prices \
         up to that close and earns the return to the next one.</li>\n\
         <li>Sharpe and Sortino ratios are of each bar's return over what cash earned in it, annualised with 252 bars a \
         year; the prior is the policy before its training, under the same trade band, caps and costs; drawdown, \
         VaR and CVaR are losses, written positive; Calmar is the return over the largest drawdown; turnover is \
         one-way. A dash means undefined.</li>\n\
         <li>Look at the differences before the levels: all portfolios share most of their fortune. The {level} \
         interval holds the middle {level} of the differences found when the same dates are drawn again in blocks; it \
         is a measure of how sure the difference is, not a forecast.</li>\n\
         <li>A Sharpe ratio measured over ten years has a standard error of about 0.3: two portfolios whose ratios \
         differ by 0.1 are alike for all that can be known, unless they move almost together.</li>\n</ul>\n"
    )
}

fn caveats(report: &Report) -> String {
    let items: String = report
        .caveats
        .iter()
        .map(String::as_str)
        .chain(CAVEATS)
        .map(|caveat| format!("<li>{}</li>\n", escaped(caveat)))
        .collect();
    format!("<h2>Caveats</h2>\n<ul>\n{items}</ul>\n")
}

fn configuration(report: &Report, summary: &Summary) -> String {
    format!(
        "<h2>Configuration</h2>\n<p class=\"explanation\">SHA-256 {}</p>\n<pre>{}</pre>\n",
        summary.provenance.configuration_sha256,
        // `{:#}` is serde_json's indented form.
        escaped(&format!("{:#}", report.configuration))
    )
}
