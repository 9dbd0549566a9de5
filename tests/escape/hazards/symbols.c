// What the linker may replace is not known, whatever its body here says.
int *sink;

__attribute__((weak)) int weak_body(int *p)
{
    return *p;
}

int weak_undefined(int *p) __attribute__((weak));

int strong_body(int *p) //! p does not escape
{
    return *p;
}

int alias_of_keep(int *p) __attribute__((alias("keep")));

int keep(int *p) //! leaking param: p
{
    sink = p;
    return 0;
}

int call_weak(void)
{
    int x = 1; //! moved to heap: x
    return weak_body(&x);
}

int call_undefined(void)
{
    int x = 1; //! moved to heap: x
    return weak_undefined ? weak_undefined(&x) : 0;
}

int call_strong(void)
{
    int x = 1; //! none
    return strong_body(&x);
}

int call_alias(void)
{
    int x = 1; //! moved to heap: x
    return alias_of_keep(&x);
}
