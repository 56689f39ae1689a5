using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

/// <summary>What the C header declares.</summary>
internal sealed class Header
{
    internal sealed class Function
    {
        internal string Name;
        internal string Returns;
        internal string[] Parameters;
    }

    internal readonly List<Function> Functions = new List<Function>();
    /// <summary>Structs with their fields, in order; opaque ones (handles) are not among them.</summary>
    internal readonly Dictionary<string, List<string>> Structs = new Dictionary<string, List<string>>();
    internal readonly HashSet<string> Handles = new HashSet<string>();
    internal readonly HashSet<string> Callbacks = new HashSet<string>();
    internal readonly List<string> Constants = new List<string>();

    internal Header(string path)
    {
        string text = Regex.Replace(File.ReadAllText(path), @"/\*.*?\*/|//[^\n]*", " ", RegexOptions.Singleline);
        foreach (Match found in Regex.Matches(text, @"#define\s+((?:PPO|RISK)_\w+)[ \t]+\S"))
        {
            Constants.Add(found.Groups[1].Value);
        }
        text = Regex.Replace(text, @"^\s*#.*$", "", RegexOptions.Multiline);
        foreach (Match found in Regex.Matches(text, @"typedef\s+struct\s+(\w+)\s*\{(.*?)\}\s*\1\s*;", RegexOptions.Singleline))
        {
            Structs[found.Groups[1].Value] = found.Groups[2].Value.Split(';')
                .Select(field => Regex.Match(field, @"(\w+)\s*(\[[^\]]*\])?\s*$").Groups[1].Value)
                .Where(name => name != "")
                .ToList();
        }
        text = Regex.Replace(text, @"typedef\s+struct\s+\w+\s*\{.*?\}\s*\w+\s*;", "", RegexOptions.Singleline);
        foreach (Match found in Regex.Matches(text, @"typedef\s+struct\s+(\w+)\s+\1\s*;"))
        {
            Handles.Add(found.Groups[1].Value);
        }
        foreach (Match found in Regex.Matches(text, @"typedef\s+\w+\s*\(\*(\w+)\)"))
        {
            Callbacks.Add(found.Groups[1].Value);
        }
        text = Regex.Replace(text, @"typedef[^;]*;", "");
        foreach (Match found in Regex.Matches(text, @"([\w\s*]+?)\b((?:ppo|risk)_\w+)\s*\(([^()]*)\)\s*;"))
        {
            string parameters = Regex.Replace(found.Groups[3].Value, @"\s+", " ").Trim();
            Functions.Add(new Function
            {
                Name = found.Groups[2].Value,
                Returns = found.Groups[1].Value,
                Parameters = parameters == "void" ? new string[0] : parameters.Split(','),
            });
        }
    }
}
