using System;
using System.Diagnostics;
using System.Globalization;
using PpoRisk;

/// <summary>
/// What a decision through the binding costs beyond the C call: the best batch here less the best of tests/overhead.c,
/// in turn, so that both have the same chances on a busy machine.
/// </summary>
internal static class Overhead
{
    private const int Batches = 15;
    private const int Decisions = 20000;

    internal static void Measure(string model, string program)
    {
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var weights = new double[Check.Actions];
        double best = double.PositiveInfinity, bestOfC = double.PositiveInfinity;
        Check.Input(1, state, prior);
        using (var agent = Agent.Load(model))
        {
            Batch(agent, state, prior, weights);
            for (int batch = 0; batch < Batches; batch++)
            {
                best = Math.Min(best, Batch(agent, state, prior, weights));
                bestOfC = Math.Min(bestOfC, Run(program, model));
            }
        }
        Print("cs_select_action_ns", best);
        Print("c_select_action_ns", bestOfC);
        Print("cs_select_action_overhead_ns", best - bestOfC);
    }

    private static double Batch(Agent agent, float[] state, double[] prior, double[] weights)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Decisions; i++)
        {
            agent.SelectAction(state, prior, weights);
        }
        return (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency / Decisions;
    }

    private static double Run(string program, string model)
    {
        var start = new ProcessStartInfo(program, model + " " + Decisions) { RedirectStandardOutput = true, UseShellExecute = false };
        using (var process = Process.Start(start))
        {
            return double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        }
    }

    private static void Print(string name, double value)
    {
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} {1:F0}", name, value));
    }
}
