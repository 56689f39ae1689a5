// Decides with a trained policy, bar by bar: prints what it wants in the end, how the account stands, and how long a bar
// took.
//
//     mono Infer.exe models/sp500-20-stocks.safetensors data/sp500_20_stocks.csv
//
// Without a price file the closes are made up. It is built as docs/csharp.md says. The same program in C is
// examples/c/infer.c.
using System;
using System.Diagnostics;
using System.Globalization;
using PpoRisk;

internal static class Infer
{
    private const int MadeUpBars = 20000;

    /// <summary>The closes of a price file of the policy's assets: [bars * assets]; null, said why, for another one.</summary>
    private static double[] ReadCloses(string path, Agent agent, int assets)
    {
        // A share of the example's file fell to a third in a bar of 1990, which was no split.
        using (var market = Market.FromCsv(path, "{\"splits\": \"keep\"}"))
        {
            int columns = market.AssetCount;
            for (int i = 0; i < assets; i++)
            {
                string wanted = agent.AssetName(i), name = i < columns ? market.AssetName(i) : "";
                if (columns != assets || name != wanted)
                {
                    Console.Error.WriteLine("{0}: not the policy's assets in their order ({1})", path, wanted);
                    return null;
                }
            }
            var closes = new double[market.BarCount * assets];
            market.Closes(0, market.BarCount, closes);
            return closes;
        }
    }

    /// <summary>Closes that every machine and language makes up alike: moves of up to 2%, a whole number of 2^-20 each.</summary>
    private static double[] MakeUpCloses(int assets, int bars)
    {
        var closes = new double[bars * assets];
        uint seed = 5;
        for (int i = 0; i < closes.Length; i++)
        {
            double before = i < assets ? 100.0 : closes[i - assets];
            seed = unchecked(seed * 1664525u + 1013904223u);
            closes[i] = before * ((1027910 + (seed >> 8) % 41944) / 1048576.0);
        }
        return closes;
    }

    private static int Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (arguments.Length < 1)
        {
            Console.Error.WriteLine("usage: Infer POLICY [PRICES]");
            return 2;
        }
        try
        {
            return Stream(arguments[0], arguments.Length > 1 ? arguments[1] : null);
        }
        catch (PpoException exception)
        {
            Console.Error.WriteLine("{0}: {1}", exception.Name, exception.Message);
            return 1;
        }
    }

    private static int Stream(string policy, string prices)
    {
        using (var agent = Agent.Load(policy))
        using (var portfolio = new Portfolio(agent)) // 100,000 in cash, costs of 0.1%
        {
            int assets = agent.AssetCount, actions = agent.ActionLength, decisions = 0;
            var closes = prices != null ? ReadCloses(prices, agent, assets) : MakeUpCloses(assets, MadeUpBars);
            if (closes == null)
            {
                return 1;
            }
            int bars = closes.Length / assets, warmUp = portfolio.WarmUpBars;
            double[] row = new double[assets], target = new double[actions], held = new double[assets + 1];
            var latency = new double[bars];
            for (int bar = 0; bar < bars; bar++)
            {
                Array.Copy(closes, bar * assets, row, 0, assets);
                long start = Stopwatch.GetTimestamp();
                portfolio.PushPrices(row);
                if (bar >= warmUp)
                {
                    portfolio.Rebalance(target);
                    latency[decisions++] = (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency;
                }
            }
            if (decisions == 0)
            {
                Console.Error.WriteLine("{0} bars, but the first decision needs {1}", bars, warmUp + 1);
                return 1;
            }

            var account = portfolio.Account(held);
            Console.WriteLine("ppo_risk {0}: {1} bars, {2} decisions\n", Library.Version, bars, decisions);
            Console.WriteLine("{0,-8}  {1,8}  {2,8}", "", "held", "wanted");
            for (int i = 0; i <= assets; i++)
            {
                Console.WriteLine(
                    "{0,-8}  {1,7:F3}%  {2,7:F3}%",
                    i < assets ? agent.AssetName(i) : "cash",
                    100.0 * held[i],
                    i < actions ? 100.0 * target[i] : 0.0);
            }
            // What is wanted is traded where the turnover to it is not below the policy's trade band.
            Console.WriteLine(
                "\naccount: value {0:F2}, {1:F2}% below its peak, volatility {2:F3}% a bar",
                account.Value,
                100.0 * account.Drawdown,
                100.0 * account.Volatility);
            Array.Sort(latency, 0, decisions);
            Console.WriteLine(
                "latency of a bar in ns: p50 {0:F0}, p99 {1:F0}, p99.9 {2:F0}, max {3:F0}",
                latency[decisions / 2],
                latency[(int)(decisions * 99L / 100)],
                latency[(int)(decisions * 999L / 1000)],
                latency[decisions - 1]);
            return 0;
        }
    }
}
