//! What a spec has to be for a policy to be made of it.

use super::{Attention, PolicySpec};
use crate::error::{Count, Error, Result};
use crate::market::correlation::Correlation;
use crate::policy::layout::{layout, row_len};
use std::collections::HashSet;

/// Most hidden layers.
const MOST_LAYERS: usize = 64;

/// Most numbers that a bar is embedded in.
const MOST_EMBEDDING: usize = 256;

/// Most parameters: 256 MiB of them.
const MOST_PARAMETERS: u64 = 1 << 26;

/// Most inputs of a scorer's rows together: 64 MiB of them in every thread's buffers.
const MOST_ROW_VALUES: usize = 1 << 24;

impl PolicySpec {
    /// Checks that every size and bound can be used; the error names the first that cannot.
    ///
    /// Sizes have upper limits (65,536 assets, as many columns, 100,000 bars of history, 2^26 parameters, 2^24 inputs of
    /// a scorer), so that a spec from a file cannot ask for more memory than any machine has.
    pub fn validate(&self) -> Result<()> {
        self.state.validate()?;
        let assets = self.state.assets;
        if self.assets.len() != assets {
            return Err(Error::invalid(
                "assets",
                Count(self.assets.len(), "names"),
                assets,
            ));
        }
        check_names("assets", &self.assets)?;
        check_names("state.columns", &self.state.columns)?;
        check_names("state.asset_columns", &self.state.asset_columns)?;
        if self.network.scores_rows() && matches!(self.state.correlation, Some(Correlation::Pairs { .. })) {
            let expected = "`assets`, as the network scores assets one by one";
            return Err(Error::invalid("state.correlation", "`pairs`", expected));
        }
        if self.action_len() < 2 {
            return Err(Error::invalid(
                "action.cash",
                "false with one asset",
                "at least two weights to choose from",
            ));
        }
        let hidden = self.network.hidden();
        if hidden.is_empty() || hidden.contains(&0) || hidden.iter().any(|&width| width > 1 << 16) {
            let expected = "one or more layers of 1 to 65536 units";
            return Err(Error::invalid("network.hidden", format!("{hidden:?}"), expected));
        }
        if hidden.len() > MOST_LAYERS {
            let found = Count(hidden.len(), "layers");
            return Err(Error::invalid(
                "network.hidden",
                found,
                format!("at most {MOST_LAYERS}"),
            ));
        }
        self.check_attention()?;
        // No overflow: every layer is below 2^37 values, and there are at most 2 * 64 + 3 of them.
        let parameters: u64 = layout(self).iter().map(|parameter| parameter.len() as u64).sum();
        if parameters > MOST_PARAMETERS {
            let found = format!("a network of {parameters} parameters");
            return Err(Error::invalid(
                "network",
                found,
                format!("at most {MOST_PARAMETERS}"),
            ));
        }
        // No overflow: both are below 2^18.
        let rows = self.score_len() * row_len(self);
        if self.network.scores_rows() && rows > MOST_ROW_VALUES {
            let found = format!("a scorer of {rows} inputs ({} rows)", self.score_len());
            return Err(Error::invalid(
                "network",
                found,
                format!("at most {MOST_ROW_VALUES}"),
            ));
        }
        self.action.validate(assets)?;
        match self.state.listed {
            true => self.check_listed(),
            false => Ok(()),
        }
    }

    /// That an attention has bars to look at, and heads that share the embedding out.
    fn check_attention(&self) -> Result<()> {
        let Some(attention) = self.attention() else {
            return Ok(());
        };
        let Attention {
            embedding,
            heads,
            bars,
            ..
        } = attention;
        if !(1..=MOST_EMBEDDING).contains(&embedding) {
            let expected = format!("1 to {MOST_EMBEDDING}");
            return Err(Error::invalid("network.embedding", embedding, expected));
        }
        if heads == 0 || embedding % heads > 0 {
            let expected = format!("a divisor of {embedding} (embedding)");
            return Err(Error::invalid("network.heads", heads, expected));
        }
        if bars < 2 {
            let expected = "2 bars or more, which the attention looks at";
            return Err(Error::invalid("state.history", bars, expected));
        }
        Ok(())
    }

    /// That there is cash for what assets that are missing leave, and nothing that each of them has to hold.
    fn check_listed(&self) -> Result<()> {
        let why = "as assets may be missing (`listed`)";
        if !self.action.cash {
            return Err(Error::invalid("action.cash", false, format!("true, {why}")));
        }
        if self.action.weight_floor > 0.0 {
            let expected = format!("0, {why}");
            return Err(Error::invalid(
                "action.weight_floor",
                self.action.weight_floor,
                expected,
            ));
        }
        Ok(())
    }
}

/// Names are shown on terminals and tell columns apart.
fn check_names(input: &str, names: &[String]) -> Result<()> {
    let mut seen = HashSet::new();
    for (i, name) in names.iter().enumerate() {
        if name.is_empty() || name.chars().any(char::is_control) {
            let expected = "a name without control characters";
            return Err(Error::invalid(
                format!("{input}[{i}]"),
                format!("{name:?}"),
                expected,
            ));
        }
        if !seen.insert(name) {
            let found = format!("{name:?} again");
            return Err(Error::invalid(
                format!("{input}[{i}]"),
                found,
                "a name of its own",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::policy::spec::PolicySpec;
    use crate::policy::test_specs;

    #[test]
    fn a_scorer_of_many_rows_and_columns_is_too_large() {
        let mut spec = test_specs::scorer(4096);
        spec.state.columns = (0..4000).map(|i| format!("column {i}")).collect();
        spec.validate().unwrap();
        spec.state
            .columns
            .extend((0..200).map(|i| format!("another {i}")));
        let error = spec.validate().unwrap_err().to_string();
        assert!(
            error.contains("4097 rows") && error.contains("16777216"),
            "{error}"
        );
    }
    /// The names say how many assets there are; a number beside them has to be theirs.
    #[test]
    fn a_state_without_a_number_of_assets_has_as_many_as_there_are_names() {
        let of_state = |state: &str| {
            let json = format!(
                r#"{{"assets": ["A", "B"], "state": {state}, "action": {{}}, "network": {{"scorer": {{"hidden": [2]}}}}}}"#
            );
            serde_json::from_str::<PolicySpec>(&json).unwrap()
        };
        let spec = of_state("{}");
        spec.validate().unwrap();
        assert_eq!(spec, of_state(r#"{"assets": 2}"#));
        assert_eq!(spec, of_state(r#"{"assets": 0}"#));
        assert!(of_state(r#"{"assets": 3}"#).validate().is_err());
    }
}
