# Draws cache misses per operation over the working set: a column of panels a workload, the first
# level above, the last level below; stack against heap. Log axes, with a line of its own for 0.
# Hollow: simulated; filled: hardware. The grey diagonal is one miss a line of the working set.
#
#     gnuplot -c plots/misses.gp misses.tsv misses.svg|misses.png
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("misses.gp")] . "style.gp"

# Head lines of this chart alone.
line_bytes = NaN; model_L1D_bytes = NaN; model_LL_bytes = NaN
machine_L1D_bytes = NaN; machine_LL_bytes = NaN
own_keys = "line_bytes model_L1D_bytes model_LL_bytes machine_L1D_bytes machine_LL_bytes"
own(key, text, name) = key eq ("# " . name) && strlen(text) ? (found = text + 0.0, 0) : 0
unset datafile columnheaders
set datafile commentschars ""
do for [name in own_keys] {
    found = NaN
    stats data using (own(strcol(1), strcol(2), name)) nooutput
    eval sprintf("%s = found", name)
}
set datafile commentschars "#"
set datafile columnheaders

canvas_height = 1040
number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN
panels = 0; names = ""; size_low = 1e30; size_high = 0; low = 1e30; high = 0
has_gc = 0; has_malloc = 0; levels = " "
above_zero(value, otherwise) = value > 0 ? value : otherwise
gather(panel, workload, level, series, size, a, b, c) = ( \
    names = panel > panels ? names . workload . " " : names, panels = max(panels, panel), \
    size_low = min(size_low, size), size_high = max(size_high, size), \
    low = min(low, above_zero(least(least(a, b), c), above_zero(a, low))), \
    high = most(most(most(high, a), b), c), \
    levels = strstrt(levels, sprintf(" %d,%s ", panel, level)) ? levels : \
        levels . sprintf("%d,%s ", panel, level), \
    has_gc = has_gc || series eq "gc", has_malloc = has_malloc || series eq "malloc", 0)
stats data using (gather(column("panel"), strcol("workload"), strcol("level"), strcol("series"), \
    number("size_bytes"), number("misses"), number("misses_low"), number("misses_high"))) nooutput
panels = int(panels)
if (high <= 0) { low = 1; high = 100 }
# The modelled caches are within the axis; whole decades below, so that a tick is at the end.
size_low = least(least(size_low, model_L1D_bytes), model_LL_bytes)
size_high = most(most(size_high, model_L1D_bytes), model_LL_bytes)
if (size_high < 4 * size_low) { size_low = size_low / 2; size_high = size_high * 2 }
low = 10.0 ** floor(log10(low))
high = most(high, size_high / line_bytes) * 2
if (high < 100 * low) { high = 100 * low }

axis_width = 92
names_px = 112
gutter = 26
grid_top = 168
row_height = 394
panel_width = (canvas_width - 2 * margin_px - axis_width - (panels - 1) * gutter) / panels - names_px
left_of(panel) = margin_px + axis_width + (panel - 1) * (panel_width + names_px + gutter)
right_of(panel) = left_of(panel) + panel_width
row_of(level) = level eq "L1D" ? 0 : 1
top_of(level) = grid_top + 66 + row_of(level) * row_height
zero_of(level) = top_of(level) + 286
x(panel, size) = log_px(size, size_low, size_high, left_of(panel) + 26, right_of(panel) - 26)
# The strip above the axis is for the names of the caches.
y(level, misses) = misses > 0 ? \
    log_px(max(misses, low), low, high, zero_of(level) - 34, top_of(level) + 34) : zero_of(level)
bytes_text(bytes) = bytes < 1024 ? sprintf("%g B", bytes) : bytes < 1048576.0 ? \
    sprintf("%g KiB", bytes / 1024) : bytes < 1073741824.0 ? sprintf("%g MiB", bytes / 1048576.0) : \
    sprintf("%g GiB", bytes / 1073741824.0)
count_text(count) = count < 1e3 ? sprintf("%g", count) : count < 1e6 ? sprintf("%g K", count / 1e3) : \
    count < 1e9 ? sprintf("%g M", count / 1e6) : sprintf("%g G", count / 1e9)
level_text(level) = level eq "L1D" ? "first-level data cache" : "last-level cache"

