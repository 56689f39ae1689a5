package pporisk

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// What of the header has no place in the package, and why. A name that is reached after all is to be taken out.
var leftOut = map[string]string{}

// sources is the package's text without its tests.
func sources(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, pattern := range []string{"*.go", "*.h", "*.c"} {
		files, err := filepath.Glob(pattern)
		ok(t, err)
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				bytes, err := os.ReadFile(file)
				ok(t, err)
				text.Write(bytes)
			}
		}
	}
	return text.String()
}

// TestEveryExportAndConstantIsReached compares with the list of exports and the header's constants.
func TestEveryExportAndConstantIsReached(t *testing.T) {
	text := sources(t)
	exports, err := os.ReadFile("../../abi/exports.txt")
	ok(t, err)
	wanted := strings.Fields(string(exports))
	for _, constant := range regexp.MustCompile(`(?m)^#define ((?:PPO|RISK)_\w+) \S`).FindAllStringSubmatch(header(t), -1) {
		wanted = append(wanted, constant[1])
	}
	if len(wanted) < 150 {
		t.Fatalf("only %d exports and constants were found", len(wanted))
	}
	// Calls and constants of C: not what a comment mentions.
	reached := map[string]bool{}
	for _, use := range regexp.MustCompile(`\bC\.(\w+)|[^\w.](\w+)\(`).FindAllStringSubmatch(text, -1) {
		reached[use[1]+use[2]] = true
	}
	for _, name := range wanted {
		if _, excused := leftOut[name]; excused == reached[name] {
			t.Errorf("%s: reached %v, left out %v", name, reached[name], excused)
		}
	}
}

// mirrored is every struct of the package that is one of C's in memory.
var mirrored = map[string]any{
	"ppo_config":               Config{},
	"ppo_metrics":              Metrics{},
	"ppo_account":              Account{},
	"ppo_backtest_summary":     Summary{},
	"ppo_episode":              Episode{},
	"risk_hedge_position":      HedgePosition{},
	"risk_conventions":         Conventions{},
	"risk_metrics":             ReturnMetrics{},
	"risk_benchmark_metrics":   RelativeMetrics{},
	"risk_performance_figures": PerformanceFigures{},
	"risk_garch_fit":           GarchFit{},
	"risk_tail_risk":           TailRisk{},
	"risk_drawdown_period":     Drawdown{},
	"risk_reason":              Reason{},
}

// TestStructsAreCs compares sizes, fields, their offsets and sizes with what a C program says, and the names with the
// header's.
func TestStructsAreCs(t *testing.T) {
	var program, expected strings.Builder
	program.WriteString("#include <ppo_risk.h>\n#include <stdio.h>\nint main(void) {\n")
	for name, value := range mirrored {
		kind := reflect.TypeOf(value)
		fmt.Fprintf(&program, "printf(\"%s %%zu\\n\", sizeof(%s));\n", name, name)
		fmt.Fprintf(&expected, "%s %d\n", name, kind.Size())
		declared := regexp.MustCompile(`(?s)typedef struct ` + name + ` \{(.*?)\n\} ` + name + `;`).FindStringSubmatch(header(t))
		if declared == nil {
			t.Fatalf("%s is not in the header", name)
		}
		fields := regexp.MustCompile(`(?m)^    \w[\w ]* \**(\w+);`).FindAllStringSubmatch(declared[1], -1)
		if len(fields) != kind.NumField() {
			t.Errorf("%s has %d fields in C, %d in Go", name, len(fields), kind.NumField())
		}
		for i := 0; i < kind.NumField(); i++ {
			field := kind.Field(i)
			theirs := snake(field.Name)
			if i < len(fields) && theirs != fields[i][1] {
				t.Errorf("field %d of %s is %s in C, %s in Go", i, name, fields[i][1], theirs)
			}
			fmt.Fprintf(&program, "printf(\"%s.%s %%zu %%zu\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n", name, theirs,
				name, theirs, name, theirs)
			fmt.Fprintf(&expected, "%s.%s %d %d\n", name, theirs, field.Offset, field.Type.Size())
		}
	}
	program.WriteString("return 0;\n}\n")
	source := filepath.Join(t.TempDir(), "layout.c")
	ok(t, os.WriteFile(source, []byte(program.String()), 0o600))
	found, err := exec.Command(compiled(t, source)).Output()
	ok(t, err)
	if string(found) != expected.String() {
		t.Errorf("C has\n%s\nGo has\n%s", found, expected.String())
	}
}

// snake is C's name of a field.
func snake(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && (unicode.IsUpper(r) || unicode.IsDigit(r)) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// TestEveryStructOfTheHeaderHasItsFieldsReached looks for the fields of structs that the package does not mirror, but
// puts together in C.
func TestEveryStructOfTheHeaderHasItsFieldsReached(t *testing.T) {
	text := sources(t)
	members := map[string]bool{}
	for _, member := range regexp.MustCompile(`[.>](\w+)`).FindAllStringSubmatch(text, -1) {
		members[member[1]] = true
	}
	structs := regexp.MustCompile(`(?s)typedef struct (\w+) \{(.*?)\n\} \w+;`).FindAllStringSubmatch(header(t), -1)
	if len(structs) < 10 {
		t.Fatalf("only %d structs were found", len(structs))
	}
	for _, s := range structs {
		if _, whole := mirrored[s[1]]; whole {
			continue
		}
		for _, field := range regexp.MustCompile(`(?m)^    (?:const )?(?:struct )?\w+ (?:\*|const )*(\w+);`).FindAllStringSubmatch(s[2], -1) {
			name := field[1]
			if name == "struct_size" || strings.HasPrefix(name, "reserved") {
				continue
			}
			if !members[name] {
				t.Errorf("%s.%s is never set nor read", s[1], name)
			}
		}
	}
}
