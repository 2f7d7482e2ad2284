"""The cockpit as the trainee uses it, by keys and by mouse, at both sizes."""

import re

import pytest
import yaml
from textual import events
from textual.filter import Monochrome
from textual.widgets import OptionList

from drillbook.events import facts as f
from drillbook.model.playbook import Playbook
from drillbook.tui.app import cockpit
from drillbook.tui.dialogs.confirm import ConfirmDialog
from drillbook.tui.dialogs.help import HelpDialog
from drillbook.tui.dialogs.too_small import TooSmall
from drillbook.tui.screens.briefing import BriefingScreen
from drillbook.tui.screens.debrief import DebriefScreen
from drillbook.tui.screens.incident import IncidentScreen
from drillbook.tui.widgets.channels_pane import ChannelsPane
from drillbook.tui.widgets.charts_pane import ChartsPane
from drillbook.tui.widgets.command_line import CommandLine
from drillbook.tui.widgets.runbook_pane import RunbookPane
from drillbook.tui.widgets.scrollback import Scrollback
from drillbook.tui.widgets.shell_pane import ShellPane
from tests.timing import hundred_thousand_steps, spent
from tests.tui.conftest import LARGE, SMALL, sit, text_of
from tests.tui.fake import CRITICAL, ROOT, FakeExercise

Size = tuple[int, int]


async def test_the_briefing_comes_first_and_the_clock_stands_still(size: Size) -> None:
    exercise = FakeExercise()
    async with cockpit(exercise).run_test(size=size) as pilot:
        await pilot.pause(0.6)
        assert isinstance(pilot.app.screen, BriefingScreen)
        assert "The shop stops answering" in text_of(pilot.app.screen)
        # What is to be learnt says where to look.
        assert not any(each[:20] in text_of(pilot.app.screen) for each in exercise.scenario.objectives)
        assert exercise.now == 0
        await pilot.press("enter")
        await pilot.pause(0.6)
        assert exercise.now > 0


async def test_a_resumed_exercise_goes_on_without_the_briefing() -> None:
    exercise = FakeExercise()
    exercise.now = 60.0
    exercise.submit("/note before")
    async with sit(exercise, SMALL) as (pilot, _):
        assert not isinstance(pilot.app.screen, BriefingScreen)
        await pilot.press("up")
        assert pilot.app.screen.query_one(CommandLine).value == "/note before"


async def test_a_terminal_that_is_too_small_is_told_so_until_it_is_large_enough() -> None:
    exercise = FakeExercise()
    exercise.now = 60.0
    async with cockpit(exercise).run_test(size=(70, 24)) as pilot:
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, TooSmall)
        assert "70×24; the cockpit needs 80×24" in text_of(pilot.app.screen)
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, IncidentScreen)
        await pilot.resize_terminal(80, 20)
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, TooSmall)


async def test_typing_ack_acknowledges_and_the_countdown_goes(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, exercise):
        exercise.page()
        await pilot.pause(0.6)
        assert re.search(r"acknowledge █+░* [45]:\d\d", text_of(pilot.app.screen))
        assert "escalates" in text_of(pilot.app.screen)
        await pilot.press(*"/ack", "enter")
        await pilot.pause()
        assert exercise.typed == ["/ack"]
        assert "escalates" not in text_of(pilot.app.screen)


async def test_the_key_acknowledges_all_pages() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        exercise.page()
        await pilot.press("ctrl+a")
        assert exercise.typed == ["/ack"]


async def test_an_overdue_acknowledgement_is_said_in_words() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        exercise.page()
        exercise.now += 331
        await pilot.pause(0.6)
        assert "OVERDUE 0:3" in text_of(pilot.app.screen)


async def test_a_click_on_a_page_acknowledges_it() -> None:
    async with sit(FakeExercise(), LARGE) as (pilot, exercise):
        exercise.page()
        await pilot.pause(0.6)
        await pilot.click("#alerts", offset=(3, 0))
        assert exercise.typed == ["/ack P1"]


