package pporisk

// #include <ppo_risk.h>
import "C"

// Version is the library's version, such as "0.1.0".
func Version() string { return C.GoString(C.ppo_version()) }

// LibraryVersion is the library's version as one number, to compare with VersionNumber.
func LibraryVersion() uint32 { return uint32(C.ppo_version_number()) }

// Features is the sum of the Feature bits of what was built into the library.
func Features() uint32 { return uint32(C.ppo_features()) }

// TorchThreads is the number of threads that libtorch uses for one operation of this process.
func TorchThreads() (uint32, error) {
	var threads C.uint32_t
	err := call(func() C.ppo_status { return C.ppo_torch_threads(&threads) })
	return uint32(threads), err
}

// SetTorchThreads sets that number, for every user of libtorch in this process; not while a call trains.
func SetTorchThreads(threads uint32) error {
	return call(func() C.ppo_status { return C.ppo_torch_set_threads(C.uint32_t(threads)) })
}
