"""YAML that people write: read as UTF-8, checked by a schema, errors named by line and key."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from stanceclf.errors import StanceclfError
from stanceclf.io.files import read_utf8
from stanceclf.io.invisible import Visible

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Aliases of aliases can make a short file stand for more values than there is time for.
_MOST_NODES = 1_000_000
# So deep brackets may nest.
_DEEPEST = 50

_Loc = tuple[int | str, ...]


def _visible(text: str) -> str:
    # What is copied from a web page may hold what nobody sees, and no sentence that is read does.
    seen = Visible(text).text.strip()
    if not seen:
        raise ValueError("must not be empty")
    return seen


#: A word, name or sentence that somebody wrote: not empty.
YamlText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_visible)
]


class Section(BaseModel):
    """A mapping in a YAML file: every key is known, nothing is converted in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# What pydantic says in the words of Python's types, in the words of YAML.
_EXPECTED = {
    "bool_type": "must be true or false",
    "dict_type": "must be keys with values, a `key: value` a line",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list, like [a, b]",
    "model_type": "must be keys with values, a `key: value` a line",
    "string_pattern_mismatch": "must be letters, digits, `-` and `_` alone",
    "string_too_short": "must not be empty",
    "string_type": "must be text; put it in quotes",
    "too_long": "has too many items",
    "too_short": "must have at least one item",
    "tuple_type": "must be a list, like [a, b]",
}

# What the parser finds, and what mostly is the matter.
_MENDING = {
    "quoted scalar": "a quote that was opened here is not closed",
    "flow sequence": "a `[` that was opened here is not closed, or a comma is missing",
    "flow mapping": "a `{` that was opened here is not closed, or a comma is missing",
    "expected <block end>": "indent it as what it belongs to, by spaces",
    "could not find expected ':'": "after a key write `: `, half-width and with a space",
    "mapping values are not allowed": "quote what holds `: `, or indent it as what it belongs to",
    "cannot start any token": "quote it; tabs cannot indent",
}

