// Numbers and symbols as people read them.
#ifndef HARNESS_DISPLAY_H
#define HARNESS_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { DISPLAY_NUMBER_BYTES = 32 };

// How a stream takes text.
struct display {
    bool symbols; // µ, ×, –, ·: on a terminal in a UTF-8 locale; else us, x, -, |
    bool colour;  // on a terminal without NO_COLOR
    int columns;  // the terminal's width, 80 elsewhere
};

// Asks about the stream. setlocale(LC_CTYPE, "") must have been called.
void display_init(struct display *display, FILE *stream);

// The decimals that leave three significant digits, 0 to 9: 2 for 9.87, 1 for 12.3 and for 9.996,
// which is written 10.0. 0 for 0 and for what is not finite.
int display_decimals(double value);

// Three significant digits without exponent: "0.350", "9.87", "12.3", "1234".
void display_number(double value, char text[DISPLAY_NUMBER_BYTES]);

// A duration with its unit, "9.87 ns", "1.23 µs", "45.6 ms"; "0 ns" for none.
void display_duration(const struct display *display, double ns, char text[DISPLAY_NUMBER_BYTES]);

// How many columns the UTF-8 text takes (every character of ours takes one).
size_t display_width(const char *text);

#endif
