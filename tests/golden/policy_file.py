"""What Python's safetensors reads in a file that the library wrote, and its checksum by the documented rule.

    pip install numpy safetensors
    WRITE_GOLDEN_POLICY=/tmp/p.safetensors cargo test --no-default-features --test policy_file python
    python tests/golden/policy_file.py /tmp/p.safetensors > tests/golden/policy_file.json

With SAFETENSORS_PYTHON naming such a Python, the test runs it live.
"""
import hashlib
import json
import re
import sys

from safetensors import safe_open

path = sys.argv[1]
with safe_open(path, framework="np") as file:
    metadata = file.metadata()
    tensors = {}
    for name in sorted(file.keys()):
        tensor = file.get_tensor(name)
        tensors[name] = dict(dtype=str(tensor.dtype), shape=list(tensor.shape), values=tensor.ravel().tolist())
content = open(path, "rb").read()
zeroed, places = re.subn(rb'"sha256":"[0-9a-f]{64}"', b'"sha256":"' + b"0" * 64 + b'"', content)
assert places == 1
print(json.dumps(dict(metadata=metadata, spec=json.loads(metadata["spec"]), tensors=tensors,
                      sha256_by_the_rule=hashlib.sha256(zeroed).hexdigest(),
                      sha256_of_the_file=hashlib.sha256(content).hexdigest()), indent=1))
