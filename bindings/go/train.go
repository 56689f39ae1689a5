package pporisk

/*
#include "bridge.h"

static ppo_status train(const ppo_trainer *trainer, uintptr_t user, const char *path, uint64_t interval, uint64_t most,
                        ppo_metrics *metrics) {
    ppo_train_options options = pporisk_train_options(user, path, interval, most);
    return ppo_train(trainer, &options, metrics);
}
*/
import "C"

import (
	"context"
	"errors"
	"runtime/cgo"
)

// ErrStop is what a progress function answers to end training without an error of its own.
var ErrStop = errors.New("pporisk: stop training")

// TrainOptions is how a call trains; nil, and the zero value, for none of it.
type TrainOptions struct {
	// Progress is called after every update, once the agent has its policy. ErrStop ends the call, which then answers
	// ErrCancelled; another error, or a panic, ends it with ErrCallback and that as the cause. What a Job calls it on is
	// another thread than the program's. It may call anything of this package (what works on the trainer answers
	// ErrBusy), but not runtime.Goexit.
	Progress func(Metrics) error
	// CheckpointPath is a file that a checkpoint is written to when the call ends, also where it was stopped.
	CheckpointPath string
	// CheckpointInterval is the number of updates after which a checkpoint is written besides; 0: only at the end.
	CheckpointInterval uint64
	// MostUpdates of this call; 0: until the configuration's steps are taken.
	MostUpdates uint64
}

// listener is what a training call reports to.
type listener struct {
	ctx      context.Context
	progress func(Metrics) error
	trainer  *handle
	fault    fault
}

func (l *listener) hear(metrics Metrics) int {
	if l.progress != nil {
		err := guardedly(func() error { return l.progress(metrics) })
		switch {
		case err == ErrStop:
			return stop
		case err != nil:
			l.fault.set(err)
			return fails
		}
	}
	if err := l.ctx.Err(); err != nil {
		l.fault.set(err)
		return stop
	}
	if l.trainer.isClosing() {
		l.fault.set(ErrClosed)
		return stop
	}
	return goOn
}

// withOptions hands options to C for the length of a call.
func withOptions(options *TrainOptions, f func(path *C.char, interval, most C.uint64_t) error) error {
	if options == nil {
		options = new(TrainOptions)
	}
	interval, most := C.uint64_t(options.CheckpointInterval), C.uint64_t(options.MostUpdates)
	if options.CheckpointPath == "" {
		return f(nil, interval, most)
	}
	return withWritten("options.checkpoint_path", options.CheckpointPath, func(path *C.char) error {
		return f(path, interval, most)
	})
}

func (t *Trainer) listener(ctx context.Context, options *TrainOptions) *listener {
	l := &listener{ctx: ctx, trainer: t.handle}
	if options != nil {
		l.progress = options.Progress
	}
	return l
}

// Train trains until the configuration's steps are taken, the options' limit is reached, the progress function ends it,
// the context is done or the trainer is closed: the last two after the update that it is at, with ErrCancelled and their
// own error as the cause. It gives the figures of the last update, on an error too if any update was done before it.
// After every update the agent decides with the new policy; on any answer it keeps the last one.
func (t *Trainer) Train(ctx context.Context, options *TrainOptions) (Metrics, error) {
	metrics := emptyMetrics()
	if err := ctx.Err(); err != nil {
		return metrics, err
	}
	l := t.listener(ctx, options)
	number := cgo.NewHandle(l)
	defer number.Delete()
	err := withOptions(options, func(path *C.char, interval, most C.uint64_t) error {
		return use(func() C.ppo_status {
			return C.train(t.c(), C.uintptr_t(number), path, interval, most, metrics.c())
		}, t.handle)
	})
	return metrics, because(err, &l.fault, t.host.faultOf())
}

// Update makes one update: a rollout in the trainer's environments and the epochs on it or, for a trainer made for
// transitions, the epochs on all that Observe has kept.
func (t *Trainer) Update() (Metrics, error) {
	metrics := emptyMetrics()
	err := use(func() C.ppo_status { return C.ppo_update(t.c(), metrics.c()) }, t.handle)
	return metrics, because(err, t.host.faultOf())
}
