#!/usr/bin/env bash
# Every check that needs no server. All of them run; the end says which failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
failed=()

step() {
    local title=$1
    shift
    echo "== $title"
    "$@" || failed+=("$title")
}

# The settings of a real shop, with secrets that open nothing. No .env: it may say DEMO.
in_production() {
    env ENV_FILE= DEBUG=False DEMO=False \
        SECRET_KEY=only-to-check-the-settings-5bJf0zQ8vX2mW7nL4kT9rY1c \
        SITE_URL=https://shop.example STAFF_EMAIL=staff@shop.example \
        DATABASE_URL=postgres://shop@db.example/shop REDIS_URL=redis://queue.example \
        STRIPE_SECRET_KEY=rk_live_not_a_key STRIPE_WEBHOOK_SECRET=whsec_not_a_secret \
        EMAIL_URL=smtp://mail.example "$@"
}
in_a_demo() {
    env ENV_FILE= SECRET_KEY=only-to-check DEMO=True DATABASE_URL=sqlite:///:memory: \
        QUEUE_FILE="${TMPDIR:-/tmp}/shop-check-queue-$$.sqlite3" "$@"
}
trap 'rm -f "${TMPDIR:-/tmp}/shop-check-queue-$$".sqlite3*' EXIT

step "ruff: rules" ruff check --quiet .
step "ruff: format" ruff format --check --quiet .
step "mypy: types" mypy
step "import-linter: the staircase" lint-imports --no-cache
step "djlint: templates" djlint --lint --quiet templates stripe_sandbox/templates
step "migrations are complete" in_a_demo python manage.py makemigrations --check --dry-run
step "settings for production" in_production python manage.py check --deploy --fail-level WARNING
step "the locks fit their .in files" python scripts/lock_is_fresh.py

echo
if [ ${#failed[@]} -gt 0 ]; then
    printf 'make check: failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "make check: everything holds"
