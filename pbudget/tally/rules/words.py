"""The sentences of an outcome: plain English with the exact figures of this election.

Example: `Words(election).funded_by_score(0, rank=1, left=5233400)` is "677 votes, ranked 1st; £52,334 left after it".
"""

from fractions import Fraction

from pbudget.kit.money import format_money
from pbudget.tally.election import Election, Number
from pbudget.tally.rules.figures import counted, number_text, percent
from pbudget.tally.rules.outcome import Payment

TITLE_LENGTH = 60


class Words:
    """Speaks about one election: knows its currency, its titles and whether a score is votes or points."""

    def __init__(self, election: Election) -> None:
        self.election = election
        self.noun = "vote" if election.ballot_type == "approval" else "point"

    def money(self, amount: int) -> str:
        """Say an amount of the election's currency."""
        return format_money(amount, self.election.currency, self.election.units)

    def about(self, amount: Fraction) -> str:
        """Say an amount that need not be whole, to the nearest smallest unit, half up."""
        nearest = int(amount + Fraction(1, 2))
        return "less than " + self.money(1) if amount and not nearest else self.money(nearest)

    def cost(self, i: int) -> str:
        """Say what a project costs."""
        return self.money(self.election.projects[i].cost)

    def title(self, i: int) -> str:
        """Quote a project's title, shortened where it is very long."""
        title = self.election.projects[i].title
        return f"“{title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + '…'}”"

    def score(self, score: Number) -> str:
        """Say a score: "677 votes" or "2,422 points"."""
        return counted(score, self.noun)

    def no_support(self) -> str:
        """Say why a project without support is never funded."""
        return f"Not funded: it got no {self.noun}s."

    def below_minimum(self, score: Number, minimum: Number) -> str:
        """Say that a project missed the minimum score."""
        return f"Not funded: {self.score(score)}, and at least {number_text(minimum)} were needed."

    def dearer_than_pot(self, i: int) -> str:
        """Say that a project could not be paid by the whole pot."""
        return f"Not funded: it costs {self.cost(i)}, more than the whole pot of {self.money(self.election.pot)}."

    def did_not_fit(self, i: int, left: int) -> str:
        """Say that the money had gone when a project's turn came."""
        return f"Not funded: it costs {self.cost(i)} and {self.money(left)} was left when its turn came."

    def stopped_before(self, at: int, left: int) -> str:
        """Say that the count had stopped at another project."""
        return (
            f"Not funded: the count stopped before its turn, at {self.title(at)}, "
            f"which costs {self.cost(at)} when {self.money(left)} was left."
        )

    def bought(self, number: int, payment: Payment, supporters: int, left: int) -> str:
        """Say who paid how much in a round of Equal Shares."""
        return f"Funded in round {number}: {self.payers(payment, supporters)}; {self.money(left)} left after it."

    def payers(self, payment: Payment, supporters: int) -> str:
        """Say what the supporters paid: "each of 412 supporters paid £24.27"."""
        price = self.about(payment.price) + (" per point" if payment.per_point else "")
        if payment.full_payers == supporters:
            verb = f"each of {counted(supporters, 'supporter')} paid" if supporters > 1 else "its one supporter paid"
            return f"{verb} {price}"
        parts = [f"{payment.full_payers:,} of its {counted(supporters, 'supporter')} paid {price}"]
        if not payment.per_point and payment.full_payers > 1:
            parts[0] += " each"
        if payment.partial_payers:
            together = " together" if payment.partial_payers > 1 else ""
            had = f"{payment.partial_payers:,} paid all they had left ({self.about(payment.partial_paid)}{together})"
            parts.append(had)
        nothing = supporters - payment.full_payers - payment.partial_payers
        if nothing:
            parts.append(f"{nothing:,} had nothing left")
        return ", ".join(parts[:-1]) + " and " + parts[-1]

    def could_pay(self, i: int, supporters: int, available: Fraction, raised: Fraction) -> str:
        """Say how far the supporters' shares reach, rounded down; without the full stop."""
        who = counted(supporters, "supporter")
        shares = f"equal shares, raised by {percent(raised)}" if raised else "equal shares"
        return f"Not funded: {who} could pay {self.money(int(available))} of its {self.cost(i)} from their {shares}"
