"""The pipeline's settings: one section a stage, checked when that stage reads it."""

from __future__ import annotations

from os import PathLike
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from stanceclf.features import Feature, check_features
from stanceclf.io import Section, YamlFile
from stanceclf.rules import LabelModelName
from stanceclf.training.samples import LabelSource

_Range = Annotated[tuple[int, int], Field(strict=False)]
_Seed = Annotated[int, Field(ge=0, lt=2**32)]


class SentencesConfig(Section):
    """Settings of the stage ``sentences``.

    Attributes
    ----------
    boilerplate : {"drop", "keep"}
        What to do with the lines that a web page puts around an article.
    """

    boilerplate: Literal["drop", "keep"] = "drop"


class LabelConfig(Section):
    """Settings of the stage ``label``.

    Attributes
    ----------
    model : {"majority", "weighted", "dawid-skene"}
        How votes become a weak label.
    """

    model: LabelModelName = "weighted"


class TrainConfig(Section):
    """Settings of the stage ``train``; those from `features` to `seed` are `StanceClassifier`'s.

    Attributes
    ----------
    labels : {"weak", "gold", "both"}
        Which labels to learn from.
    examples : bool
        Whether to learn from the rules' own examples too.
    abstained : float
        How much a sentence that no rule reaches counts, as one of no stance.
    sentences : int or None
        How many sentences of articles to learn from at most, drawn from each stance alike; None for
        all.
    features : tuple of str
        What to count.
    char_ngrams, word_ngrams : (int, int)
        The shortest and the longest n-gram of each kind.
    min_df : int
        N-grams that fewer sentences hold are left out.
    C : float
        Inverse strength of the L2 penalty.
    class_weight : {"balanced", None}
        Whether rare stances weigh as much as common ones.
    rule_weight : float
        How much a stance that all votes are for gains at prediction, in log-odds.
    seed : int
        Seed of the solver.
    folds : int
        In how many parts the articles are cross-validated, at most.
    """

    labels: LabelSource = "weak"
    examples: bool = True
    abstained: Annotated[float, Field(ge=0, le=1)] = 1.0
    sentences: Annotated[int, Field(ge=100)] | None = 100_000
    features: Annotated[tuple[Feature, ...], Field(min_length=1, strict=False)] = ("chars",)
    char_ngrams: _Range = (1, 2)
    word_ngrams: _Range = (1, 2)
    min_df: Annotated[int, Field(ge=1)] = 1
    C: Annotated[float, Field(ge=1e-6, le=1e6)] = 1.0
    class_weight: Literal["balanced"] | None = "balanced"
    rule_weight: Annotated[float, Field(ge=0, le=100)] = 3.0
    seed: _Seed = 0
    folds: Annotated[int, Field(ge=2)] = 5

    @model_validator(mode="after")
    def _shortest_first(self) -> TrainConfig:
        for name in ("char_ngrams", "word_ngrams"):
            shortest, longest = getattr(self, name)
            if not 1 <= shortest <= longest <= 20:
                raise ValueError(f"`{name}` must be [shortest, longest], from 1 to 20")
        check_features(self.features)
        return self


class EvaluateConfig(Section):
    """Settings of the stage ``evaluate``.

    Attributes
    ----------
    resamples : int
        How many bootstrap resamples an interval rests on.
    confidence : float
        The share of them that it holds.
    seed : int
        Seed of the resampling.
    worst : int
        How many of the worst errors to list.
    """

    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    seed: _Seed = 0
    worst: Annotated[int, Field(ge=0)] = 20


class _PipelineFile(Section):
    """The sections that a file may have."""

    sentences: object = None
    label: object = None
    train: object = None
    evaluate: object = None


_Config = TypeVar("_Config", SentencesConfig, LabelConfig, TrainConfig, EvaluateConfig)


def load_config(path: str | PathLike[str], section: str, schema: type[_Config]) -> _Config:
    r"""Read one stage's section of the pipeline's settings; what it leaves out has its default.

    Parameters
    ----------
    path : path-like
        A YAML file, like ``configs/pipeline.yaml``.
    section : str
        The stage's name.
    schema : type
        The section's class.

    Raises
    ------
    StanceclfError
        The file or the section says something it must not; named by line and key.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "设置.yaml")
    >>> _ = path.write_text("train:\n  features: [words]\n", encoding="utf-8")
    >>> load_config(path, "train", TrainConfig).features
    ('words',)
    """
    file = YamlFile(path)
    if file.data is None:
        return schema()
    sections = file.check(_PipelineFile)
    return schema() if getattr(sections, section) is None else file.check(schema, section)
