#!/usr/bin/env bash
# The command `escape`: what it prints in each form, what it says of bad input, and what it makes of programs.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

escape=$PWD/build/$VARIANT/escape
if [ ! -x "$escape" ]; then
    echo "skip: no LLVM 19 here, so no escape"
    finish
fi
clang='clang-19'
inputs=$PWD/tests/escape/cli
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# ---- bad input: status 2, a message that names it, and no output -----------------------------------
refused() { # NAME TEXT ARGUMENT... : exits 2 with this text, prints nothing on stdout
    local name=$1 text=$2 out
    shift 2
    out=$("$escape" "$@" 2>"$work/errors")
    local status=$?
    if [ $status -eq 2 ] && [ -z "$out" ] && grep -qF -- "$text" "$work/errors"; then
        ok "$name"
    else
        fail "$name" "status $status, stdout '${out:0:80}'" "$(tail -n 3 "$work/errors")"
    fi
}
echo 'int f( {' >"$work/syntax.c"
echo 'hello' >"$work/text.txt"
echo 'no bitcode' >"$work/no.bc"
echo 'no assembly' >"$work/no.ll"
"$clang" -O1 -c -emit-llvm "$inputs/users.c" -w -o "$work/users.bc"
# The same bitcode as another LLVM would sign it: "LLVM19" in characters of six bits.
/usr/bin/python3 - "$work/users.bc" "$work/other.bc" <<'PY'
import sys
data = open(sys.argv[1], 'rb').read()
bits = int.from_bytes(data[:64], 'little')
letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._'
code = lambda text: sum(letters.index(c) << 6 * i for i, c in enumerate(text))
for shift in range(512 - 36):
    if bits >> shift & (1 << 36) - 1 == code('LLVM19'):
        bits ^= (code('LLVM19') ^ code('LLVM14')) << shift
        break
else:
    sys.exit('no producer')
open(sys.argv[2], 'wb').write(bits.to_bytes(64, 'little') + data[64:])
PY
head -c 900 "$work/users.bc" >"$work/cut.bc"
refused "no input" "no input"
refused "missing file" "'$work/none.c': No such file" "$work/none.c"
refused "missing bitcode" "'$work/none.bc': No such file" "$work/none.bc"
refused "a folder" "expected" "$work"
refused "not C" "'$work/text.txt': a name that ends in .c, .bc or .ll was expected" "$work/text.txt"
refused "syntax error" "syntax.c:1:8" "$work/syntax.c"
refused "syntax error names the file" "cannot compile '$work/syntax.c'" "$work/syntax.c"
refused "no bitcode" "'$work/no.bc' is no LLVM bitcode" "$work/no.bc"
refused "bitcode cut off" "'$work/cut.bc': the bitcode cannot be read" "$work/cut.bc"
refused "bitcode of another version" "'$work/other.bc' is bitcode of LLVM14" "$work/other.bc"
refused "no assembly" "'$work/no.ll' is no LLVM assembly" "$work/no.ll"
refused "no clang" "there is no program 'no-clang'" --clang=no-clang "$inputs/users.c"
refused "the package is named" "clang-19" --clang=no-clang "$inputs/users.c"
refused "two definitions" "multiply defined" "$inputs/users.c" "$inputs/places.c"
refused "unknown option" "unknown option '--nonsense'" --nonsense "$inputs/users.c"
refused "unknown mode" "'fast' is neither 'precise' nor 'go'" --mode=fast "$inputs/users.c"
refused "place without -o" "--place needs -o" --place=auto "$inputs/users.c"
refused "-o without place" "only --place writes" -o "$work/x.bc" "$inputs/users.c"
refused "-o of another kind" "ends in .bc or .ll" --place=auto -o "$work/x.o" "$inputs/users.c"
refused "check without auto" "--check belongs to --place=auto" --check --place=heap -o "$work/x.bc" "$inputs/users.c"
refused "unwritable output" "cannot write '$work/none/x.bc'" --place=auto -o "$work/none/x.bc" "$inputs/users.c"
echo 'remember: 0->haep' >"$work/effects.txt"
refused "wrong effects" "effects.txt:1: '0->haep'" --effects="$work/effects.txt" "$inputs/users.c"
refused "missing effects" "cannot read '$work/none.txt'" --effects="$work/none.txt" "$inputs/users.c"
refused "error before anything is written" "cannot compile" --place=auto -o "$work/x.bc" "$work/syntax.c"
check "no output was left" [ -z "$(find "$work" -name 'x.*')" ]
expect "--help" 0 "usage: escape" "$escape" --help
expect "--version" 0 "escape 0." "$escape" --version
check "without LLVM the build names the packages" bash -c "
    make -s B=$work/none LLVM_CONFIG=no-llvm-config $work/none/escape 2>&1 | grep -q 'llvm-19-dev and clang-19'"

