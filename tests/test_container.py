"""Compose files and manifests hold together: no engine is needed to see that their settings are syncd's."""

import json
from pathlib import Path

import pytest
import yaml

from syncd.config.load import load

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
FOR_TWO = yaml.safe_load((ROOT / "deploy" / "compose-two.yml").read_text())
KUBERNETES = (ROOT / "docs" / "kubernetes.md").read_text()
MANIFESTS = {
    (each["kind"], each["metadata"]["name"]): each
    for each in yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
}
DEPLOYMENT, GUARD = MANIFESTS["Deployment", "syncd"], MANIFESTS["Deployment", "syncd-guard"]
MOUNTED = "/run/secrets/"


@pytest.mark.parametrize(
    ("compose", "service"),
    [(compose, service) for compose in (COMPOSE, FOR_TWO) for service in compose["services"]],
)
def test_each_secret_a_service_reads_is_mounted_into_it(compose, service):
    definition = compose["services"][service]
    read = {value for value in definition["environment"].values() if value.startswith(MOUNTED)}
    assert {value.removeprefix(MOUNTED) for value in read} <= set(definition["secrets"])
    assert set(definition["secrets"]) <= set(compose["secrets"])


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


def test_two_daemons_by_compose_and_by_kubernetes_have_the_settings_of_one():
    one = COMPOSE["services"]["syncd"]["environment"]
    assert FOR_TWO["services"]["syncd-a"]["environment"] == one
    assert FOR_TWO["services"]["syncd-b"]["environment"] == one
    pod = DEPLOYMENT["spec"]["template"]["spec"]
    environment = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
    assert environment.keys() == one.keys()
    files = {value.rpartition("/")[2] for name, value in environment.items() if name.endswith("_FILE")}
    assert all(f"--from-file={name}" in KUBERNETES for name in files)


def test_the_manifest_updates_one_after_the_other_and_probes_what_is_served():
    spec = DEPLOYMENT["spec"]
    assert (spec["replicas"], spec["strategy"]["rollingUpdate"]["maxUnavailable"]) == (2, 0)
    container = spec["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    labels = spec["template"]["metadata"]["labels"]
    for manifest in (MANIFESTS["PodDisruptionBudget", "syncd"]["spec"], spec):
        assert manifest["selector"]["matchLabels"] == labels
    assert MANIFESTS["Service", "syncd"]["spec"]["selector"] == labels


@pytest.mark.parametrize("compose", [COMPOSE, FOR_TWO], ids=["one", "two"])
def test_each_compose_file_has_a_guard_that_watches_a_daemon_and_knows_no_password(compose):
    guard = compose["services"]["guard"]
    assert guard["command"] == ["guard"]
    watched = guard["environment"]["SYNCD_GUARD__URL"].removeprefix("http://").removesuffix(":8080")
    assert compose["services"][watched]["image"] == "syncd"
    assert "pinnacle_password" not in guard["secrets"]


def test_the_manifest_has_a_guard_beside_with_less_secrets():
    pod = GUARD["spec"]["template"]["spec"]
    assert (GUARD["spec"]["replicas"], pod["containers"][0]["args"]) == (1, ["guard"])
    environment = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
    service = MANIFESTS["Service", "syncd"]
    assert environment["SYNCD_GUARD__URL"] == f"http://{service['metadata']['name']}:8080"
    secrets = next(each["secret"] for each in pod["volumes"] if each["name"] == "secrets")
    files = {value.rpartition("/")[2] for name, value in environment.items() if name.endswith("_FILE")}
    assert {each["path"] for each in secrets["items"]} == files == {"bettune_token", "postgres_password"}
    for each in (DEPLOYMENT, GUARD):
        container = each["spec"]["template"]["spec"]["containers"][0]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_a_health_check_is_in_the_image_and_in_compose_because_oci_images_have_none():
    in_image = (ROOT / "Dockerfile").read_text().partition("HEALTHCHECK")[2].partition("CMD ")[2]
    for compose in (COMPOSE, FOR_TWO):
        daemons = [each for name, each in compose["services"].items() if name.startswith("syncd")]
        assert daemons
        for service in daemons:
            assert service["healthcheck"]["test"] == ["CMD", *json.loads(in_image.splitlines()[0])]
