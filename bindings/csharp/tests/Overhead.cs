using System;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PpoRisk;

/// <summary>
/// What a decision through the binding costs beyond the C call. Both are timed in this process, in batches of 200 in
/// turn: the median of the differences hardly depends on what else the machine does.
/// </summary>
internal static class Overhead
{
    private const int Batches = 3001;
    private const int Decisions = 200;

    internal static void Measure(string model)
    {
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var weights = new double[Check.Actions];
        var inCSharp = new double[Batches];
        var inC = new double[Batches];
        var differences = new double[Batches];
        var path = Encoding.UTF8.GetBytes(model + "\0");
        Check.Input(1, state, prior);
        using (var agent = Agent.Load(model))
        {
            for (int batch = -100; batch < Batches; batch++)
            {
                double here = Batch(agent, state, prior, weights);
                double there = decide_in_c(path, Decisions);
                Check.That(there > 0.0, "decisions in C");
                if (batch >= 0)
                {
                    inCSharp[batch] = here;
                    inC[batch] = there;
                    differences[batch] = here - there;
                }
            }
        }
        Print("cs_select_action_p50_ns", inCSharp);
        Print("c_select_action_p50_ns", inC);
        Print("cs_select_action_overhead_ns", differences);
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

    private static void Print(string name, double[] values)
    {
        Array.Sort(values);
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} {1:F0}", name, values[values.Length / 2]));
    }

    [DllImport("overhead", CallingConvention = CallingConvention.Cdecl)]
    private static extern double decide_in_c(byte[] model, int decisions);
}
