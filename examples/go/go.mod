module examples

go 1.19

require ppo_risk v0.0.0

replace ppo_risk => ../../bindings/go
