"""What is kept of pictures is bounded by its bytes, whatever the number of pictures."""

import numpy as np

from explainer.images import picture
from explainer.images.kept import Kept
from explainer.images.picture import Picture


class Source:
    """Something that takes weak references."""

    def __init__(self, length: int) -> None:
        self.length = length


def zeros(source: Source) -> bytes:
    return bytes(source.length)


def test_what_is_kept_is_made_once() -> None:
    kept, source = Kept(zeros, len, most=10), Source(4)
    assert kept.of(source) is kept.of(source)


def test_the_one_asked_for_longest_ago_goes_first() -> None:
    kept = Kept(zeros, len, most=10)
    one, two, three = Source(4), Source(5), Source(6)
    first, second = kept.of(one), kept.of(two)
    assert kept.of(one) is first
    kept.of(three)
    assert kept.bytes == 4 + 6
    assert kept.of(one) is first
    assert kept.of(two) is not second


def test_one_that_is_too_large_is_kept_alone() -> None:
    kept, small, large = Kept(zeros, len, most=10), Source(4), Source(40)
    kept.of(small)
    assert kept.of(large) is kept.of(large)
    assert kept.bytes == 40


def test_what_is_kept_goes_with_its_source() -> None:
    kept, source = Kept(zeros, len, most=10), Source(4)
    kept.of(source)
    del source
    assert kept.bytes == 0


def test_the_numbers_of_many_pictures_stay_within_their_bound() -> None:
    codes = np.zeros((2048, 1024, 3), np.uint8)
    pictures = [Picture("a", "A", "a test", codes, (1024, 2048)) for _ in range(6)]
    together = sum(one.pixels.nbytes for one in pictures)
    assert together > picture.MOST_NUMBERS
    assert 0 < picture.KEPT.bytes <= picture.MOST_NUMBERS
    assert pictures[-1].pixels is pictures[-1].pixels
