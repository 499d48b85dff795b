"""The pipeline's stages: one module, one command, and one section of the settings each.

Files come in and go out, as `dvc.yaml` lists them. Knows nothing of the command line.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
