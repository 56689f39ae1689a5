//! Price tables, and episodes over them.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "in a test a panic is the report, and exact values are compared on purpose"
)]

use chrono::NaiveDate;
use ndarray::{Array2, array};
use ppo_risk::market::prices::{PriceTable, Ranges};
use ppo_risk::market::simulate::{GbmParameters, SimulatedParameters};
use ppo_risk::market::table::TableMarket;
use ppo_risk::market::{BarsPerYear, Time};
use ppo_risk::market::{Market, MarketBar, Path};
use ppo_risk::math::random::stream;
use std::sync::Arc;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, number).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_string()).collect()
}

/// Four bars of two assets, with signals, cash rate and prior.
fn small() -> PriceTable {
    let close = array![[100.0, 50.0], [110.0, 49.0], [99.0, 0.1], [1e-3, 1e9]];
    PriceTable::new((1..=4).map(day).collect(), names(&["A", "B, Inc."]), close)
        .unwrap()
        .with_columns(names(&["mood"]), array![[0.1], [-0.2], [1.0 / 3.0], [1e-300]])
        .unwrap()
        .with_cash_rate(vec![0.01, 0.02, 0.0, -0.005], false)
        .unwrap()
        .with_prior(array![
            [0.5, 0.25, 0.25],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.1, 0.2, 0.7]
        ])
        .unwrap()
}

#[test]
fn tables_refuse_what_cannot_be_a_price_table_and_say_where() {
    let dates = || vec![day(1), day(2)];
    let message = |dates: Vec<NaiveDate>, assets: &[&str], close: Array2<f64>| {
        PriceTable::new(dates, names(assets), close)
            .unwrap_err()
            .to_string()
    };
    let good = array![[1.0, 2.0], [3.0, 4.0]];
    for (found, part) in [
        (
            message(vec![day(1)], &["A"], array![[1.0]]),
            "`times` has 1 values, expected at least 2",
        ),
        (message(dates(), &[], Array2::zeros((2, 0))), "`assets` is empty"),
        (
            message(dates(), &["A", "A"], good.clone()),
            "\"A\" empty or repeated",
        ),
        (
            message(dates(), &["A", ""], good.clone()),
            "\"\" empty or repeated",
        ),
        (
            message(vec![day(2), day(2)], &["A", "B"], good.clone()),
            "`times[1]` is 2020-01-02",
        ),
        (
            message(dates(), &["A"], good.clone()),
            "of shape [2, 2], expected [2, 1]",
        ),
        (
            message(dates(), &["A", "B"], array![[1.0, 2.0], [3.0, f64::NAN]]),
            "`close of B on 2020-01-02 (bar 1)` is NaN",
        ),
        (
            message(dates(), &["A", "B"], array![[1.0, 0.0], [3.0, 1.0]]),
            "`close of B on 2020-01-01 (bar 0)` is 0",
        ),
        (
            message(dates(), &["A", "B"], array![[1.0, 1.0], [f64::INFINITY, 1.0]]),
            "`close of A on 2020-01-02 (bar 1)` is inf",
        ),
    ] {
        assert!(found.contains(part), "{found}");
    }
    let table = || PriceTable::new(dates(), names(&["A", "B"]), good.clone()).unwrap();
    for (found, part) in [
        (
            table().with_cash_rate(vec![0.0], false),
            "`cash_rate` has 1 values",
        ),
        (
            table().with_cash_rate(vec![0.0, -1.0], false),
            "`cash_rate on 2020-01-02 (bar 1)` is -1",
        ),
        (
            table().with_columns(names(&["A"]), array![[1.0], [1.0]]),
            "\"A\" empty or repeated",
        ),
        (
            table().with_columns(names(&["s"]), array![[1.0], [f64::NAN]]),
            "`column s on 2020-01-02 (bar 1)`",
        ),
        (
            table().with_prior(array![[0.5, 0.5], [0.5, 0.5]]),
            "expected [2, 3]",
        ),
        (
            table().with_prior(array![[0.5, 0.5, 0.0], [0.5, 0.6, 0.0]]),
            "`prior on 2020-01-02 (bar 1)`",
        ),
        (
            table().with_ranges(Ranges {
                high: Some(good.clone()),
                low: Some(&good + 0.5),
                ..Ranges::default()
            }),
            "`low of A on 2020-01-01 (bar 0)` is 1.5, expected at most the close of that bar, 1",
        ),
        (
            table().with_ranges(Ranges {
                high: Some(array![[1.0, 2.0], [3.0, 3.999]]),
                ..Ranges::default()
            }),
            "`high of B on 2020-01-02 (bar 1)` is 3.999, expected at least the close of that bar, 4",
        ),
    ] {
        let found = found.unwrap_err().to_string();
        assert!(found.contains(part), "{found}");
    }
}

