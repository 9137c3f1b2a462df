"""Acts: what people of the hall did, on a record that is only ever added to."""

from sqlalchemy import Connection

from sync.hall.ledger import moment


def add_act(
    connection: Connection, now: int, who: str, what: str, subject: str, detail: str
) -> None:
    """Record that a named person did something to a subject."""
    connection.exec_driver_sql(
        "INSERT INTO acts (at, who, what, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (moment.write(now), who, what, subject, detail),
    )
