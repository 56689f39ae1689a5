//go:build !cgo

package pporisk

// Without cgo none of the package's other files is compiled. The name below is not defined, so that the compiler says it.
var _ = ppo_risk_needs_cgo_set_CGO_ENABLED_1_and_install_a_C_compiler
