//! The programs of examples/c and examples/cpp: strict compilers take them, and both languages print the same.

use crate::programs::model_and_folder;
use crate::toolchain::{Host, has, said};

/// Runs an example in both languages; gives the lines that they have in common, which is all but `own`'s.
fn both(name: &str, arguments: &[&str], own: &str) -> Option<String> {
    if !(has("cc", "the C examples") && has("c++", "the C++ examples")) {
        return None;
    }
    let host = Host::new();
    let c = host.compile(name, &[&format!("../../examples/c/{name}.c")]);
    let said_by_c = said(&c, arguments);
    let source = format!("../../examples/cpp/{name}.cpp");
    let cpp = host.compile_cpp("c++", "-std=c++17", name, &[&source]);
    let said_by_cpp = said(&cpp, arguments);
    let common = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with(own));
        lines.map(str::to_string).collect()
    };
    assert_eq!(common(&said_by_c), common(&said_by_cpp), "{name} in C and in C++");
    let lines = |text: &str| text.lines().count();
    assert_eq!(lines(&said_by_c), lines(&said_by_cpp), "{name} in C and in C++");
    Some(said_by_c)
}

#[test]
fn infer_decides_in_both_languages() {
    let [model, _] = model_and_folder(&Host::new());
    if let Some(printed) = both("infer", &[&model, "2000"], "latency") {
        for part in ["2000 decisions", "AAPL", "XOM", "cash", "p50", "p99"] {
            assert!(printed.contains(part), "{part} is not in\n{printed}");
        }
    }
}

#[test]
fn risk_says_what_it_decides_and_why_in_both_languages() {
    let Some(printed) = both("risk", &[], "no line is its own") else {
        return;
    };
    let bars = printed.lines().filter(|line| line.contains("equity"));
    assert_eq!(bars.count(), 20, "{printed}");
    // What the text says of the scenario: each in its turn.
    let mut rest = printed.as_str();
    for part in [
        "  0  equity 100000  drawdown  0.0%  ACTIVE    stocks 60.0%  gold 25.0%",
        "ASSET_MAXIMUM STOCKS: found 0.75, allowed 0.6",
        "TRADE_BAND",
        "HEDGE_OPENED",
        "HEDGE_CLOSED",
        "REDUCING",
        "DRAWDOWN_REDUCE",
        "HALTED    stocks  0.0%  gold  0.0%",
        "DRAWDOWN_STOP",
        "ASSET_STOP STOCKS",
        "risk_manager_reset",
        " 15  equity",
        "ACTIVE    stocks  0.0%  gold 25.0%",
        "ASSET_STOPPED STOCKS",
        "ACTIVE    stocks 60.0%  gold 25.0%",
    ] {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("{part} is not where it belongs in\n{printed}"));
        rest = &rest[at + part.len()..];
    }
    let widest = printed.lines().map(str::len).max();
    assert!(widest <= Some(80), "{widest:?} columns");
}
