"""What is built: the two products, and what each Debian release has of its own. Values only."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Release:
    """A Debian release: its Python, and the newest wheels that its C library runs."""

    number: str
    codename: str
    python: str
    glibc: str


RELEASES = {
    "12": Release("12", "bookworm", "3.11", "2_36"),
    "13": Release("13", "trixie", "3.13", "2_40"),
}

# Debian's name -> the wheels' name.
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}

# Newer Qt wheels for 64-bit ARM need glibc 2.39: there the floor is what is shipped.
FLOOR = {("12", "arm64")}

# No wheel for 64-bit ARM: Debian's own is lent to the environment. Wheel -> (package, module).
LENT = {"arm64": {"evdev-binary": ("python3-evdev", "evdev")}}


@dataclass(frozen=True)
class Product:
    """A package: which code it holds, which commands, and what it stands on."""

    name: str
    summary: str
    text: str
    lock: str
    rooms: tuple[str, ...]
    left_out: tuple[str, ...]
    commands: dict[str, str]
    groups: tuple[str, ...]
    units: tuple[str, ...]
    depends: dict[str, tuple[str, ...]] = field(default_factory=dict)


# A container has no systemd; its two small tools make user and folders there too.
SMALL = ("tzdata", "systemd | systemd-standalone-sysusers", "systemd | systemd-standalone-tmpfiles")

KIOSK = Product(
    name="huiyin-kiosk",
    summary="rating terminal at a government service window",
    text="""A citizen presses one button. The press is on disk before the screen says
thank you, and reaches the hall once and only once. Serves with no network
at all and delivers when there is one.
.
huiyin-kiosk setup makes the terminal known to its hall and opens it.""",
    lock="kiosk",
    rooms=("devices", "sync", "kiosk", "assets"),
    left_out=("sync/hall",),
    commands={"huiyin-kiosk": "kiosk", "huiyin-panel": "devices"},
    groups=("screen", "sound"),
    units=(
        "huiyin-kiosk.service",
        "huiyin-kiosk-fallback.service",
        "huiyin-firstboot.service",
        "huiyin-setup.service",
    ),
    depends={
        "12": (
            "systemd",
            "udev",
            "openbox",
            "x11-xserver-utils",
            "xserver-xorg-core",
            "xserver-xorg-input-libinput",
        ),
        "13": ("systemd", "udev", "cage", "seatd"),
    },
)

HALL = Product(
    name="huiyin-hall",
    summary="hall server that rating terminals report to",
    text="""Takes each rating once, answers with a signed receipt, and reports what was
pressed. Its audit names any entry altered, dropped, reordered or added.
.
Listens on 127.0.0.1 until /etc/default/huiyin-hall says otherwise.""",
    lock="hall",
    rooms=("sync", "assets"),
    left_out=(),
    commands={"huiyin-hall": "sync.hall"},
    groups=(),
    units=("huiyin-hall.service", "huiyin-hall-backup.timer", "huiyin-hall-prune.timer"),
    depends={"12": SMALL, "13": SMALL},
)

PRODUCTS = {"kiosk": KIOSK, "hall": HALL}
