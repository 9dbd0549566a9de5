// The cursor is never hidden, so that however the program ends the terminal is left as it was.
#include "harness/progress.h"

#include "harness/stopwatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double plain_interval_seconds = 10;
// Before this much is done, the budget is a better guess at the end than the measured speed.
static const double share_known_enough = 0.1;

void progress_init(struct progress *progress, bool quiet, double budget_seconds)
{
    const char *const terminal = getenv("TERM");
    *progress = (struct progress){
        .quiet = quiet,
        .in_place = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0,
        .start_seconds = stopwatch_seconds(),
        .budget_seconds = budget_seconds,
        .last_seconds = stopwatch_seconds(),
    };
}

static int terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void progress_show(struct progress *progress, double share_done, const char *text)
{
    const double now_seconds = stopwatch_seconds();
    if (progress->quiet ||
        (!progress->in_place && now_seconds - progress->last_seconds < plain_interval_seconds)) {
        return;
    }
    progress->last_seconds = now_seconds;
    const double elapsed_seconds = now_seconds - progress->start_seconds;
    const double total_seconds =
        share_done >= share_known_enough ? elapsed_seconds / share_done : progress->budget_seconds;
    char line[512];
    snprintf(line, sizeof line, "[ %.0f s / ~%.0f s ] %s", elapsed_seconds, total_seconds, text);
    if (!progress->in_place) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    // The last column stays free: some terminals wrap when it is written.
    fprintf(stderr, "\r%.*s\033[K", terminal_columns() - 1, line);
    fflush(stderr);
    progress->line_shown = true;
}

void progress_clear(struct progress *progress)
{
    if (progress->line_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress->line_shown = false;
    }
}
