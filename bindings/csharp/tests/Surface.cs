using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using PpoRisk;

/// <summary>The structs as the runtime lays them out beside C's, which abi/surface.txt has.</summary>
internal static class Surface
{
    internal static void Layouts(string surfacePath)
    {
        var lines = File.ReadAllLines(surfacePath).Select(line => line.Split(' ')).ToList();
        Check.Same(lines.Count(line => line[0] == "struct"), StructNames.Here.Count, "the number of structs");
        foreach (var line in lines.Where(line => line[0] == "struct"))
        {
            string here = StructNames.Here[line[1]];
            var type = typeof(Agent).Assembly.GetType("PpoRisk." + here);
            Check.Same(Number(line[2]), (long)Marshal.SizeOf(type), "the size of " + here);
            // Private fields of yes and no included; the order is the declaration's.
            var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .OrderBy(field => field.MetadataToken).ToList();
            var theirs = lines.Where(field => field[0] == "field" && field[1] == line[1]).ToList();
            Check.Same(theirs.Count, fields.Count, "the number of fields of " + here);
            for (int i = 0; i < Math.Min(fields.Count, theirs.Count); i++)
            {
                var field = fields[i];
                var wanted = theirs[i];
                string place = here + "." + field.Name;
                Check.Same(Plain(wanted[2]), Plain(field.Name), "the name of " + place);
                Check.Same(Number(wanted[3]), (long)Marshal.OffsetOf(type, field.Name), "the offset of " + place);
                Check.Same(Number(wanted[4]), Size(field.FieldType), "the size of " + place);
            }
        }
    }

    private static long Size(Type type)
    {
        return type.IsPointer ? IntPtr.Size : Marshal.SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type);
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
