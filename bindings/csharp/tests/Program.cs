using System;

/// <summary>Tests of the binding, by the name of a group; tests/bindings_csharp.rs and the Makefile run them.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments[0])
        {
            case "layouts":
                Surface.Layouts(arguments[1]);
                break;
            case "results":
                Results.Agents(arguments[1], arguments[2], int.Parse(arguments[3]));
                break;
            case "results_risk":
                Results.Risk(arguments[1], arguments[2], int.Parse(arguments[3]));
                break;
            case "results_risk_parts":
                var settings = new[] { arguments[1], arguments[2], arguments[3], arguments[4] };
                Results.RiskParts(settings, arguments[5], int.Parse(arguments[6]));
                break;
            case "results_risk_measures":
                Results.RiskMeasuring(arguments[1]);
                break;
            case "results_risk_sizes":
                Results.RiskSizes(arguments[1]);
                break;
            case "book":
                Results.Books(arguments[1], arguments[2], int.Parse(arguments[3]));
                break;
            case "portfolio":
                Results.Portfolios(arguments[1], arguments[2], int.Parse(arguments[3]));
                break;
            case "environment":
                Results.Environments(arguments[1], arguments[2], int.Parse(arguments[3]));
                break;
            case "backtest":
                Results.Backtests(arguments[1]);
                break;
            case "refusals":
                Refusals.All(arguments[1], arguments[2]);
                RefusalsOfMarkets.All(arguments[2]);
                MissingFiles.All(arguments[2]);
                break;
            case "training":
                Training.All(arguments[1]);
                Hourly.All(arguments[1]);
                Ranks.All(arguments[1]);
                break;
            case "lifetimes":
                Lifetimes.All(arguments[1]);
                Copies.All(arguments[1]);
                break;
            case "without":
                WithoutLibrary.All();
                break;
            case "overhead":
                Overhead.Measure(arguments[1]);
                break;
            default:
                Console.WriteLine("no such tests: " + arguments[0]);
                return 2;
        }
        return Check.Finished(arguments[0]);
    }
}
