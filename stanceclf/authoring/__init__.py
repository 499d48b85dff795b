"""Help for authors of rules and examples: statistics, checks, suggestions, new projects.

A topic's files and a corpus come in; findings, tables of figures and YAML go out. It knows nothing
of HTML pages, terminals or the command line.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
