package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"errors"
	"os"
	"path/filepath"
)

// withRead hands the name of a file to C that the library reads: an error says so where there is none.
func withRead(path string, f func(path *C.char) error) error {
	return explained(path, withText("path", path, f))
}

// withWritten hands the name of a file to C that the library writes: an error says so where there is no folder for it.
func withWritten(name, path string, f func(path *C.char) error) error {
	return explained(filepath.Dir(path), withText(name, path, f))
}

// explained gives an error of reading or writing the system's own, where what was needed is not there.
func explained(needed string, err error) error {
	var failure *Error
	if errors.As(err, &failure) && failure.Code == ErrIO {
		if _, system := os.Stat(needed); errors.Is(system, os.ErrNotExist) {
			failure.system = system
		}
	}
	return err
}
