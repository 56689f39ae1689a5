using System;

namespace PpoRisk
{
    /// <summary>Dates as the library has them: days since 1970-01-01.</summary>
    internal static class Days
    {
        private static readonly DateTime First = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

        internal static int Of(DateTime date)
        {
            return (int)Math.Floor((date.Date - First).TotalDays);
        }

        internal static DateTime Date(int day)
        {
            return First.AddDays(day);
        }
    }
}
