"""The personas: none of them is a real person, and each is meant to raise hardly a flag by itself."""

from journal.management.invented.persona import Ache, Habit, Persona

BONE = {"calcium": 0.7, "vitamin_d": 0.8}
WALKS = Habit("walking", 25, 0.85)
HOUSE = Habit("housework", 25, 0.85)
GARDEN = Habit("gardening", 50, 0.4, weekend_only=True)
BALANCE = Habit("balance", 10, 0.4)
POSTURE = Habit("posture_extension", 10, 0.4)
STRENGTH = Habit("resistance", 20, 0.35)

STEADY_BACK = Persona(
    key="steady-back",
    what="long-standing low back pain that goes up and down by a point",
    adherence=0.88,
    aches=(
        Ache("lumbar", "midline", 4.2, worse_with=("sitting", "bending"), better_with=("walking", "heat")),
    ),
    habits=(WALKS, HOUSE, POSTURE, GARDEN),
    medicines={**BONE, "paracetamol": 0.4},
    notes=("Back stiff until I got going.", "Sat too long at the christening.", "A good day."),
)
ARTHRITIC_KNEE = Persona(
    key="arthritic-knee",
    what="a worn knee that minds stairs and damp weather",
    adherence=0.82,
    hour=18.5,
    aches=(
        Ache(
            "knee",
            "right",
            3.6,
            0.7,
            quality=("aching", "stiff"),
            worse_with=("stairs",),
            better_with=("rest",),
        ),
        Ache("hand", "both", 2.0, 0.4, share=0.3, quality=("stiff",)),
    ),
    habits=(Habit("cycling", 20, 0.6), Habit("swimming", 30, 0.28), HOUSE),
    medicines={**BONE, "nsaid_topical": 0.5, "paracetamol": 0.2},
    notes=("Stairs at the station again.", "Pool was warm today, lovely.", "Rain coming, the knee knows."),
)
TRAINING = Persona(
    key="training",
    what="trains twice or three times a week and is sore afterwards",
    adherence=0.93,
    hour=19.5,
    aches=(Ache("neck", "midline", 1.6, 0.5, share=0.25, quality=("stiff",)),),
    habits=(STRENGTH, BALANCE, Habit("walking", 35, 0.85), Habit("tai_chi", 30, 0.28)),
    medicines={**BONE, "bisphosphonate": 0.14},
    sore_after_strength=True,
    notes=(
        "Two sets more than last week.",
        "Legs feel it from yesterday.",
        "Tai chi group moved to Thursdays.",
    ),
)
SELDOM = Persona(
    key="seldom",
    what="forgets the journal for days and was away for three weeks",
    adherence=0.62,
    hour=20.5,
    aches=(Ache("lumbar", "midline", 3.0, 0.6, share=0.8, worse_with=("lifting",), better_with=("heat",)),),
    habits=(Habit("walking", 20, 0.85), HOUSE),
    medicines={**BONE, "paracetamol": 0.25},
    late=0.2,
    gap=(62, 21),
    notes=("Sorry, forgot again.", "At my sister's, no reception."),
)
NEW_WALKER = Persona(
    key="new-walker",
    what="began with ten minutes and walks a little further each week",
    adherence=0.9,
    hour=17.0,
    aches=(
        Ache("lumbar", "midline", 3.8, 0.5, trend=-1.6, worse_with=("sitting",), better_with=("walking",)),
    ),
    habits=(Habit("walking", 12, 0.85, growth=3.4), BALANCE, Habit("stretching", 10, 0.5)),
    medicines={**BONE, "denosumab": 0.008},
    notes=("As far as the bridge today!", "New shoes.", "Walked with Pat, forty minutes."),
)
CAREFUL = Persona(
    key="careful",
    what="unsure on her feet since a fall last year; catches herself now and then",
    adherence=0.85,
    aches=(Ache("hip", "left", 2.4, 0.6, share=0.6, worse_with=("stairs",), better_with=("rest",)),),
    habits=(Habit("balance", 12, 0.7), Habit("walking", 15, 0.7), HOUSE),
    medicines={**BONE, "bisphosphonate": 0.14},
    systemic={"fear_of_falling": 0.08, "dizzy": 0.03, "poor_sleep": 0.12},
    near_falls=0.012,
    notes=("Held on to the rail.", "The carpet edge is fixed now.", "Did the balance card with my son."),
)
UPPER_BACK = Persona(
    key="upper-back",
    what="a tired upper back after an older spine fracture",
    adherence=0.8,
    hour=10.5,
    aches=(
        Ache(
            "thoracic",
            "midline",
            3.4,
            0.5,
            quality=("dull", "heavy"),
            worse_with=("standing",),
            better_with=("rest",),
        ),
    ),
    habits=(POSTURE, Habit("walking", 20, 0.85), HOUSE),
    medicines={**BONE, "paracetamol": 0.5, "ppi": 0.6},
    systemic={"fatigue": 0.15, "poor_sleep": 0.1},
    notes=("Ironing does it every time.", "Rested after lunch.", "Posture exercises done by the wall."),
)
DIABETIC = Persona(
    key="diabetic",
    what="diabetes for many years; tired legs in the evening",
    adherence=0.78,
    hour=21.0,
    aches=(Ache("knee", "left", 2.6, 0.6, share=0.7, quality=("aching",), worse_with=("stairs",)),),
    habits=(Habit("walking", 18, 0.85), HOUSE),
    medicines={**BONE, "paracetamol": 0.15},
    systemic={"fatigue": 0.2, "leg_heaviness": 0.12},
    notes=("Sugar was fine today.", "Feet up with a book."),
)
QUIET = Persona(
    key="quiet",
    what="hardly any pain; logs because the clinic asked",
    adherence=0.72,
    hour=8.0,
    aches=(Ache("shoulder", "right", 2.0, 0.5, share=0.2, worse_with=("lifting",)),),
    habits=(Habit("walking", 25, 1.0), Habit("gardening", 30, 0.28), HOUSE),
    medicines={**BONE, "bisphosphonate": 0.14},
    notes=("Nothing to report.", "All well.", "Grandchildren here, busy."),
)

PERSONAS = {
    one.key: one
    for one in (
        STEADY_BACK,
        ARTHRITIC_KNEE,
        TRAINING,
        SELDOM,
        NEW_WALKER,
        CAREFUL,
        UPPER_BACK,
        DIABETIC,
        QUIET,
    )
}
