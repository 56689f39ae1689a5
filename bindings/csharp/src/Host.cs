using System;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace PpoRisk
{
    /// <summary>
    /// An object of the host's that the library calls. What the library keeps is a number, not a pointer: the delegates
    /// are static, and a number whose object has gone finds nothing, so that the collector can take nothing away from
    /// under a call. An exception of the object's is kept, answered as an error, and thrown again after the call.
    /// </summary>
    internal abstract class Host
    {
        private static readonly ConcurrentDictionary<long, Host> Living = new ConcurrentDictionary<long, Host>();
        private static long last;

        private readonly long number = Interlocked.Increment(ref last);
        private ExceptionDispatchInfo failure;
        private int users = 1;

        protected Host()
        {
            Living[number] = this;
        }

        /// <summary>What the library hands back to the callback as `user`.</summary>
        internal IntPtr User
        {
            get { return (IntPtr)number; }
        }

        /// <summary>The object with this number; null where there is none any more.</summary>
        internal static T Find<T>(IntPtr user)
            where T : Host
        {
            return Living.TryGetValue((long)user, out var host) ? host as T : null;
        }

        /// <summary>One more handle whose calls reach the object.</summary>
        internal void Retain()
        {
            lock (this)
            {
                if (users == 0)
                {
                    throw new ObjectDisposedException(GetType().Name);
                }
                users++;
            }
        }

        /// <summary>One handle less; the last one lets the object go.</summary>
        internal void Release()
        {
            lock (this)
            {
                if (--users == 0)
                {
                    Living.TryRemove(number, out _);
                }
            }
        }

        /// <summary>Keeps the first exception until it is taken.</summary>
        internal void Keep(Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
        }

        /// <summary>The exception that was kept, once; null for none.</summary>
        internal ExceptionDispatchInfo Take()
        {
            return Interlocked.Exchange(ref failure, null);
        }
    }
}
