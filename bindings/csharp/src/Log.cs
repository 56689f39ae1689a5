using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>The library's log, one for the whole process. The library writes to no stream by itself.</summary>
    public static unsafe class Log
    {
        private static readonly object Setting = new object();
        private static LogHost current;

        /// <summary>
        /// Sends the log to a function, in place of the one before: when this returns, calls of that one have ended. The
        /// function itself may call anything of the library but this (<see cref="Status.Busy"/>).
        /// </summary>
        /// <param name="level">highest level that is wanted</param>
        /// <param name="to">
        /// called on whichever thread the library is working on, on several at the same time; null switches the log
        /// off. No call of the library's ends with an exception of its own, for the call did what it says:
        /// <see cref="TakeFailure"/> has it
        /// </param>
        public static void Send(LogLevel level, Action<LogLevel, string> to)
        {
            Library.Require();
            if (LogHost.Receiving)
            {
                // Refused by the library, and not to wait for a thread that waits for this one.
                Native.Check(Native.ppo_set_log(level, IntPtr.Zero, IntPtr.Zero));
                return;
            }
            lock (Setting)
            {
                var host = to == null ? null : new LogHost(to);
                int status = host == null
                    ? Native.ppo_set_log(level, IntPtr.Zero, IntPtr.Zero)
                    : Native.ppo_set_log(level, LogHost.Pointer, host.User);
                var former = status == 0 ? current : host;
                current = status == 0 ? host : current;
                former?.Release();
                Native.Check(status);
            }
        }

        /// <summary>The first exception of the function that the log goes to, once; null for none.</summary>
        public static Exception TakeFailure()
        {
            lock (Setting)
            {
                return current?.Take()?.SourceException;
            }
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void LogCallback(uint level, byte* message, IntPtr user);

    /// <summary>A host's function for the log.</summary>
    internal sealed unsafe class LogHost : Host
    {
        [ThreadStatic]
        private static bool receiving;

        private static readonly LogCallback OnLine = Line;

        private readonly Action<LogLevel, string> to;

        internal LogHost(Action<LogLevel, string> to)
        {
            this.to = to;
        }

        internal static IntPtr Pointer
        {
            get { return Marshal.GetFunctionPointerForDelegate(OnLine); }
        }

        /// <summary>Whether this thread is in the function.</summary>
        internal static bool Receiving
        {
            get { return receiving; }
        }

        private static void Line(uint level, byte* message, IntPtr user)
        {
            var host = Find<LogHost>(user);
            if (host == null)
            {
                return;
            }
            receiving = true;
            try
            {
                host.to((LogLevel)level, Text.Read(message));
            }
            catch (Exception exception)
            {
                host.Keep(exception);
            }
            finally
            {
                receiving = false;
            }
        }
    }
}
