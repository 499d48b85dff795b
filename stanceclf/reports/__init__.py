"""Reports for people: pages of articles and rules, model and dataset cards, terminal tables.

Results of the other packages come in; HTML, Markdown and text go out. Computes no results itself.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
