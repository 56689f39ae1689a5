// Made by abi/generate from src/ffi: do not edit.
using System;
using System.Runtime.InteropServices;

namespace PpoRisk
{
    internal sealed partial class AgentHandle : LibraryHandle
    {
        internal AgentHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_agent_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class BacktestHandle : LibraryHandle
    {
        internal BacktestHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_backtest_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class BookHandle : LibraryHandle
    {
        internal BookHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_book_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class EnvironmentsHandle : LibraryHandle
    {
        internal EnvironmentsHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_env_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class JobHandle : LibraryHandle
    {
        internal JobHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_job_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class MarketHandle : LibraryHandle
    {
        internal MarketHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_market_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class PortfolioHandle : LibraryHandle
    {
        internal PortfolioHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_portfolio_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class RandomStreamHandle : LibraryHandle
    {
        internal RandomStreamHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_random_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class TrainerHandle : LibraryHandle
    {
        internal TrainerHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.ppo_trainer_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class AtrHandle : LibraryHandle
    {
        internal AtrHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_atr_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class DrawdownMonitorHandle : LibraryHandle
    {
        internal DrawdownMonitorHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_drawdown_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class HedgeHandle : LibraryHandle
    {
        internal HedgeHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_hedge_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class LimitsHandle : LibraryHandle
    {
        internal LimitsHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_limits_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class RiskManagerHandle : LibraryHandle
    {
        internal RiskManagerHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_manager_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class PerformanceHandle : LibraryHandle
    {
        internal PerformanceHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_performance_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class PositionSizerHandle : LibraryHandle
    {
        internal PositionSizerHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_positions_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }

    internal sealed partial class RegimeTrackerHandle : LibraryHandle
    {
        internal RegimeTrackerHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.risk_regime_free(handle);
            Released();
            return true;
        }

        /// <summary>What goes with the object, where its class has more than the handle.</summary>
        partial void Released();
    }
}
