//! A trading loop over real prices: at every close the policy says what it wishes for, the risk manager decides what
//! may be done about it and says why, and the portfolio follows.
//!
//!     cargo run --example risk_loop -- [PRICES.csv] [FROM] [UNTIL]
//!
//! By default the demo policy of models/ runs through the first months of 2020 on the prices that `make prices`
//! fetches.

use ppo_risk::Result;
use ppo_risk::market::csv::{CsvOptions, Splits, read_csv};
use ppo_risk::market::{DateOrTime, Time};
use ppo_risk::policy::file;
use ppo_risk::portfolio::{Book, Portfolio, PortfolioConfig};
use ppo_risk::risk::drawdown_state::TradingState;
use ppo_risk::risk::manager::{Bar, Decision, RiskConfig, RiskManager};
use std::time::Instant;

/// What this desk holds its portfolio to: everything else is the library's default.
const RISK: &str = r#"{
    "limits": {
        "max_weights": [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1,
                        0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        "min_cash": 0.02,
        "max_turnover": 0.25,
        "conditional_value_at_risk": { "historical": 0.02 }
    },
    "drawdown": { "reduce_at": 0.08, "stop_at": 0.2 },
    "leverage": { "target_volatility": 0.15, "max": 1.0 },
    "hedge": { "threshold": 0.06, "mode": "proportional" },
    "trade_band": 0.05
}"#;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let prices = arguments
        .next()
        .unwrap_or_else(|| "data/sp500_20_stocks.csv".to_string());
    let mut date = |default: &str| {
        let text = arguments.next().unwrap_or_else(|| default.to_string());
        DateOrTime::parse(&text)
            .ok_or_else(|| ppo_risk::Error::invalid("date", text, "a date such as 2020-01-31"))
    };
    let (from, until) = (date("2020-02-18")?, date("2020-04-09")?);

    let (policy, _) = file::load("models/sp500-20-stocks.safetensors")?;
    let assets = policy.spec().assets.clone();
    // A share of the example's file fell to a third in a bar of 1990, which was no split.
    let options = CsvOptions {
        splits: Splits::Keep,
        ..CsvOptions::default()
    };
    let table = read_csv(&prices, &options)?.select_assets(&assets)?;
    let manager = Portfolio::new(policy, PortfolioConfig::default())?;
    let risk = RiskManager::new(RiskConfig::from_json(RISK)?, assets.len())?;
    let mut portfolio = Book::new(manager, risk)?;

    let mut nanoseconds = Vec::new();
    let first = *table.bars_between(Some(from), None)?.start();
    let warm_up = first.saturating_sub(300);
    let closes = table.close().rows().into_iter().zip(table.times());
    for (bar, (row, &time)) in closes.enumerate().skip(warm_up) {
        if time > until.last() {
            break;
        }
        let closes = row.to_vec();
        let bar_that_ended = Bar::closes(&closes);
        if bar < first {
            portfolio.observe(&bar_that_ended)?;
            continue;
        }
        let began = Instant::now();
        let decision = portfolio.decide(&bar_that_ended)?;
        nanoseconds.push(began.elapsed().as_nanos());
        if bar == first {
            let notes = decision.reasons.iter().filter(|reason| reason.code.is_note());
            notes.for_each(|note| println!("at every decision: {}", note.describe(&assets, &[])));
        }
        print(time, decision, &assets);
    }

    nanoseconds.sort_unstable();
    let account = portfolio.portfolio().account();
    println!(
        "\n{} decisions; equity {:.0}; median time from bar to decision {:.1} us",
        nanoseconds.len(),
        account.value(),
        nanoseconds.get(nanoseconds.len() / 2).copied().unwrap_or(0) as f64 / 1e3,
    );
    Ok(())
}

/// One line of numbers, then what shaped the decision.
fn print(time: Time, decision: &Decision, assets: &[String]) {
    let state = match decision.state {
        TradingState::Active => "ACTIVE",
        TradingState::Reducing => "REDUCING",
        TradingState::Halted => "HALTED",
    };
    println!(
        "{time}  {state:<8}  drawdown {:4.1}%  vol {:4.1}%  invested {:5.1}%  traded {:4.1}%",
        100.0 * decision.drawdown,
        100.0 * decision.volatility,
        100.0 * decision.gross,
        100.0 * decision.turnover,
    );
    if decision.hedge.active {
        let (side, money) = (decision.hedge.side, decision.hedge.notional);
        println!("    hedge: {side:?} {money:.0}");
    }
    for reason in decision.shaped_by() {
        println!("    {}", reason.describe(assets, &[]));
    }
}
