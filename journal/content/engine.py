"""Run every rule over a history and follow the life of each flag (G7 to G11, G15).

The result is a pure function of entries, profile and clinician actions (G8): evaluating again after a late or
edited entry gives what would have been there had it come in time.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from heapq import heapify, heappop, heappush

from journal.content.flag import Action, Evaluation, Failure, RaisedFlag
from journal.content.history import History
from journal.content.life import Life, cut
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

JOIN_DAYS = 14  # G10, G11
ACKNOWLEDGED_DAYS = 90  # G10
QUIET_DAYS = 28  # G10: a resolved state flag is not raised again for so long
SILENCE_DAYS = 3  # the card of silent-after-flag: met on F+3


def evaluate(
    history: History,
    *,
    as_of: date,
    actions: Sequence[Action] = (),
    since: date | None = None,
    before: Sequence[RaisedFlag] = (),
    rules: Sequence[Rule] = RULES,
) -> Evaluation:
    """All flags that the facts support.

    Every day with an entry is judged, also one that a traveller's phone dates later than `as_of`; for the
    clock rule (G15) also the days on which it falls due, up to `as_of`, the patient's local date. With
    `since`, only days from then on are judged, and `before` must hold all flags raised earlier, as an
    evaluation of the same facts left them (what they met later is ignored).
    """
    return _Run(history, actions, rules, since or date.min, before).through(as_of)


_Held = Mapping[str, tuple[Finding, ...]]
_Over = Mapping[str, str | None]


class _Run:
    """One evaluation, day by day, oldest first."""

    def __init__(
        self,
        history: History,
        actions: Sequence[Action],
        rules: Sequence[Rule],
        since: date,
        before: Sequence[RaisedFlag],
    ) -> None:
        self.history = history
        self.actions = sorted(actions, key=lambda a: (a.day, a.kind, a.pattern, a.raised))
        self.rules = rules
        self.order = {rule.pattern: place for place, rule in enumerate(rules)}
        self.clock = {rule.pattern for rule in rules if rule.find_after is not None}
        self.covering = _covering(rules)
        self.since = since
        self.lives: dict[str, list[Life]] = {rule.pattern: [] for rule in rules}
        self.failures: list[Failure] = []
        for flag in sorted(before, key=lambda f: f.day):
            if flag.day < since and flag.pattern in self.lives:
                self.lives[flag.pattern].append(Life(cut(flag, since)))

    def through(self, as_of: date) -> Evaluation:
        clock = [
            life.flag.day + timedelta(days=SILENCE_DAYS) for life in self._all() if self._is_urgent(life.flag)
        ]
        days = [day for day in self.history.dates if day >= self.since]
        days += [day for day in clock if self.since <= day <= as_of]
        heapify(days)
        last = None
        while days:
            day = heappop(days)
            if day == last:
                continue
            last = day
            due = day + timedelta(days=SILENCE_DAYS)
            if any(self._is_urgent(flag) for flag in self._judge(day, as_of)) and due <= as_of:
                heappush(days, due)
        flags = sorted((life.done() for life in self._all()), key=lambda f: (f.day, self.order[f.pattern]))
        return Evaluation(tuple(flags), tuple(self.failures))

    def _all(self) -> list[Life]:
        return [life for lives in self.lives.values() for life in lives]

    def _is_urgent(self, flag: RaisedFlag) -> bool:
        # silent-after-flag is of the second tier itself, but never answers for itself.
        return flag.urgency in URGENT and flag.pattern not in self.clock

    def _judge(self, day: date, as_of: date) -> list[RaisedFlag]:
        """The flags raised on that day; earlier ones are joined on the way."""
        held = {rule.pattern: found for rule in self.rules if (found := self._findings(rule, day, as_of))}
        covered: list[tuple[str, Finding, _Over]] = []
        raised = []
        for rule in self.rules:
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

    def _findings(self, rule: Rule, day: date, as_of: date) -> tuple[Finding, ...]:
        try:
            history = self.history.at(day)
            if rule.find_after is None:
                return rule.find(history, day) if self.history.has_entry(day) else ()
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
                self._acted(life, None, day, day),
            )
            for life in self._all()
            if self._is_urgent(life.flag) and 0 < (day - life.flag.day).days <= reach
        )

    def _acted(self, life: Life, kind: str | None, until: date, today: date) -> tuple[date, ...]:
        """Days up to `until` on which a clinician acted on this flag, oldest first (kind None: in any way).

        An action is bound to the day its flag was raised. When late or edited data moved that day, it counts
        for the flags of the pattern that stood then and share a key. An action on a flag raised on `today`
        says nothing about earlier flags yet: whether there is such a flag is just being decided.
        """
        flag = life.flag
        return tuple(
            action.day
            for action in self.actions
            if action.pattern == flag.pattern and kind in {None, action.kind} and action.day <= until
            if action.raised == flag.day or (action.raised < today and self._moved_to(action, life))
        )

    def _moved_to(self, action: Action, life: Life) -> bool:
        if any(other.flag.day == action.raised for other in self.lives[action.pattern]):
            return False
        return life.flag.day <= action.day and not action.keys.isdisjoint(life.flag.keys)

    def _resolved_on(self, life: Life, day: date) -> date | None:
        """The day of its resolution, when that lies before `day` (it takes effect from the next day)."""
        done = self._acted(life, "resolve", day - timedelta(days=1), day)
        return done[0] if done else None

    def _starts(self, rule: Rule, finding: Finding, day: date) -> bool:
        """G10: True when a new flag is due; joins the latest flag with that key where that is right."""
        life = next((one for one in reversed(self.lives[rule.pattern]) if finding.key in one.met), None)
        if life is None:
            return True
        resolved = self._resolved_on(life, day)
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
        seen = self._acted(life, "acknowledge", day, day) if rule.kind == "state" else ()
        return any(day <= one + timedelta(days=ACKNOWLEDGED_DAYS) for one in seen)

    def _covered_by(self, rule: Rule, key: str, day: date, held: _Held) -> _Over:
        """G11: the patterns that stand over this key today, each with the key in which it was judged."""
        over: dict[str, str | None] = {
            pattern: key if covers.scope == "same" else None
            for pattern, covers in self.covering.get(rule.pattern, ())
            if covers.keys is None or key in covers.keys
        }
        if rule.yields_to_urgent:
            urgent = [one for one in self.rules if one.urgency in URGENT and one.pattern not in self.clock]
            over.update((one.pattern, None) for one in urgent)
        return {pattern: same for pattern, same in over.items() if self._stands(pattern, same, day, held)}

    def _stands(self, pattern: str, key: str | None, day: date, held: _Held) -> bool:
        if any(key in {None, finding.key} for finding in held.get(pattern, ())):
            return True
        return any(self._is_open(life, key, day) for life in self.lives[pattern])

    def _is_open(self, life: Life, key: str | None, day: date) -> bool:
        last = life.last_met(key)
        recent = last is not None and timedelta(1) <= day - last <= timedelta(days=JOIN_DAYS)
        return recent and self._resolved_on(life, day) is None

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
        life = Life(flag)
        life.saw(day, (one for f in findings for one in f.entry_ids))
        self.lives[rule.pattern].append(life)
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
            life = next((one for one in reversed(self.lives[cover]) if self._was_live(one, key, day)), None)
            if life is None:
                self._show(pattern, finding, above.get(cover, {}), above, day)
                continue
            life.saw(day, finding.entry_ids)
            days = life.covered.setdefault(pattern, [])
            if day not in days:
                days.append(day)

    def _was_live(self, life: Life, key: str | None, day: date) -> bool:
        return life.last_met(key) == day or self._is_open(life, key, day)


def _by_key(findings: Sequence[Finding]) -> Numbers:
    return {f"{f.key} {name}": number for f in findings for name, number in f.numbers.items()}


def _covering(rules: Sequence[Rule]) -> dict[str, list[tuple[str, Covers]]]:
    """For each covered pattern, who covers it and how."""
    found: dict[str, list[tuple[str, Covers]]] = {}
    for rule in rules:
        for covers in rule.covers:
            found.setdefault(covers.pattern, []).append((rule.pattern, covers))
    return found
