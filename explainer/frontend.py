"""The frontend's own files: scripts compressed, fonts cut to what is shown, its page prepared.

Streamlit sends scripts as they are, because it would compress them anew for every visitor. Here
each is compressed once, when it is first asked for, and kept; fonts lie in `assets/fonts`, and the
icon is ours, so that no run of a script has to read it. A style that a script of the app sends
comes after the first elements and moves them, as do parts of the frontend that are fetched late, so
the page itself names them. What else the server sends, and whatever streams, is left alone.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BELOW = "/static/"
FONT, ICON = ".woff2", "/favicon.png"
KINDS = {".js": "text/javascript", ".css": "text/css"}
# Their names hold a digest of their content, so a browser may keep them.
KEPT = {"Cache-Control": "public, immutable, max-age=31536000", "Vary": "Accept-Encoding"}
KEPT_A_DAY = {"Cache-Control": "public, max-age=86400"}
# What most pages show; charts and sliders, which are heavy, are left to the pages that have some.
SHOWN = (
    *("BidiComponent", "ButtonGroup", "Html", "ImageList", "PageLink", "Radio", "Selectbox"),
    "rehype-katex",
)
PAGE, EMBEDDED = "text/html", b"embed=true"
# Where the server is: one above the page. Left to itself, the frontend looks for it below the page
# first, which takes a round trip and leaves two errors in the console.
SERVER = (
    "<script>window.__streamlit = "
    '{BACKEND_BASE_URL: new URL(".", location).href, ...window.__streamlit}</script>'
)
IMPORTED = re.compile(r'(?:from|import)"\./([^"/]+\.js)"')


class CompressedFrontend:
    """ASGI middleware: answers GET of a script or style of the frontend, where gzip is accepted.

    `folder` is what the server shows at its root; a font of the same name in `fonts` is sent in the
    place of the one there, and `icon` as the icon. No file is read but those that lie there now.
    """

    def __init__(self, app: ASGIApp, folder: str, fonts: Path, icon: Path) -> None:
        self.app = app
        found = Path(folder, BELOW.strip("/")).rglob("*")
        own = {path.name: path for path in fonts.glob("*.woff2")}
        files = {path: own.get(path.name, path) for path in found}
        self.files = {
            f"/{path.relative_to(folder).as_posix()}": sent
            for path, sent in files.items()
            if path.suffix in KINDS or path.name in own
        } | {ICON: icon}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._asked_for(scope)
        if file is None:
            await self.app(scope, receive, send)
            return
        if file.suffix == FONT:
            answer = Response(_bytes(file), headers=KEPT, media_type="font/woff2")
        elif file.suffix == ".png":
            answer = Response(_bytes(file), headers=KEPT_A_DAY, media_type="image/png")
        else:
            body = await run_in_threadpool(_compressed, file)
            headers = {**KEPT, "Content-Encoding": "gzip"}
            answer = Response(body, headers=headers, media_type=KINDS[file.suffix])
        await answer(scope, receive, send)

    def _asked_for(self, scope: Scope) -> Path | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        path = scope["path"]
        start = path.rfind(ICON) if path.endswith(ICON) else path.find(BELOW)
        return self.files.get(path[max(start, 0) :])  # without where the app is mounted


class PreparedPage:
    """ASGI middleware: every HTML page that is sent has the style sheet `style` at its end.

    There it wins over the frontend's own rules of the same weight, which stand in the head. And the
    parts of the frontend in `folder` that nearly every page shows are fetched with the page, not
    one after the other once a script of the app has asked for them. It also says where the server
    is.
    """

    def __init__(self, app: ASGIApp, folder: str, style: Path) -> None:
        self.app = app
        self.style = f"<style>{style.read_text()}</style>".encode()
        link = '<link rel="modulepreload" crossorigin href=".{}js/{}">'
        scripts = parts(Path(folder, BELOW.strip("/"), "js"), SHOWN)
        links = "".join(link.format(BELOW, name) for name in scripts)
        self.head = (SERVER + links).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "GET" or PAGE not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        held: list[Message] = []

        async def prepared(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                held.append(message)
                return
            if held:
                start = held.pop()
                body = message["body"].replace(b"</head>", self.head + b"</head>", 1)
                if EMBEDDED in scope["query_string"]:  # without the sidebar that room is kept for
                    body = body.replace(b"<body", b'<body class="deepglass-embedded"', 1)
                message = {**message, "body": body.replace(b"</body>", self.style + b"</body>", 1)}
                changed = MutableHeaders(raw=start["headers"])
                changed["content-length"] = str(len(message["body"]))
                for name in ("etag", "last-modified"):  # they know of no change of ours
                    del changed[name]
                await send(start)
            await send(message)

        # Without extensions, by one of which a server would read the file itself.
        await self.app({**scope, "headers": headers, "extensions": {}}, receive, prepared)


def parts(folder: Path, titles: tuple[str, ...]) -> list[str]:
    """The scripts in `folder` of these names, a digest aside, and all that they import."""
    left = [path.name for title in titles for path in folder.glob(f"{title}.*.js")]
    found: list[str] = []
    while left:
        name = left.pop()
        if name not in found:
            found.append(name)
            left += IMPORTED.findall((folder / name).read_text())
    return sorted(found)


def _is_page(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and kind.startswith(PAGE)


@cache
def _bytes(file: Path) -> bytes:
    return file.read_bytes()


@cache
def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
