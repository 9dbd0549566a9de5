#!/usr/bin/env bash
# The mutation score of the analyser's tests: each rule of escape/rule.h is switched off, and each suite that notices kills
# it: random programs alone (generator), hazards, and pairs, which take longest, where no other has.
#
#   scripts/escape_mutation.sh [RULE...]      default: all; PROGRAMS=400 random programs a rule
#
# Prints a line a rule and the scores; exit 1 when a rule survives all suites, or the generator kills under 80 %.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C variant=mutation batch=50 programs=${PROGRAMS:-400}
export escape=build/$variant/escape generate=build/$variant/tests/escape/generate
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1
work=$(mktemp -d) || exit 2
export work
mkdir "$work/input"
trap 'rm -rf "$work"' EXIT
make -s -j"$(nproc)" VARIANT=$variant $escape $generate || exit 2

prepare() { # FIRST SEED : input of the analyser, and what the programs must print
    local stem=$work/input/$1
    $generate tests/escape/templates.txt "$1" $batch >"$stem.c" &&
        clang-19 -std=gnu17 -w -O0 -I. -DTRUTH "$stem.c" tests/escape/generated_outside.c -o "$stem.program" &&
        "$stem.program" >"$stem.truth" &&
        clang-19 -std=gnu17 -w -O1 -Xclang -disable-llvm-passes -g -fno-discard-value-names -fsanitize=address \
            -I. -emit-llvm -c "$stem.c" -o "$stem.bc"
}
export -f prepare

random_programs() { # RULE : fails when one of them is noticed: under the sanitizer, with --check, in Go mode
    local input stem options
    for input in "$work"/input/*.bc; do
        stem=$work/$1.$(basename "$input" .bc)
        for options in --mode=precise --check --mode=go; do
            local link=("$work/outside.o" -fsanitize=address)
            [ $options = --check ] && link=("$work/plain.o" "$work/check_runtime.o")
            $escape --place=auto $options -o "$stem.bc" "$input" 2>/dev/null &&
                clang-19 -w -O0 "$stem.bc" "${link[@]}" -o "$stem.program" &&
                timeout 120 "$stem.program" 2>/dev/null >"$stem.output" && cmp -s "$stem.output" "${input%.bc}.truth" ||
                return 1
        done
        rm -f "$stem".*
    done
}

mutant() { # RULE : a line of the table
    local suite columns="" killed=""
    [ "$1" = none ] || export ESCAPE_RULE_OFF=$1
    random_programs "$1" >/dev/null 2>&1 || { columns=" generator" killed=yes; }
    for suite in hazards pairs; do
        [ $suite = pairs ] && [ -n "$killed" ] && continue
        ESCAPE=$escape VARIANT=$variant GO=none tests/escape_$suite.sh >/dev/null 2>&1 || { columns+=" $suite" killed=yes; }
    done
    printf '%-22s %-9s%s\n' "$1" "${killed:+killed}" "$columns"
}
export -f random_programs mutant

outside=(clang-19 -std=gnu17 -w -O1 -I. -DHEAP_STUBS -c tests/escape/generated_outside.c)
"${outside[@]}" -fsanitize=address -o "$work/outside.o" && "${outside[@]}" -o "$work/plain.o" &&
    clang-19 -std=gnu17 -O1 -I. -c escape/check_runtime.c -o "$work/check_runtime.o" || exit 2
seq 1 $batch "$programs" | xargs -P "$(nproc)" -I{} bash -c 'prepare {} || exit 255' || exit 2
rules=("$@")
[ $# -gt 0 ] || mapfile -t rules < <(sed -n 's/^    X(\([A-Z_]*\),.*/\1/p' escape/rule.h)
control=$(mutant none)
if [[ $control == *killed* ]]; then
    echo "escape_mutation.sh: the suites fail with all rules on: $control" >&2
    exit 2
fi
printf '%s\n' "${rules[@]}" | xargs -P "$(nproc)" -I{} bash -c 'mutant {}' | tee "$work/table"
awk '
    / killed / { killed++ }
    / generator/ { generator++ }
    END {
        printf "%d rules: the suites kill %d (%.0f %%), the generator alone %d (%.0f %%)\n",
            NR, killed, 100 * killed / NR, generator, 100 * generator / NR
        exit killed < NR || generator < 0.8 * NR
    }' "$work/table"
