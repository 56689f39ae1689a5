//go:build pporisk_beside

package pporisk

// The header and the library of the module that pack.py makes: nothing has to be installed.

// #cgo CFLAGS: -I${SRCDIR}/include
// #cgo linux LDFLAGS: -l:libppo_risk.so.0.2 -Wl,-rpath,$ORIGIN
// #cgo linux,amd64 LDFLAGS: -L${SRCDIR}/lib/linux_amd64 -Wl,-rpath,${SRCDIR}/lib/linux_amd64
// #cgo linux,arm64 LDFLAGS: -L${SRCDIR}/lib/linux_arm64 -Wl,-rpath,${SRCDIR}/lib/linux_arm64
// #cgo windows,amd64 LDFLAGS: -L${SRCDIR}/lib/windows_amd64 -lppo_risk
import "C"
