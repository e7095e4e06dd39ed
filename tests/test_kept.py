"""What is kept for all visitors: bounded by bytes, computed by one at a time for each key."""

from explainer.kept import Kept


def test_what_is_kept_stays_within_its_bytes_and_the_newest_stays() -> None:
    kept: Kept[str, int] = Kept(10, lambda size: size)
    for name, size in (("a", 4), ("b", 4), ("c", 4)):
        kept.put(name, size)
    assert kept.get("a") is None
    assert kept.get("b") == 4
    kept.put("d", 99)
    assert kept.get("d") == 99
    assert kept.get("b") is None


def test_one_at_a_time_computes_the_value_of_a_key() -> None:
    kept: Kept[str, int] = Kept(10, lambda size: size)
    one = kept.computing("a")
    assert kept.computing("a") is one
    assert kept.computing("b") is not one
