"""From weak labels to a classifier, cross-validated by article; and the settings of the stages.

Labelled sentences come in; a fitted `StanceClassifier` and held-out probabilities go out. Knows
nothing of scores.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
