using System.IO;
using PpoRisk;

/// <summary>Results as bytes, in the order of tests/c/results.c, whose bytes they have to be.</summary>
internal static class Results
{
    internal static void Write(string model, string path, int rows)
    {
        var states = new float[rows * Check.States];
        var priors = new double[rows * Check.Actions];
        var batch = new double[rows * Check.Actions];
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var weights = new double[Check.Actions];
        var drawn = new double[Check.Actions];
        var action = new float[Check.Actions];
        using (var file = new BinaryWriter(File.Create(path)))
        using (var agent = Agent.Load(model))
        using (var stream = new RandomStream(42, 7))
        {
            for (int row = 0; row < rows; row++)
            {
                Check.Input((uint)row, state, prior);
                Check.Input((uint)row, states, priors, row);
                agent.SelectAction(state, prior, weights);
                double logProb = agent.SampleAction(stream, state, prior, action, drawn);
                var found = agent.EvaluateAction(state, prior, action);
                Write(file, state);
                Write(file, prior);
                Write(file, weights);
                Write(file, action);
                Write(file, drawn);
                Write(file, new[] { logProb, found.LogProb, found.Entropy, found.Value, agent.Value(state) });
            }
            agent.SelectActions(rows, states, priors, batch);
            Write(file, batch);
        }
    }

    private static void Write(BinaryWriter file, double[] values)
    {
        foreach (double value in values)
        {
            file.Write(value);
        }
    }

    private static void Write(BinaryWriter file, float[] values)
    {
        foreach (float value in values)
        {
            file.Write(value);
        }
    }
}
