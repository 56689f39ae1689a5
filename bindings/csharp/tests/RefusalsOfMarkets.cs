using System;
using System.IO;
using System.Linq;
using PpoRisk;

/// <summary>What markets, portfolios, environments, back-tests and risk managers refuse, in the words of C.</summary>
internal static class RefusalsOfMarkets
{
    private const string Gbm =
        "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.02, 0.05],"
        + " \"covariance\": [[0.04, 0.01], [0.01, 0.0625]], \"cash_rate\": 0.01, \"bars_per_year\": 252}";

    private const string Spec =
        "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
        + " \"action\": {\"distribution\": \"gaussian\", \"cash\": true},"
        + " \"network\": {\"scorer\": {\"hidden\": [4]}}}";

    internal static void All(string folder)
    {
        using (var market = Market.SimulatePrices(Gbm, 400, new DateTime(2020, 1, 4), 7))
        using (var endless = Market.Simulated(Gbm))
        using (var agent = new Agent(Spec))
        {
            Markets(market, endless, folder);
            FromPrices();
            Frame.All();
            Portfolios(agent);
            Steps(agent, market);
            Backtests(agent, market, endless);
            Risk();
            Parts();
            Fallback(agent);
        }
    }

    private static void Markets(Market market, Market endless, string folder)
    {
        // 2020-01-04 is a Saturday: the first bar is the Monday.
        Check.Same(new DateTime(2020, 1, 6), market.Time(0), "the first bar's time");
        Check.Same(0, market.BarOf(new DateTime(2020, 1, 5), BarAt.OrAfter), "the bar at or after a Sunday");
        Check.Same(4, market.BarOf(new DateTime(2020, 1, 12), BarAt.OrBefore), "the bar at or before a Sunday");
        Check.Refuses(Status.InvalidArgument, "", () => market.BarOf(new DateTime(1960, 1, 1), BarAt.OrBefore));
        Check.Refuses(Status.InvalidArgument, "side", () => market.BarOf(new DateTime(2020, 2, 1), (BarAt)7));
        Check.Refuses(Status.InvalidArgument, "bar", () => market.Time(400));
        Check.Refuses(Status.InvalidArgument, "bar", () => market.Time(-1));
        Check.Refuses(Status.InvalidArgument, "", () => endless.Time(0));
        Check.Same(0, endless.BarCount, "bars of a simulation without end");
        Check.That(market.BarCount == 400 && market.AssetCount == 2 && market.ColumnCount == 0, "sizes of a market");
        Check.Same("B", market.AssetName(1), "a name");
        Check.Refuses(Status.InvalidArgument, "`index`", () => market.ColumnName(0));
        Check.Refuses(Status.InvalidArgument, "10..=400", () => market.Select(10, 400));
        using (var part = market.Select(10, 200))
        using (var same = part.Clone())
        {
            same.Range(out int first, out int last);
            Check.That(first == 10 && last == 200 && same.BarCount == 400, "a range");
            Check.That(part.Digest == same.Digest && part.Digest != market.Digest, "digests");
        }
        var closes = new double[6];
        market.Closes(0, 3, closes);
        Check.That(closes[0] == 100.0 && closes[1] == 100.0 && closes[2] != 100.0, "closes");
        Check.Refuses(Status.Length, "`closes`", () => market.Closes(0, 4, closes));
        Check.Refuses(Status.NullPointer, "`closes`", () => market.Closes(0, 3, null));
        using (var fitted = market.FitGbm())
        using (var again = Market.Simulated(fitted.ParametersJson))
        {
            Check.Same(fitted.Digest, again.Digest, "parameters there and back");
        }
        using (var regimes = market.FitRegimes(1))
        {
            Check.That(regimes.ParametersJson.Contains("regime_switching"), "regimes: " + regimes.ParametersJson);
        }
        Check.Refuses(Status.InvalidArgument, "", () => market.ParametersJson.ToString());
        Check.Refuses(Status.InvalidArgument, "", () => Market.Simulated("{}"));
        Check.Refuses(Status.NullPointer, "`parameters_json` is NULL", () => Market.Simulated(null));
        Check.Refuses(Status.Io, "no/such/file", () => Market.FromCsv("no/such/file"));
        string bad = Path.Combine(folder, "bad.csv");
        File.WriteAllText(bad, "date,A,B\n2020-01-06,1,2\n2020-01-07,x,2\n");
        Check.Refuses(Status.Table, "line 3", () => Market.FromCsv(bad));
        Check.Refuses(Status.InvalidArgument, "options_json", () => Market.FromCsv(bad, "{\"layuot\": \"wide\"}"));
    }

