"""The studio over HTTP, without a browser: who is let in, what is said of bad files, and the steps."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette")
uvicorn = pytest.importorskip("uvicorn")

from assoc_synth.errors import InputError  # noqa: E402
from assoc_synth.studio.server import application, bound  # noqa: E402
from assoc_synth.studio.session import Session  # noqa: E402


class Client:
    """Sends forms to a studio and reads its page."""

    def __init__(self, session: Session, address: str) -> None:
        self.session, self.address = session, address

    def get(self, path: str = "", **headers: str) -> tuple[int, str]:
        return self._send(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path: str, body: bytes | None = None, **fields: str) -> tuple[int, str]:
        data, headers = urllib.parse.urlencode(fields).encode(), {}
        if body is not None:
            data, headers = body, {"Content-Type": "multipart/form-data; boundary=b"}
        return self._send(urllib.request.Request(self.address + path, data, headers))

    def upload(self, name: str, content: bytes) -> str:
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        return self.settled(self.post("do/data/upload", head + content + b"\r\n--b--\r\n")[1])

    def settled(self, page: str) -> str:
        """The page once the file is read, however busy the machine is."""
        while self.session.reading is not None:
            time.sleep(0.1)
            page = self.get()[1]
        return page

    @staticmethod
    def _send(request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with bound(0) as listening, Session.opened() as session:
        listening.listen()  # requests wait until the server has begun
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(application(session, "token", port), lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Client(session, f"http://127.0.0.1:{port}/token/")
        finally:
            server.should_exit = True
            thread.join()


def test_only_the_page_itself_is_let_in(client: Client) -> None:
    assert client.get()[0] == 200
    assert Client._send(urllib.request.Request(client.address.replace("/token/", "/other/")))[0] == 403
    assert client.get(Host="evil.example")[0] == 403
    request = urllib.request.Request(client.address + "do/data/forget", b"", {"Origin": "http://evil.example"})
    assert Client._send(request)[0] == 403


def test_bad_files_are_one_sentence_at_the_first_step(client: Client) -> None:
    assert "NUL byte" in client.upload("x.csv", b"\x80\x04\x95\x00pickle\x00")
    assert "200 MB" in client.upload("big.csv", bytes(200 * 2**20))
    page = client.upload("w.csv", b"a,b,c\n1,2,3\n2,3,4\n")
    assert "No column was found for the subject and the object" in page
    assert 'aria-label="What a is"' in page


def test_columns_that_were_named_are_read(client: Client) -> None:
    client.upload("w.csv", b"a,b,c\n1,2,3\n2,3,4\n")
    page = client.post("do/data/columns", **{"column-0": "role:subject", "column-1": "role:subject"})[1]
    assert "are both the subject" in page
    page = client.settled(client.post("do/data/columns", **{"column-0": "role:subject", "column-1": "role:object"})[1])
    assert "2 subjects, 2 rows" in page


def test_associations_and_promises(client: Client) -> None:
    client.post("do/data/choose", name="toy-shop")
    assert "<svg" in client.post("do/associations/explore", object="laptop")[1]
    assert "no object" in client.post("do/associations/explore", object="lap top")[1].lower()
    said = client.post("preview/take-away", **{"change": "shares", "share-bought": "1", "rows": "9", "format": "csv"})
    assert "Exactly 9 rows: 9 of bought." in said[1]


def test_a_training_is_seen_after_a_reload_and_cancelled(client: Client) -> None:
    client.post("do/data/choose", name="toy-shop")
    client.post("do/train/train", max_minutes="5")
    assert 'action="do/train/cancel"' in client.get()[1]
    assert "Cancelled" in client.post("do/train/cancel")[1]
    assert client.session.verdict is None


def test_the_folder_goes_with_the_session() -> None:
    with Session.opened() as session:
        assert session.folder.is_dir()
    assert not session.folder.exists()


def test_a_taken_port_is_said() -> None:
    with bound(0) as listening:
        listening.listen()
        with pytest.raises(InputError, match="cannot be used"):
            bound(listening.getsockname()[1])


def test_what_is_not_there_is_404(client: Client, tmp_path: Path) -> None:
    assert client.get("get/rows.csv")[0] == 404
    assert client.get("static/page.html")[0] == 404
