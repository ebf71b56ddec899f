"""Mistakes in the options and the settings that the commands print, and in ``check``."""

from tests.mutants.mutant import Mutant

OPTIONS = "entrypoints/commands/setting_options.py"
SETTINGS = "entrypoints/settings.py"
EFFECTIVE = "entrypoints/composition/effective_settings.py"
TEXTS = "entrypoints/setting_texts.py"
URLS = "adapters/database.py"
CHECK = "entrypoints/commands/check.py"
INSPECTION = "entrypoints/composition/inspection.py"

MANAGER = "entrypoints/server/lifecycle/service_manager.py"

OF_OPTIONS = ["tests/unit/commands/test_setting_options.py"]
OF_EFFECTIVE = ["tests/unit/composition/test_effective_settings.py"]
OF_TEXTS = ["tests/unit/test_setting_texts.py"]
OF_MANAGER = ["tests/unit/server/lifecycle/test_service_manager.py"]
OF_CHECK = ["tests/integration/test_check.py"]
OF_FORMAT = [
    "tests/integration/test_log_format.py::test_an_option_decides_the_format_of_a_refused_start"
]

MUTANTS = [
    Mutant(
        "a refused start ignores the option for the format of the log",
        "entrypoints/cli.py",
        'find_log_format(options.get("log_format"))',
        "find_log_format()",
        OF_FORMAT,
    ),
    Mutant(
        "a wrong argument ignores the option for the format of the log",
        "entrypoints/commands/usage_errors.py",
        'find_log_format(_find_value(option_name("log_format"), args))',
        "find_log_format()",
        OF_FORMAT,
    ),
    Mutant(
        "a name that is no setting is left out of the options",
        OPTIONS,
        '"lock_timeout",\n',
        '"lock_time",\n',
        OF_OPTIONS,
    ),
    Mutant(
        "options that are not given replace settings",
        OPTIONS,
        'if value not in (None, "")}',
        "}",
        OF_OPTIONS,
    ),
    Mutant(
        "an invalid option is named like the variable",
        SETTINGS,
        "option_name(setting) if setting in options else PREFIX",
        "PREFIX",
        OF_OPTIONS,
    ),
    Mutant(
        "the settings file is named where the environment applies",
        EFFECTIVE,
        "if variable.lower() in environment:",
        "if variable.lower() in environment and variable.lower() not in file:",
        OF_EFFECTIVE,
    ),
    Mutant(
        "variables of Kubernetes are a source",
        EFFECTIVE,
        "environment = without_injected(EnvSettingsSource(Settings).env_vars)",
        "environment = EnvSettingsSource(Settings).env_vars",
        OF_EFFECTIVE,
    ),
    Mutant(
        "the query of the URL of keys is shown",
        EFFECTIVE,
        'if name.endswith("_url"):',
        "if False:",
        OF_EFFECTIVE,
    ),
    Mutant(
        "the password of an invalid URL is shown",
        URLS,
        '    except UnsupportedUrl:\n        return "***"\n    hidden',
        "    except UnsupportedUrl:\n        pass\n    hidden",
        OF_EFFECTIVE,
    ),
    Mutant(
        "a part of a password with a slash is shown",
        URLS,
        'return "***" if is_cut else hidden + options',
        "return hidden + options",
        OF_EFFECTIVE,
    ),
    Mutant(
        "a value can control a terminal",
        TEXTS,
        "char if char.isprintable() else ascii(char)[1:-1]",
        "char",
        OF_TEXTS,
    ),
    Mutant(
        "no authentication by choice is shown like no choice",
        TEXTS,
        ' or "none"',
        "",
        OF_TEXTS,
    ),
    Mutant(
        "check passes with pending migrations",
        CHECK,
        "(schema, *replicas)",
        "replicas",
        OF_CHECK,
    ),
    Mutant(
        "check passes with a replica that does not answer",
        CHECK,
        "(schema, *replicas)",
        "(schema,)",
        OF_CHECK,
    ),
    Mutant(
        "check passes with a replica without the schema",
        INSPECTION,
        "return not (replica.failure or replica.pending)",
        "return not replica.failure",
        OF_CHECK,
    ),
    Mutant(
        "check passes with a schema that this release does not work with",
        INSPECTION,
        "        except UnsupportedSchema:\n            raise\n",
        "",
        OF_CHECK,
    ),
    Mutant(
        "an abstract socket of the service manager is a path",
        MANAGER,
        'if address.startswith("@"):',
        "if False:",
        OF_MANAGER,
    ),
    Mutant(
        "a service manager that is gone stops the service",
        MANAGER,
        "except OSError as error:",
        "except ValueError as error:",
        OF_MANAGER,
    ),
    Mutant(
        "workers read the settings again, without the options",
        "entrypoints/bootstrap.py",
        "settings = settings or load_settings()",
        "settings = load_settings()",
        ["tests/integration/test_factory.py"],
    ),
]
