#!/usr/bin/env bash
# Programs written twice, in Go and in C, with the same flow of pointers: `escape --mode=go` must decide as Go's compiler
# does, and precise mode must not keep less on the stack.
#
# Every Go found here is asked (GO=PROGRAM: that one alone, GO=none: none) and must say what is recorded for its version in
# tests/escape/goVERSION.expect; without Go the records speak. `tests/escape_pairs.sh --record` writes them.
# Where versions differ, tests/escape/versions.expect says which one escape follows, and why.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
pairs=tests/escape/pairs
sources=("$pairs"/*.c)
escape=${ESCAPE:-build/${VARIANT:-release}/escape}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

decisions() {
    awk -v folder=$pairs -f tests/escape/decisions.awk | sort
}

# -l: inlined copies would repeat decisions, and escape sees functions before they are inlined.
go_decisions() { # GO: every pair in a package of its own, in one build
    local file name
    rm -rf "$work/go" && mkdir "$work/go" && printf 'module pairs\n\ngo 1.19\n' >"$work/go/go.mod"
    for file in "$pairs"/*.go; do
        name=$(basename "$file" .go)
        mkdir "$work/go/$name" && cp "$file" "$work/go/$name/"
    done
    (cd "$work/go" && GOTOOLCHAIN=local GOFLAGS='' "$1" build -gcflags='-m -l' ./... 2>&1) | decisions
}

go_version() { # GO
    "$1" version | sed -n 's/^go version go\([0-9]*\.[0-9]*\).*/\1/p'
}

gos() {
    if [ "${GO:-}" = none ]; then
        true
    elif [ -n "${GO:-}" ]; then
        echo "$GO"
    else
        { command -v go && readlink -f "$(command -v go)"; ls /usr/lib/go-*/bin/go; } 2>/dev/null |
            xargs -r readlink -f | sort -u
    fi
}

chosen() { # the keys for which versions.expect names a version
    sed 's/ *#.*//; /^$/d; s/^[^ ]* *//' tests/escape/versions.expect
}

unchosen() { # decisions that no version disputes
    awk 'NR == FNR { key[$0]; next } { for (k in key) if (index($0, k) == 1) next; print }' "$work/chosen" -
}

if [ "${1:-}" = --record ]; then
    gos | while read -r go; do
        go_decisions "$go" >"tests/escape/go$(go_version "$go").expect"
    done
    exit
fi

# ---- Go's side ----------------------------------------------------------------------------------
chosen | sort >"$work/chosen"
record=tests/escape/go1.19.expect
unchosen <$record >"$work/undisputed"
{
    cat "$work/undisputed"
    sed 's/ *#.*//; /^$/d' tests/escape/versions.expect | while read -r version key; do
        grep "^$key" "tests/escape/go$version.expect"
    done
} | sort >"$work/reference"
same() { # NAME FILE FILE
    check "$1" diff "$2" "$3"
}
no_unknown() {
    ! grep ' unknown: ' "$@"
}
check "no message of Go's is unknown" no_unknown tests/escape/go*.expect
asked=0
while read -r go; do
    [ -n "$go" ] || continue
    version=$(go_version "$go")
    go_decisions "$go" >"$work/live"
    if [ -e "tests/escape/go$version.expect" ]; then
        same "Go $version says what is recorded" "tests/escape/go$version.expect" "$work/live"
    fi
    unchosen <"$work/live" >"$work/live.undisputed"
    same "Go $version differs from 1.19 only where versions.expect says so" \
        "$work/undisputed" "$work/live.undisputed"
    asked=$((asked + 1))
done < <(gos)
[ "$asked" -gt 0 ] || echo "note: no Go here, its recorded answers are compared"

# ---- ours ---------------------------------------------------------------------------------------
if [ ! -x "$escape" ]; then
    echo "skip: $escape is not built"
    finish
fi
for mode in go precise; do
    "$escape" -m --mode=$mode --per-file "${sources[@]}" -- -I. >"$work/$mode.said" 2>"$work/$mode.err"
    check "escape --mode=$mode succeeds" test $? -eq 0
    [ -s "$work/$mode.err" ] && head -n 20 "$work/$mode.err"
    decisions <"$work/$mode.said" >"$work/$mode.decided"
done
if diff "$work/reference" "$work/go.decided" >"$work/diff"; then
    ok "go mode equals Go on all $(wc -l <"$work/reference") decisions of ${#sources[@]} pairs"
else
    fail "go mode equals Go (<) on every decision" "$(cat "$work/diff")"
fi

# Ranks: a parameter that leaks itself is worst, then content, then a result at a low level.
never_worse() {
    awk '
        function rank(what) {
            return what == "leaks" ? 0 : what == "content" ? 1 : what ~ /^level=/ ? 2 + substr(what, 7) : 100
        }
        FNR == 1 { file++ }
        $3 == "moved" || ($3 == "alloc" && $4 == "heap") {
            if (file == 1) allowed[$0]
            else if (!($0 in allowed)) { print "less on the stack: " $0; bad = 1 }
        }
        $3 == "param" {
            key = $1 " " $2 " " $4
            if (file == 1) { if (!(key in worst) || rank($5) < worst[key]) worst[key] = rank($5) }
            else if (rank($5) < worst[key]) { print "leaks more: " $0; bad = 1 }
        }
        END { exit bad }' "$work/go.decided" "$work/precise.decided"
}
check "precise mode keeps no less on the stack" never_worse
echo "note: precise mode decides $(comm -13 "$work/go.decided" "$work/precise.decided" | wc -l) times otherwise"
finish
