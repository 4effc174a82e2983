"""The trainer learns, repeats itself, is interrupted and goes on, and says what went wrong."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from convnets.training import Images, NotFiniteError, Settings, fit, loop, parameter_groups
from convnets.training.failures import where_it_broke

from .samples import SHAPE, jitter, small_network, stripes

SETTINGS = Settings(epochs=4, batch_size=8, learning_rate=0.1, schedule="cosine", weight_decay=1e-4)


def train(settings=SETTINGS, network=None, **options):
    network = small_network(dropout=0.2) if network is None else network
    return fit(network, stripes(), stripes(12, seed=1), settings, augment=jitter, progress=False, **options)


def courses(run):
    """The history without the seconds, which are never the same."""
    return [epoch[:-1] for epoch in run.history]


def test_one_step_by_hand():
    """One image, one weight, squared error: the first step and its momentum are known."""
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(1, 1, bias=False))
    torch.nn.init.constant_(network[1].weight, 3.0)
    images = Images(torch.full((1, 1, 1, 1), 2.0), torch.zeros(1))
    settings = Settings(epochs=2, batch_size=1, learning_rate=0.1, momentum=0.5)
    run = fit(network, images, images, settings, loss=lambda out, labels: out[:, 0] ** 2 / 2, progress=False)
    # y = 2w: gradient 4w. w: 3 → 3 − 0.1·12 = 1.8; velocity 0.5·12 + 7.2 = 13.2 → 1.8 − 1.32 = 0.48
    assert run.state["1.weight"].item() == pytest.approx(0.48)
    assert [epoch.train_loss for epoch in run.history] == pytest.approx([18.0, 6.48])
    assert [epoch.test_loss for epoch in run.history] == pytest.approx([6.48, 0.4608])


def test_a_run_learns_and_is_described():
    run = train(dataclasses.replace(SETTINGS, epochs=12))
    assert run.history[-1].train_loss < 0.5 * run.history[0].train_loss
    assert run.error < 0.2
    assert [epoch.epoch for epoch in run.history] == list(range(1, 13))
    assert (run.device, run.parameters) == ("cpu", 4 * 10 + 8 + 65 * 3)
    assert sorted(run.state) == sorted(small_network().state_dict())
    seconds = [epoch.seconds for epoch in run.history]
    assert seconds == sorted(seconds)


def test_the_best_weights_are_those_of_the_least_test_error():
    run = train(dataclasses.replace(SETTINGS, learning_rate=0.5, schedule="constant"))
    errors = [epoch.test_error for epoch in run.history]
    assert run.best_epoch == 1 + int(np.argmin(errors))
    again = train(
        dataclasses.replace(SETTINGS, learning_rate=0.5, schedule="constant", epochs=run.best_epoch)
    )
    for name, values in again.state.items():
        assert torch.equal(run.best_state[name], values)


def test_same_seed_same_run_other_seed_other_run():
    first, again, other = train(), train(), train(dataclasses.replace(SETTINGS, seed=1))
    assert courses(first) == courses(again)
    assert courses(first) != courses(other)


def test_the_state_of_pytorchs_own_generator_is_left_alone():
    network = small_network(dropout=0.2)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train(network=network)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("schedule", ["cosine", "plateau"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_interrupted_run_continues_exactly(tmp_path, monkeypatch, schedule, after):
    settings = dataclasses.replace(SETTINGS, schedule=schedule)
    whole = train(settings, folder=tmp_path / "whole")
    step, calls = loop.Loop.learn, []

    def interrupted(self, mean):
        calls.append(1)
        if len(calls) == after * self.num_steps + 2:
            raise KeyboardInterrupt
        step(self, mean)

    monkeypatch.setattr(loop.Loop, "learn", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        train(settings, folder=tmp_path / "run")
    assert f"after {after} finished epochs, kept in {tmp_path / 'run'}" in caught.value.__notes__[0]
    monkeypatch.setattr(loop.Loop, "learn", step)
    if after:
        log = json.loads((tmp_path / "run" / "log.json").read_text())
        assert [record["epoch"] for record in log["records"]] == list(range(1, after + 1))
        assert (tmp_path / "run" / "best.pt").exists()
    resumed = train(
        settings, network=small_network(seed=9, dropout=0.2) if after else None, folder=tmp_path / "run"
    )
    assert courses(resumed) == courses(whole)
    assert resumed.best_epoch == whole.best_epoch
    for name, values in whole.state.items():
        assert torch.equal(resumed.state[name], values)
        assert torch.equal(resumed.best_state[name], whole.best_state[name])


def test_a_finished_run_is_returned_at_once(tmp_path, monkeypatch):
    first = train(folder=tmp_path)
    monkeypatch.setattr(loop.Loop, "learn", lambda self, mean: pytest.fail("trained again"))
    assert courses(train(folder=tmp_path)) == courses(first)


def test_a_folder_of_another_run_is_refused(tmp_path):
    train(folder=tmp_path)
    with pytest.raises(ValueError, match=r"holds another run \(learning_rate: 0.1 → 0.2\); give this one"):
        train(dataclasses.replace(SETTINGS, learning_rate=0.2), folder=tmp_path)


def test_without_a_folder_an_interruption_says_that_all_is_lost(monkeypatch):
    def stop(self, mean):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop.Loop, "learn", stop)
    with pytest.raises(KeyboardInterrupt) as caught:
        train()
    assert "0 finished epochs, lost, as no folder was given" in caught.value.__notes__[0]


def test_a_diverging_run_stops_and_says_where(tmp_path):
    settings = Settings(epochs=3, batch_size=8, learning_rate=1e25)
    with pytest.raises(NotFiniteError) as caught:
        fit(small_network(), stripes(), stripes(), settings, folder=tmp_path, progress=False)
    told = str(caught.value)
    assert "epoch 1, step " in told
    assert "of 4, at learning rate 1e+25" in told
    assert "lower learning rate" in told
    assert "first output that is not finite" in told or "is not finite: a step before" in told


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda network, images: images.fill_(torch.inf), "The images of that batch are not finite"),
        (lambda network, images: network[5].bias.data.fill_(torch.nan), "The parameter 5.bias is not finite"),
        (lambda network, images: network[0].weight.data.fill_(3e38), "that of 0 (Conv2d)"),
        (lambda network, images: None, "Every output of the network is finite"),
    ],
    ids=["images", "parameter", "output", "loss"],
)
def test_where_it_broke(spoil, told):
    network, images = small_network(norm=False), stripes().images.clone()
    spoil(network, images)
    assert told in where_it_broke(network, images)


def test_looking_for_the_place_leaves_running_statistics_alone():
    network = small_network()
    before = {name: values.clone() for name, values in network.named_buffers()}
    where_it_broke(network, stripes().images)
    assert all(torch.equal(values, before[name]) for name, values in network.named_buffers())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_full_memory_says_what_to_lower(monkeypatch, precision):
    def fail(self, images, index):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(loop.Loop, "ask", fail)
    with pytest.raises(MemoryError) as caught:
        train(dataclasses.replace(SETTINGS, precision=precision))
    told = str(caught.value)
    assert "batches of 8 images of 1×6×6" in told
    assert "lower batch_size, for example to 4" in told
    assert ('precision="bfloat16"' in told) == (precision == "float32")
    assert isinstance(caught.value.__cause__, torch.OutOfMemoryError)


def test_augmentation_comes_before_normalising_and_only_for_training():
    seen = []

    def augment(images, generator):
        seen.append((float(images.min()), float(images.max())))
        return images

    fit(small_network(), stripes(), stripes(), SETTINGS, augment=augment, progress=False)
    assert len(seen) == 4 * 4
    assert all(low >= 0 and high <= 1 for low, high in seen)


def test_plateau_follows_the_training_loss():
    options = {"factor": 0.5, "patience": 0, "threshold": 0.9}  # no epoch falls by nine tenths
    settings = Settings(
        epochs=4, batch_size=8, learning_rate=2e-4, schedule="plateau", schedule_options=options
    )
    assert [epoch.learning_rate for epoch in train(settings).history] == [2e-4, 2e-4, 1e-4, 5e-5]


def test_every_so_many_epochs_the_test_images_are_looked_at():
    run = train(dataclasses.replace(SETTINGS, epochs=5, test_every=2))
    assert [epoch.test_error is None for epoch in run.history] == [True, False, True, False, False]


def test_views_are_averaged():
    network = small_network(norm=False)
    run = train(network=network, views=(lambda x: x, lambda x: x.flip(3)))
    images = stripes(12, seed=1)
    with torch.no_grad():
        network.eval()
        logits = network(images.prepared()) + network(images.prepared().flip(3))
    assert run.error == pytest.approx(float((logits.argmax(1) != images.labels).double().mean()))


def test_several_outputs():
    class Heads(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = small_network()

        def forward(self, x):
            logits = self.trunk(x)
            return (logits, 0.5 * logits) if self.training else logits

    def loss(outputs, labels):
        heads = outputs if isinstance(outputs, tuple) else (outputs,)
        return sum(torch.nn.functional.cross_entropy(head, labels, reduction="none") for head in heads)

    assert train(network=Heads(), loss=loss).history[0].train_loss > 1.5 * train().history[0].train_loss


@pytest.mark.parametrize(
    "changes",
    [{"precision": "bfloat16"}, {"channels_last": True}, {"nesterov": True}, {"label_smoothing": 0.1}],
    ids=lambda changes: next(iter(changes)),
)
def test_options_train_too(changes):
    plain, run = train(), train(dataclasses.replace(SETTINGS, **changes))
    assert run.history[-1].train_loss < run.history[0].train_loss
    same = courses(run) == courses(plain)
    assert same == ("channels_last" in changes) or not same  # other layout: same up to rounding
    # bfloat16 has 8 bits of mantissa, and the first epoch starts from the same weights
    assert run.history[0].train_loss == pytest.approx(plain.history[0].train_loss, rel=0.3)


def test_compiled_networks_are_asked_instead(monkeypatch):
    asked = []

    def compiled(network):
        return lambda images: (asked.append(len(images)), network(images))[1]

    monkeypatch.setattr(torch, "compile", compiled)
    assert courses(train(dataclasses.replace(SETTINGS, compile=True))) == courses(train())
    assert asked == [8, *[8, 8, 8, 6] * 4]  # once to warm up


def test_drop_last():
    run = train(dataclasses.replace(SETTINGS, drop_last=True))
    assert run.history[0].train_loss != train().history[0].train_loss
    with pytest.raises(ValueError, match="30 images make no whole batch of 31, and drop_last is set"):
        train(dataclasses.replace(SETTINGS, drop_last=True, batch_size=31))


def test_warming_up_changes_nothing():
    network = small_network()
    before = {name: values.clone() for name, values in network.state_dict().items()}
    warmed = loop.Loop(network, stripes(), SETTINGS, None, None, torch.device("cpu"))
    warmed.warm_up()
    assert all(torch.equal(values, before[name]) for name, values in network.state_dict().items())
    assert all(values.grad is None for values in network.parameters())


@pytest.mark.parametrize(("decay_all", "spared"), [(False, 2 + 1 + 1), (True, 0)])
def test_weight_decay_only_where_asked(decay_all, spared):
    groups = parameter_groups(small_network(), 0.5, decay_all)
    assert groups[0]["weight_decay"] == 0.5
    assert sum(len(group["params"]) for group in groups) == 6
    assert sum(len(group["params"]) for group in groups if group["weight_decay"] == 0) == spared
    network = small_network()
    network.requires_grad_(False)
    assert parameter_groups(network, 0.5) == []


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ((stripes(0), stripes()), r"got 0 of \(1, 6, 6\) and 30"),
        ((stripes(), Images(torch.zeros(2, 1, 5, 6), torch.zeros(2))), r"and 2 of \(1, 5, 6\)"),
    ],
    ids=["none", "other shape"],
)
def test_fit_errors(images, message):
    with pytest.raises(ValueError, match=message):
        fit(small_network(), *images, SETTINGS, progress=False)


@pytest.mark.parametrize("place", [0, 1], ids=["to learn", "to be asked"])
def test_a_label_that_is_no_class_is_named_before_the_first_step(place):
    sets = [stripes(), stripes()]
    sets[place].labels[7] = 3
    with pytest.raises(ValueError, match=r"layer 5 has num_classes = 3.*those given go from 0 to 3"):
        fit(small_network(), *sets, SETTINGS, progress=False)


def test_a_cpu_does_not_compile_in_bfloat16():
    settings = dataclasses.replace(SETTINGS, compile=True, precision="bfloat16")
    with pytest.raises(ValueError, match=r"not numbers; take precision=\"float32\", or compile=False"):
        train(settings, device="cpu")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1, got 0"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"learning_rate": -1}, "learning_rate must not be negative, got -1"),
        ({"momentum": 1}, "momentum must be at least 0 and less than 1, got 1"),
        ({"nesterov": True, "momentum": 0}, "nesterov needs a momentum"),
        ({"nesterov": True, "optimizer": "adamw"}, "nesterov is for sgd, got optimizer 'adamw'"),
        ({"optimizer": "adam"}, "optimizer must be one of sgd, adamw, got 'adam'"),
        (
            {"schedule": "cosin"},
            "schedule must be one of constant, step, cosine, one_cycle, plateau, got 'cos",
        ),
        ({"precision": "float16"}, "precision must be one of float32, bfloat16, got 'float16'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_settings_errors(changes, message):
    with pytest.raises(ValueError, match=message):
        Settings(**changes)


def test_records_are_plain():
    record = train().record("small", depth=3)
    assert json.loads(json.dumps(record)) == record
    assert (record["variant"], record["seed"], record["depth"]) == ("small", 0, 3)
    assert record["error"] == pytest.approx(train().error, abs=1e-4)
    assert {len(curve) for curve in record["curves"].values()} == {4}
    assert record["settings"]["schedule"] == "cosine"


def test_progress_is_shown_on_request(capsys):
    fit(small_network(), stripes(), stripes(), SETTINGS)
    assert "epoch 4, error: training" in capsys.readouterr().err


@pytest.mark.gpu
def test_on_a_gpu():
    settings = dataclasses.replace(SETTINGS, precision="bfloat16", channels_last=True)
    run = fit(small_network(), stripes(), stripes(), settings, augment=jitter, device="cuda", progress=False)
    assert run.history[-1].train_loss < run.history[0].train_loss
    assert run.device == "cuda"
    assert stripes().shape == SHAPE


def test_a_step_of_adamw_is_the_learning_rate_by_the_sign_of_the_gradient():
    settings = Settings(epochs=1, batch_size=30, learning_rate=0.01, optimizer="adamw", weight_decay=0.5)
    network = small_network(norm=False)
    before = {name: values.clone() for name, values in network.named_parameters()}
    train(settings, network=network)
    for name, values in network.named_parameters():
        kept = before[name] * (1 - 0.01 * 0.5 * (values.dim() > 1))
        moved = (values - kept).abs().detach()
        assert float(moved.max()) == pytest.approx(0.01, rel=1e-3)
        assert bool((moved < 0.01 * 1.001).all())
