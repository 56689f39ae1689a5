//! A book through C is Rust's own, bit for bit.

use crate::results::{bits, take};
use crate::toolchain::{Host, demo_policy, has};
use ppo_risk::env::Costs;
use ppo_risk::market::BarColumns;
use ppo_risk::policy::file;
use ppo_risk::portfolio::{Book, OrderTerms, Portfolio, PortfolioConfig};
use ppo_risk::risk::drawdown_state::TradingState;
use ppo_risk::risk::manager::{Bar, RiskConfig, RiskManager};

const BARS: usize = 900;

/// Bars after which tests/c/book.c decides.
const WARM: usize = 260;

/// The settings of tests/c/book.c.
const RISK: &str = r#"{"limits": {"min_cash": 0.02, "max_gross": 0.7}, "drawdown": {"reduce_at": 0.08, "stop_at": 0.3},
    "trade_band": 0.02, "hedge": {"threshold": 0.05, "band": 0.01}}"#;

#[test]
fn a_book_from_c_is_rusts_bit_for_bit_and_allocates_nothing() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let path = host.path("book.bin");
    let arguments = [demo_policy(), path.clone()].map(|path| path.display().to_string());
    let said = host.run("book", &[&arguments[0], &arguments[1], &BARS.to_string()]);
    assert_eq!(said, format!("0 allocations in {BARS} bars\nbook: ok\n"));
    let written = std::fs::read(path).unwrap();
    let mut bytes = written.as_slice();

    let (policy, _) = file::load(demo_policy()).unwrap();
    let assets = policy.spec().state.assets;
    let config = PortfolioConfig {
        costs: Costs {
            cost_rate: 0.002,
            ..Costs::default()
        },
        history: 60,
        ..PortfolioConfig::default()
    };
    let manager = Portfolio::new(policy, config).unwrap();
    let risk = RiskManager::new(RiskConfig::from_json(RISK).unwrap(), assets).unwrap();
    let mut book = Book::new(manager, risk).unwrap();
    let (mut reducing, mut hedged, mut banded) = (0, 0, 0);
    let (mut ordered, mut paid) = (0, 0);
    for t in 0..BARS {
        let closes = take(&mut bytes, assets, f64::from_le_bytes);
        let bar = Bar {
            cash_return: 1e-4,
            shown: BarColumns::default(),
            ..Bar::closes(&closes)
        };
        if t == 700 {
            book.reset();
        }
        let decides = t >= WARM && t % 7 != 3;
        let decision = match decides {
            true => Some(book.decide(&bar).unwrap().clone()),
            false => {
                book.observe(&bar).unwrap();
                None
            }
        };
        let account = book.portfolio().account();
        let mut held = account.weights().to_vec();
        held.extend([account.cash(), account.value()]);
        let found = take(&mut bytes, assets + 2, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&held), "account, bar {t}");
        let Some(decision) = decision else {
            continue;
        };
        let units: Vec<f64> = decision.positions.iter().map(|position| position.units).collect();
        let numbers = [
            decision.cash,
            decision.gross,
            decision.leverage,
            decision.drawdown,
            decision.hedge.notional,
            book.turnover(),
            book.cost(),
            decision.reasons.len() as f64,
        ];
        for (what, expected) in [
            ("weights", decision.weights.as_slice()),
            ("units", &units),
            ("traded", book.traded()),
            ("numbers", &numbers),
        ] {
            let found = take(&mut bytes, expected.len(), f64::from_le_bytes);
            assert_eq!(bits(&found), bits(expected), "{what}, bar {t}");
        }
        let equity = held[assets + 1];
        let terms = OrderTerms {
            units: &vec![0.0; assets],
            cash: equity,
            lots: &(0..assets).map(|asset| 0.5 * asset as f64).collect::<Vec<f64>>(),
            min_units: &[],
            min_value: 300.0,
        };
        let mut orders = Vec::new();
        book.orders(&terms, |order| orders.extend([order.asset as f64, order.units]))
            .unwrap();
        let count = take(&mut bytes, 1, f64::from_le_bytes)[0];
        let found = take(&mut bytes, 2 * count as usize, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&orders), "orders, bar {t}");
        ordered += orders.len() / 2;
        if t % 50 == 20 {
            book.deposit(1000.0).unwrap();
            paid += 1;
        }
        reducing += usize::from(decision.state == TradingState::Reducing);
        hedged += usize::from(decision.hedge.active);
        banded += usize::from(book.turnover() <= 0.0);
    }
    assert!(bytes.is_empty());
    // The scenario met what it was made for.
    assert!(
        reducing > 10 && hedged > 10 && banded > 10,
        "{reducing} {hedged} {banded}"
    );
    assert!(ordered > 1000 && paid > 5, "{ordered} {paid}");
}