set style textbox opaque noborder fillcolor rgb "#FFFFFF" margins 0.3,0.2
octave_px = (panel_width - 52) / (log(size_high / size_low) / log(2))
octave_step = octave_px * 2 >= 106 ? 2 : octave_px * 5 >= 106 ? 5 : 10
decade_px = (y("L1D", low) - y("L1D", high)) / log10(high / low)
decade_step = ceil(27 / decade_px)
do for [p = 1:panels] {
    do for [level in "L1D LL"] {
        top = top_of(level); zero = zero_of(level)
        set label (word(names, p) . ", " . level_text(level)) at left_of(p),top-40 front \
            font bold(23) tc rgb text_colour
        do for [e = -6:12] {
            tick = 10.0 ** e
            if (tick >= low * 0.999 && tick <= high && e % decade_step == 0) {
                set arrow from left_of(p)-7,y(level, tick) to right_of(p),y(level, tick) nohead back \
                    lc rgb grid_colour lw 1.5
                if (p == 1) {
                    set label count_text(tick) at left_of(p)-16,y(level, tick) right front \
                        font plain(20) tc rgb text_colour
                }
            }
        }
        set arrow from left_of(p)-7,zero to right_of(p),zero nohead back lc rgb axis_colour lw 2
        if (p == 1) {
            set label "0" at left_of(p)-16,zero right front font plain(20) tc rgb text_colour
        }
        # The left border ends where the log axis does.
        set arrow from left_of(p),top to left_of(p),y(level, low) nohead lc rgb axis_colour lw 2
        do for [e = 0:40:octave_step] {
            tick = 2.0 ** e
            if (tick >= size_low && tick <= size_high) {
                set arrow from x(p, tick),zero rto 0,8 nohead lc rgb axis_colour lw 2
                set label bytes_text(tick) at x(p, tick),zero+28 center front \
                    font plain(20) tc rgb text_colour
            }
        }
        if (line_bytes == line_bytes) {
            from = max(size_low, low * line_bytes)
            set arrow from x(p, from),y(level, from / line_bytes) \
                to x(p, size_high),y(level, size_high / line_bytes) nohead back lc rgb "#BBBBBB" lw 2
        }
        # Beside the upper ends of their lines; a name hides what it stands on.
        do for [kind in "model machine"] {
            bytes = value(kind . "_" . level . "_bytes")
            if (bytes == bytes && bytes >= size_low && bytes <= size_high) {
                line_x = x(p, bytes)
                dash = kind eq "model" ? 2 : 1
                set arrow from line_x,top-14 to line_x,zero nohead back lc rgb quiet_colour lw 2 dt dash
                caption = (kind eq "model" ? "modelled: " : "this machine: ") . bytes_text(bytes)
                caption_y = top + (kind eq "model" ? -4 : 20)
                if (line_x - left_of(p) > text_px(caption, 19) + 20) {
                    set label caption at line_x-12,caption_y right front boxed font plain(19) \
                        tc rgb quiet_colour
                } else {
                    set label caption at line_x+12,caption_y left front boxed font plain(19) \
                        tc rgb quiet_colour
                }
            }
        }
        if (!strstrt(levels, sprintf(" %d,%s ", p, level))) {
            set label "not available on this machine" at left_of(p)+panel_width/2,0.5*(top+zero) \
                center front font plain(22) tc rgb quiet_colour
        }
    }
}
# The diagonal's name stands above its lower end, where its own end does not reach it.
if (line_bytes == line_bytes) {
    caption = "one miss a line"
    caption_px = text_px(caption, 19)
    octaves = (caption_px + 14) / octave_px
    do for [p = 1:panels] {
        set label caption at left_of(p)+16,y("L1D", max(size_low, low * line_bytes) * 2 ** octaves / line_bytes)-14 \
            left front font plain(19) tc rgb quiet_colour
    }
}

# The names stand right of the last points, as high as these, pushed apart where they would touch.
gap = 28
last_stack = NaN; last_gc = NaN; last_malloc = NaN; p = 0
remember(panel, level, series, misses) = panel == p && level eq wanted ? ( \
    last_stack = series eq "stack" ? y(level, misses) : last_stack, \
    last_gc = series eq "gc" ? y(level, misses) : last_gc, \
    last_malloc = series eq "malloc" ? y(level, misses) : last_malloc, 0) : 0
push(a, b) = a == a && b == b && abs(a - b) < gap ? (a <= b ? -1 : 1) : 0
do for [p = 1:panels] {
    do for [wanted in "L1D LL"] {
        last_stack = NaN; last_gc = NaN; last_malloc = NaN
        stats data using (remember(column("panel"), strcol("level"), strcol("series"), \
            number("misses"))) nooutput
        do for [i = 1:100] {
            s = push(last_stack, last_gc); last_stack = last_stack + s; last_gc = last_gc - s
            s = push(last_gc, last_malloc); last_gc = last_gc + s; last_malloc = last_malloc - s
            s = push(last_stack, last_malloc)
            last_stack = last_stack + s; last_malloc = last_malloc - s
        }
        do for [name in "stack gc malloc"] {
            if (value("last_" . name) == value("last_" . name)) {
                set label (name eq "gc" ? "gc heap" : name) at right_of(p)+8,value("last_" . name) \
                    left front font plain(23) tc rgb value(name . "_colour")
            }
        }
    }
}

# Placements side by side, so that equal counts do not hide each other.
both = has_gc && has_malloc
shift(series) = both ? (series eq "stack" ? -13 : series eq "gc" ? 0 : 13) : series eq "stack" ? -7 : 7
point_x = "x(column('panel'), column('size_bytes')) + shift(strcol('series'))"
of(series, source, value) = strcol("series") eq series && strcol("source") eq source ? value : NaN
either(value, otherwise) = value == value ? value : otherwise
eval canvas_open
plot for [name in "stack malloc gc"] data using \
        (strcol("series") eq name ? @point_x : NaN): \
        (y(strcol("level"), either(number("misses_low"), number("misses")))):(0): \
        (y(strcol("level"), either(number("misses_high"), number("misses"))) - \
         y(strcol("level"), either(number("misses_low"), number("misses")))) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "stack malloc gc"] data using \
        (of(name, "hardware", @point_x)):(y(strcol("level"), number("misses"))) \
        with points pt value(name . "_marker") ps series_size(name) lc rgb value(name . "_colour"), \
    for [name in "stack malloc gc"] data using \
        (of(name, "simulated", @point_x)):(y(strcol("level"), number("misses"))) \
        with points pt value(name . "_marker") - 1 ps series_size(name) lw 2.5 \
        lc rgb value(name . "_colour")
