# Draws the distribution of single operations: a panel a pair, time against percentile, stack
# against heap. Both axes are logarithmic: the percentile's in what is left above it.
#
#     gnuplot -c plots/percentiles.gp percentiles.tsv percentiles.svg|percentiles.png
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("percentiles.gp")] . "style.gp"

canvas_height = 1040
timer_colour = control_colour
colour_of(series) = series eq "stack" ? stack_colour : series eq "gc" ? gc_colour : \
    series eq "malloc" ? malloc_colour : series eq "timer" ? timer_colour : other_colour
name_of(series) = series eq "gc" ? "gc heap" : series

# What is in the table: panels, their names, the ends of both axes; of every series its place (its
# order in the panel) and where its middle and its 75th percentile lie.
panels = 0; names = ""; ns_low = 1e30; ns_high = 0; height_max = 2; series_list = ""
array middle[64]
array quarter[64]
array lines_of[64]
last = ""; n = 0
gather(panel, key, pair, series, ns, height) = ( \
    names = panel > panels ? names . "'" . pair . "' " : names, panels = max(panels, panel), \
    n = last eq key ? n : n + 1, \
    series_list = last eq key ? series_list : series_list . series . " ", \
    last = key, lines_of[n] = panel, \
    middle[n] = height >= 0.3 && middle[n] != middle[n] ? ns : middle[n], \
    quarter[n] = height >= 0.6 && quarter[n] != quarter[n] ? ns : quarter[n], \
    ns_low = min(ns_low, ns), ns_high = max(ns_high, ns), height_max = max(height_max, height), 0)
do for [i = 1:64] { middle[i] = NaN; quarter[i] = NaN; lines_of[i] = 0 }
stats data using (gather(column("panel"), strcol("panel") . strcol("series"), strcol("pair"), \
    strcol("series"), column("ns"), column("height"))) nooutput
# Room for the names left and right of the curves.
ns_low = ns_low / 50
ns_high = max(ns_high * 2, 1e4 * ns_low)

panels = int(panels)
columns = panels < 4 ? panels : panels == 4 ? 2 : 3
rows = (panels + columns - 1) / columns
axis_width = 114
grid_top = 160
grid_bottom = canvas_height - 78
gutter = 34
panel_width = (canvas_width - 2 * margin_px - axis_width - (columns - 1) * gutter) / columns
panel_height = (grid_bottom - grid_top) / rows
left_of(panel) = margin_px + axis_width + ((panel - 1) % columns) * (panel_width + gutter)
top_of(panel) = grid_top + int((panel - 1) / columns) * panel_height + 48
bottom_of(panel) = grid_top + (int((panel - 1) / columns) + 1) * panel_height - 46
x(panel, ns) = log_px(ns, ns_low, ns_high, left_of(panel), left_of(panel) + panel_width)
y(panel, height) = bottom_of(panel) - (bottom_of(panel) - top_of(panel)) * height / height_max

# A tick a decade, fewer where their texts would touch.
decade_px = panel_width / (log(ns_high / ns_low) / log(10))
decade_step = ceil(110 / decade_px)
heights = "0 0.30103 1 2 3 4 5 6 7"
percentiles = "p0 p50 p90 p99 p99.9 p99.99 p99.999 p99.9999 p99.99999"
do for [p = 1:panels] {
    set label word(names, p) at left_of(p),top_of(p)-22 front font bold(24) tc rgb text_colour
    do for [e = -1:10] {
        tick = 10.0 ** e
        if (tick >= ns_low && tick <= ns_high) {
            set arrow from x(p, tick),top_of(p) to x(p, tick),bottom_of(p)+7 nohead back \
                lc rgb grid_colour lw 1.5
            if (e >= 0 && e % decade_step == 0 && x(p, tick) < left_of(p) + panel_width - 30) {
                set label time_text(tick) at x(p, tick),bottom_of(p)+26 center front \
                    font plain(20) tc rgb text_colour
            }
        }
    }
    do for [i = 1:words(heights)] {
        height = word(heights, i) + 0.0
        # p0 is left out where it would touch p50.
        if (height <= height_max && (height > 0 || y(p, 0) - y(p, 0.30103) > 28)) {
            set arrow from left_of(p),y(p, height) to left_of(p)+panel_width,y(p, height) nohead \
                back lc rgb grid_colour lw 1.5
            if ((p - 1) % columns == 0) {
                set label word(percentiles, i) at left_of(p)-14,y(p, height) right front \
                    font plain(20) tc rgb text_colour
            }
        }
    }
    set arrow from left_of(p),top_of(p) to left_of(p),bottom_of(p) nohead lc rgb axis_colour lw 2
    set arrow from left_of(p),bottom_of(p) to left_of(p)+panel_width,bottom_of(p) nohead \
        lc rgb axis_colour lw 2
}

# The names: the timer's left of its curve at the bottom; at the 75th percentile, which is clear of
# that, the quicker side's left and the slower side's right of its curve. A name hides what it
# stands on; the quicker side's goes left of the timer's curve where the two are too close.
set style textbox opaque noborder fillcolor rgb "#FFFFFF" margins 0.5,0.3
names_y(p) = min(y(p, 0.65), bottom_of(p) - 52)
near(p, a, b) = x(p, a) - x(p, b) < 34 && x(p, a) > x(p, b)
do for [i = 1:n] {
    p = int(lines_of[i])
    if (word(series_list, i) eq "timer") {
        set label "timer" at x(p, middle[i])-10,bottom_of(p)-17 right front \
            font plain(22) tc rgb timer_colour
        fast = quarter[i + 1] <= quarter[i + 2] ? i + 1 : i + 2
        slow = fast == i + 1 ? i + 2 : i + 1
        from = near(p, quarter[fast], quarter[i]) ? quarter[i] : quarter[fast]
        set label name_of(word(series_list, fast)) at x(p, from)-12,names_y(p) right front boxed \
            font plain(24) tc rgb colour_of(word(series_list, fast))
        set label name_of(word(series_list, slow)) at x(p, quarter[slow])+12,names_y(p) left \
            front boxed font plain(24) tc rgb colour_of(word(series_list, slow))
    }
}
eval canvas_open
is(i) = column("panel") == lines_of[i] && strcol("series") eq word(series_list, i)
plot for [i = 1:n] data using (is(i) ? x(int(column("panel")), column("ns")) : NaN): \
        (y(int(column("panel")), column("height"))) \
        with steps lw (word(series_list, i) eq "timer" ? 2 : 3.5) \
        lc rgb colour_of(word(series_list, i)), \
    for [i = 1:n] data using \
        (is(i) && column("collected") > 0 ? x(int(column("panel")), column("ns")) : NaN): \
        (y(int(column("panel")), column("height"))) \
        with points pt 6 ps point_size(1.5) lw 2 lc rgb colour_of(word(series_list, i))
