"""Help for those who write rules: statistics, checks, suggestions, and a new topic's project.

A topic's files and a corpus come in; findings, tables and YAML go out. Knows nothing of pages
or of the command line.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
