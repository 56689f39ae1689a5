//! Whatever fails in the middle of a bar leaves no trace of it, and the bar can be given again.

use super::*;
use crate::json::compact;
use crate::market::BarColumns;
use crate::market::correlation::Correlation;
use crate::market::prior::Prior;
use crate::market::regime::RegimeBlock;
use crate::market::state::StateSpec;
use crate::math::hmm::GaussianHmm;
use crate::math::random::{Stream, stream};
use crate::policy::layout;
use crate::policy::normalizer::ObservationNormalizer;
use crate::policy::spec::{ActionSpec, NetworkSpec, PolicySpec};
use crate::portfolio::PortfolioConfig;
use crate::risk::limits::{LimitsConfig, TailLimit};
use crate::risk::regime::{RegimeConfig, RegimeScaling};
use ndarray::array;
use rand::RngExt;

const ASSETS: usize = 3;

fn policy(size: f32) -> Policy {
    let spec = PolicySpec {
        assets: ["A", "B", "C"].map(str::to_string).to_vec(),
        state: StateSpec {
            window: 5,
            account: true,
            columns: vec!["signal".to_string()],
            return_horizons: vec![2],
            history: 3,
            correlation: Some(Correlation::Assets { half_life: 1.0 }),
            regime: Some(RegimeBlock {
                model: regimes(),
                window: 5,
            }),
            ..StateSpec::base(ASSETS)
        },
        action: ActionSpec {
            prior: Prior::Supplied,
            ..ActionSpec::default()
        },
        network: NetworkSpec::Scorer { hidden: vec![4] },
    };
    let mut random = stream(9, "fault test", 0);
    let mut parameters = Vec::new();
    for parameter in layout::layout(&spec) {
        // A standard deviation has a range; weights have none.
        let size = if parameter.name.contains("log_std") {
            1.0
        } else {
            size
        };
        parameters.extend((0..parameter.len()).map(|_| size * random.random_range(0.5..1.0_f32)));
    }
    let normalizer = ObservationNormalizer::new(&spec);
    Policy::new(spec, normalizer, parameters, serde_json::Map::new()).unwrap()
}

fn regimes() -> GaussianHmm {
    GaussianHmm {
        initial: vec![0.5, 0.5],
        transition: array![[0.9, 0.1], [0.2, 0.8]],
        means: array![[0.0], [0.0]],
        covariances: vec![array![[1e-4]], array![[9e-4]]],
        log_likelihood: f64::NEG_INFINITY,
    }
}

/// A book in which every part of the risk manager works.
fn book() -> Book {
    let model = regimes();
    let mut risk = RiskConfig {
        limits: LimitsConfig {
            max_weights: vec![0.5; ASSETS],
            min_cash: Some(0.05),
            max_turnover: Some(0.3),
            conditional_value_at_risk: TailLimit {
                historical: Some(0.02),
                ..TailLimit::default()
            },
            tail_bars: 12,
            fewest_tail_bars: 5,
            ..LimitsConfig::default()
        },
        fewest_volatility_bars: 5,
        regime: Some(RegimeConfig {
            model,
            leverage: vec![1.0, 0.5],
            limits: Vec::new(),
            scaling: RegimeScaling::Weighted,
        }),
        ..RiskConfig::default()
    };
    risk.drawdown.reduce_at = Some(0.05);
    risk.stops.stop = Some(0.05);
    risk.stops.cooldown = Some(3);
    if let Some(positions) = &mut risk.positions {
        positions.atr_bars = 4;
    }
    let config = PortfolioConfig {
        history: 20,
        ..PortfolioConfig::default()
    };
    let manager = Portfolio::new(policy(1.0), config).unwrap();
    Book::new(manager, RiskManager::new(risk, ASSETS).unwrap()).unwrap()
}

/// A bar, with all that a host can show of it.
#[derive(Clone)]
struct Shown {
    closes: [f64; ASSETS],
    highs: [f64; ASSETS],
    lows: [f64; ASSETS],
    observation: [f64; 1],
    columns: [f64; 1],
    prior: [f64; ASSETS + 1],
    time: i64,
}

impl Shown {
    fn first() -> Self {
        Self {
            closes: [10.0, 2000.0, 0.5],
            highs: [0.0; ASSETS],
            lows: [0.0; ASSETS],
            observation: [0.0],
            columns: [0.0],
            prior: [0.3, 0.3, 0.3, 0.1],
            time: 0,
        }
    }

    fn next(&mut self, random: &mut Stream) {
        for i in 0..ASSETS {
            self.closes[i] *= 1.0 + random.random_range(-0.04..0.04);
            self.highs[i] = 1.01 * self.closes[i];
            self.lows[i] = 0.99 * self.closes[i];
        }
        self.observation[0] = random.random_range(-0.05..0.05);
        self.columns[0] = random.random_range(-1.0..1.0);
        self.prior.rotate_left(1);
        self.time += 60_000_000_000;
    }

    fn bar(&self) -> Bar<'_> {
        Bar {
            highs_lows: Some((&self.highs, &self.lows)),
            observation: Some(&self.observation),
            time: Some(self.time),
            cash_return: 1e-4,
            shown: BarColumns {
                columns: &self.columns,
                prior: &self.prior,
                ..BarColumns::default()
            },
            ..Bar::closes(&self.closes)
        }
    }
}

