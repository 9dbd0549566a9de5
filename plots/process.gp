# Draws whole programs: wall time at the left, peak memory at the right, a row a placement, the rows
# of a program together. Log axes of their own. 1760×1040, taller where rows need the room.
#
#     gnuplot -c plots/process.gp process.tsv process.svg|process.png
data = ARG1
output = ARG2
load ARG0[1:strlen(ARG0) - strlen("process.gp")] . "style.gp"

rows_top = 232
below_px = 166
row_px_min = 31
number(name) = strlen(strcol(name)) ? strcol(name) + 0.0 : NaN

row_count = 0; program_count = 0; program_chars = 0; last_program = ""
t_low = 1e30; t_high = 0; m_low = 1e30; m_high = 0
gather(row, program, a, b, c, d) = ( \
    row_count = max(row_count, row), program_chars = max(program_chars, strlen(program)), \
    program_count = program_count + (program ne last_program), last_program = program, \
    t_low = least(t_low, a), t_high = most(t_high, b), \
    m_low = least(m_low, c), m_high = most(m_high, d), 0)
stats data using (gather(column("row"), strcol("program"), number("seconds_low"), \
    number("seconds_high"), number("mib_low"), number("mib_high"))) nooutput
if (t_high < 3 * t_low) { t_low = t_low / 1.5; t_high = t_high * 1.5 }
if (m_high < 3 * m_low) { m_low = m_low / 1.5; m_high = m_high * 1.5 }
pad = (t_high / t_low) ** 0.06; t_low = t_low / pad; t_high = t_high * pad
pad = (m_high / m_low) ** 0.06; m_low = m_low / pad; m_high = m_high * pad

# Between two programs stays half a row.
canvas_height = max(1040, \
    rows_top + below_px + row_px_min * (row_count + 0.6 * program_count))
rows_bottom = canvas_height - below_px
row_px = (rows_bottom - rows_top) / (row_count + 0.6 * program_count)
row_size = min(24, row_px * 0.62)
name_px = min(300, text_px("m", 25) * program_chars)
name_size = min(25, name_px / (0.60 * program_chars))
series_px = text_px("mimalloc", row_size) + 20
text_column_px = text_px("1.23 ms, 1.23×", row_size) + 16
panel_px = (canvas_width - 2 * margin_px - name_px - series_px - 2 * text_column_px - 60) / 2
t_left = margin_px + name_px + series_px
t_right = t_left + panel_px
m_left = t_right + text_column_px + 60
m_right = m_left + panel_px
t_x(value) = log_px(value, t_low, t_high, t_left, t_right)
m_x(value) = log_px(value, m_low, m_high, m_left, m_right)
# Programs count from 0.
y(row, program) = rows_top + (row - 0.5 + 0.6 * (program + 0.5)) * row_px

set label "wall time" at t_left,rows_top-26 font bold(24) tc rgb text_colour
set label "peak memory" at m_left,rows_top-26 font bold(24) tc rgb text_colour
memory_text(mib) = mib < 1 ? sprintf("%g KiB", mib * 1024) : mib < 1024 ? sprintf("%g MiB", mib) : \
    sprintf("%g GiB", mib / 1024)
do for [panel in "t m"] {
    low = value(panel . "_low"); high = value(panel . "_high")
    left = value(panel . "_left"); right = value(panel . "_right")
    set arrow from left,rows_bottom to right,rows_bottom nohead lc rgb axis_colour lw 2
    set arrow from left,rows_top to left,rows_bottom nohead lc rgb axis_colour lw 2
    ticks = "0.5 1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192"
    if (panel eq "t") { mantissas = high / low > 60 ? "1" : "1 2 5"; ticks = decades(mantissas, -4) }
    tick_before = -1000.0
    do for [i = 1:words(ticks)] {
        tick = word(ticks, i) + 0.0
        if (tick >= low && tick <= high) {
            tick_x = log_px(tick, low, high, left, right)
            set arrow from tick_x,rows_top to tick_x,rows_bottom+8 nohead back \
                lc rgb grid_colour lw 1.5
            if (tick_x - tick_before > 110) {
                tick_text = panel eq "t" ? time_text(tick * 1e9) : memory_text(tick)
                set label tick_text at tick_x,rows_bottom+34 center font plain(22) tc rgb text_colour
                tick_before = tick_x
            }
        }
    }
}

# What is neither stack, gc nor malloc shares a colour; its label names it.
is_known(series) = series eq "stack" || series eq "gc" || series eq "malloc"
of(wanted, value) = strcol("series") eq wanted || (wanted eq "other" && !is_known(strcol("series"))) \
    ? value : NaN
# Which program a row is of, counted as the rows are read; `restart` begins anew for a plot element.
seen = -1; last_program = ""
restart(row) = row == 1 ? (seen = -1, last_program = "", 0) : 0
index_of(row, program) = (restart(row), seen = seen + (program ne last_program), \
    last_program = program, seen)
row_y = "y(column('row'), index_of(column('row'), strcol('program')))"
first_row(program) = program ne name_before ? (name_before = program, program) : ""
name_before = ""
shown(series) = series eq "gc" ? "gc heap" : series
colour(series) = series eq "stack" ? 0x0072B2 : series eq "gc" ? 0xD55E00 : \
    series eq "malloc" ? 0x009E73 : 0x444444
eval canvas_open
plot for [name in "stack gc malloc other"] data using (t_x(number("seconds_low"))):(@row_y): \
        (of(name, t_x(number("seconds_high")) - t_x(number("seconds_low")))):(0) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "stack gc malloc other"] data using (of(name, t_x(number("seconds")))):(@row_y) \
        with points pt value(name . "_marker") ps series_size(name) lc rgb value(name . "_colour"), \
    for [name in "stack gc malloc other"] data using (m_x(number("mib_low"))):(@row_y): \
        (of(name, m_x(number("mib_high")) - m_x(number("mib_low")))):(0) \
        with vectors nohead lw 3.5 lc rgb value(name . "_colour"), \
    for [name in "stack gc malloc other"] data using (of(name, m_x(number("mib")))):(@row_y) \
        with points pt value(name . "_marker") ps series_size(name) lc rgb value(name . "_colour"), \
    data using (margin_px):(@row_y):(first_row(strcol("program"))) \
        with labels left font plain(name_size) tc rgb text_colour, \
    data using (t_left - 16):(@row_y):(shown(strcol("series"))):(colour(strcol("series"))) \
        with labels right font plain(row_size) tc rgb variable, \
    data using (t_right + 14):(@row_y):(strcol("time_text")):(colour(strcol("series"))) \
        with labels left font plain(row_size) tc rgb variable, \
    data using (m_right + 14):(@row_y):(strcol("memory_text")):(colour(strcol("series"))) \
        with labels left font plain(row_size) tc rgb variable
