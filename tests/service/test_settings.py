import pytest

from explainer.service.settings import MEGABYTE, ServiceSettings


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = ServiceSettings.from_environment({"DEEPGLASS_SHARING": ""})
    assert settings.concurrent >= 1
    assert (settings.sharing, settings.open_races, settings.grace_seconds) == (48, 64, 8)
    assert (settings.most_steps, settings.most_seconds) == (200_000, 1_800)
    assert settings.most_bytes == 64 * MEGABYTE


def test_every_bound_is_read_from_its_variable() -> None:
    environ = {
        "DEEPGLASS_RACES": "3",
        "DEEPGLASS_SHARING": "7",
        "DEEPGLASS_OPEN_RACES": "5",
        "DEEPGLASS_GRACE_SECONDS": "0.5",
        "DEEPGLASS_STEPS": "100",
        "DEEPGLASS_SECONDS": "60",
        "DEEPGLASS_BYTES": "2000000",
    }
    expected = ServiceSettings(3, 7, 5, 0.5, 100, 60, 2_000_000)
    assert ServiceSettings.from_environment(environ) == expected


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEEPGLASS_RACES", "0", "DEEPGLASS_RACES is '0', but it is a whole number from 1 up"),
        ("DEEPGLASS_RACES", "2.5", "DEEPGLASS_RACES is '2.5', but it is a whole number from 1 up"),
        ("DEEPGLASS_SHARING", "0", "DEEPGLASS_SHARING is '0', but it is a whole number from 1"),
        ("DEEPGLASS_GRACE_SECONDS", "nan", "DEEPGLASS_GRACE_SECONDS is 'nan', but it is a number"),
        ("DEEPGLASS_SECONDS", "inf", "DEEPGLASS_SECONDS is 'inf', but it is a number from 1 up"),
        ("DEEPGLASS_BYTES", "64 MB", "DEEPGLASS_BYTES is '64 MB', but .* from 1,048,576 up"),
    ],
)
def test_a_bad_variable_is_named_with_its_value_and_bound(
    name: str, value: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        ServiceSettings.from_environment({name: value})


def test_settings_written_in_code_have_the_same_bounds() -> None:
    with pytest.raises(ValueError, match="open_races is 0, but it is a whole number from 1 up"):
        ServiceSettings(open_races=0)
