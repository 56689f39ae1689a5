using System;

namespace PpoRisk
{
    /// <summary>The library that is loaded.</summary>
    public static unsafe class Library
    {
        /// <summary>
        /// Version of the header that this binding was written for: major * 1,000,000 + minor * 1,000 + patch.
        /// </summary>
        public const int HeaderVersion = (int)Constants.VersionNumber;

        /// <summary>Feature bit: the trainer, and with it libtorch.</summary>
        public const uint FeatureTrain = Constants.FeatureTrain;

        private static bool fits;

        /// <summary>The library's version, such as "0.1.0".</summary>
        public static string Version
        {
            get
            {
                Load();
                return Text.Read(Native.ppo_version());
            }
        }

        /// <summary>The library's version as one number, like <see cref="HeaderVersion"/>.</summary>
        public static int VersionNumber
        {
            get { return (int)Load(); }
        }

        /// <summary>What was built into the library: a sum of feature bits.</summary>
        public static uint Features
        {
            get
            {
                Load();
                return Native.ppo_features();
            }
        }

        /// <summary>Whether the library can train.</summary>
        public static bool CanTrain
        {
            get { return (Features & FeatureTrain) != 0; }
        }

        /// <summary>
        /// How many threads libtorch uses for one operation, for every user of libtorch in this process. The library's
        /// own calls use one, and leave the number as they found it. Not to be set while a call trains.
        /// </summary>
        public static int TorchThreads
        {
            get
            {
                Load();
                Native.Check(Native.ppo_torch_threads(out var threads));
                return (int)threads;
            }
            set
            {
                Load();
                Native.Check(Native.ppo_torch_set_threads(value < 0 ? 0 : (uint)value));
            }
        }

        /// <summary>The version's number, which is the first thing that is asked of the library.</summary>
        private static uint Load()
        {
            try
            {
                return Native.ppo_version_number();
            }
            catch (Exception failure) when (failure is DllNotFoundException || failure is BadImageFormatException)
            {
                throw new DllNotFoundException(
                    "there is no libppo_risk.so (on Windows ppo_risk.dll) for this platform that can be loaded: put it beside "
                    + "the program, name its folder in LD_LIBRARY_PATH (on Windows PATH), or reference the package PpoRisk, "
                    + "which brings it. The system says: " + failure.Message,
                    failure);
            }
        }

        /// <summary>Throws where the library that was found is not one of this binding's: before 1.0, of its minor version.</summary>
        internal static void Require()
        {
            if (!fits)
            {
                int found = VersionNumber;
                if (found / 1000 != HeaderVersion / 1000)
                {
                    throw new DllNotFoundException(
                        $"libppo_risk is of version {Version}, expected 0.{HeaderVersion / 1000 % 1000}");
                }
                fits = true;
            }
        }
    }
}
