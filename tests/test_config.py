"""Settings: read once, frozen, refused with the mend."""

import dataclasses
import secrets
import stat

import pytest

from pbudget.config import SETTINGS, SettingNotUsable, contrast_with_white, read_settings


def read(tmp_path, **environ):
    return read_settings({"PBUDGET_INSTANCE": str(tmp_path / "instance"), **environ})


def test_the_defaults_serve_from_the_instance_folder(tmp_path):
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'pbudget.sqlite'}"
    assert settings.instance.stat().st_mode & 0o777 == 0o700


def test_settings_cannot_be_changed_once_read(tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(tmp_path).council_name = "Another"


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "instance" / "secret-key").stat().st_mode) == 0o600


def test_two_that_start_at_the_same_moment_have_one_secret(tmp_path, monkeypatch):
    really, others = secrets.token_hex, []

    def token_hex(size: int) -> str:
        if not others:
            others.append("")
            others[0] = read(tmp_path).secret_key
        return really(size)

    monkeypatch.setattr(secrets, "token_hex", token_hex)
    assert read(tmp_path).secret_key == others[0]


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "neither postgresql:// nor sqlite:///"),
        ("PBUDGET_SECRET_KEY", "short", "shorter than 32 characters"),
        ("PBUDGET_PUBLIC_URL", "decide.example", "not an address"),
        ("PBUDGET_BRAND_COLOUR", "red", "not a colour"),
        ("PBUDGET_BRAND_COLOUR", "#ffee00", "too pale"),
        ("PBUDGET_LOG_LEVEL", "loud", "none of debug"),
    ],
)
def test_an_unusable_setting_is_refused_with_what_it_takes(tmp_path, variable, value, says):
    with pytest.raises(SettingNotUsable, match=says):
        read(tmp_path, **{variable: value})


def test_an_instance_folder_that_cannot_be_made_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingNotUsable, match="PBUDGET_INSTANCE"):
        read_settings({"PBUDGET_INSTANCE": str(tmp_path / "file" / "below")})


def test_a_truncated_secret_is_refused_with_the_mend(tmp_path):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret-key").write_text("")
    with pytest.raises(SettingNotUsable, match="Delete the file"):
        read(tmp_path)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_spelling_of_a_postgresql_address_uses_psycopg(tmp_path, scheme):
    url = read(tmp_path, DATABASE_URL=f"{scheme}://localhost/pbudget").database_url
    assert url == "postgresql+psycopg://localhost/pbudget"


def test_contrast_is_wcags():
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_the_documented_table_of_settings_is_the_one_in_the_code():
    from pbudget.config import ROOT

    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        row = f"| `{setting.variable}` | {setting.default} | {setting.meaning} |"
        assert row in documented, f"docs/operations.md lacks this row:\n{row}"
