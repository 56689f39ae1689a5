using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    /// <summary>How ranks that train together reach each other: MPI, say.</summary>
    public interface ICollectives
    {
        /// <summary>Which of the ranks this process is, from 0.</summary>
        int Rank { get; }

        /// <summary>How many there are: a power of two.</summary>
        int Size { get; }

        /// <summary>
        /// Writes the bytes that every rank sends, in the order of the ranks, to <paramref name="received"/>: Size times as many
        /// as <paramref name="send"/> has. Every rank calls it in the same order with as many bytes, on the thread that trains.
        /// An exception ends the training call, which throws it.
        /// </summary>
        void Allgather(byte[] send, byte[] received);
    }

    public sealed unsafe partial class Trainer
    {
        /// <summary>
        /// Trains from now on as one of several ranks, each a process with a trainer over a market like this one. The numbers,
        /// and the policy that every rank comes to, are those of one trainer alone. Every rank has to make the same calls in
        /// the same order; checkpoints are written by rank 0, and any number of ranks resumes them.
        /// </summary>
        public void Join(ICollectives collectives)
        {
            var host = new CollectivesHost(collectives);
            try
            {
                var table = host.Table();
                Native.Check(Native.ppo_trainer_join(Handle, ref table));
            }
            catch
            {
                host.Release();
                throw;
            }
            handle.Environment?.Release();
            handle.Environment = host;
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate int AllgatherCallback(IntPtr user, void* send, UIntPtr bytes, void* received);

    /// <summary>A host's collectives, with the arrays that they are called with.</summary>
    internal sealed unsafe class CollectivesHost : Host
    {
        private const int Failed = -1;

        private static readonly AllgatherCallback OnAllgather = Allgather;

        private readonly ICollectives collectives;

        internal CollectivesHost(ICollectives collectives)
        {
            this.collectives = collectives ?? throw new ArgumentNullException(nameof(collectives));
        }

        internal CollectivesData Table()
        {
            var table = CollectivesData.Blank();
            table.Rank = checked((uint)collectives.Rank);
            table.Size = checked((uint)collectives.Size);
            table.User = User;
            table.Allgather = Marshal.GetFunctionPointerForDelegate(OnAllgather);
            return table;
        }

        private static int Allgather(IntPtr user, void* send, UIntPtr bytes, void* received)
        {
            var host = Find<CollectivesHost>(user);
            if (host == null)
            {
                return Failed;
            }
            try
            {
                var own = new byte[Arrays.Size(bytes)];
                var all = new byte[checked(own.Length * host.collectives.Size)];
                Marshal.Copy((IntPtr)send, own, 0, own.Length);
                host.collectives.Allgather(own, all);
                Marshal.Copy(all, 0, (IntPtr)received, all.Length);
                return 0;
            }
            catch (Exception exception)
            {
                host.Keep(exception);
                return Failed;
            }
        }
    }
}
