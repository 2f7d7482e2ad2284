"""Caches: they fill by what the backend answers, and a backend that cannot keep up leaves them empty."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.loading.checks.system import system_findings
from drillbook.model.rules import RuleFile
from drillbook.model.system import System
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import compile_rules
from drillbook.world.parts.cache.flow import EMPTY
from drillbook.world.parts.cache.state import CacheState
from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import START, Play, database, pool, service, system
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

KEYS, TTL, HOLD = 20_000, 1800.0, 0.05
FLUSH = {"do": "change", "at": "5m", "component": "redis", "set": {"lose": 1}}
RULES = Path(__file__).parents[4] / "shared" / "rules" / "oliver006-redis-exporter.yml"


def cache(**over: Any) -> dict[str, Any]:
    base = {
        "kind": "cache", "name": "redis", "owner": "web", "keys": KEYS, "entry": "4Ki", "memory": "1Gi",
        "ttl": f"{TTL:g}s", "fill_within": "2s", "warm_up": "100/s",
    }  # fmt: skip
    return base | over


def space(entries: int) -> str:
    return f"{round(EMPTY / 1024) + 4 * entries}Ki"


def shop(
    rate: float = 700.0, size: int = 40, query: dict[str, Any] | None = None, slots: int = 1000, **over: Any
) -> System:
    """A service all of whose queries are cached, in front of a pool that does 20 queries/s per connection."""
    one = {"name": "item", "share": 1.0, "hold": f"{HOLD:g}s", "sql": "select", "cached": True}
    uses = {"pool": "pool", "cache": "redis", "queries": [one | (query or {})]}
    settings_ = [
        {"name": "CACHE_SINGLEFLIGHT", "value": "off", "effects": {"on": {"item": {"coalesce": True}}}}
    ]
    api = service("api", uses=uses, concurrency=slots, memory_limit="8Gi", settings=settings_,
                  rollout={"max_unavailable": 4, "ready_after": "5s"})  # fmt: skip
    line = pool(pool_size=size, query_wait_timeout="10s", max_client_conn=20_000)
    return system(api, line, database(), cache(**over), entry="api", rate=f"{rate:g}/s")


def crowded(**over: Any) -> System:
    """2000 lookups/s against a pool that does 800 queries/s."""
    base: dict[str, Any] = {"rate": 2000.0, "keys": 200_000}
    return shop(**(base | over))


def kept(play: Play, t: float) -> CacheState:
    state = play.to(t).world.state(t)["redis"]
    assert isinstance(state, CacheState)
    return state


def ask(play: Play, t: float, text: str) -> Answer:
    play.to(t)
    return Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(t, text)


# --- filling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [10, 30, 60, 120])
def test_after_a_flush_the_hit_ratio_rises_as_one_minus_e_to_the_lookups_per_key(after: int) -> None:
    state = kept(Play(shop(ttl="30d"), [FLUSH]), 300 + after)
    assert state.entries / KEYS == pytest.approx(1 - math.exp(-700 * after / KEYS), rel=0.03)


@pytest.mark.parametrize(("rate", "ttl"), [(100, 60), (700, 60), (700, 1800), (20, 600)])
def test_it_settles_where_the_renewal_argument_says(rate: float, ttl: float) -> None:
    each = rate / KEYS
    for t in (0, 1800):
        state = kept(Play(shop(rate, ttl=f"{ttl}s")), t)
        assert state.hit_ratio == pytest.approx(each * ttl / (1 + each * ttl), rel=0.01)


def test_only_what_is_missed_reaches_the_pool() -> None:
    play = Play(shop())
    assert play.pool(60).query_rate == pytest.approx(kept(play, 60).misses, rel=0.01)
    assert play.pool(60).query_rate < 0.03 * 700


def test_the_database_counts_only_what_reached_it() -> None:
    play = Play(shop())
    text = ask(play, 600, "SELECT calls FROM pg_stat_statements WHERE query = 'select'").text
    calls = int(next(line for line in text.splitlines() if line.strip().isdecimal()))
    assert calls == pytest.approx(86400 * kept(play, 600).misses, rel=0.05)


def test_queries_that_are_not_cached_go_to_the_pool_as_before() -> None:
    play = Play(shop(query={"cached": False}))
    assert play.pool(60).query_rate == pytest.approx(700, rel=0.01)
    assert kept(play, 60).lookups == 0


def test_no_more_is_kept_than_fits_and_the_rest_is_evicted() -> None:
    room = 10_000
    play = Play(shop(memory=space(room)))
    state = kept(play, 600)
    assert state.entries == pytest.approx(room)
    assert state.hit_ratio == pytest.approx(room / KEYS, rel=0.01)
    assert state.evicted == pytest.approx(state.filled - state.expired)
    assert state.evicted > 300


def test_without_eviction_what_does_not_fit_is_not_stored() -> None:
    state = kept(Play(shop(memory=space(10_000), policy="noeviction")), 600)
    assert state.evicted == 0
    assert state.filled == pytest.approx(state.expired)


def test_more_memory_is_used_and_less_evicts_at_once() -> None:
    play = Play(shop(memory=space(10_000)))
    play.at(100, "cache-memory", "redis", str(2**30))
    assert kept(play, 900).hit_ratio > 0.95
    play.at(900, "cache-memory", "redis", str(round(EMPTY + 10_000 * 4096)))
    assert kept(play, 901).entries == pytest.approx(10_000)


@settings(max_examples=12, deadline=None)
@given(
    rate=st.integers(1, 3000),
    keys=st.integers(1, 300_000),
    ttl=st.integers(1, 100_000),
    room=st.integers(1, 300_000),
    lose=st.floats(0, 1),
    size=st.integers(1, 100),
)
def test_entries_come_and_go_and_none_is_lost_in_between(
    rate: int, keys: int, ttl: int, room: int, lose: float, size: int
) -> None:
    """At every knot: what is kept changes by what is filled, expires and is evicted; all of it in bounds."""
    lost = {"do": "change", "at": "5m", "component": "redis", "set": {"lose": lose}}
    play = Play(shop(rate, size, keys=keys, ttl=f"{ttl}s", memory=space(room)), [lost])
    kept(play, 900)
    line, k = play.world._plant.trajectory, play.world._plant.network.parts["redis"].column
    for t0, t1, a, b in zip(line.times, line.times[1:], line.rows, line.rows[1:], strict=False):
        if t1 in line.changes:
            continue
        dt = t1 - t0
        fresh, _, losses, lookups, misses, filled, expired, evicted = b[k : k + 8]
        assert -1e-6 <= fresh <= min(keys, room) + 1e-6
        assert -1e-9 <= misses <= lookups * (1 + 1e-9) + 1e-9
        assert min(filled, expired, evicted) >= -1e-6
        left = a[k] * (1 - lose if losses != a[k + 2] else 1)
        assert fresh - left == pytest.approx((filled - expired - evicted) * dt, abs=1e-6 * keys + 1e-6)


# --- the stampede -----------------------------------------------------------------------------------------


def test_a_flush_in_front_of_a_backend_that_cannot_keep_up_is_a_state_that_stays() -> None:
    """800 queries/s against 2000 misses/s: reads take longer than anybody waits, so nothing is stored."""
    play = Play(crowded(), [FLUSH])
    assert play.service(299, "api").error_ratio < 1e-6
    for t in (400, 1200, 3600):
        state = kept(play, t)
        assert state.hit_ratio < 0.05
        assert state.filled < 1
        assert play.service(t, "api").error_ratio > 0.5


@pytest.mark.parametrize(("size", "stays"), [(40, True), (80, True), (95, False), (120, False)])
def test_it_tips_where_what_is_missed_is_more_than_the_backend_can_do(size: int, *, stays: bool) -> None:
    """20 queries/s per connection; a backlog shrinks only while filling is faster than it grows."""
    state = kept(Play(crowded(size=size), [FLUSH]), 3000)
    assert (state.hit_ratio < 0.1) is stays


def test_a_flush_where_the_backend_has_room_passes_by_itself() -> None:
    play = Play(shop(), [FLUSH])
    assert max(play.to(t).service(t, "api").error_ratio for t in range(300, 400, 5)) < 1e-6
    assert kept(play, 1200).hit_ratio > 0.98


def test_less_traffic_lets_it_fill_and_more_can_come_once_it_has() -> None:
    play = Play(crowded(), [FLUSH])
    play.at(600, "rate-limit", "api", "700")
    assert kept(play, 1500).hit_ratio > 0.75
    play.at(1500, "rate-limit", "api", "0")
    assert kept(play, 2400).hit_ratio > 0.93
    assert play.service(2400, "api").error_ratio < 1e-6


def test_the_limit_lifted_too_early_brings_it_back() -> None:
    play = Play(crowded(), [FLUSH])
    play.at(600, "rate-limit", "api", "700")
    play.at(640, "rate-limit", "api", "0")
    assert kept(play, 2400).hit_ratio < 0.1


def test_another_flush_makes_it_no_better_and_a_healthy_day_worse() -> None:
    play = Play(crowded(), [FLUSH])
    play.at(600, "cache-flush", "redis")
    assert play.service(900, "api").error_ratio > 0.5
    calm = Play(crowded())
    calm.at(600, "cache-flush", "redis")
    assert calm.service(900, "api").error_ratio > 0.5


def test_more_pods_do_not_help_and_a_larger_pool_does() -> None:
    play = Play(crowded(), [FLUSH])
    play.at(600, "scale", "api", "30")
    assert kept(play, 1500).hit_ratio < 0.05
    play.at(1500, "pool-size", "pool", "120")
    play.at(1501, "pool-reload", "pool")
    assert kept(play, 2700).hit_ratio > 0.9


def few(**over: Any) -> System:
    """Few keys: many ask for the same one at once."""
    base: dict[str, Any] = {"rate": 2000.0, "size": 10, "keys": 3000, "fill_within": "8s", "slots": 10_000}
    return shop(**(base | over))


def test_coalescing_bounds_reads_to_one_per_key_and_the_time_it_takes() -> None:
    """Missing keys over (1/r + L), where L is the wait for the pool; what it does not do times out."""
    without = Play(few(fill_within="1s"), [FLUSH])
    bounded = Play(few(fill_within="1s", query={"coalesce": True}), [FLUSH])
    waiting = [play.to(900).pool(900).client_waiting for play in (without, bounded)]
    assert waiting[1] < 0.4 * waiting[0]
    state, line = kept(bounded, 900), bounded.pool(900)
    missing, each = 3000 - state.entries, state.lookups / 3000
    reads = line.query_rate + line.timeout_rate
    assert missing / (1 / each + line.maxwait) == pytest.approx(reads, rel=0.1)


def test_coalescing_can_be_switched_on_and_ends_a_stampede_of_few_keys() -> None:
    play = Play(few(), [FLUSH])
    assert kept(play, 600).hit_ratio < 0.5
    play.at(600, "set-env", "api", "CACHE_SINGLEFLIGHT=on")
    assert kept(play, 1500).hit_ratio > 0.9
    assert play.service(1500, "api").error_ratio < 1e-3


def test_those_who_wait_for_anothers_read_fail_with_it() -> None:
    play = Play(few(fill_within="1s", query={"coalesce": True}), [FLUSH])
    state, of = kept(play, 900), play.service(900, "api")
    assert of.in_flight > 5 * play.pool(900).client_waiting
    assert of.error_ratio > 0.1
    assert state.hit_ratio < 0.5


def test_stale_entries_bridge_a_backend_that_is_down() -> None:
    """After a minute 1 - e^-1 of the entries have expired; of those few are past ten minutes of grace."""
    for stale, low, high in (("0s", 0.6, 0.9), ("10m", 0.0, 0.06)):
        play = Play(shop(ttl="60s", stale=stale))
        play.at(600, "db-restart", "db")
        errors = max(play.to(t).service(t, "api").error_ratio for t in range(601, 660, 5))
        assert low <= errors <= high


def test_a_warm_up_job_fills_it_at_its_rate_and_ends() -> None:
    play = Play(shop(1.0), [FLUSH])
    name = play.at(301, "cache-warm", "redis")
    assert kept(play, 361).entries == pytest.approx(6000, rel=0.05)
    kept(play, 600)
    assert play.ended(name).ok
    assert kept(play, 600).entries == pytest.approx(KEYS, rel=0.2)
    again = play.at(650, "cache-warm", "redis")
    assert not [each for _, each in play.happened if each.id == again and each.kind == "finished"]


def test_a_restart_forgets_everything_and_misses_everything_meanwhile() -> None:
    play = Play(shop(restart="60s"))
    name = play.at(300, "cache-restart", "redis")
    state = kept(play, 330)
    assert (state.own.up, state.entries, state.hit_ratio) == (False, 0, 0)
    assert play.pool(330).query_rate == pytest.approx(700, rel=0.01)
    assert kept(play, 361).own.up
    assert play.ended(name).ok
    _, up = play.world.matrix("redis_up", 18, 26)
    assert up[0].tolist() == [1, 1, 1, 0, 0, 0, 0, 1, 1]
    _, used = play.world.matrix("redis_memory_used_bytes", 21, 24)
    assert np.isnan(used).all()


def test_a_failover_to_a_replica_behind_loses_a_part() -> None:
    lost = {"do": "change", "at": "5m", "component": "redis", "set": {"lose": 0.25}}
    play = Play(shop(), [lost])
    assert kept(play, 301).entries == pytest.approx(0.75 * kept(Play(shop()), 300).entries, rel=0.05)


def test_calls_can_be_cached_too() -> None:
    api = service("api", calls=[{"to": "search", "cache": "redis", "timeout": "1s"}])
    of = system(api, service("search", latency="50ms"), cache(), entry="api", rate="700/s")
    play = Play(of, [FLUSH])
    assert play.service(299, "search").request_rate == pytest.approx(700 * 0.0156, rel=0.05)
    assert play.service(310, "search").request_rate > 350
    assert play.service(1500, "search").request_rate < 15


def test_a_release_that_asks_more_often_of_a_cached_call_misses_by_the_renewal_argument() -> None:
    releases = [
        {"version": "v1", "notes": "first"},
        {"version": "v2", "notes": "second", "calls": {"search": {"share": 3.0}}},
    ]
    api = service("api", calls=[{"to": "search", "cache": "redis", "timeout": "1s"}], releases=releases,
                  rollout={"max_unavailable": 4, "ready_after": "5s"})  # fmt: skip
    of = system(api, service("search", latency="50ms"), cache(ttl="30s"), entry="api", rate="700/s")
    before = Play(of).service(3000, "search").request_rate
    deploy = {"do": "deploy", "at": "1m", "service": "api", "version": "v2"}
    after = Play(of, [deploy]).service(3000, "search").request_rate
    once = 700 * 30 / KEYS
    assert after / before == pytest.approx(3 * (1 + once) / (1 + 3 * once), rel=0.05)


# --- what is seen -----------------------------------------------------------------------------------------


def test_the_exporters_counters_tell_the_hit_ratio() -> None:
    play = Play(shop(), [FLUSH])
    rise = {}
    for what in ("hits", "misses"):
        _, samples = play.world.matrix(f"redis_keyspace_{what}_total", 0, 100)
        assert (np.diff(samples) >= 0).all()
        rise[what] = samples[0, 12] - samples[0, 0]
    assert rise["hits"] / (rise["hits"] + rise["misses"]) == pytest.approx(0.984, abs=0.005)


def test_exporter_and_tool_agree() -> None:
    play = Play(shop(), [FLUSH])
    for t in (150, 330, 900):
        play.to(t)
        _, keys = play.world.matrix("redis_db_keys", t // 15, t // 15)
        answer = ask(play, t, "redis-cli -h redis dbsize")
        assert answer.text == f"(integer) {keys[0, 0]:.0f}"
        _, used = play.world.matrix("redis_memory_used_bytes", t // 15, t // 15)
        assert f"\nused_memory:{used[0, 0]:.0f}\n" in ask(play, t, "redis-cli -h redis info memory").text


def test_info_has_redis_sections_and_lines() -> None:
    play = Play(shop())
    text = ask(play, 60, "redis-cli -h redis info").text
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads == ["# Server", "# Clients", "# Memory", "# Stats", "# Replication", "# Keyspace"]
    assert "redis_version:7.2.4" in text
    assert "connected_clients:82" in text
    assert "maxmemory_human:1.00G" in text
    assert ask(play, 60, "redis-cli -h redis info keyspace").text.startswith(
        "# Keyspace\ndb0:keys=19686,expires="
    )
    assert ask(play, 60, "redis-cli -h redis config get maxmemory*").text == (
        '1) "maxmemory"\n2) "1073741824"\n3) "maxmemory-policy"\n4) "allkeys-lru"'
    )


@pytest.mark.parametrize(("text", "kind", "value"), [
    ("redis-cli -h redis flushall", "cache-flush", ""),
    ("redis-cli -h redis config set maxmemory 2gb", "cache-memory", str(2**31)),
    ("redis-cli -h redis config set maxmemory-policy noeviction", "cache-policy", "noeviction"),
    ("kubectl create job redis-warm --from=cronjob/redis-warmup", "cache-warm", ""),
    ("systemctl restart redis -H redis", "cache-restart", ""),
])  # fmt: skip
def test_remedies_are_typed_in_the_tools_own_words(text: str, kind: str, value: str) -> None:
    answer = ask(Play(shop()), 60, text)
    assert isinstance(answer, Proposal)
    assert (answer.action.kind, answer.action.target, answer.action.value) == (kind, "redis", value)
    if kind == "cache-flush":
        assert answer.risky
        assert "689 lookups/s of api go to what stands behind redis" in answer.consequence


@pytest.mark.parametrize(("text", "says"), [
    ("redis-cli -h nowhere ping", "Name or service not known"),
    ("redis-cli -h redis frobnicate x", "ERR unknown command 'frobnicate'"),
    ("redis-cli -h redis config set maxmemory lots", "argument must be a memory value"),
    ("redis-cli -h redis config set maxmemory-policy fifo", "must be one of the following"),
    ("redis-cli -h redis config set save 60", "immutable"),
    ("redis-cli -h redis config", "wrong number of arguments"),
    ("kubectl create job x --from=cronjob/nothing", "not found"),
])  # fmt: skip
def test_nonsense_gets_the_tools_own_words(text: str, says: str) -> None:
    answer = ask(Play(shop()), 60, text)
    assert isinstance(answer, Output)
    assert says in answer.text


def test_one_that_is_down_refuses_and_pods_say_so() -> None:
    play = Play(shop(restart="60s"))
    play.at(300, "cache-restart", "redis")
    assert "Connection refused" in ask(play, 320, "redis-cli -h redis ping").text
    assert any("cache unavailable" in line.text for line in play.world.logs("api", 330, 40))
    node = next(node for node in play.world.map(330) if node.name == "redis")
    assert node.health == "down"


def test_every_example_is_understood() -> None:
    play = Play(shop())
    shell = Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    found = [text for text, _ in shell.examples() if "redis" in text]
    assert len(found) >= 7
    assert all(isinstance(shell.run(60, text), Output | Proposal) for text in found)


def test_a_cache_that_is_not_there_is_told() -> None:
    messages = [finding.message for finding in system_findings(shop(name="memcached"))]
    assert any("redis" in message for message in messages)


def test_it_is_the_same_however_far_one_looks_ahead() -> None:
    ahead = Play(crowded(), [FLUSH])
    ahead.world.matrix("redis_keyspace_hits_total", 0, 240)
    rows = []
    for play in (ahead, Play(crowded(), [FLUSH])):
        play.at(600, "rate-limit", "api", "700")
        play.at(1500, "cache-flush", "redis")
        rows.append(play.world.matrix("redis_keyspace_misses_total", 0, 200)[1].tobytes())
    assert rows[0] == rows[1]


def fired(play: Play, until: float) -> set[str]:
    """Names of the public rules' alerts that fire at some time."""
    if not RULES.exists():
        pytest.skip("the public rule files are not beside the checkout")
    groups = RuleFile.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8"))).groups
    ruler, names = Ruler(compile_rules(groups), play.world, horizon=3600.0, epoch=START.timestamp()), set()
    while (due := ruler.next_time()) is not None and due <= until:
        play.to(due)
        names |= {dict(each.labels)["alertname"] for each in ruler.take(due) if each.state == "firing"}
    return names


def test_public_alert_rules_are_silent_on_an_ordinary_day() -> None:
    assert fired(Play(shop()), 1200) == set()


def test_public_alert_rules_see_one_that_is_down_or_full() -> None:
    down = {"do": "change", "at": "5m", "component": "redis", "set": {"up": False}}
    assert "RedisDown" in fired(Play(shop(), [down]), 600)
    assert "RedisOutOfConfiguredMaxmemory" in fired(Play(shop(memory=space(10_000))), 600)
