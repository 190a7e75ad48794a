"""Everything a person reads: views become text, buttons and files. Pure."""
