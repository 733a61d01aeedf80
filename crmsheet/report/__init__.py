"""Page models: numbers and words, no markup."""
