"""Working days of England: Monday to Friday without bank holidays.

working_day_after(Friday 24 December 2027, 1)   ->  Wednesday 29 December, after two made-up holidays
"""

from datetime import date, timedelta


def working_day_after(day: date, number: int) -> date:
    """The last of so many working days after this day."""
    import holidays  # takes a while to load, and few acts need it

    bank_holidays = holidays.country_holidays("GB", subdiv="ENG")
    left = number
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in bank_holidays
    return day
