"""Loads the library and PyTorch into one process, in the order asked for, and uses both.

Arguments: the library, the demo policy, which is loaded first ("library" or "torch").
"""

import ctypes
import gc
import sys

STATE, ACTIONS = 61, 21


def load(path: str) -> ctypes.CDLL:
    """The library with the result types that its header gives."""
    library = ctypes.CDLL(path)
    library.ppo_agent_free.restype = None
    return library


def decide(library: ctypes.CDLL, model: str) -> list[float]:
    """The weights of the demo policy in a state of zeros."""
    agent = ctypes.c_void_p()
    assert library.ppo_load(model.encode(), ctypes.byref(agent)) == 0
    state = (ctypes.c_float * STATE)()
    prior = (ctypes.c_double * ACTIONS)(*[1 / ACTIONS] * ACTIONS)
    weights = (ctypes.c_double * ACTIONS)()
    sizes = [ctypes.c_size_t(size) for size in (STATE, ACTIONS, ACTIONS)]
    assert library.ppo_select_action(agent, state, sizes[0], prior, sizes[1], weights, sizes[2]) == 0
    library.ppo_agent_free(agent)
    return list(weights)


def mapped(name: str) -> set[str]:
    """Files of this name that are mapped into the process."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return {line.split()[-1] for line in maps if line.rstrip().rsplit("/", 1)[-1].startswith(name)}


path, model, first = sys.argv[1:]
if first == "library":
    library = load(path)
    before = decide(library, model)
    import torch
else:
    import torch
    library = load(path)
    before = decide(library, model)

matrix = torch.ones(64, 64, requires_grad=True)
(matrix @ matrix).sum().backward()
assert float(matrix.grad.sum()) == 64 * 64 * 128, float(matrix.grad.sum())
assert decide(library, model) == before
# What one sets the other sees: they use the same libtorch.
threads = ctypes.c_uint32()
if library.ppo_features() & 1:
    torch.set_num_threads(3)
    assert library.ppo_torch_threads(ctypes.byref(threads)) == 0 and threads.value == 3, threads
    assert library.ppo_torch_set_threads(2) == 0 and torch.get_num_threads() == 2
# Each is loaded once: two would have two sets of operators, two heaps of settings, two pools of threads.
for name in ("libtorch_cpu.so", "libc10.so", "libgomp", "libppo_risk.so"):
    assert len(mapped(name)) == 1, (name, mapped(name))
gc.collect()
print("beside torch: ok")
