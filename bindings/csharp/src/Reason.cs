using System;

namespace PpoRisk
{
    public unsafe partial struct Reason
    {
        /// <summary>The index of a reason that is about the portfolio and no single asset or sector.</summary>
        public const uint NoIndex = Constants.NoIndex;

        /// <summary>The name of the code, as in JSON: "DRAWDOWN_STOP".</summary>
        public string Name
        {
            get { return Text.Read(Native.risk_reason_name(Code)); }
        }

        /// <summary>A line for people: the code, the name that the index stands for, what was found and allowed.</summary>
        /// <param name="assets">names of the assets; null where there are none: an asset is then "number 3"</param>
        /// <param name="sectors">names of the sectors; null where there are none</param>
        public string Describe(string[] assets = null, string[] sectors = null)
        {
            var reason = this;
            using (var ofAssets = new Names(assets, nameof(assets)))
            using (var ofSectors = new Names(sectors, nameof(sectors)))
            {
                var assetPointers = (IntPtr)ofAssets.Pointers;
                var sectorPointers = (IntPtr)ofSectors.Pointers;
                return Text.Copy((byte* buffer, UIntPtr capacity, out UIntPtr needed) =>
                    Native.risk_reason_describe(
                        ref reason,
                        (byte**)assetPointers,
                        Arrays.Length(assets),
                        (byte**)sectorPointers,
                        Arrays.Length(sectors),
                        buffer,
                        capacity,
                        out needed));
            }
        }
    }
}
