"""`python -m crmsheet` is `crmsheet`."""

from crmsheet.cli.main import main

if __name__ == "__main__":
    main()
