# Draws the instructions of every pair's operation: a row a workload and parameter, a point a
# placement, the ratios to the stack in figures at the right. Simulated counts are hollow.
#
#     gnuplot -c plots/instructions.gp instructions.tsv instructions.svg|instructions.png
#
# The picture is 1760×1040 and grows taller when that leaves a row too little room.
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("instructions.gp")] . "style.gp"

row_px_min = 32
rows_top = 216
below_px = 142

number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN
row_count = 0; label_chars = 0; low = 1e30; high = 0
has_gc = 0; has_malloc = 0; has_other = 0
gather(row, label, series, a, b, c) = ( \
    row_count = max(row_count, row), label_chars = max(label_chars, strlen(label)), \
    low = least(least(least(low, a), b), c), high = most(most(most(high, a), b), c), \
    has_gc = has_gc || series eq "gc", has_malloc = has_malloc || series eq "malloc", \
    has_other = has_other || series eq "other", 0)
stats data using (gather(column("row"), strcol("label"), strcol("series"), \
    number("instructions"), number("instructions_low"), number("instructions_high"))) nooutput
if (high < 10 * low) { low = low / 2; high = high * 2 }
pad = (high / low) ** 0.03; low = low / pad; high = high * pad

canvas_height = max(1040, rows_top + below_px + row_px_min * row_count)
row_px = (canvas_height - rows_top - below_px) / (1.0 * row_count)
rows_bottom = canvas_height - below_px
row_size = row_px < 40 ? 20 : 23
label_width = min(500, text_px("m", row_size) * label_chars)
label_size = min(row_size, label_width / (0.60 * label_chars))
column_px = 214
column_count = has_gc + has_malloc + has_other
plot_left = margin_px + label_width + 34
plot_right = canvas_width - margin_px - column_px * column_count - 20
x(count) = log_px(count, low, high, plot_left, plot_right)
middle(row) = rows_top + (row - 0.5) * row_px
# A column a series: its right end.
column_x(series) = canvas_width - margin_px - 20 - column_px * \
    (series eq "gc" ? has_malloc + has_other : series eq "malloc" ? has_other : 0)

do for [row = 1:row_count] {
    set arrow from plot_left,middle(row) to plot_right,middle(row) nohead back \
        lc rgb guide_colour lw 1.5
}
# A decade a tick, fewer where their texts would touch.
decade_px = (plot_right - plot_left) / (log(high / low) / log(10))
decade_step = ceil(110 / decade_px)
count_text(count) = count < 1e3 ? sprintf("%g", count) : count < 1e6 ? sprintf("%g K", count / 1e3) : \
    count < 1e9 ? sprintf("%g M", count / 1e6) : sprintf("%g G", count / 1e9)
do for [e = -3:12] {
    tick = 10.0 ** e
    if (tick >= low && tick <= high && e % decade_step == 0) {
        set arrow from x(tick),rows_top to x(tick),rows_bottom+8 nohead back \
            lc rgb grid_colour lw 1.5
        set label count_text(tick) at x(tick),rows_bottom+28 center front \
            font plain(22) tc rgb text_colour
    }
}
set arrow from plot_left,rows_bottom to plot_right,rows_bottom nohead lc rgb axis_colour lw 2
set arrow from plot_left,rows_top to plot_left,rows_bottom nohead lc rgb axis_colour lw 2
do for [name in "gc malloc other"] {
    if (name eq "gc" ? has_gc : name eq "malloc" ? has_malloc : has_other) {
        set label (name eq "other" ? "second ÷ first" : name . " ÷ stack") \
            at column_x(name),rows_top-26 right font bold(22) tc rgb value(name . "_colour")
    }
}


# The names stand over the first points of theirs, with the marker, moved where they would touch:
# to the right of the one before; then, from the end of the axis on, to the left.
hollow = 0
at_stack = NaN; at_gc = NaN; at_malloc = NaN
note(placement, source, count) = ( \
    hollow = source eq "simulated", \
    at_stack = placement eq "stack" && at_stack != at_stack ? x(count) : at_stack, \
    at_gc = placement eq "gc" && at_gc != at_gc ? x(count) : at_gc, \
    at_malloc = placement eq "malloc" && at_malloc != at_malloc ? x(count) : at_malloc, 0)
stats data using (note(strcol("placement"), strcol("source"), number("instructions"))) nooutput
marker(placement) = (placement eq "stack" ? stack_marker : placement eq "gc" ? gc_marker : \
    placement eq "malloc" ? malloc_marker : other_marker) - hollow
# A name's room, marker included; two names are as far apart as half of both.
name_of(placement) = placement eq "gc" ? "gc heap" : placement
name_px(placement) = text_px(name_of(placement), 24) + 56
names = ""
do for [i = 1:3] {
    next = ""
    do for [name in "stack gc malloc"] {
        if (value("at_" . name) == value("at_" . name) && !strstrt(names, name) && \
            (next eq "" || value("at_" . name) < value("at_" . next))) { next = name }
    }
    names = names . next . " "
}
array name_left[4]
free_px = plot_left
do for [i = 1:words(names)] {
    name_left[i] = max(free_px, value("at_" . word(names, i)) - name_px(word(names, i)) / 2)
    free_px = name_left[i] + name_px(word(names, i))
}
free_px = plot_right
do for [i = words(names):1:-1] {
    name_left[i] = min(name_left[i], free_px - name_px(word(names, i)))
    free_px = name_left[i]
}
do for [i = 1:words(names)] {
    name = word(names, i)
    set label name_of(name) at name_left[i]+18,rows_top-26 left \
        font plain(24) tc rgb value(name . "_colour") \
        point pt marker(name) ps series_size(name) lw 2.5 lc rgb value(name . "_colour") \
        offset character 1.2,0
}

# stack:gc above stack:malloc where both share a row.
both = has_gc && has_malloc
shift = both ? min(0.2 * row_px, 11) : 0
y(row, series) = middle(row) + (series eq "gc" ? -shift : series eq "malloc" ? shift : 0)
point_y = "y(column('row'), strcol('series'))"
is(wanted) = wanted eq "other" ? \
    strstrt("stack gc malloc", strcol("placement")) == 0 : strcol("placement") eq wanted
of(wanted, value) = is(wanted) ? value : NaN
seen = " "
once(row, label) = strstrt(seen, sprintf(" %d ", row)) ? "" : \
    (seen = seen . sprintf("%d ", row), label)
eval canvas_open
# White below hollow markers, so that no line shows through.
plot data using (x(number("instructions"))):(@point_y) with lines lc rgb "#BBBBBB" lw 2.5, \
    for [name in "stack other malloc gc"] data using \
        (of(name, x(number("instructions")))):(@point_y) \
        with points pt marker(name) + hollow ps series_size(name) lc rgb "#FFFFFF", \
    for [name in "stack other malloc gc"] data using \
        (of(name, x(number("instructions_low")))):(@point_y): \
        (x(number("instructions_high")) - x(number("instructions_low"))):(0) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "stack other malloc gc"] data using \
        (of(name, x(number("instructions")))):(@point_y) \
        with points pt marker(name) ps series_size(name) lw 2.5 lc rgb value(name . "_colour"), \
    data using (margin_px):(middle(column("row"))):(once(column("row"), strcol("label"))) \
        with labels left font plain(label_size) tc rgb text_colour, \
    data using (number("ratio") > 0 ? column_x(strcol("series")) : NaN):(middle(column("row"))): \
        (strcol("ratio_text")) \
        with labels right font plain(row_size) tc rgb text_colour
