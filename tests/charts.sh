#!/bin/sh
# scripts/plots.sh on a golden run: pictures, their size, the same bytes twice, and its errors.
# ESCAPEMENT may name the program (default: build/release/escapement).
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
ESCAPEMENT=${ESCAPEMENT:-$root/build/release/escapement}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PLOTS_LATEST=$work/latest
export ESCAPEMENT PLOTS_LATEST
passed=0
failed=0

# check NAME COMMAND...: counts whether the command succeeds.
check()
{
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok   $name"
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        cat "$work/output" 2>/dev/null
    fi
}

# A run folder named $1 with the pairs.json $2.
make_run()
{
    mkdir -p "$work/$1" && cp "$2" "$work/$1/pairs.json"
}

# draws STATUS RUN: draws from a folder that is not the project's and expects that exit status.
draws()
{
    (cd / && "$root/scripts/plots.sh" "$work/$2") >"$work/output" 2>&1
    [ $? -eq "$1" ]
}

says()
{
    grep -q -e "$1" "$work/output"
}

# The width and height in a PNG's header, in decimal.
png_size()
{
    od -An -tu1 -j16 -N8 "$1" |
        awk '{ print $1 * 16777216 + $2 * 65536 + $3 * 256 + $4 "x" $5 * 16777216 + $6 * 65536 + $7 * 256 + $8 }'
}

has_size()
{
    [ "$(png_size "$1")" = 1760x1040 ]
}

same_charts()
{
    for file in "$work/one/charts"/*; do
        cmp "$file" "$work/two/charts/$(basename "$file")" || return 1
        cmp "$file" "$work/kept/$(basename "$file")" || return 1
    done
}

nothing_left()
{
    [ -z "$(find "$work" -name '.drawing*' -o -name '.*.png.*')" ] && [ ! -e "$work/$1/charts/overview.png" ]
}

golden=$root/tests/golden/charts_pairs.json
make_run one "$golden"
make_run two "$golden"
cp "$root/tests/golden/charts_latency.json" "$work/one/latency.json"
cp "$work/one/latency.json" "$work/two/"
# A run of a machine with hardware counters and valgrind.
make_run counted "$root/tests/golden/charts_both_counters.json"
check "draws a run with both kinds of counts" draws 0 counted
check "crosscheck.svg is whole" grep -q '</svg>' "$work/counted/charts/crosscheck.svg"
check "crosscheck.png is 1760x1040" has_size "$work/counted/charts/crosscheck.png"
check "draws a run" draws 0 one
check "and leaves the crosscheck out" says 'no counts of both hardware and simulation: the chart crosscheck is left out'
check "and the older crosscheck is gone" [ ! -e "$work/latest/crosscheck.png" ]
cp -r "$work/latest" "$work/kept"
check "draws it again" draws 0 two
for chart in overview short_lived percentiles; do
    check "$chart.tsv has a title" grep -q '^# title	.' "$work/one/charts/$chart.tsv"
    check "$chart.svg is one" grep -q '<svg' "$work/one/charts/$chart.svg"
    check "$chart.svg is whole" grep -q '</svg>' "$work/one/charts/$chart.svg"
    check "$chart.png is 1760x1040" has_size "$work/one/charts/$chart.png"
done
check "the same input gives the same bytes, in the run and in latest" same_charts

mkdir "$work/other"
grep -v '"short_lived"' "$golden" >"$work/other/pairs.json"
cp "$work/one/charts/short_lived.png" "$work/one/charts/percentiles.png" "$work/latest/"
check "a run without short_lived is drawn" draws 0 other
check "and says what is left out" says 'no short_lived pairs'
check "and that there was no latency pass" says 'no latency pass: the chart percentiles is left out'
check "and that nothing was counted" says 'no counted instructions: the chart instructions is left out'
check "nor over a working set" says 'no counted cache misses over a working set'
check "and the older chart is gone" [ ! -e "$work/latest/short_lived.png" ]
check "and the older percentiles, too" [ ! -e "$work/latest/percentiles.png" ]

check "no run folder: exit 2" draws 2 nowhere
check "no run folder: says which" says 'nowhere: no such run folder'
mkdir "$work/empty"
check "no pairs.json: exit 2" draws 2 empty
check "no pairs.json: says so" says 'empty/pairs.json: missing'
mkdir "$work/damaged"
head -c 700 "$golden" >"$work/damaged/pairs.json"
check "damaged JSON: exit 2" draws 2 damaged
check "damaged JSON: names the file" says 'damaged/pairs.json'
check "damaged JSON: nothing is left behind" nothing_left damaged

# A PATH with what the script needs, but no gnuplot.
mkdir "$work/bin"
for tool in sh dirname basename sed cat rm mktemp mkdir; do
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done
no_gnuplot()
{
    PATH=$work/bin "$root/scripts/plots.sh" "$work/one" >"$work/output" 2>&1
    [ $? -eq 2 ] && says 'gnuplot is not installed'
}
check "no gnuplot: exit 2, says what to install" no_gnuplot

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
