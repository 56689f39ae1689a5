package pporisk

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

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

// surface is the lines of a kind in abi/surface.txt, in words.
func surface(t *testing.T, kind string) [][]string {
	t.Helper()
	bytes, err := os.ReadFile("../../abi/surface.txt")
	ok(t, err)
	var found [][]string
	for _, line := range strings.Split(string(bytes), "\n") {
		if words := strings.Fields(line); len(words) > 0 && words[0] == kind {
			found = append(found, words[1:])
		}
	}
	if len(found) < 10 {
		t.Fatalf("only %d lines of the kind %s were found", len(found), kind)
	}
	return found
}

// TestEveryExportIsReached looks for calls of C: not what a comment mentions.
func TestEveryExportIsReached(t *testing.T) {
	reached := map[string]bool{}
	for _, use := range regexp.MustCompile(`\bC\.(\w+)|[^\w.](\w+)\(`).FindAllStringSubmatch(sources(t), -1) {
		reached[use[1]+use[2]] = true
	}
	for _, function := range surface(t, "function") {
		if !reached[function[0]] {
			t.Errorf("%s is not reached", function[0])
		}
	}
}

// TestStructsAreCs compares names, sizes and offsets of the structs that are C's in memory.
func TestStructsAreCs(t *testing.T) {
	sizes := map[string]string{}
	for _, one := range surface(t, "struct") {
		sizes[one[0]] = one[1]
	}
	for name, value := range mirrored {
		kind := reflect.TypeOf(value)
		if found := strconv.Itoa(int(kind.Size())); found != sizes[name] {
			t.Errorf("%s has %s bytes in C, %s in Go", name, sizes[name], found)
		}
		var here [][]string
		for i := 0; i < kind.NumField(); i++ {
			field := kind.Field(i)
			here = append(here, []string{name, snake(field.Name), strconv.Itoa(int(field.Offset)), strconv.Itoa(int(field.Type.Size()))})
		}
		if theirs := fieldsOf(t, name); !reflect.DeepEqual(here, theirs) {
			t.Errorf("%s is %v in C, %v in Go", name, theirs, here)
		}
	}
}

func fieldsOf(t *testing.T, name string) [][]string {
	var found [][]string
	for _, field := range surface(t, "field") {
		if field[0] == name {
			found = append(found, field)
		}
	}
	return found
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

// TestEveryFieldIsReached looks for the fields of structs that the package does not mirror, but puts together in C.
func TestEveryFieldIsReached(t *testing.T) {
	members := map[string]bool{}
	for _, member := range regexp.MustCompile(`[.>](\w+)`).FindAllStringSubmatch(sources(t), -1) {
		members[member[1]] = true
	}
	for _, field := range surface(t, "field") {
		_, whole := mirrored[field[0]]
		if whole || field[1] == "struct_size" || strings.HasPrefix(field[1], "reserved") {
			continue
		}
		if !members[field[1]] {
			t.Errorf("%s.%s is never set nor read", field[0], field[1])
		}
	}
}
