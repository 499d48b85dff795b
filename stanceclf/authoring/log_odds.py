"""Log-odds: how strongly words are tied to one group of texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]

#: The prior's weight: the number of words that it stands for, distributed as in all texts. It keeps
#: rare words from seeming significant.
PRIOR = 500.0
_LEAST = 1e-9


def z_scores(inside: _Floats, total: _Floats) -> _Floats:
    """Return the log-odds ratio of each word between a group of texts and the rest, as z-scores.

    Parameters
    ----------
    inside : float array of shape (n_words,)
        How often each word occurs in the group.
    total : float array of shape (n_words,)
        How often it occurs in all texts.

    References
    ----------
    Monroe, Colaresi and Quinn (2008), Fightin' Words: Lexical Feature Selection and Evaluation for
    Identifying the Content of Political Conflict, Political Analysis 16(4), equations 16 to 22.

    Examples
    --------
    >>> z_scores(np.array([8.0, 2.0, 5.0]), np.array([10.0, 10.0, 10.0])).round(1).tolist()
    [0.5, -0.5, 0.0]
    """
    outside = total - inside
    alpha = PRIOR * total / max(total.sum(), 1.0)

    def log_odds(counts: _Floats) -> _Floats:
        # With a single word, nothing is left.
        rest = np.maximum(counts.sum() + PRIOR - counts - alpha, _LEAST)
        odds: _Floats = np.log(counts + alpha) - np.log(rest)
        return odds

    difference = log_odds(inside) - log_odds(outside)
    variance = 1 / (inside + alpha) + 1 / (outside + alpha)
    return np.asarray(difference / np.sqrt(variance))
