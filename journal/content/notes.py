"""What a clinician's note may be about: procedures, tests, causes, treatment. Patients never read these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One subject of a note. `seeds` are the rows of the source articles that it represents."""

    code: str
    label: str
    seeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    group: str
    label: str
    codes: tuple[Code, ...]


GROUPS = (
    Group(
        "procedure",
        "Procedure",
        (
            Code("vertebroplasty", "vertebroplasty", ("000-31", "002-19", "004-31")),
            Code("kyphoplasty", "kyphoplasty", ("000-32", "002-20", "004-32")),
            Code("decompression", "decompression surgery", ("001-24",)),
            Code("fusion", "spinal fusion", ("001-25",)),
            Code("epidural_steroid", "steroid injection at the spine (date and dose)", ("001-23",)),
            Code("other_surgery", "other surgery, after conservative care", ("004-30",)),
        ),
    ),
    Group(
        "test",
        "Examination or test",
        (
            Code("history_review", "review of symptoms and history", ("004-10",)),
            Code("evaluation", "thorough medical evaluation", ("001-16",)),
            Code("examination", "physical examination", ("004-11",)),
            Code("gait", "gait: limp, aid, compensation", ("003-12",)),
            Code("xray", "X-ray", ("004-12",)),
            Code("ct", "CT", ("001-17",)),
            Code("mri", "MRI", ("001-18",)),
            Code("emg", "nerve test (EMG)", ("001-19",)),
            Code("dxa", "bone density scan: report"),
            Code("labs", "laboratory values", ("003-06",)),
            Code("monitoring", "monitoring visit", ("003-28",)),
            Code("other_test", "other test", ("004-13",)),
        ),
    ),
    Group(
        "cause",
        "Cause or diagnosis",
        (
            Code("fragility_fracture", "fragility fracture: spine, hip, wrist", ("000-03",)),
            Code("vertebral_fracture", "vertebral compression fracture", ("001-08", "002-05")),
            Code("wedge", "collapse at the front of a vertebra (imaging)", ("002-06",)),
            Code("nerve_root", "collapsed bone pressing on a nerve root", ("000-05", "002-08")),
            Code("nerve_compression", "nerve compression, lumbar or sciatic", ("000-13", "001-12")),
            Code("stenosis", "narrow spinal canal", ("000-11", "001-10")),
            Code("stenosis_degenerative", "narrow canal without a fracture", ("000-18",)),
            Code("herniated_disc", "herniated disc", ("000-17", "001-11")),
            Code("kyphosis", "rounded upper back", ("000-08", "002-15")),
            Code("misalignment", "spinal deformity or misalignment", ("001-09",)),
            Code("instability", "instability behind lasting pain", ("002-07",)),
            Code("other_cause", "other cause"),
        ),
    ),
    Group(
        "treatment",
        "Treatment and medicines",
        (
            Code("nsaid_unsuitable", "anti-inflammatory tablets unsuitable", ("000-21",)),
            Code("strong_analgesic", "stronger pain medicine, for a short time", ("000-23",)),
            Code("anabolic_course", "bone-building medicine: length of the course", ("000-30",)),
            Code("fall_risk_medicine", "medicine that raises the risk of falls", ("X-09",)),
            Code("biofeedback", "biofeedback", ("004-28",)),
            Code("talk_therapy", "talking therapy", ("004-29",)),
            Code("other_treatment", "other treatment"),
        ),
    ),
    Group("general", "General", (Code("remark", "remark"),)),
)
CODES = {code.code: code for group in GROUPS for code in group.codes}


def label(code: str) -> str:
    """Plain words for a stored code; one that the lists no longer have is still shown."""
    return CODES[code].label if code in CODES else code.replace("_", " ")
