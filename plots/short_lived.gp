# Draws the size sweep of short_lived: time per operation above (a dumbbell a size: stack, gc heap,
# malloc), the ratio to the stack with its interval and the equivalence band below. All log axes.
#
#     gnuplot -c plots/short_lived.gp short_lived.tsv short_lived.svg|short_lived.png
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("short_lived.gp")] . "style.gp"

canvas_height = 1040
plot_left = 160
plot_right = canvas_width - margin_px
upper_top = 168
upper_bottom = 570
lower_top = 622
lower_bottom = 908

number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN
size_low = 1e30; size_high = 0; ns_low = 1e30; ns_high = 0; low = 1 / 1.03; high = 1.03
has_gc = 0; has_malloc = 0; sizes = ""; size_names = ""
gather(size, name, series, ns, ns_l, ns_h, r, r_l, r_h) = ( \
    size_low = min(size_low, size), size_high = max(size_high, size), \
    sizes = series eq "stack" ? sizes . sprintf("%.0f ", size) : sizes, \
    size_names = series eq "stack" ? size_names . "'" . name . "' " : size_names, \
    ns_low = least(least(least(ns_low, ns), ns_l), ns_h), \
    ns_high = most(most(most(ns_high, ns), ns_l), ns_h), \
    low = least(least(least(low, r), r_l), r_h), high = most(most(most(high, r), r_l), r_h), \
    has_gc = has_gc || series eq "gc", has_malloc = has_malloc || series eq "malloc", 0)
stats data using (gather(number("size_bytes"), strcol("size"), strcol("series"), number("ns"), \
    number("ns_low"), number("ns_high"), number("ratio"), number("ratio_low"), \
    number("ratio_high"))) nooutput
if (has_band) { low = min(low, band_low); high = max(high, band_high) }
if (ns_high <= 0) { ns_low = 1; ns_high = 10 }
if (ns_high < 3 * ns_low) { ns_low = ns_low / 1.5; ns_high = ns_high * 1.5 }
# Room for the points, and below for the ratios written above and under them.
pad = (ns_high / ns_low) ** 0.07; ns_low = ns_low / pad; ns_high = ns_high * pad
pad = (high / low) ** 0.25; low = low / pad; high = high * pad

doublings = max(1, log(size_high / size_low) / log(2))
size_left = plot_left + 280
size_right = plot_right - 70
x_size(size) = size_high == size_low ? (size_left + size_right) / 2 : \
    size_left + (size_right - size_left) * log(size / size_low) / log(size_high / size_low)
dodge = min(26, 0.22 * (size_right - size_left) / doublings)
both = has_gc && has_malloc
place(series) = series eq "stack" ? (both ? -1 : -0.5) : series eq "gc" ? (both ? 0 : 0.5) : \
    both ? 1 : 0.5
x(size, series) = x_size(size) + dodge * place(series)
# The lower panel has no stack points.
x_ratio(size, series) = x_size(size) + (both ? dodge * (series eq "gc" ? -0.5 : 0.5) : 0)
y(ns) = log_px(ns, ns_low, ns_high, upper_bottom, upper_top)
y_ratio(ratio) = log_px(ratio, low, high, lower_bottom, lower_top)

if (has_band) {
    set object 1 rectangle from plot_left,y_ratio(band_low) to plot_right,y_ratio(band_high) \
        behind fs solid noborder fc rgb band_colour
}
ticks = wide_ticks(ns_high / ns_low)
do for [i = 1:words(ticks)] {
    tick = word(ticks, i) + 0.0
    if (tick >= ns_low && tick <= ns_high) {
        set arrow from plot_left-8,y(tick) to plot_right,y(tick) nohead back \
            lc rgb grid_colour lw 1.5
        set label time_text(tick) at plot_left-18,y(tick) right front \
            font plain(22) tc rgb text_colour
    }
}
span = high / low
ticks = span > 300 ? wide_ticks(1e5) : span > 12 ? wide_ticks(100) : ratio_ticks(span)
do for [i = 1:words(ticks)] {
    tick = word(ticks, i) + 0.0
    if (tick >= low && tick <= high) {
        set arrow from plot_left-8,y_ratio(tick) to plot_right,y_ratio(tick) nohead back \
            lc rgb grid_colour lw 1.5
        set label word(ticks, i)."×" at plot_left-18,y_ratio(tick) right front \
            font plain(22) tc rgb text_colour
    }
}
set arrow from plot_left,y_ratio(1) to plot_right,y_ratio(1) nohead back lc rgb "#666666" lw 1.5
do for [bottom in sprintf("%d %d", upper_bottom, lower_bottom)] {
    set arrow from plot_left,bottom+0 to plot_right,bottom+0 nohead lc rgb axis_colour lw 2
    do for [i = 1:words(sizes)] {
        set arrow from x_size(word(sizes, i)+0),bottom+0 rto 0,8 nohead lc rgb axis_colour lw 2
    }
}
set arrow from plot_left,upper_top to plot_left,upper_bottom nohead lc rgb axis_colour lw 2
set arrow from plot_left,lower_top to plot_left,lower_bottom nohead lc rgb axis_colour lw 2
do for [i = 1:words(sizes)] {
    set label word(size_names, i) at x_size(word(sizes, i)+0),lower_bottom+32 center front \
        font plain(22) tc rgb text_colour
}

