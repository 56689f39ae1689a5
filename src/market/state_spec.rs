//! The layout of the state (observation): which blocks it has, and where they lie. The one owner of offsets.

use crate::error::{Count, Error, Result, words};
use crate::market::bars_per_year::BarsPerYear;
pub use crate::market::content::Content;
use crate::market::correlation::Correlation;
use crate::market::prior::LONGEST_LOOK_BACK;
use crate::market::regime::RegimeBlock;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What the policy sees at a close. The blocks of a state, in order, are [`Content`]'s, those that are switched on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSpec {
    /// Number of risky assets, N, at least 1. In the JSON of a policy's spec it may be left out, or 0: as many as `assets` names.
    #[serde(default)]
    pub assets: usize,
    /// Bars in the rolling volatility (ddof 0), at least 1; default 20.
    #[serde(default = "window")]
    pub window: usize,
    /// Whether the account block is there; default false.
    #[serde(default)]
    pub account: bool,
    /// Bars over which further returns are compounded, each 2 to 100,000 and said once, at most 16; default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_horizons: Vec<usize>,
    /// Bars in further rolling volatilities (ddof 0), each 2 to 100,000 and said once, at most 16; default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volatility_windows: Vec<usize>,
    /// Last bars that are shown one by one, each with every asset's return and the caller's columns, 0 to 1,000; default 0:
    /// none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub history: usize,
    /// How returns move together; default none: not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Correlation>,
    /// The market's regimes, as they were fitted to the prices that the policy learnt from; default none: not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regime: Option<RegimeBlock>,
    /// Whether the time of day and of the week is there; default false. Every bar then has to have a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub time: bool,
    /// Bars of an episode of fixed length, 0 to 1,000,000, of which the state then shows what is left, and what the portfolio
    /// has grown by since it began; default 0: none. Such a policy is trained in episodes of that length; elsewhere an episode
    /// begins when the portfolio does, and after its end nothing is left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub horizon: usize,
    /// Names of the columns that the caller supplies with every bar; default none.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Names of the columns that the caller supplies with every bar for each asset; default none. Networks that score
    /// assets show each its own.
    #[serde(default)]
    pub asset_columns: Vec<String>,
    /// Whether assets may be missing: absent, or halted. Default false, and true where a policy is trained on a market in
    /// which some are. It needs cash in the action.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// Bars a year of the market that the policy is made for: what the prior's annual figures are made from. Default
    /// none: that of the market it is trained on, and without a training 252.
    #[serde(default)]
    pub bars_per_year: Option<BarsPerYear>,
}

/// What [`StateSpec::window`] is where nothing says so.
fn window() -> usize {
    20
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Most further horizons of returns, and most further windows of volatilities.
const MOST_HORIZONS: usize = 16;

/// Most assets, and most columns; of each asset as many as make no more values in all.
const MOST_FEATURES: usize = 1 << 16;

/// Most returns of an asset that are shown one by one.
pub(crate) const LONGEST_HISTORY: usize = 1000;

/// Most bars of an episode whose end the state shows.
pub(crate) const LONGEST_HORIZON: usize = 1_000_000;

/// A block of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it holds.
    pub content: Content,
    /// Where it lies in the state.
    pub range: Range<usize>,
    /// Whether it has one value an asset, in the order of the assets. Networks that score assets read such a value with
    /// its asset alone, and normalise the block by one mean and variance.
    pub per_asset: bool,
}

impl StateSpec {
    /// Every content, in the order of the state, those that are switched off included.
    fn contents(&self) -> impl Iterator<Item = Content> {
        (0..).map_while(|place| self.content(place))
    }

