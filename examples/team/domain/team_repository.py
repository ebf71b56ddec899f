"""The team repository: the port for storing and querying teams."""

from typing import Protocol

from domain.repository import Reader, Repository
from domain.team import Team, TeamDraft, TeamQuery


class TeamReader(Reader[Team, TeamQuery], Protocol):
    """Read access to the stored teams."""


class TeamRepository(Repository[Team, TeamDraft, TeamQuery], Protocol):
    """Read and write access to the stored teams."""
