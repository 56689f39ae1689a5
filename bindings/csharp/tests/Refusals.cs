using System;
using System.IO;
using System.Linq;
using PpoRisk;

/// <summary>What the library refuses: the codes and words of tests/c/arguments.c.</summary>
internal static class Refusals
{
    internal const string Spec =
        "{\"assets\": [\"A\", \"B\"], \"state\": {\"assets\": 2, \"window\": 20, \"account\": false, \"columns\": []},"
        + " \"action\": {\"distribution\": \"dirichlet\", \"cash\": true},"
        + " \"network\": {\"mlp\": {\"hidden\": [8], \"activation\": \"tanh\", \"shared_trunk\": true}}}";

    internal static void All(string model, string folder)
    {
        using (var agent = Agent.Load(model))
        using (var plain = new Agent(Spec))
        {
            Decisions(agent, plain);
            Asking(agent, plain);
            Making(agent, model, folder);
        }
        Configuration();
        Disposed(model);
    }

    private static void Decisions(Agent agent, Agent plain)
    {
        var state = new float[Check.States];
        var prior = new double[Check.Actions];
        var weights = Enumerable.Repeat(7.0, Check.Actions).ToArray();
        var action = Enumerable.Repeat(7.0f, Check.Actions).ToArray();
        Check.Input(3, state, prior);
        Check.Refuses(Status.NullPointer, "ppo_select_action: `state` is NULL", () => agent.SelectAction(null, prior, weights));
        Check.Refuses(Status.InvalidArgument, "`prior` is missing", () => agent.SelectAction(state, null, weights));
        Check.Refuses(Status.NullPointer, "`weights_out` is NULL", () => agent.SelectAction(state, prior, null));
        foreach (int length in new[] { 0, 1, Check.States - 1, Check.States + 1, 2 * Check.States })
        {
            var wrong = new float[length];
            Check.Refuses(Status.Length, "`state`", () => agent.SelectAction(wrong, prior, weights));
            Check.Refuses(Status.Length, "`states`", () => agent.SelectActions(1, wrong, prior, weights));
            Check.Refuses(Status.Length, "`state`", () => agent.Value(wrong));
            Check.Refuses(Status.Length, "`state`", () => agent.EvaluateAction(wrong, prior, action));
        }
        foreach (int length in new[] { 0, 1, Check.Actions - 1, Check.Actions + 1 })
        {
            var wrong = new double[length];
            Check.Refuses(Status.Length, "`prior`", () => agent.SelectAction(state, wrong, weights));
            Check.Refuses(Status.Length, "`weights_out`", () => agent.SelectAction(state, prior, wrong));
            Check.Refuses(Status.Length, "`action`", () => agent.EvaluateAction(state, prior, new float[length]));
        }
        Check.Refuses(Status.Length, "`states`", () => agent.SelectActions(2, state, prior, weights));
        Check.Refuses(Status.Length, "`states`", () => agent.SelectActions(-1, state, prior, weights));
        agent.SelectActions(0, null, null, null);
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var broken = (float[])state.Clone();
            broken[5] = (float)bad;
            Check.Refuses(Status.NotFinite, "state[5]", () => agent.SelectAction(broken, prior, weights));
            Check.Refuses(Status.NotFinite, "state[5]", () => agent.Value(broken));
            var wrong = (double[])prior.Clone();
            wrong[2] = bad;
            Check.Refuses(Status.NotFinite, "prior[2]", () => agent.SelectAction(state, wrong, weights));
        }
        var negative = (double[])prior.Clone();
        negative[1] = -0.5;
        Check.Refuses(Status.InvalidArgument, "prior[1]", () => agent.SelectAction(state, negative, weights));
        Check.Refuses(
            Status.InvalidArgument, "`weights_out` is memory that `prior` uses", () => agent.SelectAction(state, weights, weights));
        Check.That(weights.All(weight => weight == 7.0), "a refused call leaves its outputs alone");
        using (var random = new RandomStream(1))
        using (var same = random.Clone())
        {
            Check.Throws<ArgumentNullException>("no stream", () => agent.SampleAction(null, state, prior, action));
            Check.Refuses(Status.Length, "`action_out`", () => agent.SampleAction(random, state, prior, new float[3]));
            Check.Refuses(Status.NullPointer, "`action_out` is NULL", () => agent.SampleAction(random, state, prior, null));
            Check.That(action.All(value => value == 7.0f), "a refused draw leaves its outputs alone");
            // Refused draws have moved the stream by nothing.
            var again = new float[Check.Actions];
            double first = agent.SampleAction(random, state, prior, action);
            Check.Same(first, agent.SampleAction(same, state, prior, again), "what a copied stream draws");
            Check.That(action.SequenceEqual(again), "what a copied stream draws");
            Check.Same("", same.LastError, "the words on a stream that no call failed on");
        }
        var three = new double[3];
        Check.Refuses(Status.InvalidArgument, "`prior` is given", () => plain.SelectAction(new float[7], three, new double[3]));
        Check.That(plain.LastError.Contains("`prior` is given"), "the agent has its last failure's words");
        plain.SelectAction(new float[7], null, three);
        Check.That(Math.Abs(three.Sum() - 1.0) < 1e-12, "weights sum to 1");
    }

    private static void Asking(Agent agent, Agent plain)
    {
        Check.Same(Check.Assets, agent.AssetCount, "assets");
        Check.Same(Check.Actions, agent.ActionLength, "actions");
        Check.Same(Check.States, agent.StateLength, "states");
        Check.Same(Check.Actions, agent.PriorLength, "prior");
        Check.Same(0, plain.PriorLength, "the prior of a policy without one");
        Check.Same("A", plain.AssetName(0), "a name");
        Check.Same("B", plain.AssetName(1), "a name");
        Check.Refuses(Status.InvalidArgument, "`index` is 20", () => agent.AssetName(Check.Assets));
        Check.Refuses(Status.InvalidArgument, "`index`", () => agent.AssetName(-1));
        Check.That(plain.SpecJson.Contains("\"dirichlet\""), "the spec: " + plain.SpecJson);
        Check.That(agent.ProvenanceJson.StartsWith("{", StringComparison.Ordinal), "the provenance: " + agent.ProvenanceJson);
        using (var named = new Agent(Spec.Replace("\"A\"", "\"Zürich 株\"")))
        {
            Check.Same("Zürich 株", named.AssetName(0), "a name in UTF-8");
        }
    }

    private static void Making(Agent agent, string model, string folder)
    {
        Check.Refuses(Status.NullPointer, "`spec_json` is NULL", () => new Agent(null));
        Check.Refuses(Status.InvalidArgument, "spec_json: assets", () => new Agent("{\"assets\": 1}"));
        Check.Throws<ArgumentException>("a zero in a text", () => new Agent("{}\0"));
        Check.Refuses(Status.NotFinite, "kappa_init", () => new Agent(Spec, new Config { KappaInit = double.NaN }));
        Check.Refuses(Status.InvalidArgument, "kappa_init", () => new Agent(Spec, new Config { KappaInit = -1.0 }));
        Check.Refuses(Status.NullPointer, "ppo_load: `path` is NULL", () => Agent.Load(null));
        Check.Refuses(Status.InvalidArgument, "path", () => Agent.Load(""));
        Check.Refuses(Status.Io, "no/such/file", () => Agent.Load("no/such/file"));
        Check.Refuses(Status.File, "", () => Agent.Load(folder));
        Check.Refuses(Status.NullPointer, "`bytes` is NULL", () => Agent.LoadBytes(null));
        Check.Refuses(Status.File, "", () => Agent.LoadBytes(new byte[0]));
        Check.Refuses(Status.File, "", () => Agent.LoadBytes(new byte[256]));
        Check.Refuses(Status.Io, "", () => agent.Save(folder));
        var failure = Check.Throws<PpoException>("the name of a code", () => agent.Save(folder));
        Check.Same("PPO_ERR_IO", failure.Name, "the name of a code");
        // Bytes and file are the same policy, to the byte; a path with more than ASCII in it is one.
        string path = Path.Combine(folder, "gespeichert-ü株.safetensors");
        agent.Save(path);
        var bytes = agent.SaveBytes();
        Check.That(bytes.SequenceEqual(File.ReadAllBytes(path)), "bytes and file are the same");
        bytes[bytes.Length / 2] ^= 1;
        Check.Refuses(Status.File, "sha256", () => Agent.LoadBytes(bytes));
    }

    private static void Configuration()
    {
        var config = new Config();
        Check.That(config.NEnvs == 64 && config.Threads == 1 && config.EpisodeLen == 252 && config.LogStdInit == -1.2, "defaults");
        Check.Refuses(Status.NullPointer, "`json` is NULL", () => Config.FromJson(null));
        Check.Refuses(Status.InvalidArgument, "json: ppo.gama", () => Config.FromJson("{\"ppo\": {\"gama\": 1}}"));
        Check.Refuses(Status.InvalidArgument, "ppo.gamma", () => Config.FromJson("{\"ppo\": {\"gamma\": 2}}"));
        config = Config.FromJson("{\"seed\": 5, \"env\": {\"reward\": {\"crra\": {\"a\": 3.5}}}}");
        Check.That(config.Seed == 5 && config.Reward == Reward.Crra && config.RewardParameter == 3.5, "from JSON");
        Check.Same(config.ToJson(), Config.FromJson(config.ToJson()).ToJson(), "there and back");
        config.Gamma = double.NaN;
        Check.Refuses(Status.NotFinite, "ppo.gamma", () => config.ToJson());
        config.Gamma = 0.9;
        config.Reward = (Reward)99;
        Check.Refuses(Status.InvalidArgument, "reward", () => config.ToJson());
    }

    private static void Disposed(string model)
    {
        var agent = Agent.Load(model);
        var clone = agent.Clone();
        agent.Dispose();
        agent.Dispose();
        Check.Throws<ObjectDisposedException>("a disposed agent", () => agent.SelectAction(null, null, null));
        Check.Throws<ObjectDisposedException>("a disposed agent", () => agent.SpecJson.ToString());
        Check.Same(Check.Assets, clone.AssetCount, "a clone outlives its model");
        clone.Dispose();
        var random = new RandomStream(1);
        random.Dispose();
        Check.Throws<ObjectDisposedException>("a disposed stream", () => random.Clone());
    }
}
