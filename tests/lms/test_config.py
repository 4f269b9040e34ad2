"""Settings: read once, all problems named together, secrets made once and kept private."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from lms.config import VARIABLES, BadSettings, read_settings


def test_defaults_are_enough(tmp_path):
    settings = read_settings({"LMS_DATA_DIR": str(tmp_path / "data")})
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'credence.db'}"
    assert settings.public_url == "http://localhost:8080"
    assert not settings.secure
    assert settings.public_host == "localhost"


def test_all_problems_are_named_together(tmp_path):
    with pytest.raises(BadSettings) as problem:
        read_settings(
            {
                "LMS_DATA_DIR": str(tmp_path),
                "PORT": "http",
                "WEB_THREADS": "0",
                "DATABASE_URL": "mysql://x",
                "PUBLIC_URL": "https://x.example/sub",
                "SMTP_URL": "mail.example",
                "LMS_DEMO": "yes",
                "FONT_DIRS": str(tmp_path / "nowhere"),
            }
        )
    for name in ("PORT", "WEB_THREADS", "DATABASE_URL", "PUBLIC_URL", "SMTP_URL", "LMS_DEMO", "FONT_DIRS"):
        assert name in str(problem.value)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match="LMS_DATA_DIR"):
        read_settings({"LMS_DATA_DIR": str(tmp_path / "file" / "data")})


@pytest.mark.parametrize("prefix", ["postgres", "postgresql"])
def test_any_spelling_of_postgresql_will_do(tmp_path, prefix):
    settings = read_settings({"LMS_DATA_DIR": str(tmp_path), "DATABASE_URL": f"{prefix}://u:p@h/n"})
    assert settings.database_url == "postgresql+psycopg://u:p@h/n"


def test_secrets_are_made_once_and_private(tmp_path):
    first = read_settings({"LMS_DATA_DIR": str(tmp_path)})
    again = read_settings({"LMS_DATA_DIR": str(tmp_path)})
    assert first.secret_key == again.secret_key
    assert len({first.secret_key, first.password_salt, first.totp_secret}) == 3
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_starting_many_times_at_once_agrees_on_one_set(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: read_settings({"LMS_DATA_DIR": str(tmp_path)}).secret_key, range(16)))
    assert len(set(made)) == 1


def test_a_damaged_secrets_file_is_named(tmp_path):
    (tmp_path / "secrets.json").write_text('{"secret_key": "x"}')
    with pytest.raises(BadSettings, match="password_salt"):
        read_settings({"LMS_DATA_DIR": str(tmp_path)})


def test_every_variable_is_documented_once():
    names = [name for name, _, _ in VARIABLES]
    assert len(names) == len(set(names))
