"""Gold labels: their file, choosing and labelling sentences, exchange with tools, agreement.

Sentences come in; gold labels, each at its place in an article, go out. Knows nothing of
training or evaluation.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
