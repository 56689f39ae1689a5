// Package examples holds the programs of this folder to those of examples/c: both print the same.
package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	pporisk "ppo_risk"
)

const simulation = `{"model": "gbm", "assets": ["A", "B", "C"], "drift": [0.02, 0.05, 0.08],
	"covariance": [[0.04, 0.01, 0.01], [0.01, 0.0625, 0.01], [0.01, 0.01, 0.09]], "cash_rate": 0.0, "bars_per_year": 252}`

// prices writes a file of prices from 2005 to 2017.
func prices(t *testing.T) string {
	t.Helper()
	market, err := pporisk.SimulatePrices(simulation, 3000, 13000, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer market.Close()
	path := filepath.Join(t.TempDir(), "prices.csv")
	if err := market.WriteCSV(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// say runs a program and gives what it prints, without the lines that begin with `own`.
func say(t *testing.T, program string, arguments []string, own string) string {
	t.Helper()
	output, err := exec.Command(program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, output)
	}
	var lines []string
	for _, line := range strings.SplitAfter(string(output), "\n") {
		if own == "" || !strings.HasPrefix(line, own) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func TestExamplesPrintWhatCsPrint(t *testing.T) {
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "ppo_risk").Output()
	if err != nil {
		t.Fatal(err)
	}
	written := filepath.Join(t.TempDir(), "policy.safetensors")
	for _, example := range []struct {
		name      string
		arguments []string
		// What the lines begin with that tell of speed.
		own   string
		words []string
	}{
		{"infer", []string{"../../models/sp500-20-stocks.safetensors"}, "latency", []string{"20000 bars", "AAPL", "cash", "account: value"}},
		{"risk", nil, "", []string{"HALTED", "hedge", "trading goes on", "STOCKS"}},
		{"train", []string{prices(t), written, "16384"}, "speed", []string{"judged from 2013-01-01", "Sharpe ratio", "written to"}},
	} {
		if example.name == "train" && pporisk.Features()&pporisk.FeatureTrain == 0 {
			continue
		}
		folder := t.TempDir()
		inC, inGo := filepath.Join(folder, "c"), filepath.Join(folder, "go")
		compile := append([]string{"-std=c99", "-o", inC, "../c/" + example.name + ".c"}, append(strings.Fields(string(flags)), "-lm")...)
		if output, err := exec.Command("cc", compile...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		if output, err := exec.Command("go", "build", "-o", inGo, "./"+example.name).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		c := say(t, inC, example.arguments, example.own)
		policy, _ := os.ReadFile(written)
		g := say(t, inGo, example.arguments, example.own)
		if again, _ := os.ReadFile(written); !bytes.Equal(policy, again) || (example.name == "train") != (len(again) > 0) {
			t.Errorf("%s in C and in Go write different policies", example.name)
		}
		if c != g {
			t.Errorf("%s in C prints\n%s\nand in Go\n%s", example.name, c, g)
		}
		for _, word := range example.words {
			if !strings.Contains(g, word) {
				t.Errorf("%s: %q is not in\n%s", example.name, word, g)
			}
		}
	}
}
