"""What the bindings call the types of C. All other names follow from C's by rule.

A new struct, handle or family of constants gets its line here; a function needs none.
"""

import re
from dataclasses import dataclass

from surface import Constant, Struct, Surface, Variable


@dataclass
class Family:
    """Constants that belong together: an enumeration."""

    prefix: str
    csharp: str
    go: str
    #: What Go's constants begin with: DeviceCPU.
    go_prefix: str
    #: The Python enumeration; "" where Python has none.
    python: str
    #: What it is, for all three.
    doc: str


FAMILIES = (
    Family("PPO_ERR_", "Status", "Status", "Err", "",
           "What a call of the library came to. A newer library may answer a number that is not listed here: every "
           "negative one is a failure."),
    Family("PPO_LOG_", "LogLevel", "LogLevel", "Log", "LogLevel", "Level of a line of the log."),
    Family("PPO_DEVICE_", "Device", "Device", "Device", "Device", "Where training calculates."),
    Family("PPO_PRECISION_", "Precision", "Precision", "Precision", "Precision",
           "How exactly an agent keeps its network's weights."),
    Family("PPO_SCHEDULE_", "Schedule", "Schedule", "Schedule", "Schedule", "How a setting moves over training."),
    Family("PPO_REWARD_", "Reward", "Reward", "Reward", "Reward",
           "What the library's own environments reward (docs/rewards.md)."),
    Family("PPO_CONTROL_VARIATE_", "ControlVariate", "ControlVariate", "ControlVariate", "ControlVariate",
           "What is taken out of the reward."),
    Family("PPO_START_", "Start", "Start", "Start", "Start", "What an episode of the library's own environments starts with."),
    Family("PPO_JOB_", "JobState", "JobState", "Job", "JobState", "What a job is doing."),
    Family("PPO_BAR_AT_", "BarAt", "BarAt", "BarAt", "", "Which bar to look for where a time is not among the bars."),
    Family("PPO_BASELINE_", "Baseline", "Baseline", "Baseline", "Baseline", "Portfolios that people would otherwise hold."),
    Family("RISK_REASON_", "ReasonCode", "ReasonCode", "Reason", "ReasonCode",
           "What shaped a decision; from 100 on, what was not looked at."),
    Family("RISK_STATE_", "RiskState", "RiskState", "Risk", "RiskState", "What a risk manager lets a portfolio do."),
    Family("RISK_HEDGE_", "HedgeSide", "HedgeSide", "Hedge", "HedgeSide", "Side of the hedge position."),
)


@dataclass
class StructName:
    """A struct's names. One with pointers is never seen by a binding's users: C# adds `Data` to it, Go has none."""

    csharp: str
    go: str = ""
    python: str = ""
    #: Whether users fill it in: C# makes it a class whose new objects have the defaults.
    settings: bool = False


STRUCTS = {
    "ppo_config": StructName("Config", "Config", settings=True),
    "ppo_metrics": StructName("Metrics", "Metrics", "Metrics"),
    "ppo_account": StructName("Account", "Account"),
    "ppo_backtest_summary": StructName("Summary", "Summary", "Summary"),
    "ppo_episode": StructName("Episode", "Episode", "Episode"),
    "ppo_env_outputs": StructName("StepOutputs"),
    "ppo_collectives": StructName("Collectives"),
    "ppo_host_environment": StructName("HostEnvironment"),
    "ppo_host_result": StructName("StepResult"),
    "ppo_prices": StructName("Prices"),
    "ppo_train_options": StructName("TrainOptions"),
    "ppo_transition": StructName("Transition"),
    "ppo_bar": StructName("Bar"),
    "risk_portfolio": StructName("RiskPortfolio"),
    "risk_decision": StructName("Decision"),
    "risk_reason": StructName("Reason", "Reason"),
    "risk_hedge_position": StructName("HedgePosition", "HedgePosition"),
    "risk_conventions": StructName("Conventions", "Conventions", settings=True),
    "risk_metrics": StructName("ReturnMetrics", "ReturnMetrics", "ReturnMetrics"),
    "risk_benchmark_metrics": StructName("BenchmarkMetrics", "BenchmarkMetrics", "BenchmarkMetrics"),
    "risk_drawdown_period": StructName("DrawdownPeriod", "Drawdown", "Drawdown"),
    "risk_tail_risk": StructName("TailRisk", "TailRisk", "TailRisk"),
    "risk_garch_fit": StructName("GarchFit", "GarchFit", "GarchFit"),
    "risk_kelly_estimate": StructName("KellyEstimate"),
    "risk_performance_figures": StructName("PerformanceFigures", "PerformanceFigures", "PerformanceFigures"),
}

