"""kubectl answers in its own format, from the state."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.world.shell.builders import answer, proposed, service, shown

ORDERS = service("orders-api")


def rows(text: str) -> list[list[str]]:
    return [re.split(r" {2,}", line) for line in text.split("\n")[1:]]


def test_pods_show_readiness_status_restarts_and_age() -> None:
    assert shown("kubectl get pods -l app=orders-api") == (
        "NAME                          READY   STATUS              RESTARTS     AGE\n"
        "orders-api-7c9d8b6f54-k8s4w   1/1     Running             3 (2m ago)   2m\n"
        "orders-api-7c9d8b6f54-m4m4m   0/1     ContainerCreating   0            2s\n"
        "orders-api-7c9d8b6f54-q7q7q   0/1     Running             0            25s\n"
        "orders-api-7c9d8b6f54-x2x9z   1/1     Running             0            5d3h"
    )


def test_ready_counts_of_a_deployment_are_those_of_its_pods() -> None:
    found = {row[0]: row[1] for row in rows(shown("kubectl get deployments -n shop"))}
    for name in ("storefront", "orders-api"):
        pods = service(name).pods
        assert found[name] == f"{sum(p.ready for p in pods)}/{len(pods)}"


def test_top_shows_the_cpu_and_memory_of_the_state() -> None:
    found = {row[0]: (row[1], row[2]) for row in rows(shown("kubectl top pods -n shop"))}
    for p in ORDERS.pods:
        if p.phase == "Running":
            assert found[p.name] == (f"{round(p.cpu * 1000)}m", f"{int(p.memory / 2**20)}Mi")
        else:
            assert p.name not in found


def test_top_sorts_by_cpu() -> None:
    assert rows(shown("kubectl top pods --sort-by=cpu"))[0][0] == "orders-api-7c9d8b6f54-k8s4w"


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get deploy",
        "kubectl get deployment -n shop",
        "kubectl -n shop get deployments",
        "kubectl --namespace=shop get deployments.apps",
        "kubectl get deploy -nshop",
        "k get deploy -w",
        "sudo kubectl get deploy",
        "watch -n 2 kubectl get deploy",
    ],
)
def test_aliases_and_flags_mean_the_same(command: str) -> None:
    assert shown(command) == shown("kubectl get deployments")


def test_type_and_name_may_be_one_word_or_two() -> None:
    assert shown("kubectl get deploy/orders-api") == shown("kubectl get deployment orders-api")


def test_wide_output_shows_the_running_image() -> None:
    assert "registry.shop.example.com/orders-api:2026.03.2" in shown("kubectl get deploy -o wide")


def test_all_namespaces_put_the_namespace_first() -> None:
    assert shown("kubectl get pods -A").startswith("NAMESPACE   NAME ")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("kubectl get pods x", 'Error from server (NotFound): pods "x" not found'),
        ("kubectl get deploy x", 'Error from server (NotFound): deployments.apps "x" not found'),
        ("kubectl get pods -n nowhere", "No resources found in nowhere namespace."),
        ("kubectl get hpa", "No resources found in shop namespace."),
        ("kubectl get foo", 'error: the server doesn\'t have a resource type "foo"'),
        ("kubectl get pods --foo", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage."),
        ("kubectl rollout history deploy/x", 'Error from server (NotFound): deployments.apps "x" not found'),
        ("kubectl scale deploy/orders-api", 'error: required flag(s) "replicas" not set'),
        ("kubectl rollout undo", "error: required resource not specified"),
    ],
)
def test_errors_are_in_kubectl_s_words(command: str, text: str | None) -> None:
    assert shown(command) == text


def test_a_mistyped_verb_gets_the_nearest_one() -> None:
    assert shown("kubectl gte pods").endswith("Did you mean this?\n        get")


def test_history_lists_revisions_and_a_revision_shows_its_notes() -> None:
    assert shown("kubectl rollout history deployment/orders-api") == (
        "deployment.apps/orders-api\n"
        "REVISION  CHANGE-CAUSE\n"
        "1         deploy 2026.03.1\n"
        "2         deploy 2026.03.2"
    )
    assert "Show the customer's whole history" in shown(
        "kubectl rollout history deploy/orders-api --revision=2"
    )


def test_status_counts_updated_and_available_replicas() -> None:
    name = "kubectl rollout status deployment/orders-api"
    assert "2 of 4 updated replicas are available..." in shown(name)
    halfway = replace(ORDERS, updated=1, rolling=True)
    assert "1 out of 4 new replicas have been updated..." in shown(name, orders_api=halfway)
    done = replace(ORDERS, pods=tuple(replace(p, ready=True) for p in ORDERS.pods))
    assert shown(name, orders_api=done) == 'deployment "orders-api" successfully rolled out'


def test_logs_of_a_deployment_are_those_of_one_pod() -> None:
    lines = shown("kubectl logs deploy/orders-api --tail=5").split("\n")
    assert "Found" not in shown("kubectl logs deploy/orders-api | head -1")  # it is on stderr
    assert lines[0] == "Found 3 pods, using pod/orders-api-7c9d8b6f54-k8s4w"
    assert len(lines) == 6
    assert re.fullmatch(r"2026-03-10T14:\d\d:\d\d\.\d{3}Z (ERROR|INFO ) request \d+ done", lines[1])


def test_logs_since_leave_older_lines_out() -> None:
    assert len(shown("kubectl logs -l app=orders-api --tail=100 --since=10s").split("\n")) == 5


def test_previous_logs_need_a_restart() -> None:
    assert "previous terminated container" in shown("kubectl logs orders-api-7c9d8b6f54-x2x9z -p")


def test_describe_shows_restarts_and_events() -> None:
    text = shown("kubectl describe pod orders-api-7c9d8b6f54-k8s4w")
    for part in (
        "Restart Count:    3",
        "Last State:       Terminated",
        "Ready:            True",
        "Scheduled",
    ):
        assert part in text
    assert "Readiness probe failed" in shown("kubectl describe pod orders-api-7c9d8b6f54-q7q7q")


def test_describe_deployment_shows_replicas_version_and_settings() -> None:
    text = shown("kubectl describe deployment orders-api")
    for part in (
        "4 desired | 4 updated | 4 total | 2 available | 2 unavailable",
        ":2026.03.2",
        "DB_POOL_SIZE:  20",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("command", "action", "text"),
    [
        (
            "rollout undo deployment/orders-api",
            ("rollback", "orders-api", ""),
            "deployment.apps/orders-api rolled back",
        ),
        ("rollout undo deploy orders-api --to-revision=1", ("rollback", "orders-api", "1"), None),
        (
            "rollout restart deployment orders-api",
            ("restart", "orders-api", ""),
            "deployment.apps/orders-api restarted",
        ),
        (
            "rollout pause deploy/orders-api",
            ("pause-rollout", "orders-api", ""),
            "deployment.apps/orders-api paused",
        ),
        (
            "scale --replicas 8 deploy/orders-api",
            ("scale", "orders-api", "8"),
            "deployment.apps/orders-api scaled",
        ),
        ("scale deployment orders-api --replicas=08", ("scale", "orders-api", "8"), None),
        (
            "set env deployment/orders-api X=y",
            ("set-env", "orders-api", "X=y"),
            "deployment.apps/orders-api env updated",
        ),
        ("set env deploy/orders-api DB_POOL_SIZE=50", ("set-env", "orders-api", "DB_POOL_SIZE=50"), None),
        ("set image deploy/orders-api c=r/orders-api:2026.03.1", ("deploy", "orders-api", "2026.03.1"), None),
        (
            "delete pod orders-api-7c9d8b6f54-x2x9z",
            ("restart", "orders-api", "orders-api-7c9d8b6f54-x2x9z"),
            'pod "orders-api-7c9d8b6f54-x2x9z" deleted',
        ),
        ("delete pods -l app=storefront", ("restart", "storefront", ""), None),
        (
            "annotate ingress storefront nginx.ingress.kubernetes.io/limit-rps=50 --overwrite",
            ("rate-limit", "storefront", "50"),
            "ingress.networking.k8s.io/storefront annotated",
        ),
        (
            "annotate ing/storefront nginx.ingress.kubernetes.io/limit-rps-",
            ("rate-limit", "storefront", "0"),
            None,
        ),
    ],
)
def test_changes_become_remediations(command: str, action: tuple[str, str, str], text: str | None) -> None:
    found = proposed(f"kubectl {command}")
    assert (found.action.kind, found.action.target, found.action.value) == action
    assert found.action.command == f"kubectl {command}"
    assert text is None or found.text == text


def test_resume_needs_a_pause_and_a_paused_rollout_cannot_be_undone() -> None:
    paused = replace(ORDERS, paused=True)
    assert "is not paused" in shown("kubectl rollout resume deploy/orders-api")
    assert proposed("kubectl rollout resume deploy/orders-api", orders_api=paused).action.value == "off"
    assert "cannot rollback a paused deployment" in shown(
        "kubectl rollout undo deploy/orders-api", orders_api=paused
    )


def test_an_unchanged_variable_changes_nothing() -> None:
    assert shown("kubectl set env deploy/orders-api DB_POOL_SIZE=20") == ""


def test_exec_runs_psql_and_curl_and_nothing_else() -> None:
    assert "max_connections" in shown('kubectl exec -it deploy/orders-api -- psql -c "SHOW max_connections"')
    assert "no shell" in shown("kubectl exec -it deploy/orders-api -- bash")


@pytest.mark.parametrize("command", ["kubectl get secrets", "kubectl delete deployment orders-api"])
def test_what_on_call_may_not_do_is_forbidden(command: str) -> None:
    assert "Forbidden" in shown(command)


def test_the_world_says_whether_a_remediation_is_risky() -> None:
    assert not proposed("kubectl rollout undo deploy/orders-api").risky
    risky = proposed("systemctl restart postgresql")
    assert risky.risky
    assert risky.consequence == "Everybody waits."


def test_help_of_kubectl_costs_no_time() -> None:
    assert answer("kubectl --help") == answer("man kubectl")
