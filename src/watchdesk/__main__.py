"""`python -m watchdesk`: the same as the `watchdesk` command."""

from watchdesk.cli import main

if __name__ == "__main__":
    main()