#: Handles: the class in C#, the type in Go.
HANDLES = {
    "ppo_agent": ("Agent", "Agent"),
    "ppo_backtest": ("Backtest", "Backtest"),
    "ppo_env": ("Environments", "Environments"),
    "ppo_job": ("Job", "Job"),
    "ppo_book": ("Book", "Book"),
    "ppo_market": ("Market", "Market"),
    "ppo_portfolio": ("Portfolio", "Portfolio"),
    "ppo_random": ("RandomStream", "Random"),
    "ppo_trainer": ("Trainer", "Trainer"),
    "risk_atr": ("Atr", "Atr"),
    "risk_drawdown": ("DrawdownMonitor", "DrawdownMonitor"),
    "risk_hedge": ("Hedge", "Hedge"),
    "risk_limits": ("Limits", "Limits"),
    "risk_manager": ("RiskManager", "RiskManager"),
    "risk_performance": ("Performance", "Performance"),
    "risk_positions": ("PositionSizer", "PositionSizer"),
    "risk_regime": ("RegimeTracker", "RegimeTracker"),
}


def pascal(name: str) -> str:
    """`max_drawdown` is MaxDrawdown, `RISK_PARITY` is RiskParity."""
    return "".join(part[:1].upper() + part[1:].lower() for part in name.split("_"))


def members(family: Family, surface: Surface) -> "list[Constant]":
    """The constants of a family, PPO_OK among the statuses."""
    return [one for one in surface.of(Constant) if one.name.startswith(family.prefix)
            or (family.prefix == "PPO_ERR_" and one.name == "PPO_OK")]


def rest(constant: Constant, family: Family) -> str:
    """What follows the family's prefix."""
    return "OK" if constant.name == "PPO_OK" else constant.name[len(family.prefix):]


def singles(surface: Surface) -> "list[Constant]":
    """The constants that are of no family."""
    return [one for one in surface.of(Constant)
            if one.name != "PPO_OK" and not any(one.name.startswith(family.prefix) for family in FAMILIES)]


def family_of(variable: Variable) -> "Family | None":
    """The enumeration that a number is, which its documentation says: "a PPO_DEVICE_ number"."""
    if variable.base != "uint32_t":
        return None
    prefix = family_prefix(variable)
    return next((family for family in FAMILIES if prefix == family.prefix), None)


def family_prefix(variable: Variable) -> "str | None":
    """PPO_DEVICE_ where the documentation says "a PPO_DEVICE_ number"."""
    found = re.search(r"\b[Aa]n? ((?:PPO|RISK)_[A-Z_]+_) number\b", variable.doc)
    return found[1] if found else None


def in_words(struct: Struct) -> str:
    """A struct's documentation without how it is filled in C, which every binding does by itself."""
    sentences = re.split(r"(?<=\.) ", " ".join(struct.description))
    return " ".join(one for one in sentences if "_init" not in one and not one.startswith("Later versions"))


def with_fields(words: str, struct: Struct) -> str:
    """Words about a field that name others as C does, with the names that C# and Go have: `n_envs` is NEnvs."""
    for one in struct.fields:
        if "_" in one.name:
            words = re.sub(rf"`?\b{one.name}\b`?", pascal(one.name), words)
    return words


def is_flag(variable: Variable) -> bool:
    """Whether a field or parameter is yes or no, which its documentation says."""
    return variable.base == "uint32_t" and bool(re.match(r"Whether .*\b0 or 1\b|(?:gets )?1 where ", variable.doc))


def member_doc(constant: Constant) -> str:
    """A constant's documentation without what it is a constant of: "Device: the processor." is "The processor."."""
    words = " ".join(constant.doc)
    lead = re.match(r"(Precision|Baseline|Log level|Which bar to look for|State|Side of a hedge|Device|Schedule|Reward|"
                    r"Control variate|State of a job|Feature bit|Time to wait, in milliseconds): ", words)
    words = words[lead.end():] if lead else words
    return words[:1].upper() + words[1:]