async def test_a_click_on_an_alert_acknowledges_its_page() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        exercise.page()
        await pilot.pause(0.6)
        await pilot.click("#tabs", offset=(12, 0))
        await pilot.pause(0.6)
        row = next(y for y, line in enumerate(text_of(pilot.app.screen).split("\n")) if "CRITICAL" in line)
        await pilot.click(offset=(6, row))
        assert exercise.typed == ["/ack ShopErrorRatioHigh"]


async def test_a_runbook_is_opened_and_its_steps_are_ticked_by_keys(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, exercise):
        await pilot.press("f6")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await pilot.pause(0.3)
        await pilot.press("down", "space")
        await pilot.pause(0.3)
        assert exercise.typed == ["/runbook db-pool-exhaustion", "/check long-queries"]
        assert "[✓] 2" in text_of(pilot.app.screen)


async def test_a_steps_command_is_copied_into_the_input_line() -> None:
    exercise = FakeExercise()
    exercise.now = 5.0
    exercise.submit("/runbook db-pool-exhaustion")
    async with sit(exercise, SMALL) as (pilot, _):
        await pilot.press("f6")
        await pilot.pause(0.3)
        await pilot.press("down", "down", "down", "c")
        await pilot.pause()
        line = pilot.app.screen.query_one(CommandLine)
        assert line.value == 'psql -p 6432 pgbouncer -c "SHOW POOLS"'
        assert line.has_focus


async def test_a_checklist_stands_among_the_runbooks_and_is_ticked_like_one() -> None:
    exercise = FakeExercise()
    text = (ROOT / "playbooks/novacron.yaml").read_text(encoding="utf-8")
    exercise.playbook = Playbook.model_validate(yaml.safe_load(text))
    async with sit(exercise, LARGE) as (pilot, _):
        await pilot.press("f6")
        await pilot.pause(0.3)
        shown = text_of(pilot.app.screen)
        assert "▸ Database failover" in shown
        assert "takes about 5m" in shown
        exercise.page()
        await pilot.pause(0.6)
        assert "▲ its time is now" in text_of(pilot.app.screen)
        exercise.submit("/runbook initial-response")
        await pilot.pause(0.6)
        await pilot.press("f6", "space")
        await pilot.pause(0.3)
        assert exercise.typed[-1] == "/check acknowledge"
        assert "[✓] 1 Acknowledge the incident." in text_of(pilot.app.screen)


async def test_a_click_on_a_step_ticks_it() -> None:
    exercise = FakeExercise()
    exercise.now = 5.0
    exercise.submit("/runbook db-pool-exhaustion")
    async with sit(exercise, LARGE) as (pilot, _):
        await pilot.pause(0.3)
        await pilot.click("#steps", offset=(3, 0))
        assert exercise.typed[-1] == "/check connections"


async def test_pause_stops_the_clock_and_goes_on() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        await pilot.press("ctrl+p")
        await pilot.pause()
        stopped = exercise.now
        assert "PAUSED" in text_of(pilot.app.screen)
        await pilot.pause(0.6)
        assert exercise.now == stopped
        await pilot.press("ctrl+p")
        await pilot.pause(0.6)
        assert exercise.now > stopped


async def test_the_speed_goes_up_and_down_within_its_bounds() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        await pilot.press("ctrl+up")
        assert exercise.speed == 2.0
        await pilot.press(*["ctrl+up"] * 9)
        assert exercise.speed == 60.0
        await pilot.press(*["ctrl+down"] * 20)
        assert exercise.speed == 0.25
        assert "×0.25" in text_of(pilot.app.screen)


@pytest.mark.parametrize(("key", "typed"), [("y", "/yes"), ("n", "/no"), ("escape", "/no"), ("enter", "/no")])
async def test_a_risky_action_says_its_consequence_and_asks(key: str, typed: str) -> None:
    """The safe answer has the focus, so Enter alone does no harm."""
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        pilot.app.screen.query_one(CommandLine).put("systemctl restart postgresql")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ConfirmDialog)
        assert "down for over a minute" in text_of(pilot.app.screen)
        await pilot.press(key)
        await pilot.pause()
        assert exercise.typed[-1] == typed
        assert not isinstance(pilot.app.screen, ConfirmDialog)


