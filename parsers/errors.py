"""Every error that communique raises on purpose, in one tree.

    CommuniqueError
    |-- InputError              what was given could not be read
    |   |-- InputMissing            no such path, or no permission
    |   |-- InputMalformed          broken JSON line, feed that is not XML, cut gzip or WARC
    |   `-- InputTooLarge           a body over the bound
    |-- ParseError              the body is kept, but no release was read from it
    |   |-- NotText                 empty, binary, or in no charset that fits
    |   |-- TooDeep                 nested deeper than any real page
    |   |-- NotARelease             a list: known, and no release
    |   |   `-- NothingHere             a page that says that it is not there (any more)
    |   |-- LayoutUnknown           no layout's fingerprint fits
    |   |-- LayoutAmbiguous         more than one fits
    |   |-- LayoutNotAllowed        one fits, but its source does not name it
    |   |-- SelectorError           a selector found another number of nodes than it must
    |   |-- ParserFault             the parser itself failed: a bug of ours
    |   |-- ParserTimeout           it took longer than the bound
    |   `-- ParserKilled            it took its process with it
    |-- FetchError              a URL could not be fetched
    |   |-- AddressRefused          it leads to an address that is not public
    |   |-- UrlRefused              it is no URL that can be asked for
    |   |-- RobotsForbid            robots.txt forbids it
    |   |-- HostSlow                no answer in time (transient)
    |   |-- HostUnreachable         no connection, or it broke off (transient)
    |   |-- HostRests               it asked for a pause, or turned us away
    |   |   `-- RobotsUnreachable       its robots.txt cannot be had
    |   `-- NothingListed           a list that lists nothing, or cannot be read
    |-- StoreError              HOME could not be read or written
    |   |-- HomeLocked              another process writes (transient)
    |   |-- HomeTooNew              made by a newer version
    |   |-- HomeUnwritable          full disk, no permission (transient)
    |   |-- MemoryShort             DuckDB may not use as much memory as it needs
    |   |-- LakeUnreachable         PostgreSQL or S3 of a lake do not answer (transient)
    |   |-- CommitConflict          another writer of a lake committed first (transient)
    |   `-- ArchiveMissing          a WARC file that a record refers to is gone
    |-- QueryError              the SQL that was asked is wrong
    |-- ExportRefused           a publication that fails a check, or a folder that no export wrote
    |-- TakedownRefused         a text that cannot be taken down, or not alone
    |-- ConfigError             a setting or a source entry is wrong
    `-- ServiceError            the Prefect server did not answer or refused (transient)

`transient` is a property of the class: retries read it and nothing else.
"""

from __future__ import annotations

from typing import ClassVar, Literal

Outcome = Literal["error", "timeout", "robots_denied"]


class CommuniqueError(Exception):
    """Something went wrong that a person can act on.

    Args:
        what: what was wrong, one sentence without a full stop.
        where: the source, URL, file or capture that it concerns; may be empty.
        todo: what to do about it; falls back to the class's own advice.
    """

    transient: ClassVar[bool] = False
    advice: ClassVar[str] = ""

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo or self.advice

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f". {self.todo}" if self.todo else ""
        return f"{place}{self.what}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel between processes; keyword-only arguments would be lost.
        return (_rebuild, (type(self), self.what, self.where, self.todo))


def _rebuild(kind: type[CommuniqueError], what: str, where: str, todo: str) -> CommuniqueError:
    error = kind.__new__(kind)
    CommuniqueError.__init__(error, what, where=where, todo=todo)
    return error


class InputError(CommuniqueError):
    """What was given could not be read."""


class InputMissing(InputError):
    """No such path, or no permission to read it."""

    advice = "Check the path and its permissions"


class InputMalformed(InputError):
    """The container (JSON line, feed, gzip, WARC) is broken; what precedes the break was read."""

    advice = "The bytes are kept as they stand; repair the file and ingest it again"


class InputTooLarge(InputError):
    """A body over the bound; its beginning is kept."""

    advice = "No release is this large; look at what the URL really serves"


class ParseError(CommuniqueError):
    """The body is kept in the archive, but no release was read from it."""


class NotText(ParseError):
    """Empty, binary, or in no charset that fits."""

    advice = "Check what was fetched; the bytes are in the archive"


class TooDeep(ParseError):
    """Elements nested deeper than on any real page."""

    advice = "Look at the page; no layout reads it"


class NotARelease(ParseError):
    """A page of a known kind that holds no release: a list, an error page."""

    advice = "Nothing to do: it is kept and never becomes a release"