    private static void FromPrices()
    {
        var prices = new Prices { Bars = 3, Assets = 2, Closes = new[] { 1.0, 2.0, 1.1, 2.1, 1.2, 2.2 } };
        prices.Times = new[] { new DateTime(1969, 12, 31), new DateTime(1970, 1, 1), new DateTime(2024, 2, 29) };
        prices.AssetNames = new[] { "Ä", "B" };
        using (var market = Market.FromPrices(prices))
        {
            Check.Same("Ä", market.AssetName(0), "a name in UTF-8");
            Check.That(Enumerable.Range(0, 3).All(bar => market.Time(bar) == prices.Times[bar]), "times there and back");
        }
        prices.AssetNames[1] = null;
        Check.Refuses(Status.NullPointer, "asset_names[1]", () => Market.FromPrices(prices));
        prices.AssetNames[1] = "Ä";
        Check.Refuses(Status.InvalidArgument, "Ä", () => Market.FromPrices(prices));
        prices.AssetNames = new[] { "only one" };
        Check.Refuses(Status.Length, "`prices.asset_names` has length 1, expected 2", () => Market.FromPrices(prices));
        prices.AssetNames = null;
        prices.Highs = new double[5];
        Check.Refuses(Status.Length, "`prices.highs` has length 5, expected 6", () => Market.FromPrices(prices));
        prices.Highs = null;
        prices.Prior = new double[6];
        Check.Refuses(Status.Length, "`prices.prior` has length 6, expected 9", () => Market.FromPrices(prices));
        prices.Prior = null;
        prices.Closes[3] = double.NaN;
        Check.Refuses(Status.NotFinite, "", () => Market.FromPrices(prices));
        prices.Closes = null;
        Check.Refuses(Status.NullPointer, "`prices.closes` is NULL", () => Market.FromPrices(prices));
        prices.Bars = -1;
        Check.Refuses(Status.Length, "`prices.times` has length 3, expected -1", () => Market.FromPrices(prices));
    }