async def test_a_question_that_waits_is_asked_again_after_resuming() -> None:
    exercise = FakeExercise()
    exercise.now = 9.0
    exercise.submit("systemctl restart postgresql")
    async with sit(exercise, SMALL) as (pilot, _):
        await pilot.pause()
        assert isinstance(pilot.app.screen, ConfirmDialog)


async def test_tab_completes_what_is_certain_then_goes_through_the_offers() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, _):
        line = pilot.app.screen.query_one(CommandLine)
        await pilot.press(*"kube", "tab")
        assert line.value == "kubectl get "
        await pilot.pause()
        assert "pods -n shop  deploy -n shop" in text_of(pilot.app.screen)
        await pilot.press("p", "tab")
        assert line.value == "kubectl get pods -n shop "
        line.put("/check")
        await pilot.press("tab")
        assert line.value == "/check "


async def test_tab_goes_round_among_several_offers() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, _):
        line = pilot.app.screen.query_one(CommandLine)
        await pilot.press(*"/ac", "tab")
        assert line.value == "/ack "
        line.put("/p")
        await pilot.press("tab", "tab")
        assert line.value == "/page"
        await pilot.press("tab")
        assert line.value == "/post"
        await pilot.press("shift+tab")
        assert line.value == "/page"


async def test_history_keeps_what_was_being_typed() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, _):
        line = pilot.app.screen.query_one(CommandLine)
        await pilot.press(*"/ack", "enter", *"/hint", "enter", *"/no")
        await pilot.press("up")
        assert line.value == "/hint"
        await pilot.press("up", "up")
        assert line.value == "/ack"
        await pilot.press("down", "down")
        assert line.value == "/no"


async def test_an_unknown_command_gets_the_helpful_answer() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, _):
        await pilot.press(*"/akk", "enter")
        await pilot.pause()
        assert "did you mean /ack?" in text_of(pilot.app.screen)


async def test_a_running_probe_is_shown_until_it_answers() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        pilot.app.screen.query_one(CommandLine).put("kubectl get pods")
        await pilot.press("enter")
        await pilot.pause(0.4)
        assert "running" in text_of(pilot.app.screen)
        wide = "NAME" + " " * 200 + "READINESS GATES"
        cause = next(event.seq for event, _ in exercise.log.of(f.CommandGiven))
        exercise.happen(f.ProbeAnswered("kubectl get pods", wide, 2.0), to="primary", cause=cause)
        await pilot.pause(0.6)
        assert "kubectl get pods\n" not in text_of(pilot.app.screen)
        scrollback = pilot.app.screen.query_one(ShellPane).query_one(Scrollback)
        assert wide in scrollback.plain_lines
        assert not any("↳" in line for line in scrollback.plain_lines)
        exercise.happen(f.ProbeAnswered("kubectl top pods", "cpu", 2.0), to="primary")
        await pilot.pause(0.6)
        assert any("↳ kubectl top pods" in line for line in scrollback.plain_lines)
        assert scrollback.max_scroll_x > 0


async def test_who_reads_further_up_sees_the_answer_to_what_they_type() -> None:
    """What others do does not move the view; one's own command goes to the end."""
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        exercise.happen(f.Replied("\n".join(map(str, range(100)))), to="primary")
        await pilot.pause(0.4)
        await pilot.press("pageup", "pageup")
        await pilot.pause(0.2)
        scrollback = pilot.app.screen.query_one(ShellPane).query_one(Scrollback)
        exercise.happen(f.Replied("something else"), to="primary")
        await pilot.pause(0.4)
        assert not scrollback.is_vertical_scroll_end
        await pilot.press(*"/note x", "enter")
        await pilot.pause(0.4)
        assert scrollback.is_vertical_scroll_end


