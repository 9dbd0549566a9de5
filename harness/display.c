#include "harness/display.h"

#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void display_init(struct display *display, FILE *stream)
{
    const int descriptor = fileno(stream);
    const bool terminal = descriptor >= 0 && isatty(descriptor);
    const char *const no_colour = getenv("NO_COLOR"), *const name = getenv("TERM");
    struct winsize size;
    const bool has_size =
        terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40;
    *display = (struct display){
        .symbols = terminal && strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .colour = terminal && !(no_colour && *no_colour) && name && strcmp(name, "dumb") != 0,
        .columns = has_size ? size.ws_col : 80,
    };
}

int display_decimals(double value)
{
    if (value == 0 || !isfinite(value)) {
        return 0;
    }
    int decimals = 2 - (int)floor(log10(fabs(value)));
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    // Rounding may have added a digit.
    const double scale = pow(10, decimals);
    if (round(fabs(value) * scale) >= 1000 && decimals > 0) {
        decimals--;
    }
    return decimals;
}

void display_number(double value, char text[DISPLAY_NUMBER_BYTES])
{
    if (value == 0 || !isfinite(value)) {
        snprintf(text, DISPLAY_NUMBER_BYTES, "%g", value);
        return;
    }
    snprintf(text, DISPLAY_NUMBER_BYTES, "%.*f", display_decimals(value), value);
}

void display_duration(const struct display *display, double ns, char text[DISPLAY_NUMBER_BYTES])
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t unit = 0;
    double value = ns;
    // 999.5 would be written 1000 (and rounding up is what makes the next unit due).
    while (value >= 999.5 && unit < 3) {
        value /= 1000;
        unit++;
    }
    char number[DISPLAY_NUMBER_BYTES];
    display_number(value, number);
    snprintf(text, DISPLAY_NUMBER_BYTES, "%.20s %s", number,
             unit == 1 && display->symbols ? "µs" : units[unit]);
}

size_t display_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++) {
        width += ((unsigned char)*text & 0xc0) != 0x80; // not a continuation byte
    }
    return width;
}
