#!/usr/bin/env bash
# Every chart at 6 and at 40 pairs with made-up numbers: no text overlaps another or a marker, leaves
# the picture or is too small. tests/chart_fixture.py makes the runs, tests/chart_boxes.py looks for faults.
# A chart is a file plots/*.gp; a new one is tested without being named here.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export ESCAPEMENT=${ESCAPEMENT:-build/${VARIANT:-release}/escapement} PLOTS_LATEST=$work/latest
python=/usr/bin/python3

# ---- that the checker sees what is wrong ---------------------------------------------------------
# In DejaVu Sans an m is 1995/2048 of the size wide, so "mmmm" at 20 px is 77.93 px; in bold 2134/2048:
# 83.36 px.
two_texts() { # FILE X OF THE SECOND [ATTRIBUTES OF THE FIRST [TEXT ANCHOR OF THE SECOND]]
    cat >"$1" <<SVG
<svg width="400" height="100" xmlns="http://www.w3.org/2000/svg">
<g transform="translate(100.00,50.00)" font-size="20.00" text-anchor="start" $3><text>mmmm</text></g>
<g transform="translate($2,50.00)" font-size="20.00" text-anchor="${4:-start}"><text>mmmm</text></g>
</svg>
SVG
}
faulty() { # TEXT FILE... : the checker finds that fault
    expect "the checker finds: $1" 1 "$1" "$python" tests/chart_boxes.py "${@:2}"
}
two_texts "$work/apart.svg" 178 ""
check "texts a tenth of a pixel apart are apart" "$python" tests/chart_boxes.py "$work/apart.svg"
two_texts "$work/over.svg" 177.5 ""
faulty "'mmmm' overlaps 'mmmm' at 178,35" "$work/over.svg"
two_texts "$work/bold.svg" 182 'font-weight="bold"'
faulty "'mmmm' overlaps 'mmmm' at 182,35" "$work/bold.svg"
two_texts "$work/end.svg" 255 "" end
faulty "'mmmm' overlaps 'mmmm' at 177,35" "$work/end.svg"
two_texts "$work/outside.svg" 323 ""
faulty "'mmmm' leaves the picture" "$work/outside.svg"
sed 's/"20.00"/"12.00"/' "$work/apart.svg" >"$work/small.svg"
faulty "'mmmm' is too small" "$work/small.svg"
echo '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>' >"$work/empty.svg"
expect "a picture without a text is no chart" 2 "no text" "$python" tests/chart_boxes.py "$work/empty.svg"

# ---- every chart ---------------------------------------------------------------------------------
charts=$(for file in plots/*.gp; do basename "$file" .gp; done | grep -vx style)
drawn() { # RUN: all charts are there
    local chart
    for chart in $charts; do
        [ -s "$1/charts/$chart.svg" ] || { echo "no $chart" && return 1; }
    done
}
# Even seeds: no hardware counters, as on most machines, so a chart may be left out.
for pair_count in 6 40; do
    for seed in 1 2 3; do
        run=$work/$pair_count.$seed
        $python tests/chart_fixture.py $pair_count $seed "$run" || exit 2
        check "draws $pair_count pairs, seed $seed" scripts/plots.sh "$run"
        [ $seed -ne 1 ] || check "all charts, seed $seed" drawn "$run"
        for file in "$run"/charts/*.svg; do
            check "$(basename "$file" .svg), $pair_count pairs, seed $seed: nothing overlaps" \
                "$python" tests/chart_boxes.py "$file"
        done
    done
done
check "no hardware: said, not drawn as zeros" grep -q 'not available on this machine' "$work/6.2/charts/misses.tsv"
check "no hardware: no such point" bash -c "! grep -q 'hardware$(printf '\t')' $work/6.2/charts/misses.tsv"

cp -r "$work/6.1/charts" "$work/before"
scripts/plots.sh "$work/6.1" >/dev/null
check "drawn again: the same bytes" diff -r "$work/before" "$work/6.1/charts"

# Four rows put onto the first one: a chart that must be found faulty.
spoilt=$work/spoilt.tsv
awk 'BEGIN { FS = OFS = "\t" } $1 > 1 && $1 < 6 { $1 = 1 } { print }' "$work/40.2/charts/instructions.tsv" >"$spoilt"
gnuplot -c plots/instructions.gp "$spoilt" "$work/spoilt.svg" 2>/dev/null
faulty "overlaps" "$work/spoilt.svg"

# A level that nobody counted says so in its panel.
grep -v "$(printf '\tLL\t')" "$work/6.1/charts/misses.tsv" >"$work/one_level.tsv"
gnuplot -c plots/misses.gp "$work/one_level.tsv" "$work/one_level.svg"
check "a level without counts" grep -q '>not available on this machine<' "$work/one_level.svg"
check "a level without counts: nothing overlaps" "$python" tests/chart_boxes.py "$work/one_level.svg"
finish