async def test_changing_the_size_keeps_everything() -> None:
    async with sit(FakeExercise(), LARGE) as (pilot, exercise):
        exercise.page()
        exercise.submit("/runbook db-pool-exhaustion")
        text = "word " * 60
        exercise.happen(f.Replied(text), to="primary")
        pilot.app.screen.query_one(CommandLine).value = "/note half a sen"
        await pilot.pause(0.4)
        scrollback = pilot.app.screen.query_one(ShellPane).query_one(Scrollback)
        many = len(scrollback.plain_lines)
        await pilot.resize_terminal(*SMALL)
        await pilot.pause(0.4)
        assert "F2 Shell" in text_of(pilot.app.screen)
        assert len(scrollback.plain_lines) != many
        assert scrollback.max_scroll_x == 0
        assert pilot.app.screen.query_one(CommandLine).value == "/note half a sen"
        await pilot.resize_terminal(*LARGE)
        await pilot.pause(0.4)
        assert len(scrollback.plain_lines) == many
        assert "☎ PAGE P1" in text_of(pilot.app.screen)
        assert "[ ] 1" in text_of(pilot.app.screen)


async def test_messages_elsewhere_count_as_unread_until_they_are_opened(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, exercise):
        channels = pilot.app.screen.query_one(ChannelsPane)
        exercise.happen(f.MessagePosted("#executives", "What is the impact?", asks=True), "vp-engineering")
        exercise.happen(f.MessagePosted("#vendors", "PayGate is slow"), "support-lead")
        exercise.happen(f.MessagePosted("#executives", "We are on it"), "primary")
        await pilot.pause(0.6)
        assert channels.unread == {"#executives": 1, "#vendors": 1}
        await pilot.press("f5")
        await pilot.pause(0.3)
        await pilot.press("f5")
        await pilot.pause(0.3)
        assert channels.current == "#executives"
        assert channels.unread == {"#vendors": 1}
        assert "What is the impact?" in text_of(pilot.app.screen)


async def test_a_click_on_a_channel_opens_it() -> None:
    async with sit(FakeExercise(), LARGE) as (pilot, exercise):
        exercise.happen(f.MessagePosted("#executives", "What is the impact?", asks=True), "vp-engineering")
        await pilot.pause(0.6)
        await pilot.click("#conversations", offset=(14, 0))
        await pilot.pause()
        assert pilot.app.screen.query_one(ChannelsPane).current == "#executives"


async def test_what_others_write_is_never_markup_nor_escape_codes(size: Size) -> None:
    evil = "[bold red]x[/] [@click=app.quit]y[/] \x1b[2J\x1b]0;title\x07 \u202eabc ["
    async with sit(FakeExercise(), size) as (pilot, exercise):
        exercise.page(text=evil)
        exercise.happen(f.MessagePosted("#incidents", evil), "dba")
        exercise.happen(f.IncidentDeclared("SEV-1", evil), "primary")
        exercise.happen(f.ActionStarted("r1", "rollback", "orders-api", "", evil), "primary")
        exercise.happen(f.ActionAdvanced("r1", evil, 1, 3), "world")
        exercise.happen(f.ProbeAnswered("curl x", evil, 1.0), to="primary")
        exercise.happen(f.Replied(evil, ok=False), to="primary")
        for key in ("f3", "f5", "f8", "f2"):
            await pilot.press(key)
            await pilot.pause(0.3)
            shown = text_of(pilot.app.screen)
            assert "[bold red]x[/]" in shown
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)


async def test_a_roll_back_advances_by_phase_in_sight(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, exercise):
        exercise.happen(
            f.ActionStarted("r1", "rollback", "orders-api", "", "kubectl rollout undo"), "primary"
        )
        exercise.happen(f.ActionAdvanced("r1", "3 of 8 pods are ready", 3, 8), "world")
        await pilot.pause(0.6)
        assert re.search(r"rollback orders-api +█+░+ 3/8", text_of(pilot.app.screen))
        exercise.happen(f.ActionFinished("r1", ok=True, text="rolled back"), "world")
        await pilot.pause(0.6)
        assert "✓ done rollback orders-api" in text_of(pilot.app.screen)


