using System;
using System.Runtime.InteropServices;
using System.Text;

namespace PpoRisk
{
    /// <summary>Names as the library takes them: an array of pointers to text, in memory that does not move.</summary>
    internal sealed unsafe class Names : IDisposable
    {
        private IntPtr block;

        internal Names(string[] names, string what)
        {
            if (names == null)
            {
                return;
            }
            var texts = new byte[names.Length][];
            int size = 0;
            for (int i = 0; i < names.Length; i++)
            {
                texts[i] = Text.Bytes(names[i], what);
                size += texts[i] == null ? 0 : texts[i].Length;
            }
            // One byte at least, so that an empty list is not NULL.
            block = Marshal.AllocHGlobal(names.Length * sizeof(byte*) + size + 1);
            var place = (byte*)block + names.Length * sizeof(byte*);
            for (int i = 0; i < names.Length; i++)
            {
                ((byte**)block)[i] = texts[i] == null ? null : place;
                if (texts[i] != null)
                {
                    Marshal.Copy(texts[i], 0, (IntPtr)place, texts[i].Length);
                    place += texts[i].Length;
                }
            }
        }

        /// <summary>The array; NULL where there are no names.</summary>
        internal byte** Pointers
        {
            get { return (byte**)block; }
        }

        public void Dispose()
        {
            Marshal.FreeHGlobal(block);
            block = IntPtr.Zero;
        }
    }
}
