//! `report.html` in a browser: pointed at, switched, zoomed, printed, at three widths, light and dark, without scripts; and
//! that each of these checks finds the defect that it is there for.
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails may panic, its helpers as well"
)]

use browser::Browser;
use ppo_risk::backtest::bootstrap::BlockBootstrap;
use ppo_risk::backtest::report::{CurvePoint, SeedRun};
use ppo_risk::backtest::{ManagedTrack, Report, Track};
use ppo_risk::risk::drawdown::equity_curve;
use serde_json::{Value, json};
use std::path::Path;

#[path = "support/browser.rs"]
mod browser;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "support/tools.rs"]
mod tools;
#[path = "support/tracks.rs"]
mod tracks;

const BARS: usize = 900;
const POLICY: &str = "policy (seed 40)";

fn track(name: &str, index: u64) -> Track {
    tracks::track("browser", name, BARS, 20, index)
}

/// Three seeds, a prior, six baselines, and a risk manager that left every decision as it was: its line lies on the policy's.
fn report() -> Report {
    let curve = |seed: u64| -> Vec<CurvePoint> {
        let updates = 1..40;
        updates
            .map(|update| CurvePoint {
                env_steps: update * 4096,
                episode_return: (update + seed) as f64,
                approx_kl: 0.01,
                explained_variance: 0.1,
                std: 0.3,
            })
            .collect()
    };
    Report {
        title: "browser".to_string(),
        assets: (0..20).map(|i| format!("A{i}")).collect(),
        universe: Vec::new(),
        seeds: (0..3)
            .map(|seed| SeedRun {
                seed: 40 + seed,
                track: track("policy", seed),
                prior: Some(track("prior", 20 + seed)),
                curve: curve(seed),
            })
            .collect(),
        baselines: [
            "equal_weight",
            "buy_and_hold",
            "inverse_volatility",
            "minimum_variance",
            "risk_parity",
            "vol_target",
        ]
        .into_iter()
        .zip(10..)
        .map(|(name, index)| track(name, index))
        .collect(),
        benchmark: None,
        departure: None,
        managed: Some(ManagedTrack {
            track: Track {
                name: "risk_managed".to_string(),
                ..track("policy", 0)
            },
            reasons: vec![Vec::new(); BARS],
            leverage: vec![1.0; BARS],
            hedge: vec![0.0; BARS],
        }),
        left_out: Vec::new(),
        train_period: None,
        configuration: json!({}),
        train_env_steps_per_s: f64::NAN,
        wall_s: 1.0,
        caveats: Vec::new(),
        bootstrap: BlockBootstrap {
            draws: 100,
            ..BlockBootstrap::default()
        },
    }
}

type Check = fn(&mut Browser, &Path) -> Result<(), String>;

fn holds(condition: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.into()) }
}

const WIDE: (u32, u32) = (1280, 900);

/// Where the plot proper of chart `number` is in the window, scrolled to: left, top, width, height.
fn plot(browser: &mut Browser, number: usize) -> Result<[f64; 4], String> {
    let found = browser.run(&format!(
        "(() => {{ const over = document.querySelector('[data-panel=\"{number}\"] .u-over'); if (!over) return null;
           over.scrollIntoView({{block: 'center'}}); const r = over.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }})()"
    ));
    browser.settle();
    let found = found.as_array().ok_or(format!("chart {number} is not drawn"))?;
    Ok([0, 1, 2, 3].map(|k| found[k].as_f64().unwrap()))
}

/// Points at a chart at a share of its width, and says the date and the value of `name` beside it.
fn pointed(browser: &mut Browser, number: usize, share: f64, name: &str) -> Result<(String, String), String> {
    let [x, y, width, height] = plot(browser, number)?;
    let place = (x + (share * width).clamp(1.0, width - 1.0), y + 0.5 * height);
    browser.mouse("mouseMoved", (place.0 - 1.0, place.1 - 1.0), 0);
    browser.mouse("mouseMoved", place, 0);
    browser.settle();
    let found = browser.run(&format!(
        "[...document.querySelectorAll('[data-panel=\"{number}\"] .u-series')].filter((row) => !row.hidden)
           .map((row) => [row.querySelector('th').textContent, row.querySelector('td').textContent])"
    ));
    let rows = found.as_array().unwrap();
    let value = rows.iter().find(|row| row[0] == name);
    let value = value.ok_or(format!("{name} is not among {found}"))?;
    let text = |value: &Value| value.as_str().unwrap().to_string();
    Ok((text(&rows[0][1]), text(&value[1])))
}

