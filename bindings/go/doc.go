// Package pporisk is the Go binding of libppo_risk: dynamic portfolio allocation with PPO, and the risk management
// around it. docs/go.md begins, include/ppo_risk.h is the reference: a method here does what the function of its name
// does there, under the same conditions on values, lengths and threads.
//
// Handles (Agent, Random, Trainer, Job ...) are closed with Close, once or more often; the garbage collector closes
// those that were forgotten. Close may be called at any time from any goroutine: calls that are at work finish first,
// later ones answer ErrClosed.
//
// An error of the library is an *Error with its status and words; errors.Is(err, pporisk.ErrBusy) asks for a status.
// Slices are handed to the library as they are, without copies, and are not kept after the call.
package pporisk

// #include <ppo_risk.h>
import "C"
