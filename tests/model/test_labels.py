from drillbook.model.labels import labels, render


def test_label_sets_are_shown_as_go_quotes_them() -> None:
    """Held to a group key of Alertmanager 0.25."""
    shown = render(labels(g='ü"\\x\n\t\x01<&>☃\xa0', t="1"))
    assert shown == r'{g="ü\"\\x\n\t\x01<&>☃\u00a0", t="1"}'
