// Made by abi/generate from src/ffi: do not edit.
using System.Collections.Generic;

/// <summary>The structs of C under the names that they have here.</summary>
internal static class StructNames
{
    internal static readonly Dictionary<string, string> Here = new Dictionary<string, string>
    {
        { "ppo_config", "Config" },
        { "ppo_backtest_summary", "Summary" },
        { "ppo_bar", "BarData" },
        { "risk_reason", "Reason" },
        { "risk_decision", "DecisionData" },
        { "ppo_account", "Account" },
        { "ppo_episode", "Episode" },
        { "ppo_env_outputs", "StepOutputsData" },
        { "ppo_prices", "PricesData" },
        { "risk_benchmark_metrics", "BenchmarkMetrics" },
        { "risk_conventions", "Conventions" },
        { "risk_portfolio", "RiskPortfolioData" },
        { "risk_hedge_position", "HedgePosition" },
        { "risk_kelly_estimate", "KellyEstimateData" },
        { "risk_metrics", "ReturnMetrics" },
        { "risk_drawdown_period", "DrawdownPeriod" },
        { "risk_performance_figures", "PerformanceFigures" },
        { "risk_tail_risk", "TailRisk" },
        { "risk_garch_fit", "GarchFit" },
        { "ppo_collectives", "CollectivesData" },
        { "ppo_host_result", "StepResult" },
        { "ppo_host_environment", "HostEnvironmentData" },
        { "ppo_metrics", "Metrics" },
        { "ppo_train_options", "TrainOptionsData" },
        { "ppo_transition", "TransitionData" },
    };
}
