"""Networks that answers return: examined, given weights, run; whatever they are, a message comes of it."""

import dataclasses
import json

import numpy as np
import pytest

from checks import public, wire
from checks.calling import call
from checks.checking import report_on
from checks.contract import Case, Exercise, Group, Mistake, Tolerance, Trial
from checks.diagnosing import resemblance
from checks.judging import judge
from checks.outcome import Outcome
from checks.packing import WireError, pack, unpack
from checks.parameters import listed
from checks.plain import Network, Tensor, same
from checks.reporting import Report, html, text
from checks.respond import respond
from checks.showing import written_case

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

EXACT = Tolerance(0.0, 0.0, "whole numbers")
X = Tensor(np.array([[1.0, 10.0]], dtype=np.float32))
WEIGHTS = {"weight": np.array([[2.0, 3.0]]), "bias": np.array([1.0])}
TRIAL = Trial((X,), WEIGHTS)


def neuron():
    return nn.Linear(2, 1)


class Neuron(nn.Module):
    def __init__(self, slope=1.0):
        super().__init__()
        self.weight, self.bias, self.slope = (
            nn.Parameter(torch.ones(1, 2)),
            nn.Parameter(torch.ones(1)),
            slope,
        )

    def forward(self, x):
        return self.slope * (x @ self.weight.T + self.bias)


def tried(function, *args, trial=TRIAL):
    return call(function, args, trial=trial)


def judged(function, *args, expected=neuron, trial=TRIAL):
    return judge(tried(function, *args, trial=trial), tried(expected, trial=trial), EXACT)


# --- what comes of a network -----------------------------------------------------------------------


@pytest.mark.parametrize("function", [neuron, Neuron], ids=["function", "class"])
def test_a_network_is_examined_given_weights_and_run(function):
    """2 · 1 + 3 · 10 + 1 = 33, by hand."""
    outcome = tried(function)
    assert outcome.kind == "value"
    assert outcome.value.parameters == {"weight": (1, 2), "bias": (1,)}
    assert outcome.value.output.array.tolist() == [[33.0]]
    assert not outcome.value.changed


def test_arguments_reach_the_network_and_its_own_weights_stay_where_none_are_given():
    outcome = tried(Neuron, 2.0, trial=Trial((X,)))
    assert outcome.value.output.array.tolist() == [[24.0]]
    assert outcome.value.parameters == {}


def test_weights_that_do_not_fit_are_not_loaded_and_nothing_is_run():
    outcome = tried(lambda: nn.Linear(3, 1))
    assert outcome.value.parameters == {"weight": (1, 3), "bias": (1,)}
    assert outcome.value.output is None


def test_batch_normalisation_in_both_modes():
    """In training the batch's mean 2 and variance 1 count, in evaluation the given 1 and 4 - 1e-5."""
    weights = {"weight": np.ones(1), "bias": np.zeros(1), "running_mean": np.ones(1)}
    weights |= {"running_var": np.array([4.0 - 1e-5])}
    x = Tensor(np.array([[1.0], [3.0]], dtype=np.float32))
    for mode, wanted in {"train": [-1.0, 1.0], "eval": [0.0, 1.0]}.items():
        outcome = tried(lambda: nn.BatchNorm1d(1), trial=Trial((x,), weights, mode))
        np.testing.assert_allclose(outcome.value.output.array.ravel(), wanted, rtol=0, atol=1e-5)
        assert outcome.value.buffers == {"running_mean": (1,), "running_var": (1,)}


def test_dropout_that_forgets_the_mode_drops_the_same_in_every_run():
    class Forgetful(nn.Module):
        def forward(self, x):
            return nn.functional.dropout(x)

    x = Tensor(np.ones((1, 50), dtype=np.float32))
    state = torch.get_rng_state()
    first, second = (tried(Forgetful, trial=Trial((x,), {})).value.output for _ in range(2))
    assert same(first, second)
    assert not same(first, x)
    assert torch.equal(torch.get_rng_state(), state)


