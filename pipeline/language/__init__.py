"""text → normalised characters, words, syllables."""