# ---- what it prints: golden files --------------------------------------------------------------
cd "$inputs" || exit 2
golden() { # NAME FILE ARGUMENT... : prints what the file holds
    local name=$1 file=$2
    shift 2
    check "$name" diff "$file" <("$escape" "$@")
}
golden "users.c, -m" users.m.expect -m users.c
flow() { # NAME TEXT : a line of -m=2 begins so, four columns in
    check "$1" grep -qE "^    $2" <("$escape" -m=2 users.c)
}
flow "users.c, -m=2: why" "because part of what create_user returns"
flow "users.c, -m=2: the step, with its position" "users.c:11:5: the result of create_user = &x"
golden "-m is the default" users.m.expect users.c
as_analysed=(-O1 -Xclang -disable-llvm-passes -g -fno-discard-value-names -w -emit-llvm)
"$clang" "${as_analysed[@]}" -c users.c -o "$work/same.bc"
"$clang" "${as_analysed[@]}" -S users.c -o "$work/same.ll"
golden "bitcode gives the same" users.m.expect "$work/same.bc"
golden "assembly gives the same" users.m.expect "$work/same.ll"
check "without debug information a note says so" bash -c "
    '$clang' -O1 -Xclang -disable-llvm-passes -w -emit-llvm -c users.c -o '$work/bare.bc' &&
    '$escape' '$work/bare.bc' 2>&1 >/dev/null | grep -q 'no debug information'"

# ---- several files -----------------------------------------------------------------------------------
says() { # NAME LINE ARGUMENT... : the line is among those printed
    local name=$1 line=$2
    shift 2
    check "$name" grep -qxF -- "$line" <("$escape" "$@" 2>&1)
}
says "one program: a parameter that is kept leaks" "lie_store.c:6:20: leaking param: number" lie.c lie_store.c
says "one program: what a callee does is known" "lie.c:23:26: holder does not escape" lie.c lie_store.c
says "per file: what is unknown keeps it" "lie.c:23:26: leaking param: holder" --per-file lie.c lie_store.c
printf '%s\n' 'void keep(int *);' 'int main(void) { int x = 0; keep(&x); return x; }' >"$work/weak_main.c"
printf '%s\n' '__attribute__((weak)) void keep(int *p) { *p = 1; }' >"$work/weak.c"
says "a weak function may be replaced by a file that is not given" "$work/weak_main.c:2:22: moved to heap: x" "$work/weak_main.c" "$work/weak.c"
check "--whole-program: there is no such file" bash -c "
    '$escape' --whole-program '$work/weak_main.c' '$work/weak.c' | grep 'weak.c:1:38: p does not escape' &&
    ! '$escape' --whole-program '$work/weak_main.c' '$work/weak.c' | grep 'moved to heap'"
refused "--whole-program, file by file" "exclude each other" --whole-program --per-file users.c
says "effects say otherwise" "lie.c:11:19: malloc(...) does not escape" --effects=lie.effects --per-file lie.c lie_store.c

