using System;
using System.Threading;

namespace PpoRisk
{
    /// <summary>What a call came to that calls the host's functions.</summary>
    internal static class Outcome
    {
        /// <summary>
        /// Throws the exception of the host's that ended the call, OperationCanceledException where the host stopped it,
        /// and the library's words for any other failure.
        /// </summary>
        internal static void Check(int status, Host first, Host second)
        {
            if (status == (int)Status.Callback || status == (int)Status.Collective)
            {
                // Taken here only: a call that is refused because another one is at work leaves the other's alone.
                (first?.Take() ?? second?.Take())?.Throw();
            }
            Check(status, CancellationToken.None);
        }

        internal static void Check(int status, CancellationToken cancel)
        {
            if (status == (int)Status.Cancelled)
            {
                throw new OperationCanceledException(Native.LastError(), cancel);
            }
            Native.Check(status);
        }
    }
}
