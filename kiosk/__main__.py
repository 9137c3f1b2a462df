"""huiyin-kiosk: gets a start's code ready at once, then runs the command."""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, 1 it failed, 2 usage."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["run"]:
        from kiosk import later, pack

        pack.use()
        later.put_off()
    from kiosk.commands import run_command  # not before the pack that holds it

    return run_command(argv)


if __name__ == "__main__":
    sys.exit(main())
