"""Prints `ort_batch_ns N`: what a batch takes ONNX Runtime on one thread; the best of many.

usage: ort_batch.py MODEL ROWS BATCHES; the model has one input and one output, whose first dimension is that of rows
"""

import sys
import time

import numpy as np
import onnx
import onnxruntime

path, rows, batches = sys.argv[1], *map(int, sys.argv[2:])
model = onnx.load(path)
for value in (*model.graph.input, *model.graph.output):
    value.type.tensor_type.shape.dim[0].dim_value = rows
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
(given,) = session.get_inputs()
states = np.random.default_rng(0).uniform(-1, 1, (rows, given.shape[1])).astype(np.float32)
# The same memory in every call: as little of Python as there can be.
binding = session.io_binding()
binding.bind_cpu_input(given.name, states)
binding.bind_output(session.get_outputs()[0].name)
best = float("inf")
for _ in range(batches):
    start = time.perf_counter_ns()
    session.run_with_iobinding(binding)
    best = min(best, time.perf_counter_ns() - start)
print(f"ort_batch_ns {best:.0f}")
