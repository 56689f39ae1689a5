//go:build !pporisk_beside

package pporisk

// A program finds the library where the system does, or beside itself.

// #cgo pkg-config: ppo_risk
// #cgo linux LDFLAGS: -Wl,-rpath,$ORIGIN
import "C"
