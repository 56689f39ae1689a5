using System;
using System.IO;
using PpoRisk;

/// <summary>Results as bytes, in the order of the programs of tests/c, whose bytes they have to be.</summary>
internal static partial class Results
{
    /// <summary>As tests/c/results.c.</summary>
    internal static void Agents(string model, string path, int rows)
    {
        var states = new float[rows * Check.States];
        var priors = new double[rows * Check.Actions];
        var batch = new double[rows * Check.Actions];
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var weights = new double[Check.Actions];
        var drawn = new double[Check.Actions];
        var action = new float[Check.Actions];
        using (var file = new ResultsFile(path))
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
                file.Put(state);
                file.Put(prior);
                file.Put(weights);
                file.Put(action);
                file.Put(drawn);
                file.Put(logProb, found.LogProb, found.Entropy, found.Value, agent.Value(state));
            }
            agent.SelectActions(2, rows, states, priors, batch);
            file.Put(batch);
        }
    }

    /// <summary>As tests/c/environment.c.</summary>
    internal static void Environments(string path, string folder, int steps)
    {
        const int Bars = 400, N = 5, E = 8, A = N + 1, S = 3 * N + 1 + 2 + 1;
        const string Spec =
            "{\"assets\": [\"V\", \"W\", \"X\", \"Y\", \"Z\"], \"state\": {\"assets\": 5, \"window\": 20, \"account\": true, "
            + "\"columns\": [\"wave\"]}, \"action\": {\"distribution\": \"gaussian\", \"trade_band\": 0.02, \"weight_cap\": 0.6, "
            + "\"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 20, \"lookback\": 60}}}, "
            + "\"network\": {\"scorer\": {\"hidden\": [4]}}}";
        var draws = new Draws(12345);
        var prices = new Prices
        {
            Bars = Bars,
            Assets = N,
            Columns = 1,
            Closes = new double[Bars * N],
            AssetNames = new[] { "V", "W", "X", "Y", "Z" },
            ColumnNames = new[] { "wave" },
            Signals = new double[Bars],
            CashRate = 0.03,
        };
        for (int i = 0; i < Bars * N; i++)
        {
            prices.Closes[i] = (i < N ? 100 : prices.Closes[i - N]) * (1 + 0.03 * (draws.Next() - 0.49));
        }
        for (int t = 0; t < Bars; t++)
        {
            prices.Signals[t] = draws.Next();
        }
        var config = new Config { Seed = 9, EpisodeLen = 60, ControlVariate = ControlVariate.PriorPath };
        var step = new StepOutputs
        {
            Rewards = new double[E],
            RawRewards = new double[E],
            NetReturns = new double[E],
            Turnovers = new double[E],
            Costs = new double[E],
            Terminated = new byte[E],
            Truncated = new byte[E],
            States = new float[E * S],
            FinalStates = new float[E * S],
            Prior = new double[E * A],
        };
        double[] values = new double[E], drawdowns = new double[E], held = new double[E * A];
        var actions = new float[E * A];
        var weights = new double[E * A];
        var episodes = new Episode[E];
        string csv = Path.Combine(folder, "prices-cs.csv");
        using (var file = new ResultsFile(path))
        using (var market = Market.FromPrices(prices))
        {
            market.WriteCsv(csv);
            // The prices by way of a file, the environments by way of a spec: the same bits.
            using (var again = Market.FromCsv(csv, "{\"signals\": [\"wave\"], \"cash_rate\": \"cash_rate\"}"))
            using (var selected = again.Select(100, 300))
            using (var env = PpoRisk.Environments.FromSpec(Spec, selected, E, config, 3))
            {
                Check.That(env.Count == E && env.AssetCount == N && env.ActionLength == A && env.StateLength == S, "sizes");
                file.Put(prices.Closes);
                file.Put(prices.Signals);
                for (int t = 0; t < steps; t++)
                {
                    if (t % 2 == 0)
                    {
                        for (int i = 0; i < E * A; i++)
                        {
                            actions[i] = (float)(draws.Next() * 4 - 2);
                        }
                        env.Step(actions, step);
                        file.Put(actions);
                    }
                    else
                    {
                        for (int e = 0; e < E; e++)
                        {
                            double sum = 0.0;
                            for (int i = 0; i < A; i++)
                            {
                                weights[e * A + i] = draws.Next();
                                sum += weights[e * A + i];
                            }
                            for (int i = 0; i < A; i++)
                            {
                                weights[e * A + i] /= sum;
                            }
                        }
                        if (t == 51)
                        {
                            // Gone on with after a step that is taken back.
                            var before = env.Snapshot();
                            env.StepWeights(weights);
                            env.Restore(before);
                        }
                        env.StepWeights(weights, step);
                        file.Put(weights);
                    }
                    env.Portfolios(values, drawdowns, held);
                    file.Put(step.Rewards);
                    file.Put(step.RawRewards);
                    file.Put(step.NetReturns);
                    file.Put(step.Turnovers);
                    file.Put(step.Costs);
                    file.Put(step.Terminated);
                    file.Put(step.Truncated);
                    file.Put(step.States);
                    file.Put(step.FinalStates);
                    file.Put(step.Prior);
                    file.Put(values);
                    file.Put(drawdowns);
                    file.Put(held);
                }
                int taken;
                do
                {
                    taken = env.TakeEpisodes(episodes);
                    for (int i = 0; i < taken; i++)
                    {
                        var one = episodes[i];
                        file.Put(one.RewardSum, one.LogGrowth, one.Turnover, one.Cost, one.Steps);
                    }
                }
                while (taken == E);
            }
        }
    }

    /// <summary>As tests/c/backtest.c.</summary>
    internal static void Backtests(string path)
    {
        const string Spec =
            "{\"assets\": [\"A\", \"B\", \"C\", \"D\"],"
            + " \"state\": {\"assets\": 4, \"window\": 20, \"account\": false, \"columns\": []},"
            + " \"action\": {\"cash\": true, \"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 20, \"lookback\": 252}},"
            + " \"trade_band\": 0.05}, \"network\": {\"scorer\": {\"hidden\": [16]}}}";
        const string Parameters =
            "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\", \"C\", \"D\"], \"drift\": [0.02, 0.05, 0.08, 0.11],"
            + " \"covariance\": [[0.04, 0.01, 0.01, 0.01], [0.01, 0.0625, 0.01, 0.01], [0.01, 0.01, 0.09, 0.02],"
            + " [0.01, 0.01, 0.02, 0.1225]], \"cash_rate\": 0.01, \"bars_per_year\": 252}";
        const int Bars = 700;
        using (var file = new ResultsFile(path))
        using (var agent = new Agent(Spec))
        using (var market = Market.SimulatePrices(Parameters, Bars, new DateTime(1970, 1, 1).AddDays(10000), 3))
        using (var later = market.Select(300, Bars - 1))
        using (var plain = Backtest.Run(agent, later, "{\"cost_rate\": 0.002}"))
        using (var managed = Backtest.Run(agent, later, "{\"managed\": true}"))
        using (var prior = Backtest.Run(agent, later, "{\"cost_rate\": 0.002, \"prior\": true}"))
        {
            WriteOut(file, plain);
            WriteOut(file, managed);
            managed.Risk(out var leverage, out var hedge);
            file.Put(leverage);
            file.Put(hedge);
            Check.That(managed.ReasonsJson.StartsWith("{", StringComparison.Ordinal), managed.ReasonsJson);
            Check.Refuses(Status.InvalidArgument, "", () => plain.Risk(out _, out _));
            foreach (Baseline baseline in Enum.GetValues(typeof(Baseline)))
            {
                using (var other = Backtest.RunBaseline(later, baseline))
                {
                    WriteOut(file, other);
                    var apart = plain.Compare(other, "{\"draws\": 200}");
                    file.Put(apart.Median, apart.Low, apart.High);
                }
            }
            WriteOut(file, prior);
        }
    }

    private static void WriteOut(ResultsFile file, Backtest backtest)
    {
        foreach (var date in backtest.Times())
        {
            file.Put((date - new DateTime(1970, 1, 1)).TotalDays);
        }
        file.Put(backtest.Returns());
        file.Put(backtest.Equity());
        file.Put(backtest.Turnover());
        file.Put(backtest.Costs());
        file.Put(backtest.Weights());
        var sum = backtest.Summarize();
        Check.Same((ulong)backtest.BarCount, sum.Bars, "bars");
        file.Put(
            sum.AnnualReturn,
            sum.Volatility,
            sum.Sharpe,
            sum.Sortino,
            sum.MaxDrawdown,
            sum.Calmar,
            sum.ValueAtRisk,
            sum.ConditionalValueAtRisk,
            sum.Turnover,
            sum.CostsPaid);
    }
}
