#!/usr/bin/env bash
# The peers of the heap do the same operations: each group's programs print the same rows, in numbers above zero, and end
# with success, which they do only when their counters show that objects were on the heap. Where there is a Go,
# its compiler says the same of every object.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

peers=build/$VARIANT/peers
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

rows_of() { # PROGRAM : its rows; fails when a number is none
    "$1" >"$work/out" || return 1
    awk -F'\t' 'NF != 3 || !($2 + 0 > 0) {bad = 1} {print $1 " " $3} END {exit bad || NR == 0}' "$work/out"
}
rows_of "$peers/allocs.escapement" >"$work/ours"
check "allocs.escapement" [ -s "$work/ours" ]
check "allocs.escapement has every row of the bars" [ "$(grep -cE '^(alloc_(pointers_)?[0-9]+ ns|trees_16(_collect)? ms|collect_nodes_(16|64) us/MiB)$' "$work/ours")" -eq 12 ]
for library in glibc boehm mimalloc; do
    if [ ! -x "$peers/allocs.$library" ]; then
        echo "note: $library is not installed: its peer is not built"
        continue
    fi
    rows_of "$peers/allocs.$library" >"$work/theirs"
    check "allocs.$library prints rows of ours only" [ -z "$(grep -vxFf "$work/ours" "$work/theirs")" ]
    # Without a collector there is nothing to collect.
    least=12
    [ "$library" = boehm ] || least=10
    check "allocs.$library prints $least rows" [ "$(wc -l <"$work/theirs")" -eq "$least" ]
done

# A collection need not happen in so short a time, so the rows of pauses may be missing.
common='alloc_mean ns|alloc_p9999 us|alloc_max us|pause_count n|pause_(p50|p999|max) us|(stopping|stopped|resuming)_(p50|p999) us|stolen ms|turns n'
machine='machine_20us_p999 us|machine_gap_max us'
check_smoke() { # GROUP ROWS : each of its programs prints these rows and no other
    local program name
    for program in "$peers/$1".*; do
        case $program in *.o | *.d | *.go*) continue ;; esac
        name=$(basename "$program")
        "$program" --smoke | cut -f1,3 --output-delimiter=' ' >"$work/theirs"
        check "$name --smoke prints the rows" [ "$(grep -cxE "$2" "$work/theirs")" -ge 8 ]
        check "$name --smoke prints no other" [ -z "$(grep -vxE "$2" "$work/theirs")" ]
        expect "$name refuses what it does not know" 2 "usage:" "$program" --seconds 0
    done
}
check_smoke pauses "churn_($common|resident x|mapped x)|spike_return s|$machine"
check_smoke gcbench "gcbench ms|gcbench_($common)|$machine"

"$peers/marking.escapement" --smoke | cut -f1,3 >"$work/marking_rows"
check "marking.escapement --smoke prints the shapes" [ "$(grep -cE '^(tree|tree_16|list|wide)(_shuffled)?	GB/s$|^graph	GB/s$' "$work/marking_rows")" -eq 9 ]
for program in "$peers"/marking.*; do
    case $program in *.o | *.d | *.go*) continue ;; esac
    "$program" --smoke | cut -f1,3 >"$work/theirs"
    check "$(basename "$program") --smoke prints the same rows" diff "$work/marking_rows" "$work/theirs"
done

"$peers/costs.escapement" --smoke | cut -f1,3 --output-delimiter=' ' >"$work/theirs"
check "costs.escapement --smoke prints its rows" [ "$(grep -cxE '(store_(plain|unmarked|marking_(null|object))|collect_(map_[28]|unmapped)|(mark|assist)_byte) ns' "$work/theirs")" -eq 9 ]

go=$(command -v go || compgen -G '/usr/lib/go-*/bin/go' | head -n 1)
if [ -n "$go" ]; then
    said=$(GO111MODULE=off GOFLAGS='' GOCACHE=$PWD/build/gocache "$go" build -gcflags=-m -o "$work/allocs.go" peers/allocs.go 2>&1)
    for type in bytes8 bytes16 bytes64 bytes256 bytes1024 pointers8 pointers64 pointers128; do
        check "Go's compiler puts $type on the heap" grep -qF "new($type) escapes to heap" <<<"$said"
    done
    for type in node16 node64; do
        check "Go's compiler puts $type on the heap" grep -qF "&$type{} escapes to heap" <<<"$said"
    done
    # It may inline, but must not decide otherwise where it did.
    check "Go's compiler puts none of them on a stack" [ -z "$(grep -E '(new\((bytes|pointers)|&node).* does not escape' <<<"$said")" ]
    rows_of "$work/allocs.go" >"$work/theirs"
    check "allocs.go prints the same rows" diff "$work/ours" "$work/theirs"
    for group in pauses gcbench; do
        check "$group.go builds" env GO111MODULE=off GOFLAGS= GOCACHE="$PWD/build/gocache" "$go" build -o "$work/$group.go" "peers/$group.go" peers/latency.go
    done
    check "marking.go builds" env GO111MODULE=off GOFLAGS= GOCACHE="$PWD/build/gocache" "$go" build -o "$work/marking.go" peers/marking.go
    check "marking.go --smoke prints the same rows" [ "$("$work/marking.go" --smoke | cut -f1,3 | sort)" = "$(sort "$work/marking_rows")" ]
else
    echo "note: no Go here: its peer is not checked"
fi
finish