cat >"$work/compile_commands.json" <<JSON
[{"directory": "$work/src", "file": "one.c", "command": "gcc -c -Iinclude '-DVALUE=\"a b\"' -O2 -o one.o -MD -MF one.d one.c"},
 {"directory": "$work", "file": "src/two.c", "arguments": ["cc", "-Isrc/include", "-DVALUE=\"two\"", "-c", "src/two.c", "-o", "two.o"]},
 {"directory": "$work", "file": "three.cc", "command": "g++ -c three.cc"}]
JSON
mkdir -p "$work/src/include"
echo 'char *shared(char *text);' >"$work/src/include/shared.h"
printf '#include "shared.h"\nchar *one(void) { char x = VALUE[0]; return shared(&x); }\n' >"$work/src/one.c"
printf '#include "shared.h"\nchar *shared(char *text) { text[0] = VALUE[0]; return text; }\n' >"$work/src/two.c"
says "compdb: a program of two files" "$work/src/one.c:2:24: moved to heap: x" --compdb="$work/compile_commands.json"
says "compdb: the other one" "$work/src/two.c:2:20: leaking param: text to result level=0" --compdb="$work/compile_commands.json"
check "compdb: below the current folder, from there" bash -c "
    cd '$work' && '$escape' --compdb=compile_commands.json | grep -x 'src/one.c:2:24: moved to heap: x'"
check "compdb: in the folder of the compiler, as it was called" bash -c "
    cd '$work/src' && '$escape' --compdb=../compile_commands.json one.c | grep -x 'one.c:2:24: moved to heap: x'"
sed 's/^\[\(.*\),$/[\1,\n\1,/' "$work/compile_commands.json" >"$work/twice.json"
expect "compdb: a file that is listed twice" 0 "note: 'one.c' is listed more than once" "$escape" --compdb="$work/twice.json"
printf '%s\n' '#include <stdlib.h>' 'static inline int *make(void) { return malloc(4); }' >"$work/inline.h"
for name in a b; do printf '#include "inline.h"\nint *%s(void) { return make(); }\n' $name >"$work/$name.c"; done
check "an inline function of a header is reported once" [ 1 -eq \
    "$("$escape" "$work/a.c" "$work/b.c" | grep -c 'inline.h:2:40: malloc(...) escapes to heap')" ]
check "compdb: one file of it" bash -c "
    ! '$escape' --compdb='$work/compile_commands.json' '$work/src/two.c' | grep one.c"
echo '[{"file": 3}]' >"$work/bad.json"
refused "compdb: wrong entry" "entry 1 has no" --compdb="$work/bad.json"
echo '[{"file": "x.c",' >"$work/cut.json"
refused "compdb: no JSON" "cut.json:" --compdb="$work/cut.json"
refused "compdb: a file it does not have" "names none of the files" --compdb="$work/compile_commands.json" users.c

# ---- for programs ------------------------------------------------------------------------------------
check "JSON has what docs/formats.md says" /usr/bin/python3 shape.py json <("$escape" -m=2 --json users.c places.c --per-file)
check "JSON and text agree" diff <("$escape" users.c) <("$escape" --json users.c | /usr/bin/python3 shape.py lines)
mkdir "$work/a folder" && cp users.c "$work/a folder/ä b.c"
check "SARIF: names of files are URIs" /usr/bin/python3 shape.py sarif <("$escape" -m=2 --sarif "$work/a folder/ä b.c")
check "SARIF: a file's URI is its path" grep -qF '"uri": "file://'"$work"'/a%20folder/%C3%A4%20b.c"' <("$escape" --sarif "$work/a folder/ä b.c")
check "SARIF has the published shape" /usr/bin/python3 shape.py sarif <("$escape" -m=2 --sarif users.c places.c --per-file)

