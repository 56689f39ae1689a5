using System;
using System.IO;

/// <summary>A file of results as a C program writes it.</summary>
internal sealed class ResultsFile : IDisposable
{
    private readonly BinaryWriter file;

    internal ResultsFile(string path)
    {
        file = new BinaryWriter(File.Create(path));
    }

    internal void Put(params double[] values)
    {
        foreach (double value in values)
        {
            file.Write(value);
        }
    }

    /// <summary>A number that may be NaN, as C writes its own NAN: with the sign bit clear.</summary>
    internal void PutNumber(double value)
    {
        file.Write(double.IsNaN(value) ? 0x7ff8000000000000 : BitConverter.DoubleToInt64Bits(value));
    }

    internal void Put(float[] values)
    {
        foreach (float value in values)
        {
            file.Write(value);
        }
    }

    internal void Put(byte[] values)
    {
        file.Write(values);
    }

    internal void Put(uint value)
    {
        file.Write(value);
    }

    public void Dispose()
    {
        file.Dispose();
    }
}

/// <summary>The random numbers of the C programs: the same bits in every language.</summary>
internal sealed class Draws
{
    private uint seed;

    internal Draws(uint seed)
    {
        this.seed = seed;
    }

    /// <summary>In [0, 1).</summary>
    internal double Next()
    {
        seed = unchecked(seed * 1664525u + 1013904223u);
        return (seed >> 8) / 16777216.0;
    }
}
