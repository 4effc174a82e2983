"""The benchmark of grading: its table, and on two submissions that both graders run at all."""

import pytest
from rich.console import Console

from autograder import benchmark
from autograder.benchmark import Measured


def test_the_table_shows_medians_spread_and_ratio():
    measured = Measured(
        48, 3, [480.0, 500.0, 520.0], [40.0, 50.0, 40.0], [1.0, 1.5, 1.2], [50.0, 60.0, 55.0], [0.1] * 3
    )
    console = Console(record=True, width=100)
    benchmark.show(measured, console)
    lines = [line.split("│")[1:-1] for line in console.export_text().splitlines() if "│" in line]
    rows = {name.strip(): [cell.strip() for cell in rest] for name, *rest in lines}
    assert rows["stock nbgrader, submissions per minute"] == ["5.8", "5.5", "6.0", ""]
    assert rows["times as fast, in one round"] == ["12.0", "10.0", "13.0", "≥ 10"]
    assert rows["first result, all warm, seconds"] == ["1.20", "1.00", "1.50", "≤ 2"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_both_graders_run():
    measured = benchmark.measure(submissions=2, rounds=1, jobs=2, said=lambda line: None)
    for values in (measured.stock, measured.ours, measured.first, measured.memory):
        assert len(values) == 1
        assert values[0] > 0