_Schema = TypeVar("_Schema", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """A loader that refuses brackets nested without end, each of which would take longer."""

    def fetch_flow_collection_start(self, TokenClass: type[yaml.Token]) -> None:  # noqa: N803
        """Begin a collection in brackets."""
        if self.flow_level >= _DEEPEST:
            mark = self.get_mark()
            raise yaml.scanner.ScannerError(None, None, "brackets nested too deep", mark)
        super().fetch_flow_collection_start(TokenClass)


class YamlFile:
    """A parsed YAML file that knows on which line each of its values stands.

    Parameters
    ----------
    path : path-like
        The file.

    Attributes
    ----------
    data : object
        What the file says: mappings, sequences and scalars.

    Raises
    ------
    StanceclfError
        The file is missing, is not UTF-8 or not YAML, or says one key twice.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = path
        self._walked = 0
        self._nodes: dict[_Loc, yaml.Node] = {}
        text = read_utf8(path)
        try:
            loader = _Loader(text)
            node = loader.get_single_node()
            self._lines = {} if node is None else dict(self._walk(node, ()))
            self.data: Any = None if node is None else loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            mark, hint = error.problem_mark, ""
            for said, mend in _MENDING.items():
                if said in f"{error.context} {error.problem}":
                    hint = f"; {mend}"
                    # Where it began tells more than where the file ran out.
                    mark = error.context_mark if "opened" in mend else mark
                    break
            line = None if mark is None else mark.line + 1
            raise StanceclfError(f"not YAML: {error.problem}{hint}", path=path, line=line) from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise StanceclfError(f"not YAML: {error.reason}", path=path, line=line) from None
        except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError) as error:
            raise StanceclfError(f"not YAML: {error}", path=path) from None
        except (RecursionError, TypeError, ValueError) as error:
            raise StanceclfError(f"not YAML: {error}", path=path) from None

    def _walk(self, node: yaml.Node, loc: _Loc) -> Iterator[tuple[_Loc, int]]:
        line = node.start_mark.line + 1
        self._walked += 1
        if self._walked > _MOST_NODES:
            raise StanceclfError("too many values; aliases must not multiply", path=self.path)
        self._nodes[loc] = node
        yield loc, line
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                yield from self._walk(item, (*loc, index))
        elif isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                line = key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    raise StanceclfError("a key must be one word", path=self.path, line=line)
                if key.value in seen:
                    raise StanceclfError(
                        f"`{key.value}` stands here twice; keep one", path=self.path, line=line
                    )
                seen.add(key.value)
                yield from self._walk(value, (*loc, key.value))
                # The key's line, even where the value begins further down.
                yield (*loc, key.value), line

    def line(self, loc: Sequence[int | str]) -> int | None:
        """Return the line of a value, or of the nearest mapping around it that the file has."""
        for length in range(len(loc), -1, -1):
            if tuple(loc[:length]) in self._lines:
                return self._lines[tuple(loc[:length])]
        return None

    def error(self, what: str, loc: Sequence[int | str]) -> StanceclfError:
        """Return the error that says what is wrong with the value at a place in this file."""
        return StanceclfError(what, path=self.path, line=self.line(loc))

    def check(self, schema: type[_Schema], *loc: int | str) -> _Schema:
        """Return what stands at a place in this file as an object of a schema.

        Parameters
        ----------
        schema : type of pydantic model
            What it must be.
        *loc : int or str
            The keys and indices that lead there.

        Raises
        ------
        StanceclfError
            It is not; the first thing wrong is named by line and key.
        """
        value, errors = self.validate(schema, *loc)
        if value is None:
            raise errors[0]
        return value

    def validate(
        self, schema: type[_Schema], *loc: int | str
    ) -> tuple[_Schema | None, list[StanceclfError]]:
        """Return what `check` does, or None and all that is wrong, a key misspelt first.

        Parameters
        ----------
        schema : type of pydantic model
            What it must be.
        *loc : int or str
            The keys and indices that lead there.
        """
        value = self.data
        for key in loc:
            value = value[key]
        try:
            return schema.model_validate(value), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
            # A key misspelt is also a key missing; say the former.
            misspelt = [one for one in errors if one["type"] == "extra_forbidden"]
            rest = [one for one in errors if one["type"] not in {"extra_forbidden", "missing"}]
            missing = [one for one in errors if one["type"] == "missing" and not misspelt]
            places = [(one, (*loc, *one["loc"])) for one in (*misspelt, *missing, *rest)]
            return None, [self.error(_say(one, where, schema), where) for one, where in places]

    def shared(self, *loc: int | str) -> bool:
        """Tell whether an alias somewhere stands for what is at a place in this file, or in it."""
        inside = [node for own, node in self._nodes.items() if own[: len(loc)] == loc]
        outside = {id(node) for own, node in self._nodes.items() if own[: len(loc)] != loc}
        # What YAML merges into a mapping has no place of its own.
        return not inside or any(id(node) in outside for node in inside)


def _say(error: ErrorDetails, loc: _Loc, schema: type[BaseModel]) -> str:
    """Return one line on what is wrong: the key, the fault, the mending."""
    key = loc[-1] if loc else ""
    dotted = ".".join(str(part) for part in loc) or "the file"
    if error["type"] == "extra_forbidden":
        fields = {field.lower(): field for field in schema.model_fields}
        near = difflib.get_close_matches(str(key).lower(), fields, 1)
        known = (
            f"did you mean `{fields[near[0]]}`?"
            if near
            else f"known: {', '.join(schema.model_fields)}"
        )
        return f"unknown key `{dotted}`; {known}"
    if error["type"] == "missing":
        return f"`{dotted}` is missing; add it"
    message = _EXPECTED.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"`{dotted}`: {message[0].lower()}{message[1:]}{_show(error['input'])}"


def _show(given: object) -> str:
    """Return a scalar as it is to be shown in a message."""
    if not isinstance(given, str | int | float | bool | None):
        return ""
    try:
        shown = repr(given)
    except ValueError:  # Python writes out no integer of thousands of digits.
        return ""
    return f" (is {shown})" if len(shown) <= 60 else f" (is {shown[:59]}…)"
