namespace PpoRisk
{
    /// <summary>A decision, in arrays of its own. One may be used again and again; a failed call leaves it as it was.</summary>
    public sealed unsafe class Decision
    {
        internal DecisionData Data;

        /// <param name="assets">number of assets, N</param>
        /// <param name="reasons">reasons that there is room for; what is beyond it is left out</param>
        public Decision(int assets, int reasons = 64)
        {
            Weights = new double[assets];
            Units = new double[assets];
            Stops = new double[assets];
            Reasons = new Reason[reasons];
            Data = DecisionData.Blank();
        }

        /// <summary>Weights to trade to at this close. Negative is short.</summary>
        public double[] Weights { get; }

        /// <summary>Units to hold, signed as the weight; NaN where positions are not sized.</summary>
        public double[] Units { get; }

        /// <summary>Prices at which to get out; NaN where there is none.</summary>
        public double[] Stops { get; }

        /// <summary>Place for the reasons, in the order of the decision: the first <see cref="ReasonCount"/> are its own.</summary>
        public Reason[] Reasons { get; }

        /// <summary>Reasons that the decision has: more than Reasons has room for where some were left out.</summary>
        public int ReasonCount
        {
            get { return Arrays.Size(Data.ReasonsLen); }
        }

        /// <summary>The state it was taken in.</summary>
        public RiskState State
        {
            get { return Data.State; }
        }

        /// <summary>Whether the hedge is open.</summary>
        public bool HedgeActive
        {
            get { return Data.HedgeActive; }
        }

        /// <summary>Side of the hedge position.</summary>
        public HedgeSide HedgeSide
        {
            get { return Data.HedgeSide; }
        }

        /// <summary>Cash at the weights; negative where money is borrowed.</summary>
        public double Cash
        {
            get { return Data.Cash; }
        }

        /// <summary>Sum of abs(weights): leverage as held.</summary>
        public double Gross
        {
            get { return Data.Gross; }
        }

        /// <summary>Sum of weights.</summary>
        public double Net
        {
            get { return Data.Net; }
        }

        /// <summary>One-way turnover from the current weights.</summary>
        public double Turnover
        {
            get { return Data.Turnover; }
        }

        /// <summary>Factor that the target was multiplied by before the limits.</summary>
        public double Leverage
        {
            get { return Data.Leverage; }
        }

        /// <summary>Forecast volatility of the target before leverage, annual; NaN where there is none.</summary>
        public double Volatility
        {
            get { return Data.Volatility; }
        }

        /// <summary>Drawdown that it was taken at, in [0, 1].</summary>
        public double Drawdown
        {
            get { return Data.Drawdown; }
        }

        /// <summary>Size of the hedge position in money, 0 or more. The hedge is not part of the weights.</summary>
        public double HedgeNotional
        {
            get { return Data.HedgeNotional; }
        }

        /// <summary>Net exposure that is hedged, as a signed part of equity.</summary>
        public double HedgeNet
        {
            get { return Data.HedgeNet; }
        }

        /// <summary>Part of the net exposure that is hedged; 0 while closed.</summary>
        public double HedgeRatio
        {
            get { return Data.HedgeRatio; }
        }

        /// <summary>The struct with its arrays where they are pinned.</summary>
        internal DecisionData Places(double* weights, double* units, double* stops, Reason* reasons)
        {
            var data = Data;
            data.Weights = weights;
            data.WeightsLen = Arrays.Length(Weights);
            data.Units = units;
            data.UnitsLen = Arrays.Length(Units);
            data.Stops = stops;
            data.StopsLen = Arrays.Length(Stops);
            data.Reasons = reasons;
            data.ReasonsCapacity = Arrays.Length(Reasons);
            return data;
        }
    }
}
