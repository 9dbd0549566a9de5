#!/usr/bin/env bash
# The classes of differences from LLVM's inference: each has its example. (scripts/escape_oracle.sh compares real programs.)
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
oracle=build/${VARIANT:-release}/tests/escape/oracle
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

if ! command -v llvm-config-19 >/dev/null; then
    echo "skip: no LLVM 19"
    check "the examples are there" test -s tests/escape/classes.c
    finish
fi
clang-19 -w -O1 -Xclang -disable-llvm-passes -g -fno-discard-value-names -emit-llvm -c tests/escape/classes.c -o "$work/classes.bc" || exit 2
"$oracle" "$work/classes.bc" >"$work/table"
check "no example is unexplained" test $? -eq 0
check "nothing escapes for us alone" test "$(sed '1,/^escape for us only/d' "$work/table" | wc -l)" -eq 0
mapfile -t examples < <(sed -n 's/.* class_\([a-z]*\)(.*/\1/p' tests/escape/classes.c | sort -u)
for class in "${examples[@]}"; do
    expect "$class" 0 " $class: class_$class parameter 0" "$oracle" --list "$class" "$work/classes.bc"
done
mapfile -t classes < <(sed '1,/^escape for LLVM only/d; /^escape for us only/,$d' "$work/table" | awk '{ print $2 }')
check "the table has classes" test ${#classes[@]} -gt 5
for class in "${classes[@]}"; do
    [ "$class" = unexplained ] || check "$class has an example" grep -q "class_$class(" tests/escape/classes.c
done
finish
