import pytest
from made_up import level

from dashboards.best import best, verdict
from dashboards.cells import cells


def _method(name, sparsity, test, validation, nonzero=100, seeds=5, steps=400):
    def more(seed):
        return {"metrics": {"final/test_accuracy": test + 0.001 * (seed % 2), "final/val_accuracy": validation,
                            "final/nonzero_parameters": nonzero, "final/prunable_parameters": 1000,
                            "cost/steps_total": steps}}  # fmt: skip

    return level({"name": name, "sparsity": sparsity}, [0] * seeds, more)


def test_the_best_is_chosen_on_validation(stored):
    runs = _method("static_random", 0.9, test=0.85, validation=0.80) + _method("one_shot", 0.9, 0.84, 0.81, steps=500)
    (one,) = best(cells(stored(runs)), 0.95)
    assert (one.ours.series.method, one.theirs.series.method) == ("one_shot", "static_random")
    assert one.difference.mean == pytest.approx(-0.01) and verdict(one) == "not clear"
    assert one.times_the_training == pytest.approx(1.25)


def test_a_clear_lead_takes_seeds(stored):
    def lead(seeds):
        return _method("one_shot", 0.9, 0.86, 0.86, seeds=seeds) + _method("small_dense", 0.9, 0.8, 0.8, seeds=seeds)

    (many,) = best(cells(stored(lead(5))), 0.95)
    assert verdict(many) == "clear" and many.times_the_training is None
    (few,) = best(cells(stored(lead(2), sweep="few")), 0.95)
    assert verdict(few) == "no verdict"


def test_only_networks_of_the_size_asked_for_take_part(stored):
    runs = _method("one_shot", 0.9, 0.86, 0.86) + _method("small_dense", 0.9, 0.9, 0.9, nonzero=120)
    assert best(cells(stored(runs)), 0.95) == ()
