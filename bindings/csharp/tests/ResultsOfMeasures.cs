using System;
using System.Runtime.InteropServices;
using PpoRisk;

internal static partial class Results
{
    /// <summary>As tests/c/results_risk_measures.c.</summary>
    internal static void RiskMeasuring(string path)
    {
        const int Bars = 300;
        var draws = new Draws(4242);
        double[] returns = new double[Bars], benchmark = new double[Bars], equity = new double[Bars + 1];
        equity[0] = 1.0;
        for (int bar = 0; bar < Bars; bar++)
        {
            benchmark[bar] = (draws.Next() - 0.49) * 0.03;
            returns[bar] = benchmark[bar] * 0.8 + (draws.Next() - 0.5) * 0.01;
            equity[bar + 1] = equity[bar] + equity[bar] * returns[bar];
        }
        var own = new Conventions { BarsPerYear = 52.0, RiskFree = 0.0001, RequiredReturn = 0.0002, Tail = 0.1 };
        using (var file = new ResultsFile(path))
        {
            file.Put(returns);
            file.Put(benchmark);
            file.Put(equity);
            foreach (var by in new[] { null, own })
            {
                file.Put(Figures(RiskMeasures.Metrics(returns, by)));
                file.Put(Figures(RiskMeasures.Benchmark(returns, benchmark, by)));
            }
            foreach (var by in new[] { null, own })
            {
                var series = new Performance(by);
                for (int bar = 0; bar < Bars; bar++)
                {
                    series.Push(returns[bar]);
                    if (bar == Bars / 2)
                    {
                        series = Again(series, Performance.Restore(series.StateJson, by));
                    }
                }
                file.Put(Figures(series.Read()));
                series.Dispose();
            }
            var worst = new DrawdownPeriod[5];
            Check.Same(5, RiskMeasures.WorstDrawdowns(equity, worst), "drawdowns");
            foreach (var fall in worst)
            {
                file.Put(new[] { fall.Depth });
                file.Put(BitConverter.GetBytes(fall.Peak));
                file.Put(BitConverter.GetBytes(fall.Valley));
                file.Put(BitConverter.GetBytes(fall.Recovery));
            }
        }
    }

    /// <summary>As tests/c/results_risk_sizes.c.</summary>
    internal static void RiskSizes(string path)
    {
        const int N = 3, Bars = 240;
        var draws = new Draws(777);
        double[] returns = new double[Bars * N], series = new double[Bars];
        for (int bar = 0; bar < Bars; bar++)
        {
            double scale = bar % 80 < 50 ? 0.01 : 0.04;
            for (int i = 0; i < N; i++)
            {
                returns[bar * N + i] = (draws.Next() - 0.45 + 0.02 * i) * scale;
            }
            series[bar] = (returns[bar * N] + returns[bar * N + 1]) / 2.0;
        }
        using (var file = new ResultsFile(path))
        {
            file.Put(returns);
            file.Put(series);
            Kelly(file, returns, Bars, N, null);
            Kelly(
                file,
                returns,
                Bars,
                N,
                "{\"fraction\": 0.01, \"max_gross\": 1.5, \"min_weights\": [-0.5, -0.5, -0.5], \"cash_rate\": 0.02}");
            file.Put(RiskKelly.Binary(0.6, 0.9, 0.7), RiskKelly.Continuous(0.07, 0.03));
            Leverage(file, null, 0.05, 0.1, double.NaN);
            Leverage(file, "{\"drawdown_stop\": 0.3, \"cash_rate\": 0.01}", 0.22, 0.1, 0.02);
            file.Put(
                RiskEstimates.Volatility(null, series, 252),
                RiskEstimates.Volatility("{\"rolling\": {\"bars\": 60}}", series, 252),
                RiskEstimates.Volatility("{\"decay\": {\"decay\": 0.94}}", series, 252),
                RiskEstimates.Volatility("{\"garch\": {\"alpha\": 0.1, \"beta\": 0.85}}", series, 252));
            file.Put(Figures(RiskEstimates.FitGarch(series)));
            file.Put(Figures(RiskEstimates.TailRisk(returns, Bars, new[] { 0.5, -0.2, 0.4 }, 0.95)));
            Regimes(file, series);
        }
    }

    private static void Kelly(ResultsFile file, double[] returns, int bars, int assets, string config)
    {
        double[] covariance = new double[assets * assets], weights = new double[assets];
        var found = RiskKelly.FromReturns(returns, bars, assets, 252, config);
        file.Put(found.Weights);
        file.Put(found.StandardErrors);
        file.Put(found.Unconstrained);
        file.Put(found.UnconstrainedStandardErrors);
        file.Put(found.Excess);
        file.Put(found.MeanShrinkage, found.CovarianceShrinkage);
        double shrinkage = RiskEstimates.Covariance(returns, bars, assets, covariance);
        file.Put(covariance);
        file.Put(new[] { shrinkage });
        RiskKelly.Weights(config, found.Excess, covariance, weights);
        file.Put(weights);
        RiskKelly.Unconstrained(found.Excess, covariance, weights);
        file.Put(weights);
    }

    private static void Leverage(ResultsFile file, string config, double volatility, double drawdown, double trend)
    {
        var reasons = new Reason[4];
        double factor = RiskEstimates.Leverage(config, volatility, drawdown, out int count, trend, reasons);
        file.Put(new[] { factor });
        for (int i = 0; i < count; i++)
        {
            Check.Same(Reason.NoIndex, reasons[i].Index, "a reason's index");
            file.Put((double)reasons[i].Code, reasons[i].Found, reasons[i].Allowed);
        }
    }

    private static void Regimes(ResultsFile file, double[] series)
    {
        var probabilities = new double[2];
        var regime = RegimeTracker.Fit(series, series.Length, 1, 2, 5, "{\"starts\": 3}");
        string config = regime.ConfigJson;
        Check.That(regime.ObservationLength == 1 && regime.RegimeCount == 2, "counts of regimes");
        for (int bar = 0; bar < series.Length; bar++)
        {
            if (bar == series.Length / 2)
            {
                regime = Again(regime, RegimeTracker.Restore(config, regime.StateJson));
            }
            regime.Update(bar % 10 == 9 ? null : new[] { series[bar] });
            regime.Probabilities(probabilities);
            file.Put(probabilities);
        }
        regime.Factors(out double leverage, out double limits);
        file.Put(leverage, limits);
        regime.Dispose();
    }

    /// <summary>A struct without its first two fields, which are not results.</summary>
    private static byte[] Figures<T>(T found)
        where T : struct
    {
        var bytes = new byte[Marshal.SizeOf(typeof(T))];
        var place = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        Marshal.StructureToPtr(found, place.AddrOfPinnedObject(), false);
        place.Free();
        var figures = new byte[bytes.Length - 8];
        Array.Copy(bytes, 8, figures, 0, figures.Length);
        return figures;
    }
}
