package pporisk

/*
#include "bridge.h"

static ppo_status job_start(const ppo_trainer *trainer, uintptr_t user, const char *path, uint64_t interval,
                            uint64_t most, ppo_job **job) {
    ppo_train_options options = pporisk_train_options(user, path, interval, most);
    return ppo_job_start(trainer, &options, job);
}
*/
import "C"

import (
	"context"
	"path/filepath"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// Job is a training call in the background, on a thread of its own.
type Job struct {
	*handle
	ended *ending
	// Stops a job that the program forgets: the handle itself is known to the goroutine that waits for its end.
	kept *keeper
}

// keeper is what the copies of a Job share, and nothing else knows.
type keeper struct{ handle *handle }

// ending is what a job came to. It does not know its Job, which may be forgotten meanwhile.
type ending struct {
	done chan struct{}
	// Written before `done` is closed.
	err error
}

// Start begins to train in the background, as Train does in the foreground. The agent goes on deciding with the policy
// of the last update. Until the job has ended other calls on the trainer answer ErrBusy; the trainer may be closed
// meanwhile.
func (t *Trainer) Start(ctx context.Context, options *TrainOptions) (*Job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := t.listener(ctx, options)
	l.trainer = nil // it may be closed while the job works
	number := cgo.NewHandle(l)
	h := t.host.shared()
	var job *C.ppo_job
	err := withOptions(options, func(path *C.char, interval, most C.uint64_t) error {
		return use(func() C.ppo_status {
			return C.job_start(t.c(), C.uintptr_t(number), path, interval, most, &job)
		}, t.handle)
	})
	if err != nil {
		number.Delete()
		h.dropped()
		return nil, err
	}
	started := &Job{
		newHandle(unsafe.Pointer(job), func(p unsafe.Pointer) {
			C.ppo_job_free((*C.ppo_job)(p))
			number.Delete()
			h.dropped()
		}),
		&ending{done: make(chan struct{})},
		nil,
	}
	started.kept = &keeper{started.handle}
	runtime.SetFinalizer(started.kept, func(k *keeper) {
		if !k.handle.isClosing() {
			go k.stop()
		}
	})
	if err := started.enter(); err != nil {
		return nil, err
	}
	go started.ended.await(started.handle, l, h, options)
	return started, nil
}

// await waits for a job that was entered for it.
func (e *ending) await(job *handle, l *listener, h *host, options *TrainOptions) {
	defer job.leave()
	err := call(func() C.ppo_status { return C.ppo_job_wait((*C.ppo_job)(job.pointer), C.PPO_WAIT_FOREVER) })
	if options != nil && options.CheckpointPath != "" {
		err = explained(filepath.Dir(options.CheckpointPath), err)
	}
	e.err = because(err, &l.fault, h.faultOf())
	close(e.done)
}

// Done is closed when the job has ended.
func (j *Job) Done() <-chan struct{} { return j.ended.done }

// Wait waits for the job to end and answers what its training call came to, as Train would have; the context's error
// where that is done first (the job then goes on, unless Start was given the same context). In a function that the
// library has called it does not wait, but answers ErrTimeout.
func (j *Job) Wait(ctx context.Context) error {
	if C.pporisk_in_callback() != 0 {
		return use(func() C.ppo_status { return C.ppo_job_wait(j.c(), 0) }, j.handle)
	}
	if j.handle == nil {
		return ErrClosed
	}
	select {
	case <-j.ended.done:
		return j.ended.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close asks a job that still runs to stop, waits for it and frees it. In a function that the library has called it does
// not wait.
func (j *Job) Close() error {
	if j.handle == nil {
		return nil
	}
	j.kept.stop()
	return j.handle.Close()
}

// stop asks the job to stop and closes it.
func (k *keeper) stop() {
	// One that is closed already was asked to stop then.
	_ = (&Job{handle: k.handle}).Cancel()
	k.handle.shut()
}