# The names stand left of the first points, as high as these, pushed apart where they would touch.
first_stack = NaN; first_gc = NaN; first_malloc = NaN; ratio_gc = NaN; ratio_malloc = NaN
note(series, ns, ratio) = ( \
    first_stack = series eq "stack" && first_stack != first_stack ? y(ns) : first_stack, \
    first_gc = series eq "gc" && first_gc != first_gc ? y(ns) : first_gc, \
    first_malloc = series eq "malloc" && first_malloc != first_malloc ? y(ns) : first_malloc, \
    ratio_gc = series eq "gc" && ratio_gc != ratio_gc ? y_ratio(ratio) : ratio_gc, \
    ratio_malloc = series eq "malloc" && ratio_malloc != ratio_malloc ? y_ratio(ratio) : \
        ratio_malloc, 0)
stats data using (note(strcol("series"), number("ns"), number("ratio"))) nooutput
gap = 32
# In place of a series that was not measured, one far away.
if (first_gc != first_gc) { first_gc = -1000 }
if (first_malloc != first_malloc) { first_malloc = -2000 }
if (first_stack != first_stack) { first_stack = -3000 }
# A pixel up or down for `a`, and the other way for `b`, while they are too near.
push(a, b) = abs(a - b) < gap ? (a <= b ? -1 : 1) : 0
do for [i = 1:40] {
    s = push(first_gc, first_stack); first_gc = first_gc + s; first_stack = first_stack - s
    s = push(first_malloc, first_stack)
    first_malloc = first_malloc + s; first_stack = first_stack - s
    s = push(first_malloc, first_gc); first_malloc = first_malloc + s; first_gc = first_gc - s
    s = both ? push(ratio_malloc, ratio_gc) : 0
    ratio_malloc = ratio_malloc + s; ratio_gc = ratio_gc - s
}
names_x = x_size(size_low) - dodge - 34
set label "stack" at names_x,first_stack right font plain(25) tc rgb stack_colour front
if (has_gc) {
    set label "gc heap" at names_x,first_gc right font plain(25) tc rgb gc_colour front
    set label "gc ÷ stack" at names_x,ratio_gc right font plain(25) tc rgb gc_colour front
}
if (has_malloc) {
    set label "malloc" at names_x,first_malloc right font plain(25) tc rgb malloc_colour front
    set label "malloc ÷ stack" at names_x,ratio_malloc right front \
        font plain(25) tc rgb malloc_colour
}

of(wanted, value) = strcol("series") eq wanted ? value : NaN
above(value) = strcol("label_side") eq "above" ? value : NaN
below(value) = strcol("label_side") eq "below" ? value : NaN
text_of(wanted) = strcol("series") eq wanted ? strcol("ratio_text") : ""
here = "x(column('size_bytes'), strcol('series'))"
ratio_here = "x_ratio(column('size_bytes'), strcol('series'))"
# Where the interval ends; without one, at the point.
either(value, otherwise) = value == value ? value : otherwise
ratio_top = "y_ratio(either(number('ratio_high'), number('ratio')))"
ratio_end = "y_ratio(either(number('ratio_low'), number('ratio')))"
eval canvas_open
plot data using (@here):(y(number("ns"))) with lines lc rgb "#BBBBBB" lw 2.5, \
    for [name in "stack gc malloc"] data using (of(name, @here)):(y(number("ns_low"))):(0): \
        (y(number("ns_high")) - y(number("ns_low"))) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "stack gc malloc"] data using (of(name, @here)):(y(number("ns"))) \
        with points pt value(name . "_marker") ps series_size(name) lc rgb value(name . "_colour"), \
    for [name in "gc malloc"] data using (of(name, @ratio_here)): \
        (y_ratio(number("ratio_low"))):(0): \
        (y_ratio(number("ratio_high")) - y_ratio(number("ratio_low"))) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "gc malloc"] data using (of(name, @ratio_here)):(y_ratio(number("ratio"))) \
        with points pt value(name . "_marker") ps series_size(name) lc rgb value(name . "_colour"), \
    for [name in "gc malloc"] data using \
        (of(name, @ratio_here)):(above(@ratio_top) - 26):(text_of(name)) \
        with labels center font plain(21) tc rgb value(name . "_colour"), \
    for [name in "gc malloc"] data using \
        (of(name, @ratio_here)):(below(@ratio_end) + 28):(text_of(name)) \
        with labels center font plain(21) tc rgb value(name . "_colour")
