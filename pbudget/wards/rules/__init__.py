"""Pure rules of wards: files as people send them, boundaries, maps, population figures, postcodes."""
