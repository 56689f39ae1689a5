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

// SaveBytes gives the bytes that Save writes.
func (a *Agent) SaveBytes() ([]byte, error) {
	return a.bytes(func(buffer *C.uint8_t, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_save_bytes(a.c(), buffer, capacity, needed)
	})
}

// ExportONNX writes the deterministic policy as an ONNX model (opset 17), for programs that do without this library.
func (a *Agent) ExportONNX(path string) error {
	return withWritten("path", path, func(text *C.char) error {
		return use(func() C.ppo_status { return C.ppo_export_onnx(a.c(), text) }, a.handle)
	})
}

// Clone makes a second agent with the policy that this one has now. Both share the weights in memory.
func (a *Agent) Clone() (*Agent, error) {
	return madeAgent(func(clone **C.ppo_agent) C.ppo_status { return C.ppo_agent_clone(a.c(), clone) }, a.handle)
}

// WithMember gives a second agent that decides by the mean of the weights of this agent's policy and of another's: an
// ensemble of two, or of one more where an agent is an ensemble already. Both others stay as they are.
func (a *Agent) WithMember(member *Agent) (*Agent, error) {
	return madeAgent(func(ensemble **C.ppo_agent) C.ppo_status {
		return C.ppo_agent_with_member(a.c(), member.c(), ensemble)
	}, a.handle, member.handle)
}

// Disagreement is how far the members of an ensemble disagree in a state: the mean of the one-way turnovers from their
// weights to the mean of all; 0 where they agree or the policy is no ensemble.
func (a *Agent) Disagreement(state []float32, prior []float64) (float64, error) {
	var found C.double
	err := use(func() C.ppo_status {
		return C.ppo_disagreement(a.c(), float32s(state), C.size_t(len(state)), float64s(prior), C.size_t(len(prior)), &found)
	}, a.handle)
	return float64(found), err
}

// SetPrecision chooses how exactly the network's weights are kept from now on, here and in later clones; files have them
// as they were trained. With PrecisionBF16 decisions are faster, and target weights move a little.
func (a *Agent) SetPrecision(precision Precision) error {
	return use(func() C.ppo_status { return C.ppo_agent_set_precision(a.c(), C.uint32_t(precision)) }, a.handle)
}

// Precision is how exactly the network's weights are kept.
func (a *Agent) Precision() (Precision, error) {
	var precision C.uint32_t
	err := use(func() C.ppo_status { return C.ppo_agent_precision(a.c(), &precision) }, a.handle)
	return Precision(precision), err
}
