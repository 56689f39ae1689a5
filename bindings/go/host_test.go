package pporisk

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A simulator that tells what other weights would have earned.
type counterfactualSimulator struct {
	simulator
	asked int
	fails error
}

func (s *counterfactualSimulator) Counterfactual(env int, weights []float64) (float64, error) {
	s.asked++
	return 0.01*weights[0] - 0.01*weights[1], s.fails
}

// TestAHostTellsWhatOtherWeightsWouldHaveEarned trains against the policy's own deterministic decision.
func TestAHostTellsWhatOtherWeightsWouldHaveEarned(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	config := settings(40)
	config.ControlVariate = ControlVariateSelfCritical
	_, err := NewHostTrainer(agent, &simulator{}, config)
	refused(t, err, ErrInvalidArgument, "counterfactual")
	world := &counterfactualSimulator{}
	trainer, err := NewHostTrainer(agent, world, config)
	ok(t, err)
	defer trainer.Close()
	_, err = trainer.Train(context.Background(), nil)
	ok(t, err)
	if world.asked != world.steps || world.steps == 0 || gain(t, agent) < 0.9 {
		t.Errorf("asked %d times in %d steps, the weight that gains is %v", world.asked, world.steps, gain(t, agent))
	}
	other := fresh(t)
	defer other.Close()
	mine := errors.New("it cannot be told")
	broken, err := NewHostTrainer(other, &counterfactualSimulator{fails: mine}, config)
	ok(t, err)
	defer broken.Close()
	_, err = broken.Train(context.Background(), nil)
	refused(t, err, ErrCallback, "counterfactual")
	if !errors.Is(err, mine) {
		t.Errorf("%v does not have the program's error", err)
	}
}

// A simulator that can go back to where it was.
type rememberingSimulator struct {
	simulator
	kept             [64]uint64
	remembered, back int
	fails            error
}

func (s *rememberingSimulator) Remember(env int) error {
	s.remembered++
	s.kept[env] = s.left[env]
	return nil
}

func (s *rememberingSimulator) GoBack(env int) error {
	s.back++
	s.left[env] = s.kept[env]
	return s.fails
}

// TestAHostGoesBackToFollowThePolicyWithoutNoise trains against the policy's own path.
func TestAHostGoesBackToFollowThePolicyWithoutNoise(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	config := settings(40)
	config.ControlVariate = ControlVariatePolicyPath
	_, err := NewHostTrainer(agent, &simulator{}, config)
	refused(t, err, ErrInvalidArgument, "go back")
	world := &rememberingSimulator{}
	trainer, err := NewHostTrainer(agent, world, config)
	ok(t, err)
	defer trainer.Close()
	metrics, err := trainer.Train(context.Background(), nil)
	ok(t, err)
	if uint64(world.steps) != 2*metrics.EnvSteps || world.remembered == 0 || world.back != world.remembered || gain(t, agent) < 0.8 {
		t.Errorf("%d steps of %d decisions, remembered %d times and back %d times, the weight that gains is %v",
			world.steps, metrics.EnvSteps, world.remembered, world.back, gain(t, agent))
	}
	other := fresh(t)
	defer other.Close()
	mine := errors.New("there is no way back")
	broken, err := NewHostTrainer(other, &rememberingSimulator{fails: mine}, config)
	ok(t, err)
	defer broken.Close()
	_, err = broken.Train(context.Background(), nil)
	refused(t, err, ErrCallback, "go_back")
	if !errors.Is(err, mine) {
		t.Errorf("%v does not have the program's error", err)
	}
}