async def test_a_query_adds_a_chart_of_ones_own(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, _):
        await pilot.pause(0.8)
        charts = pilot.app.screen.query_one(ChartsPane)
        command = "promtool query instant 'sum by (code) (rate(x[1m]))'"
        for text in (command, command, "query up"):
            pilot.app.screen.query_one(CommandLine).put(text)
            await pilot.press("enter")
            await pilot.pause()
        await pilot.press("f4")
        await pilot.pause(1.2)
        assert charts.expressions[-2:] == ["sum by (code) (rate(x[1m]))", "up"]
        assert len(charts.expressions) == 6
        await pilot.press("x")
        await pilot.pause(0.2)
        assert charts.expressions[-1] == "sum by (code) (rate(x[1m]))"


async def test_a_chart_of_bad_promql_says_what_is_wrong() -> None:
    async with sit(FakeExercise(), LARGE) as (pilot, _):
        await pilot.pause(0.8)
        pilot.app.screen.query_one(CommandLine).put("query rate(")
        await pilot.press("enter")
        await pilot.pause(1.5)
        assert "parse error: unclosed" in text_of(pilot.app.screen)


async def test_charts_are_drawn_at_most_every_half_second_however_fast_time_runs() -> None:
    exercise = FakeExercise()
    exercise.now, exercise.speed = 100.0, 60.0
    async with sit(exercise, LARGE) as (pilot, _):
        await pilot.pause(1.0)
        before = exercise.queries
        await pilot.pause(2.0)
        assert exercise.queries - before <= 4 * 5


async def test_typing_goes_to_the_input_line_wherever_the_focus_is() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        await pilot.press("f6")
        await pilot.pause(0.3)
        assert pilot.app.screen.query_one(RunbookPane).query_one(OptionList).has_focus
        await pilot.press(*"/ack", "enter")
        assert exercise.typed == ["/ack"]


async def test_the_next_update_is_counted_down_by_audience(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, exercise):
        exercise.submit("/declare SEV-1 carts fail")
        exercise.submit("/update executives We know")
        await pilot.press("f8")
        await pilot.pause(0.6)
        shown = text_of(pilot.app.screen)
        assert re.search(r"executives +14:48 +in (29:5\d|30:00)", shown)
        assert re.search(r"incidents +14:28 +in (9:5\d|10:00)", shown)
        assert "SEV-1 declared  carts fail" in shown


async def test_the_map_tells_health_in_symbols_and_words() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        exercise.page()
        await pilot.press("f7")
        await pilot.pause(1.0)
        shown = text_of(pilot.app.screen)
        assert "✖ down orders-pool  database" in shown
        assert "● ok storefront  web" in shown


async def test_help_lists_verbs_keys_and_shell_examples() -> None:
    async with sit(FakeExercise(), LARGE) as (pilot, _):
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpDialog)
        assert "/declare SEV TEXT" in text_of(pilot.app.screen)
        await pilot.press("end")
        await pilot.pause(0.5)
        assert "kubectl get pods -n shop" in text_of(pilot.app.screen)
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen.query_one(CommandLine).has_focus


async def test_after_the_end_the_debrief_is_offered() -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        await pilot.press("ctrl+d")
        await pilot.press(*"/end", "enter")
        await pilot.pause(0.4)
        assert "ENDED" in text_of(pilot.app.screen)
        await pilot.press("ctrl+d")
        await pilot.pause(0.2)
        assert isinstance(pilot.app.screen, DebriefScreen)
        assert "Total 74 of 100" in text_of(pilot.app.screen)
        assert "/home/ada/debrief.html" in text_of(pilot.app.screen)
        await pilot.press("escape")
        await pilot.pause()
        before = len(exercise.log)
        await pilot.press(*"/ack", "enter")
        assert len(exercise.log) == before


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_leaving_asks_nothing(key: str) -> None:
    async with sit(FakeExercise(), SMALL) as (pilot, _):
        await pilot.press(key)
        await pilot.pause()
        assert pilot.app._exit


