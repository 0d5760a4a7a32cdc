"""How surprising a count is: the upper tail of a negative binomial.

Counts of posts scatter more than a Poisson's, because posts answer posts. The negative binomial
with a given mean and variance is what outbreak detection uses for the same reason (Noufaily et al.,
"An improved algorithm for outbreak detection in multiple surveillance systems", Statistics in
Medicine 32, 2013, after Farrington et al., JRSS A 159, 1996). Its tail is a regularised incomplete
beta function, computed by the continued fraction DLMF 8.17.22.
"""

from __future__ import annotations

import math

#: The least variance over mean: so close to a Poisson that one formula does for both.
NEARLY_POISSON = 1.001
MOST_TERMS = 500
_TINY = 1e-300
_ENOUGH = 1e-10


def surprise(count: int, mean: float, variance: float) -> float:
    """Minus the decimal logarithm of the chance of `count` posts or more; 3 is one in a thousand.

    `mean` and `variance` are the expected ones, in posts and posts squared. A variance below the
    mean counts as nearly the mean. 0 for counts of which nobody is surprised.
    """
    if count <= mean or count <= 0:
        return 0.0
    mean = max(mean, 1e-6)
    variance = max(variance, mean * NEARLY_POISSON)
    size = mean * mean / (variance - mean)
    return max(0.0, -_log_beta_part(1 - mean / variance, float(count), size) / math.log(10))


def _log_beta_part(x: float, a: float, b: float) -> float:
    """Natural logarithm of the regularised incomplete beta function I_x(a, b)."""
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front += a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return front + math.log(_fraction(x, a, b) / a)
    # Near the mean the fraction converges only from the other side.
    other = math.exp(front) * _fraction(1 - x, b, a) / b
    return math.log(max(1 - other, _TINY))


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction by Lentz's method."""
    upper, lower = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = lower
    for n in range(1, MOST_TERMS):
        even = n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n))
        odd = -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1))
        for term in (even, odd):
            lower = 1 / _not_zero(1 + term * lower)
            upper = _not_zero(1 + term / upper)
            value *= lower * upper
        if abs(lower * upper - 1) < _ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
