module examples

go 1.19

require ppo.risk/pporisk v0.2.0

replace ppo.risk/pporisk => ../../bindings/go
