using System;
using System.IO;
using System.Linq;
using PpoRisk;

/// <summary>
/// Bars of an hour and of a week, columns of each asset, and an asset that comes late, is halted and ends: into a market,
/// through training, and fed live.
/// </summary>
internal static class Hourly
{
    private const int Bars = 400;
    private const int Assets = 2;

    // B has its first price at bar 25, so that it takes part from bar 45 on, when it has 20 returns; it has none at bars 48
    // to 50, and ends at the last bar that is fed live.
    private const int Listed = 25;
    private const int TakesPart = 45;
    private const int Fed = 60;

    private const string Spec =
        "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"listed\": true, \"columns\": [], " +
        "\"asset_columns\": [\"signal\"]}, \"action\": {\"short\": true, \"max_gross\": 1.5}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";

    /// <summary>700 nanoseconds past a midnight.</summary>
    private static readonly DateTime First = new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc).AddTicks(7);

    internal static void All(string folder)
    {
        var hours = TimeSpan.FromHours(1);
        BarsAYear(TimeSpan.FromDays(7), 52.0);
        BarsAYear(hours, 8766.0);
        CashRates();
        Gaps();
        Costs();
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
    /// Closes with gaps, and of each asset a signal that says what it does over the bar to come; without times where the gap is zero.
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
            Gaps = true,
            Ends = new double[Bars * Assets],
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
        for (int bar = 0; bar < Bars; bar++)
        {
            if (bar < Listed || IsHalted(bar))
            {
                prices.Closes[bar * Assets + 1] = double.NaN;
            }
        }
        prices.Ends[(Fed - 1) * Assets + 1] = 1.0;
        if (gap > TimeSpan.Zero)
        {
            prices.Times = Enumerable.Range(0, Bars).Select(bar => First.AddTicks(bar * gap.Ticks)).ToArray();
        }
        return prices;
    }

    private static bool IsHalted(int bar)
    {
        return bar >= 48 && bar <= 50;
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

    /// <summary>Costs of each asset: paid in environments, refused by name, and fed live.</summary>
    private static void Costs()
    {
        const string spec = "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 5}, " +
            "\"action\": {\"cash\": true}, \"network\": {\"scorer\": {\"hidden\": [8]}}}";
        var prices = new Prices
        {
            Bars = 60,
            Assets = 2,
            AssetNames = new[] { "A", "B" },
            Closes = Enumerable.Range(0, 120).Select(i => 100.0 + i * 7 % 11).ToArray(),
            HalfSpreads = new[] { 0.006, 0.006 },
        };
        var config = new Config { CostRate = 0.004 };
        using (var market = Market.FromPrices(prices))
        using (var environments = Environments.FromSpec(spec, market, 1, config))
        {
            var costs = new double[1];
            environments.StepWeights(new[] { 0.5, 0.5, 0.0 }, new StepOutputs { Costs = costs });
            Check.That(Math.Abs(1.0 - costs[0] - 1.0 / 1.01) < 1e-15, "what half-spreads cost: " + costs[0]);
        }
        prices.BorrowRates = new double[3];
        Check.Refuses(Status.InvalidArgument, "`prices.borrow_rates_len` is 3", () => Market.FromPrices(prices));
        using (var agent = new Agent(spec))
        using (var portfolio = new Portfolio(agent, "{\"impact\": 1}"))
        {
            var closes = new[] { 100.0, 101.0 };
            portfolio.PushPrices(closes);
            Check.Refuses(Status.Length, "`volumes` has 0 values", () => portfolio.PushPrices(closes));
            portfolio.PushPrices(closes, volumes: new[] { 10.0, 20.0 }, halfSpreads: new[] { 0.1, 0.2 });
            Check.Refuses(
                Status.InvalidArgument,
                "cost_rates[1]",
                () => portfolio.PushPrices(closes, volumes: closes, costRates: new[] { 0.1, 1.0 }));
        }
    }

    /// <summary>Gaps have to be meant, and come out as they went in.</summary>
    private static void Gaps()
    {
        var prices = Drawn(TimeSpan.FromHours(1));
        var found = new double[Bars * Assets];
        using (var market = Market.FromPrices(prices))
        {
            market.Closes(0, Bars, found);
        }
        Check.That(found.SequenceEqual(prices.Closes), "closes there and back");
        prices.MaxHaltedBars = 0;
        Check.Refuses(Status.InvalidArgument, "`prices.max_halted_bars`", () => Market.FromPrices(prices));
        prices.MaxHaltedBars = 21;
        prices.DelistingReturn = -2.0;
        Check.Refuses(Status.InvalidArgument, "`prices.delisting_return`", () => Market.FromPrices(prices));
        prices.DelistingReturn = 0.0;
        prices.Gaps = false;
        Check.Refuses(Status.InvalidArgument, "`prices.ends` is given", () => Market.FromPrices(prices));
        prices.Ends = new double[3];
        Check.Refuses(Status.Length, "`prices.ends` has length 3", () => Market.FromPrices(prices));
        prices.Ends = null;
        Check.Refuses(
            Status.NotFinite,
            "`prices.closes of B on 2024-01-02T00:00:00.000000700Z (bar 0)` is NaN, expected a finite price above 0: with `gaps`",
            () => Market.FromPrices(prices));
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

    /// <summary>
    /// The target's weights at a close: B has none where it does not take part, and stays as it is held where it is halted.
    /// </summary>
    private static void ArePossible(int bar, double[] weights, double[] held)
    {
        Check.That(Math.Abs(weights.Sum() - 1.0) < 1e-9, "weights add up to 1");
        string found = $"weights {string.Join(", ", weights)} at bar {bar}";
        if (bar < TakesPart || bar == Fed - 1)
        {
            Check.That(weights[1] == 0.0 && held[1] == 0.0, found);
        }
        else if (IsHalted(bar))
        {
            // The policy knows what is held to 32 bits.
            Check.That(held[1] != 0.0 && Math.Abs(weights[1] - held[1]) < 1e-6, found);
        }
        else
        {
            Check.That(weights[1] != 0.0, found);
        }
    }

    /// <summary>
    /// What is held of an asset that ends is cash at its last close: as much as it is worth to one who goes on.
    /// </summary>
    private static void IsPaidOut(Portfolio ended, Portfolio goesOn)
    {
        var ofEnded = new double[Assets + 1];
        var ofOther = new double[Assets + 1];
        var paid = ended.Account(ofEnded);
        var other = goesOn.Account(ofOther);
        Check.That(ofOther[1] != 0.0 && ofEnded[1] == 0.0, "weights of an asset that ended");
        Check.That(Math.Abs(paid.Value / other.Value - 1.0) < 1e-12, "the value after an end");
        Check.That(Math.Abs(paid.Cash - other.Cash - ofOther[1]) < 1e-12, "the cash after an end");
    }

    /// <summary>A halted asset is traded by nobody, and the decision says so where it is held.</summary>
    private static void IsLeftAlone(Book book, Decision decision)
    {
        var held = new double[Assets + 1];
        var traded = new double[Assets + 1];
        book.Account(held);
        book.Traded(traded, out _, out double cost);
        Check.That(Math.Abs(traded[1] * (1.0 - cost) - held[1]) < 1e-12, "a book trades a halted asset");
        bool said = decision.Reasons.Take(decision.ReasonCount)
            .Any(reason => reason.Code == ReasonCode.AssetHalted && reason.Index == 1);
        Check.Same(held[1] != 0.0, said, "the reason of a halted asset");
    }

    private static void Live(Agent agent, Prices prices)
    {
        var weights = new double[Assets + 1];
        var held = new double[Assets + 1];
        var decision = new Decision(Assets);
        int decided = 0;
        using (var portfolio = new Portfolio(agent))
        using (var goesOn = new Portfolio(agent))
        using (var book = new Book(agent))
        {
            for (int bar = 0; bar < Fed; bar++)
            {
                var closes = prices.Closes.Skip(bar * Assets).Take(Assets).ToArray();
                var signals = prices.AssetSignals.Skip(bar * Assets).Take(Assets).ToArray();
                var ends = prices.Ends.Skip(bar * Assets).Take(Assets).ToArray();
                string before = portfolio.StateJson;
                Check.Refuses(
                    Status.Length, "`bar.asset_columns`", () => portfolio.PushPrices(closes, assetColumns: new double[3]));
                Check.Refuses(
                    Status.Length, "`bar.asset_columns`", () => portfolio.PushReturns(signals, assetColumns: new double[1]));
                Check.Refuses(
                    Status.Length,
                    "`bar.ends` has 3 values, expected 2",
                    () => portfolio.PushPrices(closes, assetColumns: signals, ends: new double[3]));
                Check.Same(before, portfolio.StateJson, "a portfolio after what was refused");
                portfolio.PushPrices(closes, assetColumns: signals, ends: ends);
                goesOn.PushPrices(closes, assetColumns: signals);
                if (portfolio.Ready)
                {
                    portfolio.Account(held);
                    portfolio.Rebalance(weights);
                    ArePossible(bar, weights, held);
                    if (bar == Fed - 1)
                    {
                        IsPaidOut(portfolio, goesOn);
                    }
                    goesOn.Rebalance(weights);
                    decided++;
                }
                var ended = new Bar { Closes = closes, AssetColumns = signals, Ends = ends, Time = prices.Times[bar] };
                if (book.Ready)
                {
                    book.Decide(ended, decision);
                    if (IsHalted(bar))
                    {
                        IsLeftAlone(book, decision);
                    }
                    else if (bar < TakesPart || bar == Fed - 1)
                    {
                        Check.Same(0.0, decision.Weights[1], "a book's weight of an asset that does not take part");
                    }
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
