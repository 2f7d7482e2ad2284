from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.errors import InvalidInput
from drillbook.model.labels import labels
from drillbook.oncall.routing import RouteNode, compile_routing
from tests.oncall.builders import routing


def receivers(tree: RouteNode, **alert: str) -> list[str]:
    return [node.options.receiver for node in tree.match(alert)]


def test_the_first_child_that_matches_ends_the_search() -> None:
    tree = compile_routing(
        routing(routes=[{"receiver": "a", "matchers": ["x=1"]}, {"receiver": "b", "matchers": ["x=1"]}])
    ).root
    assert receivers(tree, x="1") == ["a"]


def test_continue_goes_on_with_the_siblings() -> None:
    first = {"receiver": "a", "matchers": ["x=1"], "continue": True}
    rest = [{"receiver": "b", "matchers": ["x=1"]}, {"receiver": "c"}]
    tree = compile_routing(routing(routes=[first, *rest])).root
    assert receivers(tree, x="1") == ["a", "b"]
    assert receivers(tree, x="2") == ["c"]


def test_a_route_takes_an_alert_itself_only_if_no_child_did() -> None:
    child = {"receiver": "b", "matchers": ["y=1"]}
    tree = compile_routing(routing(routes=[{"receiver": "a", "matchers": ["x=1"], "routes": [child]}])).root
    assert receivers(tree, x="1", y="1") == ["b"]
    assert receivers(tree, x="1") == ["a"]
    assert receivers(tree) == ["root"]


def test_continue_within_a_subtree_does_not_reach_its_parents_siblings() -> None:
    inner = {"receiver": "b", "matchers": ["y=1"], "continue": True}
    outer = {"receiver": "a", "matchers": ["x=1"], "routes": [inner]}
    tree = compile_routing(routing(routes=[outer, {"receiver": "c"}])).root
    assert receivers(tree, x="1", y="1") == ["b"]


def test_an_absent_label_equals_the_empty_text() -> None:
    tree = compile_routing(routing(routes=[{"receiver": "a", "matchers": ['team=""']}])).root
    assert receivers(tree) == ["a"]
    assert receivers(tree, team="db") == ["root"]


def test_all_matchers_of_a_route_must_hold() -> None:
    tree = compile_routing(routing(routes=[{"receiver": "a", "matchers": ["x=1", "y=~a|b"]}])).root
    assert receivers(tree, x="1", y="b") == ["a"]
    assert receivers(tree, x="1", y="c") == ["root"]


def test_options_are_inherited_one_by_one() -> None:
    grandchild = {"matchers": ["y=1"], "repeat_interval": "1h"}
    child = {"receiver": "a", "group_wait": "10s", "group_by": ["b", "a"], "routes": [grandchild]}
    tree = compile_routing(routing(group_interval="2m", routes=[child])).root
    options = tree.children[0].children[0].options
    assert (options.receiver, options.group_wait, options.group_interval) == ("a", 10.0, 120.0)
    assert (options.repeat_interval, options.group_by) == (3600.0, frozenset({"a", "b"}))


def test_the_defaults_are_30s_5m_4h_and_one_group() -> None:
    options = compile_routing(routing()).root.options
    assert (options.group_wait, options.group_interval, options.repeat_interval) == (30.0, 300.0, 14400.0)
    assert compile_routing(routing()).root.group_labels(labels(a="1")) == ()


def test_an_empty_group_by_undoes_an_inherited_one_and_dots_group_by_everything() -> None:
    tree = compile_routing(routing(group_by=["a"], routes=[{"group_by": []}, {"group_by": ["..."]}])).root
    alert = labels(a="1", b="2")
    found = [node.group_labels(alert) for node in tree.walk()]
    assert found == [(("a", "1"),), (), alert]


def test_a_route_key_holds_the_sorted_matchers_from_the_root_down() -> None:
    tree = compile_routing(
        routing(routes=[{"matchers": ['z="1"', "a=~x"], "routes": [{"matchers": ["b!=c"]}]}])
    ).root
    assert [node.key for node in tree.walk()] == ["{}", '{}/{a=~"x",z="1"}', '{}/{a=~"x",z="1"}/{b!="c"}']
    assert [node.index for node in tree.walk()] == [0, 1, 2]


