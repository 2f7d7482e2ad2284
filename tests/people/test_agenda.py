"""An agenda: what is due, in the order of its times; a new intention replaces the old one of its name."""

from drillbook.people.agenda import Agenda


def test_due_things_come_in_the_order_of_their_times() -> None:
    agenda = Agenda()
    agenda.at(20, "b", lambda t: ["second"])
    agenda.at(10, "a", lambda t: ["first"])
    agenda.at(30, "c", lambda t: ["later"])
    assert agenda.next_time() == 10
    assert agenda.take(9.9) == []
    assert agenda.take(20) == ["first", "second"]
    assert agenda.next_time() == 30


def test_a_new_intention_replaces_the_old_one_of_its_name() -> None:
    agenda = Agenda()
    agenda.at(10, "ask", lambda t: ["old"])
    agenda.at(50, "ask", lambda t: ["new"])
    assert agenda.next_time() == 50
    assert agenda.take(50) == ["new"]
    assert agenda.next_time() is None


def test_what_is_dropped_is_not_done() -> None:
    agenda = Agenda()
    agenda.at(10, "ask", lambda t: ["x"])
    agenda.drop("ask")
    agenda.drop("ask")
    assert agenda.take(100) == []
