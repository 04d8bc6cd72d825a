"""`python -m convsim`: the command line where the script is not on the path."""

from convsim.cli import main

if __name__ == "__main__":
    main()
