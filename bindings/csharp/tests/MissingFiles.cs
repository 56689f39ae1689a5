using System;
using System.IO;
using PpoRisk;

/// <summary>Files that are not there, as .NET says it: every call that takes a path.</summary>
internal static class MissingFiles
{
    private const string Model = "{\"model\": \"gbm\", \"assets\": [\"A\"], \"drift\": [0.0], \"covariance\": [[0.01]]}";

    internal static void All(string folder)
    {
        string nowhere = Path.Combine(folder, "nowhere", "file");
        using (var agent = new Agent(Refusals.Spec))
        using (var market = Market.SimulatePrices(Model, 5, new DateTime(2000, 1, 3), 1))
        {
            Reading(nowhere, "Load", path => Agent.Load(path));
            Reading(nowhere, "FromCsv", path => Market.FromCsv(path));
            Writing(nowhere, "Save", agent.Save);
            Writing(nowhere, "ExportOnnx", agent.ExportOnnx);
            Writing(nowhere, "WriteCsv", market.WriteCsv);
            // A folder is there, though no file.
            Check.Throws<PpoException>("a folder", () => agent.Save(folder));
            Check.Throws<PpoException>("a folder", () => Market.FromCsv(folder));
            if (Library.CanTrain)
            {
                Trains(nowhere, agent);
            }
        }
    }

    private static void Trains(string nowhere, Agent agent)
    {
        Reading(nowhere, "ResumeOnline", path => Trainer.ResumeOnline(path, out _));
        Reading(nowhere, "ResumeOnHost", path => Trainer.ResumeOnHost(path, new Simulator(), out _));
        using (var market = Market.Simulated(Model.Replace("[\"A\"]", "[\"A\", \"B\"]")
            .Replace("[0.0]", "[0.0, 0.0]").Replace("[[0.01]]", "[[0.01, 0.0], [0.0, 0.01]]")))
        {
            Reading(nowhere, "ResumeOnMarket", path => Trainer.ResumeOnMarket(path, market, out _));
            var config = new Config { TotalSteps = 64, NEnvs = 1, NSteps = 64, BatchSize = 64, Device = Device.Cpu };
            using (var trainer = Trainer.OnMarket(agent, market, config))
            {
                Writing(nowhere, "Trainer.Save", trainer.Save);
                Writing(nowhere, "TrainAsync", path =>
                {
                    try
                    {
                        trainer.TrainAsync(null, default(System.Threading.CancellationToken), new TrainOptions { CheckpointPath = path }).Wait();
                    }
                    catch (AggregateException failure)
                    {
                        throw failure.InnerException;
                    }
                });
                Writing(nowhere, "Train", path => trainer.Train(new TrainOptions { CheckpointPath = path }));
            }
        }
    }

    private static void Reading(string path, string what, Action<string> call)
    {
        var failure = Check.Throws<FileNotFoundException>(what, () => call(path));
        Check.Same(path, failure?.FileName, what + ": the name of the file");
        Explained(path, what, failure);
    }

    private static void Writing(string path, string what, Action<string> call)
    {
        Explained(path, what, Check.Throws<DirectoryNotFoundException>(what, () => call(path)));
    }

    private static void Explained(string path, string what, Exception failure)
    {
        Check.That(failure != null && failure.Message.Contains(path), what + ": the library's words");
        Check.Same((Status?)Status.Io, (failure?.InnerException as PpoException)?.Code, what + ": the inner exception");
    }
}
