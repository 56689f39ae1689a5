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

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }
    }
}
