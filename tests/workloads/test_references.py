"""Which works are cited, and how."""

import re

import pytest

from workloads import bibliography
from workloads.catalog import CRITERIA, METHODS, WORKLOADS
from workloads.references import Reference
from workloads.settings import cited
from workloads.trial import Trial

WITHOUT_A_PAPER = {"dense", "small_dense"}
WORKS = [value for value in vars(bibliography).values() if isinstance(value, Reference)]


def trial(method, **workload) -> Trial:
    return Trial.model_validate({"workload": {"name": "digits_mlp", **workload}, "method": method, "seed": 0})


def test_every_method_but_the_plain_ones_comes_from_a_work():
    without = {method.model_fields["name"].default for method in METHODS.members if not method.references}
    assert without == WITHOUT_A_PAPER
    assert all(workload.references for workload in WORKLOADS.members)


def test_names_are_as_a_sentence_has_them():
    assert bibliography.ZHU_2017.short == "Zhu & Gupta (2017)"
    assert bibliography.EVCI_2020.short == "Evci et al. (2020)"
    assert bibliography.KARPATHY_2015.short == "Karpathy (2015)"


def test_an_entry_of_bibtex():
    assert bibliography.FRANKLE_2019.bibtex == (
        "@inproceedings{frankle2019lottery,\n"
        "  author = {Frankle, Jonathan and Carbin, Michael},\n"
        "  title = {{The Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural Networks}},\n"
        "  booktitle = {International Conference on Learning Representations},\n"
        "  year = {2019},\n"
        "  eprint = {1803.03635},\n"
        "  archiveprefix = {arXiv},\n"
        "}"
    )


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.key)
def test_every_entry_can_be_read_by_bibtex(work):
    assert re.fullmatch(r"[a-z]+(19|20)\d\d[a-z]+", work.key) and str(work.year) in work.key
    assert work.key.startswith(re.sub("[^a-z]", "", work.authors[0].partition(",")[0].lower()))
    assert all(re.fullmatch(r"[^,{}]+, [^,{}]+", author) for author in work.authors)
    depth = 0
    for character in work.bibtex:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert work.eprint or work.url
    assert (work.venue is None) <= (work.kind == "misc")


def test_keys_are_unique():
    assert len({work.key for work in WORKS}) == len(WORKS) > 10


def test_a_trial_cites_what_its_settings_come_from_each_once():
    keys = [work.key for work in cited(trial({"name": "gradual", "sparsity": 0.5}))]
    assert keys == ["alpaydin1998digits", "kingma2015adam", "loshchilov2017sgdr", "zhu2017prune"]
    saliency = {"name": "gradual", "sparsity": 0.5, "schedule": "linear", "criterion": "saliency"}
    keys = [work.key for work in cited(trial(saliency, training={"optimizer": "sgd", "lr_schedule": "constant"}))]
    assert keys == ["alpaydin1998digits", "zhu2017prune", "lee2019snip"]
    assert any(criterion.references for criterion in CRITERIA.members)


def test_what_is_cited_is_no_setting():
    assert "references" not in str(trial("dense").settings())


@pytest.mark.parametrize(
    ("method", "keys"),
    [
        ({"name": "one_shot", "sparsity": 0.5}, ["han2015learning", "renda2020rewinding"]),
        ({"name": "one_shot", "sparsity": 0.5, "scale": "lamp", "fine_tune": {"lr": "last"}},
         ["han2015learning", "lee2021lamp"]),
        ({"name": "lottery_ticket"}, ["frankle2019lottery"]),
        ({"name": "lottery_ticket", "rewind_to": 100}, ["frankle2019lottery", "frankle2020linear"]),
        ({"name": "lottery_ticket", "restart": "none"}, ["frankle2019lottery", "renda2020rewinding"]),
        ({"name": "gradual", "sparsity": 0.5, "allocation": "erk"},
         ["zhu2017prune", "mocanu2018scalable", "evci2020rigging"]),
    ],
)  # fmt: skip
def test_a_value_of_a_setting_may_come_from_a_work_of_its_own(method, keys):
    assert [work.key for work in cited(trial(method).method)] == keys
