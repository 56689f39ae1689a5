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

    internal sealed partial class TrainingJobHandle : LibraryHandle
    {
        internal TrainingJobHandle(IntPtr value)
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

    internal sealed partial class RiskAtrHandle : LibraryHandle
    {
        internal RiskAtrHandle(IntPtr value)
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

    internal sealed partial class RiskDrawdownHandle : LibraryHandle
    {
        internal RiskDrawdownHandle(IntPtr value)
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

    internal sealed partial class RiskHedgingHandle : LibraryHandle
    {
        internal RiskHedgingHandle(IntPtr value)
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

    internal sealed partial class RiskLimitsHandle : LibraryHandle
    {
        internal RiskLimitsHandle(IntPtr value)
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

    internal sealed partial class RiskPerformanceHandle : LibraryHandle
    {
        internal RiskPerformanceHandle(IntPtr value)
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

    internal sealed partial class RiskPositionsHandle : LibraryHandle
    {
        internal RiskPositionsHandle(IntPtr value)
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

    internal sealed partial class RiskRegimeHandle : LibraryHandle
    {
        internal RiskRegimeHandle(IntPtr value)
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
