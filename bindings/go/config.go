package pporisk

// #include <ppo_risk.h>
import "C"

import (
	"fmt"
	"unsafe"
)

// Flag is a yes or no in a struct of the library.
type Flag uint32

// The two values of a Flag.
const (
	No  Flag = 0
	Yes Flag = 1
)

// Device is where training calculates.
type Device uint32

// Devices.
const (
	DeviceAuto Device = C.PPO_DEVICE_AUTO
	DeviceCPU  Device = C.PPO_DEVICE_CPU
	DeviceCUDA Device = C.PPO_DEVICE_CUDA
)

// Schedule is how a setting moves over a run.
type Schedule uint32

// Schedules.
const (
	ScheduleConstant Schedule = C.PPO_SCHEDULE_CONSTANT
	ScheduleLinear   Schedule = C.PPO_SCHEDULE_LINEAR
)

// Reward is what is rewarded.
type Reward uint32

// Rewards.
const (
	RewardShaped             Reward = C.PPO_REWARD_SHAPED
	RewardLogReturn          Reward = C.PPO_REWARD_LOG_RETURN
	RewardCRRA               Reward = C.PPO_REWARD_CRRA
	RewardMeanVariance       Reward = C.PPO_REWARD_MEAN_VARIANCE
	RewardDifferentialSharpe Reward = C.PPO_REWARD_DIFFERENTIAL_SHARPE
)

// ControlVariate is what is taken out of the reward.
type ControlVariate uint32

// Control variates.
const (
	ControlVariateNone         ControlVariate = C.PPO_CONTROL_VARIATE_NONE
	ControlVariatePriorPath    ControlVariate = C.PPO_CONTROL_VARIATE_PRIOR_PATH
	ControlVariateSelfCritical ControlVariate = C.PPO_CONTROL_VARIATE_SELF_CRITICAL
)

// Config is how a policy is made and trained: begin with DefaultConfig, then change what should differ. Fields, ranges
// and defaults are those of ppo_config in include/ppo_risk.h, which this struct is in memory.
type Config struct {
	structSize              uint32
	reserved                uint32
	Seed                    uint64
	LogStdInit              float64
	KappaInit               float64
	TotalSteps              uint64
	NEnvs                   uint64
	NSteps                  uint64
	BatchSize               uint64
	NEpochs                 uint64
	Threads                 uint32
	Device                  Device
	LearningRate            float64
	Gamma                   float64
	GaeLambda               float64
	ClipRange               float64
	ClipRangeVf             float64
	EntCoef                 float64
	VfCoef                  float64
	MaxGradNorm             float64
	TargetKl                float64
	AdamEps                 float64
	LearningRateSchedule    Schedule
	ClipRangeSchedule       Schedule
	NormalizeAdvantage      Flag
	NormalizeObservation    Flag
	NormalizeReward         Flag
	Reward                  Reward
	ControlVariate          ControlVariate
	reserved2               uint32
	RewardParameter         float64
	ShapedVolatility        float64
	ShapedDrawdown          float64
	ShapedDrawdownThreshold float64
	ShapedCost              float64
	Balance                 float64
	CostRate                float64
	EpisodeLen              uint64
}

// c is the configuration for C; NULL, and so the defaults, for nil.
func (c *Config) c() *C.ppo_config { return (*C.ppo_config)(unsafe.Pointer(c)) }

// DefaultConfig gives the defaults.
func DefaultConfig() Config {
	var config Config
	initialised("ppo_config", C.ppo_config_init(config.c(), C.sizeof_ppo_config))
	return config
}

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
