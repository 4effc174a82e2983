"""The trainer of the course: one loop for every network (chapter *Training*, trainer).

Pick a batch, augment it, ask the network, take the gradient, step; after each epoch look at the test images
and keep what is needed to go on. What is drawn (order, augmentation, dropout) depends on the seed and on the
numbers of epoch and step alone, so a run that was interrupted continues exactly; on a GPU up to the rounding
of kernels that add in no fixed order. :func:`run_loop` is the same for tasks other than classification.
"""

from contextlib import contextmanager

import torch
from tqdm.auto import tqdm

from convnets.training import distributed
from convnets.training.checkpoints import Checkpoints
from convnets.training.failures import without_memory
from convnets.training.loop import Loop
from convnets.training.runs import Run

__all__ = ["fit", "run_loop"]


def fit(
    network,
    train,
    test,
    settings,
    *,
    augment=None,
    loss=None,
    views=(),
    folder=None,
    device=None,
    progress=True,
):
    """Train a network on labelled images by stochastic gradient descent.

    Parameters
    ----------
    network : torch.nn.Module
        Turns images (n, C, H, W) into logits (n, K), or into several of which the first are those; moved to
        the device and changed in place. Its weights are not drawn here: seed PyTorch before it is built.
    train, test : Images
        What to learn, and what to be asked; nothing is chosen by the test images but ``best_state``.
    settings : Settings
        Everything else.
    augment : callable, optional
        Takes images (n, C, H, W) from 0 to 1, on the device, and a ``torch.Generator``; returns such images.
    loss : callable, optional
        Takes what the network returns (for test images its logits) and labels (n,); returns one value for
        each image, of shape (n,). By default cross-entropy, smoothed as the settings say; the test loss never
        is.
    views : sequence of callables
        What is done to test images; logits are averaged over the views.
    folder : path-like, optional
        Where log and checkpoints are kept after each epoch. A call with the same folder continues the run,
        or returns it at once if it is finished.
    device : str or torch.device, optional
        By default the first CUDA device if there is one, else the CPU.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If there are no images, their shapes differ, a label is no class of the network, the folder holds
        another run, or a CPU is to compile in bfloat16.
    NotFiniteError
        If the loss is infinite or not a number; the message says since which step, where, and what to try.
    MemoryError
        If the device's memory is full; the message says what to lower.
    """

    def begin(device):
        return Loop(network.to(device), train.to(device), settings, augment, loss, device, views)

    return run_loop(begin, train, test, settings, folder=folder, device=device, progress=progress)


def run_loop(begin, train, test, settings, *, folder=None, device=None, progress=True):
    """Run a loop epoch by epoch, look at the test images, and keep what is needed to go on.

    Parameters
    ----------
    begin : callable
        Takes the device, returns a :class:`~convnets.training.loop.Loop` whose network and images are there.
    train, test : Images, or what has their ``shape``, ``to`` and length
        What the loop learns, and what it judges the network by.
    settings, folder, device, progress
        As of :func:`fit`.

    Returns
    -------
    Run

    Raises
    ------
    ValueError, NotFiniteError, MemoryError
        As :func:`fit` does.
    """
    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    _check(train, test, settings, device)
    is_first = distributed.here().rank == 0
    about = {**settings.plain(), "num_train": len(train), "shape": list(train.shape)}
    checkpoints = Checkpoints(folder, about, writes=is_first)
    with _memory_explained(settings, train.shape, device), _on_its_own(device):
        loop = begin(device)
        network = loop.network
        history, best = checkpoints.resume(network, loop.optimizer)
        test = test.to(device)
        loop.check(test)
        if (device.type == "cuda" or settings.compile) and len(history) < settings.epochs:
            loop.warm_up()
        with _bar(loop, len(history), progress and is_first) as bar, _interruption_explained(history, folder):
            while len(history) < settings.epochs:
                history.append(loop.epoch(history, bar))
                history[-1] = _tested(history[-1], loop, test)
                improved = _is_best(history)
                best = _copy(network) if improved else best
                checkpoints.keep(network, loop.optimizer, history, best if improved else None)
                bar.set_postfix_str(_told(history[-1]))
    reached = {epoch.epoch: epoch.test_error for epoch in history if epoch.test_error is not None}
    num_parameters = sum(values.numel() for values in network.parameters() if values.requires_grad)
    best_epoch = min(reached, key=reached.get)
    return Run(settings, history, _copy(network), best, best_epoch, device.type, num_parameters)


def _check(train, test, settings, device):
    if not len(train) or not len(test) or train.shape != test.shape:
        raise ValueError(
            f"expected images to learn and to be asked, of one shape; got {len(train)} of {train.shape} "
            f"and {len(test)} of {test.shape}"
        )
    if settings.compile and settings.precision == "bfloat16" and device.type == "cpu":
        raise ValueError(
            "compiled for a CPU in bfloat16, PyTorch 2.13 gives gradients of biases that are not numbers; "
            'take precision="float32", or compile=False'
        )


def _tested(epoch, loop, test):
    if epoch.epoch % loop.settings.test_every and epoch.epoch != loop.settings.epochs:
        return epoch
    loss, error = loop.judge(test)
    return epoch._replace(test_loss=loss, test_error=error)


def _is_best(history):
    reached = [epoch.test_error for epoch in history if epoch.test_error is not None]
    return history[-1].test_error is not None and min(reached) not in reached[:-1]


def _copy(network):
    return {name: values.detach().cpu().clone() for name, values in network.state_dict().items()}


def _bar(loop, num_done, shown):
    total, done = loop.settings.epochs * loop.num_steps, num_done * loop.num_steps
    return tqdm(total=total, initial=done, disable=not shown, unit="step")


def _told(epoch):
    errors = {"training": epoch.train_error, "test": epoch.test_error}
    told = ", ".join(f"{name} {error:.2%}" for name, error in errors.items() if error is not None)
    return f"epoch {epoch.epoch}, error: {told}" if told else f"epoch {epoch.epoch}"


@contextmanager
def _memory_explained(settings, shape, device):
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise MemoryError(without_memory(settings, shape, device)) from error


@contextmanager
def _interruption_explained(history, folder):
    try:
        yield
    except KeyboardInterrupt as error:
        kept = (
            f"kept in {folder}; the same call continues there" if folder else "lost, as no folder was given"
        )
        error.add_note(f"stopped after {len(history)} finished epochs, {kept}")
        raise


@contextmanager
def _on_its_own(device):
    """Leave PyTorch's own generators, from which dropout draws, as they were; pick the fastest kernels."""
    benchmark = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = True
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            yield
    finally:
        torch.backends.cudnn.benchmark = benchmark
