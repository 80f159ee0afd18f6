"""What staff type into a post, and what they fill in to move it on. Forms clean and stop."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q
from django.utils.text import slugify

from blog import publishing
from blog.models import Person, Post, Revision
from blog.old_addresses import refuse_reserved
from blog.readiness.filled_in import META_DESCRIPTION, SUMMARY_WORDS
from blog.readiness.problems import Problem

BEST_META_TITLE = 60  # more are allowed, and cut off in lists of results

PUBLIC_REASON_HELP = "Needed where words change that readers have seen: they are told."
TIMES = f"In the shop's time zone, {settings.TIME_ZONE.replace('_', ' ')}."


class PostForm(forms.ModelForm[Post]):
    """A post as it is written. A draft needs a title; publishing asks for the rest.

    `refusal` is why publishing refused these words in an earlier pass over the same form;
    `is_only_looked_at` shows what was typed without saving it.
    """

    refusal: Exception | None = None
    is_only_looked_at = False

    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        max_length=200, required=False, help_text="For colleagues: what you did and why."
    )
    public_reason = forms.ChoiceField(
        choices=(("", "Nothing that readers would notice"), *Revision.Reason.choices),
        required=False,
        label="Why it changes",
        help_text=PUBLIC_REASON_HELP,
    )
    public_note = forms.CharField(
        max_length=300,
        required=False,
        label="What changes",
        help_text="One sentence for the list “What changed” on the page.",
    )

    class Meta:
        model = Post
        fields = (
            *("title", "slug", "summary", "body", "categories", "tags", "main_picture"),
            *("social_picture", "read_more_heading", "series", "series_part"),
            *("left_out_of_contents", "meta_title", "meta_description"),
        )
        labels = {"slug": "Address", "body": "Text", "summary": "In short"}
        error_messages = {
            "slug": {"unique": "Another post has this address. Choose another."},
        }
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "summary": forms.Textarea(
                attrs={"rows": 4, "class": "vLargeTextField", "data-most-words": SUMMARY_WORDS}
            ),
            "read_more_heading": forms.TextInput(attrs={"class": "vTextField"}),
            "left_out_of_contents": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "meta_title": forms.TextInput(
                attrs={"class": "vLargeTextField", "data-most-characters": BEST_META_TITLE}
            ),
            "meta_description": forms.Textarea(
                attrs={
                    "rows": 2,
                    "class": "vLargeTextField",
                    "data-most-characters": META_DESCRIPTION,
                }
            ),
        }
        help_texts = {
            "slug": "The last part of its address, after /blog/. Leave it empty to have it made from "
            "the title. A change of a published post leaves a redirect behind.",
            "meta_title": f"What search engines show as the link; about {BEST_META_TITLE} characters "
            "are seen.",
            "meta_description": "What search engines show below the link; at most "
            f"{META_DESCRIPTION} characters.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened_version"].initial = self.instance.version
        if "slug" not in self.fields:
            return  # shown only, to somebody who may not change it
        self.fields["slug"].required = False
        for name in ("tags", "categories"):
            # A box of several has a cross on each; one more for all would stand in the middle of a list.
            box: Any = self.fields[name].widget
            getattr(box, "widget", box).is_required = True
        if self.instance.status != Post.Status.PUBLISHED:
            del self.fields["public_reason"], self.fields["public_note"]

    def is_valid(self) -> bool:
        """A form that is only looked at is never saved, whatever is in it."""
        return super().is_valid() and not self.is_only_looked_at

    def clean_slug(self) -> str:
        """Make the address from the title where none was typed; refuse the blog's own addresses."""
        title = self.cleaned_data.get("title", "")
        slug: str = self.cleaned_data["slug"] or slugify(title, allow_unicode=True)[:200]
        if not slug and title:
            message = "The title gives no address: type one."
            raise forms.ValidationError(message, code="required")
        refuse_reserved(slug)
        return slug

    def clean(self) -> dict[str, Any]:
        """A place in a series is free, and is in a series."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        series, part = data.get("series"), data.get("series_part")
        if part and not series:
            self.add_error("series_part", "Choose the series, or leave the part empty.")
        elif series and part:
            others = Post.objects.exclude(pk=self.instance.pk).filter(series=series)
            if other := others.filter(series_part=part).first():
                self.add_error("series_part", f"“{other}” is part {part} of {series}.")
        if self.refusal:
            self._say_why_refused(self.refusal)
        return data

    def _say_why_refused(self, refusal: Exception) -> None:
        if isinstance(refusal, publishing.NotReady):
            for problem in refusal.problems:
                self._add_problem(problem)
        elif isinstance(refusal, publishing.ReasonMissing):
            if not self.cleaned_data.get("public_reason"):
                self.add_error("public_reason", "Readers have seen these words: say why.")
            if not self.cleaned_data.get("public_note"):
                self.add_error("public_note", "Tell readers in a sentence what changes.")
        else:
            self.add_error(None, str(refusal))

    def _add_problem(self, problem: Problem) -> None:
        if problem.field in self.fields:
            self.add_error(problem.field, problem.told)
        else:
            self.add_error(None, f"{problem.where}: {problem.told}")


class VerbForm(forms.Form):
    """The form of one step in the life of a post. `version` is the one that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        post: Post,
        user: AbstractBaseUser | AnonymousUser,
        data: Any = None,
        *,
        prefix: str = "",
    ) -> None:
        self.post, self.user = post, user
        super().__init__(data, initial={"version": post.version}, prefix=prefix)


class NoteForm(VerbForm):
    """A step that wants a word on why."""

    note = forms.CharField(max_length=300, label="Why")


class ReviewForm(VerbForm):
    """The act of a reviewer."""

    reviewer = forms.ModelChoiceField(Person.objects.none(), empty_label="Choose …")
    compared = forms.BooleanField(
        label="I compared the text with its sources",
        error_messages={"required": "A review is this comparison: tick it when it is done."},
    )
    next_review_on = forms.DateField(
        label="Next review",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=f"Empty: {settings.REVIEW_MONTHS} months from today.",
    )
    note = forms.CharField(max_length=300, required=False, label="Note for colleagues")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the name of a colleague with a log-in of their own nobody else reviews.
        people = Person.objects.filter(Q(user=self.user.pk) | Q(user=None))
        field = self.fields["reviewer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (says it to mypy)
        field.queryset = people.exclude(author_rows__post=self.post)
        field.initial = people.filter(user=self.user.pk).first()
        field.help_text = "You, or somebody without a log-in. Nobody reviews their own text."


class PublishForm(VerbForm):
    """When readers see it, and until when."""

    at = forms.DateTimeField(
        label="Publish at",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=f"Empty: at once. {TIMES}",
    )
    expire_at = forms.DateTimeField(
        label="Take it off the site at",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=f"Empty: it stays. {TIMES}",
    )
