"""Rules of the house that no other tool holds: foreign keys, names, sizes, and a README that is true."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
# The staircase of pyproject.toml, by floor; what stands on one floor does not know its neighbors.
FLOORS = (
    ("claims", "accounts"),
    ("policies", "outbox", "throttle", "books", "search", "references", "redirects"),
    ("products",),
    ("orders",),
    ("blog", "reviews", "pages", "affiliates"),
    ("shop",),
)
OUR_APPS = {app: floor for floor, names in enumerate(FLOORS) for app in names}
PACKAGES = (*OUR_APPS, "stripe_sandbox", "tests", "scripts", "bench")
# Folders that runs make and git ignores: what is in them depends on what has run.
MADE_HERE = {"ci-output", "var", "media", "staticfiles"}
LONGEST_MODULE = 400


def our_files(pattern: str) -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob(pattern))]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_foreign_keys_point_down_the_staircase():
    upwards = []
    for model in apps.get_models():
        own = model._meta.app_label
        if own not in OUR_APPS:
            continue
        for field in model._meta.get_fields(include_hidden=True):
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            other = field.related_model._meta.app_label
            if other == own or other not in OUR_APPS:
                continue
            if OUR_APPS[other] >= OUR_APPS[own]:
                upwards.append(f"{model.__name__}.{field.name} → {other}")

    assert upwards == [], "\n".join(upwards)


def test_every_app_of_ours_has_its_floor():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}

    assert ours == set(OUR_APPS)


def test_migrations_say_what_they_do():
    nameless = [
        shown(path)
        for path in our_files("migrations/*.py")
        if re.search(r"_auto_|^\d{4}_\d|^\d{4}_alter_|^\d{4}_merge", path.name)
    ]

    assert nameless == [], "\n".join(nameless)


def test_no_module_is_longer_than_somebody_will_read():
    long = {
        shown(path): length
        for path in our_files("*.py")
        if "migrations" not in path.parts
        and (length := len(path.read_text().splitlines())) > LONGEST_MODULE
    }

    assert long == {}


def test_no_module_is_named_after_a_mechanism():
    named = [
        shown(path)
        for path in our_files("*.py")
        if path.stem in {"utils", "helpers", "services", "managers", "misc", "common", "actions"}
    ]

    assert named == [], "\n".join(named)


def test_components_are_included_with_only():
    # The frame of every page is the one place that has everything at hand.
    frames = {"base.html", "base_checkout.html"}
    leaky = [
        f"{shown(path)}: {tag}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if path.name not in frames
        for tag in re.findall(r"{%\s*include\s+(.+?)\s*%}", path.read_text())
        if re.match(r"[\"'](components|pictures)/", tag) and not tag.endswith(" only")
    ]

    assert leaky == [], "\n".join(leaky)


def test_components_explain_their_variables():
    silent = [
        shown(path)
        for path in sorted((ROOT / "templates/components").glob("*.html"))
        if "{% comment %}" not in path.read_text()[:200]
    ]

    assert silent == [], "\n".join(silent)


def views(resolver: URLResolver) -> list[URLPattern]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                found += views(entry)
        else:
            found.append(entry)
    return found


def test_every_public_view_says_what_it_does():
    silent = []
    for pattern in views(get_resolver()):
        view = inspect.unwrap(pattern.callback)
        if view.__module__.split(".")[0] in OUR_APPS and not view.__doc__:
            silent.append(f"{view.__module__}.{view.__name__}")

    assert silent == [], "\n".join(silent)


def test_public_functions_have_a_docstring():
    silent = [
        f"{shown(path)}: {node.name}"
        for path in our_files("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == [], "\n".join(silent)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/operating.md"])
def test_paths_that_the_documents_name_exist(name):
    text = (ROOT / name).read_text()

    missing = [
        path
        for path in re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|md|toml|txt))(?::\w+)?`", text)
        if "/" in path
        and not path.startswith("/")
        and not (ROOT / path).exists()
        and path.split("/")[0] in {entry.name for entry in ROOT.iterdir()} - MADE_HERE
    ]

    assert missing == [], "\n".join(missing)


def test_every_setting_from_the_environment_is_documented():
    settings = (ROOT / "shop/settings.py").read_text()
    documented = (ROOT / "docs/settings.md").read_text()

    names = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z0-9_]+)"', settings))
    assert {name for name in names if f"`{name}`" not in documented} == set()
