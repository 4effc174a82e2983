"""Rows 4.3 to 4.11: every table of the lectures, row by row, and torchvision's figures."""

import pytest

from convnets.sizing import Convolution, comparisons, networks, published, summary
from convnets.sizing.comparisons import agrees

IMAGE = networks.IMAGES["ImageNet"]


def test_lenet_of_the_lectures_row_by_row():
    counted = summary(networks.lenet_of_the_lectures(), networks.IMAGES["LeNet"])
    for row in counted.rows:
        assert (row.units, row.connections, row.weights) == published.LENET_LECTURES[row.name]
    assert len(counted.rows) == len(published.LENET_LECTURES)


def test_lenet_of_the_paper_row_by_row():
    counted = summary(networks.lenet(), networks.IMAGES["LeNet"])
    rows = {row.name: (row.parameters, row.connections) for row in counted.rows}
    rows["whole"] = (counted.parameters, counted.connections)
    for name, figures in published.LENET_PAPER.items():
        assert rows[name] == figures
    assert counted.connections - 840 == 340_068  # without the output, whose weights are chosen
    assert (counted["C3"].weights, counted["C3"].biases) == (1500, 16)


def test_three_networks_of_the_lectures():
    table = comparisons.networks_table()
    computed = dict(
        zip(
            zip(table.column("network"), table.column("what"), strict=True),
            table.column("computed"),
            strict=True,
        )
    )
    zip_codes, lenet, alexnet = "LeNet (1989)", "LeNet (1998)", "AlexNet (2012)"
    assert [computed[zip_codes, what] for what in ("units", "parameters", "connections")] == [
        1256,
        9760,
        64_660,
    ]
    assert [computed[lenet, what] for what in ("units", "parameters", "connections")] == [
        8084,
        60_000,
        340_908,
    ]
    assert computed[alexnet, "units"] == 658_272
    assert computed[alexnet, "parameters"] == 60_965_224
    assert computed[alexnet, "connections"] == 652_368_384
    figures = dict(
        zip(
            zip(table.column("network"), table.column("what"), strict=True),
            table.column("lectures"),
            strict=True,
        )
    )
    wrong = [key for key, figure in figures.items() if not agrees(figure, computed[key])]
    assert wrong == [(lenet, "connections")]


def test_lenet_of_zip_codes_row_by_row():
    # Y. LeCun et al. (1989), section 5.1
    counted = summary(networks.lenet_of_zip_codes(), networks.IMAGES["LeNet-1989"])
    assert [row.parameters for row in counted.rows] == [1068, 2592, 5790, 310]
    assert [row.connections for row in counted.rows] == [19_968, 38_592, 5790, 310]
    assert [row.units for row in counted.rows] == [768, 192, 30, 10]


def test_alexnet_row_by_row():
    for groups in (1, 2):
        counted = summary(networks.alexnet(groups), networks.IMAGES["AlexNet"])
        assert {row.name: row.out_shape for row in counted.rows} == published.ALEXNET_LECTURE
    first = counted["conv1"]
    assert (first.units, first.weights, first.multiply_adds) == (290_400, 34_848, 105_415_200)
    assert counted["conv2"].parameters == 307_456
    assert counted.parameters == 60_965_224
    units = [row.units for row in counted.of_kind("convolution", "fully connected")]
    assert sum(units) == 659_272
    assert sum(units) - units[0] + 253_440 == 622_312
    weighted = counted.of_kind("convolution", "fully connected")
    assert sum(row.connections for row in weighted) == 725_066_088
    assert summary(networks.alexnet(1), networks.IMAGES["AlexNet"]).parameters == 62_378_344


def test_227_against_224():
    assert Convolution(96, 11, stride=4).out_shape((3, 227, 227)) == (96, 55, 55)
    assert Convolution(96, 11, stride=4).out_shape((3, 224, 224)) == (96, 54, 54)
    assert Convolution(96, 11, stride=4, padding=2).out_shape((3, 224, 224)) == (96, 55, 55)
    assert 55 * 55 * 96 == 290_400 != 253_440 == 48 * 5280


def test_vgg_row_by_row():
    table = comparisons.vgg_table()
    lecture = [published.VGG_LECTURE[name] for name in table.column("layer")]
    assert table.column("weights") == [weights for _, weights in lecture]
    for (text, _), numbers in zip(lecture, table.column("kept, computed"), strict=True):
        assert agrees(text, numbers)
    assert table.totals[-3:] == (15_237_608, 138_344_128, 13_416)


def test_vgg_versions():
    table = comparisons.vgg_versions_table()
    expected = [132_863_336, 132_863_336, 133_047_848, 133_638_952, 138_357_544, 143_667_240]
    assert table.column("parameters, computed") == expected
    assert table.column("weight layers") == [11, 11, 13, 16, 16, 19]
    assert all(
        agrees(text, count) for text, count in zip(published.VGG_PAPER.values(), expected, strict=True)
    )


