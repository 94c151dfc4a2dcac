"""`python -m flows` is `communique`."""

from flows.cli import main

if __name__ == "__main__":
    main()
