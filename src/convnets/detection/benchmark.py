"""How fast boxes are sifted and regions cut out: ``python -m convnets.detection.benchmark [--out FILE]``.

Operators whose loops are slow, each against its loops and, where torchvision can be imported, against its
compiled operator, in the same run, on one thread, in the way that :mod:`convnets.timing` describes. Boxes are
drawn around objects, as a detector's are before suppression. How much memory the overlaps of 10,000 boxes
with 1,000 take at their peak is measured too.
"""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from convnets import timing
from convnets.detection.nms import batched_nms, batched_nms_loops, nms, nms_loops, soft_nms, soft_nms_loops
from convnets.detection.overlaps import box_iou
from convnets.detection.roi import roi_align, roi_align_loops

__all__ = [
    "CASES",
    "GOALS",
    "compiled_operators",
    "crowded_boxes",
    "iou_of_many",
    "main",
    "measure",
    "memory_growth",
    "ratios",
    "table",
]

GOALS = {"torchvision": 2.0, "loops": 0.1}
"""How many times as long as torchvision's operator ours may take, or else as the loops."""


def crowded_boxes(num, rng):
    """Return boxes and scores as of a detector before suppression: ten boxes around each object.

    Parameters
    ----------
    num : int
        Number B of boxes.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    boxes : Tensor of shape (B, 4)
        float32, around an image of 1000 × 1000 pixels.
    scores : Tensor of shape (B,)
        float32.
    """
    objects = max(1, num // 10)
    which = rng.integers(objects, size=num)
    sizes = rng.uniform(20, 120, (objects, 2))[which]
    centres = rng.uniform(0, 1000, (objects, 2))[which] + 0.1 * sizes * rng.standard_normal((num, 2))
    sizes *= np.exp(0.15 * rng.standard_normal((num, 2)))
    boxes = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    return torch.from_numpy(boxes).float(), torch.from_numpy(rng.random(num, np.float32))


def compiled_operators():
    """Return ``torchvision.ops``, or None where it cannot be imported, as next to a PyTorch without CUDA."""
    try:
        from torchvision import ops
    except (ImportError, RuntimeError):
        return None
    return ops


def _greedy(num, rng):
    arguments = (*crowded_boxes(num, rng), 0.5)
    return _contestants("nms", nms, nms_loops, arguments)


def _by_class(num, rng):
    boxes, scores = crowded_boxes(num, rng)
    labels = torch.from_numpy(rng.integers(20, size=num))
    return _contestants("batched_nms", batched_nms, batched_nms_loops, (boxes, scores, labels, 0.5))


def _soft(num, rng):
    arguments = crowded_boxes(num, rng)
    return _contestants("soft_nms", soft_nms, soft_nms_loops, arguments)


def _regions(num, rng):
    boxes, _ = crowded_boxes(num, rng)
    features = torch.from_numpy(rng.standard_normal((1, 64, 63, 63), np.float32))
    return _contestants("roi_align", roi_align, roi_align_loops, (features, [boxes], 7, 1 / 16, 2))


def _contestants(name, ours, loops, arguments):
    found = {"ours": partial(ours, *arguments), "loops": partial(loops, *arguments)}
    compiled = getattr(compiled_operators(), name, None)
    return found | ({"torchvision": partial(compiled, *arguments)} if compiled else {})


CASES = {
    "nms of 10,000 boxes": partial(_greedy, 10_000),
    "batched_nms of 10,000 boxes": partial(_by_class, 10_000),
    "soft_nms of 10,000 boxes": partial(_soft, 10_000),
    "roi_align of 512 regions": partial(_regions, 512),
}
"""For each case, from a random generator to functions that do the same: ours, the loops, torchvision's."""


def measure(cases=CASES, rounds=3, seed=0):
    """Time every case, and take the memory of many overlaps.

    Parameters
    ----------
    cases : dict of str to callable
        As `CASES`.
    rounds : int
        How many turns each contestant gets.
    seed : int
        From which boxes and the order within each round are drawn.

    Returns
    -------
    list of dict
        For each case and contestant ``case``, ``form`` and what :func:`convnets.timing.take_turns` returns;
        then ``case`` and ``bytes``, None where the system does not tell.
    """
    rng = np.random.default_rng(seed)
    records = []
    with timing.one_thread():
        for case, contestants in tqdm(cases.items(), unit="case"):
            measured = timing.take_turns(contestants(rng), rounds, rng)
            records += [{"case": case, "form": form} | times for form, times in measured.items()]
        return [*records, {"case": "box_iou of 10,000 with 1,000 boxes", "bytes": memory_growth(iou_of_many)}]


def iou_of_many():
    """Return the overlaps of 10,000 boxes with 1,000."""
    boxes, _ = crowded_boxes(11_000, np.random.default_rng(0))
    return box_iou(boxes[:10_000], boxes[10_000:])


def memory_growth(run):
    """Return by how many bytes the memory of this process is larger at its peak while `run` runs.

    None where the system does not tell: Linux does, if a process may reset its own peak.
    """
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    try:
        reset.write_text("5")
        before = _kilobytes(status, "VmRSS")
        run()
        return 1024 * (_kilobytes(status, "VmHWM") - before)
    except OSError:
        return None


def _kilobytes(status, name):
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines[name].split()[0])


def ratios(records):
    """Return, by case and by contestant, which part of that contestant's median ours is."""
    medians = {(one["case"], one["form"]): one["median_s"] for one in records if "form" in one}
    found = {}
    for case, form in medians:
        if form != "ours":
            found.setdefault(case, {})[form] = medians[case, "ours"] / medians[case, form]
    return found


def table(records):
    """Return the records as a table: seconds of ours, and which part of the others' time that is."""
    seconds = {one["case"]: one["median_s"] for one in records if one.get("form") == "ours"}
    rows = [("", "ours, s", "of loops", "of torchvision")]
    for case, by_form in ratios(records).items():
        parts = [f"{by_form[form]:.3f}" if form in by_form else "" for form in ("loops", "torchvision")]
        rows.append((case, f"{seconds[case]:.4f}", *parts))
    rows.append(("goal: at most", "", *(f"{GOALS[form]:.3f}" for form in ("loops", "torchvision"))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]
    memory = [one for one in records if one.get("bytes") is not None]
    lines += [f"{one['case']}: {one['bytes'] / 2**20:.0f} MiB, goal: at most 1024" for one in memory]
    return "\n".join(lines)


def main(arguments=None):
    """Measure, print the table, and write the record as JSON if a file is named."""
    timing.run_benchmark(__doc__, measure, table, [Path(__file__).parent], arguments, rounds=3)


if __name__ == "__main__":
    main()