async def test_pages_of_others_are_not_shown_as_ones_own() -> None:
    async with sit(FakeExercise(), LARGE) as (pilot, exercise):
        exercise.happen(f.PageChanged("P9", "triggered", "Production", "other", level=1), "pager")
        exercise.happen(f.PageChanged("P9", "notified", "Production", "other", user="dba", level=1), "pager")
        exercise.happen(f.WorldChanged("deploy orders-api v2.3.1 2/6"), "world", to="hidden")
        await pilot.pause(0.6)
        shown = text_of(pilot.app.screen)
        assert "page P9 went to Mina Okafor" in shown
        assert "for you" not in shown
        assert "v2.3.1 2/6" not in shown


async def test_5000_events_leave_typing_quick() -> None:
    """The target is 50 ms from key press to repaint at the 95th percentile; a busy machine gets more."""
    exercise = FakeExercise()
    exercise.now = 60.0
    for number in range(2500):
        exercise.happen(
            f.MessagePosted("#incidents", f"message {number} of many, long enough to wrap"), "dba"
        )
        exercise.happen(f.Replied(f"answer {number}\nwith a second line"), to="primary")
    async with sit(exercise, LARGE) as (pilot, _):
        await pilot.pause(1.0)
        line = pilot.app.screen.query_one(CommandLine)
        took = []
        for _ in range(20):
            began = spent()
            await pilot.press("a")
            took.append(spent() - began)
        assert line.value == "a" * 20
        began = spent()
        hundred_thousand_steps()
        assert sorted(took)[18] < 40 * (spent() - began)
        assert "answer 2499" in text_of(pilot.app.screen)


async def test_without_colour_words_and_symbols_remain(monkeypatch: pytest.MonkeyPatch, size: Size) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with sit(FakeExercise(), size) as (pilot, exercise):
        exercise.page()
        await pilot.press("f3")
        await pilot.pause(0.6)
        shown = text_of(pilot.app.screen)
        assert "✖ PAGED" in shown
        assert "✖ CRITICAL ShopErrorRatioHigh" in shown
        strips = pilot.app.screen._compositor.render_strips()
        colours = {
            (style.color.triplet, style.bgcolor.triplet, segment.text)
            for strip in strips
            for segment in strip.apply_filter(Monochrome(), pilot.app.screen.background_colors[1])
            if (style := segment.style) and style.color and style.bgcolor
            and style.color.triplet and style.bgcolor.triplet and any(map(str.isalnum, segment.text))
        }  # fmt: skip
        assert colours
        poor = [text for ink, paper, text in colours if len({*ink}) > 1 or abs(ink[0] - paper[0]) < 45]
        assert not poor


async def test_what_is_typed_fast_stays_in_order() -> None:
    """Keys that arrive at once, as from a script or a paste, are the same lines as keys typed slowly."""
    async with sit(FakeExercise(), SMALL) as (pilot, exercise):
        for key in (*"/note a", "enter", *"/note b", "enter", "up"):
            name = {" ": "space", "/": "slash"}.get(key, key)
            pilot.app.post_message(events.Key(name, key if len(key) == 1 else None))
        await pilot.pause(0.5)
        assert exercise.typed == ["/note a", "/note b"]
        assert pilot.app.screen.query_one(CommandLine).value == "/note b"


async def test_a_silenced_alert_is_marked_until_the_silence_ends(size: Size) -> None:
    async with sit(FakeExercise(), size) as (pilot, exercise):
        exercise.page()
        added = f.SilenceAdded("5f1c", ('severity="critical"',), exercise.now, 9000.0, "Ada Berg", "x")
        exercise.happen(added, "primary")
        exercise.happen(f.AlertSilenced(CRITICAL, "5f1c"), "alertmanager")
        await pilot.pause(0.6)
        await pilot.press("f3")
        await pilot.pause(0.6)
        assert "∅ silenced: nobody is notified" in text_of(pilot.app.screen)
        exercise.happen(f.SilenceExpired("5f1c"), "alertmanager")
        await pilot.pause(0.6)
        assert "∅ silenced" not in text_of(pilot.app.screen)
