"""Golden values for the forward pass: an independent numpy float64 version of all networks.

    pip install numpy && python tests/golden/policy_forward.py > tests/golden/policy_forward.json

Parameters, states and normaliser statistics follow formulas that the Rust test repeats, so that the file stays small:
parameter k (from 0, in the order of the layout) is f32(0.4 sin(1.7 k + 0.3)); feature j of the state is
f32(sin(0.9 j + 0.1)); group g of the normaliser has mean 0.05 g and variance 0.5 + 0.1 g.
"""
import json

import numpy as np


def values(count, scale, step, shift):
    return (scale * np.sin(step * np.arange(count) + shift)).astype(np.float32).astype(np.float64)


class Parameters:
    def __init__(self):
        self.next = 0

    def take(self, *shape):
        count = int(np.prod(shape))
        flat = (0.4 * np.sin(1.7 * np.arange(self.next, self.next + count) + 0.3)).astype(np.float32)
        self.next += count
        return flat.astype(np.float64).reshape(shape)

    def dense(self, inputs, outputs):
        return self.take(outputs, inputs), self.take(outputs)

    def trunk(self, inputs, hidden):
        layers = []
        for width in hidden:
            layers.append(self.dense(inputs, width))
            inputs = width
        return layers


def run(layers, x, activation):
    for weight, bias in layers:
        x = activation(x @ weight.T + bias)
    return x


def relu(x):
    return np.maximum(x, 0)


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def attend(p, x, heads):
    """x: [rows, bars, numbers of a bar], oldest bar first. Gives [rows, embedding], every bar's key and value written out."""
    rows, bars, channels = x.shape
    width = EMBEDDING
    embed = p.dense(channels, width)
    query, key, value = (p.take(width, width) for _ in range(3))
    age = p.take(heads, bars)
    e = np.tanh(x @ embed[0].T + embed[1])
    q, k, v = e[:, -1] @ query.T, e @ key.T, e @ value.T
    out = np.zeros((rows, width))
    of_head = width // heads
    for row in range(rows):
        for head in range(heads):
            own = slice(head * of_head, (head + 1) * of_head)
            shares = softmax(k[row][:, own] @ q[row, own] / np.sqrt(of_head) + age[head])
            out[row, own] = shares @ v[row][:, own]
    return out


EMBEDDING = 6


def case(kind, assets, cash, account, columns, hidden, activation="tanh", shared=True, history=0, heads=0):
    size = 3 * assets + 1 + (2 if account else 0) + history * (assets + columns) + columns
    state = values(size, 1.0, 0.9, 0.1)
    group = np.arange(size)
    if kind != "mlp":
        alike = [assets] * 3 + [1] * (1 + (2 if account else 0))
        bar = [assets] + [1] * columns
        alike += bar * history + [1] * columns
        group = np.arange(len(alike))
        if kind == "attention":
            # The bars of the history are alike.
            first = len(alike) - columns - len(bar) * history
            own = group[first:first + len(bar)]
            after = own[-1] + 1 + np.arange(columns)
            group = np.concatenate([group[:first], np.tile(own, history), after])
        group = np.repeat(group, alike)
    normalized = np.clip((state - 0.05 * group) / np.sqrt(0.5 + 0.1 * group + 1e-8), -10, 10)
    choices = assets + int(cash)
    act = {"tanh": np.tanh, "relu": relu}[activation]
    p = Parameters()
    if kind == "mlp":
        trunk = p.trunk(size, hidden)
        actor = p.dense(hidden[-1], choices)
        own = None if shared else p.trunk(size, hidden)
        critic = p.dense(hidden[-1], 1)
        features = run(trunk, normalized, act)
        scores = actor[0] @ features + actor[1]
        value = critic[0] @ (features if shared else run(own, normalized, act)) + critic[1]
    else:
        w, r, v = normalized[:3 * assets].reshape(3, assets)
        rest = normalized[3 * assets:]
        before = 1 + (2 if account else 0)
        bars = rest[before:before + history * (assets + columns)].reshape(history, assets + columns)[::-1]
        rest = np.concatenate([rest[:before], rest[before + history * (assets + columns):]])
        market = np.concatenate([[r.mean(), v.mean()], rest])
        rows = [np.concatenate([[w[i], r[i], v[i], 0.0], market]) for i in range(assets)]
        if cash:
            rows.append(np.concatenate([[rest[0], 0.0, 0.0, 1.0], market]))
        rows = np.array(rows)
        if kind == "attention":
            seen = [np.column_stack([bars[:, i], bars[:, assets:]]) for i in range(assets)]
            if cash:
                seen.append(np.column_stack([np.zeros(history), bars[:, assets:]]))
            rows = np.concatenate([rows, attend(p, np.array(seen), heads)], axis=1)
        trunk = p.trunk(rows.shape[1], hidden)
        actor = p.dense(hidden[-1], 1)
        critic = p.dense(hidden[-1], 1)
        features = run(trunk, rows, act)
        scores = (features @ actor[0].T + actor[1])[:, 0]
        value = critic[0] @ features.mean(axis=0) + critic[1]
    return dict(kind=kind, assets=assets, cash=cash, account=account, columns=columns, hidden=hidden,
                activation=activation, shared_trunk=shared, history=history, heads=heads, scores=scores.tolist(), value=float(value[0]),
                weights=softmax(scores).tolist())


cases = [
    case("mlp", 10, True, False, 0, [256, 256]),
    case("mlp", 3, False, True, 2, [17, 5, 6], "relu"),
    case("mlp", 4, True, True, 1, [9, 7], "tanh", False),
    case("mlp", 4, True, False, 0, [12], "relu", False),
    case("scorer", 20, True, True, 3, [32, 32]),
    case("scorer", 2, False, False, 0, [5]),
    case("attention", 3, True, True, 2, [7, 5], history=19, heads=3),
    case("attention", 2, False, False, 0, [8], history=32, heads=1),
]
print(json.dumps(cases, indent=1))
