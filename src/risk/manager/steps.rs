//! The steps of a decision, in their order.

use super::input::{CheckedBar, LARGEST_TARGET, RiskPortfolio};
use super::risk_manager::{Memory, RiskManager};
use super::switch::Switch;
use crate::error::Result;
use crate::fault;
use crate::market::Status;
use crate::math::projection;
use crate::risk::drawdown_state::TradingState;
use crate::risk::limits::Tightening;
use crate::risk::position_size::PositionInputs;
use crate::risk::reason::{Reason, ReasonCode};

impl Memory {
    /// Becomes what `other` is, of the same settings. Allocates nothing.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.drawdown.clone_from(&other.drawdown);
        self.stops.copy_from(&other.stops);
        self.hedge.clone_from(&other.hedge);
        if let (Some(atr), Some(other)) = (&mut self.atr, &other.atr) {
            atr.copy_from(other);
        }
        if let (Some(regime), Some(other)) = (&mut self.regime, &other.regime) {
            regime.copy_from(other);
        }
        self.closes.copy_from_slice(&other.closes);
        (self.has_closes, self.time) = (other.has_closes, other.time);
    }
}

impl RiskManager {
    /// The bar becomes history.
    pub(super) fn take(&mut self, bar: &CheckedBar<'_>) -> Result<()> {
        let (memory, reasons) = (&mut self.memory, &mut self.next.reasons);
        if let Some(atr) = &mut memory.atr {
            let before = reasons.len();
            atr.take(bar.prices, bar.status, reasons);
            // How our own was measured does not matter where another is given.
            if bar.atr.is_some() {
                reasons.truncate(before);
            }
        }
        fault::point()?;
        if let Some(regime) = &mut memory.regime {
            regime.update(bar.observation, reasons)?;
        }
        fault::point()?;
        if memory.has_closes {
            let returns = &mut self.buffers.returns;
            let bars = bar.closes.iter().zip(&memory.closes);
            for (i, (earned, (to, from))) in returns.iter_mut().zip(bars).enumerate() {
                let has_return = Status::of(bar.status, i).has_return();
                *earned = if has_return { to / from - 1.0 } else { 0.0 };
            }
            self.scenarios.push(returns)?;
            self.pushed = true;
        }
        memory.closes.copy_from_slice(bar.closes);
        memory.has_closes = true;
        memory.time = bar.time.or(memory.time);
        Ok(())
    }

    /// The target times dynamic leverage and the regime's factor.
    pub(super) fn scale(&mut self, bar: &CheckedBar<'_>, portfolio: &RiskPortfolio<'_>) -> Result<()> {
        let reasons = &mut self.next.reasons;
        let levered = self.config.leverage.is_some() && self.switch == Switch::Open;
        if levered && bar.trend.is_none() {
            reasons.push(Reason::portfolio(ReasonCode::SkippedTrend, f64::NAN, f64::NAN));
        }
        let (bars, fewest) = (self.scenarios.len(), self.config.fewest_volatility_bars);
        let forecast = match bar.volatility {
            None if bars >= fewest => {
                let earned = &mut self.buffers.earned[..bars];
                self.scenarios.portfolio_returns(portfolio.target, earned);
                Some(
                    self.config
                        .volatility
                        .annual(earned, self.config.bars_per_year())?,
                )
            }
            given => given,
        };
        fault::point()?;
        self.next.volatility = forecast.unwrap_or(f64::NAN);
        let mut factor = 1.0;
        // What is held was levered when it was traded: to lever it again would shrink it bar by bar.
        let open = self.switch == Switch::Open;
        if let Some(leverage) = self.config.leverage.as_ref().filter(|_| open) {
            let (found, allowed) = (bars as f64, fewest as f64);
            match forecast {
                Some(volatility) if volatility > 0.0 => {
                    let drawdown = self.next.drawdown;
                    factor = leverage.explain(volatility, drawdown, bar.trend, reasons)?;
                }
                // Nothing but cash is wished for.
                _ if portfolio.target.iter().all(|weight| weight.abs() <= 0.0) => {}
                Some(volatility) => {
                    reasons.push(Reason::portfolio(ReasonCode::FlatTarget, volatility, f64::NAN));
                }
                None => reasons.push(Reason::portfolio(ReasonCode::SkippedLeverage, found, allowed)),
            }
        }
        if let Some(regime) = self.memory.regime.as_ref().filter(|_| open) {
            let scaled = factor * regime.leverage_factor();
            if scaled.to_bits() != factor.to_bits() {
                reasons.push(Reason::portfolio(ReasonCode::LeverageRegime, factor, scaled));
            }
            factor = scaled;
        }
        self.next.leverage = factor;
        for (i, scaled) in self.buffers.scaled.iter_mut().enumerate() {
            *scaled = match bar.can_trade(i) {
                true => (factor * portfolio.target[i]).clamp(-LARGEST_TARGET, LARGEST_TARGET),
                false => portfolio.current[i],
            };
        }
        Ok(())
    }

