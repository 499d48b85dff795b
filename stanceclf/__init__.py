"""From Chinese articles and keyword rules to a stance classifier: favor, against or none."""

import lazy_loader as _lazy

__version__ = "0.1.0"

# A public name is imported when it is first asked for: scikit-learn alone takes over a second.
_load, _, __all__ = _lazy.attach_stub(__name__, __file__)
__all__ = sorted([*__all__, "__version__"])


def __getattr__(name: str) -> object:
    """Return a public name; without the extra that it needs, what says so when it is used."""
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        if name not in __all__:
            raise
        from stanceclf.errors import stand_in

        return stand_in(name, error)


def __dir__() -> list[str]:
    """Return the public names, so that they can be completed before they are imported."""
    return __all__
