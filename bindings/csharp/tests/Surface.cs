using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using PpoRisk;

/// <summary>The binding beside the header: every export, every parameter's type, every struct and every constant.</summary>
internal static class Surface
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>The structs of the header by the types that stand for them here; the rest go by their names.</summary>
    private static readonly Dictionary<string, string> StructTypes = new Dictionary<string, string>
    {
        { "ppo_host_environment", "HostEnvironmentTable" },
        { "ppo_host_result", "StepResult" },
        { "ppo_train_options", "TrainOptionsData" },
        { "ppo_transition", "TransitionData" },
        { "ppo_prices", "PricesData" },
        { "risk_market", "RiskMarketData" },
        { "risk_portfolio", "RiskPortfolioData" },
        { "risk_reason", "RiskReason" },
        { "risk_decision", "RiskDecisionData" },
        { "risk_hedge_position", "HedgePosition" },
        { "ppo_env_outputs", "StepOutputsData" },
        { "risk_conventions", "RiskConventions" },
        { "risk_metrics", "RiskMetrics" },
        { "risk_benchmark_metrics", "BenchmarkMetrics" },
        { "risk_tail_risk", "TailRisk" },
        { "risk_garch_fit", "GarchFit" },
        { "risk_kelly_estimate", "KellyEstimateData" },
        { "risk_performance_figures", "PerformanceFigures" },
    };

    /// <summary>The handles of the header by the types that stand for them here; the rest go by their names.</summary>
    private static readonly Dictionary<string, string> HandleTypes = new Dictionary<string, string>
    {
        { "ppo_env", "EnvironmentsHandle" },
        { "ppo_managed", "ManagedPortfolioHandle" },
        { "risk_manager", "RiskManagerHandle" },
        { "risk_limits", "RiskLimitsHandle" },
        { "risk_hedge", "RiskHedgingHandle" },
        { "risk_atr", "RiskAtrHandle" },
        { "risk_positions", "RiskPositionsHandle" },
        { "risk_drawdown", "RiskDrawdownHandle" },
        { "risk_performance", "RiskPerformanceHandle" },
        { "risk_regime", "RiskRegimeHandle" },
    };

    /// <summary>Families of constants by their enumerations, and single ones by their fields.</summary>
    private static readonly Dictionary<string, Type> Enumerations = new Dictionary<string, Type>
    {
        { "PPO_ERR_", typeof(Status) },
        { "PPO_LOG_", typeof(LogLevel) },
        { "PPO_DEVICE_", typeof(Device) },
        { "PPO_PRECISION_", typeof(Precision) },
        { "PPO_SCHEDULE_", typeof(Schedule) },
        { "PPO_REWARD_", typeof(Reward) },
        { "PPO_CONTROL_VARIATE_", typeof(ControlVariate) },
        { "PPO_JOB_", typeof(JobState) },
        { "PPO_BAR_AT_", typeof(BarAt) },
        { "PPO_BASELINE_", typeof(Baseline) },
        { "RISK_REASON_", typeof(RiskReasonCode) },
        { "RISK_STATE_", typeof(RiskState) },
        { "RISK_HEDGE_", typeof(RiskHedge) },
    };

    private static readonly Dictionary<string, long> Singles = new Dictionary<string, long>
    {
        { "PPO_OK", (long)Status.Ok },
        { "PPO_FEATURE_TRAIN", Library.FeatureTrain },
        { "PPO_WAIT_FOREVER", TrainingJob.WaitForever },
        { "RISK_NO_INDEX", RiskReason.NoIndex },
        { "PPO_VERSION_NUMBER", Library.HeaderVersion },
        { "PPO_VERSION_MAJOR", Library.HeaderVersion / 1000000 },
        { "PPO_VERSION_MINOR", Library.HeaderVersion / 1000 % 1000 },
        { "PPO_VERSION_PATCH", Library.HeaderVersion % 1000 },
    };

    private static readonly Assembly Binding = typeof(Agent).Assembly;

    /// <summary>Exports, imports and declarations are the same functions, parameter by parameter.</summary>
    internal static void Functions(string headerPath, string exportsPath)
    {
        var header = new Header(headerPath);
        var exports = new HashSet<string>(File.ReadAllLines(exportsPath).Where(line => line != ""));
        var imports = Binding.GetType("PpoRisk.Native").GetMethods(Any)
            .Where(method => method.GetCustomAttribute<DllImportAttribute>() != null)
            .ToDictionary(method => method.Name);
        Check.That(exports.Count > 50, "the list of exports is short: " + exports.Count);
        foreach (string name in exports.Where(name => !imports.ContainsKey(name)))
        {
            Check.That(false, name + " is exported and not imported");
        }
        foreach (string name in imports.Keys.Where(name => !exports.Contains(name)))
        {
            Check.That(false, name + " is imported and not exported");
        }
        foreach (var function in header.Functions)
        {
            if (imports.TryGetValue(function.Name, out var import))
            {
                Compare(header, function, import);
            }
        }
        Check.Same(exports.Count, header.Functions.Count, "the number of functions in the header");
    }

    private static void Compare(Header header, Header.Function function, MethodInfo import)
    {
        var attribute = import.GetCustomAttribute<DllImportAttribute>();
        Check.Same(CallingConvention.Cdecl, attribute.CallingConvention, function.Name + "'s convention");
        var parameters = import.GetParameters();
        Check.Same(function.Parameters.Length, parameters.Length, function.Name + "'s number of parameters");
        Check.That(Fits(header, function.Returns, import.ReturnType, false), function.Name + " returns " + import.ReturnType);
        for (int i = 0; i < Math.Min(parameters.Length, function.Parameters.Length); i++)
        {
            string declared = function.Parameters[i].Trim();
            string name = Regex.Match(declared, @"\w+$").Value;
            bool isFree = function.Name.EndsWith("_free", StringComparison.Ordinal);
            Check.Same(name, parameters[i].Name, function.Name + ", parameter " + i);
            Check.That(
                Fits(header, declared.Substring(0, declared.Length - name.Length), parameters[i].ParameterType, isFree),
                function.Name + ": `" + declared + "` is " + parameters[i].ParameterType);
        }
    }

    /// <summary>Whether a type here can stand for a type of C.</summary>
    private static bool Fits(Header header, string declared, Type type, bool isFree)
    {
        int pointers = declared.Count(character => character == '*');
        string name = Regex.Replace(declared, @"\b(const|struct)\b|[*\s]", "");
        if (header.Handles.Contains(name))
        {
            return pointers == 2
                ? type == typeof(IntPtr).MakeByRefType()
                : isFree ? type == typeof(IntPtr) : type == Handle(name) && typeof(SafeHandle).IsAssignableFrom(type);
        }
        if (header.Callbacks.Contains(name))
        {
            return type == typeof(IntPtr);
        }
        if (header.Structs.ContainsKey(name))
        {
            var known = Struct(name);
            return pointers == 1 && (known.IsClass ? type == known : type == known.MakeByRefType() || type == known.MakePointerType());
        }
        Type plain;
        switch (name)
        {
            case "void": return pointers == 0 ? type == typeof(void) : type == typeof(IntPtr);
            case "char":
            case "uint8_t": plain = typeof(byte); break;
            case "int32_t":
            case "ppo_status": plain = typeof(int); break;
            case "int64_t": plain = typeof(long); break;
            case "uint32_t": plain = typeof(uint); break;
            case "uint64_t": plain = typeof(ulong); break;
            case "size_t": plain = typeof(UIntPtr); break;
            case "float": plain = typeof(float); break;
            case "double": plain = typeof(double); break;
            default: return false;
        }
        if (pointers == 0)
        {
            return Value(type) == plain;
        }
        for (; pointers > 1; pointers--)
        {
            plain = plain.MakePointerType();
        }
        return (type.IsPointer || type.IsByRef) && Value(type.GetElementType()) == plain;
    }

    /// <summary>The number that an enumeration is.</summary>
    private static Type Value(Type type)
    {
        return type.IsEnum ? Enum.GetUnderlyingType(type) : type;
    }

    private static Type Struct(string name)
    {
        string known = StructTypes.TryGetValue(name, out var other) ? other : Pascal(name);
        return Binding.GetType("PpoRisk." + known) ?? throw new InvalidOperationException("no type here for " + name);
    }

    private static Type Handle(string name)
    {
        string known = HandleTypes.TryGetValue(name, out var other) ? other : Pascal(name) + "Handle";
        return Binding.GetType("PpoRisk." + known) ?? throw new InvalidOperationException("no type here for " + name);
    }

    private static string Pascal(string name)
    {
        return string.Concat(name.Split('_').Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
    }

    /// <summary>A C program that prints every constant, and the size and place of every struct and field.</summary>
    internal static string Source(string headerPath)
    {
        var header = new Header(headerPath);
        var program = new StringBuilder("#include \"ppo_risk.h\"\n#include <stdio.h>\nint main(void) {\n");
        foreach (string constant in header.Constants)
        {
            program.AppendFormat("    printf(\"constant {0} %lld\\n\", (long long){0});\n", constant);
        }
        foreach (var known in header.Structs)
        {
            program.AppendFormat("    printf(\"struct {0} %zu\\n\", sizeof({0}));\n", known.Key);
            foreach (string field in known.Value)
            {
                program.AppendFormat(
                    "    printf(\"field {0} {1} %zu %zu\\n\", offsetof({0}, {1}), sizeof((({0} *)0)->{1}));\n", known.Key, field);
            }
        }
        return program.Append("    return 0;\n}\n").ToString();
    }

    /// <summary>What that program printed is what there is here, no more and no less.</summary>
    internal static void Numbers(string printedPath)
    {
        var lines = File.ReadAllLines(printedPath).Select(line => line.Split(' ')).ToList();
        var constants = lines.Where(line => line[0] == "constant").ToDictionary(line => line[1], line => Number(line[2]));
        foreach (var family in Enumerations)
        {
            var here = Enum.GetValues(family.Value).Cast<object>()
                .ToDictionary(value => Plain(value.ToString()), value => Convert.ToInt64(value, CultureInfo.InvariantCulture));
            foreach (string name in constants.Keys.Where(name => name.StartsWith(family.Key, StringComparison.Ordinal)).ToList())
            {
                bool known = here.TryGetValue(Plain(name.Substring(family.Key.Length)), out long value);
                Check.That(known && value == constants[name], name + " is " + constants[name] + ", here " + value);
                here.Remove(Plain(name.Substring(family.Key.Length)));
                constants.Remove(name);
            }
            here.Remove("ok");
            Check.That(here.Count == 0, family.Value.Name + " has what the header lacks: " + string.Join(", ", here.Keys));
        }
        foreach (var single in Singles)
        {
            Check.That(constants.TryGetValue(single.Key, out long value) && value == single.Value, single.Key);
            constants.Remove(single.Key);
        }
        Check.That(constants.Count == 0, "not here: " + string.Join(", ", constants.Keys));
        var structs = lines.Where(line => line[0] == "struct").ToList();
        Check.That(structs.Count >= 6, "the header has structs");
        foreach (var known in structs)
        {
            Layout(known[1], Number(known[2]), lines.Where(line => line[0] == "field" && line[1] == known[1]).ToList());
        }
    }

    private static void Layout(string name, long size, List<string[]> fields)
    {
        var type = Struct(name);
        Check.Same(size, (long)Marshal.SizeOf(type), "the size of " + name);
        var here = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Check.Same(fields.Count, here.Length, "the number of fields of " + name);
        foreach (var field in fields)
        {
            var found = here.SingleOrDefault(one => Plain(one.Name) == Plain(field[2]));
            Check.That(found != null, name + "." + field[2] + " is not here");
            if (found != null)
            {
                Check.Same(Number(field[3]), (long)Marshal.OffsetOf(type, found.Name), "the place of " + name + "." + field[2]);
                Check.Same(Number(field[4]), Size(found.FieldType), "the size of " + name + "." + field[2]);
            }
        }
    }

    private static long Size(Type type)
    {
        return type.IsPointer ? IntPtr.Size : Marshal.SizeOf(Value(type));
    }

    private static string Plain(string name)
    {
        return name.Replace("_", "").ToLowerInvariant();
    }

    private static long Number(string text)
    {
        return long.Parse(text, CultureInfo.InvariantCulture);
    }
}
