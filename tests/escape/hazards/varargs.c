// A variable argument is kept: nothing says what the callee does with it.
#include <stdarg.h>

int *sink;
void log_all(const char *format, ...);

void keep_last(int n, ...)
{
    va_list list;
    va_start(list, n);
    for (int i = 0; i < n; i++) {
        sink = va_arg(list, int *);
    }
    va_end(list);
}

void keep_list(va_list list)
{
    sink = va_arg(list, int *);
}

void keep_copy(int n, ...)
{
    va_list list, copy;
    va_start(list, n);
    va_copy(copy, list);
    keep_list(copy);
    va_end(copy);
    va_end(list);
}

void pass_known(void)
{
    int x = 1; //! moved to heap: x
    keep_last(1, &x);
}

void pass_list(void)
{
    int x = 1; //! moved to heap: x
    keep_copy(1, &x);
}

void pass_unknown(void)
{
    int x = 1; //! moved to heap: x
    log_all("%p", &x);
}

int named(int *p, ...) //! p does not escape
{
    return *p;
}

int pass_named(void)
{
    int x = 1; //! none
    return named(&x, 2, 3);
}
