"""What trials train on, held against what is published about the data sets."""

import numpy
import pytest
import torch
from sklearn.datasets import load_digits

from workloads.data.declared import DIGITS, DIGITS_28X28, FASHION_MNIST, IMAGES, MNIST
from workloads.data.images import load
from workloads.data.shuffle import shuffle
from workloads.data.sources import Sources, read
from workloads.data.splits import DataSet

DIGESTS = {  # equal bytes on every machine: a change here is a new version of the data set
    "fashion-mnist": "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f",
    "mnist": "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
    "digits": "8b1397aca6028a7faa07039e975d1b9357bdc06cbf52eed7808c366e10e21011",
    "digits-28x28": "77e6ed4e88d378e65bcb1f2a68ed5aea8a4c0091d22bdc8f999a3de386dd0d79",
}


FETCHED = {FASHION_MNIST: "real_sources", MNIST: "mnist_sources"}


@pytest.fixture(params=IMAGES, ids=lambda declared: declared.name)
def declared(request):
    return request.param


@pytest.fixture
def sources(declared, request) -> Sources:
    return request.getfixturevalue(FETCHED.get(declared, "embedded_sources"))


def test_sizes_and_types_are_as_declared(declared, sources):
    images = load(declared, sources, declared.validation)
    side = int(declared.features**0.5)
    sizes = [(images.train, declared.train - declared.validation)]
    sizes += [(images.validation, declared.validation), (images.test, declared.test)]
    for split, size in sizes:
        assert split.inputs.shape == (size, 1, side, side) and split.inputs.dtype == torch.float32
        assert split.targets.shape == (size,) and split.targets.dtype == torch.int64
        assert split.targets.unique().tolist() == list(range(declared.classes))
    assert images.digest == DIGESTS[declared.name]


def test_standardised_by_all_training_images(declared, sources):
    images = load(declared, sources, declared.validation)
    everything = torch.cat([images.train.inputs, images.validation.inputs]).double()
    assert everything.mean().item() == pytest.approx(0, abs=1e-6)
    assert everything.std(correction=0).item() == pytest.approx(1, abs=1e-6)


def test_validation_images_nest_and_leave_the_rest_alone(declared, sources):
    """With none set aside the training images are in their published order; every choice is taken out of these."""
    whole = load(declared, sources, 0)
    assert whole.validation is None
    order = shuffle(declared.train)
    few, many = declared.validation // 2, declared.validation
    for size in (few, many):
        images = load(declared, sources, size)
        aside = numpy.sort(order[:size])
        left = numpy.setdiff1d(numpy.arange(declared.train), aside)
        assert torch.equal(images.validation.inputs, whole.train.inputs[aside])
        assert torch.equal(images.validation.targets, whole.train.targets[aside])
        assert torch.equal(images.train.inputs, whole.train.inputs[left])
        assert torch.equal(images.train.targets, whole.train.targets[left])
        assert torch.equal(images.test.inputs, whole.test.inputs)


def test_the_shuffle_never_changes():
    assert shuffle(10).tolist() == [2, 8, 7, 9, 0, 6, 5, 1, 4, 3]
    assert shuffle(60_000)[:5].tolist() == [28589, 41556, 24417, 19550, 46780]
    assert sorted(shuffle(1_797)) == list(range(1_797))


def test_fashion_mnist_is_the_published_one(real_sources):
    """Counts from the paper; pixel mean and deviation as they are commonly quoted; first labels as published."""
    found = read(FASHION_MNIST, real_sources)
    assert numpy.bincount(found.train_labels).tolist() == [6_000] * 10
    assert numpy.bincount(found.test_labels).tolist() == [1_000] * 10
    assert found.train_labels[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert found.test_labels[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
    pixels = found.train_images.astype(numpy.float64) / 255
    assert pixels.mean() == pytest.approx(0.2860, abs=5e-5)
    assert pixels.std() == pytest.approx(0.3530, abs=5e-5)


def test_mnist_is_the_published_one(mnist_sources):
    """Images of each class, pixel mean and deviation as they are commonly quoted; first labels as published."""
    found = read(MNIST, mnist_sources)
    assert numpy.bincount(found.train_labels).tolist() == [
        5_923, 6_742, 5_958, 6_131, 5_842, 5_421, 5_918, 6_265, 5_851, 5_949]  # fmt: skip
    assert numpy.bincount(found.test_labels).tolist() == [980, 1_135, 1_032, 1_010, 982, 892, 958, 1_028, 974, 1_009]
    assert found.train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert found.test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    pixels = found.train_images.astype(numpy.float64) / 255
    assert pixels.mean() == pytest.approx(0.1307, abs=5e-5)
    assert pixels.std() == pytest.approx(0.3081, abs=5e-5)


def test_the_digits_are_scikit_learns(embedded_sources):
    """Each published digit is in exactly one of the two splits, with its label."""
    found, published = read(DIGITS, embedded_sources), load_digits()
    ours = numpy.concatenate([found.train_images, found.test_images]).reshape(-1, 64)
    labels = numpy.concatenate([found.train_labels, found.test_labels])
    rows = sorted(zip(ours.tolist(), labels.tolist()))
    assert rows == sorted(zip(published.data.astype(int).tolist(), published.target.tolist()))


def test_stand_in_images_are_the_digits_enlarged(embedded_sources):
    small, large = read(DIGITS, embedded_sources), read(DIGITS_28X28, embedded_sources)
    for split in ("train", "test"):
        images = torch.from_numpy(getattr(small, f"{split}_images")).double()[:, None] * 255 / 16
        expected = torch.nn.functional.interpolate(images, size=28, mode="bilinear")[:, 0]
        assert (torch.from_numpy(getattr(large, f"{split}_images")) - expected).abs().max() <= 0.5 + 1e-6
        assert (getattr(small, f"{split}_labels") == getattr(large, f"{split}_labels")).all()


def test_moves_to_a_device(embedded_sources):
    for size in (0, 20):
        moved: DataSet = load(DIGITS, embedded_sources, size).to("meta")
        splits = [moved.train, moved.test] + ([moved.validation] if size else [])
        assert all(tensor.device.type == "meta" for split in splits for tensor in (split.inputs, split.targets))
        assert (moved.validation is None) == (size == 0)
