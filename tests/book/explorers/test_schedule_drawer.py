"""Schedules drawn in the browser, compared with convnets.training."""

import numpy as np
import pytest

from convnets.training import Settings
from convnets.training.schedules import learning_rates, step_on_plateau
from convnets.widgets.schedule_drawer import OPTIONS, ScheduleDrawer

FILE = "schedule_drawer"
STEPS = 25
OF_LIBRARY = {
    "constant": lambda options: {},
    "step": lambda options: {"at": (options["first"], options["second"]), "factor": options["factor"]},
    "cosine": dict,
    "one_cycle": dict,
}
CASES = [
    ("constant", {}),
    ("step", {}),
    ("step", {"first": 0.8, "second": 0.3, "factor": 0.5}),
    ("cosine", {}),
    ("cosine", {"warm_up": 0}),
    ("cosine", {"warm_up": 0.35, "final": 0.2}),
    ("one_cycle", {}),
    ("one_cycle", {"rise": 0.05, "start": 0.5, "final": 0.1, "anneal": "linear"}),
]


def settings(kind, options, rate=0.3):
    return Settings(learning_rate=rate, schedule=kind, schedule_options=OF_LIBRARY[kind](options))


def test_rates_agree_with_the_library(pure):
    for kind, changed in CASES:
        options = OPTIONS[kind] | changed
        # both in double precision: a cosine and a few products
        exact = {"rtol": 1e-13, "atol": 1e-15, "err_msg": f"{kind} {options}"}
        found = pure(FILE, "factors", kind, options, 40)
        np.testing.assert_allclose(found, learning_rates(settings(kind, options, 1), 40), **exact)
        run = pure(FILE, "train", kind, options, 7, 0.3)
        np.testing.assert_allclose(run["rates"], learning_rates(settings(kind, options), 7 * STEPS), **exact)


def test_steps_on_a_plateau_agree_with_the_library(pure):
    rng = np.random.default_rng(3)
    for _ in range(20):
        losses = (1 / np.arange(1, 40) + rng.uniform(0, 0.2, size=39)).tolist()
        options = {
            "factor": 0.3,
            "patience": int(rng.integers(0, 8)),
            "threshold": float(rng.uniform(0, 0.1)),
        }
        assert pure(FILE, "stepOnPlateau", losses, options) == step_on_plateau(losses, **options)


def test_a_run_on_a_plateau_follows_its_own_losses(pure):
    options = {"factor": 0.1, "patience": 2, "threshold": 0.01}
    run = pure(FILE, "train", "plateau", options, 60, 0.1)
    of_epochs = np.array(run["rates"]).reshape(60, STEPS)
    assert (of_epochs == of_epochs[:, :1]).all()
    np.testing.assert_array_equal(
        of_epochs[:, 0], 0.1 * np.array([1, *step_on_plateau(run["losses"][:-1], **options)])
    )
    assert of_epochs[-1, 0] < 0.1


def losses_of_theory(rate, epochs):
    """Each weight's mean square becomes (1 − rate · h)² of itself plus rate² · noise²."""
    curvatures = 0.01 ** (np.arange(24) / 23)
    square, losses = np.ones(24), []
    for _ in range(epochs):
        for _ in range(STEPS):
            square = (1 - rate * curvatures) ** 2 * square + (rate * 0.5) ** 2
        losses.append((curvatures * square).sum() / 2)
    return losses


def test_the_toy_loses_what_the_theory_of_noisy_gradients_says(pure):
    for rate in (0.02, 0.1, 0.5):
        found = pure(FILE, "train", "constant", {}, 200, rate)["losses"]
        # one run: its mean over 100 epochs lies within a fifth, since slow weights barely forget in that time
        np.testing.assert_allclose(np.mean(found[100:]), np.mean(losses_of_theory(rate, 200)[100:]), rtol=0.2)


def test_down_by_ten_lowers_the_loss_of_the_toy(pure):
    stepped, constant = (
        pure(FILE, "train", kind, OPTIONS[kind], 60, 0.1)["losses"] for kind in ("step", "constant")
    )
    assert stepped[:30] == constant[:30]
    assert stepped[-1] < 0.5 * constant[-1]


