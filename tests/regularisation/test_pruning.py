"""Sparse means small: SciPy's and PyTorch's CSR, and what the words say, over other draws."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from explainer.regularisation.pruning import (
    THRESHOLDS,
    Trained,
    matrices,
    prune,
    prune_to,
    pruned,
    size_of,
    timed,
    trained,
)


@cache
def networks(seed: int = 21) -> Trained:
    return trained(seed=seed)


@pytest.mark.parametrize("zeros", [0.0, 0.3, 0.49, 0.51, 0.9, 1.0])
def test_bytes_are_those_of_scipy(zeros: float) -> None:
    generator = np.random.default_rng(1)
    matrix = generator.standard_normal((10, 784)).astype(np.float32)
    matrix.reshape(-1)[generator.permutation(matrix.size)[: round(zeros * matrix.size)]] = 0
    sparse, found = csr_matrix(matrix), size_of(matrix)
    assert found.dense == matrix.nbytes
    assert found.sparse == sparse.data.nbytes + sparse.indices.nbytes + sparse.indptr.nbytes
    assert found.left == sparse.nnz
    assert (found.sparse < found.dense) == (zeros > 0.5)


def test_the_sparse_product_is_the_dense_one() -> None:
    matrix, batch = matrices(0.9, 3)
    assert float((matrix == 0).float().mean()) == pytest.approx(0.9, abs=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sparse = matrix.to_sparse_csr()
    torch.testing.assert_close(sparse @ batch, matrix @ batch, atol=1e-3, rtol=1e-3)


def test_times_are_measured_on_one_thread_which_is_given_back() -> None:
    before = torch.get_num_threads()
    found = timed(0.99, repeats=4)
    assert torch.get_num_threads() == before
    assert found.dense > 0
    assert found.ratio == pytest.approx(found.sparse / found.dense)


def test_a_threshold_sets_what_is_smaller_to_zero_and_nothing_else() -> None:
    found, threshold = networks(), 0.02
    one = prune(found, 1, threshold)
    weights = found.weights(1)
    assert weights.shape == (10, 784)
    assert one.size.left == (np.abs(weights) >= threshold).sum()
    left = np.where(np.abs(weights) >= threshold, weights, 0)
    logits = found.data.validation_inputs @ left.T + found.networks.biases[1]
    right = (logits.argmax(axis=1) == found.data.validation_labels).mean()
    assert one.accuracy == pytest.approx(right)


def test_thresholds_rise_and_so_do_zeros() -> None:
    for row in pruned(networks()):
        assert [one.threshold for one in row] == list(THRESHOLDS)
        assert (np.diff([one.size.zeros for one in row]) >= 0).all()


def test_pruned_to_a_share_it_has_that_share() -> None:
    assert prune_to(networks(), 1, 0.9).size.zeros == pytest.approx(0.9, abs=1e-3)
    assert prune_to(networks(), 1, 1.0).size.left == 1


@pytest.mark.parametrize("seed", [21, 22])
def test_l1_is_sparse_by_itself_and_l2_pruned_as_far_falls(seed: int) -> None:
    absolute, square = (prune(networks(seed), place, 0.0) for place in (0, 1))
    assert absolute.size.zeros > 0.93
    assert absolute.size.sparse < 0.15 * absolute.size.dense
    assert square.size.sparse > square.size.dense
    assert square.accuracy > absolute.accuracy + 0.01
    as_sparse = prune_to(networks(seed), 1, absolute.size.zeros)
    assert as_sparse.accuracy < absolute.accuracy - 0.15
    half = prune_to(networks(seed), 1, 0.6)
    assert half.accuracy > square.accuracy - 0.02
