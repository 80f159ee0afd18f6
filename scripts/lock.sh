#!/usr/bin/env bash
# Resolve both .in files anew for the oldest Python we support. uv lives in a folder of its own:
# neither the shop nor its tests need it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check uv
for name in requirements requirements-dev; do
    "$tools/bin/uv" pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --no-header \
        --no-emit-index-url --no-emit-find-links "$name.in" --output-file "$name.txt"
done
echo "Written: requirements.txt, requirements-dev.txt. Look at the difference before you commit it."
