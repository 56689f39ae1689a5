// Trains a policy on prices and judges it on later ones.
//
//     mono Train.exe data/sp500_20_stocks.csv policy.safetensors 300000
//
// The prices are a CSV file of daily closes (`make prices` fetches this one: 20 US stocks, chosen with hindsight, which
// flatters every figure alike), the policy is written to the second argument, the third is how many decisions to learn
// from. Learning ends with 2012; what is said of the policy is about the years after. The settings are those of
// `make train`: small corrections to an equal weight that is scaled to a volatility of 15%.
//
// It is built as docs/csharp.md says, with a library that has the trainer. The same program in C is examples/c/train.c.
using System;
using System.Globalization;
using System.Linq;
using PpoRisk;

internal static class Train
{
    private static readonly DateTime LearnsUntil = new DateTime(2012, 12, 31), JudgedFrom = new DateTime(2013, 1, 1);

    /// <summary>
    /// What the policy is: it sees weights, last returns, volatility and cash, and scores every asset with one small
    /// network. Nothing is traded below a turnover of 10%.
    /// </summary>
    private static Agent Untrained(Market market, Config config)
    {
        int assets = market.AssetCount;
        string names = string.Join(", ", Enumerable.Range(0, assets).Select(i => "\"" + market.AssetName(i) + "\""));
        return new Agent(
            "{\"assets\": [" + names + "],"
            + " \"state\": {\"window\": 20, \"account\": false, \"columns\": []},"
            + " \"action\": {\"distribution\": \"gaussian\", \"cash\": true, \"trade_band\": 0.1,"
            + " \"prior\": {\"vol_target\": {\"target\": 0.15, \"half_life\": 20, \"lookback\": 252}}},"
            + " \"network\": {\"scorer\": {\"hidden\": [32, 32]}}}",
            config);
    }

    /// <summary>A line for about every tenth of the updates.</summary>
    private static void Print(Metrics metrics, ulong updates)
    {
        ulong every = (updates + 9) / 10;
        if (metrics.Update % every == 0 || metrics.Update == updates)
        {
            Console.WriteLine(
                "{0,6}  {1,9}  {2,14}  {3,9:F5}  {4,6:F4}",
                metrics.Update,
                metrics.EnvSteps,
                double.IsNaN(metrics.EpisodeReward) ? "none ended" : metrics.EpisodeReward.ToString("F5"),
                metrics.ApproxKl,
                metrics.Std);
        }
    }

    private static Metrics Learn(Agent agent, Market market, Config config, string path)
    {
        ulong rollout = config.NEnvs * config.NSteps, updates = (config.TotalSteps + rollout - 1) / rollout;
        Console.WriteLine("update  decisions  episode reward  approx_kl     std");
        using (var trainer = Trainer.OnMarket(agent, market, config))
        {
            return trainer.Train(new TrainOptions
            {
                Progress = metrics =>
                {
                    Print(metrics, updates);
                    return false; // true would stop
                },
                CheckpointPath = path, // Agent.Load reads it, and Trainer.ResumeOnMarket goes on from it
            });
        }
    }

    /// <summary>Annual figures after costs, and how sure the differences are.</summary>
    private static void Judge(Agent agent, Market market)
    {
        string[] names = { "policy", "equal weight", "volatility target" };
        using (var policy = Backtest.Run(agent, market))
        using (var equal = Backtest.RunBaseline(market, Baseline.EqualWeight))
        using (var target = Backtest.RunBaseline(market, Baseline.VolTargetEqualWeight))
        {
            var tests = new[] { policy, equal, target };
            Console.WriteLine("{0,-18}  {1,7}  {2,10}  {3,7}  {4,8}  {5,8}", "", "return", "volatility", "Sharpe", "drawdown", "turnover");
            for (int i = 0; i < tests.Length; i++)
            {
                var sum = tests[i].Summarize();
                Console.WriteLine(
                    "{0,-18}  {1,6:F1}%  {2,9:F1}%  {3,7:F3}  {4,7:F1}%  {5,8:F2}",
                    names[i],
                    100.0 * sum.AnnualReturn,
                    100.0 * sum.Volatility,
                    sum.Sharpe,
                    100.0 * sum.MaxDrawdown,
                    sum.Turnover);
            }
            for (int i = 1; i < tests.Length; i++)
            {
                var apart = policy.Compare(tests[i]);
                if (double.IsNaN(apart.Low))
                {
                    Console.WriteLine(
                        "\nSharpe ratio, policy less {0}: {1:F2}, too few bars for an interval", names[i], apart.Median);
                    continue;
                }
                Console.WriteLine(
                    "\nSharpe ratio, policy less {0}: {1:F2}, 90% interval {2:F2} to {3:F2}", names[i], apart.Median, apart.Low, apart.High);
                Console.WriteLine(
                    apart.Low > 0.0 || apart.High < 0.0
                        ? "The interval does not include 0, for this seed on these prices."
                        : "The interval includes 0: no difference can be claimed.");
            }
        }
    }

    private static string Date(Market market, int bar)
    {
        return market.Time(bar).ToString("yyyy-MM-dd");
    }

    private static int Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        ulong steps = 300000;
        if (arguments.Length < 2 || (arguments.Length > 2 && (!ulong.TryParse(arguments[2], out steps) || steps == 0)))
        {
            Console.Error.WriteLine("usage: Train PRICES POLICY [DECISIONS]");
            return 2;
        }
        if (!Library.CanTrain)
        {
            Console.Error.WriteLine("this library was built without the trainer");
            return 1;
        }
        try
        {
            Work(arguments[0], arguments[1], steps);
            return 0;
        }
        catch (PpoException exception)
        {
            Console.Error.WriteLine("{0}: {1}", exception.Name, exception.Message);
            return 1;
        }
    }

    private static void Work(string prices, string path, ulong steps)
    {
        // Rewarded is logarithmic growth less that of the prior on the same bars; the rest is as a new Config has it.
        var config = new Config
        {
            TotalSteps = steps,
            Reward = Reward.LogReturn,
            ControlVariate = ControlVariate.PriorPath,
            Gamma = 0.9,
            Device = Device.Cpu, // the same numbers whether there is CUDA or not
        };
        // A share of the example's file fell to a third in a bar of 1990, which was no split.
        using (var market = Market.FromCsv(prices, "{\"splits\": \"keep\"}"))
        {
            int lastLearnt = market.BarOf(LearnsUntil, BarAt.OrBefore), firstJudged = market.BarOf(JudgedFrom, BarAt.OrAfter);
            int last = market.BarCount - 1;
            using (var early = market.Select(0, lastLearnt))
            using (var late = market.Select(firstJudged, last))
            using (var agent = Untrained(market, config))
            {
                Console.WriteLine("ppo_risk {0}, {1} assets\n", Library.Version, market.AssetCount);
                Console.WriteLine("learns from {0} to {1}", Date(market, 0), Date(market, lastLearnt));
                var learnt = Learn(agent, early, config, path);
                Console.WriteLine("speed: {0:F0} decisions a second", learnt.EnvStepsPerS);
                Console.WriteLine("written to {0}\n", path);
                Console.WriteLine("judged from {0} to {1}, at costs of 0.1%", Date(market, firstJudged), Date(market, last));
                Judge(agent, late);
            }
        }
    }
}
