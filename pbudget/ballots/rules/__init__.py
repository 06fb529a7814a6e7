"""What a ballot may say, how it is put into words, and in which order proposals stand on it: pure."""
