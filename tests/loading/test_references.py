"""Every name leads somewhere, and every part fits the others; what does not is said where it stands."""

import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.files import document, misfits, read_playbook, read_scenario
from tests.loading.sample import PLAYBOOK, SCENARIO, edited, line_of, told


def only(text: str, kind: str = "scenario") -> str:
    found = told(text, kind)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("entry: edge", "entry: egde", "there is no service `egde`, did you mean edge?"),
        ("entry: edge", "entry: paygate", "there is no service `paygate`"),
        ("to: storefront", "to: storefrnt", "there is no component `storefrnt`, did you mean storefront?"),
        ("to: storefront", "to: orders-db", "there is no component that can be called `orders-db`"),
        (
            "pool: orders-pool",
            "pool: orders-pol",
            "there is no pgbouncer `orders-pol`, did you mean orders-pool?",
        ),
        (
            "server: orders-db",
            "server: orders-bd",
            "there is no postgres `orders-bd`, did you mean orders-db?",
        ),
        (
            'notes: "storefront v41.7.0: new size guide"',
            'notes: "size guide", calls: {catalog-ap: {retries: 3}}',
            "there is no callee `catalog-ap`, did you mean catalog-api?",
        ),
        (
            "      release: v41.7.0",
            """\
      settings: [{name: TRIES, value: "1", calls: {"3": {catalog-ap: {retries: 3}}}}]
      release: v41.7.0""",
            "there is no callee `catalog-ap`, did you mean catalog-api?",
        ),
        ("release: v41.7.0", "release: v41.7.1", "there is no release `v41.7.1`, did you mean v41.7.0?"),
        (
            "order-history:\n              hold: 30s",
            "order-histry:\n              hold: 30s",
            "there is no query `order-histry`",
        ),
        (
            "order-history:\n                hold: 700ms",
            "order-histry:\n                hold: 700ms",
            "there is no query `order-histry`",
        ),
        ("knows: [edge,", "knows: [egde,", "there is no component `egde`, did you mean edge?"),
        ("name: paygate, lat", "name: paygat, lat", "there is no external `paygat`, did you mean paygate?"),
        (
            "service: orders-api, v",
            "service: order-api, v",
            "there is no service `order-api`, did you mean orders-api?",
        ),
        (
            "version: v2.3.1, by",
            "version: v2.3.11, by",
            "there is no release of orders-api `v2.3.11`, did you mean v2.3.1?",
        ),
        (
            "person: support-lead",
            "person: suport-lead",
            "there is no person `suport-lead`, did you mean support-lead?",
        ),
        (
            "cause: orders-release",
            "cause: orders-relese",
            "there is no cause `orders-relese`, did you mean orders-release?",
        ),
        ("points_to: traffic", "points_to: trafic", "there is no cause `trafic`, did you mean traffic?"),
        ("page: [team-lead,", "page: [team-led,", "there is no person `team-led`, did you mean team-lead?"),
        ("remedy: 7", "remedy: 13", "there is no remedy 13; the last one is 12"),
        ("      target: orders-pool", "      target: orders-db", "there is no pgbouncer `orders-db`"),
        (
            "      target: orders-api",
            "      target: order-api",
            "there is no component `order-api`, did you mean orders-api?",
        ),
        (
            "value: ORDER_HISTORY_JOIN=off",
            "value: ORDER_HISTRY_JOIN=off",
            "there is no setting of orders-api `ORDER_HISTRY_JOIN`",
        ),
        ("value: ORDER_HISTORY_JOIN=off", "value: off", "`off` is not NAME=value"),
    ],
)
def test_a_name_that_leads_nowhere_is_said_with_the_nearest(old: str, new: str, said: str) -> None:
    found = only(edited(SCENARIO, old, new))
    assert said in found
    assert found.startswith(f"f.yaml:{line_of(SCENARIO, old)}:")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("part: secondary", "part: primary", "a second person is `part: primary`"),
        ("    part: primary", "    part: specialist", "nobody is `part: primary`"),
        ("id: secondary", "id: primary", "there are two people called `primary`"),
        ("share: 0.3", "share: 0.5", "with `cart` the shares of the queries add up to 1.05"),
        ("max_replicas: 20", "max_replicas: 4", "8 replicas are more than `max_replicas`, 4"),
        ("pool_size: 260", "pool_size: 0", "`pool_size` must be at least 1"),
        ("superuser_reserved_connections: 3", "superuser_reserved_connections: 300", "leaves no connection"),
        ("replicas: 8", "replicas: 8\n      memory: 2Gi", "needs more memory than `memory_limit` allows"),
        ('{at: "05:00"', '{at: "09:00"', "08:00 does not come after 09:00"),
        ("after: 6m", "after: 12m", "a hint comes before the one above it"),
        ("at: 70s", "at: 3h", "`at` must be at most 2h, the scenario's duration"),
        ("duration: 2h", "duration: 8d", "`duration` must be at most 7d, a week"),
        ("history: 1h", "history: 5s", "`history` must be at least 15s"),
        ("shows: 'metabase'", "shows: '(?<=x)y'", "is not a regular expression"),
        ("id: payments", "id: pods-fine", "there are two clues called `pods-fine`"),
        ("id: payment-provider", "id: traffic", "there are two causes called `traffic`"),
        ("name: third-parties", "name: orders", "there are two groups of rules called `orders`"),
        ("impacted: [shop,", 'impacted: [" ",', "an empty word is found in everything"),
        ("noise: [PaymentProviderSlow", "noise: [PaymentSlow", "there is no alert `PaymentSlow`"),
        ("name: cart", "name: place-order", "there are two queries called `place-order`"),
        ("    touches: 1\n", "    touches: 1.5\n", "`touches` is a share of the pool, 1 at most"),
    ],
)
def test_what_does_not_fit_is_said(old: str, new: str, said: str) -> None:
    found = told(edited(SCENARIO, old, new))
    assert any(said in each for each in found)