#[test]
fn rounding_around_the_close_is_taken_as_the_close() {
    let dates = vec![day(1), day(2)];
    let table = PriceTable::new(dates, names(&["A"]), array![[10.0], [10.0]]).unwrap();
    // 8 roundings of 2^-52 each.
    let (below, above) = (
        10.0 * (1.0 - 7.0 * f64::EPSILON),
        10.0 * (1.0 + 7.0 * f64::EPSILON),
    );
    let ranges = |high: f64, low: f64| Ranges {
        high: Some(array![[high], [11.0]]),
        low: Some(array![[low], [9.0]]),
        ..Ranges::default()
    };
    let taken = table.clone().with_ranges(ranges(below, above)).unwrap();
    assert_eq!(*taken.ranges(), ranges(10.0, 10.0));
    let further = 10.0 * (1.0 - 9.0 * f64::EPSILON);
    assert!(table.with_ranges(ranges(further, 9.0)).is_err());
}

#[test]
fn dates_select_bars() {
    let table = PriceTable::new(
        vec![day(2), day(6), day(9)],
        names(&["A"]),
        array![[1.0], [2.0], [4.0]],
    )
    .unwrap();
    assert_eq!(table.bar_at_or_after(day(3)), Some(1));
    assert_eq!(table.bar_at_or_after(day(6)), Some(1));
    assert_eq!(table.bar_at_or_after(day(10)), None);
    assert_eq!(table.bar_at_or_before(day(8)), Some(1));
    assert_eq!(table.bar_at_or_before(day(1)), None);
    assert_eq!(
        table
            .bars_between(Some(day(1).into()), Some(day(6).into()))
            .unwrap(),
        0..=1
    );
    assert_eq!(table.bars_between(None, None).unwrap(), 0..=2);
    let message = table
        .bars_between(Some(day(3).into()), Some(day(5).into()))
        .unwrap_err()
        .to_string();
    assert!(message.contains("2020-01-03 to 2020-01-05"), "{message}");
    assert_eq!(table.simple_returns(), array![[1.0], [1.0]]);
    assert_eq!(
        table.slice(1..=2).unwrap().times(),
        [day(6), day(9)].map(Time::from)
    );
    assert!(table.slice(1..=3).is_err() && table.slice(1..=1).is_err());
}

#[test]
fn assets_are_selected_in_the_order_asked_for() {
    let table = small();
    let turned = table.select_assets(&names(&["B, Inc.", "A"])).unwrap();
    assert_eq!(turned.close().row(0).to_vec(), [50.0, 100.0]);
    assert_eq!((turned.columns(), turned.prior()), (table.columns(), None));
    let message = table.select_assets(&names(&["A", "C"])).unwrap_err().to_string();
    assert!(message.contains("a table of 2 assets without C"), "{message}");
}

/// A year of cash at 5% is 5%, whatever its bars: 51 weeks are worth 1.05^(51/52).
#[test]
fn cash_accrues_by_the_bars_a_year_of_the_market() {
    let start = day(3);
    let weeks: Vec<NaiveDate> = (0..52).map(|week| start + chrono::Days::new(7 * week)).collect();
    let weekly = PriceTable::new(weeks, names(&["A"]), Array2::from_elem((52, 1), 10.0)).unwrap();
    assert_eq!(weekly.bars_per_year().get(), 52.0);
    let worth = |table: PriceTable| {
        let market = TableMarket::new(Arc::new(table), 0..=51, 0, 0.05).unwrap();
        (1..=51).map(|bar| 1.0 + market.cash_return(bar)).product::<f64>()
    };
    assert!((worth(weekly.clone()) - 1.05_f64.powf(51.0 / 52.0)).abs() < 1e-12);
    let daily = weekly.clone().with_bars_per_year(BarsPerYear::DAILY);
    assert!((worth(daily) - 1.05_f64.powf(51.0 / 252.0)).abs() < 1e-12);
    // Percent taken for a fraction.
    let percent = weekly
        .clone()
        .with_cash_rate(vec![5.0; 52], false)
        .unwrap_err()
        .to_string();
    assert!(
        percent.contains("`cash_rate on 2020-01-03 (bar 0)` is 5"),
        "{percent}"
    );
    assert!(
        percent.contains("0.05 is 5%") && percent.contains("confirm_cash_rate"),
        "{percent}"
    );
    assert!(weekly.with_cash_rate(vec![5.0; 52], true).is_ok());
}

