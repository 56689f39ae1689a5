using System.Linq;
using PpoRisk;

internal static partial class Results
{
    /// <summary>As tests/c/results_risk.c.</summary>
    internal static void Risk(string settings, string path, int bars)
    {
        const int N = 3;
        var draws = new Draws(12345);
        double[] closes = { 100.0, 50.0, 20.0 }, highs = new double[N], lows = new double[N];
        double[] target = new double[N], current = new double[N], atr = new double[N], betas = new double[N];
        double[] observation = new double[1], regimes = new double[2];
        double equity = 1e5;
        var bar = new Bar { Closes = closes };
        var portfolio = new RiskPortfolio { Target = target, Current = current };
        var decision = new Decision(N);
        var manager = new RiskManager(N, settings);
        Check.That(manager.AssetCount == N && manager.ObservationLength == 1 && manager.RegimeCount == 2, "counts");
        using (var file = new ResultsFile(path))
        {
            for (int t = 0; t < bars; t++)
            {
                double drift = t % 200 == 2 ? -0.2 : t % 200 < 60 ? -0.006 : 0.003, gained = 0.0;
                for (int i = 0; i < N; i++)
                {
                    double change = drift + (draws.Next() - 0.5) * 0.05;
                    closes[i] = closes[i] + closes[i] * change;
                    highs[i] = closes[i] + closes[i] * draws.Next() * 0.01;
                    lows[i] = closes[i] - closes[i] * draws.Next() * 0.01;
                    target[i] = draws.Next() * 1.2 - 0.2;
                    atr[i] = closes[i] * (0.01 + draws.Next() * 0.03);
                    betas[i] = draws.Next() * 2.0;
                    gained = gained + current[i] * change;
                }
                observation[0] = drift + (draws.Next() - 0.5) * 0.02;
                equity = equity + equity * gained;
                portfolio.Equity = equity;
                bar.Highs = t % 13 != 6 ? highs : null;
                bar.Lows = t % 13 != 6 ? lows : null;
                bar.Observation = t % 17 != 3 ? observation : null;
                bar.Atr = t % 6 == 1 ? atr : null;
                bar.Betas = t % 4 == 2 ? betas : null;
                bar.Volatility = t % 9 == 4 ? 0.1 + draws.Next() * 0.3 : double.NaN;
                bar.Trend = t % 5 == 3 ? (draws.Next() - 0.3) * 0.4 : double.NaN;
                portfolio.Drawdown = t % 11 == 7 ? draws.Next() * 0.08 : double.NaN;
                if (t % 50 == 49)
                {
                    string state = manager.StateJson;
                    manager.Dispose();
                    manager = RiskManager.Restore(N, state, settings);
                }
                if (t % 200 == 120)
                {
                    manager.Reset();
                    manager.ResetStop(1);
                }
                file.Put(closes);
                file.Put(highs);
                file.Put(lows);
                file.Put(target);
                file.Put(current);
                file.Put(atr);
                file.Put(betas);
                file.Put(equity);
                file.Put(observation);
                file.PutNumber(bar.Volatility);
                file.PutNumber(bar.Trend);
                file.PutNumber(portfolio.Drawdown);
                if (t % 10 == 5)
                {
                    manager.Observe(bar);
                }
                else
                {
                    manager.Manage(bar, portfolio, decision);
                }
                manager.Regimes(regimes);
                file.Put(regimes);
                if (t % 10 == 5)
                {
                    continue;
                }
                file.Put((uint)decision.State);
                file.Put(decision.HedgeActive ? 1u : 0u);
                file.Put((uint)decision.HedgeSide);
                file.Put(decision.Cash, decision.Gross, decision.Net, decision.Turnover, decision.Leverage);
                file.Put(decision.Volatility, decision.Drawdown);
                file.Put(decision.HedgeNotional, decision.HedgeNet, decision.HedgeRatio);
                file.Put(decision.Weights);
                file.Put(decision.Units);
                file.Put(decision.Stops);
                Put(file, decision.Reasons, decision.ReasonCount);
                decision.Weights.CopyTo(current, 0);
            }
        }
        manager.Dispose();
    }

