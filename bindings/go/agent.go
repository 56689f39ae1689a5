package pporisk

// #include <ppo_risk.h>
import "C"

// Agent is a policy that turns states into portfolio weights. Any number of goroutines may use one at the same time.
type Agent struct{ *handle }

// madeAgent makes a call that gives an agent.
func madeAgent(f func(agent **C.ppo_agent) C.ppo_status, handles ...*handle) (*Agent, error) {
	var agent *C.ppo_agent
	if err := use(func() C.ppo_status { return f(&agent) }, handles...); err != nil {
		return nil, err
	}
	return ownAgent(agent), nil
}

// NewAgent makes an agent with an untrained policy; nil for the default configuration. docs/c_api.md describes
// the JSON.
func NewAgent(specJSON string, config *Config) (agent *Agent, err error) {
	err = withText("spec_json", specJSON, func(text *C.char) error {
		agent, err = madeAgent(func(agent **C.ppo_agent) C.ppo_status {
			return C.ppo_agent_new(text, config.c(), agent)
		})
		return err
	})
	return agent, err
}

// Load loads an agent from a policy file or a checkpoint. The file may come from anywhere: it is checked before it is
// believed.
func Load(path string) (agent *Agent, err error) {
	err = withRead(path, func(text *C.char) error {
		agent, err = madeAgent(func(agent **C.ppo_agent) C.ppo_status { return C.ppo_load(text, agent) })
		return err
	})
	return agent, err
}

// LoadBytes loads an agent from the bytes of a policy file.
func LoadBytes(bytes []byte) (*Agent, error) {
	return madeAgent(func(agent **C.ppo_agent) C.ppo_status {
		return C.ppo_load_bytes(bytesOf(bytes), C.size_t(len(bytes)), agent)
	})
}

// Save saves the policy to a file, which is there whole afterwards or, on an error, as it was before.
func (a *Agent) Save(path string) error {
	return withWritten("path", path, func(text *C.char) error {
		return use(func() C.ppo_status { return C.ppo_save(a.c(), text) }, a.handle)
	})
}

// ExportONNX writes the deterministic policy as an ONNX model (opset 17), for programs that do without this library.
func (a *Agent) ExportONNX(path string) error {
	return withWritten("path", path, func(text *C.char) error {
		return use(func() C.ppo_status { return C.ppo_export_onnx(a.c(), text) }, a.handle)
	})
}
