"""docker-compose.yml holds together: no engine is needed to see that its settings are settings of syncd."""

from pathlib import Path

import pytest
import yaml

from syncd.config.load import load

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
MOUNTED = "/run/secrets/"


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_each_secret_a_service_reads_is_mounted_into_it(service):
    definition = COMPOSE["services"][service]
    read = {value for value in definition["environment"].values() if value.startswith(MOUNTED)}
    assert {value.removeprefix(MOUNTED) for value in read} <= set(definition["secrets"])
    assert set(definition["secrets"]) <= set(COMPOSE["secrets"])


def test_the_environment_completes_the_starter_file(tmp_path):
    for name in COMPOSE["secrets"]:
        (tmp_path / name).write_text(f"secret-{name}\n")
    environment = {
        key: value.replace(MOUNTED, f"{tmp_path}/")
        for key, value in COMPOSE["services"]["syncd"]["environment"].items()
    }
    settings = load(ROOT / "syncd" / "config" / "starter.toml", environment)
    assert (
        settings.store.url.get_secret_value() == "postgresql://syncd:secret-postgres_password@postgres/syncd"
    )
    assert settings.web.token.get_secret_value() == "secret-web_token"


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_each_service_has_limits_and_no_privileges(service):
    definition = COMPOSE["services"][service]
    assert definition["read_only"] is True
    assert definition["cap_drop"] == ["ALL"]
    assert definition["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "pids_limit"} <= set(definition)
    assert {"nofile", "core"} <= set(definition["ulimits"])
