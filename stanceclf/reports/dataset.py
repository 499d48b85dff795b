"""Export of a project's sentences, with all their labels, as a dataset to publish.

It is a folder with a Parquet file and a dataset card, which `datasets.load_dataset` reads and the
Hugging Face hub shows.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from os import PathLike
from pathlib import Path
from string import Template
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq

import stanceclf
from stanceclf.articles import Folder, Sentence, file_with
from stanceclf.errors import StanceclfError
from stanceclf.gold import GoldSentence, gold_labels, read_gold, was_chosen
from stanceclf.io import (
    LABEL_COLUMNS,
    SENTENCE_COLUMNS,
    SPEAKER_COLUMNS,
    VOTE_PREFIX,
    VOTES_COLUMN,
    Columns,
    arrow_schema,
    printable,
    read_dataset,
    read_utf8,
    sha256_of,
)
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES
from stanceclf.reports.escaping import markdown_list, markdown_rows, markdown_text
from stanceclf.rules import LabelModel, LabelModelName, Voter, load_voter
from stanceclf.speakers import Voice

_TEMPLATE = Path(__file__).parent / "templates" / "dataset_card.md"
# The files of an export; the guide is the annotators', if there is one.
_CARD, _GUIDE, _DATA = "README.md", "ANNOTATION.md", "data/train-00000-of-00001.parquet"
# The beginning of the card's last line, which tells whether an export has been changed since.
_SEAL = b"<!-- stanceclf export, sha256 of all that it wrote: "
_COLUMNS = (
    SENTENCE_COLUMNS | LABEL_COLUMNS | {"gold_label": "string"} | SPEAKER_COLUMNS | VOTES_COLUMN
)

_OWNED = """\
`other`: the articles belong to their publishers and authors, and so do these sentences. No licence
is granted here; ask their owners before you pass them on."""
_STATED = """\
`{}`, as stated by whoever exported the data. The sentences come from articles by others: check that
this is their licence, or that the law allows your use."""
# The spelling of licences on the hub.
_LICENCE = re.compile(r"[a-z][a-z0-9.+-]*")
# The hub's names for numbers of sentences below each limit.
_SIZES = {10**3: "n<1K", 10**4: "1K<n<10K", 10**5: "10K<n<100K", 10**6: "100K<n<1M"}


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was exported.

    Attributes
    ----------
    articles, sentences : int
        Number of articles and sentences.
    weak_labels, gold_labels : dict of str to int
        Number of sentences per label; ``null`` counts those without one.
    gold_elsewhere : int
        Number of gold labels of something that is not a sentence here, such as boilerplate.
    speakers : dict of str to int
        Number of sentences per speaker, in descending order.
    voices : dict of str to int
        Number of sentences per voice.
    """

    articles: int
    sentences: int
    weak_labels: dict[str, int]
    gold_labels: dict[str, int]
    gold_elsewhere: int
    speakers: dict[str, int]
    voices: dict[str, int]


