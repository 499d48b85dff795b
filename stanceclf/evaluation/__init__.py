"""Scores of rules and model on gold labels, with intervals, baselines and the worst errors.

Held-out predictions and gold labels come in; figures go out. Knows nothing of how they are
shown.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
