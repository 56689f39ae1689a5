// Holds a portfolio to its limits through a made-up fall in prices: bar by bar what is decided, and why.
//
//     mono Risk.exe
//
// It is built as docs/csharp.md says. The wish never changes: 75% stocks, 25% gold. The same program in C is
// examples/c/risk.c.
using System;
using System.Globalization;
using PpoRisk;

internal static class Risk
{
    private const int Assets = 2;

    /// <summary>Any settings may be left out; RiskManager.ConfigJson has them all.</summary>
    private const string Settings =
        "{\"limits\": {\"max_weights\": [0.6, 0.4], \"min_cash\": 0.05},"
        + " \"drawdown\": {\"reduce_at\": 0.06, \"stop_at\": 0.1},"
        + " \"stops\": {\"stop\": 0.16, \"cooldown\": 5},"
        + " \"hedge\": {\"threshold\": 0.05, \"band\": 0.02},"
        + " \"leverage\": null, \"positions\": null, \"trade_band\": 0.02}";

    private static readonly string[] Names = { "STOCKS", "GOLD" };

    /// <summary>Returns of each bar.</summary>
    private static readonly double[,] Returns =
    {
        { 0.000, 0.000 }, { 0.010, 0.004 }, { 0.012, 0.001 }, { -0.008, 0.006 }, { 0.015, -0.002 },
        { -0.040, 0.003 }, { -0.035, 0.005 }, { -0.030, 0.004 }, { 0.022, -0.006 }, { 0.024, 0.010 },
        { 0.018, 0.006 }, { -0.045, 0.002 }, { -0.060, 0.001 }, { -0.050, 0.004 }, { 0.012, 0.003 },
        { 0.030, -0.004 }, { 0.010, 0.002 }, { 0.020, 0.002 }, { 0.015, 0.008 }, { 0.010, 0.004 },
    };

    /// <summary>What the bar makes of the portfolio: equity grows with what was held, and so does each weight's part.</summary>
    private static void Drift(int bar, double[] closes, double[] held, ref double equity)
    {
        double growth = 1.0;
        for (int i = 0; i < Assets; i++)
        {
            growth += held[i] * Returns[bar, i];
        }
        for (int i = 0; i < Assets; i++)
        {
            closes[i] *= 1.0 + Returns[bar, i];
            held[i] *= (1.0 + Returns[bar, i]) / growth;
        }
        equity *= growth;
    }

    /// <summary>One line of numbers, then what shaped the decision. Codes from 100 on only say what was not looked at.</summary>
    private static void Print(int bar, double equity, Decision decision)
    {
        Console.WriteLine(
            "{0,3}  equity {1,6:F0}  drawdown {2,4:F1}%  {3,-8}  stocks {4,4:F1}%  gold {5,4:F1}%",
            bar,
            equity,
            100.0 * decision.Drawdown,
            decision.State.ToString().ToUpperInvariant(),
            100.0 * decision.Weights[0],
            100.0 * decision.Weights[1]);
        if (decision.HedgeSide == HedgeSide.Sell)
        {
            Console.WriteLine("       hedge: short {0:F0} of the index", decision.HedgeNotional);
        }
        for (int i = 0; i < decision.ReasonCount && i < decision.Reasons.Length; i++)
        {
            if ((uint)decision.Reasons[i].Code < 100)
            {
                Console.WriteLine("       {0}", decision.Reasons[i].Describe(Names));
            }
        }
    }

    private static int Main()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            Hold();
            return 0;
        }
        catch (PpoException exception)
        {
            Console.Error.WriteLine("{0}: {1}", exception.Name, exception.Message);
            return 1;
        }
    }

    private static void Hold()
    {
        double[] closes = { 100.0, 40.0 }, wish = { 0.75, 0.25 }, held = { 0.0, 0.0 };
        double equity = 100000.0;
        using (var manager = new RiskManager(Assets, Settings))
        {
            // These keep the arrays; what stands in them is new with every bar.
            var market = new Bar { Closes = closes };
            var portfolio = new RiskPortfolio { Target = wish, Current = held };
            var decision = new Decision(Assets);
            for (int bar = 0; bar < Returns.GetLength(0); bar++)
            {
                Drift(bar, closes, held, ref equity);
                if (bar == 15)
                {
                    // HALTED stays until a person has looked at it.
                    Console.WriteLine("     risk_manager_reset: trading goes on");
                    manager.Reset();
                }
                portfolio.Equity = equity;
                manager.Manage(market, portfolio, decision);
                Print(bar, equity, decision);
                // The host trades here; this one gets what was decided, at the close and without costs or the hedge.
                decision.Weights.CopyTo(held, 0);
            }
        }
    }
}