    /// What stands at a place in the order of the state. Places are counted off and no iterators chained: it is asked for at
    /// every decision.
    fn content(&self, place: usize) -> Option<Content> {
        if let Some(content) = Content::FIRST.get(place) {
            return Some(*content);
        }
        let mut place = place - Content::FIRST.len();
        for (bars, content) in [
            (
                &self.return_horizons,
                Content::ReturnsOver as fn(usize) -> Content,
            ),
            (&self.volatility_windows, Content::VolatilityOver),
        ] {
            match bars.get(place) {
                Some(bars) => return Some(content(*bars)),
                None => place -= bars.len(),
            }
        }
        let together = Correlation::contents(self.correlation);
        if let Some(content) = together.get(place) {
            return Some(*content);
        }
        place -= together.len();
        // Each bar of the history: the returns, the columns of each asset, those of all.
        let of_bar = self.asset_columns.len() + 2;
        if place < self.history * of_bar {
            let back = place / of_bar;
            return Some(match place % of_bar {
                0 => Content::Lag(back),
                column if column + 1 == of_bar => Content::ColumnsBefore(back),
                column => Content::AssetColumnBefore(column - 1, back),
            });
        }
        place -= self.history * of_bar;
        match place.checked_sub(Content::LATER.len()) {
            None => Some(Content::LATER[place]),
            Some(column) => (column < self.asset_columns.len()).then_some(Content::AssetColumn(column)),
        }
    }

    /// Values of a block, 0 where it is switched off.
    fn len_of(&self, content: Content) -> usize {
        match content {
            Content::Cash | Content::FirstEigenvalue => 1,
            Content::Account => 2 * usize::from(self.account),
            Content::Listed => self.assets * usize::from(self.listed),
            Content::Correlations => self.assets * (self.assets - 1) / 2,
            Content::Regimes => self.regime.as_ref().map_or(0, RegimeBlock::regimes),
            Content::Time => 4 * usize::from(self.time),
            Content::Horizon => 2 * usize::from(self.horizon > 0),
            Content::Columns | Content::ColumnsBefore(_) => self.columns.len(),
            _ => self.assets,
        }
    }

