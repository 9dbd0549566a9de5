# Draws what hardware counted over what was simulated: instructions at the left, L1 misses at the
# right, a point a side of a pair, and the line where both are equal. Both axes of a panel are
# logarithmic and have one scale. The point farthest from the line has a ring and is named above.
#
#     gnuplot -c plots/crosscheck.gp crosscheck.tsv crosscheck.svg|crosscheck.png
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("crosscheck.gp")] . "style.gp"

canvas_height = 1040
panel_px = 648
panel_top = 240
panel_bottom = panel_top + panel_px
left_1 = margin_px + 132
left_2 = canvas_width - margin_px - 74 - panel_px
number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN

low_1 = 1e30; high_1 = 0; low_2 = 1e30; high_2 = 0; heading_1 = ""; heading_2 = ""
farthest_1 = ""; farthest_2 = ""; series_all = ""
keep_series(name) = strstrt(series_all, name) ? 0 : (series_all = series_all . name . " ", 0)
gather(panel, heading, label, series, ratio, far, a, b, c, d) = (keep_series(series), panel == 1 ? \
    (heading_1 = heading, farthest_1 = far > 0 ? label . ": " . ratio : farthest_1, \
     low_1 = least(least(least(least(low_1, a), b), c), d), \
     high_1 = most(most(most(most(high_1, a), b), c), d), 0) : \
    (heading_2 = heading, farthest_2 = far > 0 ? label . ": " . ratio : farthest_2, \
     low_2 = least(least(least(least(low_2, a), b), c), d), \
     high_2 = most(most(most(most(high_2, a), b), c), d), 0))
stats data using (gather(column("panel"), strcol("metric"), strcol("label"), strcol("series"), \
    strcol("ratio_text"), number("farthest"), number("simulated"), number("hardware"), \
    number("hardware_low"), number("hardware_high"))) nooutput
has(panel) = value(sprintf("high_%d", panel)) > 0
do for [i = 1:2] {
    if (has(i)) {
        low = value(sprintf("low_%d", i)); high = value(sprintf("high_%d", i))
        if (high < 10 * low) { low = low / 2; high = high * 2 }
        pad = (high / low) ** 0.05
        eval sprintf("low_%d = low / pad; high_%d = high * pad", i, i)
    }
}
at_x(panel, count) = panel == 1 ? log_px(count, low_1, high_1, left_1, left_1 + panel_px) : \
    log_px(count, low_2, high_2, left_2, left_2 + panel_px)
at_y(panel, count) = panel == 1 ? log_px(count, low_1, high_1, panel_bottom, panel_top) : \
    log_px(count, low_2, high_2, panel_bottom, panel_top)

count_text(count) = count < 1e3 ? sprintf("%g", count) : count < 1e6 ? \
    sprintf("%g k", count / 1e3) : sprintf("%g M", count / 1e6)
do for [i = 1:2] {
    left = value(sprintf("left_%d", i)); right = left + panel_px
    low = value(sprintf("low_%d", i)); high = value(sprintf("high_%d", i))
    if (has(i)) {
        ticks = high / low > 1e4 ? decades("1", -4) : high / low > 50 ? decades("1 3", -4) : \
            decades("1 2 5", -4)
        do for [k = 1:words(ticks)] {
            tick = word(ticks, k) + 0.0
            if (tick >= low && tick <= high) {
                set arrow from at_x(i, tick),panel_top to at_x(i, tick),panel_bottom+8 nohead back \
                    lc rgb grid_colour lw 1.5
                set arrow from left-8,at_y(i, tick) to right,at_y(i, tick) nohead back \
                    lc rgb grid_colour lw 1.5
                set label count_text(tick) at at_x(i, tick),panel_bottom+30 center \
                    font plain(20) tc rgb text_colour
                set label count_text(tick) at left-16,at_y(i, tick) right \
                    font plain(20) tc rgb text_colour
            }
        }
        set arrow from left,panel_bottom to right,panel_top nohead back lc rgb "#666666" lw 1.5
        set label "equal" at right+8,panel_top left font plain(20) tc rgb quiet_colour
        set arrow from left,panel_bottom to right,panel_bottom nohead lc rgb axis_colour lw 2
        set arrow from left,panel_top to left,panel_bottom nohead lc rgb axis_colour lw 2
        set label value(sprintf("heading_%d", i)) at left,panel_top-66 left \
            font bold(24) tc rgb text_colour
        ring_text = "ring: " . value(sprintf("farthest_%d", i))
        set label ring_text at left,panel_top-28 left font plain(fitting(ring_text, 21, panel_px)) \
            tc rgb quiet_colour
        set label "↑ hardware" at left-16,panel_bottom+66 right font plain(20) tc rgb quiet_colour
        set label "simulated →" at left,panel_bottom+66 left font plain(20) tc rgb quiet_colour
    } else {
        set label "no counts of both kinds" at left,panel_top left font plain(22) tc rgb quiet_colour
    }
}

# The names of the series, right-aligned above the right panel, in the order of their colours.
shown(series) = series eq "gc" ? "gc heap" : series
name_x = left_2 + panel_px
do for [name in "other malloc gc stack"] {
    if (strstrt(series_all, name)) {
        colour = value(name . "_colour")
        name_x = name_x - text_px(shown(name), 22)
        set label shown(name) at name_x,panel_top-66 left font bold(22) tc rgb colour
        name_x = name_x - 22
        set label "" at name_x,panel_top-66 point pt value(name . "_marker") ps series_size(name) \
            lc rgb colour
        name_x = name_x - 34
    }
}

of(wanted, value) = strcol("series") eq wanted ? value : NaN
point_x = "at_x(column('panel'), number('simulated'))"
point_y = "at_y(column('panel'), number('hardware'))"
interval(name) = at_y(column("panel"), number(name))
eval canvas_open
plot for [name in "other malloc gc stack"] data using (of(name, @point_x)): \
        (interval("hardware_low")):(0):(interval("hardware_high") - interval("hardware_low")) \
        with vectors nohead lw 2.5 lc rgb value(name . "_colour"), \
    for [name in "other malloc gc stack"] data using (of(name, @point_x)):(@point_y) \
        with points pt value(name . "_marker") ps 0.8 * series_size(name) \
        lc rgb value(name . "_colour"), \
    data using (number("farthest") > 0 ? @point_x : NaN):(@point_y) \
        with points pt 6 lw 2.5 ps point_size(4) lc rgb text_colour
