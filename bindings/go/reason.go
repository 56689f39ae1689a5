package pporisk

// #include <ppo_risk.h>
import "C"

// ReasonCode is what shaped a decision or, from 100 on, what was not looked at. include/ppo_risk.h says what each one's
// index and numbers are.
type ReasonCode uint32

// Codes of reasons.
const (
	ReasonAssetMinimum                     ReasonCode = C.RISK_REASON_ASSET_MINIMUM
	ReasonAssetMaximum                     ReasonCode = C.RISK_REASON_ASSET_MAXIMUM
	ReasonGrossExposure                    ReasonCode = C.RISK_REASON_GROSS_EXPOSURE
	ReasonNetMinimum                       ReasonCode = C.RISK_REASON_NET_MINIMUM
	ReasonNetMaximum                       ReasonCode = C.RISK_REASON_NET_MAXIMUM
	ReasonSectorMinimum                    ReasonCode = C.RISK_REASON_SECTOR_MINIMUM
	ReasonSectorMaximum                    ReasonCode = C.RISK_REASON_SECTOR_MAXIMUM
	ReasonCashFloor                        ReasonCode = C.RISK_REASON_CASH_FLOOR
	ReasonTurnover                         ReasonCode = C.RISK_REASON_TURNOVER
	ReasonTurnoverExceeded                 ReasonCode = C.RISK_REASON_TURNOVER_EXCEEDED
	ReasonHistoricalValueAtRisk            ReasonCode = C.RISK_REASON_HISTORICAL_VALUE_AT_RISK
	ReasonGaussianValueAtRisk              ReasonCode = C.RISK_REASON_GAUSSIAN_VALUE_AT_RISK
	ReasonHistoricalConditionalValueAtRisk ReasonCode = C.RISK_REASON_HISTORICAL_CONDITIONAL_VALUE_AT_RISK
	ReasonGaussianConditionalValueAtRisk   ReasonCode = C.RISK_REASON_GAUSSIAN_CONDITIONAL_VALUE_AT_RISK
	ReasonTailRiskExceeded                 ReasonCode = C.RISK_REASON_TAIL_RISK_EXCEEDED
	ReasonMinimumRelaxed                   ReasonCode = C.RISK_REASON_MINIMUM_RELAXED
	ReasonTradeBand                        ReasonCode = C.RISK_REASON_TRADE_BAND
	ReasonDrawdownReduce                   ReasonCode = C.RISK_REASON_DRAWDOWN_REDUCE
	ReasonDrawdownStop                     ReasonCode = C.RISK_REASON_DRAWDOWN_STOP
	ReasonReducing                         ReasonCode = C.RISK_REASON_REDUCING
	ReasonHalted                           ReasonCode = C.RISK_REASON_HALTED
	ReasonAssetStop                        ReasonCode = C.RISK_REASON_ASSET_STOP
	ReasonAssetStopped                     ReasonCode = C.RISK_REASON_ASSET_STOPPED
	ReasonExposureBound                    ReasonCode = C.RISK_REASON_EXPOSURE_BOUND
	ReasonOperatorHalt                     ReasonCode = C.RISK_REASON_OPERATOR_HALT
	ReasonOperatorFlatten                  ReasonCode = C.RISK_REASON_OPERATOR_FLATTEN
	ReasonVolatilityTarget                 ReasonCode = C.RISK_REASON_VOLATILITY_TARGET
	ReasonLeverageMaximum                  ReasonCode = C.RISK_REASON_LEVERAGE_MAXIMUM
	ReasonLeverageMinimum                  ReasonCode = C.RISK_REASON_LEVERAGE_MINIMUM
	ReasonLeverageDrawdown                 ReasonCode = C.RISK_REASON_LEVERAGE_DRAWDOWN
	ReasonLeverageTrend                    ReasonCode = C.RISK_REASON_LEVERAGE_TREND
	ReasonLeverageRegime                   ReasonCode = C.RISK_REASON_LEVERAGE_REGIME
	ReasonLimitsRegime                     ReasonCode = C.RISK_REASON_LIMITS_REGIME
	ReasonHedgeOpened                      ReasonCode = C.RISK_REASON_HEDGE_OPENED
	ReasonHedgeKept                        ReasonCode = C.RISK_REASON_HEDGE_KEPT
	ReasonHedgeClosed                      ReasonCode = C.RISK_REASON_HEDGE_CLOSED
	ReasonPositionRisk                     ReasonCode = C.RISK_REASON_POSITION_RISK
	ReasonOpenRisk                         ReasonCode = C.RISK_REASON_OPEN_RISK
	ReasonPositionMaximum                  ReasonCode = C.RISK_REASON_POSITION_MAXIMUM
	ReasonPositionMinimum                  ReasonCode = C.RISK_REASON_POSITION_MINIMUM
	ReasonSkippedLeverage                  ReasonCode = C.RISK_REASON_SKIPPED_LEVERAGE
	ReasonSkippedTailRisk                  ReasonCode = C.RISK_REASON_SKIPPED_TAIL_RISK
	ReasonSkippedPositionSize              ReasonCode = C.RISK_REASON_SKIPPED_POSITION_SIZE
	ReasonCloseOnlyTrueRange               ReasonCode = C.RISK_REASON_CLOSE_ONLY_TRUE_RANGE
	ReasonSkippedRegime                    ReasonCode = C.RISK_REASON_SKIPPED_REGIME
	ReasonSkippedTrend                     ReasonCode = C.RISK_REASON_SKIPPED_TREND
	ReasonHedgeWithoutBetas                ReasonCode = C.RISK_REASON_HEDGE_WITHOUT_BETAS
	ReasonFlatTarget                       ReasonCode = C.RISK_REASON_FLAT_TARGET
	ReasonFlatPrice                        ReasonCode = C.RISK_REASON_FLAT_PRICE
)

// NoIndex is a reason's index where it is about the portfolio and no single asset or sector.
const NoIndex uint32 = C.RISK_NO_INDEX

// String is the name of the code, as in JSON: "DRAWDOWN_STOP".
func (c ReasonCode) String() string { return C.GoString(C.risk_reason_name(C.uint32_t(c))) }

// Reason is one thing that shaped a decision, or that was not looked at: risk_reason of include/ppo_risk.h.
type Reason struct {
	Code ReasonCode
	// Index is the asset or sector that it is about, from 0; NoIndex where it is about the portfolio.
	Index uint32
	// Found and Allowed are numbers in the unit of the code, NaN where there are none.
	Found, Allowed float64
}

// Describe puts the reason in a line for people, with the names of the assets and sectors; nil where there are none.
func (r Reason) Describe(assets, sectors []string) (line string, err error) {
	theirs := C.risk_reason{code: C.uint32_t(r.Code), index: C.uint32_t(r.Index), found: C.double(r.Found),
		allowed: C.double(r.Allowed)}
	err = withTexts("assets", assets, func(assetNames **C.char) error {
		return withTexts("sectors", sectors, func(sectorNames **C.char) error {
			line, err = text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
				return C.risk_reason_describe(&theirs, assetNames, C.size_t(len(assets)), sectorNames,
					C.size_t(len(sectors)), buffer, capacity, needed)
			})
			return err
		})
	})
	return line, err
}

// filled is the reasons that were written to a room.
func filled(room []Reason, count C.size_t) []Reason {
	if int(count) < cap(room) {
		return room[:count]
	}
	return room[:cap(room)]
}
