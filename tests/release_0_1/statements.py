"""The statements of release 0.1, with named parameters.

PostgreSQL's statements had ``FOR UPDATE`` where a row is read to change it, which needs no column.
"""

ADD = (
    "INSERT INTO hero (name, secret_name, age, version) VALUES (:name, :secret_name, :age, 1)"
    " RETURNING id, name, secret_name, age, version"
)
GET = "SELECT id, name, secret_name, age, version FROM hero WHERE id = :hero_id"
LIST = "SELECT id, name, secret_name, age, version FROM hero ORDER BY id LIMIT 100"
UPDATE = "UPDATE hero SET age = :age, version = version + 1 WHERE id = :hero_id RETURNING id"
REMOVE = "DELETE FROM hero WHERE id = :hero_id RETURNING id"
COUNT = "SELECT count(*) FROM hero"

CLAIM = (
    "INSERT INTO idempotent_answer (key, fingerprint, expires) VALUES (:key, :fingerprint, 0)"
    " ON CONFLICT (key) DO UPDATE SET fingerprint = :fingerprint, expires = 0"
    " WHERE idempotent_answer.expires <= :now RETURNING key"
)
SAVE = (
    "UPDATE idempotent_answer SET status = :status, headers = :headers, body = :body,"
    " expires = :expires WHERE key = :key"
)
REPLAY = "SELECT fingerprint, status, headers, body FROM idempotent_answer WHERE key = :key"
PRUNE = (
    "DELETE FROM idempotent_answer WHERE key IN (SELECT key FROM idempotent_answer"
    " WHERE expires <= :now ORDER BY expires LIMIT 64)"
)