// TestAHostsEnvironmentIsLearnt trains where the best policy is known, with a checkpoint to go on from.
func TestAHostsEnvironmentIsLearnt(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	world := &simulator{}
	trainer, err := NewHostTrainer(agent, world, settings(40))
	ok(t, err)
	defer trainer.Close()
	if world.resets != 8 {
		t.Errorf("%d resets, expected 8", world.resets)
	}
	_, err = NewHostTrainer(agent, world, settings(40))
	refused(t, err, ErrBusy, "`agent` is in training by another trainer")
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	options := &TrainOptions{CheckpointPath: path, CheckpointInterval: 2}
	var updates uint64
	before := gain(t, agent)
	options.Progress = func(m Metrics) error {
		updates++
		if m.Update != updates || m.EnvSteps != updates*256 || gain(t, agent) == before {
			t.Errorf("update %d of %d: %+v", updates, m.Update, m)
		}
		before = gain(t, agent)
		_, busy := trainer.Update()
		refused(t, busy, ErrBusy, "")
		refused(t, trainer.Save(path), ErrBusy, "")
		if updates == 5 {
			return ErrStop
		}
		return nil
	}
	metrics, err := trainer.Train(context.Background(), options)
	refused(t, err, ErrCancelled, "stopped by the host after update 5")
	if metrics.Update != 5 || world.steps != 5*256 {
		t.Errorf("update %d, %d steps", metrics.Update, world.steps)
	}
	progress, done, err := trainer.Progress()
	if err != nil || done || progress.EnvSteps != 1280 {
		t.Errorf("progress %+v %v %v", progress, done, err)
	}
	mine := errors.New("an error of the program's own")
	options.Progress = func(Metrics) error { return mine }
	_, err = trainer.Train(context.Background(), options)
	refused(t, err, ErrCallback, "progress")
	if !errors.Is(err, mine) {
		t.Errorf("%v does not have the program's error", err)
	}
	options.Progress = nil
	metrics, err = trainer.Train(context.Background(), options)
	ok(t, err)
	if metrics.Update != 40 || !(metrics.EpisodeReward > 0.009) || gain(t, agent) < 0.9 {
		t.Errorf("%+v, the weight that gains is %v", metrics, gain(t, agent))
	}
	resumed, second, err := ResumeHostTrainer(path, &simulator{})
	ok(t, err)
	defer second.Close()
	defer resumed.Close()
	if gain(t, resumed) != gain(t, agent) {
		t.Error("the checkpoint's policy is another")
	}
	if progress, done, err := second.Progress(); err != nil || !done || progress.Update != 40 {
		t.Errorf("resumed at %+v %v %v", progress, done, err)
	}
	config, err := second.ConfigJSON()
	ok(t, err)
	if !strings.Contains(config, `"n_envs":8`) {
		t.Errorf("the configuration is %s", config)
	}
	if _, err := second.Update(); err != nil || gain(t, resumed) == gain(t, agent) {
		t.Errorf("an update more changes nothing: %v", err)
	}
}

// TestPanicsAndErrorsOfTheHostComeBack: of Reset while the trainer is made, of Step and of the progress function.
func TestPanicsAndErrorsOfTheHostComeBack(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	mine := errors.New("the simulator is out of order")
	_, err := NewHostTrainer(agent, &simulator{onReset: func() error { return mine }}, settings(2))
	refused(t, err, ErrCallback, "the host's function `reset` answered -1")
	if !errors.Is(err, mine) {
		t.Errorf("%v does not have the program's error", err)
	}
	world := &simulator{}
	trainer, err := NewHostTrainer(agent, world, settings(2))
	ok(t, err)
	defer trainer.Close()
	world.onStep = func() error {
		if world.steps == 20 {
			var nothing []int
			_ = nothing[world.steps]
		}
		return nil
	}
	_, err = trainer.Update()
	refused(t, err, ErrCallback, "the host's function `step` answered -1")
	var panicked *PanicError
	if !errors.As(err, &panicked) || !strings.Contains(string(panicked.Stack), "host_test.go") {
		t.Errorf("%v is no panic of this file", err)
	}
	var runtimeError runtime.Error
	if !errors.As(err, &runtimeError) {
		t.Errorf("%v does not have the panic's own error", err)
	}
	world.onStep = nil
	_, err = trainer.Train(context.Background(), &TrainOptions{Progress: func(Metrics) error { panic("heard enough") }})
	refused(t, err, ErrCallback, "progress")
	if !errors.As(err, &panicked) || panicked.Value != "heard enough" {
		t.Errorf("%v is not the panic", err)
	}
	// What the host does wrong without an error, the library says.
	for _, wrong := range []struct {
		do    func(state []float32, result *HostResult)
		code  Status
		words string
	}{
		{func(state []float32, _ *HostResult) { state[3] = float32(math.NaN()) }, ErrNotFinite, "`state[3] of environment"},
		{func(_ []float32, r *HostResult) { r.Reward = math.Inf(1) }, ErrNotFinite, "`reward of environment"},
		{func(_ []float32, r *HostResult) { r.Terminated, r.Truncated = true, true }, ErrInvalidArgument, "terminated and truncated"},
	} {
		other := fresh(t)
		trainer, err := NewHostTrainer(other, &simulator{wrong: wrong.do}, settings(2))
		ok(t, err)
		_, err = trainer.Update()
		refused(t, err, wrong.code, wrong.words)
		trainer.Close()
		other.Close()
	}
}

