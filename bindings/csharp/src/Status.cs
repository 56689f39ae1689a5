namespace PpoRisk
{
    /// <summary>
    /// What a call of the library came to. A newer library may answer a number that is not listed here: every negative
    /// one is a failure.
    /// </summary>
    public enum Status
    {
        /// <summary>The call did what it says.</summary>
        Ok = 0,
        /// <summary>An array or a text is missing.</summary>
        NullPointer = -1,
        /// <summary>A value, a configuration or a text cannot be used; the message names it.</summary>
        InvalidArgument = -2,
        /// <summary>An array has another length than the one the call needs.</summary>
        Length = -3,
        /// <summary>A number is NaN or infinite; the message says which one.</summary>
        NotFinite = -4,
        /// <summary>A buffer is too small. The binding asks for the size, so that callers do not meet it.</summary>
        BufferTooSmall = -5,
        /// <summary>No handle of the kind that the call needs.</summary>
        WrongHandle = -6,
        /// <summary>An earlier call on this object hit a defect of the library: it can only be disposed of.</summary>
        Poisoned = -7,
        /// <summary>A defect of the library; please report the message.</summary>
        Panic = -8,
        /// <summary>The object is in use by another call that may change it.</summary>
        Busy = -9,
        /// <summary>The operating system refused to read or write.</summary>
        Io = -10,
        /// <summary>A policy file cannot be used.</summary>
        File = -11,
        /// <summary>A cell of a table file cannot be used; the message has its line and column.</summary>
        Table = -12,
        /// <summary>libtorch refused an operation.</summary>
        Torch = -13,
        /// <summary>Training reached a state that it cannot continue from.</summary>
        Training = -14,
        /// <summary>The library was built without the part that the call needs.</summary>
        NotBuilt = -15,
        /// <summary>The call needs libtorch, in a process that was forked from one that had used it.</summary>
        Forked = -16,
        /// <summary>The caller asked the call to stop.</summary>
        Cancelled = -17,
        /// <summary>A struct has content that the library is too old to know.</summary>
        Version = -18,
        /// <summary>The time to wait ran out; waiting can go on.</summary>
        Timeout = -19,
        /// <summary>A function of the host answered an error.</summary>
        Callback = -20,
        /// <summary>The object has not been given what the call needs yet, such as enough bars.</summary>
        NotReady = -21,
        /// <summary>There is not as much memory as the sizes that were given ask for; nothing was changed.</summary>
        OutOfMemory = -22,
    }
}
