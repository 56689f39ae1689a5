// Decides with a trained policy: loads it, streams states through it, prints the last weights and the latency.
//
//     mono Infer.exe models/sp500-20-stocks.safetensors 100000
//
// It is built as docs/csharp.md says. The states here are made up. A host fills them as Agent.StateLength says: current
// weights, last returns, rolling volatility, cash ratio. The same program in C is examples/c/infer.c.
using System;
using System.Diagnostics;
using System.Globalization;
using PpoRisk;

internal static class Infer
{
    /// <summary>A state like one of the market's: returns and volatilities of a percent or so, and the weights held.</summary>
    private static void NextState(float[] state, int assets, double[] held, int bar)
    {
        for (int i = 0; i < assets; i++)
        {
            long wiggle = ((long)bar * 7919 + (long)i * 104729) % 1000;
            state[i] = (float)held[i];
            state[assets + i] = (float)((wiggle - 500.0f) * 4e-5f);
            state[2 * assets + i] = (float)(0.01f + (float)((wiggle % 97) * 1e-4f));
        }
    }

    private static int Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        int decisions = 100000;
        if (arguments.Length < 1 || (arguments.Length > 1 && (!int.TryParse(arguments[1], out decisions) || decisions < 1)))
        {
            Console.Error.WriteLine("usage: Infer POLICY [DECISIONS]");
            return 2;
        }
        try
        {
            Stream(arguments[0], decisions);
            return 0;
        }
        catch (PpoException exception)
        {
            Console.Error.WriteLine("{0}: {1}", exception.Name, exception.Message);
            return 1;
        }
    }

    private static void Stream(string policy, int decisions)
    {
        using (var agent = Agent.Load(policy))
        {
            int assets = agent.AssetCount, actions = agent.ActionLength, priorLength = agent.PriorLength;
            var state = new float[agent.StateLength];
            var weights = new double[actions];
            var prior = priorLength > 0 ? new double[priorLength] : null;
            var latency = new double[decisions];
            // The policy's prior at this close: 80% in equal parts, cash for the rest (or all of it, without cash).
            for (int i = 0; i < priorLength; i++)
            {
                double invested = priorLength > assets ? 0.8 : 1.0;
                prior[i] = i < assets ? invested / assets : 1.0 - invested;
            }
            for (int bar = 0; bar < decisions; bar++)
            {
                NextState(state, assets, weights, bar);
                state[3 * assets] = actions > assets ? (float)weights[assets] : 0.0f;
                long start = Stopwatch.GetTimestamp();
                agent.SelectAction(state, prior, weights);
                latency[bar] = (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency;
            }

            Console.WriteLine("ppo_risk {0}, {1} decisions", Library.Version, decisions);
            for (int i = 0; i < actions; i++)
            {
                Console.WriteLine("{0,-8} {1,7:F4}", i < assets ? agent.AssetName(i) : "cash", weights[i]);
            }
            Array.Sort(latency);
            Console.WriteLine(
                "latency in ns: p50 {0:F0}, p99 {1:F0}, p99.9 {2:F0}, max {3:F0}",
                latency[decisions / 2],
                latency[(int)(decisions * 99L / 100)],
                latency[(int)(decisions * 999L / 1000)],
                latency[decisions - 1]);
        }
    }
}
