"""Letters read back: as Word would show them, and as LibreOffice prints them."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

from docx import Document
from docx.document import Document as Word


def opened(file: bytes) -> Word:
    return Document(io.BytesIO(file))


def text(file: bytes) -> str:
    """Every paragraph and cell in order; a line break within one is a line break here."""
    word = opened(file)
    lines = []
    for block in word.iter_inner_content():
        rows = getattr(block, "rows", None)
        cells = [cell.text for row in rows for cell in row.cells] if rows is not None else []
        lines += cells or [getattr(block, "text", "")]
    lines += [p.text for section in word.sections for p in section.footer.paragraphs]
    return "\n".join(lines)


def printed(letters: dict[str, bytes], folder: Path) -> dict[str, str]:
    """The text of each letter's PDF; a page ends with a form feed."""
    for name, file in letters.items():
        (folder / f"{name}.docx").write_bytes(file)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    files = [str(folder / f"{name}.docx") for name in letters]
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files)
    return {name: _run("pdftotext", str(folder / f"{name}.pdf"), "-") for name in letters}


def _run(*command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, timeout=180)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode()
