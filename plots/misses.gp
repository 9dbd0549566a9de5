# Draws cache misses a visited node over the size of a ring of nodes (pointer_chase): first and last
# level, stack and gc heap, with the modelled caches' sizes marked. Simulated counts are hollow.
#
#     gnuplot -c plots/misses.gp misses.tsv misses.svg|misses.png
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("misses.gp")] . "style.gp"

canvas_height = 860
plot_left = 160
plot_right = canvas_width - margin_px - 250
plot_top = 210
plot_bottom = 720

l1_bytes = NaN; ll_bytes = NaN
l1_dash = 1; ll_dash = 3
keep_sizes(key, value) = key eq "# l1_bytes" ? (l1_bytes = value + 0, 0) : \
    key eq "# ll_bytes" ? (ll_bytes = value + 0, 0) : 0
unset datafile columnheaders
set datafile commentschars ""
stats data using (keep_sizes(strcol(1), strcol(2))) nooutput
set datafile commentschars "#"
set datafile columnheaders

number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN
size_low = l1_bytes; size_high = ll_bytes; high = 1.0; sizes = ""; size_names = ""
l1_end = NaN; ll_end = NaN
gather(size, name, series, level, misses) = ( \
    size_low = min(size_low, size), size_high = max(size_high, size), high = most(high, misses), \
    first = series eq "stack" && level eq "l1", \
    sizes = first ? sizes . sprintf("%.0f ", size) : sizes, \
    size_names = first ? size_names . "'" . name . "' " : size_names, \
    l1_end = level eq "l1" ? misses : l1_end, ll_end = level eq "ll" ? misses : ll_end, 0)
stats data using (gather(number("size_bytes"), strcol("size"), strcol("series"), strcol("level"), \
    number("misses"))) nooutput

x_size(size) = plot_left + 60 + (plot_right - plot_left - 120) * log(size / size_low) / \
    log(size_high / size_low)
# Levels and series lie on each other where they agree: each stands a little beside its size.
beside(series, level) = (level eq "l1" ? -14 : 14) + (series eq "stack" ? -14 : 14)
x(size, series, level) = x_size(size) + beside(series, level)
y(misses) = plot_bottom - 30 - (plot_bottom - 30 - plot_top) * misses / high

do for [tick in "0 0.25 0.5 0.75 1"] {
    set arrow from plot_left-8,y(tick+0) to plot_right,y(tick+0) nohead back lc rgb grid_colour lw 1.5
    set label tick at plot_left-18,y(tick+0) right front font plain(22) tc rgb text_colour
}
set arrow from plot_left,plot_bottom to plot_right,plot_bottom nohead lc rgb axis_colour lw 2
set arrow from plot_left,plot_top to plot_left,plot_bottom nohead lc rgb axis_colour lw 2
do for [i = 1:words(sizes)] {
    set arrow from x_size(word(sizes, i)+0),plot_bottom rto 0,8 nohead lc rgb axis_colour lw 2
    set label word(size_names, i) at x_size(word(sizes, i)+0),plot_bottom+32 center front \
        font plain(22) tc rgb text_colour
}
set label "size of the ring" at (plot_left + plot_right) / 2,plot_bottom+70 center front \
    font plain(22) tc rgb quiet_colour
bytes_text(bytes) = bytes >= 1048576 ? sprintf("%g MiB", bytes / 1048576) : \
    sprintf("%g KiB", bytes / 1024)
do for [cache in "l1 ll"] {
    cache_x = x_size(value(cache . "_bytes"))
    set arrow from cache_x,plot_top-14 to cache_x,plot_bottom nohead back lc rgb "#666666" lw 2 dt 2
    set label "" . (cache eq "l1" ? "L1 " : "last level ") . bytes_text(value(cache . "_bytes")) \
        at cache_x,plot_top-30 center front font plain(22) tc rgb text_colour
}

# The key, at the right: a marker a series, a shape of line a level.
key_x = plot_right + 40
do for [i = 1:4] {
    name = word("stack stack gc gc", i); level = word("l1 ll l1 ll", i)
    key_y = plot_top + 30 + i * 44
    set arrow from key_x,key_y to key_x+56,key_y nohead front lw 3 \
        lc rgb value(name . "_colour") dt value(level . "_dash")
    set label "" . (name eq "gc" ? "gc heap" : name) . (level eq "l1" ? ", L1" : ", last") \
        at key_x+70,key_y left front font plain(24) tc rgb value(name . "_colour")
}

of(series, level, value) = strcol("series") eq series && strcol("level") eq level ? value : NaN
here = "x(number('size_bytes'), strcol('series'), strcol('level'))"
hollow(series) = series eq "stack" ? 6 : 4
eval canvas_open
plot for [level in "l1 ll"] for [name in "stack gc"] \
        data using (of(name, level, @here)):(y(number("misses"))) with lines lw 2.5 \
        dt value(level . "_dash") lc rgb value(name . "_colour"), \
    for [level in "l1 ll"] for [name in "stack gc"] \
        data using (of(name, level, @here)):(y(number("misses"))) with points \
        pt hollow(name) ps series_size(name) lw 3 lc rgb value(name . "_colour")