def test_an_array_is_no_network_and_is_kept_as_it_is():
    outcome = tried(lambda: np.ones(2))
    assert outcome.value.tolist() == [1.0, 1.0]


# --- what a student reads --------------------------------------------------------------------------


class Masked(Neuron):
    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.ones(1, 2))


def renamed():
    return nn.Sequential(nn.Linear(2, 1))


def wide():
    return nn.Linear(2, 4)


def biased_twice():
    network = nn.Linear(2, 1)
    network.extra = nn.Parameter(torch.zeros(3))
    return network


class InPlace(Neuron):
    def forward(self, x):
        out = super().forward(x)
        x += 1
        return out


def test_buffers_of_one_s_own_are_allowed():
    assert judged(Masked).passed


@pytest.mark.parametrize(
    ("function", "kind", "sentence"),
    [
        (
            renamed,
            "shape",
            "Your network has no parameter `weight`, which was expected in shape (1, 2).",
        ),
        (
            wide,
            "shape",
            "The parameter `weight` of your network has shape (4, 2); (1, 2) was expected. In all it has 12 "
            "parameters; 3 were expected.",
        ),
        (
            biased_twice,
            "shape",
            "Your network has a parameter too many: `extra`, of shape (3,). In all it has 6 parameters; 3 "
            "were expected.",
        ),
        (
            InPlace,
            "changed",
            "Your network's output is right, but the forward pass changed its input, which others may need. "
            "Which step works in place: `+=`, `relu_`, `inplace=True`?",
        ),
        (
            lambda: np.ones((1, 1)),
            "type",
            "Your result is an array of shape (1, 1); a network (a `torch.nn.Module`) was expected.",
        ),
        (
            lambda: Neuron,
            "unsupported",
            "Your function returned a `type`, not its result. Are the round brackets missing that make an "
            "instance of the class?",
        ),
        (
            lambda: print("x"),
            "none",
            "Your function printed something but returned nothing (`None`): `print` only "
            "shows a value, `return` hands it back.",
        ),
    ],
)
def test_each_difference_has_its_sentence(function, kind, sentence):
    verdict = judged(function)
    assert (verdict.passed, verdict.kind, verdict.sentence) == (False, kind, sentence)


def test_parameters_are_listed_side_by_side():
    came, expected = tried(biased_twice), tried(neuron)
    report = Report("f", "failed", "", outcome=came, expected=expected, verdict=judge(came, expected, EXACT))
    shown = text(report)
    assert shown.endswith(
        "          came    expected (* differs)\n"
        "  weight  (1, 2)  (1, 2)\n"
        "  bias    (1,)    (1,)\n"
        "  extra   (3,)    – *"
    )
    assert html(report).count("<tr ") == 4


def test_a_long_list_begins_with_what_differs():
    got, expected = ({f"layer{i}.weight": (size, i) for i in range(90)} for size in (1, 1))
    rows = listed(got | {"layer80.weight": (2,)}, expected)
    assert len(rows) == 24
    assert rows[0] == ("layer80.weight", "(2,)", "(1, 80)", True)
    assert not any(row[3] for row in rows[1:])


def test_a_wrong_output_is_shown_like_any_other():
    verdict = judged(lambda: Neuron(2.0))
    assert (
        verdict.sentence
        == "The output of your network: The only value, at index [0, 0], differs: 66 came, 33 was expected."
    )
    assert verdict.path == ("output",)
    assert verdict.discreet == "The output of your network has the right shape, but not the right values."


def test_a_missing_buffer_is_named():
    weights = {
        "running_mean": np.zeros(2),
        "running_var": np.ones(2),
        "weight": np.ones(2),
        "bias": np.ones(2),
    }
    verdict = judged(
        lambda: nn.BatchNorm1d(2, track_running_stats=False),
        expected=lambda: nn.BatchNorm1d(2),
        trial=Trial((X,), weights),
    )
    assert verdict.sentence.startswith("Your network has no buffer `running_mean`")


