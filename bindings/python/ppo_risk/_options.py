"""What the settings of a risk manager are: the keys of each part. Made by abi/generate from src/risk: do not edit."""

#: By the part's key (of the whole, none), then by the setting's: meaning, unit, range and default.
RISK: "dict[str, dict[str, str]]" = {
    "": {
        "bars_per_year": (
            "Bars a year, by which volatility is made annual. Default none: those of the book's policy; without "
            "one, 252."
        ),
        "limits": (
            "What weights may be. Default: long only, each up to 1, nothing else."
        ),
        "drawdown": (
            "From which drawdowns exposure may not grow or everything goes to cash. Default: none."
        ),
        "stops": (
            "Stops of single assets. Default: none."
        ),
        "volatility": (
            "How the volatility of the target is forecast from what it would have earned. Default: exponentially "
            "weighted, half-life 20 bars."
        ),
        "fewest_volatility_bars": (
            "Fewest remembered bars that volatility is forecast from, 2 or more; default 20."
        ),
        "leverage": (
            "Dynamic leverage. Default: a volatility of 15%, at most 1.5."
        ),
        "regime": (
            "Regimes that scale leverage and limits. Default: none."
        ),
        "hedge": (
            "The hedge. Default: half of net exposure from a drawdown of 10% on."
        ),
        "positions": (
            "Position sizes. Default: 1% of equity at risk in a position, 5% in all."
        ),
        "trade_band": (
            "No trade while one-way turnover to the decision is below this and what is held is allowed, 0 to 1; "
            "default 0."
        ),
    },
    "limits": {
        "min_weights": (
            "Least weight of each asset: [N], or empty for 0 each (default). Below 0 allows a short position."
        ),
        "max_weights": (
            "Most weight of each asset: [N], or empty for 1 each (default)."
        ),
        "max_gross": (
            "Most gross exposure (leverage), sum of abs(w): 0 or more; default none."
        ),
        "min_net": (
            "Least net exposure, sum of w; default none."
        ),
        "max_net": (
            "Most net exposure; default none."
        ),
        "sectors": (
            "Limits on groups of assets, which may overlap; default none."
        ),
        "min_cash": (
            "Least cash, 1 - sum of w: at most 1; default none."
        ),
        "max_turnover": (
            "Most one-way turnover of one decision, half the sum of abs(w - w_current) over assets and cash, "
            "which is max(sum of increases, sum of decreases) over assets: 0 or more; default none."
        ),
        "value_at_risk": (
            "Caps on value at risk."
        ),
        "conditional_value_at_risk": (
            "Caps on conditional value at risk."
        ),
        "tail_bars": (
            "Last bars that tail risk is measured over: 2 or more, at most 2^26/N; default 252."
        ),
        "fewest_tail_bars": (
            "Bars below which tail risk is not looked at: 2 to `tail_bars`; default 60."
        ),
    },
    "limits.sectors": {
        "name": (
            "Name, for messages."
        ),
        "assets": (
            "The assets by index, each once, at least one."
        ),
        "min": (
            "Least sum of their weights; default none."
        ),
        "max": (
            "Most sum of their weights; default none."
        ),
    },
    "limits.value_at_risk": {
        "level": (
            "Confidence, above 0 and below 1; default 0.95."
        ),
        "historical": (
            "Most of the historical measure, above 0; default none."
        ),
        "gaussian": (
            "Most of the Gaussian measure, above 0; default none."
        ),
    },
    "drawdown": {
        "reduce_at": (
            "Drawdown from which (inclusive) no exposure may grow, in (0, 1); default none."
        ),
        "reduce_band": (
            "Exposures may grow again when drawdown is below reduce_at - reduce_band; 0 or more and below "
            "`reduce_at` where that is set; default 0.02."
        ),
        "stop_at": (
            "Drawdown from which (inclusive) everything goes to cash until reset, in (0, 1], above `reduce_at`; "
            "default none."
        ),
    },
    "stops": {
        "stop": (
            "Move against the position since the best close of its time (highest for a long one, lowest for a "
            "short one), as a part of that close, from which (inclusive) the asset is left; in (0, 1); default "
            "none: no stop."
        ),
        "cooldown": (
            "Bars that a stopped asset stays out, the bar of its stop included, at least 1; default none: until "
            "`reset`."
        ),
    },
    "leverage": {
        "target_volatility": (
            "Annual volatility aimed at, above 0; default 0.15."
        ),
        "min": (
            "Least leverage before drawdown and trend, 0 or more; default 0."
        ),
        "max": (
            "Most leverage, at least `min`; default 1.5."
        ),
        "drawdown_stop": (
            "Drawdown at which leverage reaches 0, in (0, 1]; default none: drawdown does not matter."
        ),
        "drawdown_floor": (
            "Part of the highest value that is to be kept, in (0, 1); default none. The leverage is a multiple of "
            "what lies above it: without drawdown it is multiplied by 1 - drawdown_floor, and it is 0 from a "
            "drawdown of 1 - drawdown_floor on. Not together with `drawdown_stop`."
        ),
        "fraction": (
            "Part of the Kelly leverage allowed when a trend is given, above 0; default 0.5."
        ),
        "cash_rate": (
            "Annual rate that cash earns; default 0."
        ),
    },
    "hedge": {
        "threshold": (
            "Drawdown above which the hedge opens, in (0, 1); default 0.10."
        ),
        "band": (
            "The hedge closes when drawdown is below threshold - band; 0 or more and below `threshold`; default "
            "0.02."
        ),
        "hedge_ratio": (
            "Part of the net exposure that is hedged, in (0, 1], so that a hedge never turns the exposure round; "
            "default 0.5."
        ),
        "mode": (
            "All at once, or growing with the drawdown; default all at once."
        ),
    },
    "positions": {
        "risk_per_position": (
            "Risk of one position as a part of equity, in (0, 1]; default 0.01."
        ),
        "multiple": (
            "Distance of the stop in average true ranges, 1e-6 to 1e6; default 2."
        ),
        "atr_bars": (
            "Bars of Wilder's average true range, at least 1; default 14."
        ),
        "max_open_risk": (
            "Most risk of all positions together as a part of equity, in (0, 1]; default 0.05."
        ),
        "lots": (
            "Units that can be traded at a time: [N], 0 or more, 0 for any size; default empty: any size for all."
        ),
        "min_units": (
            "Smallest position in units: [N], 0 or more; default empty: none. A smaller one is dropped."
        ),
        "max_units": (
            "Largest position in units: [N], above 0, at least `min_units` and a lot; default empty: none."
        ),
    },
}
