// Package examples holds the programs of this folder to those of examples/c: both print the same.
package examples

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

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
	for _, example := range []struct {
		name      string
		arguments []string
		own       string
		words     []string
	}{
		{"infer", []string{"../../models/sp500-20-stocks.safetensors", "2000"}, "latency", []string{"2000 decisions", "AAPL", "cash"}},
		{"risk", nil, "", []string{"HALTED", "hedge", "trading goes on", "STOCKS"}},
	} {
		folder := t.TempDir()
		inC, inGo := filepath.Join(folder, "c"), filepath.Join(folder, "go")
		compile := append([]string{"-std=c99", "-o", inC, "../c/" + example.name + ".c"}, strings.Fields(string(flags))...)
		if output, err := exec.Command("cc", compile...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		if output, err := exec.Command("go", "build", "-o", inGo, "./"+example.name).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		c, g := say(t, inC, example.arguments, example.own), say(t, inGo, example.arguments, example.own)
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
