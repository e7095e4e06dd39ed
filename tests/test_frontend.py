"""The frontend's scripts are sent compressed, its page prepared, and nothing else is touched."""

import asyncio
import gzip
import json
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import Message
from streamlit.file_util import get_static_dir

from app import STYLE, app
from explainer.frontend import SHOWN, CompressedFrontend, PreparedPage
from scripts.fonts import CARD, FONTS, FRONTEND, OWN, icons

SCRIPT = b"const answer = 42\n" * 400
FONT = b"a font of fewer icons"
ICON = b"an icon"
ITSELF = b"what the app answers itself"
PAGE = "<html><head></head><body><i></i></body></html>"


@pytest.fixture
def frontend(tmp_path: Path) -> CompressedFrontend:
    (tmp_path / "static" / "js").mkdir(parents=True)
    for path in ("static/js/a.js", "static/js/a.png", "secret.js"):
        (tmp_path / path).write_bytes(SCRIPT)
    (tmp_path / "static" / "media").mkdir()
    (tmp_path / "static" / "media" / "a.woff2").write_bytes(SCRIPT)
    (tmp_path / "static" / "media" / "b.woff2").write_bytes(SCRIPT)
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_bytes(FONT)
    (tmp_path / "icon.png").write_bytes(ICON)
    return CompressedFrontend(
        PlainTextResponse(ITSELF),
        folder=str(tmp_path),
        fonts=tmp_path / "fonts",
        icon=tmp_path / "icon.png",
    )


def ask(
    frontend: CompressedFrontend | PreparedPage,
    path: str,
    *,
    method: str = "GET",
    accepted: bytes = b"gzip, br",
    accept: bytes = b"*/*",
    query: bytes = b"",
) -> tuple[bytes, dict[bytes, bytes]]:
    """Body and headers of the answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(b"accept-encoding", accepted), (b"accept", accept)],
    }
    asyncio.run(frontend(scope, receive, send))
    return sent[1]["body"], dict(sent[0]["headers"])


@pytest.mark.parametrize("path", ["/static/js/a.js", "/mounted/here/static/js/a.js"])
def test_a_script_is_sent_compressed_and_may_be_kept(
    frontend: CompressedFrontend, path: str
) -> None:
    body, headers = ask(frontend, path)
    assert len(body) < len(SCRIPT) / 10
    assert gzip.decompress(body) == SCRIPT
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"content-type"].startswith(b"text/javascript")
    assert b"immutable" in headers[b"cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/", "/static/js/a.png", "/secret.js", "/static/../secret.js", "/static/js/b.js", "/live/x"],
)
def test_the_rest_is_left_alone(frontend: CompressedFrontend, path: str) -> None:
    assert ask(frontend, path)[0] == ITSELF


def test_a_font_is_sent_as_it_was_cut_and_another_as_it_is(frontend: CompressedFrontend) -> None:
    body, headers = ask(frontend, "/static/media/a.woff2")
    assert body == FONT
    assert headers[b"content-type"] == b"font/woff2"
    assert b"content-encoding" not in headers
    assert ask(frontend, "/static/media/b.woff2")[0] == ITSELF


@pytest.mark.parametrize("path", ["/favicon.png", "/mounted/here/favicon.png"])
def test_the_icon_is_ours(frontend: CompressedFrontend, path: str) -> None:
    body, headers = ask(frontend, path)
    assert body == ICON
    assert headers[b"content-type"] == b"image/png"


def test_every_icon_of_the_app_is_in_the_font_that_is_sent() -> None:
    assert icons(*OWN) - set(json.loads(CARD.read_text())["icons"]) == set(), "run scripts.fonts"


def test_the_fonts_are_those_of_the_streamlit_that_is_here() -> None:
    assert {path.name for path in FONTS.glob("*.woff2")} <= {
        path.name for path in FRONTEND.glob("media/*")
    }


def test_so_are_other_methods_and_who_does_not_take_gzip(frontend: CompressedFrontend) -> None:
    assert ask(frontend, "/static/js/a.js", method="HEAD")[0] == ITSELF
    assert ask(frontend, "/static/js/a.js", accepted=b"br")[0] == ITSELF


def test_the_app_is_served_with_it() -> None:
    names = [getattr(one.cls, "__name__", "") for one in app._user_middleware]
    assert {CompressedFrontend.__name__, PreparedPage.__name__} <= set(names)


@pytest.fixture
def prepared(tmp_path: Path) -> PreparedPage:
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    for name in SHOWN:
        (scripts / f"{name}.a1.js").write_text('import{a as b}from"./deep.b2.js";')
    (scripts / "deep.b2.js").write_text('import"./deeper.c3.js";import("./late.d4.js")')
    (scripts / "deeper.c3.js").write_text('import{x}from"./deep.b2.js"')
    (tmp_path / "style.css").write_text("p { color: red }")
    page = HTMLResponse(PAGE, headers={"etag": '"1"', "last-modified": "yesterday"})
    return PreparedPage(page, folder=str(tmp_path), style=tmp_path / "style.css")


def test_a_page_comes_with_our_style_and_what_it_will_show(prepared: PreparedPage) -> None:
    body, headers = ask(prepared, "/filters", accept=b"text/html,*/*")
    assert body.endswith(b"<i></i><style>p { color: red }</style></body></html>")
    head = body[: body.index(b"</head>")].decode()
    for name in (*(f"{name}.a1" for name in SHOWN), "deep.b2", "deeper.c3"):
        assert f'"modulepreload" crossorigin href="./static/js/{name}.js"' in head
    assert "late" not in head
    assert "BACKEND_BASE_URL: new URL" in head
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers
    assert b"last-modified" not in headers


def test_an_embedded_page_keeps_no_room_for_the_sidebar(prepared: PreparedPage) -> None:
    embedded, _ = ask(prepared, "/", accept=b"text/html", query=b"embed=true&lang=en")
    assert b'<body class="deepglass-embedded"><i></i>' in embedded
    assert b"<body><i></i>" in ask(prepared, "/", accept=b"text/html", query=b"lang=en")[0]


def test_what_is_no_page_is_as_it_was(prepared: PreparedPage) -> None:
    assert ask(prepared, "/filters", accept=b"application/json")[0] == PAGE.encode()
    assert ask(prepared, "/filters", method="HEAD", accept=b"text/html")[0] == PAGE.encode()
    data = PreparedPage(PlainTextResponse(ITSELF), folder=get_static_dir(), style=STYLE)
    assert ask(data, "/answer", accept=b"text/html")[0] == ITSELF


def test_what_is_fetched_with_a_page_is_in_the_streamlit_that_is_here() -> None:
    scripts = Path(get_static_dir(), "static", "js")
    for name in SHOWN:
        assert len(list(scripts.glob(f"{name}.*.js"))) == 1, name
