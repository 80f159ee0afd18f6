#!/usr/bin/env bash
# Make .venv and install the locked requirements; with "dev", those of tests and checks too.
# Does nothing when nothing changed, so every make target may call it first.
set -euo pipefail
cd "$(dirname "$0")/.."

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

pick_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    {
        echo "No usable Python was found: Python 3.11 or newer with venv and pip is needed."
        echo "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv"
        echo "  Fedora:          sudo dnf install python3"
        echo "  macOS:           brew install python@3.13"
        echo "A Python somewhere else: make run PYTHON=/path/to/python3"
    } >&2
    return 1
}

# --no-deps: the lock names every package, so pip need not look for more. --no-compile: Python
# compiles what it really imports, which is a small part.
install_locked() {
    local lock=$1 stamp=.venv/installed-$1
    if cmp -s "$lock" "$stamp"; then
        return
    fi
    echo "Installing $lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --no-deps --no-compile --requirement "$lock"
    cp "$lock" "$stamp"
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(pick_python)
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi
install_locked requirements.txt
if [ "${1:-}" = dev ]; then
    install_locked requirements-dev.txt
fi
