//! The tables of a tear sheet: months, shape of returns, worst drawdowns, relations, exposure, costs.

use super::Report;
use super::plots::{policy_name, shown_name};
use crate::backtest::calendar::{MonthReturn, years};
use crate::backtest::summary::Summary;
use crate::backtest::tear_sheet::Shape;
use crate::backtest::track::Track;
use crate::backtest::words::number;
use crate::math::statistics::{mean, quantile_sorted};
use maud::{Markup, html};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Assets listed at most.
const ASSETS: usize = 60;

/// Weights below this are what rounding leaves.
const HELD: f64 = 1e-6;

/// One column of a table: both lines of its heading, and what a row has in it.
type Column<T> = (&'static str, &'static str, fn(&T) -> String);

fn share(value: f64, decimals: usize) -> String {
    number(100.0 * value, decimals)
}

/// The policy's deepest drawdowns, with dates.
pub(super) fn drawdowns(report: &Report, summary: &Summary) -> Markup {
    let found = &summary.tear_sheet.worst_drawdowns;
    html! {
        h2 { "Worst drawdowns" }
        p.explanation {
            "Of the policy (seed " (report.seeds[0].seed) "). Under water: bars from the peak until it is reached again."
        }
        @if found.is_empty() {
            p { "There was none." }
        } @else {
            div.scroll {
                table {
                    tr {
                        th { "Depth" br; "%" } th { "Peak" } th { "Lowest" } th { "Reached again" }
                        th { "Bars" br; "down" } th { "Bars" br; "under water" }
                    }
                    @for under in found {
                        tr {
                            td { (share(under.depth, 1)) }
                            td { @if let Some(peak) = under.peak { (peak) } @else { "start" } }
                            td { (under.valley) }
                            td { @if let Some(recovery) = under.recovery { (recovery) } @else { "not yet" } }
                            td { (under.bars_down) }
                            td { (under.bars_under_water) @if under.recovery.is_none() { "+" } }
                        }
                    }
                }
            }
        }
    }
}

/// The policy's returns by month, as a map of colours with the numbers in it, and by year beside the benchmark's.
pub(super) fn months(report: &Report, summary: &Summary) -> Markup {
    let sheet = &summary.tear_sheet;
    let benchmark = report.benchmark();
    let benchmark_years = benchmark.map(|(_, track)| years(&track.times, &track.returns));
    let scale = strongest(&sheet.months);
    let of = |year: i32, month: u32| sheet.months.iter().find(|m| (m.year, m.month) == (year, month));
    html! {
        h2 { "Returns by month" }
        p.explanation {
            "Of the policy (seed " (report.seeds[0].seed) "), in percent, net of costs: the stronger the colour, the larger the \
             return, blue above 0 and orange below."
            @if let Some((name, _)) = benchmark { " The last column is the year of the benchmark (" (shown_name(name)) ")." }
            " The first and the last month and year may be parts of one."
        }
        div.scroll {
            table.heat {
                tr {
                    th { "Year" }
                    @for month in MONTHS { th { (month) } }
                    th { "Year" }
                    @if benchmark.is_some() { th { "Benchm." } }
                }
                @for (k, year) in sheet.years.iter().enumerate() {
                    tr {
                        td { (year.year) }
                        @for month in 1..=12 {
                            @if let Some(found) = of(year.year, month) { (warm(found.earned, scale)) } @else { td {} }
                        }
                        td.total { (share(year.earned, 1)) }
                        @if let Some(years) = &benchmark_years { td.total { (share(years[k].earned, 1)) } }
                    }
                }
            }
        }
    }
}

