"""Track → official recording on YouTube: the search and the judgement of what it brings."""
