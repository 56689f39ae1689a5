package pporisk

// #include <ppo_risk.h>
import "C"

// ForecastVolatility forecasts the annual volatility of the next bar from simple returns, oldest first, of so many
// bars a year; "" for the default forecast, a half-life of 20 bars (risk_volatility in include/ppo_risk.h has the others).
func ForecastVolatility(forecastJSON string, returns []float64, barsPerYear float64) (float64, error) {
	var volatility C.double
	err := withOptional("forecast_json", forecastJSON, func(forecast *C.char) error {
		return call(func() C.ppo_status {
			return C.risk_volatility(forecast, float64s(returns), C.size_t(len(returns)), C.double(barsPerYear), &volatility)
		})
	})
	return float64(volatility), err
}

// FitGarch fits a GARCH(1,1) by maximum likelihood around a constant mean, to at least 50 returns.
func FitGarch(returns []float64) (GarchFit, error) {
	fit := emptyGarchFit()
	err := call(func() C.ppo_status {
		return C.risk_volatility_fit(float64s(returns), C.size_t(len(returns)), fit.c())
	})
	return fit, err
}

// Covariance writes the covariance of a bar's returns [N, N], shrunk towards a multiple of the identity, and gives how
// far, in [0, 1]. `returns` is [bars, assets].
func Covariance(returns []float64, bars, assets int, covariance []float64) (shrinkage float64, err error) {
	var shrunk C.double
	err = call(func() C.ppo_status {
		return C.risk_covariance(float64s(returns), C.size_t(len(returns)), C.size_t(bars), C.size_t(assets),
			float64s(covariance), C.size_t(len(covariance)), &shrunk)
	})
	return float64(shrunk), err
}

// MeasureTail measures weights [N] over scenarios [bars, N] at a confidence such as 0.95; cash, the rest, earns 0.
func MeasureTail(scenarios []float64, bars int, weights []float64, level float64) (TailRisk, error) {
	tail := emptyTailRisk()
	err := call(func() C.ppo_status {
		return C.risk_tail_risk_compute(float64s(scenarios), C.size_t(len(scenarios)), C.size_t(bars), float64s(weights),
			C.size_t(len(weights)), C.double(level), tail.c())
	})
	return tail, err
}

// DynamicLeverage gives the factor of the target weights; "" for the default settings (risk_leverage in
// include/ppo_risk.h), trend NaN where there is none. The reasons, at most 4, are written to `room`, as many as its
// capacity has room for; `count` is all of them.
func DynamicLeverage(configJSON string, volatility, drawdown, trend float64, room []Reason) (leverage float64, given []Reason, count int, err error) {
	var factor C.double
	var n C.size_t
	err = withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status {
			return C.risk_leverage(config, C.double(volatility), C.double(drawdown), C.double(trend), reasons(room),
				C.size_t(cap(room)), &n, &factor)
		})
	})
	if err != nil {
		return 0, nil, 0, err
	}
	return float64(factor), filled(room, n), int(n), nil
}
