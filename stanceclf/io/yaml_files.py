"""YAML that people write: read as UTF-8, checked by a schema, errors reported by line and key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from stanceclf.errors import StanceclfError
from stanceclf.io.files import read_utf8
from stanceclf.io.invisible import Visible

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# With aliases of aliases, a short file can contain more values than there is time for.
_MAX_NODES = 1_000_000
_MAX_DEPTH = 50
# Lines are not folded.
_NO_FOLD = 1 << 30

_Loc = tuple[int | str, ...]


def _visible(text: str) -> str:
    # Text copied from a web page may contain invisible characters; sentences are read without.
    seen = Visible(text).text.strip()
    if not seen:
        raise ValueError("must not be empty")
    return seen


#: A word, name or sentence: not empty, without invisible characters and white space around it.
YamlText = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_visible)]


class Section(BaseModel):
    """A mapping in a YAML file: every key is known, no value is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Schema = TypeVar("_Schema", bound=BaseModel)

# pydantic's messages in terms of YAML rather than of Python.
_EXPECTED = {
    "bool_type": "must be true or false",
    "dict_type": "must be keys with values, one `key: value` per line",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list, like [a, b]",
    "model_type": "must be keys with values, one `key: value` per line",
    "string_pattern_mismatch": "must consist of letters, digits, `-` and `_`",
    "string_type": "must be text; put it in quotes",
    "too_long": "has too many items",
    "too_short": "must have at least one item",
    "tuple_type": "must be a list, like [a, b]",
}

# What the parser finds, and what is usually wrong.
_HINTS = {
    "quoted scalar": "a quote opened here is not closed",
    "flow sequence": "a `[` opened here is not closed, or a comma is missing",
    "flow mapping": "a `{` opened here is not closed, or a comma is missing",
    "expected <block end>": "indent it with spaces like its neighbours",
    "could not find expected ':'": "write `: ` after a key, half-width and with a space",
    "mapping values are not allowed": "quote text that contains `: `, or check the indentation",
    "cannot start any token": "quote it; indent with spaces, not tabs",
}


_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
# A key before a full-width colon, which an input method for Chinese types.
_FULL_WIDTH_COLON = re.compile(r"[\s\-{\[,]*[\"']?(?P<key>[A-Za-z_][\w-]*)[\"']?\s*：")
_KEY = re.compile(r"[\s-]*[\"']?[\w-]+[\"']?\s*:(\s|$)")


class _Loader(yaml.SafeLoader):
    """A loader of the numbers of YAML 1.2, which DVC writes: 1e-05 is one, 010 is ten.

    Those of YAML 1.1, such as 12:30 for 750, are text. Deeply nested brackets, which need quadratic
    time, are refused.
    """

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBER_TAGS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def fetch_flow_collection_start(self, TokenClass: type[yaml.Token]) -> None:  # noqa: N803
        if self.flow_level >= _MAX_DEPTH:
            mark = self.get_mark()
            raise yaml.scanner.ScannerError(None, None, "brackets nested too deep", mark)
        super().fetch_flow_collection_start(TokenClass)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        text = str(self.construct_scalar(node))
        based = text.startswith(("0x", "0o"))
        return int(text, 0) if based else int(text)


_INT, _FLOAT = _NUMBER_TAGS
_Loader.add_constructor(_INT, _Loader.construct_yaml_int)
_INTS = re.compile(r"[-+]?[0-9]+$|0o[0-7]+$|0x[0-9a-fA-F]+$")
_FLOATS = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"
    r"|[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$"
)


class _Dumper(yaml.SafeDumper):
    """A dumper that quotes text that `_Loader` would take for a number."""


for _kind in (_Loader, _Dumper):
    _kind.add_implicit_resolver(_INT, _INTS, list("-+0123456789"))
    _kind.add_implicit_resolver(_FLOAT, _FLOATS, list("-+.0123456789"))


def to_yaml(value: object) -> str:
    r"""Return a value as YAML, one key or item per line.

    Examples
    --------
    >>> to_yaml([{"词": ["便宜", "1e5"]}])
    "- 词:\n  - 便宜\n  - '1e5'\n"
    """
    text: str = yaml.dump(value, None, _Dumper, allow_unicode=True, sort_keys=False, width=_NO_FOLD)
    return text


