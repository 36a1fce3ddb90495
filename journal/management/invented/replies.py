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
            "Rang at once. Ambulance on its way, neighbour is there. Symptom dates sent.",
            "emergency-care",
            "MRI the same evening, no compression. Home after two days. Warning signs gone through again.",
        ),
    ),
    "hip-fracture": (
        Reply(
            "Rang, daughter answered: ambulance is there. Told the crew about the blood thinner.",
            "emergency-care",
            "Hip fixed the next morning. Home visit booked for the first week after the ward.",
        ),
    ),
    "sudden-back-pain": (
        Reply(
            "Telephoned. No leg signs, bladder normal, comfortable lying. GP appointment today for an X-ray.",
            "referred",
            "X-ray: new wedge at L1, stable. Pain plan with GP. Short walks; extensions from week 3.",
        ),
        Reply(
            "Spoke to the patient: began on lifting a bag, walks indoors. Urgent X-ray asked for.",
            "referred",
            "No new fracture on the image. Strain most likely; load rules explained, review in ten days.",
        ),
    ),
    "silent-after-flag": (
        Reply(
            "Rang twice, reached the son. In bed, but well looked after.",
            "contacted",
            "Spoken to in person. Phone was flat. Seen by the doctor, back to logging.",
        ),
    ),
    "new-numbness": (
        Reply(
            "Rang. No weakness, bladder and bowel as usual. Examination booked for tomorrow.",
            "contacted",
            "Reflexes equal, power full, light touch less over the area. Weekly contact.",
        ),
    ),
    "neuropathy-pattern": (
        Reply(
            "Message left, then reached. Both feet, worse at night. Comes in this week.",
            "referred",
            "Monofilament felt less on both feet. Letter to GP for a foot check and blood tests.",
        ),
    ),
    "radicular-leg-pain": (
        Reply(
            "Spoken to at the examination: into the calf, worse on coughing, keeps moving.",
            "contacted",
            "Eased over the weeks, walks as before. Nerve gliding at home goes on.",
        ),
    ),
    "limb-fracture-suspected": (
        Reply(
            "Rang. Wrist swollen after the fall, fingers move and feel normal. Off to the injuries unit.",
            "referred",
            "Wrist broken, in plaster for five weeks. Falls check and bone treatment on the list for the GP.",
        ),
    ),
    "serious-fall": (
        Reply(
            "Rang at the same time about the fall: no blow to the head, remembers everything, stands well.",
            "contacted",
            "Checked over at the unit. Tripping hazards at home gone through, balance programme restarted.",
        ),
    ),
    "back-pain-rise": (
        Reply(
            "Rang. Stronger than usual for days, no leg weakness, bladder normal. Seen tomorrow.",
            "contacted",
            "Examined: no tenderness on the spine. Load cut for two weeks, review booked.",
        ),
    ),
    "activity-drop": (
        Reply(
            "Saw the weekly minutes. Will ask at the next contact what gets in the way.",
            "contacted",
            "Was a bad fortnight, more weather than pain. Agreed on short walks, picked up again.",
        ),
    ),
    "fatigue-heavy-legs": (
        Reply(
            "Asked about sleep and new medicines. Nothing new.",
            "referred",
            "GP took bloods: vitamin D low, being treated. Legs lighter since.",
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
            "Will do the falls check at the next visit; asked to have the hall light on at night.",
            "contacted",
            "Falls check: pressure drops on standing, bifocals on stairs. GP and optician asked.",
        ),
    ),
    "mood-and-fear low_mood": (
        Reply(
            "Talked on the telephone. Lonely since the move; no thoughts of harm when asked directly.",
            "referred",
            "PHQ-2 was 3; GP appointment made, as agreed. Walking group on Wednesdays.",
        ),
    ),
    "mood-and-fear fear_of_falling": (
        Reply(
            "Rang: stays indoors since the fall. Agreed on short walks with company.",
            "contacted",
            "Goes to the shop alone again. Stairs practised together; continues at home.",
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


def reply_to(pattern: str, arm: str, rng: Random) -> Reply:
    """One of the replies that fit the pattern, or the arm of it that was true."""
    return rng.choice(REPLIES.get(f"{pattern} {arm}") or REPLIES.get(pattern) or USUAL)
