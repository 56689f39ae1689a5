package pporisk

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

// TestFilesThatAreNotThere asks for every call that takes a path.
func TestFilesThatAreNotThere(t *testing.T) {
	agent, err := NewAgent(small, nil)
	ok(t, err)
	defer agent.Close()
	market, err := SimulatePrices(`{"model": "gbm", "assets": ["A"], "drift": [0.0], "covariance": [[0.01]]}`, 5, day(10959), 1)
	ok(t, err)
	defer market.Close()
	nowhere, folder := filepath.Join(t.TempDir(), "nowhere", "file"), t.TempDir()
	calls := map[string]func(path string) error{
		"Load":          func(path string) error { _, err := Load(path); return err },
		"MarketFromCSV": func(path string) error { _, err := MarketFromCSV(path, "", 0); return err },
		"Save":          agent.Save,
		"ExportONNX":    agent.ExportONNX,
		"WriteCSV":      market.WriteCSV,
	}
	if Features()&FeatureTrain != 0 {
		learner := fresh(t)
		defer learner.Close()
		trainer, err := NewHostTrainer(learner, new(simulator), settings(1))
		ok(t, err)
		defer trainer.Close()
		calls["Trainer.Save"] = trainer.Save
		calls["ResumeOnlineTrainer"] = func(path string) error { _, _, err := ResumeOnlineTrainer(path); return err }
		calls["Train"] = func(path string) error {
			_, err := trainer.Train(context.Background(), &TrainOptions{CheckpointPath: path})
			return err
		}
		calls["Start"] = func(path string) error {
			job, err := trainer.Start(context.Background(), &TrainOptions{CheckpointPath: path})
			if err != nil {
				return err
			}
			defer job.Close()
			return job.Wait(context.Background())
		}
	}
	for name, call := range calls {
		err := call(nowhere)
		if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, ErrIO) || errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s of a file that is not there answers %v", name, err)
		}
		if err := call(folder); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of a folder answers %v", name, err)
		}
	}
}
