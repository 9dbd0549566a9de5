#!/usr/bin/env bash
# Runs the tests of a variant and adds up their counts.
#
#   scripts/test.sh [VARIANT, default release] [PART OF A TEST'S FILE NAME ...]
#
# Every test program and tests/*.sh prints "ok NAME" or "FAIL NAME" lines and ends with "N passed, N failed"; one that
# ends without that line, or with another status than it says, counts as one failure more.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

variant=${1:-release}
shift
passed=0
failed=0
output=$(mktemp) || exit 2
trap 'rm -f "$output"' EXIT
export VARIANT=$variant

selected() { # NAME PART...
    local name=$1 part
    shift
    [ $# -eq 0 ] && return 0
    for part in "$@"; do
        [[ $name == *"$part"* ]] && return 0
    done
    return 1
}

run() { # NAME COMMAND...
    local name=$1 status line
    shift
    echo "== $name"
    timeout 600 "$@" >"$output" 2>&1 </dev/null
    status=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$output" | tail -n 1)
    local p f
    read -r p _ f _ <<<"${line:-0 passed, 1 failed}"
    if [ "$f" -eq 0 ] && [ "$status" -ne 0 ]; then
        f=1
    fi
    if [ "$f" -gt 0 ] || [ -z "$line" ]; then
        cat "$output"
        echo "FAIL $name: status $status${line:+, $line}"
    else
        grep -E '^(note|skip)' "$output"
        echo "   $line"
    fi
    passed=$((passed + p))
    failed=$((failed + f))
}

programs=(build/"$variant"/tests/test_* build/"$variant"/tests/model_*)
scripts=()
# What drives the installed tools does not gain from being run once a variant.
[ "$variant" = release ] && scripts=(tests/*.sh)
for path in "${programs[@]}" "${scripts[@]}"; do
    name=$(basename "$path")
    [[ -x $path && $name != *.o && $name != *.d ]] || continue
    selected "$name" "$@" && run "$name" "./$path"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
