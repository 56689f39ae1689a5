using System;
using System.Text;

namespace PpoRisk
{
    /// <summary>A function of the library that copies text or bytes out.</summary>
    internal unsafe delegate int CopyOut(byte* buffer, UIntPtr capacity, out UIntPtr needed);

    /// <summary>Text as the library has it: UTF-8 with a zero byte.</summary>
    internal static unsafe class Text
    {
        /// <summary>The bytes to hand to the library; null stays null.</summary>
        internal static byte[] Bytes(string text, string name)
        {
            if (text == null)
            {
                return null;
            }
            if (text.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("text for the library holds a zero character", name);
            }
            var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
            Encoding.UTF8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        internal static string Read(byte* start, int length)
        {
            return Encoding.UTF8.GetString(start, length);
        }

        /// <summary>Text up to its zero byte; NULL is null.</summary>
        internal static string Read(byte* start)
        {
            if (start == null)
            {
                return null;
            }
            int length = 0;
            while (start[length] != 0)
            {
                length++;
            }
            return Read(start, length);
        }

        /// <summary>All the text that a function copies out.</summary>
        internal static string Copy(CopyOut copy)
        {
            var bytes = CopyBytes(copy);
            return Encoding.UTF8.GetString(bytes, 0, Math.Max(bytes.Length - 1, 0));
        }

        /// <summary>All the bytes that a function copies out, which may have grown since it was asked for their number.</summary>
        internal static byte[] CopyBytes(CopyOut copy)
        {
            int status = copy(null, UIntPtr.Zero, out var needed);
            while (status == 0 || status == (int)Status.BufferTooSmall)
            {
                var bytes = new byte[checked((int)needed)];
                fixed (byte* start = bytes)
                {
                    status = copy(start, needed, out needed);
                }
                if (status == 0)
                {
                    // It may have shrunk, too.
                    Array.Resize(ref bytes, (int)needed);
                    return bytes;
                }
            }
            Native.Check(status);
            return null;
        }
    }
}
