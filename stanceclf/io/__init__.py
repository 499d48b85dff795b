"""Files, URLs, YAML, Parquet and the terminal: written whole or not at all, checked when read.

Every other package reads and writes through here. Knows nothing of articles or stances.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
