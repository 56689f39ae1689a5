package pporisk

/*
#include "decision.h"

static ppo_status managed_observe(uintptr_t managed, BAR, double cash_return, const double *columns,
                                  size_t columns_len, const double *prior, size_t prior_len) {
    TAKE_BAR;
    return ppo_managed_observe((ppo_managed *)managed, &market, cash_return, columns, columns_len, prior, prior_len);
}

static answer managed_decide(uintptr_t managed, BAR, double cash_return, const double *columns, size_t columns_len,
                             const double *prior, size_t prior_len, ROOM) {
    TAKE_BAR;
    answer a;
    TAKE_ROOM(a);
    a.status = ppo_managed_decide((ppo_managed *)managed, &market, cash_return, columns, columns_len, prior, prior_len,
                                  &a.decision);
    GIVE_ROOM_BACK(a);
    return a;
}
*/
import "C"

import (
	"runtime"
)

// Managed is a policy at work on one portfolio under a risk manager: at every close one call takes the bar in, decides,
// and puts the decision through the manager. One call at a time: a second one is answered ErrBusy; SetAgent, Halt, Flatten
// and Resume may be called at any time. A bar is taken in whole or not at all: one that was refused can be given again.
type Managed struct{ *handle }

// madeManaged makes a call that gives a managed portfolio.
func madeManaged(agent *Agent, configJSON, riskJSON string, f func(config, risk *C.char, managed **C.ppo_managed) C.ppo_status) (*Managed, error) {
	var managed *C.ppo_managed
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return withOptional("risk_json", riskJSON, func(risk *C.char) error {
			return use(func() C.ppo_status { return f(config, risk, &managed) }, agent.handle)
		})
	})
	if err != nil {
		return nil, err
	}
	return ownManaged(managed), nil
}

// NewManaged makes a managed portfolio that has seen nothing, all in cash; settings as for NewPortfolio and
// NewRiskManager, "" for the defaults.
func NewManaged(agent *Agent, configJSON, riskJSON string) (*Managed, error) {
	return madeManaged(agent, configJSON, riskJSON, func(config, risk *C.char, managed **C.ppo_managed) C.ppo_status {
		return C.ppo_managed_new(agent.c(), config, risk, managed)
	})
}

// RestoreManaged makes a managed portfolio that goes on from what StateJSON gave, bit for bit.
func RestoreManaged(agent *Agent, configJSON, riskJSON, stateJSON string) (managed *Managed, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		managed, err = madeManaged(agent, configJSON, riskJSON, func(config, risk *C.char, managed **C.ppo_managed) C.ppo_status {
			return C.ppo_managed_restore(agent.c(), config, risk, state, managed)
		})
		return err
	})
	return managed, err
}

// Decide takes in the bar that just ended, with the simple return of cash over it, the policy's columns [K] and the
// weights of a supplied prior [N + 1] (each nil where the policy has none), and decides. What the decision leaves counts
// as traded at this close. ErrNotReady where more bars have to be seen first. It allocates nothing.
func (m *Managed) Decide(bar *RiskMarket, cashReturn float64, columns, prior []float64, decision *RiskDecision) error {
	if err := m.enter(); err != nil {
		return err
	}
	defer m.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	answer := C.managed_decide(m.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.ATR),
		C.size_t(len(bar.ATR)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(bar.Time), C.double(cashReturn),
		float64s(columns), C.size_t(len(columns)), float64s(prior), C.size_t(len(prior)), float64s(decision.Weights),
		C.size_t(len(decision.Weights)), float64s(decision.Units), C.size_t(len(decision.Units)),
		float64s(decision.Stops), C.size_t(len(decision.Stops)), reasons(decision.Reasons),
		C.size_t(cap(decision.Reasons)))
	if err := failed(answer.status); err != nil {
		return err
	}
	decision.take(&answer.decision)
	return nil
}

// Observe takes in a bar on which nothing is decided.
func (m *Managed) Observe(bar *RiskMarket, cashReturn float64, columns, prior []float64) error {
	if err := m.enter(); err != nil {
		return err
	}
	defer m.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return failed(C.managed_observe(m.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.ATR),
		C.size_t(len(bar.ATR)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(bar.Time), C.double(cashReturn),
		float64s(columns), C.size_t(len(columns)), float64s(prior), C.size_t(len(prior))))
}

// Ready says whether the next bar is one that can be decided on. Until then bars go to Observe.
func (m *Managed) Ready() (bool, error) {
	var ready C.uint32_t
	err := use(func() C.ppo_status { return C.ppo_managed_ready(m.c(), &ready) }, m.handle)
	return ready != 0, err
}

// Account gives how the portfolio stands, and copies the weights that are held to `weights` [N + 1], which may be nil.
func (m *Managed) Account(weights []float64) (Account, error) {
	account := emptyAccount()
	err := use(func() C.ppo_status {
		return C.ppo_managed_account(m.c(), account.c(), float64s(weights), C.size_t(len(weights)))
	}, m.handle)
	return account, err
}

// Traded copies the weights after the trade at the last close that was decided on [N + 1], and gives the trade's one-way
// turnover and its cost as a fraction of the value before it.
func (m *Managed) Traded(weights []float64) (turnover, cost float64, err error) {
	var t, c C.double
	err = use(func() C.ppo_status {
		return C.ppo_managed_traded(m.c(), float64s(weights), C.size_t(len(weights)), &t, &c)
	}, m.handle)
	return float64(t), float64(c), err
}

// RecordTrade says what was really traded to at this close, in place of the decision: weights [N + 1], and what the
// trade cost as a fraction of the value before it.
func (m *Managed) RecordTrade(weights []float64, cost float64) error {
	return use(func() C.ppo_status {
		return C.ppo_managed_record_trade(m.c(), float64s(weights), C.size_t(len(weights)), C.double(cost))
	}, m.handle)
}

// SetPosition says what is held [N + 1] at this close and what it is worth.
func (m *Managed) SetPosition(weights []float64, equity float64) error {
	return use(func() C.ppo_status {
		return C.ppo_managed_set_position(m.c(), float64s(weights), C.size_t(len(weights)), C.double(equity))
	}, m.handle)
}

// SetAgent decides with the policy that an agent has now, from the next call on; also while another goroutine decides.
func (m *Managed) SetAgent(agent *Agent) error {
	return use(func() C.ppo_status { return C.ppo_managed_set_agent(m.c(), agent.c()) }, m.handle, agent.handle)
}

// ResetStop lets a stopped asset be held again.
func (m *Managed) ResetStop(asset int) error {
	return use(func() C.ppo_status { return C.ppo_managed_reset_stop(m.c(), C.size_t(asset)) }, m.handle)
}