def test_every_problem_of_a_routing_is_reported_at_once() -> None:
    bad: dict[str, Any] = {
        "receiver": "a",
        "matchers": ["nonsense"],
        "group_by": ["...", "x"],
        "group_interval": "0s",
    }
    model = routing(matchers=["a=b"], **{"continue": True}, routes=[bad, {"receiver": "b"}])
    lost = model.model_copy(update={"receivers": [each for each in model.receivers if each.name != "b"] * 2})
    with pytest.raises(InvalidInput) as caught:
        compile_routing(lost)
    places = [problem.message.split(":")[0] for problem in caught.value.problems]
    assert places == [
        "receivers[2]",
        "receivers[3]",
        "route.continue",
        "route.matchers",
        "route.routes[0].group_by",
        "route.routes[0].group_interval",
        "route.routes[0].matchers[0]",
        "route.routes[1].receiver",
    ]


def test_every_problem_of_muting_is_reported_at_its_place() -> None:
    always = {"name": "always", "time_intervals": [{}]}
    odd = {"name": "always", "time_intervals": [{"weekdays": ["monday", "mon"]}]}
    rule = {
        "source_matchers": ["="],
        "target_match": {"1x": "a"},
        "target_match_re": {"y": "("},
        "equal": ["a-b"],
    }
    child = {"match_re": {"x": "("}, "match": {"": "a"}, "mute_time_intervals": ["alway"]}
    model = routing(
        match={"a": "b"},
        active_time_intervals=["always"],
        routes=[child],
        inhibit_rules=[rule],
        time_intervals=[always, odd],
    )
    with pytest.raises(InvalidInput) as caught:
        compile_routing(model)
    assert [problem.message.split(":")[0] for problem in caught.value.problems] == [
        "inhibit_rules[0].equal[0]",
        "inhibit_rules[0].source_matchers[0]",
        "inhibit_rules[0].target_match.1x",
        "inhibit_rules[0].target_match_re.y",
        "route.active_time_intervals",
        "route.match",
        "route.routes[0].match.",
        "route.routes[0].match_re.x",
        "route.routes[0].mute_time_intervals[0]",
        "time_intervals[1].time_intervals[0].weekdays[1]",
        "time_intervals[1]",
    ]
    assert any("did you mean 'always'" in problem.hint for problem in caught.value.problems)


def test_older_spellings_of_matchers_are_matchers_too() -> None:
    routes = [{"receiver": "a", "match": {"x": "1"}, "match_re": {"y": "a|b"}, "matchers": ["z!=2"]}]
    tree = compile_routing(routing(routes=routes)).root
    assert tree.children[0].key == '{}/{x="1",y=~"a|b",z!="2"}'
    assert receivers(tree, x="1", y="b") == ["a"]
    assert receivers(tree, x="1", y="ab") == ["root"]


VALUES = st.sampled_from(["", "a", "b", "ab"])
MATCHERS = st.builds(
    lambda name, operator, value: f'{name}{operator}"{value}"',
    st.sampled_from("xyz"),
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(["", "a", "b", "a|b", "a.*", ".+"]),
)
NODES = st.fixed_dictionaries(
    {
        "receiver": st.sampled_from("rstu"),
        "matchers": st.lists(MATCHERS, max_size=2),
        "continue": st.booleans(),
    }
)
TREES = st.recursive(
    NODES,
    lambda children: st.builds(
        lambda node, below: {**node, "routes": below}, NODES, st.lists(children, max_size=3)
    ),
    max_leaves=8,
)
ALERTS = st.fixed_dictionaries(dict.fromkeys("xyz", VALUES))


def tree_of(routes: list[dict[str, Any]]) -> RouteNode:
    return compile_routing(routing(routes=routes)).root


@given(st.lists(TREES, max_size=3), ALERTS)
def test_every_alert_reaches_somebody_and_only_routes_whose_ancestors_match(
    routes: list[dict[str, Any]], alert: dict[str, str]
) -> None:
    tree = tree_of(routes)
    found = tree.match(alert)
    assert found
    assert [node.index for node in found] == sorted({node.index for node in found})
    assert (found == [tree]) == (not any(child.match(alert) for child in tree.children))


@given(st.lists(TREES, max_size=3), ALERTS)
def test_without_continue_an_alert_reaches_exactly_one_route(
    routes: list[dict[str, Any]], alert: dict[str, str]
) -> None:
    def plain(route: dict[str, Any]) -> dict[str, Any]:
        return {**route, "continue": False, "routes": [plain(each) for each in route.get("routes", [])]}

    assert len(tree_of([plain(each) for each in routes]).match(alert)) == 1


@given(st.lists(TREES, max_size=3), ALERTS)
def test_an_empty_label_is_the_same_as_none(routes: list[dict[str, Any]], alert: dict[str, str]) -> None:
    tree = tree_of(routes)
    assert tree.match(alert) == tree.match({name: value for name, value in alert.items() if value})