class NothingHere(NotARelease):
    """A page that says that nothing is here, or not any more, whatever its status was."""


class LayoutUnknown(ParseError):
    """No layout's fingerprint fits the page."""

    advice = (
        "Run `communique source add` with its URL or file, in a checkout: it proposes a layout from what it sees. "
        "Then run `communique reparse`"
    )


class LayoutAmbiguous(ParseError):
    """More than one layout's fingerprint fits the page."""

    advice = "Narrow one of the fingerprints, raise its revision, then run `communique reparse`"


class LayoutNotAllowed(ParseError):
    """The page is in a layout that its source does not name."""

    advice = "If the site was redesigned, name the layout in sources.toml and run `communique reparse`"


class SelectorError(ParseError):
    """A selector found another number of nodes than its layout demands."""

    advice = "Mend the layout, raise its revision, then run `communique reparse`"

    def __init__(self, selector: str, wanted: str, got: int) -> None:
        super().__init__(f"selector `{selector}` wanted {wanted}, got {got}")


class ParserFault(ParseError):
    """The parser itself failed: a bug of ours, kept from harming other pages."""

    advice = "Please report it with the page; then run `communique reparse`"


class ParserTimeout(ParseError):
    """Reading the page took longer than the bound."""

    advice = "Please report it with the page"


class ParserKilled(ParseError):
    """Reading the page ended its process; the pages beside it were read again."""

    advice = "Please report it with the page"


class FetchError(CommuniqueError):
    """A URL could not be fetched; `outcome` is what the look came to."""

    outcome: ClassVar[Outcome] = "error"


class AddressRefused(FetchError):
    """It leads to an address that is not public: of this machine, of a private network."""

    advice = "Check the URL; COMMUNIQUE_ALLOW_HOSTS lets a host of your own through"


class UrlRefused(FetchError):
    """It is no URL that can be asked for: no http(s), no host."""


class RobotsForbid(FetchError):
    """robots.txt forbids it; the message is the rule that decided."""

    outcome = "robots_denied"


class HostSlow(FetchError):
    """No answer within the bound."""

    transient = True
    outcome = "timeout"


class HostUnreachable(FetchError):
    """No connection, or it broke off before the answer was complete."""

    transient = True


class HostRests(FetchError):
    """The host asked for a pause or turned us away: nobody asks it anything until then."""

    advice = "Nothing to do: a later run goes on where this one stopped"


class RobotsUnreachable(HostRests):
    """Its robots.txt cannot be had: until then everything is forbidden (RFC 9309, 2.3.1.4)."""


class NothingListed(FetchError):
    """A list that listed nothing, or could not be read: that is an error, never a quiet day."""

    advice = "Look at the list page; mend the entry of the source, then run `communique reparse` and ingest again"


class StoreError(CommuniqueError):
    """HOME could not be read or written."""


class HomeLocked(StoreError):
    """Another process writes to this HOME."""

    transient = True
    advice = "Wait for it to end, or raise COMMUNIQUE_LOCK_TIMEOUT"


class HomeTooNew(StoreError):
    """HOME was made by a newer version of communique or of DuckDB."""

    advice = "Upgrade communique, or use another `--home`"


class HomeUnwritable(StoreError):
    """The disk is full or HOME is not writable; all that was acknowledged is kept."""

    transient = True
    advice = "Free some space or mend the permissions, then run the same command again"


class MemoryShort(StoreError):
    """DuckDB may not use as much memory as it needs."""

    advice = "Raise the setting `memory_limit`, then run the same command again"


class LakeUnreachable(StoreError):
    """PostgreSQL or S3 of a lake do not answer, or refuse; all that was acknowledged is kept."""

    transient = True
    advice = "Check that both answer and that PGPASSWORD and AWS_... are set, then run the same command again"


class CommitConflict(StoreError):
    """Another writer of a lake committed first; nothing of this commit landed."""

    transient = True
    advice = "Run the same command again"


class ArchiveMissing(StoreError):
    """A file that the archive refers to is gone."""

    advice = "Put the file back where it was, then run the same command again"


class QueryError(CommuniqueError):
    """The SQL that was asked for is wrong, or nothing was published yet."""


class ExportRefused(CommuniqueError):
    """The publication fails a check, or the folder to write holds what no export wrote; nothing was written."""


class TakedownRefused(CommuniqueError):
    """A text cannot be taken down, or not alone; nothing was changed."""


class ConfigError(CommuniqueError):
    """A setting or a source's entry is wrong."""


class ServiceError(CommuniqueError):
    """The Prefect server did not answer, or refused."""

    transient = True