/// Pixels of a chart in about the colour that a variable of the page has.
fn pixels(browser: &mut Browser, number: usize, colour: &str) -> u64 {
    let found = browser.run(&format!(
        "(() => {{
            const canvas = document.querySelector('[data-panel=\"{number}\"] canvas');
            const probe = document.createElement('span');
            probe.style.color = 'var(--{colour})';
            document.body.append(probe);
            const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
            probe.remove();
            const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let k = 0; k < data.length; k += 4) {{
                if (data[k + 3] > 200 && [0, 1, 2].every((c) => Math.abs(data[k + c] - wanted[c]) < 12)) count += 1;
            }}
            return count;
        }})()"
    ));
    found.as_u64().unwrap()
}

fn is_drawn(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.open(page, WIDE);
    let hidden = browser.run(
        "[...document.querySelectorAll('[data-panel]')].map((plot) =>
           [plot.querySelector('canvas') !== null, getComputedStyle(plot.querySelector('.still')).display])",
    );
    for (number, chart) in hidden.as_array().unwrap().iter().enumerate() {
        holds(
            *chart == json!([true, "none"]),
            format!("chart {number} is {chart}"),
        )?;
    }
    holds(browser.complaints.is_empty(), browser.complaints.join("\n"))?;
    // Nothing may be fetched or run beside what the page came with.
    let refused = browser.run(
        "new Promise((done) => {
            document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective));
            const script = document.createElement('script');
            script.textContent = '1';
            document.body.append(script);
            setTimeout(() => done('nothing'), 500);
        })",
    );
    holds(
        refused.as_str().unwrap().starts_with("script-src"),
        format!("{refused} is refused"),
    )
}

/// The value beside the pointer is the portfolio's on the date beside it.
fn tells_values(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.open(page, WIDE);
    let policy = report().seeds.remove(0).track;
    let equity = equity_curve(&policy.returns);
    for share in [0.1, 0.5, 0.93] {
        let (date, value) = pointed(browser, 0, share, POLICY)?;
        let bar = policy.times.iter().position(|time| time.to_string() == date);
        let bar = bar.ok_or(format!("{date} is no date of the test"))?;
        let expected = format!("{:.3}", equity[bar + 1]);
        let off = value
            .parse::<f64>()
            .map_err(|_| format!("{value} is no number"))?
            - equity[bar + 1];
        holds(off.abs() < 1.01e-3, format!("{value} on {date}, not {expected}"))?;
        let at = (bar as f64 / (BARS - 1) as f64 - share).abs();
        holds(at < 0.01, format!("{date} stands at {share} of the width"))?;
    }
    // With the keys as well.
    browser.run("document.querySelector('[data-panel=\"1\"] .u-over').focus()");
    let (before, _) = pointed(browser, 1, 0.5, POLICY)?;
    let key = json!({"type": "keyDown", "key": "ArrowRight", "code": "ArrowRight"});
    browser.tell("Input.dispatchKeyEvent", key);
    browser.settle();
    let after = browser.run("document.querySelector('[data-panel=\"1\"] .u-value').textContent");
    let bar = |date: &str| policy.times.iter().position(|time| time.to_string() == date);
    holds(
        bar(&before).map(|bar| bar + 1) == bar(after.as_str().unwrap()),
        format!("an arrow led from {before} to {after}"),
    )
}

/// A click on a name takes its curve away, another one brings it back; the policy lies on top of the line that is on it.
fn switches_series(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.open(page, WIDE);
    plot(browser, 0)?;
    let name = |browser: &mut Browser| {
        let place = browser.run(&format!(
            "(() => {{ const name = [...document.querySelectorAll('[data-panel=\"0\"] .u-series th')].find((th) => th.textContent === '{POLICY}');
               name.scrollIntoView({{block: 'center'}});
               const r = name.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2, name.getAttribute('aria-pressed')]; }})()"
        ));
        let pressed = place[2].as_str().unwrap().to_string();
        ((place[0].as_f64().unwrap(), place[1].as_f64().unwrap()), pressed)
    };
    let shown = pixels(browser, 0, "policy");
    let under = pixels(browser, 0, "managed");
    holds(shown > 500, format!("{shown} pixels of the policy"))?;
    holds(under > 300, format!("{under} pixels of the line below it"))?;
    let (place, _) = name(browser);
    browser.click(place, 1);
    let (place, pressed) = name(browser);
    let gone = pixels(browser, 0, "policy");
    holds(
        gone == 0 && pressed == "false",
        format!("{gone} pixels after a click, pressed {pressed}"),
    )?;
    browser.click(place, 1);
    let (_, pressed) = name(browser);
    let back = pixels(browser, 0, "policy");
    holds(
        back.abs_diff(shown) < shown / 10 && pressed == "true",
        format!("{back} pixels after two clicks, {shown} before"),
    )
}

