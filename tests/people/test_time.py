"""Whatever happens, nobody wants to act in the past, and asking does not change the answer."""

from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, Event
from drillbook.people.cast import colleagues, responder
from tests.people.stage import ALERT, drill

SCENARIO, PLAYBOOK = drill()
PEOPLE = [person.id for person in SCENARIO.people]

person = st.sampled_from(PEOPLE)
text = st.sampled_from(["36% of requests fail", "back to normal", "What is up?", "@dba look", ""])
change = st.sampled_from(["triggered", "notified", "acknowledged", "resolved"])
facts = st.one_of(
    st.sampled_from([f.AlertChanged(state, ALERT, (), 0.3, 0.0) for state in ("firing", "inactive")]),
    st.builds(f.PageChanged, st.just("P1"), change, user=person),
    st.builds(f.PersonPaged, person, text),
    st.builds(f.PersonAnswered, person, text),
    st.builds(f.IncidentDeclared, st.sampled_from(["SEV-1", "SEV-2", "SEV-3", "SEV-9"]), text),
    st.builds(f.SeverityChanged, st.sampled_from(["SEV-1", "SEV-3"])),
    st.builds(f.RoleAssigned, st.sampled_from(["commander", "communications"]), person),
    st.builds(f.MessagePosted, st.sampled_from(["#incidents", "#executives", "#support", "@primary"]), text,
              st.booleans()),
    st.builds(f.StatusUpdated, st.sampled_from(["investigating", "resolved"]), text),
    st.builds(f.UpdateSent, st.sampled_from(["executives", "incidents", "customer-success"]), text),
    st.builds(f.CauseStated, text),
    st.builds(f.MitigationClaimed, text),
    st.builds(f.IncidentResolved, text),
    st.builds(f.IncidentReopened, text),
    st.builds(f.ConfirmationAsked, st.just("kubectl rollout undo"), text),
    st.builds(f.ActionStarted, st.just("A1"), st.just("rollback"), st.just("orders-api"), st.just(""), text),
    st.builds(f.ActionFinished, st.just("A1"), st.booleans(), text),
    st.builds(f.Replied, text, st.booleans()),
)  # fmt: skip


@settings(max_examples=60)
@given(
    level=st.sampled_from(["expert", "average", "novice"]),
    seed=st.integers(0, 1000),
    happenings=st.lists(st.tuples(st.integers(0, 400_000), person, facts), max_size=40),
)
def test_next_time_is_never_in_the_past(
    level: str, seed: int, happenings: list[tuple[int, str, f.Fact]]
) -> None:
    draws = Randomness(seed)
    cast = colleagues(SCENARIO, PLAYBOOK, draws, seats={"primary"})
    cast.append(responder(level, SCENARIO, PLAYBOOK, draws))
    now, seq = 0, 0
    for wait, actor, fact in happenings:
        now, seq = now + wait, seq + 1
        t = now / 1000
        for agent in cast:
            for _ in range(200):
                due = agent.next_time()
                if due is None or due > t:
                    break
                agent.take(due)
            else:
                raise AssertionError(f"{agent.person} never stops at {t}")
            agent.see(Event(seq, t, actor, None, EVERYONE, fact))
            due = agent.next_time()
            assert due is None or due >= t
            assert due == agent.next_time()
