package pporisk

/*
#include "bridge.h"

static ppo_status new_host(const ppo_agent *agent, uintptr_t user, int counterfactual, int can_go_back, const ppo_config *config, ppo_trainer **trainer) {
    ppo_host_environment environment = pporisk_host_environment(user, counterfactual, can_go_back);
    return ppo_trainer_new_host(agent, &environment, config, trainer);
}

static ppo_status resume_host(const char *path, uintptr_t user, int counterfactual, int can_go_back, ppo_agent **agent, ppo_trainer **trainer) {
    ppo_host_environment environment = pporisk_host_environment(user, counterfactual, can_go_back);
    return ppo_trainer_resume_host(path, &environment, agent, trainer);
}

static ppo_status join_ranks(const ppo_trainer *trainer, uintptr_t user, uint32_t rank, uint32_t size) {
    ppo_collectives collectives = pporisk_collectives(user, rank, size);
    return ppo_trainer_join(trainer, &collectives);
}
*/
import "C"

import "unsafe"

// Trainer is an agent, the optimiser that moves its weights, and where its experience comes from. The handles it was
// made from may be closed before it. One call at a time works on a trainer: a second one is answered ErrBusy.
type Trainer struct {
	*handle
	// The program's environments, or its collectives; nil without.
	host *host
}

func ownTrainer(trainer *C.ppo_trainer, h *host) *Trainer {
	return &Trainer{newHandle(unsafe.Pointer(trainer), func(p unsafe.Pointer) {
		C.ppo_trainer_free((*C.ppo_trainer)(p))
		h.dropped()
	}), h}
}

func madeTrainer(h *host, f func(trainer **C.ppo_trainer) C.ppo_status, handles ...*handle) (*Trainer, error) {
	var trainer *C.ppo_trainer
	if err := use(func() C.ppo_status { return f(&trainer) }, handles...); err != nil {
		err = because(err, h.faultOf())
		h.dropped()
		return nil, err
	}
	return ownTrainer(trainer, h), nil
}

// NewTrainer makes a trainer that learns in the library's own environments over a market. It goes on from the weights
// that the agent has, and every update gives the agent its new policy; nil for the default configuration.
func NewTrainer(agent *Agent, market *Market, config *Config) (*Trainer, error) {
	return madeTrainer(newHost(nil), func(trainer **C.ppo_trainer) C.ppo_status {
		return C.ppo_trainer_new(agent.c(), market.c(), config.c(), trainer)
	}, agent.handle, market.handle)
}

// NewHostTrainer makes a trainer that learns in environments of the program's own. Reset is called here, to begin the
// first episodes, and during calls that train.
func NewHostTrainer(agent *Agent, environment HostEnvironment, config *Config) (*Trainer, error) {
	h := newHost(environment)
	return madeTrainer(h, func(trainer **C.ppo_trainer) C.ppo_status {
		return C.new_host(agent.c(), C.uintptr_t(h.number), h.counterfactual(), h.canGoBack(), config.c(), trainer)
	}, agent.handle)
}

// NewOnlineTrainer makes a trainer that learns from the transitions that Observe hands in, up to NEnvs sequences of
// them side by side.
func NewOnlineTrainer(agent *Agent, config *Config) (*Trainer, error) {
	return madeTrainer(nil, func(trainer **C.ppo_trainer) C.ppo_status {
		return C.ppo_trainer_new_online(agent.c(), config.c(), trainer)
	}, agent.handle)
}

// resumed goes on from a checkpoint.
func resumed(path string, h *host, f func(path *C.char, agent **C.ppo_agent, trainer **C.ppo_trainer) C.ppo_status, handles ...*handle) (agent *Agent, trainer *Trainer, err error) {
	var theirAgent *C.ppo_agent
	err = withRead(path, func(text *C.char) error {
		trainer, err = madeTrainer(h.shared(), func(trainer **C.ppo_trainer) C.ppo_status {
			return f(text, &theirAgent, trainer)
		}, handles...)
		return err
	})
	h.dropped()
	if err != nil {
		return nil, nil, err
	}
	return ownAgent(theirAgent), trainer, nil
}

// ResumeTrainer goes on from a checkpoint of a trainer over a market, the one that the run was on. It gives a new agent
// with the run's policy, and the trainer; the numbers are those of a run that never stopped.
func ResumeTrainer(path string, market *Market) (*Agent, *Trainer, error) {
	return resumed(path, newHost(nil), func(path *C.char, agent **C.ppo_agent, trainer **C.ppo_trainer) C.ppo_status {
		return C.ppo_trainer_resume(path, market.c(), agent, trainer)
	}, market.handle)
}

// ResumeHostTrainer goes on from a checkpoint of a trainer over the program's environments, which begin new episodes. It
// gives a new agent with the run's policy, and the trainer.
func ResumeHostTrainer(path string, environment HostEnvironment) (*Agent, *Trainer, error) {
	h := newHost(environment)
	return resumed(path, h, func(path *C.char, agent **C.ppo_agent, trainer **C.ppo_trainer) C.ppo_status {
		return C.resume_host(path, C.uintptr_t(h.number), h.counterfactual(), h.canGoBack(), agent, trainer)
	})
}

// ResumeOnlineTrainer goes on from a checkpoint of a trainer that learns from transitions. Those that no update had used
// are gone.
func ResumeOnlineTrainer(path string) (*Agent, *Trainer, error) {
	return resumed(path, nil, func(path *C.char, agent **C.ppo_agent, trainer **C.ppo_trainer) C.ppo_status {
		return C.ppo_trainer_resume_online(path, agent, trainer)
	})
}

// Collectives is how ranks that train together reach each other: MPI, say.
type Collectives interface {
	// Rank is this process's, from 0.
	Rank() int
	// Size is how many there are: a power of two.
	Size() int
	// Allgather writes the bytes that every rank sends, in the order of the ranks, to `received`: Size times as many as `send`
	// has. Every rank calls it in the same order with as many bytes, on the thread that trains. The slices are the library's, for
	// the length of the call. An error, or a panic, ends the training call with ErrCollective and that as its cause.
	Allgather(send, received []byte) error
}

// Join has a trainer over a market train from now on as one of several ranks, each a process with a trainer like this one. The
// numbers, and the policy that every rank comes to, are those of one trainer alone. Every rank has to make the same calls in the
// same order; checkpoints are written by rank 0, and any number of ranks resumes them.
func (t *Trainer) Join(collectives Collectives) error {
	var number C.uintptr_t
	if t.host != nil {
		number = C.uintptr_t(t.host.number)
	}
	rank, size := C.uint32_t(collectives.Rank()), C.uint32_t(collectives.Size())
	err := use(func() C.ppo_status { return C.join_ranks(t.c(), number, rank, size) }, t.handle)
	if err == nil {
		t.host.collectives = collectives
	}
	return err
}

// Save writes a checkpoint: a policy file with all that training needs to go on.
func (t *Trainer) Save(path string) error {
	return because(withWritten("path", path, func(text *C.char) error {
		return use(func() C.ppo_status { return C.ppo_trainer_save(t.c(), text) }, t.handle)
	}), t.host.faultOf())
}
