import pytest

from drillbook.oncall.matchers import parse_matchers


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('severity="critical"', ['severity="critical"']),
        ("severity=critical", ['severity="critical"']),
        ("  severity  =  critical  ", ['severity="critical"']),
        ('team=~"a|b"', ['team=~"a|b"']),
        ("team!~^a.*", ['team!~"^a.*"']),
        ('env!=""', ['env!=""']),
        ("env=", ['env=""']),
        ('{a="1", b!="2"}', ['a="1"', 'b!="2"']),
        ('a="x,y",b=z', ['a="x,y"', 'b="z"']),
        (r'a="say \"hi\" \\ \n \d"', [r'a="say \"hi\" \\ \n \\d"']),
        ('a="b=c"', ['a="b=c"']),
        ("a==~", ['a="=~"']),
        ("", []),
        ("a=b,", ['a="b"']),
    ],
)
def test_matchers_are_read_as_alertmanager_reads_them(text: str, written: list[str]) -> None:
    assert [str(each) for each in parse_matchers(text)] == written


@pytest.mark.parametrize(
    "text", ["severity", '="x"', 'a="x', 'a=x"', 'a="x"y"', "a=b,,c=d", "1a=b", 'a=~"("']
)
def test_what_is_no_matcher_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"matcher|quote|expression"):
        parse_matchers(text)


@pytest.mark.parametrize(
    ("text", "value", "accepts"),
    [
        ('a=~"b|c"', "c", True),
        ('a=~"b|c"', "bc", False),
        ('a=~"b|c"', "xb", False),
        ('a=~"b.*"', "b\nc", False),
        ('a=~".*"', "", True),
        ('a=~".+"', "", False),
        ('a!~"b|c"', "bc", True),
        ('a!~"b|c"', "b", False),
        ('a=""', "", True),
        ('a!="b"', "", True),
        (r'a=~"\\d+"', "42", True),
    ],
)
def test_regular_expressions_are_anchored_and_an_absent_label_is_empty(
    text: str, value: str, accepts: bool
) -> None:
    (matcher,) = parse_matchers(text)
    assert matcher.accepts(value) is accepts
