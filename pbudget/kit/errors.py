"""What can go wrong, as domain nouns. The message is the sentence a person reads."""


class PbudgetError(Exception):
    """Base of every error pbudget raises on purpose: the person sees its message, one line, and no traceback."""


class BadInput(PbudgetError):
    """A file, a field or an argument cannot be used; the message says where, why and what to do.

    On the command line: that line on standard error and exit status 2. On a page: the error summary.
    """
