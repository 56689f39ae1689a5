using System;
using System.Runtime.CompilerServices;

namespace PpoRisk
{
    /// <summary>Arrays as the library takes them: a pointer and a length.</summary>
    internal static class Arrays
    {
        /// <summary>
        /// An array that `fixed` gives a pointer to memory for also where it is empty, so that the library says that its
        /// length is wrong and not that it is NULL.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static T[] Pinnable<T>(T[] array)
        {
            return array != null && array.Length == 0 ? One<T>.Element : array;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static UIntPtr Length<T>(T[] array)
        {
            return array == null ? UIntPtr.Zero : (UIntPtr)(uint)array.Length;
        }

        /// <summary>An index or a count for the library; a negative one becomes a large one, which it refuses.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static UIntPtr Index(int index)
        {
            return (UIntPtr)unchecked((uint)index);
        }

        /// <summary>A size of the library's as an array's length; what no array can have is an OverflowException.</summary>
        internal static int Size(UIntPtr size)
        {
            return checked((int)size.ToUInt64());
        }

        private static class One<T>
        {
            internal static readonly T[] Element = new T[1];
        }
    }
}
