"""Nothing starts without the right master key, and every refusal is a sentence."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from casework.crypto.keys import BadMasterKey
from casework.models import Installation
from casework.project.secrets import read
from casework.services.reference import mark_installation
from casework.services.startup import right_key
from tests.infrastructure.running import KEY, OTHER_KEY, environment, lay_tables, manage, run


def refused(result: object, code: int = 2) -> str:
    """What the process said when it refused: sentences of ours and no traceback."""
    said: str = result.stderr
    assert result.returncode == code, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("not base64 at all!", "base64"),
        ("c2hvcnQ=", "32"),
        (KEY[:-4], "32"),
        ("一把钥匙", "base64"),
    ],
)
def test_a_master_key_that_cannot_be_stops_the_start(
    key: str, sentence: str, tmp_path: Path
) -> None:
    said = refused(manage(environment(tmp_path, DESK_MASTER_KEY=key), "check"))
    assert sentence in said and "主密钥" in said and key not in said


def test_a_missing_master_key_stops_the_start(tmp_path: Path) -> None:
    env = environment(tmp_path)
    del env["DESK_MASTER_KEY"]
    assert "DESK_MASTER_KEY" in refused(manage(env, "check"))
    assert not list(tmp_path.iterdir())


def test_a_key_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    env = environment(tmp_path, DESK_MASTER_KEY_FILE=str(tmp_path / "nowhere.txt"))
    del env["DESK_MASTER_KEY"]
    assert "DESK_MASTER_KEY_FILE" in refused(manage(env, "check"))


def test_a_master_key_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key.txt"
    file.write_text(KEY + "\n")
    env = environment(tmp_path, DESK_MASTER_KEY_FILE=str(file))
    del env["DESK_MASTER_KEY"]
    assert manage(env, "check").returncode == 0


def test_a_demo_makes_its_own_secrets_and_keeps_them_to_itself(tmp_path: Path) -> None:
    made = read("DESK_MASTER_KEY_OF_A_TEST", tmp_path, make=True)
    assert read("DESK_MASTER_KEY_OF_A_TEST", tmp_path, make=False) == made
    file = tmp_path / "desk_master_key_of_a_test.txt"
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_commands_without_data_need_no_key(tmp_path: Path) -> None:
    env = environment(tmp_path)
    del env["DESK_MASTER_KEY"], env["SECRET_KEY"]
    assert manage(env, "lifecycles", "--json").returncode == 0


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """The data folder of a desk that was sealed with KEY."""
    env = environment(tmp_path)
    lay_tables(env)
    mark = "import django; django.setup(); from casework.services.reference import *"
    setting = {"DJANGO_SETTINGS_MODULE": "casework.project.settings"}
    marked = run(env | setting, "-c", f"{mark}; mark_installation(demo=False)")
    assert marked.returncode == 0, marked.stderr
    return tmp_path


def test_a_command_refuses_another_databases_key(sealed: Path) -> None:
    assert manage(environment(sealed), "verify_audit").returncode == 0
    said = refused(manage(environment(sealed, DESK_MASTER_KEY=OTHER_KEY), "verify_audit"))
    assert "主密钥不属于这个数据库" in said and "not the one" in said
    assert KEY not in said and OTHER_KEY not in said


def test_the_web_server_refuses_another_databases_key(sealed: Path) -> None:
    served = ("-W", "ignore", "-c", "import casework.project.wsgi")
    assert run(environment(sealed), *served).returncode == 0
    result = run(environment(sealed, DESK_MASTER_KEY=OTHER_KEY), *served)
    assert result.returncode != 0 and "主密钥不属于这个数据库" in result.stderr


def test_the_web_server_starts_before_the_tables_are_made(tmp_path: Path) -> None:
    env = environment(tmp_path)
    assert run(env, "-W", "ignore", "-c", "import casework.project.wsgi").returncode == 0


def test_a_database_that_nobody_marked_takes_any_key(db: None, settings: object) -> None:
    for key in (settings.MASTER_KEY, OTHER_KEY):  # type: ignore[attr-defined]  # pytest-django's settings
        settings.MASTER_KEY = key  # type: ignore[attr-defined]  # as above
        right_key()
    assert not Installation.objects.exists(), "looking leaves no mark"


def test_the_first_mark_decides(db: None, settings: object) -> None:
    mark_installation(demo=False)
    right_key()
    settings.MASTER_KEY = OTHER_KEY
    mark_installation(demo=False)
    with pytest.raises(BadMasterKey):
        right_key()
