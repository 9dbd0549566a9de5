#!/usr/bin/env bash
# What `make check` adds to `make test`: the suite under sanitizers and with assertions, static analysis, rules of the tree.
#
#   scripts/check.sh [rules]     rules: only what needs no build: rules of the tree, style, static analysis
#
# Every step prints one line; the output of a failed one follows it. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh

sources() { # PATTERN... : tracked or new files, never ignored ones
    git ls-files --cached --others --exclude-standard -- "$@"
}

# ---- include rules: FOLDER may include what matches REGEX ---------------------------------------
includes_only() { # FOLDER REGEX
    local bad
    bad=$(sources "$1/*.[ch]" "$1/*.cc" | xargs grep -nHE '^#include "' | grep -vE "#include \"($2)")
    echo "$bad"
    [ -z "$bad" ]
}
check "base includes only itself" includes_only base 'base/'
check "runtime includes only base and itself" includes_only runtime '(base|runtime)/'
check "benches include only harness/workload.h" includes_only benches 'harness/workload\.h"'
check "macros include only harness/workload.h, base, runtime, themselves" \
    includes_only macros '(harness/workload\.h"|(base|runtime|macros)/)'
check "peers include only base, the runtime, themselves" includes_only peers '(base|runtime|peers)/'
check "escape includes only base and itself" includes_only escape '(base|escape)/'
check "harness includes only base, itself, runtime" includes_only harness '(base|harness|runtime)/'
# Of the harness only what is linked into the worker may know the runtime.
runtime_users() {
    local bad
    bad=$(sources 'harness/*' | xargs grep -lE '#include "runtime/' |
        grep -vxE 'harness/(placement.*|workload\.h|(measure(_(counters|latency|strategies))?|measured_side|strategy)\.[ch]|count\.c|worker_(main|sites)\.c|library_boehm\.c)')
    echo "$bad"
    [ -z "$bad" ]
}
check "only the worker's files include the runtime" runtime_users
no_sources_included() {
    ! sources '*.[ch]' '*.cc' | xargs grep -nE '^#include ".*\.(c|cc)"'
}
check "no source file is included" no_sources_included

unique_names() {
    local twice
    twice=$(sources '*.[ch]' '*.cc' '*.S' | grep -vE '^tests/(broken|escape)/' | sed 's|.*/||' | sort | uniq -d)
    echo "$twice"
    [ -z "$twice" ]
}
check "file names are unique" unique_names

headers_compile() {
    local header llvm
    llvm=$(llvm-config-19 --includedir) || return 1
    for header in $(sources '*.h' | grep -vE 'harness/placement_(stack|gc|malloc|auto|boehm|mimalloc|jemalloc|explicit)\.h|harness/workload\.h|macros/macro\.h|peers/peer.*\.h'); do
        gcc -std=gnu17 -I. -isystem "$llvm" -Wall -Wextra -Werror -fsyntax-only -x c "$header" || return 1
    done
}
check "every header compiles alone" headers_compile

# ---- style and static analysis ------------------------------------------------------------------
long_files() {
    local long
    long=$(sources '*.[ch]' '*.cc' '*.S' | grep -v '^tests/' | xargs wc -l | awk '$1 > 400 && $2 != "total"')
    echo "$long"
    [ -z "$long" ]
}
check "no source file over 400 lines" long_files
check "clang-format" bash -c 'git ls-files -co --exclude-standard "*.[ch]" "*.cc" | xargs clang-format-19 --dry-run --Werror'
check "shellcheck" bash -c 'git ls-files -co --exclude-standard "*.sh" .ci/run | xargs shellcheck -x'
tidy() {
    # shellcheck disable=SC2046
    clang-tidy-19 --quiet $(sources 'base/*.c' 'runtime/*.c' 'harness/*.c') -- -std=gnu17 -I. \
        -DESCAPEMENT_VERSION='""' 2>/dev/null
}
check "clang-tidy" tidy
clang_builds() {
    local source
    for source in $(sources 'base/*.c' 'runtime/*.c' 'harness/*.c'); do
        clang-19 -std=gnu17 -I. -O2 -Wall -Wextra -Wshadow -Werror -fsyntax-only "$source" || return 1
    done
}
check "clang compiles base, runtime and harness without a warning" clang_builds

if [ "${1:-}" = rules ]; then
    finish
    exit
fi

# ---- variants -----------------------------------------------------------------------------------
macros_agree() { # VARIANT: whole programs at smoke size, one checksum in all placements
    local program sums
    make -s VARIANT="$1" "build/$1/macros" || return 1
    for program in build/"$1"/macros/*.stack; do
        sums=$(for p in "${program%stack}"*; do [ ! -x "$p" ] || "$p" --smoke || echo "$p failed"; done)
        [ "$(sort -u <<<"$sums" | wc -l)" -eq 1 ] || { echo "$program: $sums" && return 1; }
    done
}
suite() { # VARIANT
    make -s VARIANT="$1" "build/$1/worker" "build/$1/escapement" "build/$1/tests" &&
        macros_agree "$1" && scripts/test.sh "$1" && "build/$1/worker" --smoke --pair=stack:gc --pair=stack:malloc --pair=gc:gc
}
check "debug suite: assertions on, warnings are errors" suite debug
check "asan suite" suite asan
check "ubsan suite" suite ubsan
# The scheduler, what passes through channels and the shared heap; and with a fibre a coroutine.
raceless() { # VARIANT TEST...
    make -s VARIANT="$1" "build/$1/tests" && scripts/test.sh "$@"
}
check "tsan: scheduler, channels, coroutines, heap" \
    raceless tsan test_scheduler test_channel model_channel test_coroutine model_heap \
    model_graph test_barrier test_heap_stats test_write_oracle
check "tsan with fibres: scheduler" raceless fibres test_scheduler
# Random graphs and hiding places need luck to find a hole: more of it than `make test` has time for.
longer() { # VARIANT TEST...
    make -s VARIANT="$1" "build/$1/tests" && TEST_LENGTH=8 scripts/test.sh "$@"
}
check "heap and collector, eight times as long" \
    longer debug model_graph test_barrier test_heap_stats test_fragmentation test_write_oracle
check "position-independent and static programs link the library" tests/link_user.sh
check "escape on zlib, lua, jansson, sqlite: each difference from LLVM's inference has a class" scripts/escape_oracle.sh
check "escape: 1,000 random programs beyond those of make test" tests/escape_random.sh 1000 100001
check "aarch64: the runtime builds, and its tests run under qemu" scripts/check_aarch64.sh
check "random programs: every strategy against a thread" scripts/check_csmith.sh
check "the suite under stress and every strategy" tests/strategies.sh --stress
finish