/// The size that has the strongest colour: the 95% quantile of sizes, so that one month does not pale all others.
fn strongest(months: &[MonthReturn]) -> f64 {
    let mut sizes: Vec<f64> = months.iter().map(|month| month.earned.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    quantile_sorted(&sizes, 0.95)
}

fn warm(earned: f64, strongest: f64) -> Markup {
    let strength = if strongest > 0.0 {
        (earned.abs() / strongest).min(1.0)
    } else {
        0.0
    };
    let side = if earned < 0.0 { "down" } else { "up" };
    html! { td class=(side) style=(format_args!("--strength:{:.2}", 0.6 * strength)) { (share(earned, 1)) } }
}

/// How the returns of each portfolio are distributed.
pub(super) fn shapes(report: &Report) -> Markup {
    const COLUMNS: [Column<Shape>; 12] = [
        ("Skewness", "", |s| number(s.skewness, 2)),
        ("Excess", "kurtosis", |s| number(s.kurtosis, 1)),
        ("Tail", "ratio", |s| number(s.tail_ratio, 2)),
        ("Bars", "won %", |s| share(s.bars_won, 1)),
        ("Months", "won %", |s| share(s.months_won, 1)),
        ("Years", "won %", |s| share(s.years_won, 0)),
        ("Best", "bar %", |s| share(s.best_bar, 1)),
        ("Worst", "bar %", |s| share(s.worst_bar, 1)),
        ("Best", "month %", |s| share(s.best_month, 1)),
        ("Worst", "month %", |s| share(s.worst_month, 1)),
        ("Best", "year %", |s| share(s.best_year, 1)),
        ("Worst", "year %", |s| share(s.worst_year, 1)),
    ];
    html! {
        h2 { "Shape of returns" }
        p.explanation {
            "Skewness below 0: the large losses are larger than the large gains. Excess kurtosis above 0: more of both than the \
             normal distribution has. Tail ratio: the 95% quantile of bars over the 5% quantile. Won: earned more than 0."
        }
        div.scroll {
            table {
                (headings(&COLUMNS))
                @for (class, name, track) in tracks(report) { (row(class, &name, &COLUMNS, &Shape::of(track))) }
            }
        }
    }
}

/// What the policy has to do with every portfolio that it is compared with.
pub(super) fn relations(summary: &Summary) -> Markup {
    use crate::backtest::tear_sheet::Relation;
    const COLUMNS: [Column<Relation>; 8] = [
        ("Alpha", "% a year", |r| share(r.alpha, 1)),
        ("Beta", "", |r| number(r.beta, 2)),
        ("Correl-", "ation", |r| number(r.correlation, 2)),
        ("Capture", "up %", |r| share(r.up_capture, 0)),
        ("Capture", "down %", |r| share(r.down_capture, 0)),
        ("Information", "ratio", |r| number(r.information_ratio, 2)),
        ("Tracking", "error %", |r| share(r.tracking_error, 1)),
        ("Bars", "ahead %", |r| share(r.bars_ahead, 1)),
    ];
    let relative = &summary.tear_sheet.relative;
    html! {
        @if !relative.is_empty() {
            h2 { "Beside other portfolios" }
            p.explanation {
                "Of the policy (first seed), over the whole test. Alpha and beta are of returns over cash; capture is the \
                 growth in the bars in which the other rose, or fell, over the other's. None of these has an interval here: \
                 what may be claimed is said above."
            }
            div.scroll {
                table {
                    (headings(&COLUMNS))
                    @for (name, relation) in relative { (row("", &shown_name(name), &COLUMNS, relation)) }
                }
            }
        }
    }
}

/// What was held of each asset, and in all.
pub(super) fn exposure(report: &Report) -> Markup {
    let track = &report.seeds[0].track;
    let bars = track.len() as f64;
    let mut held: Vec<(&str, Vec<f64>)> = report
        .assets
        .iter()
        .enumerate()
        .map(|(i, name)| (name.as_str(), track.weights.column(i).to_vec()))
        .collect();
    let size = |weights: &[f64]| weights.iter().map(|weight| weight.abs()).sum::<f64>();
    held.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)));
    let more = held.len().saturating_sub(ASSETS);
    held.truncate(ASSETS);
    let assets = report.assets.len();
    let of_bars = |of: fn(f64, f64) -> f64| -> Vec<f64> {
        let rows = track.weights.rows().into_iter();
        rows.map(|row| row.iter().take(assets).copied().fold(0.0, of))
            .collect()
    };
    held.push(("cash", track.weights.column(assets).to_vec()));
    held.push(("all assets, net", of_bars(|sum, weight| sum + weight)));
    held.push(("all assets, gross", of_bars(|sum, weight| sum + weight.abs())));
    html! {
        h2 { "Exposure by asset" }
        p.explanation {
            "Weights of the policy (seed " (report.seeds[0].seed) ") over all test bars, in percent of its value, the largest \
             on average first. Held: in how much of the bars."
        }
        div.scroll {
            table {
                tr { th {} th { "Mean" } th { "Smallest" } th { "Largest" } th { "Last" } th { "Held" br; "% of bars" } }
                @for (place, (name, weights)) in held.iter().enumerate() {
                    @if more > 0 && place == ASSETS { tr { td { "and " (more) " more" } } }
                    tr {
                        td { (name) }
                        td { (share(mean(weights), 1)) }
                        td { (share(weights.iter().copied().fold(f64::NAN, f64::min), 1)) }
                        td { (share(weights.iter().copied().fold(f64::NAN, f64::max), 1)) }
                        td { (share(weights[weights.len() - 1], 1)) }
                        td { (share(weights.iter().filter(|w| w.abs() > HELD).count() as f64 / bars, 0)) }
                    }
                }
            }
        }
    }
}