def export_dataset(
    output: str | PathLike[str],
    *,
    labels: str | PathLike[str],
    sentences: str | PathLike[str],
    articles: str | PathLike[str],
    topic: str | PathLike[str],
    label_model: LabelModelName = "weighted",
    gold: str | PathLike[str] | None = None,
    metrics: str | PathLike[str] | None = None,
    licence: str | None = None,
    text_column: str | None = None,
) -> ExportResult:
    """Write a project's sentences as a Hugging Face dataset, whole or not at all.

    All sentences of the pipeline are in a single split, ``train``. Gold labels of something that is
    not one of them, such as boilerplate, are left out; the card gives their number.

    Parameters
    ----------
    output : path-like
        The folder to write. It must be new or empty, or an earlier export that nobody has changed
        since, which is replaced.
    labels, sentences : path-like
        The datasets that the stages ``label`` and ``sentences`` wrote.
    articles : path-like
        The folder of articles.
    topic : path-like
        The topic's folder.
    label_model : str, default "weighted"
        The label model of the weak labels.
    gold : path-like, optional
        Gold labels; an ``ANNOTATION.md`` next to them is exported as well.
    metrics : path-like, optional
        The metrics that the stage ``evaluate`` wrote, for the agreement of weak and gold labels.
    licence : str, optional
        The name of the licence on the hub, such as ``cc-by-4.0``. Default: ``other``, with a note
        that the articles belong to their publishers.
    text_column : str, optional
        The column of texts in the tables among the articles; by default ``text`` or the only one.

    Raises
    ------
    StanceclfError
        An input cannot be read, inputs do not belong together, or the folder cannot be written or
        contains something else.
    """
    if licence is not None and not _LICENCE.fullmatch(licence):
        fix = "write it as the Hugging Face hub does, like cc-by-4.0"
        raise StanceclfError(f"`{licence}` is not the name of a licence; {fix}")
    _check_folder(output, (articles, topic))
    figures = {} if metrics is None else _read_json(metrics)
    voter = load_voter(topic)
    folder = Folder(articles, text_column)
    columns = _read_columns(labels, sentences, folder, topic, label_model, voter)
    cut = [Sentence(*row) for row in zip(*(columns[n] for n in SENTENCE_COLUMNS), strict=True)]
    known = [] if gold is None else read_gold(gold, articles, text_column=text_column)
    columns["gold_label"] = gold_labels(cut, known)
    columns = {name: columns[name] for name in _COLUMNS}
    counts = _count(columns, known)
    data = io.BytesIO()
    table = pa.Table.from_pydict(columns, schema=arrow_schema(_COLUMNS))
    pq.write_table(table, data)
    files = {_DATA: data.getvalue()}
    guide = None if gold is None else Path(gold).with_name(_GUIDE)
    if guide is not None and guide.is_file():
        files[_GUIDE] = guide.read_bytes()
    title = f"Stance on {voter.topic.name}"
    card = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        _numbers(counts)
        | {f"name_{i}": stance for i, stance in enumerate(READING_ORDER)}
        | {"chosen": sum(map(was_chosen, known)), "rules": len(voter.rules)}
        | {"num_bytes": table.nbytes, "download_size": len(files[_DATA])},
        title=markdown_text(title),
        quoted_title=json.dumps(printable(title), ensure_ascii=False),
        target=markdown_text(voter.topic.name),
        target_words=markdown_list(voter.topic.target),
        rival_words=markdown_list(voter.topic.rival),
        label_model=label_model,
        sources=_sources(cut, articles),
        speakers=markdown_list([f"{name} ({n:,})" for name, n in counts.speakers.items()]),
        guide=f"`{_GUIDE}` in this folder" if _GUIDE in files else "none",
        kappa=_measured(
            figures, "kappa", labelled="with both", abstain_as_none="with null as `none`"
        ),
        speaker_scores=_measured(
            figures, "speakers", precision="precision", recall="recall", f1="F1"
        ),
        licence_name=licence or "other",
        licence=_OWNED if licence is None else _STATED.format(licence),
        version=stanceclf.__version__,
        data=_DATA,
    )
    files[_CARD] = card.encode()
    _write_folder(output, _sealed(files))
    return counts


def _read_columns(
    labels: str | PathLike[str],
    sentences: str | PathLike[str],
    folder: Folder,
    topic: str | PathLike[str],
    label_model: LabelModelName,
    voter: Voter,
) -> Columns:
    """Read the stages' datasets; check that they belong together, or the card would be wrong."""
    cast = {VOTE_PREFIX + name: "string" for name in voter.names}
    types = SENTENCE_COLUMNS | LABEL_COLUMNS | cast
    columns = read_dataset(labels, types, "label", nullable={*LABEL_COLUMNS, *cast})
    types = SENTENCE_COLUMNS | SPEAKER_COLUMNS
    said = read_dataset(sentences, types, "sentences", nullable=["speaker"])
    if any(columns[name] != said[name] for name in SENTENCE_COLUMNS):
        what = f"was not made from `{os.fspath(sentences)}` as it is now; run `stanceclf label`"
        raise StanceclfError(what, path=labels)
    for name, start, end, text in zip(*(said[n] for n in SENTENCE_COLUMNS), strict=True):
        if folder.text(name)[start:end] != text:
            what = f"`{name}` has another text at {start}:{end} now; run `dvc repro`"
            raise StanceclfError(what, path=sentences)
    votes = voter.vote_matrix(said["text"])
    weak = LabelModel(label_model, voter.weights).fit(votes)(votes).stances()
    by_rule = [[None if v == ABSTAIN else STANCES[v] for v in column] for column in votes.T]
    if weak != columns["weak_label"] or by_rule != [columns[name] for name in cast]:
        what = f"does not match the rules of `{os.fspath(topic)}` and label model `{label_model}`"
        raise StanceclfError(f"{what}; run `stanceclf label`", path=labels)
    columns["votes"] = [
        [{"rule": voter.names[i], "label": STANCES[v]} for i, v in enumerate(row) if v != ABSTAIN]
        for row in votes.tolist()
    ]
    return columns | said


