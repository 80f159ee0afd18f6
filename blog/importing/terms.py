"""Categories, tags and authors of the old blog, and which of ours they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from blog.importing import debris, slugs
from blog.importing.plan import Plan
from blog.importing.records import Term
from blog.importing.report import Report
from blog.models import Category, Person, Tag


@dataclass(frozen=True)
class Wanted:
    """A category, tag or person as it should be here."""

    slug: str
    name: str
    introduction: str = ""
    parent: str = ""


@dataclass
class Sorting:
    """What each of the file's terms and logins is here: slugs of ours by the old slug or name."""

    categories: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)  # by login in small letters
    new_categories: dict[str, Wanted] = field(default_factory=dict)  # parents first
    new_tags: dict[str, Wanted] = field(default_factory=dict)
    new_people: dict[str, Wanted] = field(default_factory=dict)
    tag_redirects: dict[str, str] = field(default_factory=dict)

    def of(self, terms: Iterable[Term], domain: str) -> list[str]:
        """Return our slugs of those of `terms` that are categories, or tags; each once, in their order."""
        known = self.categories if domain == "category" else self.tags
        found = (
            known.get(slugs.slug_of(term.slug) or slugs.slug_of(term.name))
            or known.get(debris.one_line(term.name).lower())
            for term in terms
            if term.domain == domain
        )
        return list(dict.fromkeys(slug for slug in found if slug))


def settled(plan: Plan, report: Report) -> Sorting:
    """Return what the terms and authors of the file are here. Nothing is written."""
    sorting = Sorting()
    _settle_categories(plan, sorting, report)
    _settle_tags(plan, sorting, report)
    _settle_people(plan, sorting, report)
    return sorting


def write(sorting: Sorting) -> None:
    """Make the rows that are new. To be called in a transaction."""
    for wanted in sorting.new_categories.values():
        parent = Category.objects.filter(slug=wanted.parent).first() if wanted.parent else None
        fields = {"name": wanted.name, "introduction": wanted.introduction, "parent": parent}
        Category.objects.get_or_create(slug=wanted.slug, defaults=fields)
    for wanted in sorting.new_tags.values():
        fields = {"name": wanted.name, "introduction": wanted.introduction}
        Tag.objects.get_or_create(slug=wanted.slug, defaults=fields)
    for wanted in sorting.new_people.values():
        Person.objects.get_or_create(slug=wanted.slug, defaults={"name": wanted.name})


def _settle_categories(plan: Plan, sorting: Sorting, report: Report) -> None:
    here = set(Category.objects.values_list("slug", flat=True))
    own = {slug: term for (domain, slug), term in plan.terms.items() if domain == "category"}
    looping = _loops(own)
    for slug in sorted(looping):
        report.note(f"category {slug}", "its parents go round in a circle: kept without a parent")
    for slug in _parents_first(own, looping):
        term = own[slug]
        name = debris.cut(debris.one_line(term.name) or slug, 120)
        kept = slug[:120]
        sorting.categories[slug] = kept
        sorting.categories.setdefault(name.lower(), kept)
        if kept in here or kept in sorting.new_categories:
            continue
        parent = slugs.slug_of(term.parent)
        parent = parent if parent in own and slug not in looping else ""
        sorting.new_categories[kept] = Wanted(
            kept, name, debris.plain(term.description), sorting.categories.get(parent, "")
        )


def _loops(own: dict[str, Term]) -> set[str]:
    looping = set()
    for start, term in own.items():
        passed, slug = [start], slugs.slug_of(term.parent)
        while slug in own and slug not in passed and len(passed) < 100:  # noqa: PLR2004
            passed.append(slug)
            slug = slugs.slug_of(own[slug].parent)
        if slug == start:
            looping.add(start)
    return looping


def _parents_first(own: dict[str, Term], looping: set[str]) -> list[str]:
    ordered: dict[str, None] = {}
    for start in own:
        line, slug = [], start
        while slug in own and slug not in line and slug not in ordered:
            line.append(slug)
            slug = "" if slug in looping else slugs.slug_of(own[slug].parent)
        ordered.update(dict.fromkeys(reversed(line)))
    return list(ordered)


def _settle_tags(plan: Plan, sorting: Sorting, report: Report) -> None:
    here = dict(Tag.objects.values_list("slug", "name"))
    by_name = {name.lower(): slug for slug, name in here.items()}
    for (domain, slug), term in plan.terms.items():
        if domain != "post_tag" or not slug:
            continue
        name = debris.cut(debris.one_line(term.name) or slug, 120)
        kept = slug[:140]
        if kept not in here and (same := by_name.get(name.lower())):
            report.note(f"tag {slug}", f"is the tag {same}, whose name is the same: “{name}”")
            sorting.tag_redirects[kept] = same
            kept = same
        elif kept not in here:
            here[kept] = name
            by_name[name.lower()] = kept
            sorting.new_tags[kept] = Wanted(kept, name, debris.plain(term.description))
        sorting.tags[slug] = kept
        sorting.tags.setdefault(name.lower(), kept)


def _settle_people(plan: Plan, sorting: Sorting, report: Report) -> None:
    here = dict(Person.objects.values_list("slug", "name"))
    unused = len({login for login in plan.authors if login not in plan.creators})
    if unused and not plan.is_ours:
        report.count("users without posts skipped", unused)
    for login, written in sorted(plan.creators.items()):
        author = plan.authors.get(login)
        name = debris.cut(debris.one_line(author.name if author else written) or login, 120)
        base = (slugs.slug_of(written).encode("ascii", "ignore").decode() or "author")[:110]
        slug, count = base, 1
        while slug in here and here[slug].lower() != name.lower():
            count += 1
            slug = f"{base}-{count}"
        if count > 1:
            report.note(f"author {login}", f"has the address {slug}: {base} is {here[base]}")
        if slug not in here:
            sorting.new_people[slug] = Wanted(slug, name)
            here[slug] = name
        sorting.people[login] = slug
