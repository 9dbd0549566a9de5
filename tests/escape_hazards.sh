#!/usr/bin/env bash
# What C can do to a pointer that Go cannot: bytes, unions, integers, longjmp(), assembly and so on. The files in
# tests/escape/hazards say at each line what the rules of C demand, `//! MESSAGE`; nothing there is taken from the tool's output.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
escape=${ESCAPE:-build/${VARIANT:-release}/escape}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

if [ ! -x "$escape" ]; then
    echo "skip: $escape is not built"
    check "there are hazards" ls tests/escape/hazards
    finish
fi
# File by file, so that one hazard missed is one failure.
for source in tests/escape/hazards/*.c; do
    name=$(basename "$source" .c)
    for mode in precise go; do
        "$escape" -m --mode=$mode --per-file "$source" -- -I. >"$work/said" 2>"$work/err" ||
            fail "$name: escape --mode=$mode" "$(cat "$work/err")"
        if [ $mode = precise ]; then how=exact; else how=safe; fi
        if answer=$(awk -v mode=$how -f tests/escape/expected.awk "$source" "$work/said"); then
            ok "$name, $mode mode: $answer"
        else
            fail "$name, $mode mode" "$answer"
        fi
    done
done
# Type tags of a form that is not known say nothing.
for name in bytes unions; do
    "$escape" -m --per-file tests/escape/hazards/$name.c -- -I. -Xclang -new-struct-path-tbaa >"$work/said"
    check "$name, with type tags of the new form" awk -v mode=safe -f tests/escape/expected.awk tests/escape/hazards/$name.c "$work/said"
done
# What does not escape and still may not be in the frame.
for reason in "setjmp 1 jumps" "setjmp 1 frames_given_up" "freed 4 freed_deep"; do
    read -r word wanted name <<<"$reason"
    got=$("$escape" --json "tests/escape/hazards/$name.c" -- -I. | grep -c "\"reason\": \"$word\"")
    check "$name: $wanted allocations stay on the heap: $word" test "$got" -eq "$wanted"
done
finish