#[test]
fn a_table_market_delivers_the_bar_that_ended() {
    let table = Arc::new(small());
    let market = TableMarket::new(table.clone(), 1..=3, 1, 0.5).unwrap();
    assert_eq!(market.decisions(), 1..=2);
    let (mut path, mut random) = (Path::default(), stream(1, "test", 0));
    assert_eq!(market.begin(1, 100, &mut path, &mut random), 2);
    let mut bar = MarketBar::zeros(market.shape());
    for expected in 1..=3 {
        market.advance(&mut path, &mut random, &mut bar);
        assert_eq!(path.bar, expected);
        for asset in 0..2 {
            let simple = table.close()[[expected, asset]] / table.close()[[expected - 1, asset]] - 1.0;
            assert_eq!(bar.returns[asset], simple);
        }
        // The rate known when the bar began, 365 bars a year: four days in a row end on a Saturday.
        let rate = table.cash_rate().unwrap()[expected - 1];
        assert!((bar.cash_return - ((1.0 + rate).powf(1.0 / 365.0) - 1.0)).abs() < 1e-15);
        assert_eq!(bar.columns, table.signals().row(expected).to_vec());
        assert_eq!(bar.prior, table.prior().unwrap().row(expected).to_vec());
    }
}

#[test]
fn episodes_start_uniformly_where_history_and_steps_fit() {
    let prices = SimulatedParameters::Gbm(GbmParameters::default_assets(1))
        .prices(40, day(1), 3)
        .unwrap();
    let table = Arc::new(prices);
    let mut random = stream(1, "test", 0);
    let starts = |market: &TableMarket, warm_up: usize, steps: usize, random: &mut _| {
        let mut counts = [0_u32; 40];
        for _ in 0..20_000 {
            let mut path = Path::default();
            assert_eq!(market.begin(warm_up, steps, &mut path, random), steps);
            counts[path.bar + warm_up] += 1;
        }
        counts
    };
    // History lies before the range: decisions from bar 20 to 30 - 6 = 24, 5 starts.
    let market = TableMarket::new(table.clone(), 20..=30, 10, 0.0).unwrap();
    let counts = starts(&market, 10, 6, &mut random);
    for (bar, count) in counts.into_iter().enumerate() {
        // 4,000 expected, standard deviation 57.
        let expected = if (20..=24).contains(&bar) { 4000_i64 } else { 0 };
        assert!(
            (i64::from(count) - expected).abs() < 285 * i64::from(expected > 0) + 1,
            "bar {bar}: {count}"
        );
    }
    // History eats into the range: the first start is bar 10.
    let market = TableMarket::new(table.clone(), 0..=12, 10, 0.0).unwrap();
    let counts = starts(&market, 10, 1, &mut random);
    assert!(counts[10] > 0 && counts[11] > 0 && counts[10] + counts[11] == 20_000);
    // A range shorter than the episode: all of it, from its first allowed bar, and nothing is drawn.
    let (mut path, before) = (Path::default(), random.clone());
    assert_eq!(market.begin(10, 252, &mut path, &mut random), 2);
    assert_eq!((path.bar, &random), (0, &before));
}

#[test]
fn ranges_without_room_are_refused_before_anything_runs() {
    let table = Arc::new(small());
    let message = |range, warm_up, rate| {
        TableMarket::new(table.clone(), range, warm_up, rate)
            .unwrap_err()
            .to_string()
    };
    let found = message(0..=3, 252, 0.0);
    assert!(
        found.contains("4 bars up to 2020-01-04, expected at least 254 (252 returns of history"),
        "{found}"
    );
    assert!(message(2..=2, 0, 0.0).contains("1 bar in the range, expected at least 2"));
    assert!(message(0..=4, 0, 0.0).contains("`bar range` is 0..=4, expected within 0..=3"));
    assert!(message(0..=3, 0, f64::NAN).contains("`cash_rate` is NaN"));
}