# ---- rewritten programs --------------------------------------------------------------------------------
cd - >/dev/null || exit 2
libraries=(build/"$VARIANT"/libruntime.a -lpthread -lm -ldl "-Wl,-z,now")
builds() { # PROGRAM PLACE LEVEL : rewrites, compiles at that level, runs; prints what the program prints
    local out=$work/$1.$2
    "$escape" --place="$2" -o "$out.bc" "$inputs/$1.c" 2>"$out.notes" &&
        "$clang" "$3" -w "$out.bc" "${libraries[@]}" -o "$out$3" && "$out$3"
}
for level in -O0 -O2 -O3; do
    for place in auto heap; do
        check "users.c runs right, --place=$place $level" diff "$inputs/users.out.expect" <(builds users $place $level)
        check "lists.c runs right, --place=$place $level" diff <(echo '707 1600 5 10') <(builds lists $place $level)
        check "places.c runs right, --place=$place $level" diff "$inputs/places.out.expect" <(builds places $place $level)
    done
done
for place in auto heap; do # the heap of libc, watched by the sanitizer
    check "places.c under asan, --place=$place" diff "$inputs/places.out.expect" <(
        "$clang" -O1 -g -fsanitize=address -fsanitize-address-use-after-return=always -w -I. "$work/places.$place.bc" tests/escape/plain_heap.c \
            -o "$work/places.$place.asan" && ASAN_OPTIONS=detect_leaks=0 "$work/places.$place.asan" 2>&1)
done
check "lists.c: two of seven objects move" grep -q "0 allocations to the stack (0 calls of free() gone), 2 variables to the heap" "$work/lists.auto.notes"
disassembly() { "$clang" -O2 -w -S "$work/places.auto.bc" -o - | sed -n "/^$1:/,/^\.Lfunc_end/p"; }
check "sum_here allocates nothing" bash -c "! grep -qE 'malloc|free|heap_' <<<\"\$1\"" - "$(disassembly sum_here)"
check "merged: neither allocates, and nothing is freed" bash -c "! grep -qE 'malloc|free|heap_' <<<\"\$1\"" - "$(disassembly merged)"
check "what was done is said" grep -q "4 allocations to the stack (4 calls of free() gone), 5 variables to the heap" "$work/places.auto.notes"
check "assembly can be written too" grep -q 'call ptr @heap_new' <("$escape" --place=auto -o "$work/users.ll" "$inputs/users.c" 2>/dev/null && cat "$work/users.ll")
"$escape" --place=auto -o "$work/places.ll" "$inputs/places.c" 2>/dev/null
check "a node has one pointer, in its first word" grep -q '@heap_type.words.* = private constant \[1 x i64\] \[i64 1\]' "$work/places.ll"
check "a number has none" grep -q '@heap_type.long.8.0 = private constant { ptr, i64, ptr } .* ptr null' "$work/places.ll"
check "a union is scanned conservatively" grep -q 'call ptr @heap_new_conservative(i64 24)' "$work/places.ll"

# ---- --check ---------------------------------------------------------------------------------------------
checked() { # SOURCE... : each rewritten for itself with --check, linked with the checking runtime, run
    local source bitcode=()
    for source in "$@"; do
        "$escape" --place=auto --check "${effects[@]}" -o "$work/$source.bc" "$inputs/$source" 2>/dev/null || return 99
        bitcode+=("$work/$source.bc")
    done
    "$clang" -O1 -w -I. "${bitcode[@]}" escape/check_runtime.c "${libraries[@]}" -o "$work/checked" && "$work/checked"
}
effects=()
expect "--check: no claim of places.c is violated" 0 "5 claims put to the test by 14 objects, 0 violated (0 times)" checked places.c
expect "--check: no claim of lists.c is violated" 0 "7 claims put to the test by 12 objects, 0 violated (0 times)" checked lists.c
effects=(--effects="$inputs/lie.effects")
for lie in "11:19: malloc(...) was claimed not to escape, but a pointer to it was stored outside the stack at " \
    "18:19: malloc(...) was claimed not to escape, but a pointer to it was returned at " \
    "25:19: malloc(...) was claimed not to escape, but a pointer to it that outlives its function was stored at " \
    "3 violated (3 times)"; do
    expect "--check: a lie in the effects is found: $lie" 3 "$lie" checked lie.c lie_store.c
done
finish
