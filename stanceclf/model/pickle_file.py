"""Pickled models, read without unpickling: a pickle is a program, and is never executed here.

`stanceclf` writes one shape only: the name of one class, and a dict of strings and bytes. The
reader looks for this shape in the pickle's instructions, as pickletools lists them, and refuses
anything else.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from stanceclf.errors import StanceclfError
from stanceclf.model.state import State, read_header

#: The first byte of every pickle of protocol 2 or later.
MAGIC = b"\x80"

_KINDS = dict.fromkeys(("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"), "text") | dict.fromkeys(
    ("SHORT_BINBYTES", "BINBYTES", "BINBYTES8"), "bytes"
)
_BEGIN = [("text", "stanceclf.model"), ("text", "StanceModel")] + [
    (name, None) for name in ("STACK_GLOBAL", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "MARK")
]
_END = [(name, None) for name in ("SETITEMS", "BUILD", "STOP")]
# More than any model has.
_MOST_STEPS = 100

# More than these, and longer names, are not shown.
_MOST_NAMES, _LONGEST_NAME = 5, 80
# A pickle of more instructions is not followed to its end.
_MOST_FOLLOWED = 1_000_000
_UNKNOWN = "something unknown"
# Not a string: a place where anything may stand, and the mark that begins a tuple, list or call.
_ANYTHING, _MARK = object(), object()
# What the instructions of memos are called: those that store the top of the stack, and that fetch.
_STORES = frozenset({"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"})
_FETCHES = frozenset({"GET", "BINGET", "LONG_BINGET"})
_EXTENSIONS = frozenset({"EXT1", "EXT2", "EXT4"})

_Step = tuple[str, object]


def write_pickle(model: object) -> bytes:
    """Return the pickle of a model, in the one shape that is read."""
    return pickle.dumps(model, protocol=4)


def read_pickle(data: bytes) -> State:
    """Return the state of the model in a pickle, without executing it.

    Raises
    ------
    StanceclfError
        The pickle is truncated, or contains anything other than one model.

    Examples
    --------
    >>> from stanceclf import StanceClassifier
    >>> texts = ["开源便宜", "闭源便宜", "下雨"]
    >>> model = StanceClassifier().fit(texts, ["favor", "against", "none"]).freeze()
    >>> sorted(read_pickle(write_pickle(model)))[:3]
    ['coef', 'header', 'idf']
    """
    steps: list[_Step] = []
    for step in _steps(data):
        steps.append(step)
        if len(steps) == len(_BEGIN) + 2 and steps[:-1] == [*_BEGIN, ("text", "header")]:
            # The format first: what follows in another one may not even be a sound pickle.
            read_header({"header": step[1]})
        if len(steps) > _MOST_STEPS:
            raise _not_a_model(data)
    items = steps[len(_BEGIN) : -len(_END)]
    if steps[: len(_BEGIN)] != _BEGIN or steps[-len(_END) :] != _END or len(items) % 2:
        raise _not_a_model(data)
    state: State = {}
    for (key_kind, key), (kind, value) in zip(items[::2], items[1::2], strict=True):
        if key_kind != "text" or kind not in {"text", "bytes"} or key in state:
            raise _not_a_model(data)
        state[str(key)] = value
    return state


def imports(data: bytes) -> list[str]:
    """Return what a pickle would import if it were loaded, sorted.

    The pickle's stack and memo are followed as an unpickler would, with strings alone. Last comes
    "something unknown" if that is not possible: for damaged pickles, names that are computed, and
    those of more than a million instructions.

    Examples
    --------
    >>> imports(pickle.dumps(print, protocol=4)), imports(pickle.dumps(print, protocol=0))
    (['builtins.print'], ['__builtin__.print'])
    """
    found: set[str] = set()
    known = _follow(data, found)
    return sorted(found) + [_UNKNOWN] * (not known)


def import_warning(data: bytes) -> str:
    """Return the end of a message, about what loading some bytes as a pickle would run."""
    found = imports(data)
    if found == [_UNKNOWN] and not data.startswith(MAGIC):
        return ""  # No pickle at all.
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in found]
    if len(shown) > _MOST_NAMES:
        shown = [*shown[:_MOST_NAMES], f"{len(shown) - _MOST_NAMES} more"]
    return f"; loading it with joblib would run {', '.join(shown)}" if shown else ""


def _follow(data: bytes, found: set[str]) -> bool:
    """Add what a pickle would import to a set; return whether all of it is known."""
    from pickletools import genops

    stack: list[Any] = []
    memo: dict[int, Any] = {}
    known = True
    try:
        for number, (opcode, argument, _) in enumerate(genops(data)):
            name = opcode.name
            if number >= _MOST_FOLLOWED:
                return False
            if name in _STORES:
                memo[len(memo) if name == "MEMOIZE" else int(argument or 0)] = stack[-1]
            elif name in _FETCHES:
                stack.append(memo[int(argument or 0)])
            elif name == "DUP":
                stack.append(stack[-1])
            elif name == "MARK":
                stack.append(_MARK)
            elif name in {"GLOBAL", "INST"}:
                found.add(".".join(str(argument).split(" ", 1)))
                _change(stack, opcode)
            elif name == "STACK_GLOBAL":
                module, attribute = stack[-2:]
                if isinstance(module, str) and isinstance(attribute, str):
                    found.add(f"{module}.{attribute}")
                else:
                    known = False
                _change(stack, opcode)
            else:
                known = known and name not in _EXTENSIONS
                _change(stack, opcode)
                if isinstance(argument, str) and stack:
                    stack[-1] = argument
    # Bytes that are not a pickle fail in many ways. An unpickler may take what is refused here.
    except (ValueError, LookupError, ArithmeticError, MemoryError, AttributeError, TypeError):
        return False
    return known


def _change(stack: list[Any], opcode: Any) -> None:  # noqa: ANN401
    """Take from a stack what an instruction takes, and put anything for what it puts there."""
    kinds: Sequence[str] = [kind.name for kind in opcode.stack_before]
    if "mark" in kinds:
        while stack.pop() is not _MARK:
            pass
        kinds = kinds[: kinds.index("mark")]
    for _ in kinds:
        # What is taken as one object must not be a mark, but POP takes either.
        if stack.pop() is _MARK and opcode.name != "POP":
            raise ValueError("a mark where an object should be")
    stack += [_ANYTHING] * len(opcode.stack_after)


def _not_a_model(data: bytes) -> StanceclfError:
    return StanceclfError(f"not a stanceclf model{import_warning(data)}")


def _steps(data: bytes) -> Iterator[_Step]:
    """Yield the instructions of a pickle, with memoized values in place and without framing."""
    from pickletools import genops

    memo: dict[object, _Step] = {}
    last: _Step = ("", None)
    try:
        for opcode, argument, _ in genops(data):
            name = opcode.name
            if name == "MEMOIZE":
                memo[len(memo)] = last
            elif name in {"BINPUT", "LONG_BINPUT"}:
                memo[argument] = last
            elif name not in {"PROTO", "FRAME"}:
                if name in {"GLOBAL", "INST"}:
                    yield from (("text", part) for part in str(argument).split(" ", 1))
                    last = ("STACK_GLOBAL", None)
                elif name in {"BINGET", "LONG_BINGET"}:
                    last = memo.get(argument, (name, argument))
                else:
                    last = (_KINDS.get(name, name), argument)
                yield last
    # Bytes that are not a pickle fail in many ways.
    except (ValueError, LookupError, ArithmeticError, MemoryError, AttributeError) as error:
        what = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        told = import_warning(data)
        raise StanceclfError(f"not a model, or truncated ({what}){told}; copy it again") from None