def _count(columns: Columns, gold: Sequence[GoldSentence]) -> ExportResult:
    found = {name: Counter(columns[name]) for name in _COLUMNS if name != "votes"}
    weak, known = (
        {stance: found[name][stance] for stance in READING_ORDER} | {"null": found[name][None]}
        for name in ("weak_label", "gold_label")
    )
    speakers = Counter({n: found["speaker"][n] for n in sorted({*found["speaker"]} - {None})})
    return ExportResult(
        articles=len(found["article"]),
        sentences=len(columns["text"]),
        weak_labels=weak,
        gold_labels=known,
        gold_elsewhere=len(gold) - sum(known[stance] for stance in READING_ORDER),
        speakers=dict(speakers.most_common()),
        voices={voice: found["voice"][voice] for voice in get_args(Voice)},
    )


def _numbers(counts: ExportResult) -> dict[str, object]:
    numbers = {
        "articles": counts.articles,
        "sentences": counts.sentences,
        "gold": counts.sentences - counts.gold_labels["null"],
        "gold_elsewhere": counts.gold_elsewhere,
        **{f"weak_{label}": n for label, n in counts.weak_labels.items()},
        **{f"gold_{label}": n for label, n in counts.gold_labels.items()},
        **{f"voice_{voice}": n for voice, n in counts.voices.items()},
    }
    size = next((size for n, size in _SIZES.items() if counts.sentences < n), "n>1M")
    written = {name: f"{n:,}" for name, n in numbers.items()}
    return written | {"examples": counts.sentences, "size": size}


def _sources(cut: Iterable[Sentence], articles: str | PathLike[str]) -> str:
    counts = Counter(file_with(one.article, articles) for one in cut)
    return markdown_rows(
        (markdown_text(name), f"{n:,}", f"`{sha256_of(Path(articles, name))}`")
        for name, n in sorted(counts.items())
    )


def _measured(figures: Mapping[str, Any], key: str, **names: str) -> str:
    """Return some metrics of the stage `evaluate` with their names."""
    own = figures.get(key)
    found = own if isinstance(own, dict) else {}
    shown = [f"{names[k]} {found[k]:.3f}" for k in names if isinstance(found.get(k), float)]
    return ", ".join(shown) or "not measured"


def _read_json(path: str | PathLike[str]) -> dict[str, Any]:
    try:
        figures = json.loads(read_utf8(path))
    except (ValueError, RecursionError) as error:
        raise StanceclfError(f"not JSON: {error}", path=path) from None
    if not isinstance(figures, dict):
        what = "contains no metrics; `stanceclf evaluate` writes such a file"
        raise StanceclfError(what, path=path)
    return figures


def _sealed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files, whose card gets a last line with a hash of them all."""
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return {**files, _CARD: files[_CARD] + _SEAL + f"{digest.hexdigest()} -->\n".encode()}


def _is_export(folder: Path) -> bool:
    """Return whether a folder is an unchanged export, with nothing else in it."""
    # A few names are enough to recognize another folder, however large.
    names = {path.relative_to(folder).as_posix() for path in islice(folder.rglob("*"), 5)}
    if not {_CARD, _DATA} <= names <= {_CARD, _GUIDE, _DATA, "data"}:
        return False
    files = {name: (folder / name).read_bytes() for name in names - {"data"}}
    card = files[_CARD].rpartition(_SEAL)[0]
    return _sealed(files | {_CARD: card}) == files


def _check_folder(output: str | PathLike[str], read: Iterable[str | PathLike[str]]) -> None:
    """Check that a folder may be written or replaced, before the work is done."""
    final = Path(os.path.realpath(output))
    for folder in read:
        if final.is_relative_to(os.path.realpath(folder)):
            what = f"is in `{os.fspath(folder)}`, which this command reads; name another folder"
            raise StanceclfError(what, path=output)
    if final.exists() and not final.is_dir():
        raise StanceclfError("cannot write here: this is a file; name a folder", path=output)
    if final.is_dir() and any(final.iterdir()) and not _is_export(final):
        what = "contains something other than an export, or one that has been changed since"
        raise StanceclfError(f"{what}; name another folder or empty this one", path=output)


def _write_folder(output: str | PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write a folder next to its final place, then move it there in place of the old one."""
    final = Path(os.path.realpath(output))
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=final.parent, prefix=f".{final.name[:40]}.", suffix=".tmp"
        ) as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            for name, data in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(data)
            try:
                if final.exists():
                    final.rename(old)
                new.rename(final)
            except BaseException:
                if old.exists() and not final.exists():
                    old.rename(final)
                raise
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise StanceclfError(f"cannot write here: {said}", path=output) from error
