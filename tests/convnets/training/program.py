"""What torchrun starts: one short run, written down by the first process."""

import json
import sys
from pathlib import Path

import torch

from convnets.training import Images, Settings, distributed, fit


def train():
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(64, 3),
    )
    generator = torch.Generator().manual_seed(1)
    labels = torch.arange(23) % 3
    images = torch.rand(23, 1, 6, 6, generator=generator)
    images[torch.arange(23), 0, labels] += 1.0
    known = Images(images, labels, (0.5,), (0.5,))
    settings = Settings(epochs=3, batch_size=5, learning_rate=0.05, schedule="cosine", weight_decay=1e-3)
    run = fit(network, known, known, settings, augment=jitter, device="cpu", progress=False)
    curves = run.record("program")["curves"]
    weights = {name: values.flatten().tolist() for name, values in run.state.items()}
    return {
        "processes": distributed.here().num,
        **{key: curves[key] for key in ("train_loss", "train_error", "test_loss", "test_error")},
        **weights,
    }


def jitter(images, generator):
    return images + 0.1 * torch.randn(images.shape, generator=generator)


if __name__ == "__main__":
    with distributed.processes():
        found, is_first = train(), distributed.here().rank == 0
    if is_first:
        Path(sys.argv[1]).write_text(json.dumps(found))
