using System;
using System.IO;
using System.Linq;
using PpoRisk;

/// <summary>Bars of an hour and of a week, and columns of each asset: into a market, through training, and fed live.</summary>
internal static class Hourly
{
    private const int Bars = 400;
    private const int Assets = 2;

    private const string Spec =
        "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": [], " +
        "\"asset_columns\": [\"signal\"]}, \"action\": {\"short\": true, \"max_gross\": 1.5}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";

    /// <summary>700 nanoseconds past a midnight.</summary>
    private static readonly DateTime First = new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc).AddTicks(7);

    internal static void All(string folder)
    {
        var hours = TimeSpan.FromHours(1);
        BarsAYear(TimeSpan.FromDays(7), 52.0);
        BarsAYear(hours, 8766.0);
        CashRates();
        if (!Library.CanTrain)
        {
            return;
        }
        var prices = Drawn(hours);
        using (var market = Market.FromPrices(prices))
        using (var agent = Trained(market, Path.Combine(folder, "hourly.safetensors")))
        using (var daily = Market.FromPrices(Drawn(TimeSpan.Zero)))
        {
            Live(agent, prices);
            Check.Refuses(Status.InvalidArgument, "market.bars_per_year", () => Backtest.Run(agent, daily));
            Check.Refuses(Status.InvalidArgument, "market.bars_per_year", () => Trainer.OnMarket(agent, daily));
            using (var backtest = Backtest.Run(agent, market))
            {
                Check.Same(prices.Times[Bars - 1], backtest.Times().Last(), "the last bar of a back-test");
            }
        }
    }

    /// <summary>
    /// Closes, and of each asset a signal that says what it does over the bar to come; without times where the gap is zero.
    /// </summary>
    private static Prices Drawn(TimeSpan gap)
    {
        var prices = new Prices
        {
            Bars = Bars,
            Assets = Assets,
            Closes = new double[Bars * Assets],
            AssetNames = new[] { "A", "B" },
            AssetColumns = 1,
            AssetColumnNames = new[] { "signal" },
            AssetSignals = new double[Bars * Assets],
        };
        uint seed = 9;
        for (int i = 0; i < Bars * Assets; i++)
        {
            seed = unchecked(seed * 1664525u + 1013904223u);
            prices.AssetSignals[i] = (seed >> 8) / 16777216.0 - 0.5;
            prices.Closes[i] = i < Assets
                ? 100.0
                : prices.Closes[i - Assets] * (1.0 + 0.01 * prices.AssetSignals[i - Assets]);
        }
        if (gap > TimeSpan.Zero)
        {
            prices.Times = Enumerable.Range(0, Bars).Select(bar => First.AddTicks(bar * gap.Ticks)).ToArray();
        }
        return prices;
    }

    private static void BarsAYear(TimeSpan gap, double barsPerYear)
    {
        var prices = Drawn(gap);
        using (var market = Market.FromPrices(prices))
        {
            Check.That(Enumerable.Range(0, Bars).All(bar => market.Time(bar) == prices.Times[bar]), "times there and back");
            Check.That(market.Time(0).Kind == DateTimeKind.Utc, "times are in UTC");
            Check.That(Math.Abs(market.BarsPerYear - barsPerYear) < 1.0, "bars a year: " + market.BarsPerYear);
            var between = prices.Times[1].AddTicks(-1);
            Check.Same(1, market.BarOf(between, BarAt.OrAfter), "the bar after a time");
            Check.Same(0, market.BarOf(between.ToLocalTime(), BarAt.OrBefore), "the bar before a local time");
            Check.Refuses(Status.InvalidArgument, "`time`", () => market.BarOf(DateTime.MaxValue, BarAt.OrBefore));
            Check.That(market.AssetColumnCount == 1 && market.AssetColumnName(0) == "signal", "the column of each asset");
        }
        prices.BarsPerYear = 1234.5;
        using (var market = Market.FromPrices(prices))
        {
            Check.Same(1234.5, market.BarsPerYear, "bars a year that were given");
        }
        prices.AssetSignals = new double[3];
        Check.Refuses(Status.Length, "`prices.asset_signals` has length 3", () => Market.FromPrices(prices));
    }

    private static void CashRates()
    {
        var prices = Drawn(TimeSpan.Zero);
        prices.CashRate = 5.0;
        Check.Refuses(Status.InvalidArgument, "confirm_cash_rate", () => Market.FromPrices(prices));
        prices.ConfirmCashRate = true;
        Market.FromPrices(prices).Dispose();
    }

    /// <summary>An agent that was trained for a few hundred decisions, out of its file.</summary>
    private static Agent Trained(Market market, string path)
    {
        var config = new Config
        {
            NEnvs = 2,
            NSteps = 64,
            BatchSize = 64,
            TotalSteps = 384,
            Device = Device.Cpu,
        };
        using (var agent = new Agent(Spec, config))
        using (var trainer = Trainer.OnMarket(agent, market, config))
        {
            trainer.Train();
            agent.Save(path);
        }
        return Agent.Load(path);
    }

    private static void Live(Agent agent, Prices prices)
    {
        var weights = new double[Assets + 1];
        var decision = new Decision(Assets);
        int decided = 0;
        using (var portfolio = new Portfolio(agent))
        using (var book = new Book(agent))
        {
            for (int bar = 0; bar < 60; bar++)
            {
                var closes = prices.Closes.Skip(bar * Assets).Take(Assets).ToArray();
                var signals = prices.AssetSignals.Skip(bar * Assets).Take(Assets).ToArray();
                string before = portfolio.StateJson;
                Check.Refuses(
                    Status.Length, "`bar.asset_columns`", () => portfolio.PushPrices(closes, assetColumns: new double[3]));
                Check.Refuses(
                    Status.Length, "`bar.asset_columns`", () => portfolio.PushReturns(signals, assetColumns: new double[1]));
                Check.Same(before, portfolio.StateJson, "a portfolio after what was refused");
                portfolio.PushPrices(closes, assetColumns: signals);
                if (portfolio.Ready)
                {
                    portfolio.Rebalance(weights);
                    Check.That(Math.Abs(weights.Sum() - 1.0) < 1e-9, "weights add up to 1");
                    decided++;
                }
                var ended = new Bar { Closes = closes, AssetColumns = signals, Time = prices.Times[bar] };
                if (book.Ready)
                {
                    book.Decide(ended, decision);
                }
                else
                {
                    book.Observe(ended);
                }
            }
        }
        Check.That(decided > 30, "decisions: " + decided);
    }
}
