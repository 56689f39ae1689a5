using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using PpoRisk;

/// <summary>A data frame of two dates and an asset by the Arrow C stream interface, made by hand, and the market of it.</summary>
internal sealed unsafe class Frame : IDisposable
{
    private readonly List<IntPtr> memory = new List<IntPtr>();
    private readonly Give schema, next;
    private readonly Release release, releaseStream;
    private bool atEnd;

    /// <summary>What was released: schema and array, streams.</summary>
    internal int Released, StreamsReleased;

    /// <summary>Where the stream lies.</summary>
    internal readonly IntPtr Stream;

    private Frame()
    {
        schema = (_, place) => GiveSchema((IntPtr*)place);
        next = (_, place) => GiveArray((IntPtr*)place);
        release = _ => Released++;
        releaseStream = _ => StreamsReleased++;
        var functions = (IntPtr*)New(5 * IntPtr.Size);
        functions[0] = Marshal.GetFunctionPointerForDelegate(schema);
        functions[1] = Marshal.GetFunctionPointerForDelegate(next);
        functions[3] = Marshal.GetFunctionPointerForDelegate(releaseStream);
        Stream = (IntPtr)functions;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Give(IntPtr stream, IntPtr place);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Release(IntPtr what);

    public void Dispose()
    {
        memory.ForEach(Marshal.FreeHGlobal);
    }

    internal static void All()
    {
        using (var frame = new Frame())
        using (var market = Market.FromArrow(frame.Stream, "{\"asset_name\": \"ACME\"}"))
        {
            Check.Same("ACME", market.AssetName(0), "the asset of a frame");
            Check.Same(new DateTime(2020, 1, 2), market.Time(1), "a date of a frame");
            var closes = new double[2];
            market.Closes(0, 2, closes);
            Check.That(closes[0] == 100.0 && closes[1] == 101.0, "closes of a frame");
            Check.Same(2, frame.Released, "schemas and arrays released");
            Check.Same(1, frame.StreamsReleased, "streams released");
            const string taken = "`stream` is one that was released";
            Check.Refuses(Status.InvalidArgument, taken, () => Market.FromArrow(frame.Stream));
        }
        Check.Refuses(Status.NullPointer, "`stream` is NULL", () => Market.FromArrow(IntPtr.Zero));
    }

    /// <summary>Zeroed memory for as long as the frame.</summary>
    private IntPtr New(int size)
    {
        var made = Marshal.AllocHGlobal(size);
        Marshal.Copy(new byte[size], 0, made, size);
        memory.Add(made);
        return made;
    }

    private IntPtr Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + "\0");
        var made = New(bytes.Length);
        Marshal.Copy(bytes, 0, made, bytes.Length);
        return made;
    }

    private int GiveSchema(IntPtr* place)
    {
        var columns = (IntPtr*)New(2 * IntPtr.Size);
        columns[0] = Field("tdD", "date");
        columns[1] = Field("g", "A");
        place[0] = Text("+s");
        place[4] = new IntPtr(2); // n_children
        place[5] = (IntPtr)columns;
        place[7] = Marshal.GetFunctionPointerForDelegate(release);
        return 0;
    }

    private IntPtr Field(string format, string name)
    {
        var field = (IntPtr*)New(9 * IntPtr.Size);
        field[0] = Text(format);
        field[1] = Text(name);
        return (IntPtr)field;
    }

    private int GiveArray(IntPtr* place)
    {
        if (atEnd)
        {
            return 0;
        }
        atEnd = true;
        var days = New(2 * sizeof(int));
        Marshal.Copy(new[] { 18262, 18263 }, 0, days, 2);
        var closes = New(2 * sizeof(double));
        Marshal.Copy(new[] { 100.0, 101.0 }, 0, closes, 2);
        var columns = (IntPtr*)New(2 * IntPtr.Size);
        columns[0] = New(10 * IntPtr.Size);
        columns[1] = New(10 * IntPtr.Size);
        Fill((IntPtr*)columns[0], IntPtr.Zero, days);
        Fill((IntPtr*)columns[1], IntPtr.Zero, closes);
        Fill(place, IntPtr.Zero);
        place[4] = new IntPtr(2); // n_children
        place[6] = (IntPtr)columns;
        place[8] = Marshal.GetFunctionPointerForDelegate(release);
        return 0;
    }

    private void Fill(IntPtr* array, params IntPtr[] buffers)
    {
        var list = New(buffers.Length * IntPtr.Size);
        Marshal.Copy(buffers, 0, list, buffers.Length);
        array[0] = new IntPtr(2); // length
        array[3] = new IntPtr(buffers.Length);
        array[5] = list;
    }
}
