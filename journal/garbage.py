"""How often a process that answers, or plans and sends, looks for garbage."""

import gc


def search_seldom() -> None:
    """What start-up and checks have loaded stays for good: left out of every search, which is rare then.

    Saves an eighth of an entry's CPU in Python, a fifth of a page of a hundred patients, and a third of a
    batch of reminders, whose thousands of turns are all alive until it is stored. 50,000 objects that wait
    are a few megabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
