"""Run every rule over a history and follow the life of each flag (G7 to G11, G15).

The result is a pure function of entries, profile and clinician actions (G8): evaluating again after a late or
edited entry gives what would have been there had it come in time.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from heapq import heapify, heappop, heappush

from journal.content.flag import Action, Evaluation, Failure, RaisedFlag
from journal.content.history import History
from journal.content.life import Life
from journal.content.lives import ACKNOWLEDGED_DAYS, JOIN_DAYS, Lives
from journal.content.rule import URGENT, Covers, Finding, Numbers, Raised, Rule
from journal.content.rules import (
    activity_drop,
    acute_neuro_deficit,
    back_pain_rise,
    bladder_bowel_change,
    calf_swelling,
    cauda_equina,
    claudication_vascular,
    fatigue_heavy_legs,
    gi_bleed,
    height_loss,
    height_recheck,
    hip_fracture,
    insufficiency_fracture,
    limb_fracture_suspected,
    limb_ischaemia,
    malignancy_suspected,
    mood_and_fear,
    neuro_progression,
    neuropathy_pattern,
    new_giving_way,
    new_leg_weakness,
    new_numbness,
    nsaid_overuse,
    persistent_pain,
    radicular_leg_pain,
    recurrent_falls,
    serious_fall,
    silent_after_flag,
    spinal_infection,
    stenosis_pattern,
    sudden_back_pain,
    thigh_pain_antiresorptive,
)
from journal.content.wording import ENGLISH

__all__ = ["BY_PATTERN", "REACH_DAYS", "RULES", "Action", "Evaluation", "Failure", "RaisedFlag", "evaluate"]

# What is live is written here, in the order of the rule table.
RULES: tuple[Rule, ...] = (
    cauda_equina.RULE,
    acute_neuro_deficit.RULE,
    hip_fracture.RULE,
    limb_ischaemia.RULE,
    gi_bleed.RULE,
    sudden_back_pain.RULE,
    limb_fracture_suspected.RULE,
    new_leg_weakness.RULE,
    spinal_infection.RULE,
    malignancy_suspected.RULE,
    serious_fall.RULE,
    calf_swelling.RULE,
    silent_after_flag.RULE,
    back_pain_rise.RULE,
    new_numbness.RULE,
    new_giving_way.RULE,
    neuro_progression.RULE,
    thigh_pain_antiresorptive.RULE,
    insufficiency_fracture.RULE,
    bladder_bowel_change.RULE,
    recurrent_falls.RULE,
    height_loss.RULE,
    radicular_leg_pain.RULE,
    stenosis_pattern.RULE,
    claudication_vascular.RULE,
    neuropathy_pattern.RULE,
    persistent_pain.RULE,
    activity_drop.RULE,
    nsaid_overuse.RULE,
    mood_and_fear.RULE,
    fatigue_heavy_legs.RULE,
    height_recheck.RULE,
)
BY_PATTERN: Mapping[str, Rule] = {rule.pattern: rule for rule in RULES}
REACH_DAYS = max(rule.reach for rule in RULES)

QUIET_DAYS = 28  # G10: a resolved state flag is not raised again for so long
SILENCE_DAYS = 3  # the card of silent-after-flag: met on F+3


def evaluate(
    history: History,
    *,
    as_of: date,
    actions: Sequence[Action] = (),
    since: date | None = None,
    known: Sequence[RaisedFlag] = (),
    days: Collection[date] | None = None,
    until: date | None = None,
    rules: Sequence[Rule] = RULES,
) -> Evaluation:
    """All flags that the facts support.

    Every day with an entry is judged, also one that a traveller's phone dates later than `as_of`; for the
    clock rule (G15) also the days on which it falls due, up to `as_of`, the patient's local date. With
    `since`, only days from then on are judged, and `known` must hold the flags raised earlier, as an
    evaluation of the same facts left them.

    With `days`, all that changed since the flags `known` were found can change what holds on these days
    alone: they are judged, and days after them only as long as flags differ from the known ones, which must
    then be all of them. `until` is the last day of which `history` was given the entries, all days when
    None; the result says if that was not enough.
    """
    run = _Run(history, actions, rules, since=since or date.min, known=known, until=until)
    return run.through(as_of, days)


class _Table:
    """Rules, and what follows from them alone."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.order = {rule.pattern: place for place, rule in enumerate(rules)}
        self.clock = {rule.pattern for rule in rules if rule.find_after is not None}
        self.covering = _covering(rules)
        self.urgent = [r.pattern for r in rules if r.urgency in URGENT and r.find_after is None]


_Held = Mapping[str, tuple[Finding, ...]]
_Over = Mapping[str, str | None]