    /// The bounds that state and stops impose: everything between 0 and what is held, or 0.
    pub(super) fn narrow(&mut self, bar: &CheckedBar<'_>, portfolio: &RiskPortfolio<'_>) {
        let (low, high) = (&mut self.buffers.low, &mut self.buffers.high);
        let reasons = &mut self.next.reasons;
        self.memory
            .stops
            .take(bar.prices.closes, portfolio.current, reasons);
        for (i, &held) in portfolio.current.iter().enumerate() {
            let (least, most) = match self.next.state {
                // What cannot be traded is put back where it was held.
                _ if !bar.can_trade(i) => (held.min(0.0), held.max(0.0)),
                TradingState::Active => (f64::NEG_INFINITY, f64::INFINITY),
                TradingState::Reducing => (held.min(0.0), held.max(0.0)),
                TradingState::Halted => (0.0, 0.0),
            };
            let out = self.memory.stops.stopped(i);
            (low[i], high[i]) = if out { (0.0, 0.0) } else { (least, most) };
        }
    }

    /// The nearest allowed weights; what is held where the trade is too small, or the asset cannot be traded.
    pub(super) fn limit(&mut self, bar: &CheckedBar<'_>, portfolio: &RiskPortfolio<'_>) -> Result<()> {
        let factor = match &self.memory.regime {
            Some(regime) => regime.limits_factor(),
            None => 1.0,
        };
        let decision = &mut self.next;
        if let Some(regime) = self.memory.regime.as_ref().filter(|_| factor < 1.0) {
            let likely = regime.most_likely() as f64;
            decision
                .reasons
                .push(Reason::portfolio(ReasonCode::LimitsRegime, likely, factor));
        }
        let tightening = Tightening {
            factor,
            low: &self.buffers.low,
            high: &self.buffers.high,
        };
        self.limits.apply(
            &self.buffers.scaled,
            portfolio.current,
            &self.scenarios,
            &tightening,
            &mut decision.weights,
            &mut decision.reasons,
        )?;
        let turnover = projection::turnover(portfolio.current, &decision.weights);
        if turnover > 0.0 && turnover < self.config.trade_band {
            self.buffers.aside.clear();
            self.limits.apply(
                portfolio.current,
                portfolio.current,
                &self.scenarios,
                &tightening,
                &mut self.buffers.held,
                &mut self.buffers.aside,
            )?;
            if self.buffers.held == portfolio.current {
                decision.weights.copy_from_slice(portfolio.current);
                let band = self.config.trade_band;
                decision
                    .reasons
                    .push(Reason::portfolio(ReasonCode::TradeBand, turnover, band));
            }
        }
        keep_untradable(
            bar,
            portfolio.current,
            &mut decision.weights,
            &mut decision.reasons,
        );
        let weights = &decision.weights;
        decision.turnover = projection::turnover(portfolio.current, weights);
        decision.net = weights.iter().sum();
        decision.gross = weights.iter().map(|weight| weight.abs()).sum();
        decision.cash = 1.0 - decision.net;
        Ok(())
    }

    /// Hedge and position sizes.
    pub(super) fn overlay(&mut self, bar: &CheckedBar<'_>, portfolio: &RiskPortfolio<'_>) -> Result<()> {
        let decision = &mut self.next;
        if let Some(hedge) = &mut self.memory.hedge {
            decision.hedge = hedge.decide(
                decision.drawdown,
                &decision.weights,
                portfolio.equity,
                bar.betas,
                &mut decision.reasons,
            )?;
        }
        if let (Some(sizer), Some(atr)) = (&self.sizer, &self.memory.atr) {
            // Prices that stood still have a range of 0: as good as none.
            let own = |value: f64| if value > 0.0 { value } else { f64::NAN };
            for (slot, &value) in self.buffers.atr.iter_mut().zip(bar.atr.unwrap_or(atr.values())) {
                *slot = own(value);
            }
            let inputs = PositionInputs {
                weights: &decision.weights,
                equity: portfolio.equity,
                closes: bar.closes,
                atr: &self.buffers.atr,
                atr_seen: atr.seen(),
            };
            sizer.size_checked(inputs, &mut decision.positions, &mut decision.reasons)?;
            for (i, position) in decision.positions.iter_mut().enumerate() {
                if !bar.can_trade(i) {
                    position.units = decision.weights[i] * portfolio.equity / bar.closes[i];
                }
            }
        }
        Ok(())
    }
}

/// Puts what is held of assets that cannot be traded back where it was, and takes what that is more than the weights allowed, if
/// anything, from the long positions of the others.
fn keep_untradable(bar: &CheckedBar<'_>, current: &[f64], weights: &mut [f64], reasons: &mut Vec<Reason>) {
    let mut more = 0.0;
    for (i, weight) in weights.iter_mut().enumerate() {
        if bar.can_trade(i) {
            continue;
        }
        if current[i] != 0.0 || bar.has_price(i) {
            let code = match bar.has_price(i) {
                true => ReasonCode::AssetPinned,
                false => ReasonCode::AssetHalted,
            };
            reasons.push(Reason::at(code, i, current[i], *weight));
        }
        more += current[i] - *weight;
        *weight = current[i];
    }
    let long = |(i, weight): (usize, &f64)| if bar.can_trade(i) { weight.max(0.0) } else { 0.0 };
    let free: f64 = weights.iter().enumerate().map(long).sum();
    if more > 0.0 && free > 0.0 {
        let part = (1.0 - more / free).max(0.0);
        for (i, weight) in weights.iter_mut().enumerate() {
            if bar.can_trade(i) && *weight > 0.0 {
                *weight *= part;
            }
        }
    }
}