def test_a_result_that_is_a_network_where_data_is_expected():
    verdict = judge(Outcome("value", value=Network()), Outcome("value", value=np.ones(2)), EXACT)
    assert verdict.sentence == "Your result is a network; a NumPy array was expected."


def test_a_discreet_sentence_holds_no_name_that_a_student_has_chosen():
    network = nn.Module()
    network.secret = nn.Parameter(torch.ones(7))
    verdict = judged(lambda: network)
    assert verdict.discreet == "Your network does not have the parameters that were asked for."


def test_a_network_whose_output_is_the_right_one_rearranged_is_recognised():
    outcome = Outcome("value", value=Network(output=Tensor(np.array([1.0, 2.0, 4.0]))))
    expected = Outcome("value", value=Network(output=Tensor(np.array([4.0, 2.0, 1.0]))))
    assert "reversed" in resemblance(outcome, expected)


def test_the_call_is_written_as_one_would_type_it():
    case = Case("one", "a case", (2,), {"bias": True}, Trial((X,), WEIGHTS, "train"))
    assert written_case("build", case) == (
        "network = build(2, bias=True)\n"
        "# its parameters and buffers are set to given numbers\n"
        "network.train()\n"
        "network(torch.tensor([[ 1., 10.]], dtype=torch.float32))"
    )
    assert "numbers" not in written_case("build", dataclasses.replace(case, trial=Trial((X,))))


# --- hostile networks ------------------------------------------------------------------------------


class Numbered(Neuron):
    """Its parameters have numbers for names."""

    def named_parameters(self, *args, **kwargs):
        raise RuntimeError("not today")

    def __init__(self):
        super().__init__()
        self._parameters[3] = nn.Parameter(torch.ones(1))


class Liar(Neuron):
    """Says that it has what is asked for, loads nothing, and is larger than any memory."""

    def __init__(self):
        super().__init__()
        self.big = nn.Parameter(torch.empty(10**9, 10**9, device="meta"))

    def state_dict(self, *args, **kwargs):
        return WEIGHTS

    def load_state_dict(self, *args, **kwargs):
        raise SystemExit

    def parameters(self, *args, **kwargs):
        return iter(())


class Deaf(Neuron):
    def state_dict(self, *args, **kwargs):
        return {}

    def load_state_dict(self, *args, **kwargs):
        raise SystemExit


class Stubborn(Neuron):
    def train(self, mode=True):
        raise KeyboardInterrupt


class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        self.many = nn.ParameterList(torch.ones(0) for _ in range(10_001))


def giving(value):
    class Giving(Neuron):
        def forward(self, x):
            return value() if callable(value) else value

    return Giving


def test_what_a_network_says_of_itself_is_not_asked():
    assert judged(Deaf).passed
    assert judged(Liar).sentence.startswith("Your network has a parameter too many: `big`")


class Forwards(Neuron):
    forward = nn.Module.forward

    def forwards(self, x):
        return x


@pytest.mark.parametrize(
    ("function", "kind", "said"),
    [
        (Forwards, "raised", "no method called `forward`"),
        (Numbered, "unsupported", "network whose parameters cannot be listed (TypeError)"),
        (Stubborn, "raised", "interrupted"),
        (Endless, "unsupported", "more than 10000 arrays of parameters"),
        (lambda: nn.LazyLinear(1), "unsupported", "no shape yet"),
        (giving(lambda: 1 / 0), "raised", "ZeroDivisionError"),
        (giving(None), "none", "The output of your network is `None`"),
        (giving("33"), "type", "The output of your network is a text"),
        (giving(lambda: (i for i in range(3))), "unsupported", "generator"),
        (giving(torch.ones(1, 1).to_sparse()), "unsupported", "tensor of dtype float32"),
        (giving(torch.empty(1, 1, device="meta")), "unsupported", "tensor of dtype float32"),
        (giving(torch.full((1, 1), float("nan"))), "nan", "NaN"),
        (giving(lambda: Neuron()), "unsupported", "Neuron"),
        (giving([[33.0]]), "type", "a PyTorch tensor was expected"),
    ],
)
def test_a_hostile_network_gets_a_message_and_no_credit(function, kind, said):
    verdict = judged(function)
    assert not verdict.passed
    assert verdict.kind == kind
    assert said in verdict.sentence


