"""Published values of PASCAL VOC: quoted, each with its year."""

from convnets.detection import published


def test_the_values_of_the_lecture_are_of_2010():
    lecture = {each.mean: each.name for each in published.VOC_RESULTS if each.test == 2010}
    assert lecture["35.1"] == "selective search + SVM"
    assert lecture["33.4"] == "DPM"
    assert lecture["53.7"] == "R-CNN"


def test_three_years_give_one_detector_three_values():
    values = [published.results(test, "R-CNN", "AlexNet") for test in (2007, 2010, 2012)]
    assert values == [["58.5"], ["53.7"], ["53.3"]]


def test_a_better_network_makes_a_better_detector():
    for year, values in ((2007, [73.2, 76.4]), (2012, [70.4, 73.8])):
        both = published.results(year, "Faster R-CNN", training="2007, 2012")
        assert [float(mean) for mean in both] == values


def test_results_that_fit():
    assert published.results(2007, "Faster R-CNN", training="2007") == ["69.9"]
    assert published.results(2008) == []
    assert len(published.results()) == len(published.VOC_RESULTS)


def test_no_result_stands_twice():
    assert len({each[:4] for each in published.VOC_RESULTS}) == len(published.VOC_RESULTS)


def test_means_are_per_cent_with_one_decimal():
    assert all(each.mean == f"{float(each.mean):.1f}" for each in published.VOC_RESULTS)


def test_each_step_was_faster_than_the_one_before():
    steps = [published.SECONDS[name] for name in ("R-CNN", "Fast R-CNN", "Faster R-CNN", "YOLO")]
    assert steps == sorted(steps, reverse=True)
