//! What a builder is saved as: the bars that it still needs.

use super::{Member, StateBuilder, check_len};
use crate::error::{Error, Result, words};
use crate::json::compact;
use crate::market::prior::Prior;
use crate::market::state_spec::StateSpec;
use serde::{Deserialize, Serialize};

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// What a builder is saved as.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    spec: StateSpec,
    prior: Prior,
    cash: bool,
    bars: usize,
    #[serde(serialize_with = "compact::numbers")]
    returns: Vec<f64>,
    #[serde(serialize_with = "compact::numbers")]
    squares: Vec<f64>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "compact::numbers"
    )]
    regimes: Vec<f64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    time: i64,
    /// Of the bars of the history, of one without it: a row each, 0 before the first bar.
    columns: Vec<f64>,
    #[serde(default)]
    asset_columns: Vec<f64>,
    supplied: Vec<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<Member>,
}

impl From<StateBuilder> for Saved {
    fn from(builder: StateBuilder) -> Self {
        Self {
            // Nobody sees it where the state does not show it.
            time: if builder.spec.time { builder.time } else { 0 },
            returns: builder.returns.all().to_vec(),
            squares: builder.squares.all().to_vec(),
            regimes: builder
                .regimes
                .iter()
                .flat_map(|shown| shown.all())
                .copied()
                .collect(),
            columns: builder.columns.last(builder.spec.history.max(1)).to_vec(),
            asset_columns: builder.asset_columns.last(builder.spec.history.max(1)).to_vec(),
            spec: builder.spec,
            prior: builder.prior,
            cash: builder.cash,
            bars: builder.bars,
            supplied: builder.supplied,
            members: builder.members,
        }
    }
}

impl TryFrom<Saved> for StateBuilder {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self> {
        let mut builder = Self::new(&saved.spec, saved.prior, saved.cash)?;
        let rows = saved.returns.len() / saved.spec.assets;
        check_len("history.returns", saved.returns.len(), rows * saved.spec.assets)?;
        let kept = saved.spec.history.max(1);
        let (of_all, of_assets) = (builder.columns.width(), builder.asset_columns.width());
        check_len("history.columns", saved.columns.len(), kept * of_all)?;
        check_len(
            "history.asset_columns",
            saved.asset_columns.len(),
            kept * of_assets,
        )?;
        check_len("history.supplied", saved.supplied.len(), builder.supplied.len())?;
        check_len("history.members", saved.members.len(), builder.members.len())?;
        let most = builder.warm_up_bars();
        if let Some(i) = saved.members.iter().position(|member| member.returns > most) {
            let input = words!("history.members[{i}].returns");
            return Err(Error::invalid(
                input,
                saved.members[i].returns,
                words!("at most {most}"),
            ));
        }
        if saved.bars >= builder.warm_up_bars() {
            builder.bars = builder.warm_up_bars();
            check_len("history.squares", saved.squares.len(), builder.decay.len())?;
        } else {
            builder.bars = saved.bars;
        }
        let least = builder.bars.min(builder.spec.look_back());
        if rows < least {
            let found = words!("{rows} bars");
            return Err(Error::invalid(
                "history.returns",
                found,
                words!("at least {least} bars"),
            ));
        }
        // As check() would have it of every bar.
        let largest = f64::from(f32::MAX);
        for (name, values, usable) in [
            ("returns", &saved.returns, -1.0..=f64::MAX),
            ("squares", &saved.squares, 0.0..=f64::MAX),
            ("regimes", &saved.regimes, 0.0..=1.0),
            ("columns", &saved.columns, -largest..=largest),
            ("asset_columns", &saved.asset_columns, -largest..=largest),
            ("supplied", &saved.supplied, 0.0..=1.0),
        ] {
            if let Some(i) = values.iter().position(|value| !usable.contains(value)) {
                let input = words!("history.{name}[{i}]");
                return Err(Error::invalid(input, values[i], "a number that a bar can have"));
            }
        }
        saved
            .returns
            .chunks_exact(saved.spec.assets)
            .for_each(|row| builder.returns.push(row));
        saved
            .squares
            .iter()
            .for_each(|&square| builder.squares.push(&[square]));
        match &mut builder.regimes {
            Some(regimes) => regimes.restore(&saved.regimes, builder.bars)?,
            None => check_len("history.regimes", saved.regimes.len(), 0)?,
        }
        builder.time = saved.time;
        for (history, values) in [
            (&mut builder.columns, &saved.columns),
            (&mut builder.asset_columns, &saved.asset_columns),
        ] {
            let width = history.width().max(1);
            values.chunks_exact(width).for_each(|row| history.push(row));
        }
        builder.supplied = saved.supplied;
        builder.members = saved.members;
        builder.correlate();
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Whoever forges a state can ask for any number of assets.
    #[test]
    fn a_number_of_assets_that_no_spec_has_is_refused() {
        let spec = StateSpec {
            listed: true,
            ..StateSpec::base(2)
        };
        let builder = StateBuilder::new(&spec, Prior::Supplied, true).unwrap();
        let saved = serde_json::to_value(builder).unwrap();
        let read = |assets: Option<u64>| {
            let mut saved = saved.clone();
            let said = saved["spec"].as_object_mut().unwrap();
            said.remove("assets");
            said.extend(assets.map(|assets| ("assets".to_string(), json!(assets))));
            serde_json::from_value::<StateBuilder>(saved)
        };
        read(Some(2)).unwrap();
        for assets in [
            None,
            Some(0),
            Some(u64::MAX),
            Some(u64::MAX - 1),
            Some(1 << 60),
            Some(65_537),
        ] {
            let error = read(assets).unwrap_err().to_string();
            assert!(error.contains("state.assets"), "{error}");
        }
    }
}
