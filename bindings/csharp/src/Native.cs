using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>The functions of the C library. Each file of a type holds the ones that the type calls.</summary>
    internal static unsafe partial class Native
    {
        /// <summary>libppo_risk.so, as the loader finds it.</summary>
        internal const string Library = "ppo_risk";

        internal const CallingConvention Convention = CallingConvention.Cdecl;

        /// <summary>Throws the library's words where a call has failed.</summary>
        internal static void Check(int status)
        {
            if (status != 0)
            {
                throw new PpoException((Status)status, LastError());
            }
        }

        /// <summary>
        /// The error message of this thread's last failed call. Code moves between threads only where it waits for a task,
        /// never between a call and the next statement: they are the failed call's own, also where other threads fail
        /// on the same handle in the same instant.
        /// </summary>
        internal static string LastError()
        {
            const int Usual = 512;
            byte* words = stackalloc byte[Usual];
            if (ppo_last_error(words, (UIntPtr)Usual, out var needed) == 0)
            {
                return Text.Read(words, (int)needed - 1);
            }
            var all = new byte[(int)needed];
            fixed (byte* start = all)
            {
                ppo_last_error(start, needed, out needed);
                return Text.Read(start);
            }
        }
    }
}
