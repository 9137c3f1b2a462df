"""`python -m tests.simulation --seed N` replays one simulation and tells what happened in it."""

import argparse
import sys

from tests.simulation import bugs
from tests.simulation.run import ACTIONS, simulate
from tests.simulation.tampering import WAYS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seeds", type=int, default=1, help="so many seeds from --seed on")
    parser.add_argument("--actions", type=int, default=ACTIONS)
    parser.add_argument("--bug", choices=sorted(bugs.BUGS), help="plant this bug first")
    parser.add_argument(
        "--falsify", choices=sorted(WAYS), help="do this to the database at the end"
    )
    parser.add_argument("--log", action="store_true", help="print what happened")
    args = parser.parse_args()
    for seed in range(args.seed, args.seed + args.seeds):
        with bugs.planted(args.bug):
            world = simulate(seed, args.actions, args.falsify)
        if args.log:
            print("\n".join(world.log))
        print(f"seed {seed}: all invariants hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
