"""How often a process that answers looks for garbage."""

import gc


def search_seldom() -> None:
    """What start-up and checks have loaded stays for good: left out of every search, which is rare then.

    Saves an eighth of an entry's CPU in Python, and a fifth of a page of a hundred patients. 50,000 objects
    that wait are a few megabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