/// Dragging over dates shows them alone, in every chart; a double click, and the button, show all.
fn zooms(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.open(page, WIDE);
    let days = |from: &str, to: &str| {
        let day = |text: &str| {
            text.parse::<chrono::NaiveDate>()
                .map_err(|_| format!("{text} is no date"))
        };
        Ok::<i64, String>((day(to)? - day(from)?).num_days())
    };
    let range = |browser: &mut Browser, number: usize| -> Result<(String, String), String> {
        let (first, _) = pointed(browser, number, 0.0, POLICY)?;
        Ok((first, pointed(browser, number, 1.0, POLICY)?.0))
    };
    for by_button in [false, true] {
        let (first, last) = range(browser, 0)?;
        holds(
            days(&first, &last)? as usize > BARS - 10,
            format!("{first} to {last}"),
        )?;
        let [x, y, width, height] = plot(browser, 0)?;
        let at = |share: f64| (x + share * width, y + 0.4 * height);
        browser.mouse("mouseMoved", at(0.3), 0);
        browser.mouse("mousePressed", at(0.3), 1);
        for step in 1..=6 {
            browser.mouse("mouseMoved", at(0.3 + 0.05 * f64::from(step)), 1);
        }
        browser.mouse("mouseReleased", at(0.6), 1);
        browser.settle();
        for number in [0, 1] {
            let (from, to) = range(browser, number)?;
            let (before, shown) = (days(&first, &from)? as f64, days(&from, &to)? as f64);
            let near = |found: f64, share: f64| (found / BARS as f64 - share).abs() < 0.02;
            holds(
                near(before, 0.3) && near(shown, 0.3),
                format!("chart {number} shows {from} to {to}"),
            )?;
        }
        if by_button {
            plot(browser, 0)?;
            let place = browser.run(
                "(() => { const r = document.querySelector('[data-panel=\"0\"] .reset').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()",
            );
            let place = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
            browser.click(place, 1);
        } else {
            plot(browser, 0)?;
            browser.click(at(0.5), 2);
        }
        for number in [0, 1] {
            let all = range(browser, number)?;
            holds(
                all == (first.clone(), last.clone()),
                format!("chart {number} shows {all:?} after all"),
            )?;
        }
    }
    Ok(())
}

/// Printed, every chart is its picture, and no table is cut.
fn prints(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.open(page, (690, 900));
    browser.show_as("print", "dark");
    let shown = browser.run(
        "[...document.querySelectorAll('.plot')].map((plot) => [getComputedStyle(plot.querySelector('.still')).display,
           plot.querySelector('.live') ? getComputedStyle(plot.querySelector('.live')).display : 'none'])",
    );
    for chart in shown.as_array().unwrap() {
        holds(
            *chart == json!(["block", "none"]),
            format!("a chart is {chart} in print"),
        )?;
    }
    let paper = browser.run("getComputedStyle(document.body).backgroundColor");
    holds(paper == "rgb(255, 255, 255)", format!("paper is {paper}"))?;
    let cut = browser.run(
        "[...document.querySelectorAll('.scroll > *, .still > svg')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 300))",
    );
    holds(cut == json!([]), format!("{cut} is cut in print"))?;
    let printed = browser.tell(
        "Page.printToPDF",
        json!({"printBackground": false, "preferCSSPageSize": true}),
    );
    let size = printed["data"].as_str().unwrap().len();
    holds(size > 100_000, format!("a PDF of {size} letters"))
}

/// No page is wider than its window, no chart than its column, and the names of series are there to be read.
fn fits(browser: &mut Browser, page: &Path) -> Result<(), String> {
    for width in [1280, 768, 400] {
        browser.open(page, (width, 900));
        let wide = browser
            .run("document.documentElement.scrollWidth")
            .as_u64()
            .unwrap();
        holds(
            wide <= u64::from(width),
            format!("the page is {wide} wide in {width}"),
        )?;
        let over = browser.run(
            "[...document.querySelectorAll('[data-panel]')].map((plot) => plot.querySelector('.uplot').getBoundingClientRect().right - plot.getBoundingClientRect().right)",
        );
        let most = over
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_f64().unwrap())
            .fold(0.0, f64::max);
        holds(
            most <= 1.0,
            format!("a chart is {most} wider than its column in {width}"),
        )?;
        let plot = plot(browser, 0)?;
        holds(
            plot[2] > 0.6 * f64::from(width.min(1080)) - 60.0,
            format!("{plot:?} in {width}"),
        )?;
    }
    // A window that changes its width.
    browser.size(WIDE);
    browser.settle();
    let grown = plot(browser, 0)?[2];
    holds(grown > 700.0, format!("{grown} wide after the window grew"))
}

