"""Pictures go into a folder, or into a bucket that the environment names."""

import environ
from django.core.files.storage import storages

from shop.lib.storages import media_storage


def test_without_a_bucket_pictures_stay_in_a_folder(monkeypatch):
    monkeypatch.delenv("S3_BUCKET", raising=False)

    assert media_storage(environ.Env()) == {
        "BACKEND": "django.core.files.storage.FileSystemStorage"
    }


def test_with_a_bucket_the_storage_library_takes_what_the_environment_says(monkeypatch):
    monkeypatch.setenv("S3_BUCKET", "pictures")
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://s3.example.com")
    monkeypatch.setenv("S3_PUBLIC_DOMAIN", "pictures.example.com")

    storage = storages.create_storage(media_storage(environ.Env()))

    assert (storage.bucket_name, storage.endpoint_url) == ("pictures", "https://s3.example.com")
    assert storage.url("blog/plate.png") == "https://pictures.example.com/blog/plate.png"
    assert (storage.querystring_auth, storage.file_overwrite) == (False, False)
