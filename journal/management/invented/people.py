"""The demo's patients: invented, none of them is a real person."""

from dataclasses import dataclass

from journal.management.invented import usual
from journal.management.invented.happenings import (
    Happening,
    afraid,
    bladder_change,
    broken_hip,
    fall,
    flare,
    heavy_legs,
    low_mood,
    mistyped_fall,
    mistyped_pain,
    near_fall,
    saddle_numbness,
    sciatica,
    sudden_back_pain,
    tingling_feet,
)
from journal.management.invented.persona import Persona

LONDON, BERLIN = "Europe/London", "Europe/Berlin"
AUCKLAND, ST_JOHNS = "Pacific/Auckland", "America/St_Johns"
OSTEOPOROSIS = "osteoporosis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`peak_height_cm` is the tallest height remembered, `lost_cm` what age has taken since.

    Flags raised in the last `untended_days` have been seen by nobody yet.
    """

    name: str
    age: int
    sex: str
    zone: str
    persona: Persona
    history: tuple[str, ...] = (OSTEOPOROSIS,)
    peak_height_cm: float | None = None
    lost_cm: float = 1.5
    happenings: tuple[Happening, ...] = ()
    untended_days: float = 2.1

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.').replace('ü', 'ue')}@demo.example"

    @property
    def height_cm(self) -> float | None:
        return self.peak_height_cm - self.lost_cm if self.peak_height_cm else None


CHRONIC = (OSTEOPOROSIS, "chronic_pain_known")
# Those with something to see come first, so that a smaller demo has every kind of flag too.
PEOPLE = (
    Person(
        name="Elsie Thornton", age=84, sex="F", zone=LONDON, persona=usual.STEADY_BACK, history=CHRONIC,
        peak_height_cm=163, happenings=(Happening(change=saddle_numbness, hours_ago=0.15),),
    ),
    Person(
        name="Margaret Doyle", age=79, sex="F", zone=LONDON, persona=usual.QUIET, peak_height_cm=160,
        happenings=(
            Happening(change=flare, days_ago=31, lasts=3),
            Happening(change=sudden_back_pain("thoracic", 6), hours_ago=3),
        ),
    ),
    Person(
        name="Ruth Keller", age=74, sex="F", zone=BERLIN, persona=usual.STEADY_BACK, history=CHRONIC,
        peak_height_cm=168, happenings=(Happening(change=mistyped_pain, days_ago=20, corrected=True),),
    ),
    Person(
        name="Hilde Brandt", age=81, sex="F", zone=BERLIN, persona=usual.CAREFUL, peak_height_cm=158,
        history=(OSTEOPOROSIS, "prior_vertebral_fracture", "antiresorptive", "osteoarthritis_hip"),
        happenings=(
            Happening(change=fall(), days_ago=34),
            Happening(change=afraid, days_ago=33, lasts=16),
            Happening(change=fall(note="Missed the last step. Sore elbow, no more."), days_ago=4),
        ),
    ),
    Person(
        name="George Ashby", age=76, sex="M", zone=LONDON, persona=usual.DIABETIC, peak_height_cm=178,
        history=(OSTEOPOROSIS, "diabetes"),
        happenings=(Happening(change=tingling_feet, days_ago=12, lasts=13),),
    ),
    Person(
        name="Maria Santos", age=69, sex="F", zone=LONDON, persona=usual.TRAINING,
        happenings=(Happening(change=sciatica("left"), days_ago=38, lasts=39),),
    ),
    Person(
        name="Joan Whitfield", age=86, sex="F", zone=LONDON, persona=usual.UPPER_BACK, peak_height_cm=161,
        history=(*CHRONIC, "prior_vertebral_fracture"), lost_cm=3.4, untended_days=6,
        happenings=(Happening(change=sudden_back_pain("thoracic", 8), days_ago=4, silent=5),),
    ),
    Person(
        name="Agnes Murray", age=88, sex="F", zone=LONDON, persona=usual.CAREFUL,
        history=(OSTEOPOROSIS, "osteoarthritis_hip", "anticoagulant"), peak_height_cm=157,
        happenings=(Happening(change=broken_hip, days_ago=47, silent=17),),
    ),
    Person(
        name="Ingrid Hoffmann", age=71, sex="F", zone=BERLIN, persona=usual.ARTHRITIC_KNEE,
        history=(OSTEOPOROSIS, "osteoarthritis_knee", "chronic_pain_known"), peak_height_cm=166,
        happenings=(Happening(change=flare, days_ago=50, lasts=4),),
    ),
    Person(
        name="Dorothy Clarke", age=77, sex="F", zone=LONDON, persona=usual.SELDOM,
        happenings=(Happening(change=low_mood, days_ago=26, lasts=24),),
    ),
    Person(
        name="Wanda Nowak", age=73, sex="F", zone=BERLIN, persona=usual.NEW_WALKER, peak_height_cm=164,
        history=(OSTEOPOROSIS, "antiresorptive"),
    ),
    Person(
        name="Aroha Tamati", age=70, sex="F", zone=AUCKLAND, persona=usual.TRAINING, peak_height_cm=165,
        happenings=(Happening(change=fall(injury=True, note="Tripped over the dog."), days_ago=58),),
    ),
    Person(
        name="Bridget Power", age=75, sex="F", zone=ST_JOHNS, persona=usual.STEADY_BACK, history=CHRONIC,
        happenings=(Happening(change=sudden_back_pain("lumbar", 8), hours_ago=29),),
    ),
    Person(
        name="Emily Okafor", age=66, sex="F", zone=LONDON, persona=usual.QUIET, peak_height_cm=170,
        history=(OSTEOPOROSIS, "antiresorptive"),
    ),
    Person(
        name="Helga Weiss", age=82, sex="F", zone=BERLIN, persona=usual.UPPER_BACK, peak_height_cm=162,
        history=(*CHRONIC, "prior_vertebral_fracture", "long_term_steroid"), lost_cm=3.2,
        happenings=(Happening(change=sudden_back_pain("lumbar", 9), days_ago=83, lasts=84),),
    ),
    Person(
        name="Sheila Grant", age=72, sex="F", zone=LONDON, persona=usual.NEW_WALKER,
        happenings=(Happening(change=mistyped_fall, days_ago=65, corrected=True),),
    ),
    Person(
        name="Rosa Marino", age=78, sex="F", zone=BERLIN, persona=usual.ARTHRITIC_KNEE, peak_height_cm=159,
        history=(OSTEOPOROSIS, "osteoarthritis_knee", "chronic_pain_known"),
        happenings=(Happening(change=bladder_change, hours_ago=20),),
    ),
    Person(
        name="Peter Lindqvist", age=68, sex="M", zone=BERLIN, persona=usual.STEADY_BACK, peak_height_cm=181,
        history=(*CHRONIC, "long_term_steroid"),
    ),
    Person(
        name="Irene Walsh", age=80, sex="F", zone=LONDON, persona=usual.CAREFUL, peak_height_cm=160,
        history=(OSTEOPOROSIS, "osteoarthritis_hip", "antiresorptive"),
        happenings=tuple(Happening(change=near_fall, days_ago=day) for day in (9, 6, 3)),
    ),
    Person(
        name="Kath Bennett", age=67, sex="F", zone=LONDON, persona=usual.SELDOM, peak_height_cm=167,
    ),
    Person(
        name="Lotte Fischer", age=76, sex="F", zone=BERLIN, persona=usual.DIABETIC, peak_height_cm=163,
        history=(OSTEOPOROSIS, "diabetes", "peripheral_neuropathy"),
        happenings=(
            Happening(change=tingling_feet, days_ago=90, lasts=91),
            Happening(change=heavy_legs, days_ago=45, lasts=18),
        ),
    ),
    Person(
        name="Nora Byrne", age=61, sex="F", zone=LONDON, persona=usual.TRAINING, peak_height_cm=171,
    ),
    Person(
        name="Vera Sutton", age=83, sex="F", zone=LONDON, persona=usual.QUIET, peak_height_cm=156,
        happenings=(
            Happening(change=saddle_numbness, days_ago=72, silent=6),
            Happening(change=near_fall, days_ago=30),
        ),
    ),
    Person(
        name="Walter Pryce", age=79, sex="M", zone=LONDON, persona=usual.UPPER_BACK, peak_height_cm=175,
        history=(*CHRONIC, "prior_vertebral_fracture"), lost_cm=3.0,
    ),
)  # fmt: skip
