"""What scikit-learn's tools ask of a classifier that has been fitted, without scikit-learn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sklearn.utils import Tags


class FittedClassifier:
    """The base of a model that scikit-learn's tools can use, but not fit again."""

    classes_: npt.NDArray[np.str_]

    @abstractmethod
    def predict(self, texts: Iterable[str]) -> npt.NDArray[np.str_]:
        """Return the most probable class of each sentence."""

    def score(
        self,
        texts: Iterable[str],
        labels: Sequence[str],
        sample_weight: Sequence[float] | None = None,
    ) -> float:
        """Return the accuracy: the share of sentences whose most probable class is their label.

        Parameters
        ----------
        texts : sequence of str
            The sentences.
        labels : sequence of str
            Their labels.
        sample_weight : sequence of float, optional
            Their weights; by default all are equal.

        Raises
        ------
        ValueError
            There is not one label per sentence.

        Examples
        --------
        >>> from stanceclf import StanceClassifier
        >>> texts, labels = ["开源便宜", "闭源便宜", "下雨"], ["favor", "against", "none"]
        >>> model = StanceClassifier().fit(texts, labels).freeze()
        >>> model.score(["开源！", "下雨！"], ["favor", "favor"])
        0.5
        """
        predicted, known = self.predict(texts), np.asarray(labels)
        if predicted.shape != known.shape:
            raise ValueError(f"{len(predicted)} sentences, but labels of shape {known.shape}")
        return float(np.average(predicted == known, weights=sample_weight))

    def fit(self, *_: object, **__: object) -> NoReturn:
        """Raise a TypeError: what has been learned is fixed.

        scikit-learn asks for this method, but calls it only to fit anew.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            f"{type(self).__name__} is already trained and cannot be fitted: to train or to "
            "cross-validate use StanceClassifier; to use it within a tool that fits, wrap it in "
            "sklearn.frozen.FrozenEstimator"
        )

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return an empty dict: nothing can be set."""
        return {}

    def set_params(self, **params: object) -> Self:
        """Return the model; raise a ValueError for any parameter."""
        if params:
            raise ValueError(f"{type(self).__name__} has no parameter {', '.join(params)}")
        return self

    def __sklearn_clone__(self) -> Self:
        """Return the model itself: it cannot change."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Return True."""
        return True

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags: a classifier whose input is strings."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=False),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
            requires_fit=False,
        )