    /// The blocks of a state, in order: those that are switched on.
    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        let mut end = 0;
        let placed = self.contents().map(move |content| {
            let start = end;
            end += self.len_of(content);
            Block {
                content,
                range: start..end,
                per_asset: content.per_asset(),
            }
        });
        placed.filter(|block| !block.range.is_empty())
    }

    /// Numbers of a bar of the history.
    pub fn history_channels(&self) -> usize {
        1 + self.asset_columns.len() + self.columns.len()
    }

    /// Bars that the longest block looks back on.
    pub fn look_back(&self) -> usize {
        let lists = self.return_horizons.iter().chain(&self.volatility_windows);
        let correlation = self.correlation.map_or(0, |shown| shown.window());
        let regime = self.regime.as_ref().map_or(0, |shown| shown.window);
        let longest = self.window.max(self.history).max(correlation).max(regime);
        lists.copied().fold(longest, usize::max)
    }

    /// The base layout for this number of assets: a window of 20 bars, no optional block.
    pub fn base(assets: usize) -> Self {
        Self {
            assets,
            window: window(),
            account: false,
            return_horizons: Vec::new(),
            volatility_windows: Vec::new(),
            history: 0,
            correlation: None,
            regime: None,
            time: false,
            horizon: 0,
            columns: Vec::new(),
            asset_columns: Vec::new(),
            listed: false,
            bars_per_year: None,
        }
    }

    /// The same spec for a market with so many bars a year. Errors: one that was made for bars of another kind.
    pub fn for_bars(&self, bars_per_year: BarsPerYear) -> Result<Self> {
        let known = self.bars_per_year.unwrap_or(bars_per_year);
        known.check(bars_per_year, "the policy")?;
        Ok(Self {
            bars_per_year: Some(known),
            ..self.clone()
        })
    }

    /// Bars a year, 252 where nothing says so.
    pub fn bars_per_year(&self) -> BarsPerYear {
        self.bars_per_year.unwrap_or_default()
    }

    /// Whether a policy of the one sees the same in its bars as a policy of the other: the bars a year need not agree to
    /// the last digit.
    pub fn is_alike(&self, other: &Self) -> bool {
        let near = self.bars_per_year().is_near(other.bars_per_year());
        let other = Self {
            bars_per_year: self.bars_per_year,
            ..other.clone()
        };
        near && *self == other
    }

    /// Where the flags of the assets that take part lie in a state; none where all do always.
    pub fn listed_range(&self) -> Option<Range<usize>> {
        // Asked for at every decision.
        let mut blocks = self.listed.then(|| self.blocks())?;
        blocks
            .find(|block| block.content == Content::Listed)
            .map(|block| block.range)
    }

    /// Number of values in a state.
    pub fn len(&self) -> usize {
        self.contents().map(|content| self.len_of(content)).sum()
    }

    /// Never: a state has at least four values.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// What is seen, block by block, with the shape of each.
    pub(crate) fn in_words(&self) -> String {
        let assets = self.assets;
        let mut blocks = vec![
            format!("weights [{assets}]"),
            format!("returns [{assets}]"),
            format!("volatility of {} bars [{assets}]", self.window),
            "cash ratio [1]".to_string(),
        ];
        if self.account {
            blocks.push("account [2]".to_string());
        }
        if self.listed {
            blocks.push(format!("listed [{assets}]"));
        }
        let bars = |list: &[usize]| list.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        for (what, list) in [
            ("returns", &self.return_horizons),
            ("volatilities", &self.volatility_windows),
        ] {
            if !list.is_empty() {
                blocks.push(format!(
                    "{what} of {} bars [{}, {assets}]",
                    bars(list),
                    list.len()
                ));
            }
        }
        match self.correlation {
            None => (),
            Some(Correlation::Pairs { half_life }) => blocks.push(format!(
                "correlations of pairs, half-life {half_life} bars [{}]",
                assets * (assets - 1) / 2
            )),
            Some(Correlation::Assets { half_life }) => blocks.push(format!(
                "mean correlation, beta and weight of least variance, half-life {half_life} bars [3, {assets}], and share \
                 of the first eigenvalue [1]"
            )),
        }
        if self.history > 0 {
            blocks.push(format!(
                "the last {} bars one by one [{}, {}]",
                self.history,
                self.history,
                assets * (1 + self.asset_columns.len()) + self.columns.len()
            ));
        }
        if let Some(regime) = &self.regime {
            blocks.push(format!(
                "probabilities of regimes over {} bars [{}]",
                regime.window,
                regime.regimes()
            ));
        }
        if self.time {
            blocks.push("time of the day and of the week [4]".to_string());
        }
        if self.horizon > 0 {
            blocks.push(format!("part left of {} bars, and growth [2]", self.horizon));
        }
        if !self.columns.is_empty() {
            blocks.push(format!(
                "columns [{}]: {}",
                self.columns.len(),
                self.columns.join(", ")
            ));
        }
        if !self.asset_columns.is_empty() {
            blocks.push(format!(
                "columns of each asset [{}, {assets}]: {}",
                self.asset_columns.len(),
                self.asset_columns.join(", ")
            ));
        }
        let bars = match self.bars_per_year {
            Some(bars) => format!("; made for {bars} bars a year"),
            None => String::new(),
        };
        format!("{} values: {}{bars}", self.len(), blocks.join(", "))
    }

    /// Checks that the sizes can be used.
    pub fn validate(&self) -> Result<()> {
        let assets = self.assets;
        if !(1..=MOST_FEATURES).contains(&assets) {
            let expected = words!("1 to {MOST_FEATURES}");
            return Err(Error::invalid("state.assets", assets, expected));
        }
        if self.columns.len() > MOST_FEATURES {
            let found = Count(self.columns.len(), "names");
            return Err(Error::invalid(
                "state.columns",
                found,
                words!("at most {MOST_FEATURES}"),
            ));
        }
        let most = MOST_FEATURES / assets;
        if self.asset_columns.len() > most {
            let found = Count(self.asset_columns.len(), "names");
            let expected = words!("at most {most}, {MOST_FEATURES} values over the assets");
            return Err(Error::invalid("state.asset_columns", found, expected));
        }
        if !(1..=LONGEST_LOOK_BACK).contains(&self.window) {
            let expected = words!("1 to {LONGEST_LOOK_BACK} bars");
            return Err(Error::invalid("state.window", self.window, expected));
        }
        check_horizons("state.return_horizons", &self.return_horizons)?;
        check_horizons("state.volatility_windows", &self.volatility_windows)?;
        if self.history > LONGEST_HISTORY {
            let expected = words!("0 to {LONGEST_HISTORY} bars");
            return Err(Error::invalid("state.history", self.history, expected));
        }
        if self.horizon > LONGEST_HORIZON {
            let expected = words!("0 to {LONGEST_HORIZON} bars");
            return Err(Error::invalid("state.horizon", self.horizon, expected));
        }
        if let Some(correlation) = &self.correlation {
            correlation.validate(self.assets)?;
        }
        match &self.regime {
            Some(regime) => regime.validate(),
            None => Ok(()),
        }
    }
}

