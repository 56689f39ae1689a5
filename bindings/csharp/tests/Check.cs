using System;
using System.Globalization;
using PpoRisk;

/// <summary>Checks that say where they failed, and the demo policy's inputs (tests/c/check.h has the same).</summary>
internal static class Check
{
    internal const int Assets = 20;
    internal const int Actions = 21;
    internal const int States = 61;

    internal static int Failures;

    internal static void That(bool holds, string what)
    {
        if (!holds)
        {
            System.Threading.Interlocked.Increment(ref Failures);
            Console.WriteLine("FAILED: " + what);
        }
    }

    internal static void Same<T>(T expected, T found, string what)
    {
        That(Equals(expected, found), string.Format(CultureInfo.InvariantCulture, "{0} is {1}, expected {2}", what, found, expected));
    }

    /// <summary>The library refuses with this code, its name in C, and these words in the message.</summary>
    internal static void Refuses(Status code, string words, Action call)
    {
        try
        {
            call();
            That(false, "expected " + code + " (" + words + "), but the call went through");
        }
        catch (Exception caught) when (caught is PpoException || caught.InnerException is PpoException)
        {
            var exception = caught as PpoException ?? (PpoException)caught.InnerException;
            That(exception.Code == code, "expected " + code + ", found " + exception.Code + ": " + exception.Message);
            That(exception.Message.Contains(words), "expected `" + words + "` in: " + exception.Message);
        }
        catch (Exception exception)
        {
            That(false, "expected " + code + ", found " + exception);
        }
    }

    internal static T Throws<T>(string what, Action call)
        where T : Exception
    {
        try
        {
            call();
        }
        catch (T exception)
        {
            return exception;
        }
        catch (Exception exception)
        {
            That(false, what + ": expected " + typeof(T).Name + ", found " + exception);
            return null;
        }
        That(false, what + ": expected " + typeof(T).Name + ", but it went through");
        return null;
    }

    internal static void Input(uint k, float[] state, double[] prior, int row = 0)
    {
        unchecked
        {
            uint seed = 2654435761u * (k + 1u);
            for (int i = 0; i < States; i++)
            {
                seed = seed * 1664525u + 1013904223u;
                float scaled = (float)(seed >> 8) / 16777216.0f;
                scaled = (float)(scaled * 0.1f);
                state[row * States + i] = (float)(scaled - 0.05f);
            }
            for (int i = 0; i < Actions; i++)
            {
                seed = seed * 1664525u + 1013904223u;
                prior[row * Actions + i] = (double)(seed >> 8) / 16777216.0 / 10.5;
            }
        }
    }

    internal static int Finished(string what)
    {
        Console.WriteLine("{0}: {1}", what, Failures == 0 ? "ok" : "FAILED");
        return Failures == 0 ? 0 : 1;
    }
}
