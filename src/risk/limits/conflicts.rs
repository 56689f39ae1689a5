//! Limits that contradict each other, found when they are set, and named two at a time.

use super::config::LimitsConfig;
use super::in_force::{CASH, NET, SECTORS};
use crate::error::{Error, Result};
use crate::math::projection::{Limit, Outcome, Projector, Region, TOLERANCE};
use std::cmp::Reverse;

/// One side of a contradiction: a key and what it says.
type Side = (String, f64);

/// Refuses limits that no portfolio meets: first by what two of them, or one and the sum of others, say; then
/// all of them together, by the proof that their `region` (without turnover) is empty.
pub(super) fn check(config: &LimitsConfig, region: &Region, projector: &mut Projector) -> Result<()> {
    pairs(config, region.low.len())?;
    let origin = vec![0.0; region.low.len()];
    let mut out = origin.clone();
    let Outcome::Empty { .. } = projector.project(region, &origin, &mut out)? else {
        return Ok(());
    };
    // The limit that carries most of the proof and the strongest of another kind; sums before bounds of
    // single assets, which are many. Multipliers are compared to nine digits, beyond which they are rounding.
    let mut proof = projector.multipliers().to_vec();
    proof.retain(|(_, multiplier)| *multiplier > 1e-9);
    proof.sort_by_key(|&(limit, multiplier)| (Reverse((multiplier * 1e9).round() as u64), rank(limit)));
    let first = proof.first().map(|(limit, _)| *limit);
    let kind = |limit: Limit| rank(limit).0;
    let other = proof
        .iter()
        .map(|(limit, _)| *limit)
        .find(|&limit| first.map(kind) != Some(kind(limit)));
    let side = |limit: Option<Limit>| limit.map(|limit| describe(config, limit));
    match (
        side(first),
        side(other.or_else(|| proof.get(1).map(|(limit, _)| *limit))),
    ) {
        (Some((input, found)), Some((other, limit))) => {
            let expected = format!(
                "limits that some portfolio meets: together with {other}, which is {limit}, none does"
            );
            Err(Error::invalid(input, found, expected))
        }
        _ => Err(Error::invalid(
            "limits",
            "contradictory",
            "limits that some portfolio meets",
        )),
    }
}

fn pairs(config: &LimitsConfig, assets: usize) -> Result<()> {
    let all = || 0..assets;
    for i in all() {
        let (low, high) = (config.min_weight(i), config.max_weight(i));
        at_most(
            (format!("min_weights[{i}]"), low),
            (format!("max_weights[{i}]"), high),
        )?;
    }
    let least = |over: &mut dyn Iterator<Item = usize>| over.map(|i| config.min_weight(i)).sum::<f64>();
    let most = |over: &mut dyn Iterator<Item = usize>| over.map(|i| config.max_weight(i)).sum::<f64>();
    let sum = |key: &str, value: f64| (format!("{key} (their sum)"), value);
    let named = |key: &str, value: Option<f64>| value.map(|value| (key.to_owned(), value));
    let gross = named("max_gross", config.max_gross);
    let net_most = named("max_net", config.max_net);
    let net_least = named("min_net", config.min_net);
    let cash = config
        .min_cash
        .map(|cash| ("min_cash (1 - it)".to_owned(), 1.0 - cash));
    for ceiling in [&net_most, &cash].into_iter().flatten() {
        at_most(sum("min_weights", least(&mut all())), ceiling.clone())?;
        if let Some(net_least) = &net_least {
            at_most(net_least.clone(), ceiling.clone())?;
        }
    }
    if let Some(net_least) = &net_least {
        at_most(net_least.clone(), sum("max_weights", most(&mut all())))?;
    }
    if let Some(gross) = &gross {
        let needed = |i: usize| config.min_weight(i).max(-config.max_weight(i)).max(0.0);
        let unavoidable = all().map(needed).sum();
        at_most(
            (
                "min_weights and max_weights (sum of sizes)".to_owned(),
                unavoidable,
            ),
            gross.clone(),
        )?;
        let shorts = net_most
            .as_ref()
            .map(|(key, value)| (format!("{key} (its size)"), -value));
        for floor in [&net_least, &shorts].into_iter().flatten() {
            at_most(floor.clone(), gross.clone())?;
        }
    }
    for (k, sector) in config.sectors.iter().enumerate() {
        let key = |end: &str| format!("sectors[{k}].{end}");
        let members = || sector.assets.iter().copied();
        if let (Some(min), Some(max)) = (sector.min, sector.max) {
            at_most((key("min"), min), (key("max"), max))?;
        }
        if let Some(min) = sector.min {
            at_most(
                (key("min"), min),
                sum("max_weights over it", most(&mut members())),
            )?;
            gross
                .clone()
                .map_or(Ok(()), |gross| at_most((key("min"), min), gross))?;
        }
        if let Some(max) = sector.max {
            at_most(
                sum("min_weights over it", least(&mut members())),
                (key("max"), max),
            )?;
            gross.clone().map_or(Ok(()), |gross| {
                at_most((format!("{} (its size)", key("max")), -max), gross)
            })?;
        }
    }
    Ok(())
}

fn at_most(low: Side, high: Side) -> Result<()> {
    if low.1 <= high.1 + TOLERANCE {
        return Ok(());
    }
    let expected = format!("at most limits.{}, which is {}", high.0, high.1);
    Err(Error::invalid(format!("limits.{}", low.0), low.1, expected))
}

fn rank(limit: Limit) -> (usize, usize) {
    match limit {
        Limit::Least(k) => (0, k),
        Limit::Most(k) => (1, k),
        Limit::Gross => (2, 0),
        Limit::Low(i) => (3, i),
        Limit::High(i) => (4, i),
        Limit::Increases | Limit::Decreases => (5, 0),
    }
}

fn describe(config: &LimitsConfig, limit: Limit) -> Side {
    let sector = |k: usize| &config.sectors[k - SECTORS];
    let (key, value) = match limit {
        Limit::Low(i) => (format!("min_weights[{i}]"), Some(config.min_weight(i))),
        Limit::High(i) => (format!("max_weights[{i}]"), Some(config.max_weight(i))),
        Limit::Gross => ("max_gross".to_owned(), config.max_gross),
        Limit::Least(NET) => ("min_net".to_owned(), config.min_net),
        Limit::Most(NET) => ("max_net".to_owned(), config.max_net),
        Limit::Least(CASH) | Limit::Most(CASH) => ("min_cash".to_owned(), config.min_cash),
        Limit::Least(k) => (format!("sectors[{}].min", k - SECTORS), sector(k).min),
        Limit::Most(k) => (format!("sectors[{}].max", k - SECTORS), sector(k).max),
        Limit::Increases | Limit::Decreases => ("max_turnover".to_owned(), config.max_turnover),
    };
    (format!("limits.{key}"), value.unwrap_or(f64::NAN))
}
