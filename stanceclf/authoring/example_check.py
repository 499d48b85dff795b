"""Checking written examples: what is wrong with them, and what gives their labels away."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike, fspath
from pathlib import Path

import numpy as np

from stanceclf.articles import Normalizer
from stanceclf.authoring.check import Finding
from stanceclf.errors import StanceclfError
from stanceclf.io import counted
from stanceclf.labels import ABSTAIN, READING_ORDER, STANCES, Stance
from stanceclf.reading import load_topic
from stanceclf.rules import LabelModel, LabelModelName, Voter, label_indices, read_voter
from stanceclf.training import EXAMPLES, Example, scan_examples, similar_pairs

# Texts that share more of their trigrams are near-duplicates.
_ALIKE = 0.5
# A label that fewer of the examples have is rare.
_RARE = 0.15
# Mean lengths that differ by a larger factor tell labels apart, if they are of enough examples.
_LONGER, _FEW = 1.5, 10
# A word gives a label away if it is in this many examples, and this share of them have the label.
_FREQUENT, _TELLING = 30, 0.8
# At most so many near-duplicates, words and rules are listed, and lines of a rule.
_MOST_PAIRS, _MOST_WORDS, _MOST_RULES, _MOST_LINES = 50, 20, 10, 5

_LATIN = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9]*(?:[.+-][a-z0-9]+)*")
# Marks are found in normal form; this is how they are typed.
_FULL_WIDTH = dict(zip(",;:?!()", "，；：？！（）", strict=True))
_PLACEHOLDER = re.compile(r"\{[A-Za-z_]+\}")


@dataclass(frozen=True, slots=True)
class CheckedExamples:
    """What is wrong with a topic's written examples.

    Attributes
    ----------
    findings : list of Finding
        Those on single lines first, by line; then those on all examples.
    examples : int
        Number of valid examples.
    """

    findings: list[Finding]
    examples: int

    @property
    def errors(self) -> int:
        """Number of errors among the findings."""
        return sum(finding.level == "error" for finding in self.findings)


def check_examples(
    folder: str | PathLike[str], normalize: Normalizer, label_model: LabelModelName = "weighted"
) -> CheckedExamples:
    r"""Find what is wrong, or probably unwanted, in the written examples of a topic.

    Invalid lines are errors. Warnings are near-duplicates, labels that are rare or whose examples
    are much longer, what gives a label away without being an argument (mentions, Latin words,
    digits, punctuation), and the rules that contradict examples.

    Parameters
    ----------
    folder : path-like
        The topic's folder.
    normalize : Normalizer
        Brings texts to normal form.
    label_model : str, default "weighted"
        How votes of rules are combined.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> topic = "name: 开源大模型\ntarget: [开源]\n"
    >>> _ = (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    >>> rules = "rules: [{name: 便宜, label: favor, any: [便宜], matches: [真便宜]}]"
    >>> _ = (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    >>> text = '{"text": "有人问，开源便宜吗", "label": "none"}\n{"text": "开源", "label": "正"}\n'
    >>> _ = (folder / "examples.jsonl").write_text(text, encoding="utf-8")
    >>> checked = check_examples(folder, Normalizer("", ""))
    >>> checked.errors, checked.findings[0].line, checked.findings[0].what
    (1, 2, 'unknown label `正`; known: favor, against, none')
    """
    path = Path(folder, EXAMPLES)
    errors: list[StanceclfError] = []
    try:
        topic = load_topic(folder, normalize)
        if not path.exists():
            what = f"no {EXAMPLES} in this folder; write one, or give another folder with --topic"
            raise StanceclfError(what, path=Path(folder))
        read = scan_examples(folder, topic, normalize)
    except StanceclfError as error:
        return CheckedExamples([Finding.of(error)], 0)
    voter = Voter(topic, (), normalize)
    try:
        rules = read_voter(folder, normalize)
        errors += rules.errors
        voter = rules.voter
    except StanceclfError as error:
        errors.append(error)
    checker = _Checker(fspath(path), read.examples, voter)
    by_line = [*map(Finding.of, read.errors), *checker.placeholders(), *checker.near_duplicates()]
    findings = sorted(by_line, key=lambda one: (one.line is None, one.line))
    findings += [*checker.rare_labels(), *checker.lengths(), *checker.giveaways()]
    # What other rules say counts for little without those that could not be read.
    findings += map(Finding.of, errors) if errors else checker.contradictions(label_model)
    return CheckedExamples(findings, len(read.examples))


class _Checker:
    """What can be wrong with examples that are valid one by one."""

    def __init__(self, path: str, examples: Sequence[Example], voter: Voter) -> None:
        self.path, self.examples, self.voter = path, examples, voter
        self.texts = [example.text for example in examples]
        self.counts = Counter(example.label for example in examples)

    def placeholders(self) -> Iterator[Finding]:
        for example in self.examples:
            if unknown := _PLACEHOLDER.search(example.text):
                what = f"unknown placeholder `{unknown[0]}`; write {{target}}, {{rival}} or words"
                yield self._warning(what, example.line)

    def near_duplicates(self) -> Iterator[Finding]:
        """Yield the examples that are close to an earlier one, each once."""
        closest: dict[int, tuple[float, int]] = {}
        for one, other, share in similar_pairs(self.texts, self.voter.reader.normalize, _ALIKE):
            if share > closest.get(other, (0.0, 0))[0]:
                closest[other] = share, one
        ranked = sorted(closest.items(), key=lambda item: (-item[1][0], item[0]))
        for own, (share, first) in ranked[:_MOST_PAIRS]:
            example, earlier = self.examples[own], self.examples[first]
            which = "" if example.label == earlier.label else f", which is `{earlier.label}`"
            like = f"shares {share:.0%} of its trigrams with line {earlier.line}{which}"
            yield self._warning(f"{like}; reword one of them, or drop it", example.line)
        if (more := len(ranked) - _MOST_PAIRS) > 0:
            yield self._warning(f"{counted(more, 'more near-duplicate')}, less close")

    def rare_labels(self) -> Iterator[Finding]:
        total = len(self.examples)
        for stance in READING_ORDER:
            if self.counts[stance] < _RARE * total:
                few = f"only {self.counts[stance]} of {counted(total, 'example')}"
                yield self._warning(f"`{stance}` is the label of {few}; write more of them")

    def lengths(self) -> Iterator[Finding]:
        """Yield the labels whose examples are much longer than those of the next shorter label."""
        means = sorted(
            (sum(len(one.text) for one in self.examples if one.label == label) / count, label)
            for label, count in self.counts.items()
            if count >= _FEW
        )
        if len(means) > 1 and means[-1][0] > _LONGER * means[0][0]:
            (short, shorter), (long, longer) = means[0], means[-1]
            yield self._warning(
                f"examples labelled `{longer}` have {long:.0f} characters on average, those "
                f"labelled `{shorter}` {short:.0f}; make them alike in length"
            )

    def giveaways(self) -> Iterator[Finding]:
        """Yield what only examples of one label contain, although it is no argument."""
        total: Counter[str] = Counter()
        own: dict[Stance, Counter[str]] = {stance: Counter() for stance in STANCES}
        names: dict[str, str] = {}
        for example, marks in zip(self.examples, self._marks(), strict=True):
            total.update(marks.keys())
            own[example.label].update(marks.keys())
            for mark, name in marks.items():
                names.setdefault(mark, name)
        found = []
        for mark, count in total.items():
            label, most = max(((s, own[s][mark]) for s in READING_ORDER), key=lambda pair: pair[1])
            others = 1 - self.counts[label] / len(self.examples)
            # Of a label that most examples have, a word must say more than that.
            if count >= _FREQUENT and 1 - most / count <= min(1 - _TELLING, others / 2):
                found.append((count, names[mark], most / count, label))
        found.sort(key=lambda one: (-one[0], one[1]))
        for count, name, share, label in found[:_MOST_WORDS]:
            yield self._warning(
                f"{name}: of {count} examples with it, {share:.0%} are labelled `{label}`; "
                "use it with the other labels as well"
            )
        if (more := len(found) - _MOST_WORDS) > 0:
            yield self._warning(f"{counted(more, 'more word')} that give a label away")

    def _marks(self) -> Iterator[dict[str, str]]:
        """Yield what each text contains that is no argument, and how to call it."""
        for readings in self.voter.reader.read(self.texts):
            codes, mentions = readings.batch.codes, readings.mentions
            at = readings.batch.sentence.take(mentions.starts)
            bounds = np.searchsorted(at, np.arange(len(readings) + 1))
            for number, (first, last) in enumerate(pairwise(bounds.tolist())):
                text = readings.batch.text(number)
                marks: dict[str, str] = {}
                for start, end in zip(
                    mentions.starts[first:last].tolist(),
                    mentions.ends[first:last].tolist(),
                    strict=True,
                ):
                    word = "".join(map(chr, codes[start:end].tolist()))
                    marks.setdefault(word, f"the mention `{word}`")
                for word in _LATIN.findall(text):
                    marks.setdefault(word, f"the word `{word}`")
                for char in set(text):
                    if unicodedata.category(char)[0] in "PS":
                        marks[char] = f"the mark `{_FULL_WIDTH.get(char, char)}`"
                    elif char.isdecimal():
                        marks["0"] = "digits"
                yield marks

    def contradictions(self, label_model: LabelModelName) -> Iterator[Finding]:
        """Yield the rules that say favor or against where the label differs, the worst first."""
        votes = self.voter.vote_matrix(self.texts)
        weak = LabelModel(label_model, self.voter.weights).fit(votes)(votes).label
        labels = label_indices(example.label for example in self.examples)
        wrong = (weak != ABSTAIN) & (weak != STANCES.index("none")) & (weak != labels)
        if not wrong.any():
            return
        blamed = (votes == weak[:, None]) & wrong[:, None]
        right = ((votes == labels[:, None]) & (votes != ABSTAIN)).sum(axis=0)
        counts = blamed.sum(axis=0)
        ranked = [i for i in np.argsort(-counts, kind="stable").tolist() if counts[i]]
        listed = f"; the first {_MOST_RULES} of {len(ranked)} such rules follow"
        yield self._warning(
            f"rules contradict {wrong.sum()} of {counted(len(labels), 'example')}: they say "
            f"`favor` or `against`, and the label differs{listed * (len(ranked) > _MOST_RULES)}"
        )
        for i in ranked[:_MOST_RULES]:
            lines = [self.examples[row].line for row in np.flatnonzero(blamed[:, i]).tolist()]
            shown = ", ".join(map(str, lines[:_MOST_LINES])) + ", ..." * (len(lines) > _MOST_LINES)
            yield self._warning(
                f"rule `{self.voter.names[i]}` contradicts {counted(len(lines), 'example')} "
                f"(line{'s' * (len(lines) > 1)} {shown}) and agrees with {right[i]}; correct "
                "whichever is wrong",
                lines[0],
            )

    def _warning(self, what: str, line: int | None = None) -> Finding:
        return Finding("warning", self.path, line, what)
