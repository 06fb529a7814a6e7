"""The capture guard: who took part, would the result differ, and what the council did about it. It changes no vote."""
