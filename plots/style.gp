# The look that all charts share, and the canvas they draw on.
#
# A chart is one `plot` whose axes count pixels, y downwards: where text ends and markers begin is
# then known, which gnuplot's own axes do not tell. A chart sets `data` (a table written by
# harness/chart_data.c) and `output` (*.svg or *.png) and loads this file. It then has the table's
# header in title, subtitle, footer, band_low and band_high, and calls, with `eval`:
#     canvas_open     after setting canvas_height: the terminal and the three texts
set encoding utf8
set datafile separator "\t"

stack_colour = "#0072B2"
gc_colour = "#D55E00"
malloc_colour = "#009E73"
other_colour = "#444444"
control_colour = "#808080"
text_colour = "#222222"
quiet_colour = "#757575"
axis_colour = "#999999"
grid_colour = "#E6E6E6"
guide_colour = "#F2F2F2"
band_colour = "#D9D9D9"
stack_marker = 7
gc_marker = 5
malloc_marker = 9
other_marker = 13
control_marker = 7

canvas_width = 1760.0
margin_px = 52

# The header lines. They are comments to whoever reads the numbers.
title = ""; subtitle = ""; footer = ""; band_low = NaN; band_high = NaN
keep(key, value) = \
    key eq "# title" ? (title = value, 0) : key eq "# subtitle" ? (subtitle = value, 0) : \
    key eq "# footer" ? (footer = value, 0) : \
    key eq "# band_low" && strlen(value) ? (band_low = value + 0, 0) : \
    key eq "# band_high" && strlen(value) ? (band_high = value + 0, 0) : 0
set datafile commentschars ""
stats data using (keep(strcol(1), strcol(2))) nooutput
set datafile commentschars "#"
set datafile columnheaders
has_band = band_low == band_low

# Font sizes are pixels; the cairo terminals count points of 1/96 inch in 72nds.
is_svg = strlen(output) > 4 && output[strlen(output) - 3:] eq ".svg"
px(size) = is_svg ? size : size * 0.75
plain(size) = sprintf("DejaVu Sans,%.1f", px(size))
# The svg terminal's points are larger, and it takes ":Bold" for a part of the family's name:
# scripts/plots.sh puts that right.
point_size(size) = is_svg ? size * 0.42 : size
# Squares look larger than discs and triangles of one size.
series_size(series) = point_size(series eq "gc" ? 1.6 : 1.9)
bold(size) = sprintf("DejaVu Sans:Bold,%.1f", px(size))

# A text's width in DejaVu Sans, about; and the font size, at most `size`, at which it fits.
text_px(text, size) = 0.60 * size * strlen(text)
fitting(text, size, width) = text_px(text, size) <= width ? size : \
    size * width / text_px(text, size)

min(a, b) = a < b ? a : b
max(a, b) = a > b ? a : b
# Of a number that may be missing: the other one.
least(a, b) = b == b && b < a ? b : a
most(a, b) = b == b && b > a ? b : a
# Where `value` lies between two pixels on a log axis.
log_px(value, low, high, low_px, high_px) = \
    low_px + (high_px - low_px) * log(value / low) / log(high / low)

# Ticks of a log axis as words: the mantissas in every decade; around 1 finer ones.
decade(mantissas, i, exponent) = i > words(mantissas) ? "" : \
    sprintf("%.10g ", word(mantissas, i) * 10.0 ** exponent) . decade(mantissas, i + 1, exponent)
decades(mantissas, exponent) = \
    exponent > 9 ? "" : decade(mantissas, 1, exponent) . decades(mantissas, exponent + 1)
wide_ticks(span) = span > 1e4 ? decades("1", -4) : span > 60 ? decades("1 3", -4) : \
    span > 6 ? decades("1 2 5", -4) : decades("1 1.2 1.5 2 2.5 3 4 5 6 8", -4)
ratio_ticks(span) = span > 15 ? wide_ticks(span) : span > 6 ? decades("1 1.5 2 3 5 7", -4) : \
    span > 2.4 ? "0.2 0.3 0.4 0.5 0.6 0.8 1 1.25 1.5 2 2.5 3 4 5" : \
    span > 1.4 ? "0.5 0.6 0.7 0.8 0.9 1 1.1 1.2 1.4 1.6 1.8 2" : \
    span > 1.12 ? "0.75 0.8 0.85 0.9 0.95 1 1.05 1.1 1.15 1.2 1.25 1.3" : \
    "0.92 0.94 0.96 0.98 1 1.02 1.04 1.06 1.08"
time_text(ns) = ns < 1e3 ? sprintf("%g ns", ns) : ns < 1e6 ? sprintf("%g µs", ns / 1e3) : \
    ns < 1e9 ? sprintf("%g ms", ns / 1e6) : sprintf("%g s", ns / 1e9)

text_width = canvas_width - 2 * margin_px
canvas_open = \
    sprintf("set terminal %s size %d,canvas_height font '%s' noenhanced background rgb '#FFFFFF'; ", \
            is_svg ? "svg" : "pngcairo", canvas_width, plain(24)) . \
    'set output output; set yrange [canvas_height:0]; ' . \
    'set label title at margin_px,62 ' . \
    'font bold(fitting(title, 36, text_width * 0.93)) tc rgb text_colour; ' . \
    'set label subtitle at margin_px,116 ' . \
    'font plain(fitting(subtitle, 25, text_width)) tc rgb quiet_colour; ' . \
    'set label footer at margin_px,canvas_height-32 ' . \
    'font plain(fitting(footer, 19, text_width)) tc rgb quiet_colour'
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset key
set bars 0.7
set xrange [0:canvas_width]
