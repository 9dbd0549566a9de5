# Draws the forest plot of a run: a row a workload and parameter, its ratios with their intervals,
# the verdicts in words at the right, the A/A controls last and in grey.
#
#     gnuplot -c plots/overview.gp overview.tsv overview.svg|overview.png
#
# The log axis gives 2× and 1/2× the same distance from 1; its ends follow the data. The picture is
# 1760×1040 and grows taller when that leaves a row too little room.
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("overview.gp")] . "style.gp"

row_px_min = 32
rows_top = 216
below_px = 166

row_count = 0; label_chars = 0; low = 1 / 1.03; high = 1.03
has_gc = 0; has_malloc = 0; has_other = 0; control_row = 0
gather(row, label, series, a, b, c) = ( \
    row_count = max(row_count, row), label_chars = max(label_chars, strlen(label)), \
    low = least(least(least(low, a), b), c), high = most(most(most(high, a), b), c), \
    has_gc = has_gc || series eq "gc", has_malloc = has_malloc || series eq "malloc", \
    has_other = has_other || series eq "other" || series eq "control", \
    control_row = series eq "control" && control_row == 0 ? row : control_row, 0)
number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN
stats data using (gather(column("row"), strcol("label"), strcol("series"), \
    number("ratio"), number("ratio_low"), number("ratio_high"))) nooutput
if (has_band) { low = min(low, band_low ** 1.5); high = max(high, band_high ** 1.5) }
pad = (high / low) ** 0.03
low = low / pad
high = high * pad

canvas_height = max(1040, rows_top + below_px + row_px_min * row_count)
row_px = (canvas_height - rows_top - below_px) / (1.0 * row_count)
rows_bottom = canvas_height - below_px
row_size = row_px < 40 ? 20 : 23
label_width = min(500, text_px("m", row_size) * label_chars)
label_size = min(row_size, label_width / (0.60 * label_chars))
column_px = 316
column_count = has_gc && has_malloc ? 2 : 1
plot_left = margin_px + label_width + 34
plot_right = canvas_width - margin_px - column_px * column_count - 20
eval canvas_open

x(ratio) = log_px(ratio, low, high, plot_left, plot_right)
middle(row) = rows_top + (row - 0.5) * row_px
both = has_gc && has_malloc
shift = both ? min(0.2 * row_px, 11) : 0
y(row, series) = middle(row) + (series eq "gc" ? -shift : series eq "malloc" ? shift : 0)
# Text columns: the ratio ends at column_x, the verdict begins a space after it.
column_x(series) = canvas_width - margin_px - column_px * \
    (both && series ne "malloc" ? 2 : 1) + 88

if (has_band) {
    set object 1 rectangle from x(band_low),rows_top to x(band_high),rows_bottom behind \
        fs solid noborder fc rgb band_colour
}
do for [row = 1:row_count] {
    set arrow from plot_left,middle(row) to plot_right,middle(row) nohead back \
        lc rgb guide_colour lw 1.5
}
if (control_row > 1) {
    set arrow from margin_px,rows_top+(control_row-1)*row_px \
        to canvas_width-margin_px,rows_top+(control_row-1)*row_px nohead back \
        lc rgb "#CCCCCC" lw 1.5
}
ticks = ratio_ticks(high / low)
do for [i = 1:words(ticks)] {
    tick = word(ticks, i) + 0.0
    if (tick >= low && tick <= high) {
        set arrow from x(tick),rows_top to x(tick),rows_bottom+8 nohead back \
            lc rgb grid_colour lw 1.5
        set label word(ticks, i)."×" at x(tick),rows_bottom+28 center front \
            font plain(22) tc rgb text_colour
    }
}
set arrow from x(1),rows_top to x(1),rows_bottom nohead back lc rgb "#666666" lw 1.5
set arrow from plot_left,rows_bottom to plot_right,rows_bottom nohead lc rgb axis_colour lw 2
set arrow from plot_left,rows_top to plot_left,rows_bottom nohead lc rgb axis_colour lw 2
caption = has_gc || has_malloc ? "slower than on the stack →" : "slower →"
set label caption at x(1)+14,rows_bottom+68 left font plain(20) tc rgb quiet_colour front
if (x(1) - plot_left > 120) {
    set label "← faster" at x(1)-14,rows_bottom+68 right font plain(20) tc rgb quiet_colour front
}
if (has_gc) {
    set label "gc ÷ stack" at column_x("gc")-60,rows_top-26 \
        font bold(22) tc rgb gc_colour \
        point pt gc_marker ps point_size(1.8) lc rgb gc_colour offset character 1.2,0
}
if (has_malloc) {
    set label "malloc ÷ stack" at column_x("malloc")-60,rows_top-26 \
        font bold(22) tc rgb malloc_colour \
        point pt malloc_marker ps point_size(2) lc rgb malloc_colour offset character 1.2,0
}

of(wanted, value) = strcol("series") eq wanted ? value : NaN
point_y = "y(column('row'), strcol('series'))"
row_y = "middle(column('row'))"
colour = "colour_of(strcol('series'))"
colour_of(series) = series eq "control" ? 0x757575 : 0x222222
# A row's label is drawn once: twice would look bold.
seen = " "
once(row, label) = strstrt(seen, sprintf(" %d ", row)) ? "" : \
    (seen = seen . sprintf("%d ", row), label)
said(verdict) = verdict eq "slower" || verdict eq "faster"
plot for [name in "control other malloc gc"] data using \
        (of(name, x(number("ratio_low")))):(@point_y): \
        (x(number("ratio_high")) - x(number("ratio_low"))):(0) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "control other malloc gc"] data using (of(name, x(number("ratio")))):(@point_y) \
        with points pt value(name . "_marker") ps series_size(name) lc rgb value(name . "_colour"), \
    data using (margin_px):(@row_y):(once(column("row"), strcol("label"))):(@colour) \
        with labels left font plain(label_size) tc rgb variable, \
    data using (column_x(strcol("series"))):(@row_y):(strcol("ratio_text")):(@colour) \
        with labels right font plain(row_size) tc rgb variable, \
    data using (column_x(strcol("series")) + 16):(@row_y):(strcol("verdict")): \
        (said(strcol("verdict")) ? @colour : 0x757575) \
        with labels left font plain(row_size - 1) tc rgb variable
