"""Tables of the chapter: what the modules count, beside what was published."""

import pytest

from convnets.architectures import NETWORKS, comparisons
from convnets.sizing import networks, published, summary
from convnets.sizing.comparisons import agrees


def test_counts_are_the_published_ones_or_a_note_says_why():
    table = comparisons.counts_table()
    assert len(table.rows) == len(NETWORKS)
    for name, _, stated, counted, note in table.rows:
        assert counted == NETWORKS[name].parameters
        fits = stated in ("not stated", counted) or agrees(str(stated), counted)
        assert fits or note, f"{name}: {stated} is published, {counted} are counted"


def test_counts_of_a_few():
    table = comparisons.counts_table(["lenet5", "alexnet_two_towers"])
    assert table.column("parameters, counted") == [60_000, 60_965_224]


def test_inception_module_by_hand():
    table = comparisons.inception_table()
    assert table.column("maps out") == [416, 256]
    naive = 192 * (64 + 9 * 128 + 25 * 32)
    reduced = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert table.column("weights") == [naive, reduced]
    assert table.column("multiply-adds") == [naive * 28**2, reduced * 28**2]


def test_residual_networks_cost_what_the_paper_says():
    table = comparisons.resnet_table()
    ours = table.column("10⁹ products, the paper’s")
    assert all(agrees(paper, float(count)) for paper, count in zip(table.column("paper"), ours, strict=True))
    assert table.column("blocks") == ["2+2+2+2", "3+4+6+3", "3+4+6+3", "3+4+23+3", "3+8+36+3"]


def test_small_residual_networks_have_the_papers_parameters():
    table = comparisons.cifar_table()
    for paper, plain, identity, projection in zip(
        *(table.column(name) for name in table.header[1:5]), strict=True
    ):
        assert plain == identity < projection
        assert agrees(paper, identity)


def test_modules_count_as_torchvisions_and_as_the_descriptions():
    modules = comparisons.torchvision_modules()
    for name, figures in published.TORCHVISION.items():
        assert modules[name].parameters == figures.parameters
        assert round(modules[name].multiply_adds / 1e9, 3) == pytest.approx(figures.giga_ops, abs=1.1e-3)
    described = summary(networks.resnet(18), networks.IMAGES["ImageNet"])
    assert modules["ResNet-18"].multiply_adds == described.multiply_adds
