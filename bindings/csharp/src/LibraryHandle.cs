using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>
    /// A handle of the library's. The runtime holds it for as long as a call uses it: disposing of it on another thread
    /// takes effect when that call has ended, and calls that come later throw ObjectDisposedException.
    /// </summary>
    internal abstract class LibraryHandle : SafeHandle
    {
        protected LibraryHandle(IntPtr value)
            : base(IntPtr.Zero, true)
        {
            SetHandle(value);
        }

        private volatile bool disposed;

        /// <summary>
        /// A handle that has not been disposed of. The runtime itself refuses a call only once no other is under way: threads
        /// that take turns would go on for ever.
        /// </summary>
        internal static T Live<T>(T handle)
            where T : LibraryHandle
        {
            if (handle.disposed)
            {
                throw new ObjectDisposedException(typeof(T).Name);
            }
            return handle;
        }

        protected override void Dispose(bool disposing)
        {
            disposed = true;
            base.Dispose(disposing);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }
    }
}
