"""Log-odds: how far words set a group of texts apart from the rest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]

#: What the prior weighs: as many words as it stands for, spread as in all texts.
PRIOR = 500.0
_LEAST = 1e-9


def z_scores(inside: _Floats, total: _Floats, prior: float = PRIOR) -> _Floats:
    """Return how far apart words are set by one group of texts and the rest.

    Parameters
    ----------
    inside : float array of shape (n_words,)
        How often each word is in the group.
    total : float array of shape (n_words,)
        How often it is in all texts.
    prior : float, default `PRIOR`
        How many words the prior stands for, spread as in all texts: it keeps rare words from
        seeming to say much.

    Returns
    -------
    float array of shape (n_words,)
        The log-odds ratio between the group and the rest in standard deviations.

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
    alpha = prior * total / max(total.sum(), 1.0)

    def log_odds(counts: _Floats) -> _Floats:
        # Of one word alone nothing is left.
        rest = np.maximum(counts.sum() + prior - counts - alpha, _LEAST)
        odds: _Floats = np.log(counts + alpha) - np.log(rest)
        return odds

    difference = log_odds(inside) - log_odds(outside)
    variance = 1 / (inside + alpha) + 1 / (outside + alpha)
    return np.asarray(difference / np.sqrt(variance))