    private static void Portfolios(Agent agent)
    {
        Check.Throws<ArgumentNullException>("no agent", () => new Portfolio(null));
        Check.Refuses(Status.InvalidArgument, "config_json: cost", () => new Portfolio(agent, "{\"cost\": 1}"));
        using (var portfolio = new Portfolio(agent, "{\"balance\": 5000}"))
        using (var book = new Book(agent))
        {
            Check.That(!portfolio.Ready && portfolio.Account().Value == 5000.0, "a new portfolio");
            Check.That(portfolio.ConfigJson.Contains("\"balance\":5000"), portfolio.ConfigJson);
            Check.Refuses(Status.NotReady, "", () => portfolio.Rebalance(new double[3]));
            Check.Refuses(Status.Length, "`bar.closes`", () => portfolio.PushPrices(new double[3]));
            Check.Refuses(Status.InvalidArgument, "closes[1]", () => portfolio.PushPrices(new[] { 1.0, -1.0 }));
            Check.That(!portfolio.PushPrices(new[] { 1.0, 1.0 }) && portfolio.PushPrices(new[] { 1.1, 1.0 }), "taken");
            Check.Refuses(Status.Length, "`weights`", () => portfolio.RecordTrade(new double[2], 0.0));
            Check.Refuses(Status.InvalidArgument, "", () => portfolio.SetPosition(new[] { 0.0, 0.0, 1.0 }, 0.0));
            Check.Refuses(Status.InvalidArgument, "state_json", () => portfolio.Restore("{}"));
            Check.That(portfolio.LastError.Contains("ppo_portfolio_restore"), portfolio.LastError);
            var bar = new Bar { Closes = new[] { 1.0, 1.0 } };
            Check.Refuses(Status.NotReady, "", () => book.Decide(bar, new Decision(2)));
            Check.Refuses(Status.Length, "`decision.weights`", () => book.Decide(bar, new Decision(3)));
            Check.Throws<ArgumentNullException>("no bar", () => book.Observe(null));
            book.Observe(bar);
            Check.Refuses(Status.InvalidArgument, "", () => Book.Restore(agent, "{}"));
            // The kill switch needs no history; a bar that is given twice is refused.
            var decision = new Decision(2);
            book.SetPosition(new[] { 0.4, 0.2, 0.4 }, 1000.0);
            Check.Refuses(Status.InvalidArgument, "`equity`", () => book.SetPosition(new[] { 0.0, 0.0, 1.0 }, 1e150));
            book.Deposit(500.0);
            Check.That(Math.Abs(book.Account().Value - 1500.0) < 1e-9, "a deposit");
            Check.Refuses(Status.InvalidArgument, "`amount`", () => book.Deposit(-1400.0));
            Check.Refuses(Status.NotFinite, "`amount`", () => book.Deposit(double.NaN));
            book.Deposit(-500.0);
            var none = new double[2];
            Check.Refuses(Status.InvalidArgument, "without a decision", () => book.Orders(none, 1000.0));
            book.RecordTrade(new[] { 0.2, 0.7, 0.1 }, 0.001);
            var orders = book.Orders(none, 1000.0, new[] { 5.0, 5.0 }, minValue: 300.0);
            Check.That(orders.Length == 1 && orders[0].Asset == 1 && orders[0].Units == 695.0, "an order");
            Check.Refuses(Status.Length, "`lots`", () => book.Orders(none, 1000.0, new double[3]));
            book.Pin(1);
            Check.Same(0, book.Orders(none, 1000.0, new[] { 5.0, 5.0 }, minValue: 300.0).Length, "orders of a pinned asset");
            book.Pin(1, false);
            Check.Refuses(Status.InvalidArgument, "`asset`", () => book.Pin(2));
            book.SetPosition(new[] { 0.4, 0.2, 0.4 }, 1000.0);
            book.Halt();
            bar.Time = new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc);
            book.Decide(bar, decision);
            Check.That(decision.State == RiskState.Reducing && decision.Weights[0] > 0.3, "a halted book holds");
            book.Flatten();
            Check.Refuses(Status.InvalidArgument, "`bar.time`", () => book.Decide(bar, decision));
            bar.Time = bar.Time.Value.AddTicks(1);
            book.Decide(bar, decision);
            Check.That(decision.State == RiskState.Halted && decision.Cash == 1.0, "a flattened book is in cash");
            book.Resume();
            Check.That(!book.Ready, "a book without history");
        }
    }

    private static void Steps(Agent agent, Market market)
    {
        Check.Refuses(Status.InvalidArgument, "count", () => new Environments(agent, market, 0));
        using (var env = new Environments(agent, market, 3, new Config { EpisodeLen = 20 }))
        {
            var outputs = new StepOutputs { Rewards = new double[3] };
            Check.Refuses(Status.Length, "`actions`", () => env.Step(new float[5]));
            Check.Refuses(Status.NullPointer, "`actions` is NULL", () => env.Step(null));
            Check.Refuses(Status.NullPointer, "`weights` is NULL", () => env.StepWeights(null));
            outputs.Costs = new double[2];
            Check.Refuses(Status.Length, "`outputs.costs` has length 2, expected 3", () => env.Step(new float[9], outputs));
            outputs.Costs = null;
            var actions = new float[9];
            actions[4] = float.NaN;
            Check.Refuses(Status.NotFinite, "", () => env.Step(actions, outputs));
            Check.That(outputs.Rewards.All(reward => reward == 0.0), "a refused step leaves its outputs alone");
            for (int i = 0; i < 25; i++)
            {
                env.Step(new float[9], outputs);
            }
            var episodes = new Episode[2];
            Check.Same(2, env.TakeEpisodes(episodes), "episodes taken");
            Check.Same(20ul, episodes[0].Steps, "steps of an episode");
            Check.Same(1, env.TakeEpisodes(episodes), "episodes taken");
            Check.Refuses(Status.Length, "", () => env.TakeEpisodes(new Episode[0]));
            Check.Refuses(Status.Length, "`drawdowns` has length 2", () => env.Portfolios(new double[3], new double[2]));
            Check.Refuses(Status.InvalidArgument, "", () => env.Restore(new byte[10]));
            Check.Refuses(Status.Length, "", () => env.States(new float[4]));
        }
    }

    private static void Backtests(Agent agent, Market market, Market endless)
    {
        Check.Refuses(Status.InvalidArgument, "", () => Backtest.Run(agent, endless));
        Check.Refuses(Status.InvalidArgument, "options_json", () => Backtest.Run(agent, market, "{\"cost\": 1}"));
        Check.Refuses(Status.InvalidArgument, "baseline", () => Backtest.RunBaseline(market, (Baseline)99));
        using (var backtest = Backtest.RunBaseline(market, Baseline.EqualWeight))
        {
            Check.Refuses(Status.InvalidArgument, "", () => backtest.ReasonsJson.ToString());
            Check.Refuses(Status.InvalidArgument, "", () => backtest.Compare(backtest, "{\"level\": 2}"));
        }
    }

    private static void Risk()
    {
        Check.Refuses(Status.InvalidArgument, "`assets`", () => new RiskManager(0));
        Check.Refuses(Status.InvalidArgument, "`assets`", () => new RiskManager(-1));
        Check.Refuses(Status.InvalidArgument, "config_json", () => new RiskManager(2, "{\"limts\": {}}"));
        using (var manager = new RiskManager(2, "{\"limits\": {\"max_weights\": [0.5, 0.5]}}"))
        {
            var bar = new Bar { Closes = new[] { 100.0, 50.0 } };
            var portfolio = new RiskPortfolio { Target = new[] { 0.6, 0.3 }, Current = new double[2], Equity = 1e5 };
            var decision = new Decision(2);
            Check.Refuses(Status.Length, "`decision.weights`", () => manager.Manage(bar, portfolio, new Decision(1)));
            portfolio.Equity = 0.0;
            Check.Refuses(Status.InvalidArgument, "equity", () => manager.Manage(bar, portfolio, decision));
            portfolio.Equity = 1e5;
            portfolio.Target[1] = double.NaN;
            Check.Refuses(Status.NotFinite, "target[1]", () => manager.Manage(bar, portfolio, decision));
            Check.That(decision.Weights.All(weight => weight == 0.0) && decision.ReasonCount == 0, "an untouched decision");
            portfolio.Target[1] = 0.3;
            manager.Manage(bar, portfolio, decision);
            Check.That(decision.Weights[0] <= 0.5 && decision.State == RiskState.Active, "the limit holds");
            var cap = decision.Reasons.Take(decision.ReasonCount).First(one => one.Code == ReasonCode.AssetMaximum);
            Check.Same("ASSET_MAXIMUM", cap.Name, "a reason's name");
            Check.That(cap.Describe(new[] { "Öl", "B" }).StartsWith("ASSET_MAXIMUM Öl: found 0.6", StringComparison.Ordinal), cap.Describe());
            Check.That(cap.Describe().Contains("number 0"), cap.Describe());
            cap.Code = (ReasonCode)99999;
            Check.Same("UNKNOWN", cap.Name, "the name of no reason");
            Check.Refuses(Status.InvalidArgument, "", () => cap.Describe());
            // Reasons that there is no room for are counted.
            var small = new Decision(2, 1);
            manager.Manage(bar, portfolio, small);
            Check.That(small.ReasonCount > 1, "reasons: " + small.ReasonCount);
            Check.Refuses(Status.InvalidArgument, "", () => manager.ResetStop(2));
            Check.Refuses(Status.InvalidArgument, "", () => manager.Regimes(new double[2]));
            bar.Closes = null;
            Check.Refuses(Status.NullPointer, "`bar.closes` is NULL", () => manager.Observe(bar));
            Check.That(manager.LastError.Contains("risk_manager_observe"), manager.LastError);
        }
    }

    private static void Parts()
    {
        Check.Refuses(Status.InvalidArgument, "config_json: gros", () => new Limits(2, "{\"gros\": 1}"));
        Check.Refuses(Status.InvalidArgument, "`config_json: band` is 0.5", () => new Hedge("{\"band\": 0.5}"));
        Check.Refuses(Status.InvalidArgument, "", () => new Atr(2, 0));
        Check.Refuses(Status.InvalidArgument, "", () => Atr.Restore(2, 14, "{}"));
        Check.Refuses(Status.InvalidArgument, "", () => new PositionSizer(0));
        Check.Refuses(Status.InvalidArgument, "", () => new DrawdownMonitor("{\"stop_at\": 2}"));
        double[] weights = { 0.6, 0.3 }, allowed = { 7.0, 7.0 };
        using (var limits = new Limits(2))
        using (var hedge = new Hedge())
        {
            Check.Refuses(Status.InvalidArgument, "memory that `target` uses", () => limits.Apply(weights, allowed, weights));
            Check.Refuses(Status.InvalidArgument, "`factor` is 1.5", () => limits.Apply(weights, weights, allowed, null, 1.5));
            Check.Refuses(Status.Length, "`low` has 1 values", () => limits.Apply(weights, weights, allowed, null, 1.0, new double[1]));
            Check.That(allowed.All(weight => weight == 7.0), "refused limits leave their outputs alone");
            Check.Refuses(Status.NotFinite, "`drawdown` is NaN", () => hedge.Decide(double.NaN, weights, 1e5, out _));
            hedge.Decide(0.2, weights, 1e5, out var position);
            Check.That(position.Active && position.Side == HedgeSide.Sell, "the hedge opens");
        }
        Check.Refuses(Status.InvalidArgument, "", () => PositionSizer.Units(1e5, 2.0, 1.0, 3.0));
    }

    private static void Fallback(Agent agent)
    {
        var state = new float[7];
        double[] cash = { 0.0, 0.0, 1.0 }, weights = new double[3], plain = agent.SelectAction(state);
        Check.That(!agent.SelectActionOr(state, null, cash, weights) && weights.SequenceEqual(plain), "the policy's own");
        Check.That(agent.ExplainActionJson(state).StartsWith("{\"weights\":[", StringComparison.Ordinal), "an explanation");
        Check.Refuses(Status.Length, "state", () => agent.ExplainActionJson(new float[6]));
        state[2] = float.NaN;
        Check.That(agent.SelectActionOr(state, null, cash, weights) && weights.SequenceEqual(cash), "the fallback");
        Check.Refuses(Status.InvalidArgument, "fallback", () => agent.SelectActionOr(state, null, new double[3], weights));
        Check.Refuses(Status.InvalidArgument, "threads", () => agent.SelectActions(0, 1, new float[7], null, weights));
        Check.Refuses(Status.Io, "", () => agent.ExportOnnx("no/such/folder/policy.onnx"));
    }
}
