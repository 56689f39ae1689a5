"""The coefficients of src/policy/kernels/tanh.rs, printed.

tanh(x) / x is fitted by P(x^2) / Q(x^2), both of degree 4 in x^2, on (0, 9]: least squares with the weights of Lawson
(1961), which tend to the minimax of the relative error, and the denominator of the step before (Sanathanan and
Koerner 1963). numpy 2.4.6:

    python tests/golden/tanh_rational.py
"""

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial, chebyshev

DEGREE, END, STEPS = 4, 9.0, 400

x = np.linspace(1e-3, END, 3000)
t = x * x
ratio = np.tanh(x) / x
basis = chebyshev.chebvander(2 * t / END**2 - 1, DEGREE)
weight, denominator = np.ones_like(x), np.ones_like(x)
best = (np.inf, None, None)
for _ in range(STEPS):
    scale = np.sqrt(weight) / np.abs(denominator) / ratio
    matrix = np.hstack([basis, -ratio[:, None] * basis[:, 1:]]) * scale[:, None]
    solution = np.linalg.lstsq(matrix, ratio * scale, rcond=None)[0]
    p, q = solution[: DEGREE + 1], np.concatenate([[1.0], solution[DEGREE + 1 :]])
    denominator = basis @ q
    error = np.abs(basis @ p / denominator / ratio - 1)
    if error.max() < best[0]:
        best = (error.max(), p, q)
    weight *= error / error.max() + 1e-3
    weight /= weight.sum()

error, p, q = best
p, q = (Chebyshev(c, domain=[0, END**2]).convert(kind=Polynomial).coef for c in (p, q))
print("largest relative error", error)
print("P", *(f"{c:.7e}" for c in p / q[0]))
print("Q", *(f"{c:.7e}" for c in q / q[0]))
