"""`python -m bot` is `tracklink`."""

from bot.cli import main

if __name__ == "__main__":
    main()
