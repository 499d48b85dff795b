"""Scores of rules and model on gold labels: intervals, baselines, calibration, the worst errors.

Gold labels come in, with held-out predictions or a model; figures go out. Knows nothing of how they
are shown.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
