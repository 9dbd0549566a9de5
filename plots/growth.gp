# Draws time over depth, a line a strategy for stacks; panels side by side have one time axis, which
# is logarithmic, as the depth is (hot_split.gp, which loads this file, has a linear one).
#
#     gnuplot -c plots/growth.gp growth.tsv growth.svg|growth.png
if (!exists("depth_is_linear")) {
    data = ARG1
    output = ARG2
    depth_is_linear = 0
    folder = ARG0[1:strlen(ARG0) - strlen("growth.gp")]
}
load folder . "style.gp"

canvas_height = 1040
number(name) = strlen(strcol(name)) ? column(name) : NaN
strategies = "contiguous segmented reserved"
contiguous_colour = stack_colour; segmented_colour = gc_colour; reserved_colour = malloc_colour
contiguous_marker = stack_marker; segmented_marker = gc_marker; reserved_marker = malloc_marker
size_of(name) = series_size(name eq "segmented" ? "gc" : name)

# Panels and their names; the ends of both axes; where each strategy's line ends in each panel.
panels = 0; names = ""; ns_low = 1e30; ns_high = 0; depth_low = 1e30; depth_high = 0
array end_ns[12]
array end_depth[12]
do for [i = 1:12] { end_ns[i] = NaN; end_depth[i] = 0 }
index_of(name) = name eq "contiguous" ? 1 : name eq "segmented" ? 2 : 3
gather(panel, name, series, depth, ns, low, high, i) = ( \
    names = panel > panels ? names . "'" . name . "' " : names, panels = max(panels, panel), \
    ns_low = least(least(ns_low, ns), low), ns_high = most(most(ns_high, ns), high), \
    depth_low = min(depth_low, depth), depth_high = max(depth_high, depth), \
    end_ns[i] = depth >= end_depth[i] ? ns : end_ns[i], \
    end_depth[i] = max(end_depth[i], depth), 0)
stats data using (gather(column("panel"), strcol("panel_name"), strcol("series"), \
    column("depth"), number("ns"), number("ns_low"), number("ns_high"), \
    int(column("panel") - 1) * 3 + index_of(strcol("series")))) nooutput
panels = int(panels)
ns_low = ns_low / 1.3
ns_high = max(ns_high * 1.3, 4 * ns_low)

axis_width = 118
names_width = 150
top = 226
bottom = canvas_height - 150
panel_width = (canvas_width - 2 * margin_px - axis_width) / panels
line_width = panel_width - names_width
left_of(panel) = margin_px + axis_width + (panel - 1) * panel_width
inset = 24
share(depth) = depth_high == depth_low ? 0.5 : \
    depth_is_linear ? (depth - depth_low) / (depth_high - depth_low) : \
    log(depth / depth_low) / log(depth_high / depth_low)
x(panel, depth) = left_of(panel) + inset + (line_width - 2 * inset) * share(depth)
y(ns) = log_px(ns, ns_low, ns_high, bottom, top)

ticks = wide_ticks(ns_high / ns_low)
do for [i = 1:words(ticks)] {
    tick = word(ticks, i) + 0.0
    if (tick >= ns_low && tick <= ns_high) {
        set label time_text(tick) at margin_px+axis_width-14,y(tick) right front \
            font plain(22) tc rgb text_colour
        do for [p = 1:panels] {
            set arrow from left_of(p),y(tick) to left_of(p)+line_width,y(tick) nohead back \
                lc rgb grid_colour lw 1.5
        }
    }
}
# A depth a decade, or, on a linear axis, a multiple of 512 bytes.
step = 512 * ceil((depth_high - depth_low) / 512.0 / 8)
depths = ""
if (depth_is_linear) {
    do for [i = 1:16] { depths = depths . sprintf("%d ", i * max(step, 512)) }
} else {
    depths = decades("1", 0)
}
do for [p = 1:panels] {
    set label word(names, p) at left_of(p),top-26 front font bold(fitting(word(names, p), 24, \
        panel_width - 20)) tc rgb text_colour
    set arrow from left_of(p),top to left_of(p),bottom nohead lc rgb axis_colour lw 2
    set arrow from left_of(p),bottom to left_of(p)+line_width,bottom nohead lc rgb axis_colour lw 2
    do for [i = 1:words(depths)] {
        depth = word(depths, i) + 0.0
        if (depth >= depth_low && depth <= depth_high) {
            set arrow from x(p, depth),bottom rto 0,8 nohead lc rgb axis_colour lw 2
            set label sprintf("%g", depth) at x(p, depth),bottom+32 center front \
                font plain(panels > 2 ? 18 : 21) tc rgb text_colour
        }
    }
    set label (depth_is_linear ? "bytes of stack above the call" : "depth, frames") \
        at left_of(p) + line_width / 2,bottom+72 center front font plain(22) tc rgb quiet_colour
}

# The names stand right of their lines' ends, pushed apart where they would touch.
gap = 32.0
array name_y[3]
push(a, b) = abs(a - b) < gap ? (a <= b ? -1 : 1) : 0
do for [p = 1:panels] {
    do for [i = 1:3] {
        name_y[i] = end_ns[(p - 1) * 3 + i] == end_ns[(p - 1) * 3 + i] ? \
            y(end_ns[(p - 1) * 3 + i]) : -1000 * i
    }
    do for [k = 1:60] {
        s = push(name_y[1], name_y[2]); name_y[1] = name_y[1] + s; name_y[2] = name_y[2] - s
        s = push(name_y[1], name_y[3]); name_y[1] = name_y[1] + s; name_y[3] = name_y[3] - s
        s = push(name_y[2], name_y[3]); name_y[2] = name_y[2] + s; name_y[3] = name_y[3] - s
    }
    do for [i = 1:3] {
        name = word(strategies, i)
        if (name_y[i] > 0) {
            set label name at left_of(p)+line_width+2,name_y[i] left front font plain(23) \
                tc rgb value(name . "_colour")
        }
    }
}
eval canvas_open
of(name, value) = strcol("series") eq name ? value : NaN
here = "x(int(column('panel')), column('depth'))"
plot for [name in strategies] data using (of(name, @here)):(y(number("ns"))) \
        with lines lw 2.5 lc rgb value(name . "_colour"), \
    for [name in strategies] data using (of(name, @here)):(y(number("ns_low"))):(0): \
        (y(number("ns_high")) - y(number("ns_low"))) \
        with vectors nohead lw 3 lc rgb value(name . "_colour"), \
    for [name in strategies] data using (of(name, @here)):(y(number("ns"))) \
        with points pt value(name . "_marker") ps size_of(name) * 0.8 \
        lc rgb value(name . "_colour")
