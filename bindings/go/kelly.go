package pporisk

/*
#include <ppo_risk.h>

// The struct is put together here, as in decision.go.
typedef struct {
    ppo_status status;
    double mean_shrinkage, covariance_shrinkage;
} shrunk;

static shrunk kelly_from_returns(const char *config, const double *returns, size_t returns_len, size_t bars,
                                 size_t assets, double bars_per_year,
                                 double *weights, size_t weights_len, double *standard_errors, size_t standard_errors_len,
                                 double *unconstrained, size_t unconstrained_len, double *unconstrained_standard_errors, size_t unconstrained_standard_errors_len,
                                 double *excess, size_t excess_len) {
    risk_kelly_estimate estimate;
    shrunk s = {0};
    risk_kelly_estimate_init(&estimate, sizeof estimate);
    estimate.weights = weights;
    estimate.weights_len = weights_len;
    estimate.standard_errors = standard_errors;
    estimate.standard_errors_len = standard_errors_len;
    estimate.unconstrained = unconstrained;
    estimate.unconstrained_len = unconstrained_len;
    estimate.unconstrained_standard_errors = unconstrained_standard_errors;
    estimate.unconstrained_standard_errors_len = unconstrained_standard_errors_len;
    estimate.excess = excess;
    estimate.excess_len = excess_len;
    s.status = risk_kelly_from_returns(config, returns, returns_len, bars, assets, bars_per_year, &estimate);
    s.mean_shrinkage = estimate.mean_shrinkage;
    s.covariance_shrinkage = estimate.covariance_shrinkage;
    return s;
}
*/
import "C"

// KellyBinary is the part of wealth to stake on one bet: probability/loss - (1 - probability)/gain.
func KellyBinary(probability, gain, loss float64) (float64, error) {
	var stake C.double
	err := call(func() C.ppo_status {
		return C.risk_kelly_binary(C.double(probability), C.double(gain), C.double(loss), &stake)
	})
	return float64(stake), err
}

// KellyContinuous is the full Kelly weight of one asset: excess/variance.
func KellyContinuous(excess, variance float64) (float64, error) {
	var weight C.double
	err := call(func() C.ppo_status {
		return C.risk_kelly_continuous(C.double(excess), C.double(variance), &weight)
	})
	return float64(weight), err
}

// KellyUnconstrained writes the full Kelly weights [N] without any cap: the inverse of the covariance [N, N] times the
// excess [N].
func KellyUnconstrained(excess, covariance, weights []float64) error {
	return call(func() C.ppo_status {
		return C.risk_kelly_unconstrained(float64s(excess), C.size_t(len(excess)), float64s(covariance),
			C.size_t(len(covariance)), float64s(weights), C.size_t(len(weights)))
	})
}

// KellyWeights writes the weights [N] that grow a portfolio fastest under caps; "" for the default settings
// (risk_kelly_weights in include/ppo_risk.h).
func KellyWeights(configJSON string, excess, covariance, weights []float64) error {
	return withOptional("config_json", configJSON, func(config *C.char) error {
		return call(func() C.ppo_status {
			return C.risk_kelly_weights(config, float64s(excess), C.size_t(len(excess)), float64s(covariance),
				C.size_t(len(covariance)), float64s(weights), C.size_t(len(weights)))
		})
	})
}

// KellyEstimate is Kelly weights from a history of returns. Its arrays [N] are the program's; all but Weights may be nil.
type KellyEstimate struct {
	// Weights under the caps, the fraction applied, and their StandardErrors, 0 where a cap or 0 holds.
	Weights, StandardErrors []float64
	// Unconstrained is the weights without any cap, the fraction applied.
	Unconstrained, UnconstrainedStandardErrors []float64
	// Excess is the expected returns above cash per bar, shrunk.
	Excess []float64
	// MeanShrinkage is that of the means, in (0, 1], CovarianceShrinkage that of the covariance, in [0, 1].
	MeanShrinkage, CovarianceShrinkage float64
}

// KellyFromReturns fills an estimate from simple returns [bars, assets], oldest first, of so many bars a year, by which
// the cash rate is spread; "" for the default settings. On an error the estimate is as it was.
func KellyFromReturns(configJSON string, returns []float64, bars, assets int, barsPerYear float64, estimate *KellyEstimate) error {
	return withOptional("config_json", configJSON, func(config *C.char) error {
		var s C.shrunk
		err := call(func() C.ppo_status {
			s = C.kelly_from_returns(config, float64s(returns), C.size_t(len(returns)), C.size_t(bars), C.size_t(assets),
				C.double(barsPerYear), float64s(estimate.Weights), C.size_t(len(estimate.Weights)), float64s(estimate.StandardErrors),
				C.size_t(len(estimate.StandardErrors)), float64s(estimate.Unconstrained),
				C.size_t(len(estimate.Unconstrained)), float64s(estimate.UnconstrainedStandardErrors),
				C.size_t(len(estimate.UnconstrainedStandardErrors)), float64s(estimate.Excess),
				C.size_t(len(estimate.Excess)))
			return s.status
		})
		if err == nil {
			estimate.MeanShrinkage = float64(s.mean_shrinkage)
			estimate.CovarianceShrinkage = float64(s.covariance_shrinkage)
		}
		return err
	})
}