/// What is saved as bytes is what is saved as JSON, with every part at work, and a book goes on from it to the bit.
#[test]
fn bytes_hold_what_json_does() {
    let mut random = stream(4, "fault test", 3);
    let mut shown = Shown::first();
    let mut book = book();
    for t in 0..60 {
        shown.next(&mut random);
        match book.ready() {
            true => drop(book.decide(&shown.bar()).unwrap()),
            false => book.observe(&shown.bar()).unwrap(),
        }
        let bytes = compact::to_bytes(&book.state());
        let read: BookState = compact::from_bytes(&bytes, "state").unwrap();
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            serde_json::to_string(&book.state()).unwrap(),
            "bar {t}"
        );
        assert_eq!(compact::to_bytes(&read), bytes, "bar {t}");
        if t % 7 == 6 {
            let portfolio =
                Portfolio::new(book.portfolio.policy().clone(), book.portfolio.config().clone()).unwrap();
            book = Book::restore(portfolio, book.risk.config().clone(), read).unwrap();
            assert_eq!(compact::to_bytes(&book.state()), bytes, "bar {t}");
        }
    }
}

/// All that can be seen of a book: what is saved, and what the last decision left.
fn seen(book: &Book) -> String {
    let saved = serde_json::to_string(&book.state()).unwrap();
    format!(
        "{saved}\n{:?}\n{:?}",
        book.portfolio().seen(),
        book.risk().decision()
    )
}

#[test]
fn a_failure_at_any_point_leaves_every_bit_and_the_bar_can_be_given_again() {
    let mut random = stream(4, "fault test", 1);
    let mut shown = Shown::first();
    let mut book = book();
    let (mut most, mut injected) = (0, 0);
    for t in 0..80 {
        shown.next(&mut random);
        if t % 23 == 22 {
            book.set_switch([Switch::Halt, Switch::Flatten, Switch::Open][t / 23 % 3]);
        }
        let decides = book.ready() && t % 5 > 0;
        let take = |book: &mut Book| match decides {
            true => book.decide(&shown.bar()).map(|decision| format!("{decision:?}")),
            false => book.observe(&shown.bar()).map(|()| String::new()),
        };
        let before = seen(&book);
        let mut twin = book.clone();
        let (expected, points) = fault::run(None, || take(&mut twin));
        for point in 0..points {
            let (answer, _) = fault::run(Some(point), || take(&mut book));
            assert!(
                answer.unwrap_err().to_string().contains("fault"),
                "bar {t}, point {point}"
            );
            assert_eq!(seen(&book), before, "bar {t}, point {point} of {points}");
        }
        most = most.max(points);
        injected += points;
        // A retried bar counts once.
        assert_eq!(take(&mut book).unwrap(), expected.unwrap(), "bar {t}");
        assert_eq!(seen(&book), seen(&twin), "bar {t}");
    }
    assert!(
        most >= 14 && injected > 500,
        "{most} points a bar, {injected} in all"
    );
}

#[test]
fn inputs_that_cannot_be_used_and_scores_that_overflow_leave_every_bit() {
    let mut random = stream(4, "fault test", 2);
    let mut shown = Shown::first();
    let mut book = book();
    for _ in 0..40 {
        shown.next(&mut random);
        if book.ready() {
            book.decide(&shown.bar()).unwrap();
        } else {
            book.observe(&shown.bar()).unwrap();
        }
    }
    let last = shown.time;
    shown.next(&mut random);
    let bad = |change: fn(&mut Shown)| {
        let mut bad = shown.clone();
        change(&mut bad);
        bad
    };
    let refusals = [
        (bad(|bar| bar.closes[1] = f64::NAN), "bar.closes[1]"),
        (bad(|bar| bar.highs[0] = 1e-9), "bar.highs[0]"),
        (
            bad(|bar| bar.observation[0] = f64::INFINITY),
            "bar.observation[0]",
        ),
        (bad(|bar| bar.columns[0] = f64::NAN), "bar.columns[0]"),
        (bad(|bar| bar.prior[0] = -1.0), "bar.prior"),
        (bad(|bar| bar.time -= 60_000_000_000), "bar.time"),
    ];
    let before = seen(&book);
    for (bar, name) in &refusals {
        for error in [book.decide(&bar.bar()).err(), book.observe(&bar.bar()).err()] {
            let error = error.unwrap().to_string();
            assert!(error.contains(name), "{error}");
            assert_eq!(seen(&book), before, "{name}");
        }
    }
    let said = book.observe(&refusals[5].0.bar()).unwrap_err().to_string();
    assert!(
        said.contains(&format!(
            "`bar.time` is {last}, expected later than the last bar's, {last}"
        )),
        "{said}"
    );

    // A network whose scores are beyond all numbers: the bar has not been taken in, and can be given again.
    let mut twin = book.clone();
    twin.set_policy(policy(3e38)).unwrap();
    let error = twin.decide(&shown.bar()).unwrap_err().to_string();
    assert!(error.contains("score"), "{error}");
    assert_eq!(seen(&twin), before);
    // The kill switch asks no network.
    let mut stopped = twin.clone();
    stopped.set_switch(Switch::Flatten);
    stopped.decide(&shown.bar()).unwrap();
    assert!(stopped.traded()[..ASSETS].iter().all(|weight| *weight <= 0.0));
    twin.set_policy(policy(1.0)).unwrap();
    let retried = format!("{:?}", twin.decide(&shown.bar()).unwrap());
    assert_eq!(retried, format!("{:?}", book.decide(&shown.bar()).unwrap()));
    assert_eq!(seen(&twin), seen(&book));
}
