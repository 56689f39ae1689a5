"""A signal that fades, and costs: growth a year of the best policy and of the one that is best for the next bar alone, by relative
value iteration in numpy, independently of tests/known_optima/band.rs.

    python tests/golden/signal_cost.py      (needs numpy; prints the numbers that tests/known_optima/main.rs has)
"""
import numpy as np

DECAY, DEVIATION, MEAN, VOLATILITY, COST = 0.5 ** 0.2, 12e-4, 2e-4, 0.01, 1e-3
WEIGHTS, SIGNALS, REACH = 101, 41, 4.0


def normal(nodes):
    at, share = np.polynomial.hermite_e.hermegauss(nodes)
    return at, share / share.sum()


(U, PU), (Z, PZ) = normal(21), normal(9)
S, W = np.linspace(-REACH * DEVIATION, REACH * DEVIATION, SIGNALS), np.linspace(0, 1, WEIGHTS)
NEXT = DECAY * S[:, None] + DEVIATION * np.sqrt(1 - DECAY ** 2) * Z
GROSS = np.exp(MEAN + S[:, None] - VOLATILITY ** 2 / 2 + VOLATILITY * U)
GROWN = 1 + W * (GROSS[:, :, None] - 1)
ALONE = (np.log(GROWN) * PU[None, :, None]).sum(1)


def places(value, low, step, count):
    at = np.clip((value - low) / step, 0, count - 1)
    below = np.minimum(at.astype(int), count - 2)
    return below, at - below


SIGNAL, SIGNAL_PART = places(NEXT, S[0], S[1] - S[0], SIGNALS)
DRIFTED, DRIFTED_PART = places(W * GROSS[:, :, None] / GROWN, 0.0, W[1], WEIGHTS)


def after(value):
    """What a weight is worth once it is held: its growth over the bar, and what follows."""
    expected = sum(PZ[k] * ((1 - SIGNAL_PART[:, k])[:, None] * value[SIGNAL[:, k]]
                            + SIGNAL_PART[:, k][:, None] * value[SIGNAL[:, k] + 1]) for k in range(len(Z)))
    follows = sum(PU[k] * ((1 - DRIFTED_PART[:, k]) * np.take_along_axis(expected, DRIFTED[:, k], 1)
                           + DRIFTED_PART[:, k] * np.take_along_axis(expected, DRIFTED[:, k] + 1, 1)) for k in range(len(U)))
    return ALONE + follows


def charge():
    """ln of the value that a trade leaves: from, to."""
    held, to = W[:, None], W[None, :]
    return np.where(to > held, np.log1p(COST * held) - np.log1p(COST * to), np.log1p(-COST * held) - np.log1p(-COST * to))


def growth(choose):
    value, paid = np.zeros((SIGNALS, WEIGHTS)), charge()
    while True:
        held = after(value)
        to = choose(held, paid)
        moved = np.take_along_axis(held, to, 1) + paid[np.arange(WEIGHTS), to] - value
        value = value + moved
        value -= value[SIGNALS // 2, WEIGHTS // 2]
        if moved.max() - moved.min() < 1e-9:
            return 252 * (moved.max() + moved.min()) / 2


NEXT_BAR = np.argmax(ALONE[:, None, :] + charge(), axis=2)
print("best", growth(lambda held, paid: np.argmax(held[:, None, :] + paid, axis=2)))
print("best for the next bar alone", growth(lambda held, paid: NEXT_BAR))