def test_calls_that_come_back_are_a_circle_said_once() -> None:
    text = edited(SCENARIO, "{to: paygate, share: 0.05", "{to: storefront, share: 0.05")
    found = only(text)
    assert "calls go round in a circle: storefront -> orders-api -> storefront" in found
    assert found.startswith(f"f.yaml:{line_of(text, '{to: storefront, share: 0.05')}:")


def test_a_service_that_calls_itself_is_a_circle() -> None:
    assert "storefront -> storefront" in only(edited(SCENARIO, "{to: catalog-api,", "{to: storefront,"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "escalation_policy: production",
            "escalation_policy: prodution",
            "there is no escalation policy 'prodution'",
        ),
        ("id: primary-rota}", "id: primary-rot}", "there is no schedule 'primary-rot'"),
        ("receiver: on-call", "receiver: oncall", "there is no receiver 'oncall'"),
        ("pager_service: production", "pager_service: prod", "there is no service 'prod'"),
        ("time_zone: Etc/UTC", "time_zone: Europe/Berln", "'Europe/Berln' is not a time zone"),
        ("time_zone: Etc/UTC", "time_zone: ../../etc/passwd", "is not a time zone"),
        ("""'severity="critical"'""", """'severity=="critical'""", "double quote"),
        ("severities: [SEV-1]", "severities: [SEV-9]", "there is no severity `SEV-9`"),
        ("id: SEV-2", "id: SEV-1", "there are two severities called `SEV-1`"),
        ("name: kafka-consumer-lag", "name: db-pool-exhaustion", "there are two runbooks called"),
        ("id: kill-idle", "id: long-queries", "there are two steps called `long-queries`"),
        ("id: respond", "id: acknowledge-page", "there are two expectations called"),
        (
            "    check: notify\n    audience: executives\n",
            "    check: notify\n",
            "the check `notify` needs an `audience`",
        ),
        ("{audience: team, every: 4h}", "{audience: team, every: 4s}", "`every` must be at least 1m"),
    ],
)
def test_a_playbook_fits_together(old: str, new: str, said: str) -> None:
    found = told(edited(PLAYBOOK, old, new), "playbook")
    assert any(said in each for each in found)
    assert all(each.startswith("f.yaml:") and not each.startswith("f.yaml:0") for each in found)