def test_rates_are_said_with_three_digits(pure):
    said = [pure(FILE, "sayRate", value) for value in (0.1, 0.012345, 0.0010, 0.000999, 4e-7, 0, 1)]
    assert said == ["0.1", "0.0123", "0.001", "1 · 10⁻³", "4 · 10⁻⁷", "0", "1"]


def shown(page):
    """Names of the sliders and lists that belong to the schedule."""
    labels = page.locator(".cn-sliders > label:visible")
    names = [text.split("\n")[0] for text in labels.all_inner_texts()]
    return [name for name in names if name not in ("Largest rate", "Epochs", "Axis of the rate")]


def test_each_schedule_has_its_controls(show, said):
    page = show(ScheduleDrawer)
    assert said(page).startswith("Epoch 1 of 60 begins with the learning rate 0.1 and ends")
    assert shown(page) == ["First step after", "Second step after", "Factor of a step"]
    for name, controls in (
        ("constant", []),
        ("step on plateau", ["Factor of a step", "Patience", "Threshold"]),
        ("cosine", ["Warm-up", "Final factor"]),
        ("one cycle", ["Rise", "Starting factor", "Final factor", "Curve"]),
    ):
        button = page.get_by_role("button", name=name, exact=True)
        button.press("Enter")
        assert button.get_attribute("aria-pressed") == "true"
        assert shown(page) == controls


def test_the_marked_epoch_moves_by_keys_and_mouse(show, said):
    page = show(ScheduleDrawer)
    slider = page.get_by_role("slider", name="Epoch", exact=True)
    slider.focus()
    page.keyboard.press("End")
    assert "Epoch 60 of 60 begins with the learning rate 0.001 " in said(page)
    plot = page.get_by_role("img", name="Learning rate over 60 epochs")
    size = plot.bounding_box()
    plot.click(position={"x": size["width"] * 0.62, "y": size["height"] / 2})
    assert "begins with the learning rate 0.01 " in said(page)
    plot.click(position={"x": 2, "y": 5})
    assert said(page).startswith("Epoch 1 of 60")


def test_sliders_change_the_curve(show, said):
    page = show(lambda: ScheduleDrawer("cosine", epochs=20, epoch=10))
    line = page.locator(".cn-plot .cn-run").first
    before = line.get_attribute("d")
    page.get_by_role("slider", name="Warm-up").press("ArrowRight")
    assert page.get_by_role("slider", name="Warm-up").get_attribute("aria-valuetext") == "11 %"
    assert line.get_attribute("d") != before
    page.get_by_role("slider", name="Largest rate").fill("-2")
    options = OPTIONS["cosine"] | {"warm_up": 0.11}
    expected = learning_rates(settings("cosine", options, 0.01), 20)[10]
    assert f"learning rate {expected:.3g}" in said(page)
    page.get_by_role("slider", name="Epochs", exact=True).fill("8")
    assert said(page).startswith("Epoch 8 of 8")
    page.get_by_role("combobox", name="Axis of the rate").select_option("logarithmic")
    labels = page.locator(".cn-plot").first.locator("text[text-anchor=end]").all_text_contents()
    assert labels == ["1 · 10⁻⁶", "1 · 10⁻⁵", "1 · 10⁻⁴", "0.001", "0.01"]
    page.get_by_role("button", name="one cycle").click()
    page.get_by_role("combobox", name="Curve").select_option("linear")
    assert line.get_attribute("d").count("L") == 8 * STEPS


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"kind": "sawtooth"}, ValueError, "kind expects one of .*'sawtooth'"),
        ({"axis": "square"}, ValueError, "axis expects one of"),
        ({"epochs": 201}, ValueError, "epochs expects 5 to 200"),
        ({"epochs": 7.5}, TypeError, "epochs expects an integer"),
        ({"epoch": 60}, ValueError, "epoch expects 0 to 59"),
        ({"learning_rate": 2}, ValueError, "learning_rate expects 0.001 to 1, got 2"),
    ],
)
def test_schedule_drawer_refuses(change, error, message):
    with pytest.raises(error, match=message):
        ScheduleDrawer(**change)
