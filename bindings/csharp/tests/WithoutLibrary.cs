using System;
using PpoRisk;

/// <summary>What is said where the native library is not there: this is run where the loader finds none.</summary>
internal static class WithoutLibrary
{
    internal static void All()
    {
        Says("Library.Version", () => Library.Version.Trim());
        Says("Library.CanTrain", () => Library.CanTrain.ToString());
        Says("new Config", () => new Config().ToString());
        Says("Agent.Load", () => Agent.Load("policy.safetensors").Dispose());
        Says("new RandomStream", () => new RandomStream(1).Dispose());
        Says("RiskKelly.Binary", () => RiskKelly.Binary(0.6, 1.0, 1.0));
        Says("Log.Send", () => Log.Send(LogLevel.Info, null));
    }

    private static void Says(string what, Action call)
    {
        var failure = Check.Throws<DllNotFoundException>(what, call);
        Check.That(failure != null && failure.Message.Contains("put it beside the program"), what + ": " + failure?.Message);
        Check.That(failure?.InnerException != null, what + ": what the system says is the inner exception");
    }
}
