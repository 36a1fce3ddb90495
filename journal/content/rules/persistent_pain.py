"""Pain at one place for six weeks without real improvement."""

from datetime import date
from statistics import median

from journal.content.day import Day
from journal.content.history import History
from journal.content.rule import Finding, Rule, Source, Urgency
from journal.content.vocabulary import place
from journal.content.wording import said

SEVERE = 4  # D
BACK = 41  # [D-41, D]
FIRST_WEEK = 35  # [D-41, D-35]
LAST_WEEK = 6  # [D-6, D]
ANSWERED = 14  # D
BETTER = 2  # Farrar 2001 (V)


def find(history: History, day: date) -> tuple[Finding, ...]:
    today = [where for where, severity in history.on(day).worst.items() if severity >= SEVERE]
    if history.profile.has("chronic_pain_known") or not today:
        return ()
    answered = history.answered("pains", day, BACK)
    first = history.answered("pains", day, BACK, FIRST_WEEK)
    if len(answered) < ANSWERED or not first:
        return ()
    last = history.answered("pains", day, LAST_WEEK)
    ordered = sorted(today, key=lambda where: (where[0], where[1] or ""))
    return tuple(f for where in ordered if (f := _at(where, answered, first, last)))


def _at(
    where: tuple[str, str | None], answered: tuple[Day, ...], first: tuple[Day, ...], last: tuple[Day, ...]
) -> Finding | None:
    hurting = [one for one in answered if one.worst.get(where, 0) >= SEVERE]
    began, now = (median(one.worst.get(where, 0) for one in week) for week in (first, last))
    # At least 80 %, in whole numbers: 5 × hurting >= 4 × answered.
    if 5 * len(hurting) < 4 * len(answered) or began < SEVERE or began - now >= BETTER:
        return None
    site, side = where
    return Finding(
        key=f"{side}-{site}" if side else site,
        entry_ids=tuple(dict.fromkeys(one for d in hurting for one in d.ids("pains"))),
        arm="a",
        why=said(where=where),
        why_clinician=(
            f"{place(site, side).capitalize()}: {SEVERE} or more on {len(hurting)} of {len(answered)} "
            f"answered days in six weeks; median {began:g} in the first week, {now:g} in the last."
        ),
        numbers={"days": len(hurting), "answered": len(answered), "first_week": began, "last_week": now},
    )


RULE = Rule(
    pattern="persistent-pain",
    version=1,
    urgency=Urgency.WITHIN_2_WEEKS,
    kind="state",
    key="site and side",
    owner="physiotherapist",
    holds_exercise=False,
    title="Pain that does not settle",
    advice=(
        "Six weeks without real improvement is a reason to look again at cause and treatment. We will "
        "bring it up at your next appointment, within two weeks. If the pain becomes much stronger, wakes "
        "you at night, or comes with numbness or weakness, contact your doctor."
    ),
    why={
        "why": "Pain in your {where:place} has stayed at much the same level for six weeks.",
    },
    clinician="Six-week curve; what was tried; was the spine ever imaged; is a specialist's opinion due?",
    sources=(
        Source("VERTOS II conservative arm: most relief inside 3 months, 40% at 4 or more after a year", "V"),
        Source("VAPOUR: 53% still at 4 or more at 6 months", "V"),
        Source("NICE TA279", "V"),
        Source("Six weeks and 80%", "D"),
    ),
    seeds=("000-34", "002-07", "004-02", "004-05"),
    window="[D-41, D]; first week [D-41, D-35] against last week [D-6, D]",
    reach=BACK,
    find=find,
)