def both(scenario: str, playbook: str) -> list[str]:
    first = read_scenario(document(scenario, "scenario.yaml"))
    return [str(each) for each in misfits(first, read_playbook(document(playbook, "playbook.yaml")))]


def test_the_shipped_scenario_fits_its_playbook() -> None:
    assert both(SCENARIO, PLAYBOOK) == []


def test_a_severity_that_the_playbook_lacks_is_said_in_the_scenario() -> None:
    (found,) = both(edited(SCENARIO, "severity: SEV-1", "severity: SEV-9"), PLAYBOOK)
    assert found.startswith(
        f"scenario.yaml:{line_of(SCENARIO, 'severity: SEV-1')}:13: there is no severity in"
    )


def test_people_whom_the_scenario_lacks_are_said_in_the_playbook() -> None:
    found = both(
        SCENARIO, PLAYBOOK.replace("vp-engineering", "cto").replace("{user: primary}", "{user: anna}")
    )
    assert len(found) == 3
    assert all(each.startswith("playbook.yaml:") for each in found)
    assert sum("'cto'" in each or "`cto`" in each for each in found) == 2


def test_wrong_values_and_wrong_names_are_told_together() -> None:
    text = edited(SCENARIO, "replicas: 8", "replicas: eight")
    text = edited(text, "difficulty: easy", "difficulty: esy")
    text = edited(text, "      owner: web", "      ownr: web")
    text = edited(text, "to: storefront", "to: storefrnt")
    text = edited(text, "title: The", "title: a\ntitle: The")
    text = edited(text, "> 0.05", "> 0.05 +")
    found = told(text)
    wanted = [
        "`replicas`",
        "`difficulty`",
        "`ownr`",
        "`owner` is missing",
        "`storefrnt`",
        "there twice",
        "PromQL",
    ]
    assert [sum(part in each for each in found) for part in wanted] == [1] * 7
    assert len(found) == 7


@pytest.mark.parametrize(
    ("key", "expr", "place"),
    [
        ("plain", "sum(a) > nope(b)", (1, 24)),
        ("literal", "|\n          sum(a)\n            > nope(b)", (3, 15)),
        ("quoted", '"sum(a) > nope(b)"', (1, 15)),
        ("folded", ">-\n          sum(a)\n          > nope(b)", (1, 15)),
    ],
)
def test_a_bad_expression_is_told_where_it_was_written(key: str, expr: str, place: tuple[int, int]) -> None:
    text = f"groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: {expr}\n"
    assert told(text, "rules") == [
        f"f.yaml:{place[0] + 4}:{place[1]}: PromQL function `nope` is not supported"
    ]


def test_every_bad_rule_is_told() -> None:
    rules = "".join(f"      - alert: A{number}\n        expr: nope(\n" for number in range(5))
    assert len(told(f"groups:\n  - name: a\n    rules:\n{rules}", "rules")) == 5


def test_the_same_rule_twice_is_told() -> None:
    rule = "      - alert: A\n        expr: a\n        labels: {b: c}\n"
    assert "is there twice" in only(f"groups:\n  - name: a\n    rules:\n{rule}{rule}", "rules")


def test_problems_come_in_the_order_of_the_file() -> None:
    text = SCENARIO.replace("points_to: traffic", "points_to: x").replace("knows: [edge", "knows: [y")
    with pytest.raises(InvalidInput) as caught:
        read_scenario(document(text, "f.yaml"))
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
