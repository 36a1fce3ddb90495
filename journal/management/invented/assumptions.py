"""What a simulation takes for granted, each with its reason. Whoever doubts a result starts here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number of the simulation, in words, and why it is what it is."""

    what: str
    value: float
    reason: str


ASSUMPTIONS: list[Assumption] = []


def _assume(what: str, value: float, reason: str) -> float:
    ASSUMPTIONS.append(Assumption(what, value, reason))
    return value


EVENTFUL = _assume(
    "share of patients to whom one event is given",
    2 / 3,
    "Far more than in life, so that sensitivities rest on numbers; the third without an event shows what a "
    "quiet patient costs the team.",
)
MEAN_AGE = _assume("mean age, years", 74.0, "Most people in care for osteoporosis are over 65.")
SPREAD_AGE = _assume("standard deviation of age, years", 8.0, "Leaves one in twenty under 61.")
YOUNGEST = _assume("youngest, years", 52.0, "After the menopause.")
OLDEST = _assume("oldest, years", 95.0, "Beyond it hardly anybody keeps a journal on a phone.")
PRIOR_VERTEBRAL = _assume(
    "share with an earlier spine fracture", 0.25, "About a quarter of women over 70 have one on an image."
)
CHRONIC_PAIN = _assume(
    "share of those with a steady back or knee whose pain the clinic has recorded as known",
    0.7,
    "Profiles are kept by busy people; the rest shows what a missing fact costs.",
)
PEAK_KNOWN = _assume("share who remember their tallest height", 0.6, "Asked on enrolment, often not known.")
LOST_CM = _assume("mean height lost since the tallest, cm", 1.6, "Ordinary loss by the middle seventies.")
ADHERENCE_SPREAD = _assume(
    "standard deviation of adherence between patients of one kind", 0.08, "Kinds are not uniform."
)
PAIN_SPREAD = _assume(
    "standard deviation of the usual pain between patients of one kind, points", 0.8, "Kinds are not uniform."
)
FLARES_PER_YEAR = _assume(
    "flares a year, of those who have a usual pain", 5.0, "Between monthly and yearly in chronic back pain."
)
FLARE_DAYS_LEAST = _assume("shortest flare, days", 2.0, "A bad weekend.")
FLARE_DAYS_MOST = _assume("longest flare, days", 9.0, "Longer ones would be a new problem.")
GAP_SHARE = _assume(
    "share with one long gap in logging", 0.3, "Holidays, visits, a lost charger; the demo has one in nine."
)
GAP_MOST = _assume("longest gap, days", 28.0, "Longer, and a baseline is lost altogether, as after 28 days.")
LATE_SPREAD = _assume(
    "upper bound of the share of entries that arrive hours late", 0.25, "Phones in flats with poor reception."
)
LOGGED_SAME_DAY = _assume(
    "share of events logged on the day they happen", 0.75, "Pain makes people write; it also stops them."
)
LOGGED_NEXT_DAY = _assume("share logged a day later (the rest two days later)", 0.15, "As above.")
ONSET_STATED = _assume(
    "share of sudden pains whose sudden beginning is stated", 0.8, "One more tap that some leave out."
)
CODES_STATED = _assume(
    "share of pains whose worse-with, better-with and quality are stated", 0.8, "Optional questions."
)
BEARING_STATED = _assume(
    "share of those who cannot stand who say so in the journal", 0.9, "Asked after a fall or leg pain."
)
FEVER = _assume(
    "share of spinal infections with fever", 0.55, "Yusuf 2019: fever in 55% of 2,224 reported cases."
)
TENDED = _assume(
    "share of flags that a clinician answers", 0.95, "The rest is forgotten: only so can silence be told."
)
URGENT_ANSWERED = _assume(
    "days until flags of the first two tiers are acknowledged", 0.0, "The tiers ask for the same day."
)
OTHERS_ANSWERED = _assume("days until all other flags are acknowledged", 2.0, "Within 48 hours.")
RESOLVED_AFTER = _assume(
    "days from acknowledging until resolving", 10.0, "A call, a visit, sometimes an image."
)
EXPLAINED_AFTER = _assume(
    "days after an event's last day on which its patterns still count as explained by it",
    28.0,
    "Windows of the rules look back four weeks.",
)
