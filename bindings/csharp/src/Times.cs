using System;

namespace PpoRisk
{
    /// <summary>Times as the library has them: nanoseconds since 1970-01-01 UTC.</summary>
    internal static class Times
    {
        private const long NanosecondsPerTick = 100;

        private static readonly DateTime First = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        /// <summary>A local time is converted; one of no kind, as a date has it, is taken as UTC.</summary>
        internal static long Of(DateTime time, string name)
        {
            var universal = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
            long ticks = universal.Ticks - First.Ticks;
            if (Math.Abs(ticks) > long.MaxValue / NanosecondsPerTick)
            {
                throw new PpoException(
                    Status.InvalidArgument, $"`{name}` is {universal:o}, expected a time from the year 1678 to 2261");
            }
            return ticks * NanosecondsPerTick;
        }

        /// <summary>The time in UTC, rounded down to the 100 nanoseconds that DateTime can say.</summary>
        internal static DateTime Time(long nanoseconds)
        {
            long rest = nanoseconds % NanosecondsPerTick;
            long ticks = nanoseconds / NanosecondsPerTick;
            return First.AddTicks(rest < 0 ? ticks - 1 : ticks);
        }
    }
}