/// What trading took from each portfolio.
pub(super) fn costs(report: &Report, summary: &Summary) -> Markup {
    const COLUMNS: [Column<Track>; 5] = [
        ("Bars", "with trades %", |t| {
            share(
                t.turnover.iter().filter(|traded| **traded > 0.0).count() as f64 / t.len() as f64,
                1,
            )
        }),
        ("Turnover", "a year", |t| {
            number(mean(&t.turnover) * t.bars_per_year.get(), 2)
        }),
        ("Costs", "% a year", |t| {
            share(mean(&t.costs) * t.bars_per_year.get(), 3)
        }),
        ("Costs", "bp of traded", |t| {
            // Turnover is one-way: twice it changed hands.
            number(1e4 * mean(&t.costs) / (2.0 * mean(&t.turnover)), 1)
        }),
        ("Growth", "before costs %", |t| share(before_costs(t), 2)),
    ];
    html! {
        h3 { "What trading took" }
        p.explanation {
            "Costs as a fraction of the value before each trade, a year and by what was traded; growth a year if trades had \
             cost nothing and had been the same."
            @if let Some(managed) = &summary.risk_managed {
                " The risk manager's own trades are in its row; its hedge (" (number(managed.mean_hedge, 2))
                " of the value on average) is not traded and costs nothing here."
            }
        }
        div.scroll {
            table {
                (headings(&COLUMNS))
                @for (class, name, track) in tracks(report) { (row(class, &name, &COLUMNS, track)) }
            }
        }
    }
}

/// Compound growth a year of the returns that a track had had without its costs.
fn before_costs(track: &Track) -> f64 {
    let gross: Vec<f64> = track
        .returns
        .iter()
        .zip(&track.costs)
        .map(|(earned, cost)| (1.0 + earned) / (1.0 - cost) - 1.0)
        .collect();
    crate::risk::metrics::Conventions::of_bars(track.bars_per_year).annual_return(&gross)
}

/// The portfolios of the page's tables: class of the row, name, track.
fn tracks(report: &Report) -> Vec<(&'static str, String, &Track)> {
    let first = &report.seeds[0];
    let mut tracks = vec![("policy first", policy_name(report), &first.track)];
    if let Some(managed) = &report.managed {
        tracks.push(("managed", "policy, risk managed".to_string(), &managed.track));
    }
    tracks.extend(
        report
            .compared_with(first)
            .map(|(name, track)| ("", shown_name(name), track)),
    );
    tracks
}

fn headings<T>(columns: &[Column<T>]) -> Markup {
    html! {
        tr {
            th {}
            @for (first, second, _) in columns {
                th { (first) @if !second.is_empty() { br; (second) } }
            }
        }
    }
}

fn row<T>(class: &str, name: &str, columns: &[Column<T>], values: &T) -> Markup {
    html! {
        tr class=(class) {
            td { (name) }
            @for (_, _, text) in columns { td { (text(values)) } }
        }
    }
}
