using System.IO;

namespace PpoRisk
{
    /// <summary>
    /// Files that the library reads and writes: what is not there is .NET's own exception, with the library's as the inner one.
    /// </summary>
    internal static class Files
    {
        /// <summary>Throws where a call that reads a file has failed.</summary>
        internal static void CheckRead(int status, string path)
        {
            RequireFile(status, path);
            Native.Check(status);
        }

        /// <summary>Throws where a call has failed because there is no file of that name.</summary>
        internal static void RequireFile(int status, string path)
        {
            if (status == (int)Status.Io && !File.Exists(path) && !Directory.Exists(path))
            {
                var failure = new PpoException(Status.Io, Native.LastError());
                throw new FileNotFoundException(failure.Message, path, failure);
            }
        }

        /// <summary>Throws where a call that writes a file has failed.</summary>
        internal static void CheckWritten(int status, string path)
        {
            RequireFolder(status, path);
            Native.Check(status);
        }

        /// <summary>Throws where a call has failed because there is no folder for the file that it was to write.</summary>
        internal static void RequireFolder(int status, string path)
        {
            if (status == (int)Status.Io && path != null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            {
                var failure = new PpoException(Status.Io, Native.LastError());
                throw new DirectoryNotFoundException(failure.Message, failure);
            }
        }
    }
}
