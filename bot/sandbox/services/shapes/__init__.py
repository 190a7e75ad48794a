"""The services' answers in their true shapes, made from the program's own words. Pure."""
