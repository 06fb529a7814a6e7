"""Ashmere: a borough that does not exist. The same wards, residents, ideas and votes every time it is made."""
