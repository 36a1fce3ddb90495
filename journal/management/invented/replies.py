"""What an invented physiotherapist writes when acknowledging and when closing a flag."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Reply:
    """`first` on acknowledging, `last` on closing with `outcome` (a code of FlagAction.Outcome)."""

    first: str
    outcome: str
    last: str


REPLIES: dict[str, tuple[Reply, ...]] = {
    "cauda-equina": (
        Reply(
            "Rang at once. Ambulance on its way, neighbour is with her. Sent the symptom dates to the hospital.",
            "emergency-care",
            "MRI the same evening, no compression seen. Home after two days. Safety-net sheet gone through again.",
        ),
    ),
    "hip-fracture": (
        Reply(
            "Rang, daughter answered: ambulance there, leg short and turned out. Told the crew about the blood thinner.",
            "emergency-care",
            "Hip fixed the next morning. In the ward until transfer home; home visit booked for the first week.",
        ),
    ),
    "sudden-back-pain": (
        Reply(
            "Telephoned. No leg signs, bladder normal, comfortable lying. GP sees her today for an X-ray.",
            "referred",
            "X-ray: new wedge at L1, stable. Pain plan with the GP. Walks short spells; extensions again in week 3.",
        ),
        Reply(
            "Spoke to the patient: began on lifting a bag, walks indoors. Urgent X-ray asked for.",
            "referred",
            "No new fracture on the image. Strain most likely; load rules explained, review in ten days.",
        ),
    ),
    "silent-after-flag": (
        Reply(
            "Rang twice, reached the son. She is in bed but well looked after.",
            "contacted",
            "Spoke to her myself. Phone was flat. Seen by her doctor, back to logging.",
        ),
    ),
    "new-numbness": (
        Reply(
            "Rang. One leg only, no weakness, bladder and bowel as usual. Examination booked for tomorrow.",
            "contacted",
            "Reflexes equal, power full, reduced light touch below the knee. Watch list given; weekly contact.",
        ),
        Reply(
            "Message left, then reached. Feet only, worse at night. Comes in this week.",
            "referred",
            "Monofilament reduced on both feet. Letter to GP for a foot check and blood tests.",
        ),
    ),
    "neuro-progression": (
        Reply(
            "Seen today in clinic at short notice: numbness has reached the foot, power still full.",
            "referred",
            "Spinal clinic appointment in nine days, GP informed. Knows when to call the emergency number.",
        ),
    ),
    "bladder-bowel-change": (
        Reply(
            "Rang. No back pain, sensation normal, started a water tablet last week.",
            "referred",
            "Urine sample with GP: infection treated. Control as before.",
        ),
    ),
    "recurrent-falls": (
        Reply(
            "Will do the falls check at the next visit; asked her to have the hall light on at night.",
            "contacted",
            "Falls check done: standing blood pressure drops, bifocals on stairs. GP and optician asked. Balance twice a week.",
        ),
    ),
    "mood-and-fear": (
        Reply(
            "Talked at the appointment. Lonely since the move; no thoughts of harm when asked directly.",
            "referred",
            "PHQ-2 was 3; GP appointment made with her consent. Walking group on Wednesdays.",
        ),
        Reply(
            "Rang: stays indoors since the fall. Agreed on short walks with company.",
            "contacted",
            "Goes to the shop alone again. Confidence on the stairs practised; continues at home.",
        ),
    ),
}
USUAL = (
    Reply(
        "Read the entries and rang. Nothing that cannot wait until the appointment.",
        "contacted",
        "Gone through at the visit, programme adapted. Knows what to watch for.",
    ),
    Reply(
        "Known to me, compared with the last visit. Will speak to the patient this week.",
        "known",
        "As before, no change on examination. Advice repeated.",
    ),
)


def reply_to(pattern: str, rng: Random) -> Reply:
    """One of the replies that fit the pattern."""
    return rng.choice(REPLIES.get(pattern, USUAL))
