"""Predictions: the stance of every sentence of articles, and who stands where.

Articles and a model, or rules, come in; rows go out, as objects, text, Parquet or a Dask table, in
one process, several, or on a cluster. Knows nothing of training or gold labels.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
