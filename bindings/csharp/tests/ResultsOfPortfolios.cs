using System.Linq;
using PpoRisk;

internal static partial class Results
{
    private const string PortfolioConfig = "{\"cost_rate\": 0.002, \"history\": 60}";

    /// <summary>As tests/c/book.c.</summary>
    internal static void Books(string model, string path, int bars)
    {
        const string Settings =
            "{\"limits\": {\"min_cash\": 0.02, \"max_gross\": 0.7}, \"drawdown\": {\"reduce_at\": 0.08, \"stop_at\": 0.3},"
            + " \"trade_band\": 0.02, \"hedge\": {\"threshold\": 0.05, \"band\": 0.01}}";
        const int Warm = 260;
        var closes = new double[Check.Assets];
        var held = new double[Check.Assets + 1];
        var nothing = new double[Check.Assets];
        var lots = Enumerable.Range(0, Check.Assets).Select(i => 0.5 * i).ToArray();
        var bar = new Bar { Closes = closes, CashReturn = 1e-4 };
        var decision = new Decision(Check.Assets);
        using (var file = new ResultsFile(path))
        using (var agent = Agent.Load(model))
        {
            var book = new Book(agent, PortfolioConfig, Settings);
            for (int t = 0; t < bars; t++)
            {
                for (long i = 0; i < Check.Assets; i++)
                {
                    long wiggle = (t * 7919L + i * 104729) % 1009;
                    double drift = t % 300 > 240 ? -0.006 : 0.0012;
                    closes[i] = (t == 0 ? 100.0 : closes[i]) * (1.0 + drift + (wiggle - 504.0) * 4e-5);
                }
                if (t % 111 == 110)
                {
                    string state = book.StateJson;
                    book.Dispose();
                    book = Book.Restore(agent, state, PortfolioConfig, Settings);
                }
                if (t % 100 == 90)
                {
                    byte[] state = book.SaveState();
                    book.Dispose();
                    book = Book.RestoreState(agent, state, PortfolioConfig, Settings);
                }
                if (t == 700)
                {
                    book.Reset();
                }
                Check.Same(t >= 252, book.Ready, "ready at " + t);
                bool decides = t >= Warm && t % 7 != 3;
                if (decides)
                {
                    book.Decide(bar, decision);
                }
                else
                {
                    book.Observe(bar);
                }
                var account = book.Account(held);
                file.Put(closes);
                file.Put(held);
                file.Put(account.Value);
                if (decides)
                {
                    book.Traded(held, out double turnover, out double cost);
                    file.Put(decision.Weights);
                    file.Put(decision.Units);
                    file.Put(held);
                    file.Put(decision.Cash, decision.Gross, decision.Leverage, decision.Drawdown, decision.HedgeNotional);
                    file.Put(turnover, cost, decision.ReasonCount);
                    var orders = book.Orders(nothing, account.Value, lots, null, 300.0);
                    if (t % 50 == 20)
                    {
                        book.Deposit(1000.0);
                    }
                    file.Put(orders.Length);
                    foreach (var order in orders)
                    {
                        file.Put(order.Asset, order.Units);
                    }
                }
            }
            book.Dispose();
        }
    }

    /// <summary>As tests/c/portfolio.c.</summary>
    internal static void Portfolios(string model, string path, int bars)
    {
        const int Warm = 260;
        var draws = new Draws(5);
        double[] closes = new double[Check.Assets], returns = new double[Check.Assets];
        double[] held = new double[Check.Assets + 1];
        for (int i = 0; i < Check.Assets; i++)
        {
            closes[i] = 50.0 + i;
        }
        using (var file = new ResultsFile(path))
        {
            var agent = Agent.Load(model);
            var portfolio = new Portfolio(agent, PortfolioConfig);
            for (int t = 0; t < bars; t++)
            {
                double[] target = new double[Check.Actions], prior = new double[Check.Actions];
                double[] kelly = new double[Check.Assets], levers = new double[2];
                var state = new float[Check.States];
                bool taken = true, due = t > Warm && t % 3 == 0;
                for (int i = 0; i < Check.Assets; i++)
                {
                    double before = closes[i];
                    closes[i] = closes[i] * (0.98 + draws.Next() * 0.0405);
                    returns[i] = closes[i] / before - 1.0;
                }
                if (t % 100 == 40)
                {
                    portfolio.PushReturns(returns, 1e-4);
                }
                else
                {
                    taken = portfolio.PushPrices(closes, 1e-4);
                }
                var account = portfolio.Account(held);
                if (due)
                {
                    portfolio.Rebalance(target);
                    portfolio.Seen(state, prior);
                }
                if (t > Warm && t % 50 == 7)
                {
                    portfolio.SetPosition(held, account.Value + 1000.0);
                }
                if (t > Warm && t % 60 == 9)
                {
                    target[Check.Assets] = 1.0;
                    for (int i = 0; i < Check.Assets; i++)
                    {
                        target[i] = held[i] / 2.0;
                        target[Check.Assets] -= target[i];
                    }
                    portfolio.RecordTrade(target, 1e-4);
                }
                if (due)
                {
                    levers[0] = portfolio.Leverage();
                    levers[1] = portfolio.Leverage(0.01);
                    portfolio.Kelly(kelly);
                }
                file.Put(closes);
                file.Put(returns);
                file.Put(taken ? 1u : 0u);
                file.Put(account.Value, account.Cash, account.Drawdown, account.Volatility);
                file.Put(held);
                file.Put(target);
                file.Put(state);
                file.Put(prior);
                file.Put(levers);
                file.Put(kelly);
                if (t == 261 || t == 369 || t == 400)
                {
                    string saved = portfolio.StateJson;
                    portfolio.Dispose();
                    portfolio = new Portfolio(agent, PortfolioConfig);
                    portfolio.Restore(saved);
                }
                if (t == 500)
                {
                    var clone = agent.Clone();
                    agent.Dispose();
                    agent = clone;
                    portfolio.SetAgent(agent);
                }
            }
            portfolio.Dispose();
            agent.Dispose();
        }
    }
}
