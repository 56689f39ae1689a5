package pporisk

/*
#include "decision.h"

static ppo_status book_observe(uintptr_t book, BAR) {
    TAKE_BAR;
    return ppo_book_observe((ppo_book *)book, &bar);
}

static answer book_decide(uintptr_t book, BAR, ROOM) {
    TAKE_BAR;
    answer a;
    TAKE_ROOM(a);
    a.status = ppo_book_decide((ppo_book *)book, &bar, &a.decision);
    GIVE_ROOM_BACK(a);
    return a;
}
*/
import "C"

import (
	"runtime"
)

// Book is a policy at work on one portfolio under a risk manager: at every close one call takes the bar in, decides,
// and puts the decision through the manager. One call at a time: a second one is answered ErrBusy; SetAgent, Halt, Flatten
// and Resume may be called at any time. A bar is taken in whole or not at all: one that was refused can be given again.
type Book struct{ *handle }

// madeBook makes a call that gives a book.
func madeBook(agent *Agent, configJSON, riskJSON string, f func(config, risk *C.char, book **C.ppo_book) C.ppo_status) (*Book, error) {
	var book *C.ppo_book
	err := withOptional("config_json", configJSON, func(config *C.char) error {
		return withOptional("risk_json", riskJSON, func(risk *C.char) error {
			return use(func() C.ppo_status { return f(config, risk, &book) }, agent.handle)
		})
	})
	if err != nil {
		return nil, err
	}
	return ownBook(book), nil
}

// NewBook makes a book that has seen nothing, all in cash; settings as for NewPortfolio and
// NewRiskManager, "" for the defaults.
func NewBook(agent *Agent, configJSON, riskJSON string) (*Book, error) {
	return madeBook(agent, configJSON, riskJSON, func(config, risk *C.char, book **C.ppo_book) C.ppo_status {
		return C.ppo_book_new(agent.c(), config, risk, book)
	})
}

// RestoreBook makes a book that goes on from what StateJSON gave, bit for bit.
func RestoreBook(agent *Agent, configJSON, riskJSON, stateJSON string) (book *Book, err error) {
	err = withText("state_json", stateJSON, func(state *C.char) error {
		book, err = madeBook(agent, configJSON, riskJSON, func(config, risk *C.char, book **C.ppo_book) C.ppo_status {
			return C.ppo_book_restore(agent.c(), config, risk, state, book)
		})
		return err
	})
	return book, err
}

// RestoreBookState makes a book that goes on from what SaveState gave, bit for bit.
func RestoreBookState(agent *Agent, configJSON, riskJSON string, state []byte) (*Book, error) {
	return madeBook(agent, configJSON, riskJSON, func(config, risk *C.char, book **C.ppo_book) C.ppo_status {
		return C.ppo_book_restore_state(agent.c(), config, risk, bytesOf(state), C.size_t(len(state)), book)
	})
}

// Decide takes in the bar that just ended and decides. What the decision leaves counts as traded at this close.
// ErrNotReady where more bars have to be seen first. It allocates nothing.
func (b *Book) Decide(bar *Bar, decision *Decision) error {
	if err := b.enter(); err != nil {
		return err
	}
	defer b.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	closed, err := bar.closed()
	if err != nil {
		return err
	}
	answer := C.book_decide(b.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.Atr),
		C.size_t(len(bar.Atr)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(closed),
		C.double(bar.CashReturn), float64s(bar.Columns), C.size_t(len(bar.Columns)), float64s(bar.AssetColumns),
		C.size_t(len(bar.AssetColumns)), float64s(bar.Prior), C.size_t(len(bar.Prior)), float64s(bar.Ends), C.size_t(len(bar.Ends)),
		float64s(bar.CostRates), C.size_t(len(bar.CostRates)), float64s(bar.HalfSpreads), C.size_t(len(bar.HalfSpreads)),
		float64s(bar.BorrowRates), C.size_t(len(bar.BorrowRates)), float64s(bar.Volumes), C.size_t(len(bar.Volumes)), float64s(decision.Weights),
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
func (b *Book) Observe(bar *Bar) error {
	if err := b.enter(); err != nil {
		return err
	}
	defer b.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	closed, err := bar.closed()
	if err != nil {
		return err
	}
	return failed(C.book_observe(b.number(), float64s(bar.Closes), C.size_t(len(bar.Closes)), float64s(bar.Highs),
		C.size_t(len(bar.Highs)), float64s(bar.Lows), C.size_t(len(bar.Lows)), float64s(bar.Atr),
		C.size_t(len(bar.Atr)), float64s(bar.Betas), C.size_t(len(bar.Betas)), float64s(bar.Observation),
		C.size_t(len(bar.Observation)), C.double(bar.Volatility), C.double(bar.Trend), C.int64_t(closed),
		C.double(bar.CashReturn), float64s(bar.Columns), C.size_t(len(bar.Columns)), float64s(bar.AssetColumns),
		C.size_t(len(bar.AssetColumns)), float64s(bar.Prior), C.size_t(len(bar.Prior)), float64s(bar.Ends), C.size_t(len(bar.Ends)),
		float64s(bar.CostRates), C.size_t(len(bar.CostRates)), float64s(bar.HalfSpreads), C.size_t(len(bar.HalfSpreads)),
		float64s(bar.BorrowRates), C.size_t(len(bar.BorrowRates)), float64s(bar.Volumes), C.size_t(len(bar.Volumes))))
}

// OrderTerms is how assets can be traded; the zero value leaves everything open.
type OrderTerms struct {
	// Units that can be traded at a time [N], 0 for any number; nil for any number of each.
	Lots []float64
	// Fewest units of an order [N]; nil for no such minimum.
	MinUnits []float64
	// Least money that an order is worth at the close.
	MinValue float64
}

// Order is what to trade of one asset: units to buy, below 0 to sell.
type Order struct {
	Asset int
	Units float64
}

// Orders gives what has to be traded at this close for what Decide decided, given the units [N] and the cash that are
// really held: sales first, whole lots, never more than cash allows, nothing of what is halted.
func (b *Book) Orders(units []float64, cash float64, terms OrderTerms) ([]Order, error) {
	assets, traded := make([]uint32, len(units)), make([]float64, len(units))
	var count C.size_t
	err := use(func() C.ppo_status {
		return C.ppo_book_orders(b.c(), float64s(units), C.size_t(len(units)), C.double(cash), float64s(terms.Lots),
			C.size_t(len(terms.Lots)), float64s(terms.MinUnits), C.size_t(len(terms.MinUnits)),
			C.double(terms.MinValue), uint32s(assets), C.size_t(len(assets)), float64s(traded),
			C.size_t(len(traded)), &count)
	}, b.handle)
	if err != nil {
		return nil, err
	}
	orders := make([]Order, count)
	for i := range orders {
		orders[i] = Order{Asset: int(assets[i]), Units: traded[i]}
	}
	return orders, nil
}
