"""Files, URLs, YAML, Parquet and the terminal: checked when read, written whole or not at all.

Paths and URLs come in; bytes, texts, checked values and columns go out. The other packages read
and write through here. Knows nothing of articles and rules, and of stances only their names.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
