package pporisk

// #include <ppo_risk.h>
import "C"

import "unsafe"

// Agent is a policy that turns states into portfolio weights. Any number of goroutines may use one at the same time.
type Agent struct{ *handle }

func (a *Agent) c() *C.ppo_agent { return (*C.ppo_agent)(a.pointer) }

func ownAgent(agent *C.ppo_agent) *Agent {
	return &Agent{newHandle(unsafe.Pointer(agent), func(p unsafe.Pointer) {
		C.ppo_agent_free((*C.ppo_agent)(p))
	})}
}

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
	err = withText("path", path, func(text *C.char) error {
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
	return withText("path", path, func(text *C.char) error {
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
	return withText("path", path, func(text *C.char) error {
		return use(func() C.ppo_status { return C.ppo_export_onnx(a.c(), text) }, a.handle)
	})
}

// Clone makes a second agent with the policy that this one has now. Both share the weights in memory.
func (a *Agent) Clone() (*Agent, error) {
	return madeAgent(func(clone **C.ppo_agent) C.ppo_status { return C.ppo_agent_clone(a.c(), clone) }, a.handle)
}

// Precision is how exactly an agent keeps its network's weights.
type Precision uint32

// Precisions.
const (
	PrecisionF32  Precision = C.PPO_PRECISION_F32
	PrecisionBF16 Precision = C.PPO_PRECISION_BF16
)

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

// LastError is the words of the last failed call on the agent, whichever goroutine made it.
func (a *Agent) LastError() (string, error) {
	return a.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_agent_last_error(a.c(), buffer, capacity, needed)
	})
}

// AssetCount is the number of assets, N.
func (a *Agent) AssetCount() (int, error) {
	return a.count(func(n *C.size_t) C.ppo_status { return C.ppo_agent_asset_count(a.c(), n) })
}

// ActionLen is the number of weights that a decision has, A: one for each asset and then, where the policy may hold
// cash, one for it.
func (a *Agent) ActionLen() (int, error) {
	return a.count(func(n *C.size_t) C.ppo_status { return C.ppo_agent_action_len(a.c(), n) })
}

// StateLen is the number of values in a state, S: current weights [N], last simple returns [N], rolling volatility
// [N], cash ratio, then what else the spec has.
func (a *Agent) StateLen() (int, error) {
	return a.count(func(n *C.size_t) C.ppo_status { return C.ppo_agent_state_len(a.c(), n) })
}

// PriorLen is the number of prior weights that every decision needs: A where the policy corrects a prior, else 0.
func (a *Agent) PriorLen() (int, error) {
	return a.count(func(n *C.size_t) C.ppo_status { return C.ppo_agent_prior_len(a.c(), n) })
}

// AssetName is the name of the asset `index`, from 0, in the order of the weights.
func (a *Agent) AssetName(index int) (string, error) {
	return a.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_agent_asset_name(a.c(), C.size_t(index), buffer, capacity, needed)
	})
}

// SpecJSON is what the policy is. NewAgent takes it back.
func (a *Agent) SpecJSON() (string, error) {
	return a.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_agent_spec_json(a.c(), buffer, capacity, needed)
	})
}

// ProvenanceJSON is how the policy came to be, as its trainer wrote it.
func (a *Agent) ProvenanceJSON() (string, error) {
	return a.text(func(buffer *C.char, capacity C.size_t, needed *C.size_t) C.ppo_status {
		return C.ppo_agent_provenance_json(a.c(), buffer, capacity, needed)
	})
}
