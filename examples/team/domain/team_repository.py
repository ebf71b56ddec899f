"""The team repository: the port for storing and querying teams."""

from domain.repository import Reader, Repository
from domain.team import Team, TeamDraft, TeamQuery

TeamReader = Reader[Team, TeamQuery]
TeamRepository = Repository[Team, TeamDraft, TeamQuery]
