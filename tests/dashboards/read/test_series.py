from random import Random

from dashboards import palette, schema
from dashboards.read.series import flattened, identity, series

STATIC = {"method": {"name": "static_random", "sparsity": 0.5, "allocation": "uniform", "dense_layers": []}}
WORKLOAD = {"workload": {"name": "fashion_mnist_mlp", "hidden": [300, 100], "training": {"optimizer": {"lr": 0.001}}}}


def _trial(method=(), workload=(), seed=0):
    return flattened({"schema": 1, **WORKLOAD, **STATIC, "seed": seed}) | dict(method) | dict(workload)


def _labels(*trials):
    return [one.label for one in series(map(identity, trials)).values()]


def test_what_differs_makes_the_label():
    assert _labels(
        _trial(),
        _trial({"method.dense_layers": ("last",)}),
        _trial({"method.allocation": "erk"}),
        {**flattened(WORKLOAD), "method.name": "small_dense", "method.sparsity": 0.5, "seed": 0},
    ) == ["static_random uniform", "static_random uniform, dense_layers last", "static_random erk", "small_dense"]


def test_what_is_alike_stays_out_of_the_label():
    assert _labels(_trial(), _trial(seed=1), _trial({"method.sparsity": 0.9})) == ["static_random"]


def test_a_workload_param_that_varies_is_named():
    assert _labels(_trial(), _trial(workload={"workload.training.optimizer.lr": 0.01, "workload.hidden": (20,)})) == [
        "static_random hidden 300-100, lr 0.001",
        "static_random hidden 20, lr 0.01",
    ]


def test_what_one_series_lacks_tells_it_apart():
    labels = _labels(_trial(), _trial(workload={"workload.training.clip_norm": 1.0}))
    assert labels == ["static_random", "static_random clip_norm 1"]


def test_dense_comes_first_and_grey():
    dense = {**flattened(WORKLOAD), "method.name": "dense", "seed": 0}
    first, second = series([identity(_trial()), identity(dense)]).values()
    assert (first.label, first.dense, first.colour) == ("dense", True, palette.DENSE)
    assert not second.dense
    assert first.workload == second.workload


def test_every_series_has_a_label_of_its_own():
    choice = Random(0).choice
    for _ in range(200):
        many = [
            _trial(
                {
                    "method.allocation": choice("ab"),
                    "method.rate": choice([0.1, 0.1000001]),
                    "method.flag": choice([0, 1]),
                },
                {
                    "workload.name": choice("xy"),
                    "workload.hidden": choice([(), (20,)]),
                    choice("pq"): choice([False, 7]),
                },
            )
            for _ in range(8)
        ]
        assert len(set(_labels(*many))) == len({identity(one) for one in many})


def test_only_those_that_need_more_words_get_them():
    assert _labels(_trial({"method.rate": 0.1}), _trial({"method.rate": 0.1000001}), _trial({"method.rate": 0.5})) == [
        "static_random method.rate 0.1", "static_random method.rate 0.1000001", "static_random rate 0.5"]  # fmt: skip


def test_of_another_workload_its_name_is_enough():
    digits = {"workload.name": "digits_mlp", "workload.hidden": (32,), "data": "digits@1"}
    labels = _labels(_trial(workload={"data": "fashion-mnist@1"}), _trial(workload=digits))
    assert labels == ["static_random fashion_mnist_mlp", "static_random digits_mlp"]


def test_another_version_of_the_data_is_another_series():
    labels = _labels(*(_trial(workload={"data": f"fashion-mnist@{version}"}) for version in (1, 2)))
    assert labels == ["static_random fashion-mnist@1", "static_random fashion-mnist@2"]


def test_seeds_and_sparsities_are_one_identity():
    assert identity(_trial(seed=3)) == identity(_trial({schema.SPARSITY: 0.9}))


def test_none_is_left_out_and_lists_become_tuples():
    assert flattened({"a": {"b": None, "c": [1, [2]]}}) == {"a.c": (1, (2,))}


def _pattern(n, m, **more):
    settings = {"name": "wanda", "pattern": {"name": "n_of_m", "n": n, "m": m}, **more}
    return flattened({**WORKLOAD, "method": settings, "seed": 0})


def test_a_pattern_has_a_name_of_two_numbers():
    plain = flattened({**WORKLOAD, "method": {"name": "wanda", "sparsity": 0.5}, "seed": 0})
    known = series(map(identity, (plain, _pattern(2, 4), _pattern(4, 8), _pattern(2, 4, reconstruct=True)))).values()
    assert [one.label for one in known] == ["wanda", "wanda 2:4", "wanda 4:8", "wanda 2:4, reconstruct"]
    assert [one.pattern for one in known] == [None, "2:4", "4:8", "2:4"]
    assert [one.reconstructed for one in known] == [False, False, False, True]


def test_a_pattern_is_told_also_where_it_is_the_only_one():
    """Beside other methods at 50 %, its name alone says how many weights are left."""
    assert _labels(_pattern(2, 4), _trial()) == ["wanda 2:4", "static_random"]


def test_ratios_are_one_identity():
    assert identity(_trial({schema.RATIO: 0.5})) == identity(_trial({schema.RATIO: 0.25}))
