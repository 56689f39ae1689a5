using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Formatters.Binary;
using PpoRisk;

/// <summary>
/// What may become of an object of the library when it is copied: every public type is looked at, so that a new one is,
/// too. A handle is never a number that a copy could take along, and no serializer takes an object for data.
/// </summary>
internal static class Copies
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    internal static void All(string model)
    {
        var types = typeof(Agent).Assembly.GetExportedTypes();
        var owners = types.Where(type => type.IsClass && Reaches(type, typeof(SafeHandle), new HashSet<Type>())).ToList();
        Check.That(owners.Count >= 17, owners.Count + " owners of handles: " + string.Join(", ", owners.Select(type => type.Name)));
        foreach (var owner in owners)
        {
            Check.That(owner.IsSealed, owner.Name + " may be derived from, and then copied by MemberwiseClone");
            Check.That(!owner.IsSerializable, owner.Name + " says that it is data");
            Check.That(owner.GetConstructor(Type.EmptyTypes) == null, owner.Name + " could be made of nothing by a serializer");
            Check.That(typeof(IDisposable).IsAssignableFrom(owner), owner.Name + " cannot be disposed of");
            Check.Throws<SerializationException>(owner.Name + " in a BinaryFormatter", () =>
                new BinaryFormatter().Serialize(new MemoryStream(), FormatterServices.GetUninitializedObject(owner)));
        }
        // A struct is copied by every assignment: it holds numbers and nothing that is owned or points somewhere.
        foreach (var type in types.Where(type => type.IsValueType && !type.IsEnum))
        {
            Check.That(!Reaches(type, typeof(SafeHandle), new HashSet<Type>()), type.Name + " owns something");
            foreach (var field in type.GetFields(Fields))
            {
                bool points = field.FieldType.IsPointer || field.FieldType == typeof(IntPtr) || field.FieldType == typeof(UIntPtr);
                Check.That(!points, type.Name + "." + field.Name + " points somewhere");
            }
        }
        SharedByForce(model);
        ByValue(model);
    }

    /// <summary>Whether an object holds something of a type, itself or in what it holds of this binding's.</summary>
    private static bool Reaches(Type type, Type wanted, HashSet<Type> seen)
    {
        if (wanted.IsAssignableFrom(type))
        {
            return true;
        }
        if (type.Assembly != typeof(Agent).Assembly || !seen.Add(type))
        {
            return false;
        }
        return type.GetFields(Fields).Any(field => Reaches(field.FieldType, wanted, seen));
    }

    /// <summary>Reflection can copy anything: the copy is then another name of the object, which is freed once.</summary>
    private static void SharedByForce(string model)
    {
        var clone = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic);
        var agent = Agent.Load(model);
        var same = (Agent)clone.Invoke(agent, null);
        Check.Same(agent.AssetCount, same.AssetCount, "a copy made by force");
        agent.Dispose();
        Check.Throws<ObjectDisposedException>("a copy of what was disposed of", () => same.AssetName(0));
        same.Dispose();
        var kept = (Agent)clone.Invoke(Agent.Load(model), null);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Check.Same(20, kept.AssetCount, "a copy whose original was collected");
        kept.Dispose();
    }

    /// <summary>What there is in place of a copy: values that another process can take.</summary>
    private static void ByValue(string model)
    {
        using (var agent = Agent.Load(model))
        {
            agent.SetPrecision(Precision.Bf16);
            using (var again = Agent.LoadBytes(agent.SaveBytes()))
            using (var clone = agent.Clone())
            {
                Check.Same(Precision.F32, again.Precision, "what a file says of precision");
                Check.Same(Precision.Bf16, clone.Precision, "a clone's precision");
            }
        }
        using (var agent = new Agent(Simulator.Spec))
        using (var both = agent.WithMember(agent))
        {
            var state = new float[Simulator.S];
            double[] alone = new double[Simulator.A], together = new double[Simulator.A];
            agent.SelectAction(state, null, alone);
            both.SelectAction(state, null, together);
            Check.Same(2, both.MemberCount, "members of an ensemble");
            Check.Same(alone[0], together[0], "the mean of a policy and itself");
            Check.Same(0.0, both.Disagreement(state, null), "a policy and itself agree");
            Check.Refuses(Status.Length, "state", () => both.Disagreement(new float[2], null));
        }
        using (var stream = new RandomStream(1, 2))
        using (var again = RandomStream.Restore(stream.StateJson))
        {
            Check.Same(stream.StateJson, again.StateJson, "a stream's state");
        }
        Check.Refuses(Status.InvalidArgument, "all zeros", () => RandomStream.Restore("{\"s\": [0, 0, 0, 0]}"));
        const string Parameters =
            "{\"model\": \"gbm\", \"assets\": [\"A\", \"B\"], \"drift\": [0.05, 0.1], \"covariance\": [[0.04, 0.01], [0.01, 0.09]]}";
        using (var market = Market.SimulatePrices(Parameters, 400, new DateTime(2020, 1, 1), 3))
        using (var again = Market.LoadBytes(market.SaveBytes()))
        using (var test = Backtest.RunBaseline(again, Baseline.RiskParity))
        using (var restored = Backtest.Restore(test.StateJson))
        {
            Check.Same(market.Digest, again.Digest, "a market's digest");
            Check.Same(test.Summarize().Sharpe, restored.Summarize().Sharpe, "a back-test's figures");
            Check.Refuses(Status.InvalidArgument, "bytes", () => Market.LoadBytes(new byte[8]));
        }
    }
}
