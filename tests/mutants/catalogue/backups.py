"""Mistakes in the backups of a SQLite file, and in the restores from them."""

from tests.mutants.mutant import Mutant

BACKUPS = "adapters/sqlite/backups"
BACKUP = f"{BACKUPS}/backup.py"
RESTORE = f"{BACKUPS}/restore.py"
REPLACEMENT = f"{BACKUPS}/replacement.py"
MARKER = f"{BACKUPS}/marker.py"
EXCLUSIVE = f"{BACKUPS}/exclusive.py"
DATABASE = "adapters/sqlite/database.py"

TESTS = "tests/integration/sqlite/backups"
OF_BACKUPS = f"{TESTS}/test_backup.py"
OF_RESTORES = f"{TESTS}/test_restore.py"
OF_REFUSALS = f"{TESTS}/test_restore_refusals.py"
OF_KILLS = f"{TESTS}/test_restore_kills.py"
ORDER = f"{OF_RESTORES}::test_each_step_is_durable_before_the_next"

MUTANTS = [
    Mutant(
        "a backup reads no snapshot",
        f"{BACKUPS}/copying.py",
        'source.execute("BEGIN")',
        'source.execute("SELECT 1").fetchone()',
        [f"{OF_BACKUPS}::test_commits_of_others_do_not_start_the_copy_over"],
    ),
    Mutant(
        "nothing is flushed",
        "adapters/sqlite/files.py",
        "        os.fsync(descriptor)",
        "        pass",
        [OF_BACKUPS, ORDER],
    ),
    Mutant(
        "a backup is renamed before it is flushed",
        BACKUP,
        "            flush(copy)\n",
        "",
        [OF_BACKUPS],
    ),
    Mutant(
        "the folder of a backup is not flushed",
        BACKUP,
        "            flush(target.parent)\n",
        "",
        [OF_BACKUPS],
    ),
    Mutant(
        "a damaged backup is not noticed",
        BACKUP,
        "        check_integrity(connection, path, progress)\n",
        "",
        [f"{TESTS}/test_backup_sources.py"],
    ),
    Mutant(
        "a file that appears during a backup is replaced",
        BACKUP,
        "            _check_target(path, target, replace=replace)\n            copy.rename",
        "            copy.rename",
        [f"{TESTS}/test_backup_targets.py"],
    ),
    Mutant(
        "a temporary file is left",
        f"{BACKUPS}/temporary.py",
        "        _remove(path)\n        os.close(descriptor)",
        "        os.close(descriptor)",
        [f"{TESTS}/test_stopping.py::test_a_backup_that_is_stopped_leaves_nothing"],
    ),
    Mutant(
        "the temporary file of a running backup is removed",
        f"{BACKUPS}/temporary.py",
        "                if lock(descriptor, path):\n                    _remove(path)",
        "                _remove(path)",
        [f"{TESTS}/test_stopping.py"],
    ),
    Mutant(
        "a restore does not warn of broken references",
        RESTORE,
        "warning = find_broken_references(connection, backup, progress)",
        'warning = ""',
        ["tests/integration/sqlite/backups/test_restore.py"],
    ),
    Mutant(
        "the schema is not checked by a restore",
        RESTORE,
        "        check_schema(connection, backup)\n",
        "",
        [f"{OF_REFUSALS}::test_a_backup_that_the_service_could_not_use_is_refused"],
    ),
    Mutant(
        "the restored file is not flushed",
        RESTORE,
        "            flush(new)\n",
        "",
        [ORDER],
    ),
    Mutant(
        "the log of the old database is not written into its file",
        REPLACEMENT,
        "    if is_whole:\n        _leave_wal(path)\n",
        "",
        [OF_RESTORES],
    ),
    Mutant(
        "the log of the old database is not flushed into its file",
        REPLACEMENT,
        '"synchronous": "FULL"}',
        '"synchronous": "OFF"}',
        [f"{TESTS}/test_flushes.py"],
    ),
    Mutant(
        "the old database has no second name when it is replaced",
        REPLACEMENT,
        "        with_suffix(kept, file.name.removeprefix(path.name)).hardlink_to(file)",
        "        file.exists()",
        [OF_RESTORES],
    ),
    Mutant(
        "the second name of the old database is not flushed",
        REPLACEMENT,
        "    flush(path.parent)\n    return kept",
        "    return kept",
        [ORDER],
    ),
    Mutant(
        "the rename of a restore is not flushed",
        REPLACEMENT,
        "        new.rename(path)\n        flush(path.parent)\n",
        "        new.rename(path)\n",
        [ORDER],
    ),
    Mutant(
        "the log of the old database is left beside the new one",
        REPLACEMENT,
        "            log.unlink()",
        "            pass",
        [OF_RESTORES],
    ),
    Mutant(
        "the log of the new database is removed by a start",
        REPLACEMENT,
        "if inode(log := path.with_name(name)) == number:",
        "if inode(log := path.with_name(name)) or not number:",
        [f"{OF_KILLS}::test_a_log_that_is_not_that_of_the_old_database_is_not_removed"],
    ),
    Mutant(
        "a marker is finished though the files were moved since",
        REPLACEMENT,
        "if not is_renamed and (",
        "if is_renamed and (",
        [OF_KILLS],
    ),
    Mutant(
        "the marker is not complete when it appears",
        MARKER,
        "        flush(file)\n",
        "",
        [ORDER],
    ),
    Mutant(
        "the marker is not durable before the rename",
        MARKER,
        "        flush(path.parent)\n        yield",
        "        yield",
        [ORDER],
    ),
    Mutant(
        "a start does not wait for a running restore",
        MARKER,
        "if lock(file, marker_path(path)):",
        "if lock(file, marker_path(path)) or True:",
        [f"{OF_KILLS}::test_a_start_waits_until_a_running_restore_has_ended"],
    ),
    Mutant(
        "a start does not finish a restore",
        DATABASE,
        "        finish_interrupted(self._path)\n        self._require_own_log()",
        "        self._require_own_log()",
        [f"{OF_KILLS}::test_a_migration_finishes_the_restore_that_it_finds"],
    ),
    Mutant(
        "a process that has only opened the file is not found",
        EXCLUSIVE,
        "    if _processes(path):\n        raise in_use(path)\n",
        "",
        [f"{OF_REFUSALS}::test_an_open_shell_is_named"],
    ),
    Mutant(
        "the lock of another process is not found",
        EXCLUSIVE,
        "        raise in_use(path) from None",
        "        return",
        [f"{OF_REFUSALS}::test_a_process_of_another_user_is_found_by_its_lock"],
    ),
]
