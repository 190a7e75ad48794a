"""`python -m tests.benchmarks` measures the whole bot; see `speed`."""

from tests.benchmarks.speed import main

if __name__ == "__main__":
    main()
