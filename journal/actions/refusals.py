"""Why an action was refused, in words fit to show."""

from typing import Self

from journal.content.unfit import Value, filled


class RefusedError(Exception):
    """The message is for the person who asked; `code` is stable for programs.

    What varies in a message stands in its values (`%(status)s`), so that the desk can say it in its language.
    """

    code = "refused"
    pointer = ""  # a JSON pointer to what of the sent document it is about, where that is known

    def __init__(self, template: str = "", /, **values: Value) -> None:
        super().__init__(filled(template, values))
        self.template, self.values = template, values

    def at(self, pointer: str) -> Self:
        """The same, about this part of what was sent."""
        self.pointer = pointer
        return self


class ConflictError(RefusedError):
    """This id was used before for something else."""

    code = "id-used-before"


class StaleError(RefusedError):
    """This was changed by somebody else in the meantime."""

    code = "stale"


class NotInTimeError(RefusedError):
    """The time given lies too far ahead or too far back."""

    code = "not-in-time"


class InvalidInvitationError(RefusedError):
    """This invitation code is not valid."""

    code = "invalid-invitation"


class NotPossibleNowError(RefusedError):
    """This can't be done in the present state."""

    code = "not-possible-now"


class NotFitError(RefusedError):
    """What was stated misses something, has too much, or contradicts itself."""

    code = "not-fit"
