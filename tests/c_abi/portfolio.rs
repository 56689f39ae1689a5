//! A portfolio through C is Rust's own, bit for bit.

use crate::results::{bits, take};
use crate::toolchain::{Host, demo_policy, has};
use ppo_risk::env::Costs;
use ppo_risk::market::BarColumns;
use ppo_risk::policy::file;
use ppo_risk::portfolio::{Portfolio, PortfolioConfig};

const BARS: usize = 900;

/// Bars after which tests/c/portfolio.c decides.
const WARM: usize = 260;

#[test]
fn a_portfolio_from_c_is_rusts_bit_for_bit_and_allocates_nothing() {
    if !has("cc", "C programs") {
        return;
    }
    let host = Host::new();
    let written = host.path("portfolio.bin");
    let arguments = [demo_policy(), written.clone()].map(|path| path.display().to_string());
    let said = host.run("portfolio", &[&arguments[0], &arguments[1], &BARS.to_string()]);
    assert_eq!(said, format!("0 allocations in {BARS} bars\nportfolio: ok\n"));
    let written = std::fs::read(written).unwrap();
    let mut bytes = written.as_slice();

    let (policy, _) = file::load(demo_policy()).unwrap();
    let assets = policy.spec().state.assets;
    let (features, actions) = (policy.spec().state.len(), policy.spec().action_len());
    let config = PortfolioConfig {
        costs: Costs {
            cost_rate: 0.002,
            ..Costs::default()
        },
        history: 60,
        ..PortfolioConfig::default()
    };
    let mut manager = Portfolio::new(policy, config).unwrap();
    let mut decided = 0;
    for t in 0..BARS {
        let closes = take(&mut bytes, assets, f64::from_le_bytes);
        let returns = take(&mut bytes, assets, f64::from_le_bytes);
        let taken = match t % 100 {
            40 => {
                manager
                    .push_returns(&returns, 1e-4, BarColumns::default())
                    .unwrap();
                true
            }
            _ => manager.push_prices(&closes, 1e-4, BarColumns::default()).unwrap(),
        };
        assert_eq!(
            take(&mut bytes, 1, u32::from_le_bytes),
            [u32::from(taken)],
            "bar {t}"
        );
        let account = manager.account();
        let (view, value) = (account.view(), account.value());
        let numbers = [value, view.cash, view.drawdown, view.volatility];
        let mut held = view.weights.to_vec();
        held.push(view.cash);
        let found = take(&mut bytes, 4, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&numbers), "account, bar {t}");
        let found = take(&mut bytes, assets + 1, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&held), "weights held, bar {t}");

        let due = t > WARM && t % 3 == 0;
        let mut target = vec![0.0; actions];
        if due {
            target.copy_from_slice(manager.rebalance().unwrap());
            decided += 1;
        }
        if t > WARM && t % 50 == 7 {
            manager.set_position(&held, value + 1000.0).unwrap();
        }
        if t > WARM && t % 60 == 9 {
            target[assets] = 1.0;
            for i in 0..assets {
                target[i] = held[i] / 2.0;
                target[assets] -= target[i];
            }
            manager.record_trade(&target, 1e-4).unwrap();
        }
        let (mut state, mut prior) = (vec![0.0; features], vec![0.0; actions]);
        let (mut levers, mut kelly) = ([0.0; 2], vec![0.0; assets]);
        if due {
            state.copy_from_slice(manager.seen().0);
            prior.copy_from_slice(manager.seen().1);
            levers = [None, Some(0.01)].map(|trend| manager.leverage(trend).unwrap());
            kelly = manager.kelly().unwrap();
        }
        let found = take(&mut bytes, actions, f64::from_le_bytes);
        assert_eq!(bits(&found), bits(&target), "target, bar {t}");
        assert_eq!(
            take(&mut bytes, features, f32::from_le_bytes),
            state,
            "state, bar {t}"
        );
        for (what, expected) in [("prior", &prior[..]), ("leverage", &levers), ("kelly", &kelly)] {
            let found = take(&mut bytes, expected.len(), f64::from_le_bytes);
            assert_eq!(bits(&found), bits(expected), "{what}, bar {t}");
        }
    }
    assert!(bytes.is_empty() && decided > 200);
}