class _Run:
    """One evaluation, day by day, oldest first."""

    def __init__(
        self,
        history: History,
        actions: Sequence[Action],
        rules: Sequence[Rule],
        *,
        since: date,
        known: Sequence[RaisedFlag],
        until: date | None,
    ) -> None:
        self.history = history
        self.actions = actions
        self.table = _LIVE if rules is RULES else _Table(rules)
        self.since = since
        self.until = until
        self.known = sorted((flag for flag in known if flag.pattern in self.table.order), key=lambda f: f.day)
        self.lives = Lives(self.known, actions, before=since)
        self.failures: list[Failure] = []
        self.judged = 0

    def through(self, as_of: date, chosen: Collection[date] | None) -> Evaluation:
        days = [day for day in self.history.dates if day >= self.since] if chosen is None else [*chosen]
        days += [due for life in self.lives.all() if self.since <= (due := self._due(life.flag)) <= as_of]
        days += self._awaited(chosen or (), as_of)
        heapify(days)
        settled = True
        while days and settled:
            day = heappop(days)
            if days and days[0] == day:
                continue
            dues = {self._due(flag) for flag in (*self._judge(day, as_of), *self._known_on(day))}
            for due in dues:
                if day < due <= as_of:
                    heappush(days, due)
            settled = self._go_on(day, days) and (self.until is None or max(dues, default=day) <= self.until)
        flags = sorted(
            (life.done() for life in self.lives.all()), key=lambda f: (f.day, self.table.order[f.pattern])
        )
        return Evaluation(tuple(flags), tuple(self.failures), settled, self.judged)

    def _due(self, flag: RaisedFlag) -> date:
        """The day on which silence after an urgent flag is met; long ago for a flag that nobody waits for."""
        # silent-after-flag is of the second tier itself, but never answers for itself.
        return flag.day + timedelta(days=SILENCE_DAYS) if self._is_urgent(flag) else date.min

    def _awaited(self, chosen: Collection[date], as_of: date) -> list[date]:
        """Where silence after a known flag is met or not by what is another on one of its quiet days."""
        quiet = {day - timedelta(days=back) for day in chosen for back in range(1, SILENCE_DAYS)}
        dues = [self._due(flag) for flag in self.known if flag.day in quiet]
        return [due for due in dues if self.since <= due <= as_of]

    def _known_on(self, day: date) -> list[RaisedFlag]:
        return [flag for flag in self.known if flag.day == day]

    def _go_on(self, day: date, days: list[date]) -> bool:
        """Finds out how the days after the one just judged come to their flags.

        Either the next day with an entry is among `days`, or it becomes so, or it and all up to the next of
        `days` are as they were. False when that can't be told from the entries at hand.
        """
        later = self.history.next_date(day)
        if later is None and self.until is None:
            return True
        if later is not None and days and days[0] <= later:
            return True
        if self.lives.outlook(day) == self._known_outlook(day):
            self.lives.follow(self.known, after=day, before=days[0] if days else date.max)
            return True
        if later is not None:
            heappush(days, later)
        return later is not None

    def _known_outlook(self, day: date) -> object:
        return Lives(self.known, self.actions, before=day + timedelta(days=1)).outlook(day)

    def _is_urgent(self, flag: RaisedFlag) -> bool:
        return flag.urgency in URGENT and flag.pattern not in self.table.clock

    def _judge(self, day: date, as_of: date) -> list[RaisedFlag]:
        """The flags raised on that day; earlier ones are joined on the way."""
        self.judged += 1
        then = self.history.at(day)
        codes = then.on(day).codes if then.has_entry(day) else None
        asked = [
            rule
            for rule in self.table.rules
            if rule.find_after or (codes is not None and rule.is_asked(codes))
        ]
        held = {rule.pattern: found for rule in asked if (found := self._findings(rule, then, day, as_of))}
        covered: list[tuple[str, Finding, _Over]] = []
        raised = []
        for rule in asked:
            new = []
            for finding in held.get(rule.pattern, ()):
                under = self._covered_by(rule, finding.key, day, held)
                if under:
                    covered.append((rule.pattern, finding, under))
                elif self._starts(rule, finding, day):
                    new.append(finding)
            if new:
                raised.append(self._raise(rule, day, new))
        above: dict[str, _Over] = {}
        for pattern, _, under in covered:
            above[pattern] = {**above.get(pattern, {}), **under}
        for pattern, finding, under in covered:
            self._show(pattern, finding, under, above, day)
        return raised

    def _findings(self, rule: Rule, history: History, day: date, as_of: date) -> tuple[Finding, ...]:
        try:
            if rule.find_after is None:
                return rule.find(history, day)
            if day > as_of:  # G15: due at the start of its local day, when the patient's clock has reached it
                return ()
            return rule.find_after(history, day, self._urgent_before(day, rule.reach))
        except Exception as error:  # noqa: BLE001  one broken rule must cost neither the entry nor the others
            self.failures.append(Failure(rule.pattern, day, type(error).__name__))
            return ()

    def _urgent_before(self, day: date, reach: int) -> tuple[Raised, ...]:
        """Flags of the first two tiers raised in the days before, and when they were acted on."""
        return tuple(
            Raised(
                life.flag.pattern,
                life.flag.urgency,
                life.flag.day,
                tuple(life.evidence.get(life.flag.day, ())),
                self.lives.acted(life, None, day, day),
            )
            for life in self.lives.all()
            if self._is_urgent(life.flag) and 0 < (day - life.flag.day).days <= reach
        )

    def _starts(self, rule: Rule, finding: Finding, day: date) -> bool:
        """G10: True when a new flag is due; joins the latest flag with that key where that is right."""
        life = self.lives.latest(rule.pattern, finding.key)
        if life is None:
            return True
        resolved = self.lives.resolved_on(life, day)
        if resolved is None:
            if not self._still_one(rule, life, finding.key, day):
                return True
            life.met[finding.key].append(day)
            life.saw(day, finding.entry_ids)
            return False
        return not (rule.kind == "state" and day <= resolved + timedelta(days=QUIET_DAYS))

    def _still_one(self, rule: Rule, life: Life, key: str, day: date) -> bool:
        if day - life.met[key][-1] <= timedelta(days=JOIN_DAYS):
            return True
        seen = self.lives.acted(life, "acknowledge", day, day) if rule.kind == "state" else ()
        return any(day <= one + timedelta(days=ACKNOWLEDGED_DAYS) for one in seen)

    def _covered_by(self, rule: Rule, key: str, day: date, held: _Held) -> _Over:
        """G11: the patterns that stand over this key today, each with the key in which it was judged."""
        over: dict[str, str | None] = {
            pattern: key if covers.scope == "same" else None
            for pattern, covers in self.table.covering.get(rule.pattern, ())
            if covers.keys is None or key in covers.keys
        }
        if rule.yields_to_urgent:
            over.update(dict.fromkeys(self.table.urgent))
        return {pattern: same for pattern, same in over.items() if self._stands(pattern, same, day, held)}

    def _stands(self, pattern: str, key: str | None, day: date, held: _Held) -> bool:
        if any(key in {None, finding.key} for finding in held.get(pattern, ())):
            return True
        return any(self.lives.is_open(life, key, day) for life in self.lives.of(pattern))

    def _raise(self, rule: Rule, day: date, findings: Sequence[Finding]) -> RaisedFlag:
        findings = sorted(findings, key=lambda f: f.key)
        why = tuple(one for f in findings for one in f.why)
        flag = RaisedFlag(
            pattern=rule.pattern,
            rule_version=rule.version,
            urgency=rule.urgency,
            day=day,
            keys=tuple(f.key for f in findings),
            met={f.key: (day,) for f in findings},
            evidence={},
            arms=tuple(dict.fromkeys(f.arm for f in findings)),
            numbers=findings[0].numbers if len(findings) == 1 else _by_key(findings),
            why=ENGLISH.say(rule.why, why),
            said=why,
            why_clinician=" ".join(dict.fromkeys(f.why_clinician for f in findings)),
        )
        self.lives.add(flag).saw(day, (one for f in findings for one in f.entry_ids))
        return flag

    def _show(
        self,
        pattern: str,
        finding: Finding,
        under: _Over,
        above: Mapping[str, _Over],
        day: date,
    ) -> None:
        """The covered report is evidence under the covering flags (G11).

        A covering pattern that holds but is itself covered has no flag of the day: its own cover shows both.
        """
        for cover, key in sorted(under.items()):
            life = next(
                (one for one in reversed(self.lives.of(cover)) if self.lives.was_live(one, key, day)), None
            )
            if life is None:
                self._show(pattern, finding, above.get(cover, {}), above, day)
                continue
            life.saw(day, finding.entry_ids)
            days = life.covered.setdefault(pattern, [])
            if day not in days:
                days.append(day)


def _by_key(findings: Sequence[Finding]) -> Numbers:
    return {f"{f.key} {name}": number for f in findings for name, number in f.numbers.items()}


def _covering(rules: Sequence[Rule]) -> dict[str, list[tuple[str, Covers]]]:
    """For each covered pattern, who covers it and how."""
    found: dict[str, list[tuple[str, Covers]]] = {}
    for rule in rules:
        for covers in rule.covers:
            found.setdefault(covers.pattern, []).append((rule.pattern, covers))
    return found


_LIVE = _Table(RULES)
