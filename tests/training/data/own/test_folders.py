import io
import os
import stat
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from explainer.images.decoding.decode import BUDGET
from explainer.images.decoding.formats import SUFFIXES
from explainer.training.data.data_set import DataError
from explainer.training.data.own import archive, folders, names, squares
from explainer.training.data.own.folders import from_folder, from_zip, own_folders
from explainer.training.data.own.limits import OWN_LIMITS, OwnLimits, megabytes
from explainer.training.data.own.square_worker import square
from explainer.training.data.splits import Split, prepare


def picture(value: int = 90, height: int = 40, width: int = 50, suffix: str = ".png") -> bytes:
    """An even grey picture."""
    codes = np.full((height, width, 3), value, np.uint8)
    return bytes(cv2.imencode(suffix, codes)[1])


GOOD = {
    f"{kind}/{number}.png": picture(40 * number + 20)
    for kind in ("cat", "dog")
    for number in (0, 1)
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive_file:
        for name, data in files.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # as it stands, also where ZipInfo would tidy it up
            info.compress_type = method
            archive_file.writestr(info, data)
    return packed.getvalue()


def refusal(data: bytes) -> str:
    """The one sentence that a zip is refused with."""
    with pytest.raises(DataError) as caught:
        from_zip(data, "mine")
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


def with_limits(monkeypatch: pytest.MonkeyPatch, **values: int | float) -> OwnLimits:
    limits = replace(OWN_LIMITS, **values)  # type: ignore[arg-type]
    for module in (archive, folders, names, squares):
        monkeypatch.setattr(module, "OWN_LIMITS", limits)
    return limits


def test_a_folder_for_each_class_becomes_examples() -> None:
    examples = from_zip(zipped(GOOD), "pets")
    assert examples.inputs.shape == (4, 3, 32, 32)
    assert examples.classes == ("cat", "dog")
    assert examples.labels.tolist() == [0, 0, 1, 1]
    expected = torch.tensor([20, 60, 20, 60])[:, None, None, None] / 255
    torch.testing.assert_close(examples.inputs, expected.expand(-1, 3, 32, 32))
    assert (examples.name, examples.test_from) == ("pets", None)


def test_one_folder_around_the_classes_and_what_systems_leave_behind_do_not_matter() -> None:
    files = {f"pets/{name}": data for name, data in GOOD.items()} | {
        "pets/": b"",
        "pets/cat/": b"",
        "pets/.DS_Store": b"x",
        "__MACOSX/pets/cat/._0.png": b"x",
        "pets/dog/Thumbs.db": b"x",
        "pets/dog/._1.png": b"x",
    }
    examples = from_zip(zipped(files), "pets")
    assert examples.classes == ("cat", "dog")
    assert len(examples) == 4
    assert examples.notes == ("Skipped: 4 files hidden or of the system.",)


LEFT_BEHIND = {
    ".ipynb_checkpoints/0-checkpoint.png": picture(),
    "cat/.ipynb_checkpoints/1-checkpoint.png": picture(),
    ".cache/0.png": picture(),
    "__MACOSX/cat/._0.png": b"x",
    "thumbs.db": b"x",
    "cat/THUMBS.DB": b"x",
    "cat/.gitkeep": b"",
    "Desktop.ini": b"x",
    "README.txt": b"x",
    "labels.csv": b"x",
    "docs/how/notes.md": b"x",
}


def test_hidden_files_and_files_of_other_kinds_are_skipped_and_counted(tmp_path: Path) -> None:
    write(tmp_path / "own" / "pets", GOOD | LEFT_BEHIND)
    for examples in (from_zip(zipped(GOOD | LEFT_BEHIND), "x"), from_folder(tmp_path, "pets")):
        assert examples.classes == ("cat", "dog")
        assert len(examples) == 4
        (note,) = examples.notes
        assert note.startswith("Skipped: 3 files of other kinds (")
        assert all(name in note for name in ("README.txt", "labels.csv", "notes.md"))
        assert note.endswith(") and 8 files hidden or of the system.")


def test_a_clean_zip_has_nothing_skipped() -> None:
    assert from_zip(zipped(GOOD), "x").notes == ()


def test_where_all_files_are_skipped_the_refusal_says_which() -> None:
    said = refusal(zipped({"cat/one": b"1", "cat/two.doc": b"2", "dog/.three.png": b"3"}))
    assert said == (
        "There are no pictures here, only 2 files of other kinds (one, two.doc)"
        " and 1 file hidden or of the system."
    )


def test_backslashes_divide_a_path_as_slashes_do() -> None:
    files = {f"pets/{name}".replace("/", "\\"): data for name, data in GOOD.items()}
    examples = from_zip(zipped({"pets\\cat\\": b"", **files}), "pets")
    straight = from_zip(zipped(GOOD), "pets")
    assert examples.classes == straight.classes
    assert torch.equal(examples.inputs, straight.inputs)


@pytest.mark.parametrize("around", ["pets/", "pets/pets/", "a/b/c/d/"])
def test_folders_around_all_classes_are_looked_through(around: str) -> None:
    examples = from_zip(zipped({around + name: data for name, data in GOOD.items()}), "pets")
    assert examples.classes == ("cat", "dog")


def test_a_picture_beside_the_folders_of_the_classes_is_the_one_that_is_named() -> None:
    files = {f"a/b/{name}": data for name, data in GOOD.items()} | {"a/b/0.png": picture()}
    assert refusal(zipped(files)).startswith("“a/b/0.png” is in no place for a picture")


def test_the_order_of_a_zip_does_not_matter() -> None:
    straight, turned = zipped(GOOD), zipped(dict(reversed(GOOD.items())))
    assert torch.equal(from_zip(straight, "x").inputs, from_zip(turned, "x").inputs)


def test_names_end_as_the_reader_s_formats_do() -> None:
    assert {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff"} <= set(
        SUFFIXES
    )
    assert not {".txt", ".pdf", ".eps", ".ico", ".db"} & set(SUFFIXES)


def test_own_data_can_be_split_and_prepared() -> None:
    prepared = prepare(from_zip(zipped(GOOD), "pets"), Split(validation_share=0, test_share=0.5))
    assert prepared.test_labels.tolist() in ([0, 1], [1, 0])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tiff"])
def test_every_format_of_pictures_is_read(suffix: str) -> None:
    files = {
        f"{kind}/{number}{suffix}": picture(100, suffix=suffix) for kind in "ab" for number in "01"
    }
    inputs = from_zip(zipped(files), "x").inputs
    torch.testing.assert_close(inputs, torch.full_like(inputs, 100 / 255), atol=0.01, rtol=0)


def test_the_square_is_the_centre_averaged_by_area() -> None:
    codes = np.zeros((64, 96, 3), np.uint8)
    codes[:, 16:80:2] = 200  # the centred square is striped; outside it all is black
    result = square(codes)
    assert result.shape == (32, 32, 3)
    assert (result == 100).all()


def test_small_pictures_are_enlarged() -> None:
    assert square(np.full((5, 9, 3), 7, np.uint8)).tolist() == np.full((32, 32, 3), 7).tolist()


@pytest.mark.parametrize(
    "name",
    [
        "../cat/0.png",
        "cat/../../0.png",
        "/cat/0.png",
        "cat//0.png",
        "./cat/0.png",
        "C:/cat/0.png",
        "..\\cat\\0.png",
        "cat\\..\\..\\0.png",
        "\\cat\\0.png",
        "\\\\server\\share\\0.png",
        "C:\\cat\\0.png",
        "cat\\/0.png",
        "cat/0\x00.png",
        "cat/\u202e0.png",
        "cat/a\nb.png",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "is not a plain path of folders and a file name" in refusal(zipped({name: b"", **GOOD}))


def test_a_long_name_is_refused_with_its_length() -> None:
    said = refusal(zipped({f"cat/{'a' * 101}": b"", **GOOD}))
    assert said.endswith("has a name of 101 characters; the limit is 100.")


def test_a_link_is_refused() -> None:
    info = zipfile.ZipInfo("cat/link.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO(zipped(GOOD))
    with zipfile.ZipFile(packed, "a") as archive_file:
        archive_file.writestr(info, "/etc/passwd")
    assert refusal(packed.getvalue()) == "“cat/link.png” is a link or a device, not a file."


def patched_header(data: bytes, offset: int, form: str, value: int) -> bytes:
    """`data` with one field of its first central directory entry changed."""
    changed, start = bytearray(data), data.index(b"PK\x01\x02")
    struct.pack_into(form, changed, start + offset, value)
    return bytes(changed)


def test_an_encrypted_entry_is_refused() -> None:
    said = refusal(patched_header(zipped(GOOD), 8, "<H", 1))
    assert said == "“cat/0.png” is encrypted; a zip without a password can be read."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(method: int) -> None:
    said = refusal(zipped(GOOD, method))
    assert said == (
        f"“cat/0.png” is packed by method {method}; only stored (0) and deflated (8) can be read."
    )


def test_a_name_that_occurs_twice_is_refused() -> None:
    packed = io.BytesIO(zipped(GOOD))
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "a") as archive_file:
        warnings.simplefilter("ignore")
        archive_file.writestr("cat/0.png", picture())
    assert refusal(packed.getvalue()) == "“cat/0.png” is in this zip twice."


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", zipped(GOOD)[:-30]])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refusal(data) == "This file is not a zip, or it is damaged or cut short."


def test_damaged_contents_are_refused_by_name() -> None:
    data = bytearray(zipped(GOOD))
    data[45:70] = bytes(25)
    assert refusal(bytes(data)) == "“cat/0.png” is damaged inside the zip."


@pytest.mark.parametrize("cut", range(0, 600, 37))
def test_a_zip_with_any_byte_changed_is_read_or_refused_in_a_sentence(cut: int) -> None:
    data = bytearray(zipped(GOOD))
    data[cut % len(data)] ^= 0xFF
    said = "."
    try:
        from_zip(bytes(data), "mine")
    except DataError as error:
        said = str(error)
    assert said.endswith(".")


def test_a_nested_archive_is_refused_by_its_name_or_its_first_bytes() -> None:
    for name in ("cat/more.zip", "cat/more.png"):
        said = refusal(zipped({**GOOD, name: zipped(GOOD)}))
        assert said == f"“{name}” is an archive; only pictures may lie in the folders."


def test_a_file_that_is_no_picture_is_refused_by_name() -> None:
    said = refusal(zipped({**GOOD, "dog/notes.png": b"a dog"}))
    assert said.startswith("“dog/notes.png”: This file is not a ")


def test_a_picture_of_absurdly_many_parts_is_refused_by_name() -> None:
    data = picture(suffix=".jpg")
    many = data[:2] + b"\xff\xe9\0\2" * 25_001 + data[2:]
    files = {"a/1.jpg": data, "a/2.jpg": many, "b/1.jpg": data, "b/2.jpg": data}
    assert "2.jpg”: This JPEG has more than 25,000 segments, the limit" in refusal(zipped(files))
    assert BUDGET.taken == 0


def test_a_picture_with_too_many_pixels_is_refused_by_name() -> None:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(
        ">I4sIIBBBBB", 13, b"IHDR", 9000, 9000, 8, 2, 0, 0, 0
    )

    header += struct.pack(">I", zlib.crc32(header[12:29]))
    said = refusal(zipped({**GOOD, "dog/big.png": header + picture()[33:]}))
    assert said.startswith("“dog/big.png”: ")
    assert "81,000,000 pixels" in said


@pytest.mark.parametrize("name", ["0.png", "a/b/cat/0.png", "cat/old/0.png"])
def test_a_picture_outside_the_folders_of_the_classes_is_refused(name: str) -> None:
    said = refusal(zipped({**GOOD, name: picture()}))
    assert said.endswith(
        "is in no place for a picture: each picture belongs into a folder named after its class."
    )


def test_too_few_or_too_many_classes_are_refused_with_their_number() -> None:
    one = {name: data for name, data in GOOD.items() if name.startswith("cat")}
    many = {f"{kind}/{number}.png": picture() for kind in range(21) for number in (0, 1)}
    for files, count in (({}, 0), (one, 1), (many, 21)):
        assert refusal(zipped(files)) == (
            f"There are {count} folders with pictures; a data set has 2 to 20 classes,"
            " a folder for each."
        )


def test_a_class_with_one_picture_is_refused() -> None:
    said = refusal(zipped({**GOOD, "emu/0.png": picture()}))
    assert said == "The folder “emu” has 1 picture; a class needs at least 2."


def test_a_zip_over_its_size_is_refused_with_both_sizes() -> None:
    assert refusal(bytes(51 * 1024**2)) == "This zip has 51 MB; the limit is 50 MB."


def test_too_many_entries_are_refused_with_their_number() -> None:
    files = {f"cat/{number}.png": b"" for number in range(5001)}
    assert refusal(zipped(files)) == "This zip has 5,001 entries; the limit is 5,000."
    forged = zipped(GOOD) + b"PK\x01\x02" * 20_000
    assert refusal(forged).endswith("entries; the limit is 5,000.")


def test_a_bomb_is_stopped_by_its_ratio_whatever_its_header_says() -> None:
    data = zipped({**GOOD, "cat/bomb.png": bytes(19 * 1024**2)})
    said = refusal(data)
    assert said.startswith("This zip unpacks to more than 100 times its ")
    assert said.endswith("bytes, the limit; pictures do not.")


def test_a_header_that_understates_a_size_does_not_help() -> None:
    data = zipped({"cat/bomb.png": bytes(19 * 1024**2), **GOOD})
    said = refusal(patched_header(data, 24, "<I", 100))
    assert said == "“cat/bomb.png” is damaged inside the zip."


def test_one_large_file_and_many_together_are_stopped_while_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = np.random.default_rng(0).bytes(200_000)
    data = zipped({**GOOD, "cat/2.png": picture() + noise, "dog/2.png": picture() + noise})
    with_limits(monkeypatch, picture_bytes=100_000)
    assert refusal(data) == "“cat/2.png” has more than 0.1 MB, the limit for one picture."
    with_limits(monkeypatch, unpacked_bytes=300 * 1024)
    assert refusal(data) == "This zip unpacks to more than 0.3 MB, the limit."


def test_decoding_stops_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with_limits(monkeypatch, seconds=0.0)
    assert refusal(zipped(GOOD)) == (
        "“cat/0.png”: the pictures up to this one took 0 seconds, the limit."
    )


def test_only_one_visitor_decodes_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with_limits(monkeypatch, wait_seconds=0.01)
    with squares.ONE_AT_A_TIME:
        assert refusal(zipped(GOOD)).startswith("The server is busy with other people's pictures")
    assert len(from_zip(zipped(GOOD), "free again")) == 4


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_a_folder_below_the_root_gives_the_same_as_its_zip(tmp_path: Path) -> None:
    write(tmp_path / "own" / "pets", GOOD | {".DS_Store": b"x"})
    (tmp_path / "own" / "note.txt").write_text("not a folder")
    assert own_folders(tmp_path) == ["pets"]
    folder, packed = from_folder(tmp_path, "pets"), from_zip(zipped(GOOD), "pets")
    assert torch.equal(folder.inputs, packed.inputs)
    assert torch.equal(folder.labels, packed.labels)
    assert folder.classes == packed.classes


def test_a_root_without_own_folders_has_none(tmp_path: Path) -> None:
    assert own_folders(tmp_path) == []


@pytest.mark.parametrize("name", ["..", ".", "", "../outside", "/etc", "pets/../.."])
def test_a_name_that_leads_out_of_the_root_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path / "own" / "pets", GOOD)
    write(tmp_path / "outside", GOOD)
    with pytest.raises(DataError, match="is not a folder in"):
        from_folder(tmp_path, name)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder “birds” in"):
        from_folder(tmp_path, "birds")


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "outside", GOOD)
    (tmp_path / "own").mkdir()
    os.symlink(tmp_path / "outside", tmp_path / "own" / "pets")
    assert own_folders(tmp_path) == []
    with pytest.raises(DataError, match="is not a folder in"):
        from_folder(tmp_path, "pets")
    write(tmp_path / "own" / "birds", GOOD)
    os.symlink(tmp_path / "outside" / "cat" / "0.png", tmp_path / "own" / "birds" / "cat" / "7.png")
    with pytest.raises(DataError, match=r"“7\.png” is a link, not a file"):
        from_folder(tmp_path, "birds")


@pytest.mark.parametrize(
    ("bound", "sentence"),
    [
        ({"entries": 3}, "“pets” has more than 3 files, the limit"),
        ({"picture_bytes": 50}, r"“0\.png” has more than 0 MB, the limit for one picture"),
        ({"unpacked_bytes": 150}, "These pictures have more than 0 MB, the limit"),
    ],
)
def test_a_folder_has_the_bounds_of_a_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: dict[str, int], sentence: str
) -> None:
    write(tmp_path / "own" / "pets", GOOD)
    with_limits(monkeypatch, **bound)
    with pytest.raises(DataError, match=sentence):
        from_folder(tmp_path, "pets")


def test_sizes_are_told_in_megabytes() -> None:
    assert [megabytes(size) for size in (50 * 1024**2, 1_572_864)] == ["50 MB", "1.5 MB"]


def test_the_process_that_decodes_loads_no_torch() -> None:
    script = (
        "import sys\nimport explainer.training.data.own.square_worker\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
