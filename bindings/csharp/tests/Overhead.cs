using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using PpoRisk;

/// <summary>
/// What decisions through the binding cost beyond the C calls. Both are timed in this process, in turn, so that what
/// else the machine does falls on both alike, with several copies of the policy: where one lies in memory is worth a
/// few percent.
/// </summary>
internal static unsafe class Overhead
{
    private const int Copies = 9;
    private const int Rounds = 301;
    private const int Decisions = 200;
    private const int Batches = 41;
    private const int Rows = 1024;

    internal static void Measure(string model)
    {
        var figures = new double[Copies][];
        for (int copy = 0; copy < Copies; copy++)
        {
            figures[copy] = OfCopy(model);
        }
        Print("cs_select_action_p50_ns {0:F0}", figures.Select(found => found[0]));
        Print("cs_select_action_overhead_ns {0:F0}", figures.Select(found => found[1]));
        Print("cs_select_actions_1024_over_c {0:F3}", figures.Select(found => found[2]));
    }

    private static double[] OfCopy(string model)
    {
        var states = new float[Rows * Check.States];
        var priors = new double[Rows * Check.Actions];
        var all = new double[Rows * Check.Actions];
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var weights = new double[Check.Actions];
        Check.Input(1, state, prior);
        for (int row = 0; row < Rows; row++)
        {
            Check.Input((uint)row, states, priors, row);
        }
        Check.That(load_in_c(Encoding.UTF8.GetBytes(model + "\0")) == 0, "C loads the policy");
        using (var agent = Agent.Load(model))
        fixed (float* s = states)
        fixed (double* p = priors, w = all)
        {
            IntPtr statesInC = (IntPtr)s, priorsInC = (IntPtr)p, allInC = (IntPtr)w;
            double[][] single = InTurn(
                Rounds,
                () =>
                {
                    for (int i = 0; i < Decisions; i++)
                    {
                        agent.SelectAction(state, prior, weights);
                    }
                },
                () => Decisions * decide_in_c(Decisions));
            double[][] batches = InTurn(
                Batches,
                () => agent.SelectActions(Rows, states, priors, all),
                () => decide_all_in_c(Rows, statesInC, priorsInC, allInC));
            double here = Median(single[0]) / Decisions;
            return new[]
            {
                here,
                here - Median(single[1]) / Decisions,
                Median(batches[0]) / Median(batches[1]),
            };
        }
    }

    /// <summary>Nanoseconds of each round here and in C, after some that mono may compile in.</summary>
    private static double[][] InTurn(int rounds, Action here, Func<double> inC)
    {
        var found = new[] { new double[rounds], new double[rounds] };
        for (int round = -20; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            here();
            double took = (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency;
            double there = inC();
            Check.That(there > 0.0, "decisions in C");
            if (round >= 0)
            {
                found[0][round] = took;
                found[1][round] = there;
            }
        }
        return found;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static void Print(string line, System.Collections.Generic.IEnumerable<double> ofCopies)
    {
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, line, Median(ofCopies.ToArray())));
    }

    [DllImport("overhead", CallingConvention = CallingConvention.Cdecl)]
    private static extern int load_in_c(byte[] model);

    [DllImport("overhead", CallingConvention = CallingConvention.Cdecl)]
    private static extern double decide_in_c(int decisions);

    [DllImport("overhead", CallingConvention = CallingConvention.Cdecl)]
    private static extern double decide_all_in_c(int rows, IntPtr states, IntPtr priors, IntPtr weights);
}
