"""The settings of the pipeline: one section per stage, checked when that stage reads it."""

from __future__ import annotations

from os import PathLike
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from stanceclf.features import Feature, check_features
from stanceclf.io import Section, YamlFile, YamlText
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
    text_column : str or None
        The column of texts in tables; None for ``text``, or the only one.
    """

    boilerplate: Literal["drop", "keep"] = "drop"
    text_column: YamlText | None = None


class LabelConfig(Section):
    """Settings of the stage ``label``.

    Attributes
    ----------
    model : {"majority", "weighted", "dawid-skene"}
        How votes are combined into a weak label.
    """

    model: LabelModelName = "weighted"


class TrainConfig(Section):
    """Settings of the stage ``train``; from `features` to `seed`, those of `StanceClassifier`.

    Attributes
    ----------
    labels : {"weak", "gold", "both"}
        Which labels to learn from.
    examples : bool
        Whether to learn from examples too: those of the rules and those written for the topic.
    weak : float
        Weight of weak labels, compared with written examples; without such examples, it is 1.
    abstained : float
        Weight, as an example of ``none``, of a sentence on which no rule votes, compared with a
        weak label.
    sentences : int or None
        Maximum number of sentences to learn from, about the same for each stance; None for all.
    features : tuple of str
        The features.
    char_ngrams, word_ngrams : (int, int)
        Length of the shortest and the longest n-grams.
    min_df : int
        Ignore n-grams that occur in fewer sentences.
    C : float
        Inverse of the strength of the L2 penalty.
    class_weight : {"balanced", None}
        Whether rare stances get the same total weight as common ones.
    rule_weight : float
        The log-odds that a stance gains at prediction if all votes, of enough weight, are for it.
    silence : float
        The log-odds that ``none`` gains at prediction if no rule votes.
    half_weight : float
        The total weight of votes at which they count half: a single light vote counts less.
    temperature : float
        What the log-odds from n-grams are divided by: below 1, probabilities are more certain.
    seed : int
        Seed of the solver.
    context : float
        What a stance's log-odds gain if all sentences around one have it; 0 to ignore these.
    folds : int
        Number of folds of the cross-validation by article, at most.
    """

    labels: LabelSource = "weak"
    examples: bool = True
    weak: Annotated[float, Field(gt=0, le=100)] = 1.0
    abstained: Annotated[float, Field(ge=0, le=1)] = 1.0
    sentences: Annotated[int, Field(ge=100)] | None = 100_000
    features: Annotated[tuple[Feature, ...], Field(min_length=1, strict=False)] = ("chars",)
    char_ngrams: _Range = (1, 2)
    word_ngrams: _Range = (1, 2)
    min_df: Annotated[int, Field(ge=1)] = 1
    C: Annotated[float, Field(ge=1e-6, le=1e6)] = 1.0
    class_weight: Literal["balanced"] | None = "balanced"
    rule_weight: Annotated[float, Field(ge=0, le=100)] = 3.0
    silence: Annotated[float, Field(ge=0, le=100)] = 0.0
    half_weight: Annotated[float, Field(ge=0, le=100)] = 0.3
    temperature: Annotated[float, Field(ge=0.01, le=100)] = 1.0
    seed: _Seed = 0
    context: Annotated[float, Field(ge=0, le=100)] = 0.0
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
        Number of bootstrap resamples for an interval.
    confidence : float
        Confidence level of an interval.
    seed : int
        Seed of the resampling.
    worst : int
        Number of errors to list.
    """

    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    seed: _Seed = 0
    worst: Annotated[int, Field(ge=0)] = 20


class _PipelineFile(Section):
    """The sections of the file."""

    sentences: object = None
    label: object = None
    train: object = None
    evaluate: object = None


_Config = TypeVar("_Config", SentencesConfig, LabelConfig, TrainConfig, EvaluateConfig)


def load_config(path: str | PathLike[str], section: str, schema: type[_Config]) -> _Config:
    r"""Read the section of one stage; settings that it leaves out have their defaults.

    Parameters
    ----------
    path : path-like
        A YAML file such as ``configs/pipeline.yaml``.
    section : str
        The stage's name.
    schema : type
        The class of the section.

    Raises
    ------
    StanceclfError
        The file or the section is invalid; the message gives line and key.

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