def test_a_forward_pass_without_end_is_stopped():
    def forever():
        while True:
            pass

    outcome = call(giving(forever), (), seconds=0.2, trial=TRIAL)
    assert outcome.kind == "timeout"


def test_the_line_of_a_class_is_found():
    outcome = tried(giving(lambda: 1 / 0))
    assert "1 / 0" in outcome.line


# --- over the wire ---------------------------------------------------------------------------------


def test_request_and_reply_hold_the_same_network():
    request = wire.encode_request("Neuron", (2.0,), {}, 1.0, TRIAL)
    outcome = wire.decode_outcome(respond(request, {"Neuron": Neuron}))
    assert same(outcome.value, tried(Neuron, 2.0).value)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [1, 2, 3],
        pack([{}, {}, None, 1]),
        pack([{"w": (1.5,)}, {}, None, False]),
        pack([{"w": [1]}, {}, None, False]),
        pack([{"w": (-1,)}, {}, None, False]),
        pack([{3: (1,)}, {}, None, False]),
        pack([[], {}, None, False]),
        pack([{}, {"w": 1}, None, False]),
    ],
    ids=json.dumps,
)
def test_a_malformed_network_is_an_error_of_the_wire(body):
    with pytest.raises(WireError):
        unpack({"network": body})


# --- on the learner's machine ----------------------------------------------------------------------

CLOSED = {"0.weight": np.array([[-1.0, 0.0]]), "0.bias": np.array([0.0])}
GATE = Exercise(
    name="Gate",
    title="A gate",
    task="Build it.",
    reference=lambda: nn.Sequential(nn.Linear(2, 1), nn.ReLU()),
    groups=(Group("all", 2, "All"),),
    public=(Case("all", "one neuron", (), trial=Trial((X,), CLOSED)),),
    hidden=lambda rng: [],
    mistakes=(Mistake(lambda: nn.Sequential(nn.Linear(2, 1)), "The ReLU is missing.", "a.html#b"),),
    variants=(),
    tolerance=EXACT,
    difficulty=1,
    minutes=1,
    hints=("One.", "Two.", "Three."),
    section="a.html#b",
)


class Gate(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(2, 1), nn.ReLU())


@pytest.fixture
def written(tmp_path, monkeypatch):
    path = tmp_path / "public_cases.json"
    public.write(path, [GATE])
    monkeypatch.setattr(public.read, "__defaults__", (path,))
    return path


def test_the_file_of_public_cases_holds_the_trial(written):
    (case,) = public.read(written)["Gate"].cases
    assert same(vars(case.trial), vars(GATE.public[0].trial))
    assert case.expected.value.output.array.tolist() == [[0.0]]


def test_a_class_is_checked_and_its_mistake_is_named(written):
    assert report_on(Gate, {}).status == "passed"

    class Straight(nn.Sequential):
        def __init__(self):
            super().__init__(nn.Linear(2, 1))

    Straight.__name__ = "Gate"
    report = report_on(Straight, {})
    assert report.explanation == "The ReLU is missing."
    assert report.call.startswith("network = Gate()\n# its parameters")


def test_a_class_that_is_not_asked_for_is_refused(written):
    assert report_on(Neuron, {}).sentence.startswith("`check` takes a function, but was given the class")