class YamlFile:
    """A parsed YAML file that knows the line of each of its values.

    Places in it are tuples of keys and indices.

    Attributes
    ----------
    data : object
        The file's mappings, sequences and scalars.

    Raises
    ------
    StanceclfError
        The file is missing, not UTF-8 or not YAML, or contains a key twice.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = path
        self.data: Any = None
        self._nodes: dict[_Loc, yaml.Node] = {}
        self._lines: dict[_Loc, int] = {}
        text = read_utf8(path)
        line = None
        try:
            loader = _Loader(text)
            if (node := loader.get_single_node()) is not None:
                self._walk(node, (), node)
                self.data = loader.construct_document(node)
            return
        except yaml.MarkedYAMLError as error:
            mark, reason = error.problem_mark, error.problem
            for found, hint in _HINTS.items():
                if found in f"{error.context} {reason}":
                    reason = f"{reason}; {hint}"
                    # Where it began says more than where the file ended.
                    mark = error.context_mark if "opened" in hint else mark
                    break
            line = None if mark is None else mark.line + 1
            if line is not None and (full := _full_width_colon(text, line)):
                line, reason = full
        except yaml.reader.ReaderError as error:
            reason, line = error.reason, text.count("\n", 0, error.position) + 1
        except (
            *(yaml.YAMLError, ArithmeticError, AttributeError, LookupError),
            *(RecursionError, TypeError, ValueError),
        ) as error:
            reason = str(error)
        raise StanceclfError(f"not YAML: {reason}", path=path, line=line)

    def _walk(self, node: yaml.Node, loc: _Loc, written: yaml.Node) -> None:
        """Learn the places of a node and of what is in it; `written` is on its line."""
        if len(self._nodes) == _MAX_NODES:
            raise StanceclfError("too many values; aliases must not multiply", path=self.path)
        self._nodes[loc] = node
        self._lines[loc] = written.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._walk(item, (*loc, index), item)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                line = key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    raise StanceclfError("a key must be one word", path=self.path, line=line)
                if (*loc, key.value) in self._nodes:
                    said = f"`{key.value}` appears twice; keep one"
                    raise StanceclfError(said, path=self.path, line=line)
                # The key's line, even where the value begins further down.
                self._walk(value, (*loc, key.value), key)

    def line(self, loc: Sequence[int | str]) -> int | None:
        """Return the line of a place, or of the nearest place around it that the file has."""
        places = (tuple(loc[:length]) for length in range(len(loc), -1, -1))
        return next((self._lines[place] for place in places if place in self._lines), None)

    def error(self, what: str, loc: Sequence[int | str]) -> StanceclfError:
        """Return the error that reports what is wrong at a place."""
        return StanceclfError(what, path=self.path, line=self.line(loc))

    def check(self, schema: type[_Schema], *loc: int | str) -> _Schema:
        """Return the value at a place as an object of a schema.

        Raises
        ------
        StanceclfError
            The first error that `validate` returns.
        """
        value, errors = self.validate(schema, *loc)
        if value is None:
            raise errors[0]
        return value

    def validate(
        self, schema: type[_Schema], *loc: int | str
    ) -> tuple[_Schema | None, list[StanceclfError]]:
        """Return the value at a place as an object of a schema, or None and everything wrong."""
        value = self.data
        for key in loc:
            value = value[key]
        try:
            return schema.model_validate(value), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
            # A misspelt key is also a missing one; report only the former.
            misspelt = [one for one in errors if one["type"] == "extra_forbidden"]
            missing = [one for one in errors if one["type"] == "missing" and not misspelt]
            rest = [one for one in errors if one["type"] not in {"extra_forbidden", "missing"}]
            places = [(one, (*loc, *one["loc"])) for one in (*misspelt, *missing, *rest)]
            return None, [self.error(_message(one, at, schema), at) for one, at in places]

    def shared(self, *loc: int | str) -> bool:
        """Return whether an alias elsewhere refers to the value at a place, or to part of it."""
        inside = [node for own, node in self._nodes.items() if own[: len(loc)] == loc]
        outside = {id(node) for own, node in self._nodes.items() if own[: len(loc)] != loc}
        # What YAML merges into a mapping has no place of its own.
        return not inside or any(id(node) in outside for node in inside)


def _full_width_colon(text: str, line: int) -> tuple[int, str] | None:
    """Return the line of a full-width colon that explains an error at a line, and the message.

    What follows such a key seems to belong to the text before it, so that the error is found later.
    """
    lines = text.splitlines()
    for number in range(min(line, len(lines)), 0, -1):
        if match := _FULL_WIDTH_COLON.match(lines[number - 1]):
            return number, f"full-width `：` after `{match['key']}`; write `: `"
        if number < line and _KEY.match(lines[number - 1]):
            break
    return None


def _message(error: ErrorDetails, loc: _Loc, schema: type[BaseModel]) -> str:
    """Return one line: the key, what is wrong with it, how to fix it."""
    dotted = ".".join(map(str, loc)) or "the file"
    given = str(loc[-1]) if error["type"] == "extra_forbidden" else error["input"]
    if isinstance(given, str) and (match := _FULL_WIDTH_COLON.match(given)):
        return f"`{dotted}`: full-width `：` after `{match['key']}`; write `: `"
    if error["type"] == "extra_forbidden":
        fields = {field.lower(): field for field in schema.model_fields}
        near = difflib.get_close_matches(str(loc[-1]).lower(), fields, 1)
        known = f"known: {', '.join(fields.values())}"
        return f"unknown key `{dotted}`; " + (
            f"did you mean `{fields[near[0]]}`?" if near else known
        )
    if error["type"] == "missing":
        return f"`{dotted}` is missing; add it"
    message = _EXPECTED.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f"`{dotted}`: {message[0].lower()}{message[1:]}{_show(error['input'])}"


def not_text(given: object) -> str:
    """Return what is wrong with a value that is to be text.

    Examples
    --------
    >>> not_text(False)
    'must be text; put it in quotes (is False)'
    """
    return _EXPECTED["string_type"] + _show(given)


def _show(given: object) -> str:
    """Return a scalar as a message shows it."""
    if not isinstance(given, str | int | float | bool | None):
        return ""
    try:
        shown = repr(given)
    except ValueError:  # Python does not write out integers of thousands of digits.
        return ""
    return f" (is {shown})" if len(shown) <= 60 else f" (is {shown[:59]}…)"