    /// <summary>As tests/c/results_risk_parts.c.</summary>
    internal static void RiskParts(string[] settings, string path, int bars)
    {
        const int N = 3;
        var draws = new Draws(54321);
        double[] closes = { 100.0, 50.0, 20.0 }, returns = new double[N], target = new double[N], weights = new double[N];
        double[] low = new double[N], high = new double[N], betas = new double[N], allowed = new double[N];
        double[] values = new double[N], units = new double[N], stops = new double[N];
        double[][] highs = new double[bars][], lows = new double[bars][], prices = new double[bars][];
        var reasons = new Reason[64];
        double equity = 1e5;
        var limits = new Limits(N, settings[0]);
        var hedge = new Hedge(settings[1]);
        var positions = new PositionSizer(N, settings[2]);
        var monitor = new DrawdownMonitor(settings[3]);
        var atr = new Atr(N, 5);
        using (var file = new ResultsFile(path))
        {
            for (int t = 0; t < bars; t++)
            {
                double drift = t % 200 < 60 ? -0.006 : 0.003, gained = 0.0;
                double factor = t % 3 == 0 ? 0.5 + draws.Next() / 2 : 1.0;
                bool bounded = t % 4 == 1, ranged = t % 5 != 2;
                highs[t] = new double[N];
                lows[t] = new double[N];
                for (int i = 0; i < N; i++)
                {
                    returns[i] = drift + (draws.Next() - 0.5) * 0.05;
                    closes[i] = closes[i] + closes[i] * returns[i];
                    highs[t][i] = closes[i] + closes[i] * draws.Next() * 0.01;
                    lows[t][i] = closes[i] - closes[i] * draws.Next() * 0.01;
                    target[i] = draws.Next() * 1.2 - 0.2;
                    low[i] = draws.Next() * -0.2;
                    high[i] = draws.Next() * 0.5;
                    betas[i] = draws.Next() * 2;
                    gained = gained + weights[i] * returns[i];
                }
                prices[t] = (double[])closes.Clone();
                equity = equity + equity * gained;
                file.Put(returns);
                file.Put(closes);
                file.Put(highs[t]);
                file.Put(lows[t]);
                file.Put(target);
                file.Put(weights);
                file.Put(low);
                file.Put(high);
                file.Put(betas);
                file.Put(factor, equity);
                if (t % 50 == 49)
                {
                    limits = Again(limits, Limits.Restore(N, limits.StateJson, settings[0]));
                    hedge = Again(hedge, Hedge.Restore(hedge.StateJson, settings[1]));
                    atr = Again(atr, Atr.Restore(N, 5, atr.StateJson));
                    monitor = Again(monitor, DrawdownMonitor.Restore(monitor.StateJson, settings[3]));
                }
                if (t % 200 == 120)
                {
                    monitor.Reset();
                }
                int count = monitor.Update(
                    equity, out var trading, out double drawdown, reasons, t % 7 == 3 ? 0.08 : double.NaN);
                file.Put((uint)trading);
                file.Put(new[] { drawdown });
                Put(file, reasons, count);

                limits.PushReturns(returns);
                count = limits.Apply(
                    target, weights, allowed, reasons, factor, bounded ? low : null, bounded ? high : null);
                file.Put(allowed);
                Put(file, reasons, count);
                allowed.CopyTo(weights, 0);

                count = hedge.Decide(drawdown, weights, equity, out var position, t % 2 == 0 ? betas : null, reasons);
                file.Put(position.Active ? 1u : 0u);
                file.Put((uint)position.Side);
                file.Put(position.Notional, position.Net, position.Ratio);
                Put(file, reasons, count);

                atr.Update(ranged ? highs[t] : null, ranged ? lows[t] : null, closes);
                atr.Values(values, out int seen, out int needed);
                Check.That(seen == t + 1 && needed == 6, "bars seen and needed");
                file.Put(values);

                count = positions.Size(equity, weights, closes, values, seen, units, stops, reasons);
                file.Put(units);
                file.Put(stops);
                Put(file, reasons, count);
                if (t % 10 == 9)
                {
                    file.Put(new[] { PositionSizer.Units(equity, 0.02, values[0], 3.0, 7.0) });
                }
            }
            double[] all = prices.SelectMany(row => row).ToArray(), table = new double[bars * N];
            Atr.Table(null, null, all, bars, N, 5, table);
            file.Put(table);
            Atr.Table(
                highs.SelectMany(row => row).ToArray(), lows.SelectMany(row => row).ToArray(), all, bars, N, 5, table);
            file.Put(table);
        }
        limits.Dispose();
        hedge.Dispose();
        positions.Dispose();
        monitor.Dispose();
        atr.Dispose();
    }

    /// <summary>The program starts again.</summary>
    private static T Again<T>(T former, T restored)
        where T : System.IDisposable
    {
        former.Dispose();
        return restored;
    }

    private static void Put(ResultsFile file, Reason[] reasons, int count)
    {
        file.Put((uint)count);
        for (int i = 0; i < count; i++)
        {
            file.Put((uint)reasons[i].Code);
            file.Put(reasons[i].Index);
            file.Put(reasons[i].Found, reasons[i].Allowed);
        }
    }
}