def test_googlenet_row_by_row():
    counted = summary(networks.googlenet(), IMAGE)
    shapes = {
        "convolution 1": (64, 112, 112), "max pool 1": (64, 56, 56), "convolution 2": (192, 56, 56),
        "max pool 2": (192, 28, 28), "inception (3a)": (256, 28, 28), "inception (3b)": (480, 28, 28),
        "max pool 3": (480, 14, 14), "inception (4a)": (512, 14, 14), "inception (4b)": (512, 14, 14),
        "inception (4c)": (512, 14, 14), "inception (4d)": (528, 14, 14), "inception (4e)": (832, 14, 14),
        "max pool 4": (832, 7, 7), "inception (5a)": (832, 7, 7), "inception (5b)": (1024, 7, 7),
        "avg pool": (1024, 1, 1), "linear": (1000,),
    }  # fmt: skip
    assert {row.name: row.out_shape for row in counted.blocks} == shapes
    fits = {
        name: (
            agrees(parameters, counted[name].weights, 1024),
            agrees(operations, counted[name].multiply_adds),
        )
        for name, (parameters, operations) in published.GOOGLENET_PAPER.items()
    }
    assert [name for name, (_, operations) in fits.items() if not operations] == [
        "convolution 1",
        "inception (5a)",
    ]
    differ = [name for name, (parameters, _) in fits.items() if not parameters]
    assert differ == [
        "convolution 1",
        *(f"inception ({key})" for key in ("4a", "4b", "4c", "4d", "5a", "5b")),
    ]
    for name in differ:  # nor if K is a thousand, nor with biases
        for count in (counted[name].weights, counted[name].parameters):
            for thousand in (1000, 1024):
                assert not agrees(published.GOOGLENET_PAPER[name][0], count, thousand)
    table = comparisons.googlenet_table()
    reasons = dict(zip(table.column("module"), table.column("note"), strict=True))
    assert {name: reason for name, reason in reasons.items() if reason} == dict(
        zip(differ, "1222232", strict=True)
    )
    assert len(table.notes) == 3
    assert table.totals == ("total", "", "6.798M", 6_990_272, "1502M", 1_582_671_872, "")


def test_first_row_of_googlenet():
    assert 7 * 7 * 3 * 64 == 9408
    separable = summary(
        [Convolution(24, 7, 2, 3, groups=3, bias=False), Convolution(64, 1, bias=False)], IMAGE
    )
    assert separable.weights == 2712
    assert agrees("2.7K", 2712)
    assert agrees("34M", separable.weights * 112**2)
    # 5a: the paper's parameters, used once at each of 7×7 places, are the paper's operations
    assert agrees("54M", 1072 * 1024 * 49)


def test_googlenet_against_the_claims():
    counted = summary(networks.googlenet(), IMAGE)
    assert counted.parameters == 6_998_552
    alexnet = summary(networks.alexnet(), networks.IMAGES["AlexNet"])
    assert 8 < alexnet.parameters / counted.parameters < 9  # not 12 times fewer
    assert 2 < counted.multiply_adds / alexnet.multiply_adds < 2.3
    heads = [
        summary(networks.googlenet_auxiliary(key), counted[f"inception ({key})"].out_shape).parameters
        for key in ("4a", "4d")
    ]
    assert counted.parameters + sum(heads) == 13_378_280


def test_small_filters_and_bottleneck():
    table = comparisons.small_filters_table()
    assert table.column("weights") == ["49 C²", "27 C²"]
    assert table.column("multiply-adds") == ["49 HWC²", "27 HWC²"]
    assert table.column("see") == [(7, 7), (7, 7)]
    table = comparisons.bottleneck_table()
    assert table.column("weights") == ["9 C²", "3.25 C²"]
    assert table.column("multiply-adds") == ["9 HWC²", "3.25 HWC²"]


@pytest.mark.parametrize("name", published.TORCHVISION)
def test_torchvision(name):
    counted, measured = comparisons.torchvision_networks()[name], published.TORCHVISION[name]
    assert counted.parameters == measured.parameters
    assert round(counted.multiply_adds / 1e9, 3) == measured.giga_ops


def test_residual_networks_of_the_paper():
    # K. He et al. (2016), table 1: 1.8, 3.6, 3.8, 7.6 and 11.3 billion
    for depth, billions in ((18, 1.8), (34, 3.6), (50, 3.8), (101, 7.6), (152, 11.3)):
        counted = summary(networks.resnet(depth, stride_first=True), IMAGE)
        assert (
            0 <= counted.multiply_adds / 1e9 - billions < 0.1
            or round(counted.multiply_adds / 1e9, 1) == billions
        )
        assert counted.parameters == published.TORCHVISION[f"ResNet-{depth}"].parameters


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        *(("9,760", 9760, True), ("9,760", 9761, True), ("9,760", 9771, False), ("65,000", 64_660, True)),
        *(("344,000", 340_908, False), ("60 million", 60_965_224, True), ("60 million", 71_000_000, False)),
        *(("3.2M", 3_211_264, True), ("3.2M", 3_149_000, False), ("1M", 1_024_000, True)),
    ],
)
def test_agrees(text, value, expected):
    assert agrees(text, value) is expected


def test_tables_without_reasons_agree():
    for row in comparisons.lenet_table().rows:
        assert row[2:4] == row[4:6] or row[-1]
    for row in comparisons.torchvision_table().rows:
        assert row[1] == row[2]
        assert row[3] == row[4]
    assert len(comparisons.alexnet_table().rows) == 13
