"""The contract of an exercise: what it asks, what counts as right, and what students get wrong.

An assignment declares its exercises in ``solutions/<slug>/exercises.py`` with the classes of this file.
From that one declaration the build derives the notebook's headings, the public cases on the learner's
machine, the oracle's hidden cases, the page of the assignment in the book and the gates of the test suite.
The file holds declarations only: no answer, no case and no mistake.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

__all__ = ["USUAL_SECONDS", "Case", "Exercise", "Group", "Measure", "Mistake", "Tolerance", "Trial"]

USUAL_SECONDS = 5.0


@dataclass(frozen=True)
class Group:
    """Cases that are worth points together: all of them pass, or none of the points are given.

    Attributes
    ----------
    name : str
        Short identifier, used by the cases (``"worked"``).
    points : int
        Points for the whole group.
    title : str
        What the group looks at, in words a student may read ("a kernel longer than the signal").
    """

    name: str
    points: int
    title: str


@dataclass(frozen=True)
class Trial:
    """What is done with the network that a call returns: it is examined, given weights and run.

    Attributes
    ----------
    inputs : tuple
        Arguments of the forward pass, plain data; a `checks.plain.Tensor` stands for a tensor.
    weights : mapping of str to ndarray or None
        Values of all parameters, and of the buffers that the output depends on, by name. With None the
        network keeps those that the call gave it, and their names are nobody's concern.
    mode : {"eval", "train"}
    """

    inputs: tuple
    weights: Mapping[str, np.ndarray] | None = None
    mode: Literal["eval", "train"] = "eval"


@dataclass(frozen=True)
class Case:
    """One call of the student's function.

    Attributes
    ----------
    group : str
        Name of the group the case belongs to.
    label : str
        What the case probes, in a few words ("an impulse"); shown for public cases only.
    args, kwargs : tuple, dict
        Plain data only: numbers, strings, arrays, and lists, tuples or dicts of these.
    trial : Trial or None
        Where the call is to return a network (a ``torch.nn.Module``): what is done with it.
    truth : object
        Where the answer is measured: plain data that it is measured by. The function is never given it; that
        of a public case lies in the release.
    """

    group: str
    label: str
    args: tuple
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    trial: Trial | None = None
    truth: Any = None


@dataclass(frozen=True)
class Mistake:
    """A wrong solution that students really write.

    Attributes
    ----------
    function : callable
        The wrong solution; self-contained, using only names that the notebook's first cell imports.
    sentence : str
        What the student who wrote it needs to hear. It names the misconception, not the fix's code.
    link : str
        Paragraph of the book that explains it, as ``"<slug>.html#<anchor>"``.
    remedy : str
        Where answers are measured, they are not compared with this one's. It is named when this remedy, one
        of the measure's (see `checks.measuring`), makes a bad answer much better.
    """

    function: Callable
    sentence: str
    link: str
    remedy: str = ""


@dataclass(frozen=True)
class Tolerance:
    """How far an answer may be from the reference: ``|got - expected| <= absolute + relative * |expected|``.

    ``reason`` says why this much and not less ("sums of 9 products in float64, any order").
    """

    absolute: float
    relative: float
    reason: str


@dataclass(frozen=True)
class Measure:
    """How good an answer must be, where no single answer is the right one: what a network has learnt, say.

    Attributes
    ----------
    name : str
        What is measured: a name in ``checks.measuring.SCALES``, which the release holds.
    least : mapping of str to float
        By group, what its answers must reach. Groups that are not in it are compared with the reference.
        Where answers are measured, neither the reference nor a mistake is run for a learner.
    """

    name: str
    least: Mapping[str, float]


@dataclass(frozen=True)
class Exercise:
    """One function, or one class of networks, that a learner writes.

    Attributes
    ----------
    name : str
        Name of the function, of its answer cell and, with ``check-`` before it, of its check cell.
    title : str
        Heading ("Convolution by translate-and-scale").
    task : str
        What is asked, as Markdown (one short paragraph or two); shown in the notebook and in the book.
    reference : callable
        The right answer, from ``convnets`` or a short function where the chapter gives none.
    groups : tuple of Group
        In the order in which they are checked.
    public : tuple of Case
        Few, chosen to be read. Every group may have public cases, hidden cases or both.
    hidden : callable
        ``hidden(rng) -> iterable of Case`` with ``rng`` a ``numpy.random.Generator`` drawn for each run.
    mistakes : tuple of Mistake
        At least three.
    variants : tuple of callable
        Right answers written differently; they must score full marks.
    tolerance : Tolerance
    banned : tuple of str
        Dotted names that may not be used, full or prefix: ``"numpy.convolve"``, ``"scipy.signal"``.
    difficulty : int
        1 (warm-up) to 3 (hard).
    minutes : int
        Time a typical learner needs.
    hints : tuple of str
        Three, from a nudge to nearly the answer, as Markdown.
    section : str
        Paragraph of the book it belongs to, as ``"<slug>.html#<anchor>"``.
    seconds : float
        Time allowance for one call. Nothing is graded on speed: this only stops loops that never end.
        More than `USUAL_SECONDS` are added to what the whole notebook may take.
    measure : Measure or None
        For answers that are measured instead of compared.
    """

    name: str
    title: str
    task: str
    reference: Callable
    groups: tuple[Group, ...]
    public: tuple[Case, ...]
    hidden: Callable[[np.random.Generator], Iterable[Case]]
    mistakes: tuple[Mistake, ...]
    variants: tuple[Callable, ...]
    tolerance: Tolerance
    difficulty: int
    minutes: int
    hints: tuple[str, str, str]
    section: str
    banned: tuple[str, ...] = ()
    seconds: float = USUAL_SECONDS
    measure: Measure | None = None

    @property
    def points(self) -> int:
        """Points of the whole exercise: the sum over its groups."""
        return sum(group.points for group in self.groups)

    def least(self, group: str) -> float | None:
        """Return what the measure of a group's answers must reach; None where they are compared."""
        return self.measure.least.get(group) if self.measure else None