// TestCallbacksSurviveCollections forces the garbage collector, which moves stacks and frees what nobody holds, while
// functions of the program are being called, in the foreground and on a job's thread.
func TestCallbacksSurviveCollections(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	collected := 0
	collect := func() error {
		if collected%16 == 0 {
			runtime.GC()
		}
		collected++
		return nil
	}
	// Nothing of the program holds on to the environment but the trainer.
	trainer, err := NewHostTrainer(agent, &simulator{onStep: collect}, settings(2))
	ok(t, err)
	_, err = trainer.Train(context.Background(), &TrainOptions{Progress: func(Metrics) error { runtime.GC(); return nil }})
	ok(t, err)
	ok(t, trainer.Close())
	if collected != 512 {
		t.Errorf("%d steps, expected 512", collected)
	}
	trainer, err = NewHostTrainer(agent, &simulator{onStep: collect}, settings(2))
	ok(t, err)
	job, err := trainer.Start(context.Background(), &TrainOptions{Progress: func(Metrics) error { runtime.GC(); return nil }})
	ok(t, err)
	// The job's environment outlives the trainer.
	ok(t, trainer.Close())
	ok(t, job.Wait(context.Background()))
	ok(t, job.Close())
	if collected != 1024 {
		t.Errorf("%d steps, expected 1024", collected)
	}
}

// TestAContextCancelsTraining in the foreground, and in a job's background.
func TestAContextCancelsTraining(t *testing.T) {
	trains(t)
	agent := fresh(t)
	defer agent.Close()
	trainer, err := NewHostTrainer(agent, &simulator{}, settings(1_000_000))
	ok(t, err)
	defer trainer.Close()
	ctx, cancel := context.WithCancel(context.Background())
	metrics, err := trainer.Train(ctx, &TrainOptions{Progress: func(m Metrics) error {
		if m.Update == 3 {
			cancel()
		}
		return nil
	}})
	refused(t, err, ErrCancelled, "after update 3")
	if !errors.Is(err, context.Canceled) || metrics.Update != 3 {
		t.Errorf("%v after update %d", err, metrics.Update)
	}
	if _, err := trainer.Train(ctx, nil); err != context.Canceled {
		t.Errorf("%v, expected context.Canceled", err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err = trainer.Train(ctx, nil)
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrCancelled) {
		t.Errorf("%v, expected the deadline", err)
	}

	ctx, cancel = context.WithCancel(context.Background())
	job, err := trainer.Start(ctx, nil)
	ok(t, err)
	_, busy := trainer.Update()
	refused(t, busy, ErrBusy, "")
	short, stop := context.WithTimeout(context.Background(), time.Millisecond)
	defer stop()
	if err := job.Wait(short); err != context.DeadlineExceeded {
		t.Errorf("%v, expected the deadline of the waiting", err)
	}
	if state, _, err := job.Poll(); err != nil || state != JobRunning {
		t.Errorf("state %d, %v", state, err)
	}
	cancel()
	err = job.Wait(context.Background())
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrCancelled) {
		t.Errorf("%v, expected the context's end", err)
	}
	if state, metrics, err := job.Poll(); err != nil || state != JobCancelled || metrics.Update == 0 {
		t.Errorf("state %d, %+v, %v", state, metrics, err)
	}
	ok(t, job.Close())
	job, err = trainer.Start(context.Background(), nil)
	ok(t, err)
	ok(t, job.Cancel())
	<-job.Done()
	refused(t, job.Wait(context.Background()), ErrCancelled, "stopped by the host")
	// Close stops a job that runs.
	ok(t, job.Close())
	job, err = trainer.Start(context.Background(), nil)
	ok(t, err)
	ok(t, job.Close())
	refused(t, job.Wait(context.Background()), ErrCancelled, "")
	if _, _, err := job.Poll(); err != ErrClosed {
		t.Errorf("%v, expected ErrClosed", err)
	}
}

// TestHandlesMayBeClosedByTheFunctionsTheyCall: no call waits for itself, and the last one frees.
func TestHandlesMayBeClosedByTheFunctionsTheyCall(t *testing.T) {
	trains(t)
	agent := fresh(t)
	var trainer *Trainer
	world := &simulator{onReset: func() error { return agent.Close() }}
	trainer, err := NewHostTrainer(agent, world, settings(10))
	ok(t, err)
	select {
	case <-agent.freed:
	default:
		t.Error("the agent that its trainer's making closed was not freed after it")
	}
	world.onReset = nil
	_, err = trainer.Train(context.Background(), &TrainOptions{Progress: func(Metrics) error { return trainer.Close() }})
	refused(t, err, ErrCancelled, "after update 1")
	select {
	case <-trainer.freed:
	default:
		t.Error("the trainer that its own training closed was not freed after it")
	}
	agent = fresh(t)
	defer agent.Close()
	trainer, err = NewHostTrainer(agent, &simulator{}, settings(1_000_000))
	ok(t, err)
	defer trainer.Close()
	jobs := make(chan *Job, 1)
	job, err := trainer.Start(context.Background(), &TrainOptions{Progress: func(Metrics) error {
		job := <-jobs
		jobs <- job
		refused(t, job.Wait(context.Background()), ErrTimeout, "is still at work")
		return job.Close()
	}})
	ok(t, err)
	jobs <- job
	<-job.Done()
	<-job.freed
}
