#!/bin/sh
# Draws the charts of a run.
#
#     scripts/plots.sh [RUN_DIR]        default: results/latest of the project
#
# For every chart NAME: RUN_DIR/charts/NAME.svg, NAME.png and the table they show, NAME.tsv; all
# copied into plots/latest/ of the project. A chart the run has no pairs for is left out with a
# line that says so, and an older one of that name is removed. Files appear whole or not at all.
# The chart `process` is drawn when the folder has a process.json, which may be all it has.
#
# ESCAPEMENT names the program that writes the tables (default: build/release/escapement),
# PLOTS_LATEST another folder in place of plots/latest.
# Exit 0; 2 with a message when something is missing or the run's pairs.json is damaged.
set -eu

fail()
{
    echo "plots.sh: $*" >&2
    exit 2
}

case "${1:-}" in
--help | -h)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
    exit 0
    ;;
-*) fail "unknown option $1 (usage: plots.sh [RUN_DIR])" ;;
esac
[ $# -le 1 ] || fail "expected at most one run folder, got $#"

root=$(cd "$(dirname "$0")/.." && pwd)
run=${1:-$root/results/latest}
latest=${PLOTS_LATEST:-$root/plots/latest}
escapement=${ESCAPEMENT:-$root/build/release/escapement}
# gnuplot's fonts come from fontconfig, its numbers must have a decimal point.
LC_ALL=C.UTF-8
export LC_ALL

command -v gnuplot >/dev/null ||
    fail "gnuplot is not installed (Debian: apt-get install gnuplot-nox)"
[ -d "$run" ] || fail "$run: no such run folder (make bench makes one)"
[ -r "$run/pairs.json" ] || [ -r "$run/process.json" ] ||
    fail "$run/pairs.json: missing or unreadable; is $run a run folder?"
command -v "$escapement" >/dev/null || fail "$escapement: no such program (make builds it)"
run=$(cd "$run" && pwd)
mkdir -p "$run/charts" "$latest" || fail "cannot make $run/charts or $latest"

work=$(mktemp -d "$run/charts/.drawing.XXXXXX") || fail "$run/charts: not writable"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Draws $1 into the work folder; returns 1 when the run has nothing for it.
draw()
{
    status=0
    case $1 in
    process) set -- process process --chart-data ;;
    *) set -- "$1" report --chart-data "$1" ;;
    esac
    chart=$1
    shift
    "$escapement" "$@" "$run" >"$work/$chart.tsv" 2>"$work/message" || status=$?
    set -- "$chart"
    if [ $status -ne 0 ] && [ "$1" = process ]; then
        cat "$work/message" >&2
        fail "$run/process.json: no table for its chart (exit $status of $escapement)"
    elif [ $status -ne 0 ]; then
        # overview comes first and needs any pair at all, so its failure means a bad run; a later
        # chart's exit 2 means that the run, known to be good, has no pairs for it.
        if [ "$1" = overview ] || [ $status -ne 2 ]; then
            cat "$work/message" >&2
            fail "$run/pairs.json: no table for the chart $1 (exit $status of $escapement)"
        fi
        return 1
    fi
    for kind in svg png; do
        gnuplot -c "$root/plots/$1.gp" "$work/$1.tsv" "$work/$1.$kind" 2>"$work/message" || {
            cat "$work/message" >&2
            fail "gnuplot could not draw $1.$kind"
        }
        [ -s "$work/$1.$kind" ] || fail "gnuplot left $1.$kind empty"
    done
    # gnuplot writes a bold font as a family of its own; and DejaVu Sans is Linux's, Verdana has
    # nearly its widths elsewhere.
    sed -e 's/font-family="DejaVu Sans:Bold"/font-family="DejaVu Sans" font-weight="bold"/g' \
        -e 's/font-family="DejaVu Sans"/font-family="DejaVu Sans, Verdana, sans-serif"/g' \
        "$work/$1.svg" >"$work/named"
    mv "$work/named" "$work/$1.svg"
}

# Moves a finished file into a folder on another file system, too, in one step.
place()
{
    name=$(basename "$1")
    cp "$1" "$2/.$name.$$" || fail "$2: cannot write $name"
    mv "$2/.$name.$$" "$2/$name" || fail "$2: cannot write $name"
}

drawn=
missing=
charts=
[ ! -r "$run/pairs.json" ] || charts="overview short_lived percentiles misses instructions crosscheck growth hot_split"
[ ! -r "$run/process.json" ] || charts="$charts process"
for chart in $charts; do
    if draw "$chart"; then
        drawn="$drawn $chart"
    else
        missing="$missing $chart"
        case $chart in
        percentiles) wanting="latency pass" ;;
        misses) wanting="counted cache misses over a working set" ;;
        growth) wanting="recursion under several strategies for stacks" ;;
        hot_split) wanting="hot_split under several strategies for stacks" ;;
        instructions) wanting="counted instructions" ;;
        crosscheck) wanting="counts of both hardware and simulation" ;;
        *) wanting="$chart pairs" ;;
        esac
        echo "plots.sh: $run has no $wanting: the chart $chart is left out"
    fi
done
for chart in $drawn; do
    for kind in tsv svg png; do
        place "$work/$chart.$kind" "$run/charts"
        place "$work/$chart.$kind" "$latest"
    done
done
for chart in $missing; do
    for kind in tsv svg png; do
        rm -f "$run/charts/$chart.$kind" "$latest/$chart.$kind"
    done
done
echo "charts:$drawn in $run/charts and $latest"
