"""The tables of the hall's database. Lines are the truth; what is derived from them can be made
again (tally).

Scopes, visits and rollups are derived; everything else is kept.
"""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

VERSION = 4
"""Rises with every change an older hall could not work with."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text))

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device", Text, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("hall", Text, nullable=False),
    Column("window", Text, nullable=False),
    Column("echo_secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("enrolled", Integer, nullable=False),
    Column("counter", Integer, nullable=False, server_default="0"),
    Column("forks_dropped", Integer, nullable=False, server_default="0"),
)

codes = Table(
    "codes",
    metadata,
    Column("code", Text, primary_key=True),
    Column("hall", Text, nullable=False),
    Column("window", Text, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("device", Text),
)

streams = Table(
    "streams",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device", Integer, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("prev", Text),
    Column("link", Text, nullable=False),
    Column("parent", Integer),
    Column("parent_seq", Integer),
    Column("depth", Integer, nullable=False),
    Column("closed", Integer),
    Column("scope", Integer, nullable=False),
    Column("low", Integer, nullable=False),
    UniqueConstraint("device", "epoch"),
)

# With rowids: lines and checkpoints go to the ends of their tables as they arrive, onto pages that
# they fill.
entries = Table(
    "entries",
    metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("line", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("stream", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("taken", Integer, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("device", Text, primary_key=True),
    Column("epoch", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("signature", Text, nullable=False),
    sqlite_with_rowid=False,
)

forks = Table(
    "forks",
    metadata,
    Column("device", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, primary_key=True),
    Column("line", LargeBinary, nullable=False),
    Column("taken", Integer, nullable=False),
    sqlite_with_rowid=False,
)

sightings = Table(
    "sightings",
    metadata,
    Column("device", Integer, primary_key=True, autoincrement=False),
    Column("boot", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("offset", Integer, nullable=False),
    sqlite_with_rowid=False,
)

systems = Table(
    "systems",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("hall", Text, nullable=False),
    Column("windows", Text, nullable=False),
    Column("made", Integer, nullable=False),
)

askings = Table(
    "askings",
    metadata,
    Column("invitation", Text, primary_key=True),
    Column("device", Integer, nullable=False),
    Column("hall", Text, nullable=False),
    Column("window", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("made", Integer, nullable=False),
    Column("given", Integer),
    Column("ended", Text),
)
Index("askings_device", askings.c.device, askings.c.made)

clerks = Table(
    "clerks",
    metadata,
    Column("hall", Text, primary_key=True),
    Column("list", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

echoes = Table(
    "echoes",
    metadata,
    Column("device", Integer, primary_key=True, autoincrement=False),
    Column("invitation", Text, primary_key=True),
    Column("opened", Integer, nullable=False),
    Column("pin", Text),
    sqlite_with_rowid=False,
)

phones = Table(
    "phones",
    metadata,
    Column("device", Integer, primary_key=True, autoincrement=False),
    Column("invitation", Text, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    sqlite_with_rowid=False,
)

contacts = Table(
    "contacts",
    metadata,
    Column("device", Integer, primary_key=True),
    Column("seen", Integer, nullable=False),
    Column("software", Text, nullable=False),
    Column("epoch", Text),
    Column("seq", Integer),
    Column("backlog", Integer, nullable=False),
    Column("behind_since", Integer),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("given", Integer, nullable=False, server_default="0"),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

bulletins = Table(
    "bulletins",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("day", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("signature", Text, nullable=False),
)

scopes = Table(
    "scopes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hall", Text),
    Column("window", Text),
    UniqueConstraint("hall", "window"),
)

visits = Table(
    "visits",
    metadata,
    Column("device", Integer, nullable=False),
    Column("invitation", Text, nullable=False),
    Column("stream", Integer, nullable=False),
    Column("scope", Integer, nullable=False),
    Column("mode", Text, nullable=False),
    Column("clerk_no", Text),
    Column("project_no", Text),
    Column("service_no", Text),
    Column("item_code", Text),
    Column("service_key", Integer),
    Column("outcome", Text),
    Column("level", Integer),
    Column("scale", Text),
    Column("revision", Integer),
    Column("rating_stream", Integer),
    Column("rating_seq", Integer),
    Column("reasons", Text),
    Column("placed", Integer, nullable=False),
    Column("uncertain", Integer, nullable=False),
    Column("boot", Text),
    Column("mono_ms", Integer),
    Column("active", Integer, nullable=False),
    Column("key", Integer, nullable=False),
)
# With a rowid: three indexes name it, and a new visit goes to the end of the table. Ids are random,
# so each new visit changes a page of the index that finds it: numbers, of which four times as many
# share a page as would ids. That an id has one visit is the workset's to keep.
Index("visits_key", visits.c.key)
Index("visits_service", visits.c.service_key, sqlite_where=visits.c.service_key.is_not(None))
Index("visits_boot", visits.c.device, visits.c.boot, sqlite_where=visits.c.boot.is_not(None))

rollups = Table(
    "rollups",
    metadata,
    Column("scope", Integer, primary_key=True, autoincrement=False),
    Column("day", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("n", Integer, nullable=False, server_default=text("0")),
    sqlite_with_rowid=False,
)
