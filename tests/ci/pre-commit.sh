#!/usr/bin/env bash
# The hooks as the real pre-commit runs them, in a scratch repository: a bad chain is refused, a good one goes through,
# an excluded one is left alone.
#
# Usage: pre-commit.sh HOOKS, where HOOKS is a git repository with .pre-commit-hooks.yaml; `pre-commit` and `chainlint`
# are on the PATH, and what a wheel is built with.
set -euo pipefail
hooks=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_AUTHOR_NAME=ci GIT_AUTHOR_EMAIL=ci@example.com GIT_COMMITTER_NAME=ci GIT_COMMITTER_EMAIL=ci@example.com
export PRE_COMMIT_HOME=$scratch/cache

git init --quiet "$scratch/repository"
cd "$scratch/repository"
cat > chainlint.yaml <<CONFIG
version: 1
vars: { company: "Acme Payments" }
exclude: ["testdata/**"]
CONFIG

# Expects the commit of a staged file to succeed (0) or to be refused (1) by a hook.
expect() {
    local wanted=$1 what=$2 status=0
    git add --all
    pre-commit run --all-files > out.txt 2>&1 || status=$?
    if [ "$status" -ne "$wanted" ]; then
        printf 'pre-commit: %s: expected %s, got %s\n' "$what" "$wanted" "$status"
        cat out.txt
        exit 1
    fi
    rm -f out.txt
    printf 'pre-commit: %s: as expected\n' "$what"
}

# The commands of README, as a newcomer runs them: from a repository of chain files to a commit that is refused. What
# the first one installs is found before the caller's; a CARGO_TARGET_DIR with a release build spares it the building.
newcomer=$scratch/newcomer
git init --quiet "$newcomer"
ln -s "$root" "$scratch/chainlint"
export CARGO_INSTALL_ROOT=$scratch/installed
mkdir "$newcomer/certs"
cp "$root/examples/good/acme-payments.pem" "$newcomer/certs/app.pem"
# shellcheck disable=SC2016 # backquotes of Markdown
commands=$(sed -n '/^## Pre-commit$/,/^## /p' "$root/README.md" | sed -n '/^```sh$/,/^```$/p' | grep -v '^```')
[ "$(wc -l <<< "$commands")" -eq 3 ]
grep --quiet '^cargo install' <<< "$commands"
(
    cd "$newcomer"
    export PATH=$CARGO_INSTALL_ROOT/bin:$PATH
    while read -r line; do
        bash -euc "$line" < /dev/null
    done <<< "$commands"
    [ "$(command -v chainlint)" = "$CARGO_INSTALL_ROOT/bin/chainlint" ]
    # The examples expire.
    sed -i 's/--allow-empty/--allow-empty --at 2026-11-23T00:00:00Z/' .pre-commit-config.yaml
    git add --all
    git commit --quiet --message good
    cp "$root/examples/mistakes/root-first/chain.pem" certs/app.pem
    git add --all
    if git commit --quiet --message bad > out.txt 2>&1; then
        echo 'newcomer: a bad chain was committed'
        exit 1
    fi
    grep --quiet chain-order out.txt
)
echo 'newcomer: three commands, and a bad chain is refused'

for hook in chainlint-system chainlint; do
    rm -rf certs testdata
    cat > .pre-commit-config.yaml <<CONFIG
repos:
  - repo: $hooks
    rev: $(git -C "$hooks" rev-parse HEAD)
    hooks:
      - id: $hook
        # The examples expire.
        args: [--at, "2026-11-23T00:00:00Z", --]
CONFIG
    mkdir -p certs testdata
    cp "$root/examples/good/acme-payments.pem" certs/good.pem
    expect 0 "$hook, a good chain"
    cp "$root/examples/mistakes/root-first/chain.pem" testdata/bad.pem
    expect 0 "$hook, a bad chain that the config excludes"
    cp "$root/examples/mistakes/root-first/chain.pem" certs/bad.pem
    expect 1 "$hook, a bad chain"
    mv certs/bad.pem certs/BAD.CRT
    expect 1 "$hook, a bad chain with a loud name"
    # A name that an option could have is a name.
    mv certs/BAD.CRT ./-ojson=out.pem
    expect 1 "$hook, a bad chain that is called like an option"
    [ ! -e out.pem ]
    rm ./-ojson=out.pem
done

# The hook for tests of policies.
rm -rf certs testdata policies
cat > .pre-commit-config.yaml <<CONFIG
repos:
  - repo: $hooks
    rev: $(git -C "$hooks" rev-parse HEAD)
    hooks:
      - id: chainlint-policy-tests
        args: [--require-coverage]
CONFIG
mkdir policies
cp "$root"/examples/standards/curves*.yaml policies/
expect 0 "a policy whose tests pass"
sed -i 's/P-384\]/P-521]/' policies/curves.yaml
expect 1 "a policy whose tests fail"
