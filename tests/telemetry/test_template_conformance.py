"""Templates against the real ones: promtool 2.42 expands the same texts with the same values."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from drillbook.model.rules import RuleGroup
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import compile_rules
from tests.telemetry.promtool import read_labels
from tests.telemetry.series import MemorySource

promtool = shutil.which("promtool")
VALUES = (
    "0",
    "-0",
    "1",
    "-1",
    "0.5",
    "1e-30",
    "-1e-30",
    "1e30",
    "-1e30",
    "NaN",
    "Inf",
    "-Inf",
    "42",
    "999.95",
    "1000",
    "1023",
    "1024",
    "1e6",
    "123456.789",
    "0.00012345",
    "59.999",
    "60",
    "3600.5",
    "86399",
    "90061.5",
    "-90061.5",
    "1e10",
    "1435065584.128",
    "1e18",
    "0.1",
    "1e20",
    "1e21",
    "123456789",
    "-0.00042",
    "2.5",
    "0.001",
)
_VERBS = (
    "%v",
    "%d",
    "%s",
    "%q",
    "%f",
    "%F",
    "%.2f",
    "%.0f",
    "%8.3f",
    "%-8.1f|",
    "%08.2f",
    "%+.1f",
    "% .1f",
    "%e",
    "%E",
    "%.3e",
    "%g",
    "%G",
    "%.3g",
    "%10v|",
    "%t",
    "%x",
    "%5.1f%%",
    "%6d",
    "%T",
    "%c",
    "%z",
    "%#v",
    "%b",
    "%o",
    "%",
    "%!",
    "%.f",
    "%6.2v",
    "%U",
    "%+v",
    "%06d",
    "%-06.1f|",
    "%+08.2f",
)
OF_VALUES = (
    "{{ $value }}",
    "{{ .Value }}",
    "{{ $value | humanize }}",
    "{{ $value | humanize1024 }}",
    "{{ $value | humanizeDuration }}",
    "{{ $value | humanizePercentage }}",
    "{{ $value | humanizeTimestamp }}",
    *(f'{{{{ printf "{verb}" $value }}}}' for verb in _VERBS),
    "{{ if $value }}t{{ else }}f{{ end }}",
    "{{ if gt $value 1.0 }}t{{ end }}",
    "{{ ge $value 1.0 }}",
    "{{ if lt $value 0.0 }}neg{{ else if eq $value 0.0 }}zero{{ else }}pos{{ end }}",
    "{{ ne $value 42.0 }}",
    "{{ le $value 42.0 }}",
    "{{ eq $value 42.0 1.0 }}",
    "{{ not $value }}",
    "{{ and $value 1 }}",
    "{{ or $value 2 }}",
    "{{ print $value }}",
    '{{ print "a" $value "b" 3 4 }}',
    "{{ println $value 1 }}",
    "{{ len (print $value) }}",
    "{{ $value | toTime }}",
    "{{ printf `%v` ($value | toTime) }}",
    "{{ with $value }}{{ . }}{{ end }}",
    "{{ $x := $value }}{{ $x | humanize }}",
    "{{ $value | print | toUpper }}",
    '{{ query "vector(3)" | first | value | humanize }}',
    "{{ gt $value 1 }}",
    "{{ eq $value 42 }}",
)
OF_TEXTS = (
    "{{ $labels.inst }}",
    "{{ .Labels.inst }}",
    "{{ $labels.nothing }}|",
    "{{ $labels }}",
    "{{ len $labels }}",
    "{{ $labels.inst | stripPort }}",
    "{{ stripPort `[::1]:80` }}",
    "{{ stripPort `10.0.0.1` }}",
    "{{ stripPort `a:b:c` }}",
    "{{ stripDomain $labels.inst }}",
    "{{ stripDomain `10.1.2.3:80` }}",
    "{{ stripDomain `a.b.c` }}",
    "{{ stripDomain `[2001:db8::1]:80` }}",
    "{{ stripDomain `2001:db8::1` }}",
    "{{ title `hello wORLD it's x-ray` }}",
    "{{ toUpper `äb` }}",
    "{{ toLower `ÄB` }}",
    "{{ safeHtml `<b>` }}",
    "{{ match `^db` $labels.inst }}",
    "{{ match `B` `abc` }}",
    "{{ match `(?i)B` `abc` }}",
    "{{ match `a.c` `xa\nc` }}",
    "{{ reReplaceAll `(.*):(.*)` `$2@$1` $labels.inst }}",
    "{{ reReplaceAll `b` `${0}x$$` `abcb` }}",
    "{{ reReplaceAll `(?P<n>b)` `<$n>` `abc` }}",
    "{{ reReplaceAll `b*` `-` `abc` }}",
    "{{ reReplaceAll `x` `$1y` `axb` }}",
    "{{ $labels.inst | reReplaceAll `[.].*` `` | toUpper }}",
    '{{ graphLink `up{a="b"} > 0` }}',
    "{{ tableLink `up` }}",
    "{{ parseDuration `1h30m` }}",
    "{{ parseDuration `1d` | humanizeDuration }}",
    "{{ parseDuration `250ms` }}",
    "{{ parseDuration `zz` }}",
    "{{ $externalURL }}",
    "{{ .ExternalURL }}",
    "{{ $externalLabels.region }}",
    "{{ .ExternalLabels.region }}|{{ $externalLabels.none }}",
    "{{ $externalLabels }}",
    "{{ query `up{job='b'}` | first | label `job` }}",
    '{{ range query "up" | sortByLabel "job" }}{{ .Labels.job }} {{ end }}',
    '{{ range $i, $s := query "up" | sortByLabel "job" }}{{ $i }}={{ $s.Value }},{{ end }}',
    '{{ with query "nope" }}a{{ else }}b{{ end }}',
    '{{ query "nope" | first | value }}',
    '{{ range query "nope" }}a{{ else }}empty{{ end }}',
    '{{ query "up" | sortByLabel "job" | first | value }}',
    "{{ (query \"up{job='a'}\" | first).Value }}",
    '{{ len (query "up") }}',
    '{{ query "up{" }}',
    '{{ query "count(up)" | first | strvalue }}|',
    '{{ strvalue (query `count_values("__value__", up > 1)` | first) }}',
    "{{ args 1 `b` }}",
    "{{ with args 1 `b` }}{{ .arg0 }}{{ .arg1 }}{{ end }}",
    "{{ 1 }} {{ 1.5 }} {{ 0x1F }} {{ 1e3 }} {{ 'a' }} {{ true }}",
    '{{ "a\\tb\\u00e9" }}',
    "{{ `raw\\n` }}",
    "a{{- 1 -}} b",
    "a {{/* c */}} b",
    "a {{- /* c */ -}} b",
    "{{ urlquery `a b&c` }}",
    "{{ index $labels `inst` }}",
    "{{ printf `%s %d %5s|%-5s|%q %x %v` `a` 3 `b` `c` `d` `e` true }}",
    "{{ printf `%d` }}",
    "{{ printf `%d %d` 1 2 3 }}",
    "{{ printf `%s` 3 }} {{ printf `%d` `x` }} {{ printf `%t` 1 }} {{ printf `%.1f` 3 }}",
    "{{ printf `%v` $labels }}",
    "{{ printf `%05d|%-5d|%+d|%x|%X|%o|%b|%c|%q|%U` 42 42 42 42 42 42 42 42 42 42 }}",
    "{{ printf `%*d` 5 42 }}",
    "{{ printf `%[2]d %[1]d` 1 2 }}",
    "{{ printf `%.2s|%.10s|%8.3s|` `abcdef` `abc` `abcdef` }}",
    "{{ printf `%5t|` true }}",
    "{{ if and true false }}a{{ else }}b{{ end }}",
    "{{ if or false `x` }}a{{ end }}",
    "{{ not true }}",
    "{{ or `` 0 `c` }}",
    "{{ and 1 `b` 0 }}",
    "{{ eq `a` `b` `a` }}",
    "{{ ne `a` `b` }}",
    "{{ lt 1 2 }} {{ lt `a` `b` }}",
    "{{ eq 1 `a` }}",
    "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}",
    "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}",
    "{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}",
    "{{ with $labels.inst }}{{ . }}{{ end }}",
    "{{ . }}",
    "{{ $ }}",
    "{{ $.Value }}",
    "{{ $labels.inst.x }}",
    "{{ .Nope }}",
    "{{ humanize `12345` }} {{ humanize 12345 }}",
    "{{ humanize `abc` }}",
    "{{ humanizeDuration `3661` }} {{ humanizePercentage `0.5` }} {{ humanize1024 2048 }}",
    "{{ nil }}",
    "{{ len `abc` }}",
    "{{ print nil }}",
    "{{ first (query `up{job='b'}`) }}",
    "{{ value 3 }}",
    "{{ label `job` 3 }}",
    "{{ 3 | printf `%d-%d` 4 }}",
    "{{ humanizeTimestamp 0 }} {{ humanizeTimestamp 1435065584.128 }} {{ humanizeTimestamp -1 }}",
    "{{ $value | toTime }}",
    "{{- `a` }}  {{ `b` -}}  c",
    "}} { {",
    "50% {{ `{{` }}",
    "{{ toUpper 3 }}",
    "{{ title 3 }}",
    "{{ eq }}",
)


def _groups() -> list[dict[str, object]]:
    texts = {f"t{number}": text for number, text in enumerate(OF_TEXTS)}
    values = {f"v{number}": text for number, text in enumerate(OF_VALUES)}
    series = 'label_replace(vector({}), "inst", "db-1.example.org:5432", "", "")'
    rules: list[dict[str, object]] = [
        {"alert": f"V{number}", "expr": series.format(value), "annotations": values}
        for number, value in enumerate(VALUES)
    ]
    return [
        {"name": "g", "rules": [*rules, {"alert": "T", "expr": series.format("1"), "annotations": texts}]}
    ]


UP = {"up": [((("job", "a"),), [1.0]), ((("job", "b"),), [2.0])]}


def _theirs(folder: Path) -> dict[str, dict[str, str]]:
    names = [*(f"V{number}" for number in range(len(VALUES))), "T"]
    test = {
        "interval": "15s",
        "external_labels": {"region": "eu"},
        "external_url": "",
        "input_series": [
            {"series": 'up{job="a"}', "values": "1"},
            {"series": 'up{job="b"}', "values": "2"},
        ],
        "alert_rule_test": [{"alertname": name, "eval_time": "0s", "exp_alerts": []} for name in names],
    }
    (folder / "rules.json").write_text(json.dumps({"groups": _groups()}))
    (folder / "test.json").write_text(json.dumps({"rule_files": ["rules.json"], "tests": [test]}))
    command = [str(promtool), "test", "rules", str(folder / "test.json")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {}
    for block in re.split(r"\n\s*alertname: ", ran.stdout + ran.stderr)[1:]:
        head = re.match(r"\w+", block)
        texts = re.search(r"Annotations:\{(.*)\}", block)
        assert head
        assert texts, block
        found[head[0]] = dict(read_labels(texts[1]))
    assert len(found) == len(names), (ran.stdout + ran.stderr)[:2000]
    return found


def _ours() -> dict[str, dict[str, str]]:
    rules = compile_rules([RuleGroup.model_validate(group) for group in _groups()], compat="2.42")
    ruler = Ruler(rules, MemorySource(UP), horizon=0.0, external_labels=(("region", "eu"),))
    ruler.take(0.0)
    return {alert.alertname: dict(alert.annotations) for alert in ruler.active(0.0)}


def _agree(ours: str, theirs: str) -> bool:
    failed = "<error expanding template"
    return ours.startswith(failed) if theirs.startswith(failed) else ours == theirs


@pytest.mark.skipif(promtool is None, reason="promtool is not installed (Debian: apt-get install prometheus)")
def test_templates_expand_as_prometheus_expands_them(tmp_path: Path) -> None:
    """Each function and printf verb on 36 values, and the language; an error where it is one there."""
    ours, theirs = _ours(), _theirs(tmp_path)
    texts = {f"t{number}": text for number, text in enumerate(OF_TEXTS)}
    texts.update({f"v{number}": text for number, text in enumerate(OF_VALUES)})
    wrong = []
    for name, said in theirs.items():
        value = VALUES[int(name[1:])] if name != "T" else "1"
        for key in {**said, **ours[name]}:
            pair = ours[name].get(key, ""), said.get(key, "")
            if not _agree(*pair):
                wrong.append((texts[key], value, *pair))
    assert not wrong, f"{len(wrong)}: " + "\n".join(map(str, wrong[:400]))