/// On a dark page what is drawn is light, and changes with it.
fn is_dark_where_asked(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.open(page, WIDE);
    let light = pixels(browser, 0, "policy");
    browser.show_as("screen", "dark");
    browser.settle();
    let paper = browser.run("getComputedStyle(document.body).backgroundColor");
    let dark = pixels(browser, 0, "policy");
    let other = browser.run("getComputedStyle(document.documentElement).getPropertyValue('--policy')");
    holds(
        paper == "rgb(20, 23, 28)" && other != "#0048b0",
        format!("{paper}, {other}"),
    )?;
    holds(
        dark.abs_diff(light) < light / 5,
        format!("{dark} pixels of the policy, {light} on white"),
    )
}

/// Without scripts the pictures are there.
fn has_pictures_without_scripts(browser: &mut Browser, page: &Path) -> Result<(), String> {
    browser.allow_scripts(false);
    browser.open(page, WIDE);
    let shown = browser.run(
        "[...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('svg').getBoundingClientRect().height > 100)",
    );
    browser.allow_scripts(true);
    holds(shown == true, "a chart without its picture")
}

const CHECKS: [(&str, Check); 8] = [
    ("is drawn", is_drawn),
    ("tells values", tells_values),
    ("switches series", switches_series),
    ("zooms", zooms),
    ("prints", prints),
    ("fits", fits),
    ("is dark where asked", is_dark_where_asked),
    ("has pictures without scripts", has_pictures_without_scripts),
];

/// For each check the defect that it is there for: what stands in the page, and what in its place.
const DEFECTS: [(&str, &str, &str); 11] = [
    ("is drawn", "script-src 'sha256-", "script-src 'sha256-A"),
    ("tells values", "Math.exp(value).toFixed(3)", "value.toFixed(3)"),
    ("tells values", "low + step * level", "low + step * (level >> 1)"),
    ("tells values", "ArrowRight: 1", "ArrowRight: 2"),
    (
        "switches series",
        "</style>",
        ".u-legend { pointer-events: none }</style>",
    ),
    ("switches series", "...series,\n", "...series.slice(0, -1),\n"),
    (
        "zooms",
        "drag: { x: true, y: false }",
        "drag: { x: false, y: false }",
    ),
    (
        "prints",
        "</style>",
        "@media print { .still { display: none } }</style>",
    ),
    ("fits", "</style>", "main { min-width: 900px }</style>"),
    (
        "is dark where asked",
        "plots.forEach((plot) => plot.redraw())",
        "plots.length",
    ),
    (
        "has pictures without scripts",
        "</style>",
        ".still { display: none }</style>",
    ),
];

#[test]
fn the_page_can_be_read_with_a_mouse() {
    if !tools::has("chromium", "the report in a browser") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    report().write(folder.path()).unwrap();
    let file = folder.path().join("report.html");
    let mut browser = Browser::start();
    for (name, check) in CHECKS {
        if let Err(error) = check(&mut browser, &file) {
            panic!("the page {name}: {error}");
        }
    }
}

#[test]
fn every_check_finds_its_defect() {
    if !tools::has("chromium", "the report's defects in a browser") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    report().write(folder.path()).unwrap();
    let sound = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    let mut browser = Browser::start();
    for (number, (name, found, instead)) in DEFECTS.into_iter().enumerate() {
        assert!(sound.contains(found), "{found} is not in the page");
        let mut page = sound.replacen(found, instead, 1);
        if !found.starts_with("script-src") {
            // A changed script is no longer the one that may run.
            page = page.replace("http-equiv", "data-none");
        }
        let file = folder.path().join(format!("defect{number}.html"));
        std::fs::write(&file, page).unwrap();
        let (_, check) = CHECKS.iter().find(|(check, _)| *check == name).unwrap();
        let error = check(&mut browser, &file).expect_err(instead);
        println!("{instead}: {error}");
    }
}
