package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"fmt"
)

// Flag is a yes or no in a struct of the library.
type Flag uint32

// The two values of a Flag.
const (
	No  Flag = 0
	Yes Flag = 1
)

// ConfigFromJSON reads a configuration as JSON writes it. Keys that are missing take their defaults; unknown ones are
// refused.
func ConfigFromJSON(json string) (Config, error) {
	config := DefaultConfig()
	err := withText("json", json, func(text *C.char) error {
		return call(func() C.ppo_status { return C.ppo_config_from_json(text, config.c()) })
	})
	if err != nil {
		return Config{}, err
	}
	return config, nil
}

// JSON is the configuration as JSON; nil for the defaults.
func (c *Config) JSON() (string, error) {
	return text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_config_to_json(c.c(), buffer, capacity, needed)
	})
}

// initialised ends the program where the library does not know a struct of the header that this package was compiled
// with: the two do not fit.
func initialised(name string, status C.ppo_status) {
	if status != C.PPO_OK {
		panic(fmt.Sprintf("pporisk: the library %s does not know %s of %d.%d.%d", Version(), name, VersionMajor,
			VersionMinor, VersionPatch))
	}
}