/// Checks numbers of bars, each of which makes a block of its own.
fn check_horizons(input: &str, horizons: &[usize]) -> Result<()> {
    if horizons.len() > MOST_HORIZONS {
        let found = Count(horizons.len(), "numbers of bars");
        return Err(Error::invalid(input, found, words!("at most {MOST_HORIZONS}")));
    }
    for (i, bars) in horizons.iter().enumerate() {
        let expected = match horizons[..i].contains(bars) {
            true => words!("a number of bars of its own"),
            false if (2..=LONGEST_LOOK_BACK).contains(bars) => continue,
            false => words!("2 to {LONGEST_LOOK_BACK} bars"),
        };
        return Err(Error::invalid(words!("{input}[{i}]"), *bars, expected));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_follow_each_other_and_fill_the_state() {
        for (account, columns, of_assets) in [(false, 0, 0), (true, 0, 2), (false, 3, 1), (true, 2, 0)] {
            let spec = StateSpec {
                assets: 4,
                window: 20,
                account,
                columns: (0..columns).map(|i| i.to_string()).collect(),
                asset_columns: (0..of_assets).map(|i| format!("own {i}")).collect(),
                ..StateSpec::base(4)
            };
            let mut end = 0;
            for block in spec.blocks() {
                assert_eq!(block.range.start, end, "{block:?}");
                assert!(!block.per_asset || block.range.len() == spec.assets, "{block:?}");
                end = block.range.end;
            }
            let expected = 13 + 2 * usize::from(account) + columns + 4 * of_assets;
            assert_eq!((end, spec.len()), (expected, end));
        }
    }

    #[test]
    fn every_block_stands_where_it_is_documented() {
        let spec = StateSpec {
            account: true,
            listed: true,
            return_horizons: vec![5, 20],
            volatility_windows: vec![60],
            history: 2,
            correlation: Some(Correlation::Assets { half_life: 20.0 }),
            time: true,
            horizon: 10,
            columns: vec!["one".to_string()],
            asset_columns: vec!["own".to_string(), "other".to_string()],
            ..StateSpec::base(3)
        };
        let names: Vec<String> = spec.blocks().map(|block| block.content.name().into()).collect();
        let expected = "weights, returns, volatility, cash ratio, account, listed, returns of 5 bars, returns of 20 bars, \
            volatility of 60 bars, mean correlation, beta, least variance, first eigenvalue, returns at lag 0, asset columns \
            at lag 0, asset columns at lag 0, columns at lag 0, returns at lag 1, asset columns at lag 1, asset columns at \
            lag 1, columns at lag 1, time, horizon, columns, asset columns, asset columns";
        assert_eq!(names.join(", "), expected);
        assert_eq!(spec.blocks().last().unwrap().range.end, spec.len());
        assert_eq!(spec.look_back(), 200);
    }
}
