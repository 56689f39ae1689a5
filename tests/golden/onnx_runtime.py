"""Runs every model of a folder (NAME.onnx, with its inputs in NAME.json) in ONNX Runtime and prints what it answers.

    python3 -m venv /tmp/ort && /tmp/ort/bin/pip install onnx onnxruntime numpy
    [ -e tests/golden/onnx_runtime.json ] || echo '{}' > tests/golden/onnx_runtime.json
    ONNX_PYTHON=/tmp/ort/bin/python WRITE_GOLDEN_ONNX=tests/golden/onnx_runtime.json \
        cargo test --no-default-features --test onnx runtime_decides
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

results = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert {entry.key for entry in model.metadata_props} == {"format", "version", "spec"}
    given = json.loads(path.with_suffix(".json").read_text())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    inputs = {"state": np.array(given["states"], np.float32)}
    if "prior" in names:
        inputs["prior"] = np.array(given["priors"], np.float64)
    (weights,) = session.run(["weights"], inputs)
    assert weights.dtype == np.float64
    # One state alone gives what the batch gives.
    for row in range(len(weights)):
        (alone,) = session.run(["weights"], {name: value[row : row + 1] for name, value in inputs.items()})
        np.testing.assert_allclose(alone[0], weights[row], rtol=0, atol=1e-6)
    results[path.stem] = dict(
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(), inputs=names, weights=weights.tolist()
    )
print(json.dumps(results, indent=1))
